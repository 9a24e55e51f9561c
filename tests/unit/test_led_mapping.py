"""Cabinet order: a permutation of whole cabinets, or a refusal that names the mistake."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from playout.errors import ConfigError
from playout.led.mapping import find_map
from playout.model.frame import Rect, Size
from playout.model.panel import Panel, Screen

PANEL = Panel(cabinets_wide=3, cabinets_high=2, cabinet_mm=100, pitch_mm=25)  # cabinets of 4 px
SIZE = Size(12, 8)


def screen(*order: int) -> Screen:
    return Screen("main", "memory", cabinet_order=order)


def cabinets(picture: np.ndarray) -> list[np.ndarray]:
    """The cabinets of a picture, row by row."""
    return [picture[y : y + 4, x : x + 4] for y in (0, 4) for x in (0, 4, 8)]


@given(st.permutations(range(6)).filter(lambda order: order != sorted(order)))
def test_each_place_gets_the_cabinet_that_the_order_names(order: list[int]):
    mapping = find_map(PANEL, screen(*order), SIZE)
    assert mapping is not None
    picture = np.random.default_rng(1).integers(0, 256, (8, 12, 3), np.uint8)
    wire = np.zeros_like(picture)
    mapping.move(picture, Rect(0, 0, 12, 8), wire)
    before, after = cabinets(picture), cabinets(wire)
    for place, cabinet in enumerate(order):
        assert np.array_equal(after[place], before[cabinet])


def test_only_touched_cabinets_move():
    mapping = find_map(PANEL, screen(1, 0, 2, 3, 4, 5), SIZE)
    assert mapping is not None
    wire = np.zeros((8, 12, 3), np.uint8)
    mapping.move(np.full((8, 12, 3), 9, np.uint8), Rect(3, 1, 2, 3), wire)
    assert [block.any() for block in cabinets(wire)] == [True, True, False, False, False, False]


@pytest.mark.parametrize("order", [(), tuple(range(6))])
def test_order_of_the_picture_needs_no_map(order: tuple[int, ...]):
    assert find_map(PANEL, screen(*order), SIZE) is None


def test_every_mistake_of_an_order_is_named():
    with pytest.raises(ConfigError) as caught:
        find_map(PANEL, screen(0, 0, 2, 3, 9, 5), SIZE)
    assert caught.value.problems == (
        "screens.main.cabinet_order: there is no cabinet 9; they are numbered 0 to 5, row by row",
        "screens.main.cabinet_order: cabinet 0 stands at more than one place; name each once",
        "screens.main.cabinet_order: cabinet 1, 4 has no place; name each once",
    )


def test_a_screen_of_broken_cabinets_cannot_have_an_order():
    with pytest.raises(ConfigError, match="no whole number of cabinets of 4 px"):
        find_map(PANEL, screen(1, 0), Size(10, 4))
