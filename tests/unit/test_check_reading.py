"""How the check of reading judges; every code by itself is in `test_check_codes`."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from playout.check.contrast import contrast_ratio
from playout.check.reading import check_notice, settle
from playout.check.report import Report
from playout.check.wall import Wall
from playout.model.claim import Band
from playout.model.frame import Pixels, Size
from playout.model.notice import Arrange, Backing, Fit, Kind, Notice, Style, Text
from playout.model.panel import Panel, Site
from playout.paths import shipped
from playout.render.page import lay_out_page
from playout.text.distance import letter_px
from playout.text.engine import TextEngine
from playout.text.fonts import load_fonts
from playout.text.letters import letter_height_px

ENGINE = TextEngine(load_fonts(shipped("fonts")))
SIZE = Size(672, 432)
WALL = Wall(Panel(), Site(), (SIZE,))
VI = "Xin chuẩn bị sẵn giấy tờ"
EN = "Please have your papers ready"
KM = "សូមត្រៀមឯកសារ"


class Grey:
    """A picture of one grey for every file."""

    def __init__(self, value: int = 0) -> None:
        self.value = value

    def picture(self, sha256: str, size: Size, fit: Fit) -> Pixels:
        return np.full((size.height, size.width, 3), self.value, np.uint8)


def text(language: str, body: str, heading: str = "", revised: date | None = None) -> Text:
    return Text(language, body, heading, proofread=True, revised=revised)


def notice(**rest: object) -> Notice:
    texts = (text("vi", VI), text("en", EN), text("km", KM))
    fields = {"texts": texts, "dwell_s": 12.0, **rest}
    return Notice("n", Kind.TEXT, "n", "test", **fields)  # pyright: ignore


def report(given: Notice, band: Band = Band.NOTICE, pictures: Grey | None = None) -> Report:
    """Judges for a site that wants the languages the notice has."""
    languages = tuple(dict.fromkeys(each.language for each in given.texts))
    return check_notice(given, replace(WALL, site=Site(languages=languages)), ENGINE, pictures or Grey(), band)


def codes(given: Notice, band: Band = Band.NOTICE) -> set[tuple[str, str]]:
    return {(finding.code, finding.language) for finding in report(given, band).findings}


def test_a_good_notice_has_no_findings_and_says_how_far_it_reaches() -> None:
    found = report(notice())
    assert found.findings == ()
    assert found.readable == ("vi", "en", "km")
    assert set(found.legible_to_m) == {"vi", "en", "km"}
    assert min(found.legible_to_m.values()) >= 50


def test_too_small_for_the_declared_distance() -> None:
    reach = min(report(notice()).legible_to_m.values())
    assert report(notice(reading_distance_m=reach)).findings == ()
    found = report(notice(reading_distance_m=reach + 1))
    assert {finding.code for finding in found.findings} == {"size.distance"}
    first = found.findings[0]
    assert first.measured is not None
    assert first.required is not None
    assert first.measured < first.required
    assert first.required == pytest.approx(letter_px(WALL.panel, reach + 1), abs=0.1)
    assert found.is_refused(Band.NOTICE)


def test_a_higher_mount_asks_for_larger_letters() -> None:
    far = notice(reading_distance_m=min(report(notice()).legible_to_m.values()))
    higher = replace(WALL, panel=replace(Panel(), mount_height_m=60))
    assert "size.distance" in {f.code for f in check_notice(far, higher, ENGINE, Grey(), Band.NOTICE).findings}


def test_dwell_is_reading_time_and_twice_that_for_an_emergency() -> None:
    letters = text("en", "abcde " * 16)  # 80 graphemes, blanks not counted: 10 s
    assert codes(notice(texts=(letters,), dwell_s=10)) == set()
    assert codes(notice(texts=(letters,), dwell_s=9.9)) == {("dwell.short", "en")}
    assert codes(notice(texts=(letters,), dwell_s=20), Band.EMERGENCY) == set()
    assert codes(notice(texts=(letters,), dwell_s=19.9), Band.EMERGENCY) == {("dwell.short", "en")}


def test_contrast_and_more_of_it_for_an_emergency() -> None:
    enough = Style(colour="#8a8a8a", accent="#8a8a8a")
    little = Style(colour="#707070", accent="#707070")
    assert codes(notice(style=enough)) == set()
    assert {code for code, _ in codes(notice(style=little))} == {"contrast.low"}
    assert {code for code, _ in codes(notice(style=enough, dwell_s=30), Band.EMERGENCY)} == {"contrast.low"}
    assert codes(notice(style=Style(colour="#a0a0a0"), dwell_s=30), Band.EMERGENCY) == set()


def test_contrast_over_a_picture_is_that_to_the_plate() -> None:
    pictured = notice(picture="f" * 64, style=Style(colour="#a8a8a8"))
    assert report(pictured, pictures=Grey(0)).findings == ()
    assert {f.code for f in report(pictured, pictures=Grey(255)).findings} == {"contrast.low"}


def test_contrast_with_an_outline_is_that_to_the_outline() -> None:
    def outlined(colour: str, ground: str = "#000000") -> Notice:
        style = Style(colour=colour, ground=ground, backing=Backing.OUTLINE)
        return notice(picture="f" * 64, style=style)

    for grey in (0, 128, 255):
        assert report(outlined("#8a8a8a"), pictures=Grey(grey)).findings == ()
        found = report(outlined("#ffffff", "#a0a0a0"), pictures=Grey(grey)).findings
        assert {f.code for f in found} == {"contrast.low"}
        assert {f.measured for f in found} == {2.61}


def test_contrast_ratio_of_the_standard() -> None:
    black, white = np.zeros((1, 1, 3), np.uint8), np.full((1, 1, 3), 255, np.uint8)
    assert contrast_ratio((255, 255, 255), black) == pytest.approx(21)
    assert contrast_ratio((0, 0, 255), black) == pytest.approx(2.44, abs=0.01)
    assert contrast_ratio((255, 255, 255), white) == pytest.approx(1)


def test_a_translation_older_than_its_original() -> None:
    def dated(vi: date | None, en: date | None) -> Notice:
        return notice(texts=(text("vi", VI, revised=vi), text("en", EN, revised=en)))

    day, before = date(2026, 11, 22), date(2026, 11, 21)
    assert codes(dated(day, day)) == set()
    assert codes(dated(None, before)) == set()
    assert codes(dated(day, before)) == {("translation.old", "en")}
    assert codes(dated(day, None)) == {("translation.old", "en")}
    assert codes(replace(dated(day, before), original="en")) == set()


def test_settling_takes_the_reading_time_of_the_longest_language() -> None:
    texts = (text("vi", "abcde " * 16), text("en", "abc"))
    assert settle(notice(texts=texts, dwell_s=None), WALL, ENGINE).dwell_s == 10
    assert settle(notice(texts=texts, dwell_s=25), WALL, ENGINE).dwell_s == 25
    assert settle(notice(texts=texts, dwell_s=25), WALL, ENGINE).reading_s == 10


def test_languages_share_a_page_where_they_fit_at_the_distance() -> None:
    short = notice(texts=(text("vi", "Làn 3 đóng"), text("en", "Lane 3 closed"), text("km", "គន្លង ៣ បិទ")))
    assert settle(replace(short, reading_distance_m=60), WALL, ENGINE).arrange is Arrange.STACKED
    assert settle(replace(short, reading_distance_m=250), WALL, ENGINE).arrange is Arrange.PAGES
    assert settle(replace(short, arrange=Arrange.SIDE), WALL, ENGINE).arrange is Arrange.SIDE
    assert settle(notice(texts=short.texts[:1]), WALL, ENGINE).arrange is Arrange.PAGES


@pytest.mark.parametrize("arrange", [Arrange.STACKED, Arrange.SIDE])
def test_languages_on_one_page_stand_apart_in_letters_that_look_alike(arrange: Arrange) -> None:
    texts = (text("vi", VI, "GIẤY TỜ"), text("en", EN, "PAPERS"), text("km", KM, "ឯកសារ"))
    layout = lay_out_page(notice(texts=texts, arrange=arrange), "vi+en+km", SIZE, ENGINE)
    for role in ("heading", "body"):
        heights = [
            letter_height_px(p.block.lines[0], p.language, p.block.em_px) for p in layout.blocks if p.role == role
        ]
        assert max(heights) - min(heights) <= 0.12 * max(heights)
    boxes = [placed.rect for placed in layout.blocks]
    for box in boxes:
        assert box.x >= 0
        assert box.x + box.width <= SIZE.width
        assert box.y >= 0
        assert box.y + box.height <= SIZE.height
    for number, box in enumerate(boxes):
        for other in boxes[number + 1 :]:
            apart_x = box.x + box.width <= other.x or other.x + other.width <= box.x
            assert apart_x or box.y + box.height <= other.y or other.y + other.height <= box.y
