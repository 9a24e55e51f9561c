"""Shapes the runs of a text into glyphs."""

from dataclasses import dataclass

from playout.text import harfbuzz
from playout.text.fonts import Font, FontSet
from playout.text.harfbuzz import Glyph
from playout.text.itemise import Missing, Run, itemise, normalise
from playout.text.languages import Language

__all__ = ["Shaped", "ShapedRun", "shape"]

_DOTTED_CIRCLE = "\u25cc"


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
    """Positions of marks without a letter to stand on; the shaper shows each on a dotted circle."""


def shape(text: str, language: Language, fonts: FontSet) -> Shaped:
    """Normalises, itemises and shapes a text. No glyph of the result is `.notdef`."""
    items = itemise(normalise(text), language, fonts)
    runs: list[ShapedRun] = []
    missing = list(items.missing)
    orphans: set[int] = set()
    for run in items.runs:
        words = items.text[run.start : run.end]
        glyphs = [
            glyph._replace(cluster=glyph.cluster + run.start)
            for glyph in harfbuzz.shape_run(run.font.handle, words, run.script, language.tag)
        ]
        missing += (Missing(glyph.cluster, items.text[glyph.cluster]) for glyph in glyphs if not glyph.id)
        runs.append(ShapedRun(run, tuple(glyph for glyph in glyphs if glyph.id)))
        if _DOTTED_CIRCLE not in words:
            orphans.update(_circled(run.font, glyphs))
    return Shaped(items.text, tuple(runs), tuple(missing), tuple(sorted(orphans)))


def _circled(font: Font, glyphs: list[Glyph]) -> set[int]:
    circle = harfbuzz.nominal_glyph(font.handle, _DOTTED_CIRCLE)
    return {glyph.cluster for glyph in glyphs if circle and glyph.id == circle}
