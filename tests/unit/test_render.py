"""Composing: a picture depends on scene and instant alone, and only what changed is touched."""

from dataclasses import replace
from datetime import UTC, datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playout.led.pipeline import LedStage
from playout.model.claim import TEST_CARDS, Band, Claim, Content, ContentKind, Mode, Stop
from playout.model.frame import Mix, Pixels, Rect, Size
from playout.model.inputs import Inputs
from playout.model.notice import Fit, Kind, Notice, Text
from playout.model.panel import Panel, Screen, Site
from playout.model.schedule import Item, Layout, Playlist, Revision, Schedule, Transition, Zone, ZoneKind
from playout.model.trust import ClockTrust
from playout.paths import shipped
from playout.render.colour import blend_mask, parse_colour
from playout.render.compose import Compositor
from playout.render.scene import FADE_NS, MovingLine, Patch, Scene, SceneBuilder
from playout.resolve import resolve
from playout.text.engine import TextEngine
from playout.text.fonts import load_fonts

S, FPS = 10**9, 60
SIZE, PANEL = Size(192, 96), Panel(cabinets_wide=2, cabinets_high=1)
ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
LAYOUT = Layout(
    "all",
    (
        Zone(ZoneKind.MAIN, height=0.7),
        Zone(ZoneKind.CRAWL, y=0.7, height=0.2, width=0.6),
        Zone(ZoneKind.CLOCK, x=0.6, y=0.7, width=0.4, height=0.2),
        Zone(ZoneKind.TIMECODE, y=0.9, height=0.1),
        Zone(ZoneKind.OVERLAY, "top", height=0.3, width=0.5),
        Zone(ZoneKind.OVERLAY, "across", y=0.4, height=0.4),
    ),
)


def notice(name: str, **rest: object) -> Notice:
    texts = (Text("vi", "Lệ Thanh"), Text("km", "ឡេថាញ់"))
    return Notice(name, Kind.TEXT, name, "test", dwell_s=3, texts=texts, **rest)  # pyright: ignore


NOTICES = {"a": notice("a"), "p": notice("p", picture="f" * 64), "line": replace(notice("line"), kind=Kind.CRAWL)}
SCHEDULE = Schedule(
    layouts=(LAYOUT,),
    playlists=(Playlist("l", items=(Item("a"), Item("p", transition=Transition.CUT))),),
    filler="l",
    filler_layout="all",
    filler_crawl="line",
)
INPUTS = Inputs("main", Site(languages=("vi", "km")), Revision(1, 0, SCHEDULE, NOTICES))


class Pictures:
    """Answers with a grey picture, or with none while it is switched off."""

    def __init__(self) -> None:
        self.is_there = True

    def picture(self, sha256: str, size: Size, fit: Fit) -> Pixels | None:
        return np.full((size.height, size.width, 3), 90, np.uint8) if self.is_there else None


FONTS = load_fonts(shipped("fonts"))
PICTURES = Pictures()
BUILDER = SceneBuilder(SIZE, FPS, ZONE, TextEngine(FONTS), PICTURES)
START = 1_700_000_004 * S  # the loop of 12 s begins here


def scene_at(at_ns: int, inputs: Inputs = INPUTS) -> Scene:
    return BUILDER.build(resolve(inputs, at_ns), inputs, at_ns)


def overlay(name: str, zone: str, band: Band = Band.OPERATOR) -> Claim:
    content = Content(ContentKind.NOTICE, name)
    return Claim(name, (), band, content, 0, 0, mode=Mode.OVERLAY, zone=zone, stop=Stop.NOW)


OVERLAID = replace(INPUTS, claims=(overlay("p", "top"), overlay("line", "across")))
"""One page above the main zone alone, and a moving line above main zone, crawl and clock."""


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(0, 12 * FPS), min_size=1, max_size=6), st.sampled_from([INPUTS, OVERLAID]))
def test_a_frame_is_the_same_whatever_came_before_it(frames: list[int], inputs: Inputs) -> None:
    stage, compositor = LedStage(PANEL, Screen("main", "memory", gamma=2.2), SIZE), Compositor(SIZE)
    held: dict[int, Scene] = {}
    for frame in frames:
        at_ns = START + frame * S // FPS
        programme = resolve(inputs, at_ns)
        scene = held.setdefault(programme.until_ns, BUILDER.build(programme, inputs, programme.entered_ns))
        wire = stage.apply(compositor.canvas, compositor.compose(scene, at_ns))
        fresh_stage, fresh = LedStage(PANEL, Screen("main", "memory", gamma=2.2), SIZE), Compositor(SIZE)
        assert np.array_equal(wire, fresh_stage.apply(fresh.canvas, fresh.compose(scene_at(at_ns, inputs), at_ns)))
        assert np.array_equal(compositor.picture(), fresh.picture())


def wire_at(at_ns: int, inputs: Inputs) -> Pixels:
    compositor, stage = Compositor(SIZE), LedStage(PANEL, Screen("main", "memory"), SIZE)
    return stage.apply(compositor.canvas, compositor.compose(scene_at(at_ns, inputs), at_ns)).copy()


@pytest.mark.parametrize("after_ns", [0, FADE_NS // 3, FADE_NS // 2, S])
def test_an_overlay_covers_its_zone_and_nothing_else_also_while_the_page_below_fades(after_ns: int) -> None:
    begins = resolve(INPUTS, START + 4 * S).entered_ns  # a page of two languages fades in
    covered = replace(INPUTS, claims=(overlay("p", "top"),))
    scene = scene_at(begins + after_ns, covered)
    (patch,) = scene.overlays
    assert isinstance(patch, Patch)
    assert (scene.fade is not None) == (after_ns < FADE_NS)
    with_it, without = wire_at(begins + after_ns, covered), wire_at(begins + after_ns, INPUTS)
    assert np.array_equal(with_it[patch.rect.slices], patch.pixels)
    with_it[patch.rect.slices] = without[patch.rect.slices]
    assert np.array_equal(with_it, without)
    assert not np.array_equal(without[patch.rect.slices], patch.pixels)


def test_a_moving_line_above_the_page_moves_over_everything() -> None:
    above = replace(INPUTS, claims=(overlay("line", "across"),))
    begins = resolve(above, START + 4 * S).entered_ns
    rect = Zone(ZoneKind.OVERLAY, "across", y=0.4, height=0.4).rect(SIZE)
    compositor = Compositor(SIZE)
    (line,) = scene_at(begins, above).overlays
    assert isinstance(line, MovingLine)
    assert line.rect == rect
    for frame in range(3 * FPS):
        at_ns = begins + frame * S // FPS
        compositor.compose(scene_at(at_ns, above), at_ns)
        moved = ((at_ns - line.phase_ns) * line.speed_px_s + S // 2) // S % line.period_px
        wanted = line.strip[:, moved : moved + rect.width]
        assert np.array_equal(compositor.picture()[rect.slices], wanted)


def test_emergencies_that_share_look_as_each_does_alone() -> None:
    def alarm(name: str, issued: int) -> Claim:
        content = Content(ContentKind.NOTICE, name)
        return Claim(name, (), Band.EMERGENCY, content, issued, START, START + 3600 * S, stop=Stop.NOW)

    both = replace(INPUTS, claims=(alarm("a", START), alarm("p", START + 1)))
    pictures = {
        name: {wire_at(START + second * S, replace(INPUTS, claims=(each,))).tobytes() for second in range(6)}
        for name, each in zip("ap", both.claims, strict=True)
    }
    assert [len(seen) for seen in pictures.values()] == [2, 2], "each has a page in each language"
    shown = [wire_at(START + second * S, both).tobytes() for second in range(24)]
    turns = [next(name for name, seen in pictures.items() if picture in seen) for picture in shown]
    assert turns == list("pppaaa" * 4)
    assert set(shown) == pictures["a"] | pictures["p"]


def test_a_clock_in_doubt_is_not_shown() -> None:
    doubtful = replace(INPUTS, trust=ClockTrust(trusted=False))
    scene = scene_at(START, doubtful)
    assert scene.clocks == ()
    zone = LAYOUT.zones[2].rect(SIZE)
    assert not scene.base[zone.slices].any()
    assert np.array_equal(wire_at(START, doubtful)[zone.slices], scene.base[zone.slices])


@pytest.mark.parametrize("name", TEST_CARDS)
def test_every_test_card_is_drawn_and_differs_from_the_others(name: str) -> None:
    def card(which: str) -> Pixels:
        claim = Claim("t", (), Band.OPERATOR, Content(ContentKind.TESTCARD, which), START, START, stop=Stop.NOW)
        return scene_at(START, replace(INPUTS, claims=(claim,))).base

    assert card(name).any()
    assert not any(np.array_equal(card(name), card(other)) for other in TEST_CARDS if other != name)


def test_nothing_is_touched_while_nothing_changes() -> None:
    still = replace(INPUTS, revision=replace(INPUTS.revision, schedule=replace(SCHEDULE, filler_layout="")))  # pyright: ignore
    compositor, scene = Compositor(SIZE), scene_at(START + S, still)
    assert compositor.compose(scene, START + S) == [Rect(0, 0, 192, 96)]
    assert compositor.compose(scene, START + 2 * S) == []


def test_what_the_fonts_cannot_draw_of_a_crawl_is_told() -> None:
    texts = tuple(replace(text, body=f"{text.body} \U0001f6c3") for text in NOTICES["line"].texts)
    notices = {**NOTICES, "line": replace(NOTICES["line"], texts=texts)}
    revised = replace(INPUTS, revision=Revision(1, 0, SCHEDULE, notices))
    found = scene_at(START, revised).findings
    assert any(finding.startswith("line (vi): no font has") for finding in found)
    assert not any(finding.startswith("line") for finding in scene_at(START).findings)


def test_a_crawl_moves_by_whole_pixels_and_comes_round() -> None:
    scene, compositor = scene_at(START), Compositor(SIZE)
    (line,) = scene.lines
    assert line.speed_px_s % FPS == 0
    area = line.rect.slices
    seen: list[Pixels] = []
    for frame in range(6):
        compositor.compose(scene, START + frame * S // FPS)
        seen.append(compositor.canvas[area].copy())
    step = line.speed_px_s // FPS
    for before, after in pairwise(seen):
        assert np.array_equal(before[:, step:], after[:, :-step])
    round_ns = line.period_px * S // line.speed_px_s
    first = line.phase_ns + 10 * S
    compositor.compose(scene, first)
    start = compositor.canvas[area].copy()
    compositor.compose(scene, first + round_ns)
    assert np.array_equal(start, compositor.canvas[area])


def test_a_cross_fade_runs_from_the_page_before_and_a_cut_does_not() -> None:
    second = resolve(INPUTS, START + 4 * S)
    assert second.page is not None
    compositor, scene = Compositor(SIZE), scene_at(second.entered_ns)
    changes = compositor.compose(scene, second.entered_ns + FADE_NS // 2)
    (mix,) = [change for change in changes if isinstance(change, Mix)]
    assert mix.share == 0.5
    before = scene_at(START + 2 * S)
    assert np.array_equal(mix.before, before.base[mix.rect.slices])
    assert np.array_equal(mix.after, scene.base[mix.rect.slices])
    assert not any(isinstance(c, Mix) for c in compositor.compose(scene, second.entered_ns + FADE_NS))
    assert scene_at(resolve(INPUTS, START + 7 * S).entered_ns).fade is None  # the picture's item cuts in


def test_the_clock_shows_the_sites_time_and_changes_each_second() -> None:
    scene, compositor = scene_at(START), Compositor(SIZE)
    (face,) = scene.clocks
    compositor.compose(scene, START)
    local = f"{datetime.fromtimestamp(START // S, UTC).astimezone(ZONE):%H:%M:%S}"
    wanted = np.concatenate([face.characters[character] for character in local], axis=1)
    area = compositor.canvas[face.rect.slices]
    top, left = (area.shape[0] - wanted.shape[0]) // 2, (area.shape[1] - wanted.shape[1]) // 2
    assert np.array_equal(area[top : top + wanted.shape[0], left : left + wanted.shape[1]], wanted)
    assert face.rect not in compositor.compose(scene, START + S - 1)
    assert face.rect in compositor.compose(scene, START + S)


def test_the_timecode_is_the_instant() -> None:
    scene, compositor = scene_at(START), Compositor(SIZE)
    (code,) = scene.timecodes
    for at_ns in (START, START + 16_666_667, (1 << 62) - 1):
        compositor.compose(scene, at_ns)
        bits = compositor.canvas[code.rect.slices][0, 1::3, 0] > 127
        assert int.from_bytes(np.packbits(bits).tobytes(), "big") == at_ns


def test_a_picture_that_has_not_come_is_left_out_and_drawn_when_it_has() -> None:
    PICTURES.is_there = False
    try:
        fresh = SceneBuilder(SIZE, FPS, ZONE, TextEngine(FONTS), PICTURES)
        at_ns = START + 7 * S
        scene = fresh.build(resolve(INPUTS, at_ns), INPUTS, at_ns)
        assert scene.awaits_picture
        assert not scene.base[0, 0].any()
    finally:
        PICTURES.is_there = True
    again = fresh.build(resolve(INPUTS, at_ns), INPUTS, at_ns)
    assert not again.awaits_picture
    assert (again.base[0, 0] == 90).all()


def test_panic_is_black_and_a_change_of_layout_is_a_cut() -> None:
    panic = Claim("p", (), Band.SAFETY, Content(ContentKind.BLANK), START, START, stop=Stop.NOW)
    black = scene_at(START + S, replace(INPUTS, claims=(panic,)))
    assert black.fade is None
    assert not black.base.any()
    order = Claim("o", (), Band.OPERATOR, Content(ContentKind.NOTICE, "a"), START, START + S, stop=Stop.NOW)
    assert scene_at(START + S, replace(INPUTS, claims=(order,))).fade is None


def test_thin_strokes_are_blended_as_light() -> None:
    picture = np.zeros((1, 3, 3), np.uint8)
    blend_mask(picture, np.array([[0, 128, 255]], np.uint8), (255, 255, 255), 0, 0)
    assert picture[0, 0].tolist() == [0, 0, 0]
    assert picture[0, 1].tolist() == [186, 186, 186]  # half of the light, not half of the value
    assert picture[0, 2].tolist() == [255, 255, 255]
    blend_mask(picture, np.full((9, 9), 255, np.uint8), (1, 2, 3), -4, -4)  # reaches over every edge
    assert (picture == (1, 2, 3)).all()


@pytest.mark.parametrize("text", ["ffffff", "#fff", "#gggggg", ""])
def test_a_colour_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"rrggbb|invalid"):
        parse_colour(text)


def test_the_digits_of_a_clock_are_drawn_once() -> None:
    first, second = (BUILDER.build(resolve(INPUTS, at), INPUTS, at) for at in (START, START + 3 * S))
    assert first.programme != second.programme
    assert first.clocks[0] is second.clocks[0]


@pytest.mark.parametrize(("stop", "comes"), [(Stop.NOW, 1), (Stop.PAGE, 3)])
def test_what_stops_now_is_seen_whole_at_once_and_fades_later(stop: Stop, comes: int) -> None:
    content = Content(ContentKind.NOTICE, "a", "all")
    claim = Claim("c", (), Band.OPERATOR, content, START + S, START + S, START + 60 * S, stop=stop)
    inputs = replace(INPUTS, claims=(claim,))
    scene = scene_at(START + comes * S, inputs)
    assert scene.programme.claim == "c"
    assert (scene.fade is None) is (stop is Stop.NOW)
    assert scene_at(resolve(inputs, START + comes * S).until_ns, inputs).fade is not None


class Wanted:
    """Notes which pictures are asked for, and has none."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def picture(self, sha256: str, size: Size, fit: Fit) -> Pixels | None:
        self.asked.append(sha256)
        return None


def test_with_time_left_every_notice_is_readied_for_an_order() -> None:
    wanted, engine = Wanted(), TextEngine(FONTS)
    builder = SceneBuilder(SIZE, FPS, ZONE, engine, wanted)
    sizes = [engine.bytes]
    for _ in range(len(NOTICES) + 2):
        builder.warm(INPUTS)
        sizes.append(engine.bytes)
    assert wanted.asked == ["f" * 64], "each once"
    assert sizes[-1] > sizes[0]
    assert sizes[-1] == sizes[-2] == sizes[-3], "then there is nothing left to do"
    order = Claim("c", (), Band.OPERATOR, Content(ContentKind.NOTICE, "a"), START, START, START + S, stop=Stop.NOW)
    inputs = replace(INPUTS, claims=(order,))
    builder.build(resolve(inputs, START), inputs, START)
    assert engine.bytes == sizes[-1], "an order finds its words laid out"
    builder.warm(replace(INPUTS, revision=Revision(2, 0, SCHEDULE, {"p": NOTICES["p"]})))
    assert wanted.asked == ["f" * 64] * 2
