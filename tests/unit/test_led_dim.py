"""Less light for a while: the whole picture follows at once, and comes back as it was."""

from dataclasses import replace

import numpy as np
import pytest

from playout.led.pipeline import LedStage
from playout.model.frame import ColourOrder, Mix, Rect, Size
from playout.model.panel import Panel, Screen

PANEL = Panel(cabinets_wide=3, cabinets_high=2, cabinet_mm=100, pitch_mm=25)
SIZE = Size(12, 8)
WHOLE = Rect(0, 0, 12, 8)
SCREEN = Screen(
    "main", "memory", gamma=2.2, luminance=0.8, colour_order=ColourOrder.GRB, cabinet_order=(5, 4, 3, 2, 1, 0)
)


def picture(seed: int) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (8, 12, 3), np.uint8)


@pytest.mark.parametrize("gamma", [1.0, 2.2])
def test_a_dimmed_stage_is_one_of_a_darker_screen(gamma: float) -> None:
    screen = replace(SCREEN, gamma=gamma)
    stage, canvas = LedStage(PANEL, screen, SIZE), picture(1)
    bright, watts = stage.apply(canvas, [WHOLE]).copy(), stage.watts
    darker = LedStage(PANEL, replace(screen, luminance=0.8 * 0.25), SIZE)
    stage.dim(0.25)
    assert np.array_equal(stage.apply(canvas, []), darker.apply(canvas, [WHOLE]))  # nothing else has changed
    assert stage.watts == pytest.approx(darker.watts) != watts
    canvas[2:4] = 255
    changed = [Rect(0, 2, 12, 2)]
    assert np.array_equal(stage.apply(canvas, changed), darker.apply(canvas, changed))
    canvas[2:4] = picture(1)[2:4]
    stage.dim(1.0)
    assert np.array_equal(stage.apply(canvas, changed), bright)
    assert stage.watts == pytest.approx(watts)


def test_a_cross_fade_goes_on_in_less_light() -> None:
    stage, darker = LedStage(PANEL, SCREEN, SIZE), LedStage(PANEL, replace(SCREEN, luminance=0.4), SIZE)
    rect = Rect(0, 0, 12, 4)
    before, after = picture(2)[rect.slices], picture(3)[rect.slices]
    canvas = picture(4)
    stage.apply(canvas, [WHOLE])
    darker.apply(canvas, [WHOLE])
    stage.apply(canvas, [Mix(rect, before, after, 0.25)])
    stage.dim(0.5)
    half = [Mix(rect, before, after, 0.5)]
    assert np.array_equal(stage.apply(canvas, half), darker.apply(canvas, half))


def test_the_same_light_again_converts_nothing() -> None:
    stage, canvas = LedStage(PANEL, SCREEN, SIZE), picture(5)
    sent = stage.apply(canvas, [WHOLE])
    stage.dim(1.0)
    assert stage.apply(canvas, []) is sent
