"""Letter heights against figures worked out by hand for the panel at Lệ Thanh."""

from dataclasses import replace

import pytest

from playout.model.panel import Panel
from playout.text.distance import legible_to_m, letter_px, needed_px, reading_time_s

PANEL = Panel()


@pytest.mark.parametrize(
    ("ground_m", "px"),
    [
        (15, 12.6 / 1.22),  # slant 18.25 m, 16' make 85 mm, foreshortened by 0.82
        (50, 24.27),  # slant 51.07 m: 238 mm by 16', seen under 11.8 degrees
        (250, 69.6),  # slant 250.2 m by 1:360
    ],
)
def test_what_a_reader_needs(ground_m: float, px: float) -> None:
    assert needed_px(PANEL, ground_m) == pytest.approx(px, rel=0.01)


def test_a_tilted_face_is_easier_to_read_from_near() -> None:
    assert needed_px(replace(PANEL, tilt_deg=30), 15) < needed_px(PANEL, 15)


def test_more_distance_never_asks_for_less() -> None:
    needs = [letter_px(PANEL, metres) for metres in range(15, 400)]
    assert needs == sorted(needs)


@pytest.mark.parametrize("height_px", [11, 24.3, 30, 70])
def test_legible_to_is_the_last_metre_that_is_enough(height_px: float) -> None:
    reach = legible_to_m(PANEL, height_px)
    assert letter_px(PANEL, reach) <= height_px < letter_px(PANEL, reach + 1)


def test_letters_too_small_for_the_nearest_are_legible_to_nobody() -> None:
    assert legible_to_m(PANEL, 8) == 0


def test_reading_time_counts_graphemes_and_is_never_under_three_seconds() -> None:
    assert reading_time_s(80, "vi") == 10
    assert reading_time_s(80, "zh") == 20
    assert reading_time_s(1, "km") == 3
