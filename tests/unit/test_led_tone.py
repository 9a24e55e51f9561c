"""The tone table: monotonic, exact at its ends, and right in light."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from playout.led.tone import tone_table

exponents = st.floats(1, 4)
shares = st.floats(0.02, 1)


@given(exponents, exponents, shares)
def test_table_never_falls_and_keeps_black(gamma: float, display_gamma: float, luminance: float):
    table = tone_table(gamma, display_gamma, luminance)
    assert table.dtype == np.uint8
    assert table.shape == (256,)
    assert table[0] == 0
    assert (np.diff(table.astype(int)) >= 0).all()


@given(exponents, shares)
def test_white_gives_the_share_of_light(display_gamma: float, luminance: float):
    through_card = (tone_table(1, display_gamma, luminance)[255] / 255) ** display_gamma
    linear = tone_table(2.2, display_gamma, luminance)[255] / 255
    assert through_card == pytest.approx(luminance, abs=display_gamma / 255)
    assert linear == pytest.approx(luminance, abs=0.5 / 255 + 1e-9)


def test_no_gamma_and_full_luminance_changes_nothing():
    assert np.array_equal(tone_table(1, 2.2, 1), np.arange(256))


def test_gamma_of_middle_grey():
    assert tone_table(2.2, 2.2, 1)[128] == round(255 * (128 / 255) ** 2.2)
