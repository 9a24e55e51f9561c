"""The LED stage: from the composed canvas to the picture that goes out, changed parts only."""

from collections.abc import Sequence

import numpy as np

from playout.led.cv import Table, blend, lut, reorder
from playout.led.mapping import find_map
from playout.led.powercap import LightMeter, estimate_watts
from playout.led.tone import tone_table
from playout.model.frame import ColourOrder, Mix, Pixels, Rect, Size
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
        self._screen = screen
        self._share = 1.0
        self._is_stale = False
        self._table = self._make_table()
        self._map = find_map(panel, screen, size)
        self._toned = np.zeros(shape, np.uint8)
        self._ordered = self._toned if self._order is ColourOrder.RGB else np.zeros(shape, np.uint8)
        self._wire = self._ordered if self._map is None else np.zeros(shape, np.uint8)
        self._meter = LightMeter(self._toned, 1.0 if screen.gamma > 1 else screen.display_gamma)
        self._ring = [np.zeros(shape, np.uint8) for _ in range(_RING)]
        self._handed_out = [_read_only(picture) for picture in self._ring]
        self._newest = 0
        self._mixed: tuple[Pixels, Pixels, Pixels, Pixels] | None = None

    @property
    def watts(self) -> float:
        """Estimated power of the picture last applied."""
        return estimate_watts(self._panel, self._size, self._meter.light)

    def dim(self, share: float) -> None:
        """Gives everything from the next `apply` on that share of the screen's light, 0 to 1."""
        if share != self._share:
            self._share = share
            self._table = self._make_table()
            self._mixed = None
            self._is_stale = True

    def apply(self, canvas: Pixels, dirty: Sequence[Rect | Mix]) -> Pixels:
        """The wire picture after the `dirty` parts of the RGB canvas changed, in their order; read-only.

        A cross-fade mixes what its two pictures become on the wire, which is light where the screen's gamma is above
        1, and takes no table for each frame. Without dirty parts the result is the same array as before. An array
        handed out stays as it is during the next three calls that have some. Every part lies inside the canvas; the
        picture before the first call is black.
        """
        if self._is_stale:
            self._is_stale = False
            dirty = [Rect(0, 0, self._size.width, self._size.height), *dirty]
        if dirty:
            for part in dirty:
                rect = part.rect if isinstance(part, Mix) else part
                self._meter.forget(rect)
                if isinstance(part, Mix):
                    before, after = self._toned_pair(part)
                    blend(before, after, part.share, self._toned[rect.slices])
                else:
                    self._tone(canvas[rect.slices], self._toned[rect.slices])
                self._meter.count(rect)
                self._arrange(rect)
            self._newest = (self._newest + 1) % _RING
            np.copyto(self._ring[self._newest], self._wire)
        return self._handed_out[self._newest]

    def _make_table(self) -> Table | None:
        """The tone table; None where it changes nothing."""
        screen = self._screen
        table = tone_table(screen.gamma, screen.display_gamma, screen.luminance * self._share)
        return None if np.array_equal(table, np.arange(256)) else table

    def _tone(self, source: Pixels, out: Pixels) -> None:
        if self._table is None:
            np.copyto(out, source)
        else:
            lut(source, self._table, out)

    def _toned_pair(self, mix: Mix) -> tuple[Pixels, Pixels]:
        """The two pictures of a cross-fade through the table, done once for all its frames."""
        if self._mixed is None or self._mixed[0] is not mix.before or self._mixed[1] is not mix.after:
            pair = np.empty_like(mix.before), np.empty_like(mix.after)
            self._tone(mix.before, pair[0])
            self._tone(mix.after, pair[1])
            self._mixed = mix.before, mix.after, *pair
        return self._mixed[2:]

    def _arrange(self, rect: Rect) -> None:
        where = rect.slices
        if self._order is not ColourOrder.RGB:
            reorder(self._toned[where], self._order, self._ordered[where])
        if self._map is not None:
            self._map.move(self._ordered, rect, self._wire)


def _read_only(picture: Pixels) -> Pixels:
    view = picture.view()
    view.flags.writeable = False
    return view
