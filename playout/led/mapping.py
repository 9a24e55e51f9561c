"""Cabinet order: which cabinet of the picture stands at each place of the wire picture."""

import numpy as np

from playout.errors import ConfigError
from playout.model.frame import Pixels, Rect, Size
from playout.model.panel import Panel, Screen

__all__ = ["CabinetMap", "find_map"]


class CabinetMap:
    """Moves whole cabinets from the picture to their places on the wire. `order[place]` is a cabinet, row by row."""

    def __init__(self, order: tuple[int, ...], columns: int, cabinet_px: int) -> None:
        self._columns = columns
        self._edge = cabinet_px
        places = {cabinet: place for place, cabinet in enumerate(order)}
        self._targets = [self._block(places[cabinet]) for cabinet in range(len(order))]

    def move(self, picture: Pixels, rect: Rect, wire: Pixels) -> None:
        """Copies every cabinet that `rect` of the picture touches to its place on the wire."""
        edge = self._edge
        for row in range(rect.y // edge, -(-(rect.y + rect.height) // edge)):
            for column in range(rect.x // edge, -(-(rect.x + rect.width) // edge)):
                cabinet = row * self._columns + column
                np.copyto(wire[self._targets[cabinet]], picture[self._block(cabinet)])

    def _block(self, place: int) -> tuple[slice, slice]:
        row, column = divmod(place, self._columns)
        return Rect(column * self._edge, row * self._edge, self._edge, self._edge).slices


def find_map(panel: Panel, screen: Screen, size: Size) -> CabinetMap | None:
    """The map of a screen of `size`; None where the cabinets stand in order, so that it costs nothing.

    Raises: ConfigError if the order is not a permutation of the screen's cabinets.
    """
    order, edge = screen.cabinet_order, panel.cabinet_px
    if not order:
        return None
    where = f"screens.{screen.id}.cabinet_order"
    columns, rows = size.width // edge, size.height // edge
    if (columns * edge, rows * edge) != (size.width, size.height):
        raise ConfigError(
            f"{where}: the screen of {size.width} x {size.height} px is no whole number of cabinets of {edge} px; "
            "remove cabinet_order, or set the screen's width and height to whole cabinets"
        )
    problems = _problems(order, columns * rows)
    if problems:
        raise ConfigError([f"{where}: {problem}" for problem in problems])
    if order == tuple(range(columns * rows)):
        return None
    return CabinetMap(order, columns, edge)


def _problems(order: tuple[int, ...], count: int) -> list[str]:
    """What keeps `order` from naming each of `count` cabinets once."""
    found: list[str] = []
    missing = sorted(set(range(count)) - set(order))
    unknown = sorted(set(order) - set(range(count)))
    twice = sorted({cabinet for cabinet in order if order.count(cabinet) > 1})
    if unknown:
        found.append(f"there is no cabinet {_listed(unknown)}; they are numbered 0 to {count - 1}, row by row")
    if twice:
        found.append(f"cabinet {_listed(twice)} stands at more than one place; name each once")
    if missing:
        found.append(f"cabinet {_listed(missing)} has no place; name each once")
    return found


def _listed(numbers: list[int]) -> str:
    return ", ".join(map(str, numbers))
