"""Draws stretches of a strip into a coverage mask."""

from collections.abc import Iterator
from math import ceil, floor

import numpy as np

from playout.model.frame import Array
from playout.text.harfbuzz import Box, PlacedGlyph, Rasteriser
from playout.text.strip import Strip

__all__ = ["Coverage", "draw_line"]

Coverage = Array[np.uint8]
"""`height x width`, top row first: 0 is ground, 255 is ink."""

_AT_ONCE = 32  # glyphs; bounds the memory that crafted outlines take


def draw_line(
    strip: Strip, span: tuple[int, int], em_px: int, onto: Coverage, at: tuple[int, int], rasteriser: Rasteriser
) -> None:
    """Draws code points `span` of a strip; `at` is the column of the pen and the row under the baseline.

    What falls outside `onto` is cut off. Runs are drawn one by one: where two meet, the stronger ink counts.
    """
    first, last = strip.glyph_range(*span)
    pen_x, baseline = at
    shift = pen_x - float(strip.pens[span[0]]) * em_px
    places = strip.glyphs[first:last], strip.x[first:last] * em_px + shift, strip.y[first:last] * em_px
    placed = list(map(PlacedGlyph, *(of.tolist() for of in places)))
    lefts, bottoms, rights, tops = strip.ink[:, first:last].tolist()
    for run, start, end in _chunks(strip.runs[first:last].tolist()):
        box = Box(
            left=max(0, floor(min(lefts[start:end]) * em_px + shift)),
            bottom=max(baseline - onto.shape[0], floor(min(bottoms[start:end]) * em_px)),
            right=min(onto.shape[1], ceil(max(rights[start:end]) * em_px + shift)),
            top=min(baseline, ceil(max(tops[start:end]) * em_px)),
        )
        if box.left < box.right and box.bottom < box.top:
            font, size_px = strip.shaped.runs[run].run.font, strip.rows[run].equal_size * em_px
            mask = rasteriser.rasterise(font.handle, size_px, placed[start:end], box)
            target = onto[baseline - box.top : baseline - box.bottom, box.left : box.right]
            np.maximum(target, mask, out=target)


def _chunks(runs: list[int]) -> Iterator[tuple[int, int, int]]:
    """Stretches of glyphs of one run, long ones in parts: the run, and the range of glyphs."""
    start = 0
    for at in range(1, len(runs) + 1):
        if at == len(runs) or runs[at] != runs[start] or at - start == _AT_ONCE:
            yield runs[start], start, at
            start = at
