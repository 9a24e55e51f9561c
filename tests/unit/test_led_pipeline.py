"""The LED stage against a slow reference that converts the whole picture each time."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playout.led.pipeline import LedStage
from playout.led.tone import tone_table
from playout.model.frame import ColourOrder, Rect, Size
from playout.model.panel import Panel, Screen

PANEL = Panel(cabinets_wide=3, cabinets_high=2, cabinet_mm=100, pitch_mm=25)  # cabinets of 4 px
SIZE = Size(12, 8)
WHOLE = Rect(0, 0, 12, 8)

rects = st.tuples(st.integers(0, 11), st.integers(0, 7), st.integers(1, 12), st.integers(1, 8)).map(
    lambda box: Rect(box[0], box[1], min(box[2], 12 - box[0]), min(box[3], 8 - box[1]))
)
screens = st.builds(
    Screen,
    id=st.just("main"),
    sink=st.just("memory"),
    gamma=st.sampled_from([1.0, 2.2, 3.0]),
    luminance=st.sampled_from([1.0, 0.5]),
    colour_order=st.sampled_from(ColourOrder),
    cabinet_order=st.one_of(st.just(()), st.permutations(range(6)).map(tuple)),
)


def reference(screen: Screen, canvas: np.ndarray) -> np.ndarray:
    toned = tone_table(screen.gamma, screen.display_gamma, screen.luminance)[canvas]
    ordered = toned[..., ["RGB".index(colour) for colour in screen.colour_order]]
    wire = ordered.copy()
    for place, cabinet in enumerate(screen.cabinet_order):
        to_y, to_x, y, x = place // 3 * 4, place % 3 * 4, cabinet // 3 * 4, cabinet % 3 * 4
        wire[to_y : to_y + 4, to_x : to_x + 4] = ordered[y : y + 4, x : x + 4]
    return wire


def light(screen: Screen, canvas: np.ndarray) -> float:
    sent = tone_table(screen.gamma, screen.display_gamma, screen.luminance)[canvas] / 255
    return float((sent if screen.gamma > 1 else sent**screen.display_gamma).mean())


@settings(deadline=None)
@given(screens, st.lists(st.lists(rects, min_size=1, max_size=3), max_size=4), st.integers(0, 2**32 - 1))
def test_any_run_of_changes_equals_the_whole_conversion(screen: Screen, steps: list[list[Rect]], seed: int):
    random = np.random.default_rng(seed)
    stage, canvas = LedStage(PANEL, screen, SIZE), random.integers(0, 256, (8, 12, 3), np.uint8)
    sent = stage.apply(canvas, [WHOLE])
    for dirty in steps:
        for rect in dirty:
            canvas[rect.slices] = random.integers(0, 256, (rect.height, rect.width, 3), np.uint8)
        sent = stage.apply(canvas, dirty)
    assert np.array_equal(sent, reference(screen, canvas))
    idle = PANEL.idle_power_share
    full_w = 12 * 8 * 0.025**2 * PANEL.max_power_w_m2
    assert stage.watts == pytest.approx(full_w * (idle + (1 - idle) * light(screen, canvas)), abs=0.01 * full_w)


def test_only_dirty_parts_are_converted():
    stage = LedStage(PANEL, Screen("main", "memory"), SIZE)
    sent = stage.apply(np.full((8, 12, 3), 7, np.uint8), [Rect(2, 3, 4, 2)])
    assert sent.sum() == 7 * 3 * 4 * 2
    assert (sent[3:5, 2:6] == 7).all()


def test_nothing_dirty_hands_out_the_same_array():
    stage, canvas = LedStage(PANEL, Screen("main", "memory"), SIZE), np.ones((8, 12, 3), np.uint8)
    first = stage.apply(canvas, [WHOLE])
    assert stage.apply(canvas * 2, []) is first


def test_pictures_handed_out_are_read_only_and_stay_for_three_more():
    stage, canvas = LedStage(PANEL, Screen("main", "memory"), SIZE), np.zeros((8, 12, 3), np.uint8)
    handed_out: list[np.ndarray] = []
    for value in range(1, 10):
        canvas[:] = value
        handed_out.append(stage.apply(canvas, [WHOLE]))
        assert [int(picture[0, 0, 0]) for picture in handed_out[-4:]] == list(range(max(1, value - 3), value + 1))
    with pytest.raises(ValueError, match="read-only"):
        handed_out[-1][0, 0, 0] = 1


@pytest.mark.parametrize(("value", "watts"), [(0, 0.12 * 24_192), (255, 24_192)])
def test_power_of_the_whole_panel(value: int, watts: float):
    panel = Panel()
    stage = LedStage(panel, Screen("main", "memory"), panel.size)
    stage.apply(np.full((480, 672, 3), value, np.uint8), [Rect(0, 0, 672, 480)])
    assert stage.watts == pytest.approx(watts)
