"""The LED stage: from the composed canvas to the picture that goes out, changed parts only."""

from collections.abc import Sequence

import numpy as np

from playout.led.cv import lut, reorder
from playout.led.mapping import find_map
from playout.led.powercap import LightMeter, estimate_watts
from playout.led.tone import tone_table
from playout.model.frame import ColourOrder, Pixels, Rect, Size
from playout.model.panel import Panel, Screen

__all__ = ["LedStage"]

_RING = 4
"""One picture being written, the newest handed out, and two that a consumer may still hold."""


class LedStage:
    """Applies tone, luminance, colour order and cabinet order. One thread owns it; all memory is taken up front.

    Raises: ConfigError if the cabinet order does not fit the screen.
    """

    def __init__(self, panel: Panel, screen: Screen, size: Size) -> None:
        shape = (size.height, size.width, 3)
        self._panel = panel
        self._size = size
        self._order = screen.colour_order
        table = tone_table(screen.gamma, screen.display_gamma, screen.luminance)
        self._table = None if np.array_equal(table, np.arange(256)) else table
        self._map = find_map(panel, screen, size)
        self._toned = np.zeros(shape, np.uint8)
        self._ordered = self._toned if self._order is ColourOrder.RGB else np.zeros(shape, np.uint8)
        self._wire = self._ordered if self._map is None else np.zeros(shape, np.uint8)
        self._meter = LightMeter(self._toned, 1.0 if screen.gamma > 1 else screen.display_gamma)
        self._ring = [np.zeros(shape, np.uint8) for _ in range(_RING)]
        self._handed_out = [_read_only(picture) for picture in self._ring]
        self._newest = 0

    @property
    def watts(self) -> float:
        """Estimated power of the picture last applied."""
        return estimate_watts(self._panel, self._size, self._meter.light)

    def apply(self, canvas: Pixels, dirty: Sequence[Rect]) -> Pixels:
        """The wire picture after the `dirty` rectangles of the RGB canvas changed; read-only.

        Without dirty rectangles it is the same array as before. An array handed out stays as it is during the next
        three calls that have some. Every rectangle lies inside the canvas; the picture before the first call is black.
        """
        if dirty:
            for rect in dirty:
                self._convert(canvas, rect)
            self._newest = (self._newest + 1) % _RING
            np.copyto(self._ring[self._newest], self._wire)
        return self._handed_out[self._newest]

    def _convert(self, canvas: Pixels, rect: Rect) -> None:
        where = rect.slices
        self._meter.forget(rect)
        if self._table is None:
            np.copyto(self._toned[where], canvas[where])
        else:
            lut(canvas[where], self._table, self._toned[where])
        self._meter.count(rect)
        if self._order is not ColourOrder.RGB:
            reorder(self._toned[where], self._order, self._ordered[where])
        if self._map is not None:
            self._map.move(self._ordered, rect, self._wire)


def _read_only(picture: Pixels) -> Pixels:
    view = picture.view()
    view.flags.writeable = False
    return view
