"""A shaped text laid out on one endless baseline, in em, so that it is measured once for every size."""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from typing import NamedTuple

import numpy as np

from playout.model.frame import Array
from playout.text.breaks import line_breaks
from playout.text.harfbuzz import glyph_ink
from playout.text.languages import Language, script_language
from playout.text.shape import Shaped

__all__ = ["SPACES", "Extent", "Paragraph", "Strip", "lay_out_strip"]

SPACES = " \u200b\u3000"
"""What a line does not end or begin with."""

# Measured with tracemalloc, rounded up.
_STRIP_BYTES, _CHARACTER_BYTES, _GLYPH_BYTES = 2_000, 55, 260
_PARAGRAPH_BYTES, _STOP_BYTES, _MISSING_BYTES = 520, 90, 100

Lengths = Array[np.float64]
Indices = Array[np.int64]


class Extent(NamedTuple):
    """Size of a stretch of text in em: pen advance and ink from its start, room above and below, gap to the next line.

    `ink_above` and `ink_below` are what is really drawn; `above` and `below` what its scripts need in general.
    """

    advance: float
    ink_left: float
    ink_right: float
    ink_above: float
    ink_below: float
    above: float
    below: float
    gap: float


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Code points `[start, end)` between two line ends of the text, and where its lines may be cut."""

    start: int
    end: int
    stops: tuple[int, ...]
    """Ends of possible lines, ascending; the last is `end`."""
    stop_pens: tuple[float, ...]
    """Pen position in em at each stop without the spaces before it."""
    graphemes: tuple[int, ...]
    """Ends of its graphemes, ascending."""


@dataclass(frozen=True, slots=True, eq=False)
class Strip:
    """Glyphs of one text in order; the arrays have one entry for each. Lengths are in em of the Latin-equal size."""

    shaped: Shaped
    language: Language
    rows: tuple[Language, ...]
    """The table row that sizes each run."""
    paragraphs: tuple[Paragraph, ...]
    pens: Lengths
    """Pen position at each code point and at the end."""
    glyphs: Indices
    runs: Indices
    """Index of each glyph's run in `shaped.runs`."""
    clusters: Indices
    x: Lengths
    y: Lengths
    ink: Lengths
    """`4 x glyphs`: left, bottom, right, top, on the strip."""

    @property
    def bytes(self) -> int:
        """Memory that keeping it takes, about."""
        shaped = self.shaped
        return (
            _STRIP_BYTES
            + _CHARACTER_BYTES * len(shaped.text)
            + _GLYPH_BYTES * len(self.glyphs)
            + _PARAGRAPH_BYTES * len(self.paragraphs)
            + _STOP_BYTES * sum(len(paragraph.stops) for paragraph in self.paragraphs)
            + _MISSING_BYTES * (len(shaped.missing) + len(shaped.orphans))
        )

    def glyph_range(self, start: int, end: int) -> tuple[int, int]:
        """Glyphs of code points `[start, end)`."""
        first, last = self.clusters.searchsorted((start, end))
        return int(first), int(last)

    def trim(self, start: int, end: int) -> tuple[int, int]:
        """Code points `[start, end)` without the spaces at both ends."""
        text = self.shaped.text
        while end > start and text[end - 1] in SPACES:
            end -= 1
        while start < end and text[start] in SPACES:
            start += 1
        return start, end

    def extent(self, start: int, end: int) -> Extent:
        """Size of code points `[start, end)`."""
        first, last = self.glyph_range(start, end)
        runs = self.runs[first:last]
        rows = set(self.rows[runs[0] : runs[-1] + 1]) if first < last else {self.language}
        nominal = (
            max(row.ink_above * row.equal_size for row in rows),
            max(row.ink_below * row.equal_size for row in rows),
            max((row.line - row.ink_above - row.ink_below) * row.equal_size for row in rows),
        )
        origin = float(self.pens[start])
        advance = float(self.pens[end]) - origin
        if first == last:
            return Extent(advance, 0.0, 0.0, 0.0, 0.0, *nominal)
        left, bottom = self.ink[:2, first:last].min(axis=1).tolist()
        right, top = self.ink[2:, first:last].max(axis=1).tolist()
        return Extent(advance, left - origin, right - origin, top, -bottom, *nominal)


def lay_out_strip(shaped: Shaped, language: Language) -> Strip:
    """Puts the glyphs of all runs one after the other on a baseline, and finds the places where lines may be cut."""
    rows = tuple(script_language(run.run.script, language) for run in shaped.runs)
    sizes = [len(run.glyphs) for run in shaped.runs]
    ems = [row.equal_size / run.run.font.units_per_em for row, run in zip(rows, shaped.runs, strict=True)]
    em = np.repeat(np.array(ems, np.float64), sizes)
    numbers = chain.from_iterable(glyph for run in shaped.runs for glyph in run.glyphs)  # flat: numpy is slow on tuples
    glyphs, clusters, advances, x_offsets, y_offsets = np.fromiter(numbers, np.int64).reshape(-1, 5).T
    boxes = (glyph_ink(run.run.font.handle, glyph.id) for run in shaped.runs for glyph in run.glyphs)
    ink = np.fromiter(chain.from_iterable(boxes), np.float64).reshape(-1, 4).T
    pens = np.concatenate((np.zeros(1), np.cumsum(advances * em)))
    x, y = pens[:-1] + x_offsets * em, y_offsets * em
    pen_at = pens[clusters.searchsorted(np.arange(len(shaped.text) + 1))]
    return Strip(
        shaped=shaped,
        language=language,
        rows=rows,
        paragraphs=tuple(_paragraphs(shaped, language, pen_at)),
        pens=pen_at,
        glyphs=glyphs,
        runs=np.repeat(np.arange(len(rows)), sizes),
        clusters=clusters,
        x=x,
        y=y,
        ink=ink * em + np.array((x, y, x, y)),
    )


def _paragraphs(shaped: Shaped, language: Language, pens: Lengths) -> Iterator[Paragraph]:
    text, start = shaped.text, 0
    for words in text.split("\n"):
        end = start + len(words)
        whole = shaped.graphemes[bisect_right(shaped.graphemes, start) : bisect_right(shaped.graphemes, end)]
        stops = tuple(start + stop for stop in line_breaks(words, language.locale, [at - start for at in whole]))
        inked = [len(text[start:stop].rstrip(SPACES)) + start for stop in stops or (end,)]
        yield Paragraph(
            start=start, end=end, stops=stops or (end,), stop_pens=tuple(pens[inked].tolist()), graphemes=whole
        )
        start = end + 1
