"""Test cards: patterns by which technicians judge lamps, colours, steps of light and the places of cabinets."""

import numpy as np

from playout.model.frame import Pixels, Size

__all__ = ["draw_testcard"]

_PLAIN = {
    "white": (255, 255, 255), "red": (255, 0, 0), "green": (0, 255, 0), "blue": (0, 0, 255), "grey": (128, 128, 128),
}  # fmt: skip
_BARS = (
    (255, 255, 255), (255, 255, 0), (0, 255, 255), (0, 255, 0), (255, 0, 255), (255, 0, 0), (0, 0, 255), (0, 0, 0),
)  # fmt: skip
_STEP = 16
"""Pixels between the lines of the grid: the pixels of the common modules are multiples of it."""


def draw_testcard(name: str, size: Size) -> Pixels:
    """The card of that name, RGB, `height x width x 3`; the grid for a name that is not known."""
    card = np.zeros((size.height, size.width, 3), np.uint8)
    columns = np.arange(size.width)
    match name:
        case "white" | "red" | "green" | "blue" | "grey":
            card[:] = _PLAIN[name]
        case "bars":
            card[:] = np.array(_BARS, np.uint8)[columns * len(_BARS) // size.width]
        case "ramp":
            card[:] = (columns * 255 // max(1, size.width - 1)).astype(np.uint8)[None, :, None]
        case _:
            card[::_STEP] = card[:, ::_STEP] = 255
            card[-1] = card[:, -1] = 255
    return card
