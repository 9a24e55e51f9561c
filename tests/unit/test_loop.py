"""Inside the loop of 60 frames a second nothing is shaped and no glyph is drawn: all of that was done ahead."""

import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from types import FrameType
from zoneinfo import ZoneInfo

import numpy as np
from text_stage import FONTS

import playout.text
from playout.led.pipeline import LedStage
from playout.model.frame import Array, Pixels, Size
from playout.model.inputs import Inputs
from playout.model.notice import Backing, Fit, Kind, Notice, Style, Text
from playout.model.panel import Panel, Screen, Site
from playout.model.schedule import Item, Layout, Playlist, Revision, Schedule, Zone, ZoneKind
from playout.render.compose import Compositor
from playout.render.scene import FADE_NS, Scene, SceneBuilder
from playout.resolve import resolve
from playout.text import TextEngine
from playout.text.harfbuzz import Box, FontHandle, Glyph, HarfBuzzRasteriser, PlacedGlyph, shape_run

S, FPS = 10**9, 60
SIZE, PANEL = Size(192, 96), Panel(cabinets_wide=2, cabinets_high=1)
START = 1_700_000_004 * S
LAYOUT = Layout(
    "l",
    (
        Zone(ZoneKind.MAIN, height=0.7),
        Zone(ZoneKind.CRAWL, y=0.7, height=0.2, width=0.6),
        Zone(ZoneKind.CLOCK, x=0.6, y=0.7, width=0.4, height=0.2),
        Zone(ZoneKind.TIMECODE, y=0.9, height=0.1),
    ),
)
TEXTS = (Text("vi", "Lệ Thanh"), Text("km", "ឡេថាញ់"))
OUTLINED = Style(backing=Backing.OUTLINE)
NOTICES = {
    "plain": Notice("plain", Kind.TEXT, "n", "test", dwell_s=3, texts=TEXTS),
    "pictured": Notice("pictured", Kind.TEXT, "n", "test", dwell_s=3, texts=TEXTS, picture="f" * 64, style=OUTLINED),
    "line": Notice("line", Kind.CRAWL, "n", "test", texts=TEXTS),
}
SCHEDULE = Schedule(
    layouts=(LAYOUT,),
    playlists=(Playlist("p", items=(Item("plain"), Item("pictured"))),),
    filler="p",
    filler_layout="l",
    filler_crawl="line",
)
INPUTS = Inputs("main", Site(languages=("vi", "km")), Revision(1, 0, SCHEDULE, NOTICES))
TEXT_PACKAGE = playout.text.__path__[0]


class Grey:
    """A grey picture for every file."""

    def picture(self, sha256: str, size: Size, fit: Fit) -> Pixels:
        return np.full((size.height, size.width, 3), 90, np.uint8)


class Counting(HarfBuzzRasteriser):
    """Shapes and draws as ever, and counts."""

    def __init__(self) -> None:
        super().__init__()
        self.shaped = self.drawn = 0

    def rasterise(self, font: FontHandle, em_px: float, glyphs: Iterable[PlacedGlyph], box: Box) -> Array[np.uint8]:
        self.drawn += 1
        return super().rasterise(font, em_px, glyphs, box)

    def shape(self, font: FontHandle, text: str, script: str, language: str, start: int = 0) -> list[Glyph]:
        self.shaped += 1
        return shape_run(font, text, script, language, start)


@contextmanager
def calls_into_text() -> Iterator[list[str]]:
    """Names of the functions of `playout/text` that run meanwhile, whoever calls them."""
    called: list[str] = []

    def look(frame: FrameType, event: str, _: object) -> None:
        if event == "call" and frame.f_code.co_filename.startswith(TEXT_PACKAGE):
            called.append(frame.f_code.co_qualname)

    before = sys.getprofile()
    sys.setprofile(look)
    try:
        yield called
    finally:
        sys.setprofile(before)


def test_nothing_is_shaped_or_drawn_on_a_tick() -> None:
    counts = Counting()
    engine = TextEngine(FONTS, counts, counts.shape)
    builder = SceneBuilder(SIZE, FPS, ZoneInfo("Asia/Ho_Chi_Minh"), engine, Grey())
    scenes: list[Scene] = []
    at_ns = START
    while at_ns < START + 12 * S:
        programme = resolve(INPUTS, at_ns)
        scenes.append(builder.build(programme, INPUTS, programme.entered_ns))
        at_ns = programme.until_ns
    ready = counts.shaped, counts.drawn
    assert min(ready) > len(scenes)
    compositor, stage = Compositor(SIZE), LedStage(PANEL, Screen("main", "memory", gamma=2.2), SIZE)
    fades = seconds = 0
    frames: set[bytes] = set()
    with calls_into_text() as called:
        for tick in range(12 * FPS):
            at_ns = START + tick * S // FPS
            scene = next(scene for scene in scenes if at_ns < scene.programme.until_ns)
            dirty = compositor.compose(scene, at_ns)
            wire = stage.apply(compositor.canvas, dirty)
            fades += scene.fade is not None and at_ns < scene.fade.starts_ns + FADE_NS
            seconds += scene.clocks[0].rect in dirty
            frames.add(wire.tobytes())
    assert called == []
    assert (counts.shaped, counts.drawn) == ready
    assert fades > 4 * 30, "no fade was composed"
    assert seconds >= 12, "the clock stood still"
    assert len(frames) == 12 * FPS, "the line stood still"


def test_the_counts_would_tell() -> None:
    counts = Counting()
    engine = TextEngine(FONTS, counts, counts.shape)
    with calls_into_text() as called:
        engine.line("Lệ Thanh", "vi", 20)
    assert (counts.shaped, counts.drawn) == (1, 1)
    assert "draw_line" in called
