"""Colours, and blending in linear light so that thin strokes keep their weight."""

import numpy as np

from playout.led import cv
from playout.model.frame import Array, Pixels

__all__ = ["GAMMA", "blend_mask", "paint_mask", "parse_colour", "shade"]

Colour = tuple[int, int, int]
Coverage = Array[np.uint8]

GAMMA = 2.2
"""Exponent between a pixel value and light."""
_TO_LIGHT: Array[np.float32] = ((np.arange(256) / 255.0) ** GAMMA).astype(np.float32)
_WHOLE = 255
_STEPS = 65536
_FROM_LIGHT: Array[np.uint8] = np.rint((np.arange(_STEPS + 1) / _STEPS) ** (1 / GAMMA) * 255).astype(np.uint8)


def parse_colour(text: str) -> Colour:
    """The three bytes of `#rrggbb`. Raises: ValueError."""
    if len(text) != 7 or text[0] != "#":
        raise ValueError(f"{text!r} is no colour; write it as '#rrggbb', for example '#ffd200'")
    return int(text[1:3], 16), int(text[3:5], 16), int(text[5:7], 16)


def blend_mask(picture: Pixels, mask: Coverage, colour: Colour, x: int, y: int) -> None:
    """Paints `colour` into `picture` in place where `mask` (`height x width`, coverage 0 to 255) covers it.

    `x`, `y` is the place of the mask's top left corner; what falls outside the picture is cut off.
    """
    area, covered = _overlap(picture, mask, x, y)
    rows, columns = np.nonzero((covered > 0) & (covered < _WHOLE))
    share = covered[rows, columns, None].astype(np.float32) / np.float32(_WHOLE)
    area[rows, columns] = _mixed(area[rows, columns], colour, share)
    area[covered == _WHOLE] = colour  # exact, also where the table has no step for so little light


def paint_mask(picture: Pixels, mask: Coverage, colour: Colour, ground: Colour, x: int, y: int) -> None:
    """Does what `blend_mask` does where all of the picture under the mask is `ground`, in a sixth of the time."""
    area, covered = _overlap(picture, mask, x, y)
    share = np.arange(_WHOLE + 1, dtype=np.float32)[:, None] / np.float32(_WHOLE)
    table = _mixed(np.array(ground, np.uint8)[None], colour, share)
    table[0], table[_WHOLE] = ground, colour
    if not covered.size:
        return
    covered = np.ascontiguousarray(covered)
    layer = np.empty_like(covered)
    for channel in range(3):
        cv.lut(covered, np.ascontiguousarray(table[:, channel]), layer)
        area[..., channel] = layer


def _overlap(picture: Pixels, mask: Coverage, x: int, y: int) -> tuple[Pixels, Coverage]:
    """The part of a picture that a mask at that place covers, and the part of the mask that does; both may be empty."""
    top, left = max(0, y), max(0, x)
    bottom, right = max(top, y + mask.shape[0]), max(left, x + mask.shape[1])
    area = picture[top:bottom, left:right]
    return area, mask[top - y :, left - x :][: area.shape[0], : area.shape[1]]


def _mixed(under: Pixels, colour: Colour, share: Array[np.float32]) -> Pixels:
    """Colours `n x 3` with a share (`n x 1`) of `colour` over them, in linear light."""
    light = _TO_LIGHT[np.array(colour)] * share + _TO_LIGHT[under] * (1 - share)
    return _FROM_LIGHT[np.rint(light * _STEPS).astype(np.intp)]


def shade(area: Pixels, colour: Colour, share: float) -> None:
    """Covers an area in place with a plate of that opacity (0 to 1), in linear light."""
    tables = [
        _FROM_LIGHT[np.rint((_TO_LIGHT * (1 - share) + _TO_LIGHT[value] * share) * _STEPS).astype(np.intp)]
        for value in colour
    ]
    for channel, table in enumerate(tables):
        area[..., channel] = table[area[..., channel]]
