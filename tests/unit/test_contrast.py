"""Contrast as the standard counts it, against every pixel of the ground."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from playout.check.contrast import contrast_ratio, luminance

COLOUR = st.tuples(*[st.integers(0, 255)] * 3)


@given(COLOUR, COLOUR)
def test_ratio_to_one_colour_is_that_of_the_standard(words: tuple[int, int, int], ground: tuple[int, int, int]) -> None:
    low, high = sorted(float(luminance(np.array(each, np.uint8))) for each in (words, ground))
    assert contrast_ratio(words, np.full((2, 3, 3), ground, np.uint8)) == pytest.approx(
        (high + 0.05) / (low + 0.05), rel=1e-3
    )


@given(COLOUR, st.integers(0, 2**32 - 1))
def test_ratio_to_a_picture_is_that_to_its_nearest_but_for_a_twentieth(words: tuple[int, int, int], seed: int) -> None:
    ground = np.random.default_rng(seed).integers(0, 256, (20, 50, 3), np.uint8)
    own = float(luminance(np.array(words, np.uint8)))
    behind = np.sort(luminance(ground).ravel())[[49, 949]]
    wanted = min((max(own, each) + 0.05) / (min(own, each) + 0.05) for each in behind)
    assert contrast_ratio(words, ground) == pytest.approx(wanted, rel=1e-3)


def test_a_few_bright_pixels_do_not_decide() -> None:
    ground = np.zeros((10, 10, 3), np.uint8)
    ground[0, :4] = 255
    assert contrast_ratio((255, 255, 255), ground) == pytest.approx(21)
    ground[0, :6] = 255
    assert contrast_ratio((255, 255, 255), ground) == pytest.approx(1)
