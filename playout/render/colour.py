"""Colours, and blending in linear light so that thin strokes keep their weight."""

import numpy as np

from playout.model.frame import Array, Pixels

__all__ = ["GAMMA", "blend_mask", "parse_colour", "shade"]

GAMMA = 2.2
"""Exponent between a pixel value and light."""
_TO_LIGHT: Array[np.float32] = ((np.arange(256) / 255.0) ** GAMMA).astype(np.float32)
_STEPS = 65536
_FROM_LIGHT: Array[np.uint8] = np.rint((np.arange(_STEPS + 1) / _STEPS) ** (1 / GAMMA) * 255).astype(np.uint8)


def parse_colour(text: str) -> tuple[int, int, int]:
    """The three bytes of `#rrggbb`. Raises: ValueError."""
    if len(text) != 7 or text[0] != "#":
        raise ValueError(f"{text!r} is no colour; write it as '#rrggbb', for example '#ffd200'")
    return int(text[1:3], 16), int(text[3:5], 16), int(text[5:7], 16)


def blend_mask(picture: Pixels, mask: Array[np.uint8], colour: tuple[int, int, int], x: int, y: int) -> None:
    """Paints `colour` into `picture` in place where `mask` (`height x width`, coverage 0 to 255) covers it.

    `x`, `y` is the place of the mask's top left corner; what falls outside the picture is cut off.
    """
    top, left = max(0, y), max(0, x)
    bottom, right = min(picture.shape[0], y + mask.shape[0]), min(picture.shape[1], x + mask.shape[1])
    if top >= bottom or left >= right:
        return
    covered = mask[top - y : bottom - y, left - x : right - x]
    rows, columns = np.nonzero(covered)
    area = picture[top:bottom, left:right]
    share = covered[rows, columns, None].astype(np.float32) / 255
    light = _TO_LIGHT[np.array(colour)] * share + _TO_LIGHT[area[rows, columns]] * (1 - share)
    area[rows, columns] = _FROM_LIGHT[np.rint(light * _STEPS).astype(np.intp)]
    area[covered == 255] = colour  # exact, also where the table has no step for so little light


def shade(area: Pixels, colour: tuple[int, int, int], share: float) -> None:
    """Covers an area in place with a plate of that opacity (0 to 1), in linear light."""
    tables = [
        _FROM_LIGHT[np.rint((_TO_LIGHT * (1 - share) + _TO_LIGHT[value] * share) * _STEPS).astype(np.intp)]
        for value in colour
    ]
    for channel, table in enumerate(tables):
        area[..., channel] = table[area[..., channel]]
