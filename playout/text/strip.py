"""A shaped text laid out on one endless baseline, in em, so that it is measured once for every size."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from typing import NamedTuple

import numpy as np

from playout.model.frame import Array
from playout.text.breaks import graphemes, line_breaks
from playout.text.harfbuzz import FontHandle, Ink, glyph_ink
from playout.text.languages import Language, script_language
from playout.text.shape import Shaped, ShapedRun

__all__ = ["SPACES", "Extent", "Paragraph", "Strip", "lay_out_strip"]

SPACES = " \u200b\u3000"
"""What a line does not end or begin with."""

_STRIP_BYTES, _CHARACTER_BYTES, _GLYPH_BYTES = 2_000, 40, 260  # measured with tracemalloc, rounded up

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
        return _STRIP_BYTES + len(self.shaped.text) * _CHARACTER_BYTES + len(self.glyphs) * _GLYPH_BYTES

    def row(self, run: int) -> Language:
        """The table row that sizes a run."""
        return script_language(self.shaped.runs[run].run.script, self.language)

    def glyph_range(self, start: int, end: int) -> tuple[int, int]:
        """Glyphs of code points `[start, end)`."""
        first, last = np.searchsorted(self.clusters, (start, end))
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
        used: list[int] = self.runs[first:last].tolist()
        rows = {self.row(run) for run in set(used)} or {self.language}
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
    runs = np.repeat(np.arange(len(shaped.runs)), [len(run.glyphs) for run in shaped.runs])
    em = np.array([_em_per_unit(run, language) for run in shaped.runs], np.float64)[runs]
    flat = chain.from_iterable(glyph for run in shaped.runs for glyph in run.glyphs)  # np.array is slow on tuples
    glyphs, clusters, advances, x_offsets, y_offsets = np.fromiter(flat, np.int64).reshape(-1, 5).T
    pens = np.append(0.0, np.cumsum(advances * em))
    x, y = pens[:-1] + x_offsets * em, y_offsets * em
    left, bottom, right, top = _bounded(_inks(shaped) * em)
    pens = pens[np.searchsorted(clusters, np.arange(len(shaped.text) + 1))]
    return Strip(
        shaped=shaped,
        language=language,
        paragraphs=tuple(_paragraphs(shaped.text, language, pens)),
        pens=pens,
        glyphs=glyphs,
        runs=runs,
        clusters=clusters,
        x=x,
        y=y,
        ink=np.stack((x + left, y + bottom, x + right, y + top)),
    )


def _em_per_unit(run: ShapedRun, language: Language) -> float:
    return script_language(run.run.script, language).equal_size / run.run.font.units_per_em


def _inks(shaped: Shaped) -> Lengths:
    """Boxes of all glyphs in font units, `4 x glyphs`: left, bottom, right, top."""
    known: dict[tuple[FontHandle, int], Ink] = {}
    for run in shaped.runs:
        for key in {(run.run.font.handle, glyph.id) for glyph in run.glyphs} - known.keys():
            known[key] = glyph_ink(*key)
    boxes = (known[run.run.font.handle, glyph.id] for run in shaped.runs for glyph in run.glyphs)
    return np.fromiter(chain.from_iterable(boxes), np.float64).reshape(-1, 4).T


def _bounded(inks: Lengths) -> Lengths:
    """Boxes in em, those of crafted glyphs that would take all memory made empty, so that they are not drawn."""
    return np.where(np.abs(inks).max(axis=0) <= _LARGEST_INK, inks, 0.0)


def _paragraphs(text: str, language: Language, pens: Lengths) -> Iterator[Paragraph]:
    start = 0
    for words in text.split("\n"):
        end = start + len(words)
        whole = graphemes(words, language.locale)
        stops = tuple(start + stop for stop in line_breaks(words, language.locale, whole)) or (end,)
        inked = (len(text[start:stop].rstrip(SPACES)) + start for stop in stops)
        yield Paragraph(
            start=start,
            end=end,
            stops=stops,
            stop_pens=tuple(float(pens[stop]) for stop in inked),
            graphemes=tuple(start + stop for stop in whole),
        )
        start = end + 1
