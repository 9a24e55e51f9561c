"""A shaped text laid out on one endless baseline, in em, so that it is measured once for every size."""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from playout.model.frame import Array
from playout.text.breaks import line_breaks
from playout.text.harfbuzz import FontHandle, Ink, glyph_ink
from playout.text.languages import Language, script_language
from playout.text.shape import Shaped

__all__ = ["SPACES", "Extent", "Paragraph", "Strip", "lay_out_strip"]

SPACES = " \u200b\u3000"
"""What a line does not end or begin with."""

# Measured with tracemalloc, rounded up.
_STRIP_BYTES, _CHARACTER_BYTES, _GLYPH_BYTES = 2_000, 55, 260
_PARAGRAPH_BYTES, _STOP_BYTES, _MISSING_BYTES = 520, 90, 100

_LARGEST_INK = 24  # em; no honest glyph is larger: the longest ligature known, U+FDFD, is about 10 em wide

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
    runs: list[int] = []
    glyphs: list[int] = []
    clusters: list[int] = []
    places: list[float] = []  # flat, as numpy is slow on tuples
    inks: list[float] = []
    pens: list[float] = []
    pen = 0.0
    known: dict[FontHandle, dict[int, Ink]] = {}
    for number, (row, run) in enumerate(zip(rows, shaped.runs, strict=True)):
        font = run.run.font.handle
        boxes = known.setdefault(font, {})
        em = row.equal_size / run.run.font.units_per_em
        largest = _LARGEST_INK / em
        for glyph, cluster, advance, x_offset, y_offset in run.glyphs:
            if (box := boxes.get(glyph)) is None:
                box = boxes[glyph] = _bounded(glyph_ink(font, glyph), largest)
            x, y = pen + x_offset * em, y_offset * em
            runs.append(number)
            glyphs.append(glyph)
            clusters.append(cluster)
            places += (x, y)
            inks += (x + box.left * em, y + box.bottom * em, x + box.right * em, y + box.top * em)
            pens.append(pen)
            pen += advance * em
    pens.append(pen)
    at = np.array(clusters, np.int64)
    pen_at = np.array(pens)[at.searchsorted(np.arange(len(shaped.text) + 1))]
    x, y = np.array(places, np.float64).reshape(-1, 2).T
    return Strip(
        shaped=shaped,
        language=language,
        rows=rows,
        paragraphs=tuple(_paragraphs(shaped, language, pen_at)),
        pens=pen_at,
        glyphs=np.array(glyphs, np.int64),
        runs=np.array(runs, np.int64),
        clusters=at,
        x=x,
        y=y,
        ink=np.array(inks, np.float64).reshape(-1, 4).T,
    )


def _bounded(ink: Ink, largest: float) -> Ink:
    """The box in font units; that of a crafted glyph that would take all memory is empty, so that it is not drawn."""
    return ink if max(map(abs, ink)) <= largest else Ink(0, 0, 0, 0)


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
