"""Every code of the check: one notice that triggers it, and one that just does not."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from playout.check.contrast import NORMAL, STRONG, contrast_ratio
from playout.check.finding import Finding, NoticeCode, Severity
from playout.check.reading import check_notice
from playout.check.report import Report
from playout.check.wall import CrawlZone, Wall
from playout.errors import ContentError
from playout.model.claim import Band
from playout.model.frame import Pixels, Size
from playout.model.notice import Arrange, Fit, Kind, Notice, Style, Text
from playout.model.panel import Panel, Site
from playout.model.schedule import Zone, ZoneKind
from playout.paths import shipped
from playout.text.engine import TextEngine
from playout.text.findings import TextCode
from playout.text.fonts import load_fonts
from playout.text.itemise import MOST_MARKS
from playout.text.judge import LONGEST_TEXT

ENGINE = TextEngine(load_fonts(shipped("fonts")))
DOCS = Path(__file__).parent.parent.parent / "docs"
SCREEN = Size(672, 480)
VIET = Wall(Panel(), Site(languages=("vi",)), (SCREEN,))
THREE = replace(VIET, site=Site())
WORDS: Mapping[str, str] = {"vi": "Xin chuẩn bị giấy tờ", "en": "Papers, please", "km": "សូមត្រៀមឯកសារ", "lo": "ເອກະສານ"}
DAY, BEFORE = date(2026, 11, 22), date(2026, 11, 21)


class Pictures:
    """A black picture for every file, or none at all."""

    def __init__(self, *, is_there: bool = True) -> None:
        self.is_there = is_there

    def picture(self, sha256: str, size: Size, fit: Fit) -> Pixels:
        if not self.is_there:
            raise ContentError(f"{sha256}: not in the media store", hint="import the schedules again")
        return np.zeros((size.height, size.width, 3), np.uint8)


def text(language: str = "vi", body: str = "", **rest: object) -> Text:
    return Text(language, body or WORDS[language], **{"proofread": True, **rest})  # pyright: ignore[reportArgumentType]


def notice(*texts: Text, **rest: object) -> Notice:
    fields = {"kind": Kind.TEXT, "texts": texts or (text(),), "arrange": Arrange.PAGES, **rest}
    return Notice(**{"id": "n", "title": "n", "source": "test", "dwell_s": 300.0, "reading_distance_m": 15.0, **fields})  # pyright: ignore


def judge(
    given: Notice, wall: Wall = VIET, *, band: Band = Band.NOTICE, engine: TextEngine = ENGINE, is_there: bool = True
) -> Report:
    return check_notice(given, wall, engine, Pictures(is_there=is_there), band)


def said(body: str, **rest: object) -> Report:
    return judge(notice(text(body=body), **rest))


def crawled(speed_px_s: int = 60, height: float = 0.1, body: str = "", **rest: object) -> Report:
    zone = CrawlZone(Zone(ZoneKind.CRAWL, height=height, speed_px_s=speed_px_s), SCREEN, 60)
    line = notice(text(body=body or WORDS["vi"]), kind=Kind.CRAWL, **rest)
    return judge(line, replace(VIET, crawls=(zone,)))


def found(report: Report, code: str) -> list[Finding]:
    return [finding for finding in report.findings if finding.code == code]


def last_good(code: str, make: Callable[[int], Report], low: int, high: int) -> int:
    """The greatest number from `low` to before `high` that does not have the code; `low` has not and `high` has."""
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if found(make(middle), code) else (middle, high)
    return low


@dataclass(frozen=True)
class Case:
    """Two reports, made when they are needed, that differ by as little as can be."""

    wrong: Callable[[], Report]
    right: Callable[[], Report]
    severity: Severity = Severity.ERROR
    language: str = ""
    is_measured: bool = False


def edge(code: str, make: Callable[[int], Report], low: int, high: int, language: str = "vi") -> Case:
    """A case over a number: the last that is good, and the first that is not."""
    return Case(
        lambda: make(last_good(code, make, low, high) + 1),
        lambda: make(last_good(code, make, low, high)),
        language=language,
        is_measured=True,
    )


def grey(required: float, step: int) -> str:
    """The darkest grey on black that reaches a ratio, or `step` darker or brighter."""
    black = np.zeros((1, 1, 3), np.uint8)
    darkest = next(value for value in range(256) if contrast_ratio((value, value, value), black) >= required)
    return f"#{darkest + step:02x}" + f"{darkest + step:02x}" * 2


def without_khmer() -> TextEngine:
    fonts = load_fonts(shipped("fonts"))
    return TextEngine(replace(fonts, fonts=tuple(font for font in fonts.fonts if "Khmer" not in font.family)))


def on_height(height: int) -> Report:
    return judge(notice(text(body="Xin", language="vi")), replace(VIET, sizes=(Size(672, height),)))


CASES: Mapping[str, Case] = {
    NoticeCode.EMPTY: Case(lambda: judge(notice(texts=())), lambda: judge(notice())),
    NoticeCode.NO_PICTURE: Case(
        lambda: judge(notice(kind=Kind.PICTURE, texts=())),
        lambda: judge(notice(kind=Kind.PICTURE, texts=(), picture="f" * 64)),
    ),
    NoticeCode.PICTURE: Case(
        lambda: judge(notice(picture="f" * 64), is_there=False), lambda: judge(notice(picture="f" * 64))
    ),
    NoticeCode.COLOUR: Case(
        lambda: judge(notice(style=Style(ground="#00000"))), lambda: judge(notice(style=Style(ground="#000000")))
    ),
    NoticeCode.MISSING: Case(
        lambda: judge(notice(text("vi"), text("en")), THREE),
        lambda: judge(notice(text("vi"), text("en"), text("km")), THREE),
        language="km",
    ),
    NoticeCode.TWICE: Case(
        lambda: judge(notice(text("vi"), text("vi"))), lambda: judge(notice(text("vi"))), language="vi",
        is_measured=True,
    ),
    NoticeCode.UNUSED: Case(
        lambda: judge(notice(text("vi"), text("en"))),
        lambda: judge(notice(text("vi"), text("en")), replace(VIET, site=Site(languages=("vi", "en")))),
        Severity.WARNING, "en",
    ),
    NoticeCode.UNREAD: Case(
        lambda: judge(notice(text(proofread=False))), lambda: judge(notice(text())), Severity.WARNING, "vi"
    ),
    NoticeCode.DISTANCE: edge(
        NoticeCode.DISTANCE, lambda metres: judge(notice(reading_distance_m=float(metres))), 15, 1000
    ),
    NoticeCode.CONTRAST: Case(
        lambda: judge(notice(style=Style(colour=grey(NORMAL, -1)))),
        lambda: judge(notice(style=Style(colour=grey(NORMAL, 0)))),
        language="vi", is_measured=True,
    ),
    NoticeCode.DWELL: Case(
        lambda: said("abcd " * 20, dwell_s=9.9), lambda: said("abcd " * 20, dwell_s=10.0),
        language="vi", is_measured=True,
    ),
    NoticeCode.OLD: Case(
        lambda: judge(notice(text("vi", revised=DAY), text("en", revised=BEFORE), text("km", revised=DAY)), THREE),
        lambda: judge(notice(text("vi", revised=DAY), text("en", revised=DAY), text("km", revised=DAY)), THREE),
        language="en",
    ),
    NoticeCode.FLASH: edge(
        NoticeCode.FLASH, lambda steps: crawled(60 * steps, height=1.0, body="I I I I I I"), 1, 16, language=""
    ),
    NoticeCode.FAST: edge(NoticeCode.FAST, lambda steps: crawled(60 * steps), 1, 16, language=""),
    TextCode.NO_FONT: Case(
        lambda: judge(notice(text("vi"), text("en"), text("km")), THREE, engine=without_khmer()),
        lambda: judge(notice(text("vi"), text("en"), text("km")), THREE),
        language="km",
    ),
    TextCode.UNCOVERED: Case(lambda: said("Cửa \U0001f6c3"), lambda: said("Cửa !"), language="vi"),
    TextCode.DAMAGED: Case(lambda: said("C\ufffda"), lambda: said("Cửa"), language="vi"),
    TextCode.CONTROL: Case(lambda: said("Cửa\x07khẩu"), lambda: said("Cửa\nkhẩu"), language="vi"),
    TextCode.BIDI: Case(lambda: said("Cửa \u05d0"), lambda: said("Cửa a"), language="vi"),
    TextCode.MARKS: Case(
        lambda: said("b" + "\u0301" * (MOST_MARKS + 1)), lambda: said("b" + "\u0301" * MOST_MARKS),
        language="vi", is_measured=True,
    ),
    TextCode.ORPHAN_MARK: Case(
        lambda: judge(notice(text("vi"), text("en"), text("km", "\u17b6 ក")), THREE),
        lambda: judge(notice(text("vi"), text("en"), text("km", "ក\u17b6")), THREE),
        language="km",
    ),
    TextCode.TOO_LONG: Case(
        lambda: said("a\n" * (LONGEST_TEXT // 2) + "a"), lambda: said(("a\n" * (LONGEST_TEXT // 2))[:-1] + "a"),
        language="vi", is_measured=True,
    ),
    TextCode.WORD_BROKEN: replace(
        edge(TextCode.WORD_BROKEN, lambda letters: said("H" * letters), 1, 200), severity=Severity.WARNING
    ),
    TextCode.OVERFLOW: edge(TextCode.OVERFLOW, lambda lines: said("\n".join(["Cửa"] * lines)), 1, 100),
    TextCode.TOO_SMALL: edge(TextCode.TOO_SMALL, lambda less: on_height(200 - less), 0, 190),
}  # fmt: skip


def test_the_table_has_every_code() -> None:
    assert set(CASES) == {*NoticeCode, *TextCode}


@pytest.mark.parametrize("code", [*NoticeCode, *TextCode])
def test_a_notice_that_triggers_it_and_one_that_just_does_not(code: str) -> None:
    case = CASES[code]
    wrong, right = case.wrong(), case.right()
    assert found(right, code) == []
    (finding,) = found(wrong, code)
    assert (finding.severity, finding.language) == (case.severity, case.language)
    assert finding.where.startswith("notices[n]")
    assert finding.message
    assert finding.remedy
    assert (finding.measured is not None and finding.required is not None) == case.is_measured
    assert (wrong.is_refused(Band.NOTICE) and wrong.is_refused(Band.OPERATOR)) == (case.severity is Severity.ERROR)


@pytest.mark.parametrize("code", [*NoticeCode, *TextCode])
def test_the_documents_tell_of_it(code: str) -> None:
    assert any(f"`{code}`" in (DOCS / name).read_text(encoding="utf-8") for name in ("schedules.md", "text.md"))


def test_what_has_no_glyph_is_told_with_place_number_and_name() -> None:
    (finding,) = found(said("Cửa \U0001f6c3"), TextCode.UNCOVERED)
    assert finding.position == 4
    assert "U+1F6C3 CUSTOMS" in finding.message
    assert finding.where == "notices[n].texts[vi].body"


@pytest.mark.parametrize(
    ("code", "readable"),
    [
        (TextCode.UNCOVERED, False), (TextCode.DAMAGED, False), (TextCode.BIDI, False), (TextCode.MARKS, False),
        (TextCode.OVERFLOW, False), (TextCode.TOO_SMALL, False), (TextCode.TOO_LONG, False),
        (NoticeCode.CONTRAST, False), (NoticeCode.COLOUR, False), (NoticeCode.EMPTY, False),
        (NoticeCode.NO_PICTURE, False), (NoticeCode.PICTURE, True), (TextCode.CONTROL, True),
        (TextCode.WORD_BROKEN, True), (NoticeCode.DISTANCE, True), (NoticeCode.DWELL, True), (NoticeCode.UNREAD, True),
    ],
)  # fmt: skip
def test_an_emergency_is_refused_only_if_no_language_can_be_read(code: str, readable: bool) -> None:
    report = CASES[code].wrong()
    assert report.is_refused(Band.EMERGENCY) is not readable
    assert bool(report.readable) is readable


def test_an_emergency_loses_the_languages_that_cannot_be_read_and_no_others() -> None:
    given = notice(text("vi", "\U0001f6c3"), text("en", revised=None), text("km"), dwell_s=3.0)
    report = judge(given, THREE, band=Band.EMERGENCY)
    assert (report.readable, report.unreadable) == (("en", "km"), ("vi",))
    assert {finding.code for finding in report.errors} == {TextCode.UNCOVERED, NoticeCode.DWELL}
    assert not report.is_refused(Band.EMERGENCY)


def test_the_least_bad_of_the_unreadable_comes_first() -> None:
    report = judge(notice(text("vi", "\U0001f6c3\U0001f6c4 a"), text("en", "\U0001f6c3 a"), text("km")), THREE)
    assert (report.readable, report.unreadable) == (("km",), ("en", "vi"))


def test_an_emergency_wants_more_contrast_and_two_readings() -> None:
    style = Style(colour=grey(STRONG, -1))
    assert found(judge(notice(style=style), band=Band.EMERGENCY), NoticeCode.CONTRAST)
    assert not found(judge(notice(style=Style(colour=grey(STRONG, 0))), band=Band.EMERGENCY), NoticeCode.CONTRAST)
    assert not found(judge(notice(style=style)), NoticeCode.CONTRAST)
    words = text(body="abcd " * 20)
    assert found(judge(notice(words, dwell_s=19.9), band=Band.EMERGENCY), NoticeCode.DWELL)
    assert not found(judge(notice(words, dwell_s=20.0), band=Band.EMERGENCY), NoticeCode.DWELL)


def test_contrast_too_low_for_an_emergency_does_not_keep_it_from_being_read() -> None:
    assert judge(notice(style=Style(colour=grey(NORMAL, 0))), band=Band.EMERGENCY).readable == ("vi",)
    assert judge(notice(style=Style(colour=grey(NORMAL, -1))), band=Band.EMERGENCY).unreadable == ("vi",)


def test_a_fault_on_several_sizes_is_told_once_and_at_its_worst() -> None:
    far = notice(reading_distance_m=300.0)
    small = judge(far, replace(VIET, sizes=(Size(300, 200),)))
    both = judge(far, replace(VIET, sizes=(SCREEN, Size(300, 200))))
    (alone,), (worst,) = found(small, NoticeCode.DISTANCE), found(both, NoticeCode.DISTANCE)
    assert worst.measured == alone.measured
    assert "300 x 200" in worst.message


def test_a_language_without_a_font_is_not_told_letter_by_letter() -> None:
    report = CASES[TextCode.NO_FONT].wrong()
    assert found(report, TextCode.UNCOVERED) == []
    assert report.unreadable == ("km",)


def test_texts_that_the_site_never_shows_are_not_judged() -> None:
    report = judge(notice(text("vi"), text("en", "\U0001f6c3")))
    assert [finding.code for finding in report.findings] == [NoticeCode.UNUSED]
    assert set(report.legible_to_m) == set(report.reading_s) == {"vi"}


def test_a_language_that_nobody_knows_is_told_and_the_rest_judged() -> None:
    given = notice(text("vi"), Text("xx", "?", proofread=True))
    report = judge(given, replace(VIET, site=Site(languages=("vi", "xx"))))
    assert [(finding.code, finding.language) for finding in report.findings] == [(TextCode.NO_FONT, "xx")]
    assert (report.readable, report.unreadable) == (("vi",), ("xx",))


def test_a_language_that_is_missing_is_no_error_while_nothing_shows_the_notice() -> None:
    report = CASES[NoticeCode.MISSING].wrong()
    assert [finding.severity for finding in found(report.off_air(), NoticeCode.MISSING)] == [Severity.INFO]
    assert not report.off_air().is_refused(Band.OPERATOR)


def test_a_picture_is_for_every_reader() -> None:
    assert CASES[NoticeCode.NO_PICTURE].right().readable == ("",)


def test_a_crawl_is_judged_in_the_zones_it_runs_through() -> None:
    assert crawled().findings == ()
    assert crawled().legible_to_m["vi"] >= 15
    assert {f.code for f in crawled(reading_distance_m=200.0).findings} == {NoticeCode.DISTANCE}
    assert {f.code for f in crawled(height=0.04).findings} == {TextCode.TOO_SMALL, NoticeCode.DISTANCE}
    assert {f.code for f in crawled(body="\U0001f6c3").findings} == {TextCode.UNCOVERED}


def test_a_crawl_that_runs_nowhere_is_judged_for_its_words() -> None:
    line = notice(text(body="\U0001f6c3"), kind=Kind.CRAWL)
    assert [finding.code for finding in judge(line).findings] == [TextCode.UNCOVERED]
    assert judge(line).legible_to_m == {}


def test_the_colours_of_a_crawl_are_those_of_its_zone() -> None:
    zone = Zone(ZoneKind.CRAWL, height=0.1, colour="#555555", ground="#000000")
    wall = replace(VIET, crawls=(CrawlZone(zone, SCREEN, 60),))
    assert [finding.code for finding in judge(notice(kind=Kind.CRAWL), wall).findings] == [NoticeCode.CONTRAST]
    named = replace(VIET, crawls=(CrawlZone(replace(zone, colour="grey"), SCREEN, 60),))
    assert judge(notice(kind=Kind.CRAWL), named).findings == ()  # told of the layout
