"""Glyph masks, kept in a bounded cache, and drawn into a coverage mask."""

import numpy as np

from playout.model.frame import Array
from playout.text.cache import ByteCache
from playout.text.fonts import Font
from playout.text.harfbuzz import GlyphMask, GlyphRasteriser
from playout.text.strip import Strip

__all__ = ["Coverage", "MaskCache", "draw_line"]

Coverage = Array[np.uint8]
"""`height x width`, top row first: 0 is ground, 255 is ink."""

_STEPS = 4  # places of a glyph inside a pixel, each way
_ENTRY_BYTES = 500  # what a mask costs beside its pixels
_LARGEST_MASK = 4_000_000  # pixels; a larger glyph is a crafted one

_Key = tuple[Font, int, float, int, int]
"""Font, glyph, em in px, and the steps of its origin right and up."""


class MaskCache:
    """Masks of glyphs already drawn, bounded in bytes. One thread owns it."""

    def __init__(self, rasteriser: GlyphRasteriser, limit_bytes: int) -> None:
        self._rasteriser = rasteriser
        self._masks: ByteCache[_Key, GlyphMask] = ByteCache(limit_bytes, _mask_bytes)

    @property
    def bytes(self) -> int:
        """Memory in use; never more than the limit."""
        return self._masks.bytes

    def get(self, font: Font, glyph: int, em_px: float, x_step: int = 0, y_step: int = 0) -> GlyphMask:
        """Mask of a glyph at `em_px`, its origin moved right and up by quarters of a pixel."""
        place = x_step / _STEPS, y_step / _STEPS
        return self._masks.get(
            (font, glyph, em_px, x_step, y_step),
            lambda: self._rasteriser.rasterise(font.handle, glyph, em_px, *place),
        )


def _mask_bytes(mask: GlyphMask) -> int:
    return mask.coverage.nbytes + _ENTRY_BYTES


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
    left, bottom, right, top = strip.ink[:, first:last]
    area = (right - left) * (top - bottom) * em_px * em_px
    drawn: list[bool] = ((area > 0) & (area <= _LARGEST_MASK)).tolist()
    runs: list[int] = strip.runs[first:last].tolist()
    glyphs: list[int] = strip.glyphs[first:last].tolist()
    fonts = [run.run.font for run in strip.shaped.runs]
    sizes = [strip.row(run).equal_size * em_px for run in range(len(fonts))]
    for run, glyph, (x_steps, y_steps), has_ink in zip(runs, glyphs, steps, drawn, strict=True):
        if has_ink:
            x, x_step = divmod(x_steps, _STEPS)
            y, y_step = divmod(y_steps, _STEPS)
            mask = masks.get(fonts[run], glyph, sizes[run], x_step, y_step)
            _blit(onto, mask.coverage, x + mask.left, baseline - y - mask.top)


def _blit(onto: Coverage, mask: Coverage, left: int, top: int) -> None:
    """Lays a mask over another; where both have ink, the stronger counts."""
    if left < 0 or top < 0:
        mask = mask[max(0, -top) :, max(0, -left) :]
        left, top = max(0, left), max(0, top)
    target = onto[top : top + mask.shape[0], left : left + mask.shape[1]]
    if target.size:
        np.maximum(target, mask[: target.shape[0], : target.shape[1]], out=target)
