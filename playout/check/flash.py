"""Flashes, as WCAG 2.2 counts them (2.3.1, "general flash and red flash thresholds"), over the whole panel.

Within 38 m the panel is wider than the ten degrees of the standard's viewing field, so a quarter of the panel takes the
place of a quarter of that field.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from playout.check.contrast import luminance
from playout.model.frame import Array, Pixels

__all__ = ["MAX_FLASHES", "TILES", "Sample", "most_flashes", "redness", "sample"]

MAX_FLASHES = 3
"""Flashes in any one second that are still allowed. Source: WCAG 2.2, 2.3.1."""
_SWING, _DARKER = 0.10, 0.80
_AREA = 0.25
TILES = (6, 8)
"""Rows and columns of the tiles that the panel is looked at in."""
_RED_SHARE, _RED_SWING = 0.8, 20 / 320
"""A saturated red, and the change of (R - G - B) that counts. Source: WCAG 2.2, "general flash and red flash"."""


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """One picture at an instant in seconds, reduced to tiles: mean luminance and mean redness, 0 to 1."""

    at_s: float
    light: Array[np.float64]
    red: Array[np.float64]


def sample(pixels: Pixels, at_s: float) -> Sample:
    """Reduces an RGB picture."""
    return Sample(at_s, _tiles(luminance(pixels)), _tiles(redness(pixels)))


def redness(pixels: Pixels) -> Array[np.float64]:
    """How much saturated red, 0 to 1, there is in RGB pixels of any shape `... x 3`."""
    value = (pixels / 255) ** 2.2
    red, rest = value[..., 0], value[..., 1] + value[..., 2]
    saturated = red >= _RED_SHARE * np.maximum(red + rest, 1e-9)
    return np.where(saturated, np.clip(red - rest, 0, 1), 0.0)


def most_flashes(samples: Sequence[Sample]) -> int:
    """The most flashes in any one second that at least a quarter of the panel shows, general or red."""
    if len(samples) < 2:
        return 0
    times = np.array([each.at_s for each in samples])
    light = np.array([each.light for each in samples])
    red = np.array([each.red for each in samples])
    return max(_most(times, light, _SWING, _DARKER), _most(times, red, _RED_SWING, 1.0))


def _most(times: Array[np.float64], values: Array[np.float64], swing: float, darker: float) -> int:
    """Counts opposing changes tile by tile; two of them are a flash."""
    flat = values.reshape(len(values), -1)
    turns = [np.array(_turns(times, flat[:, tile], swing, darker)) for tile in range(flat.shape[1])]
    starts = np.unique(np.concatenate(turns))
    if not len(starts):
        return 0
    counts = np.sort([np.searchsorted(each, starts + 1) - np.searchsorted(each, starts) for each in turns], axis=0)
    return int(counts[-int(np.ceil(_AREA * len(turns)))].max()) // 2


def _turns(times: Array[np.float64], values: Array[np.float64], swing: float, darker: float) -> list[float]:
    """When a value has gone up or down by `swing` since it last turned, the darker end being under `darker`."""
    turns: list[float] = []
    low = high = float(values[0])
    direction = 0
    for moment, value in zip(times.tolist(), values.tolist(), strict=True):
        low, high = min(low, value), max(high, value)
        if direction <= 0 and value - low >= swing and low < darker:
            turns.append(moment)
            direction, low, high = 1, value, value
        elif direction >= 0 and high - value >= swing and value < darker:
            turns.append(moment)
            direction, low, high = -1, value, value
    return turns


def _tiles(picture: Array[np.float64]) -> Array[np.float64]:
    rows = np.array_split(picture, TILES[0], axis=0)
    return np.array([[part.mean() for part in np.array_split(row, TILES[1], axis=1)] for row in rows])
