"""What the renderer keeps is bounded in bytes, whatever is played."""

from dataclasses import replace
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from text_stage import FONTS

from playout.model.frame import Array, Pixels, Rect, Size
from playout.model.inputs import Inputs
from playout.model.notice import Fit, Kind, Notice, Text
from playout.model.panel import Site
from playout.model.schedule import Item, Layout, Playlist, Revision, Schedule, Zone, ZoneKind
from playout.render.colour import blend_mask, paint_mask
from playout.render.scene import SceneBuilder, crawl_line
from playout.resolve import resolve
from playout.text import TextEngine

S, SIZE = 10**9, Size(672, 480)
PAGES, STRIPS = 24 << 20, 16 << 20
LANGUAGES = ("vi", "en", "km", "lo", "zh", "jra", "bdq")


class Pictures:
    """Has every picture, or none while it is switched off, and counts who asks."""

    def __init__(self) -> None:
        self.there, self.asked = True, 0

    def picture(self, sha256: str, size: Size, fit: Fit) -> Pixels | None:
        self.asked += 1
        return np.full((size.height, size.width, 3), 90, np.uint8) if self.there else None


def builder(pictures: Pictures | None = None) -> SceneBuilder:
    return SceneBuilder(SIZE, 60, ZoneInfo("Asia/Ho_Chi_Minh"), TextEngine(FONTS), pictures or Pictures())


def inputs(notices: list[Notice], crawl: Notice | None = None, zone: Zone | None = None) -> Inputs:
    layout = Layout("l", (Zone(ZoneKind.MAIN), *((zone,) if zone else ())))
    schedule = Schedule(
        layouts=(layout,),
        playlists=(Playlist("p", items=tuple(Item(each.id) for each in notices)),),
        filler="p",
        filler_layout="l",
        filler_crawl=crawl.id if crawl else "",
    )
    known = {each.id: each for each in (*notices, *((crawl,) if crawl else ()))}
    return Inputs("main", Site(languages=("vi",)), Revision(1, 0, schedule, known))


def page(number: int, **rest: object) -> Notice:
    text = Text("vi", f"Lệ Thanh {number}")
    return Notice(f"n{number}", Kind.TEXT, "n", "test", dwell_s=3, texts=(text,), **rest)  # pyright: ignore


def test_a_flood_of_pages_stays_within_its_bytes_and_the_latest_are_kept() -> None:
    pictures = Pictures()
    drawn = builder(pictures)
    playing = inputs([page(number, picture=f"{number:064d}") for number in range(40)])
    for number in range(40):
        at_ns = number * 3 * S
        drawn.build(resolve(playing, at_ns), playing, at_ns + S)
        assert drawn.bytes <= PAGES
    assert drawn.bytes > PAGES - SIZE.width * SIZE.height * 3
    asked = pictures.asked
    drawn.build(resolve(playing, 39 * 3 * S), playing, 40 * 3 * S - S)
    assert pictures.asked == asked


def test_a_page_whose_picture_is_to_come_is_not_kept_and_drives_no_other_out() -> None:
    pictures = Pictures()
    drawn = builder(pictures)
    playing = inputs([page(1, picture="f" * 64), page(2)])
    drawn.build(resolve(playing, 3 * S), playing, 5 * S)
    kept = drawn.bytes
    pictures.there = False
    fresh = builder(pictures)
    assert fresh.build(resolve(playing, 0), playing, S).awaits_picture
    assert fresh.bytes == 0
    drawn.build(resolve(playing, 0), playing, S)
    assert drawn.bytes == kept
    pictures.there = True
    assert not fresh.build(resolve(playing, 0), playing, S).awaits_picture


def crawl(number: int, letters: int) -> Notice:
    body = {"zh": "国", "km": "ក", "lo": "ກ"}
    texts = tuple(Text(code, (body.get(code, "A") * letters)[:2000]) for code in LANGUAGES)
    return Notice(f"c{number}", Kind.CRAWL, "c", "test", texts=texts)


def test_a_flood_of_crawls_stays_within_its_bytes() -> None:
    drawn = builder()
    for number in range(12):
        zone = Zone(ZoneKind.CRAWL, y=0.9, height=0.1)
        playing = inputs([page(1)], crawl(number, 200 + number), zone)
        playing = replace(playing, site=Site(languages=LANGUAGES))
        scene = drawn.build(resolve(playing, 0), playing, S)
        assert scene.lines[0].strip.nbytes > 1_000_000
        assert drawn.bytes <= PAGES + STRIPS
    assert drawn.bytes > STRIPS // 2


@pytest.mark.parametrize(("height", "languages"), [(0.1, 2), (0.5, 7), (1.0, 7)])
def test_a_crawl_too_long_for_its_strip_is_cut_off_in_every_language_and_told(height: float, languages: int) -> None:
    drawn, zone = builder(), Zone(ZoneKind.CRAWL, height=height)
    playing = replace(inputs([page(1)], crawl(1, 2000), zone), site=Site(languages=LANGUAGES))
    scene = drawn.build(resolve(playing, 0), playing, S)
    assert scene.lines[0].strip.nbytes <= STRIPS
    told = [finding for finding in scene.findings if "was cut off" in finding]
    assert len(told) >= languages
    assert drawn.bytes <= PAGES + STRIPS


def test_a_crawl_of_ordinary_length_is_not_cut_off() -> None:
    rect, engine = Rect(0, 432, 672, 48), TextEngine(FONTS)
    for text in crawl(1, 600).texts:
        assert not crawl_line(text, rect, len(LANGUAGES), engine).findings


COLOURS = st.tuples(*[st.integers(0, 255)] * 3)
MASKS = arrays(np.uint8, st.tuples(st.integers(1, 9), st.integers(1, 9)))


@settings(deadline=None)
@given(MASKS, COLOURS, COLOURS, st.integers(-12, 12), st.integers(-12, 12))
def test_paint_on_a_plain_ground_is_what_blending_makes_of_it(
    mask: Array[np.uint8], colour: tuple[int, int, int], ground: tuple[int, int, int], x: int, y: int
) -> None:
    blended = np.empty((8, 11, 3), np.uint8)
    blended[:] = ground
    painted = blended.copy()
    blend_mask(blended, mask, colour, x, y)
    paint_mask(painted, mask, colour, ground, x, y)
    assert np.array_equal(blended, painted)
