"""An outline around words: their own shape, grown to every side, as an alternative to a plate under them."""

from math import ceil

import numpy as np

from playout.led import cv
from playout.model.frame import Array

__all__ = ["grow", "outline_px"]

_SHARE = 0.09  # of the em: two thirds of the stem of a bold letter
_LEAST_PX = 2.0  # one pixel of a wall is not seen from afar


def outline_px(em_px: float) -> float:
    """Width of the outline around letters of that em; both in px."""
    return max(_LEAST_PX, em_px * _SHARE)


def grow(mask: Array[np.uint8], width_px: float) -> Array[np.uint8]:
    """A coverage mask grown by `width_px` to every side, round and with smooth edges.

    uint8, larger than `mask` by `ceil(width_px)` at each edge.
    """
    edge = ceil(width_px)
    grown = np.pad(mask, edge)
    ground = grown.copy()
    rows, columns = np.ogrid[-edge : edge + 1, -edge : edge + 1]
    distance = np.hypot(rows, columns)
    share = np.clip(width_px + 0.5 - distance, 0.0, 1.0)
    for each in np.unique(share[share > 0]):
        reached = cv.dilate(ground, (share == each).astype(np.uint8))
        np.maximum(grown, np.rint(reached * each).astype(np.uint8), out=grown)
    return grown
