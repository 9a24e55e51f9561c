"""Glyph masks, kept in a bounded cache, and drawn into a coverage mask."""

from collections import OrderedDict
from typing import NamedTuple

import numpy as np

from playout.model.frame import Array
from playout.text.fonts import Font
from playout.text.harfbuzz import GlyphMask, GlyphRasteriser
from playout.text.strip import Strip

__all__ = ["Coverage", "MaskCache", "draw_line"]

Coverage = Array[np.uint8]
"""`height x width`, top row first: 0 is ground, 255 is ink."""

_STEPS = 4  # places of a glyph inside a pixel, each way
_ENTRY_BYTES = 500  # what a mask costs beside its pixels


class _Key(NamedTuple):
    font: Font
    glyph: int
    em_px: float
    x_step: int
    y_step: int


class MaskCache:
    """Masks of glyphs already drawn, the least recently used given up first. One thread owns it."""

    def __init__(self, rasteriser: GlyphRasteriser, limit_bytes: int) -> None:
        self._rasteriser = rasteriser
        self._limit_bytes = limit_bytes
        self._masks: OrderedDict[_Key, GlyphMask] = OrderedDict()
        self._bytes = 0

    @property
    def bytes(self) -> int:
        """Memory in use; never more than the limit."""
        return self._bytes

    def get(self, font: Font, glyph: int, em_px: float, x_step: int = 0, y_step: int = 0) -> GlyphMask:
        """Mask of a glyph at `em_px`, its origin moved right and up by quarters of a pixel."""
        key = _Key(font, glyph, em_px, x_step, y_step)
        mask = self._masks.get(key)
        if mask is not None:
            self._masks.move_to_end(key)
            return mask
        mask = self._rasteriser.rasterise(font.handle, glyph, em_px, x_step / _STEPS, y_step / _STEPS)
        self._masks[key] = mask
        self._bytes += mask.coverage.nbytes + _ENTRY_BYTES
        while self._bytes > self._limit_bytes:
            _, old = self._masks.popitem(last=False)
            self._bytes -= old.coverage.nbytes + _ENTRY_BYTES
        return mask


def draw_line(
    strip: Strip, span: tuple[int, int], em_px: int, onto: Coverage, at: tuple[int, int], masks: MaskCache
) -> None:
    """Draws code points `span` of a strip; `at` is the column of the pen and the row under the baseline.

    What falls outside `onto` is cut off.
    """
    first, last = strip.glyph_range(*span)
    pen_x, baseline = at
    columns = (strip.x[first:last] - strip.pens[span[0]]) * em_px + pen_x
    rows = strip.y[first:last] * em_px
    steps: list[list[int]] = np.rint(np.stack((columns, rows), axis=1) * _STEPS).astype(int).tolist()
    fonts = [run.run.font for run in strip.shaped.runs]
    sizes = [strip.row(run).equal_size * em_px for run in range(len(fonts))]
    for index, (x_steps, y_steps) in enumerate(steps, first):
        x, x_step = divmod(x_steps, _STEPS)
        y, y_step = divmod(y_steps, _STEPS)
        run = int(strip.runs[index])
        mask = masks.get(fonts[run], int(strip.glyphs[index]), sizes[run], x_step, y_step)
        _blit(onto, mask.coverage, x + mask.left, baseline - y - mask.top)


def _blit(onto: Coverage, mask: Coverage, left: int, top: int) -> None:
    """Lays a mask over another; where both have ink, the stronger counts."""
    if left < 0 or top < 0:
        mask = mask[max(0, -top) :, max(0, -left) :]
        left, top = max(0, left), max(0, top)
    target = onto[top : top + mask.shape[0], left : left + mask.shape[1]]
    if target.size:
        np.maximum(target, mask[: target.shape[0], : target.shape[1]], out=target)
