"""Shapes the runs of a text into glyphs."""

import unicodedata
from dataclasses import dataclass

from playout.text import harfbuzz
from playout.text.fontfile import DOTTED_CIRCLE
from playout.text.fonts import FontSet
from playout.text.harfbuzz import Glyph, ShapeRun
from playout.text.itemise import Missing, Run, itemise, normalise
from playout.text.languages import Language

__all__ = ["Shaped", "ShapedRun", "shape"]

_NOTDEF = 0


@dataclass(frozen=True, slots=True)
class ShapedRun:
    """A run and its glyphs in font units; a glyph's `cluster` counts code points of the whole normalised text."""

    run: Run
    glyphs: tuple[Glyph, ...]


@dataclass(frozen=True, slots=True)
class Shaped:
    """A normalised text with its glyphs, and what could not be shown."""

    text: str
    runs: tuple[ShapedRun, ...]
    missing: tuple[Missing, ...]
    orphans: tuple[int, ...]
    """Positions of marks without a letter to stand on; the shaper shows some of them on a dotted circle."""
    graphemes: tuple[int, ...]
    """Ends of the graphemes, ascending."""


def shape(text: str, language: Language, fonts: FontSet, shape_run: ShapeRun = harfbuzz.shape_run) -> Shaped:
    """Normalises, itemises and shapes a text. No glyph of the result is `.notdef`."""
    items = itemise(normalise(text), language, fonts)
    runs: list[ShapedRun] = []
    missing = list(items.missing)
    orphans = set(items.orphans)
    for run in items.runs:
        words = items.text[run.start : run.end]
        glyphs = shape_run(run.font.handle, words, run.script, language.tag, run.start)
        ids = {glyph.id for glyph in glyphs}
        if _NOTDEF in ids:
            missing += (Missing(glyph.cluster, items.text[glyph.cluster]) for glyph in glyphs if glyph.id == _NOTDEF)
            glyphs = [glyph for glyph in glyphs if glyph.id != _NOTDEF]
        circle = run.font.dotted_circle
        if circle and circle in ids:
            circled = {glyph.cluster for glyph in glyphs if glyph.id == circle}
            orphans.update(_mark(items.text, at, run.end) for at in circled if items.text[at] != DOTTED_CIRCLE)
        runs.append(ShapedRun(run, tuple(glyphs)))
    return Shaped(items.text, tuple(runs), tuple(missing), tuple(sorted(orphans)), items.graphemes)


def _mark(text: str, start: int, end: int) -> int:
    """The first mark from `start` on: a cluster may begin with the space before it."""
    return next((at for at in range(start, end) if unicodedata.category(text[at])[0] == "M"), start)
