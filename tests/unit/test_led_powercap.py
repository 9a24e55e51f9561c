"""The light meter: exact where it can be, and within its stated bounds elsewhere."""

import numpy as np
import pytest

from playout.led.powercap import LightMeter, estimate_watts
from playout.model.frame import Rect, Size
from playout.model.panel import Panel

LINE = Rect(0, 0, 256, 1)


def measured(value: int, exponent: float) -> float:
    picture = np.zeros((1, 256, 3), np.uint8)
    meter = LightMeter(picture, exponent)
    meter.forget(LINE)
    picture[:] = value
    meter.count(LINE)
    return meter.light


@pytest.mark.parametrize(("exponent", "bound"), [(1, 1e-9), (2, 1e-9), (2.2, 0.01), (2.8, 0.04), (4, 0.11)])
def test_error_of_every_byte_stays_in_its_bound(exponent: float, bound: float):
    errors = [abs(measured(value, exponent) - (value / 255) ** exponent) for value in range(256)]
    assert max(errors) <= bound
    assert errors[0] == 0
    assert errors[255] == pytest.approx(0, abs=1e-12)


def test_light_comes_back_to_nothing_after_any_changes():
    random = np.random.default_rng(3)
    picture = np.zeros((40, 30, 3), np.uint8)
    meter = LightMeter(picture, 2.2)
    for _ in range(50):
        x, y = (int(corner) for corner in random.integers(0, 20, 2))
        rect = Rect(x, y, 10, 20)
        meter.forget(rect)
        picture[rect.slices] = random.integers(0, 256, (20, 10, 3))
        meter.count(rect)
    whole = Rect(0, 0, 30, 40)
    assert meter.light > 0
    meter.forget(whole)
    picture[:] = 0
    meter.count(whole)
    assert meter.light == 0


def test_a_screen_of_half_the_panel_draws_half():
    panel = Panel()
    assert estimate_watts(panel, Size(336, 480), 1) == pytest.approx(24_192 / 2)
