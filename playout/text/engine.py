"""The one way in: words to coverage masks, and an explanation of how they came about."""

from collections import OrderedDict
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from playout.model.notice import Align
from playout.text.fonts import FontSet
from playout.text.harfbuzz import GlyphRasteriser, HarfBuzzRasteriser
from playout.text.languages import find_language
from playout.text.layout import Layout, fit_block, line_box, smallest_em_px
from playout.text.raster import Coverage, MaskCache, draw_line
from playout.text.shape import Shaped, shape
from playout.text.strip import Strip, lay_out_strip

__all__ = ["Block", "Line", "TextEngine"]

_GLYPH_BYTES = 8_000_000
_STRIPS = 64


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """Lines of words drawn as large as their box allows.

    `mask` is the box of the lines, uint8 `height x width`, read-only, never larger than what was asked for. `em_px`
    is the Latin-equal size. `findings` says what is wrong and what to do: characters no font has, marks without a
    letter, words cut in two, lines that do not fit.
    """

    mask: Coverage
    em_px: int
    lines: tuple[str, ...]
    fits: bool
    findings: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """One unbroken line: `mask` is uint8 `height x width`, read-only, the baseline is under row `baseline - 1`."""

    mask: Coverage
    baseline: int
    width: int
    findings: tuple[str, ...]


class TextEngine:
    """Draws words with one set of fonts. It keeps caches, so each thread has its own; the fonts may be shared."""

    def __init__(self, fonts: FontSet, rasteriser: GlyphRasteriser | None = None) -> None:
        self._fonts = fonts
        self._masks = MaskCache(rasteriser or HarfBuzzRasteriser(), _GLYPH_BYTES)
        self._strips: OrderedDict[tuple[str, str], Strip] = OrderedDict()

    @property
    def fonts_sha256(self) -> str:
        """Hash over the fonts and the shaper: pictures of the same words with the same hash are the same."""
        return self._fonts.sha256

    def block(self, text: str, language: str, width: int, height: int, max_em_px: int, align: str) -> Block:
        """Draws a text in lines, in the largest size from the smallest legible one to `max_em_px` that fits the box.

        What does not fit at the smallest legible size is drawn at that size and cut off at the box. `align` is a
        value of `Align`. Raises: ContentError for an unknown language.
        """
        strip = self._strip(text.strip(), language)
        layout = fit_block(strip, width, height, max_em_px)
        mask = np.zeros((layout.height, layout.width), np.uint8)
        top = 0
        for line in layout.lines:
            indent = (layout.width - line.width) // 2 if Align(align) is Align.CENTRE else 0
            at = (indent - line.left, top + line.above)
            draw_line(strip, (line.start, line.end), layout.em_px, mask, at, self._masks)
            top += line.height + line.gap
        return Block(
            mask=_frozen(mask[:height, :width]),
            em_px=layout.em_px,
            lines=tuple(strip.shaped.text[line.start : line.end] for line in layout.lines),
            fits=layout.fits(width, height),
            findings=(*_unshown(strip.shaped), *_misfits(strip, layout, width, height)),
        )

    def line(self, text: str, language: str, em_px: int) -> Line:
        """Draws a text on one line of any length. Its height depends on the scripts in it, hardly on the words.

        Raises: ContentError for an unknown language.
        """
        strip = self._strip(" ".join(text.splitlines()), language)
        box = line_box(strip, 0, len(strip.shaped.text), em_px)
        mask = np.zeros((box.height, box.width), np.uint8)
        draw_line(strip, (box.start, box.end), em_px, mask, (-box.left, box.above), self._masks)
        return Line(_frozen(mask), box.above, box.width, _unshown(strip.shaped))

    def explain(self, text: str, language: str) -> dict[str, Any]:
        """How a text is seen: runs with fonts and glyphs, breaks, and what no font has. Positions count code points.

        Raises: ContentError for an unknown language.
        """
        strip = self._strip(text, language)
        shaped = strip.shaped
        pieces = [piece for paragraph in strip.paragraphs for piece in pairwise((paragraph.start, *paragraph.stops))]
        return {
            "text": shaped.text,
            "language": language,
            "smallest_em_px": smallest_em_px(strip),
            "runs": [
                {
                    "start": run.run.start,
                    "end": run.run.end,
                    "text": shaped.text[run.run.start : run.run.end],
                    "script": run.run.script,
                    "family": run.run.font.family,
                    "file": run.run.font.path.name,
                    "glyphs": [glyph.id for glyph in run.glyphs],
                    "clusters": [glyph.cluster for glyph in run.glyphs],
                }
                for run in shaped.runs
            ],
            "breaks": [end for _, end in pieces],
            "pieces": [shaped.text[start:end] for start, end in pieces],
            "missing": [str(missing) for missing in shaped.missing],
            "findings": list(_unshown(shaped)),
        }

    def _strip(self, text: str, language: str) -> Strip:
        key = (text, language)
        strip = self._strips.pop(key, None)
        if strip is None:
            row = find_language(language)
            strip = lay_out_strip(shape(text, row, self._fonts), row)
        self._strips[key] = strip
        if len(self._strips) > _STRIPS:
            self._strips.popitem(last=False)
        return strip


def _frozen(mask: Coverage) -> Coverage:
    mask.flags.writeable = False
    return mask


def _unshown(shaped: Shaped) -> tuple[str, ...]:
    marks = (
        f"{shaped.text[at]!r}, character {at + 1}, has no letter to stand on; retype the word" for at in shaped.orphans
    )
    return (*(f"{missing}; replace it or add a font that has it" for missing in shaped.missing), *marks)


def _misfits(strip: Strip, layout: Layout, width: int, height: int) -> list[str]:
    size = f"at an em of {layout.em_px} px"
    smallest = smallest_em_px(strip)
    found = [
        f"{strip.shaped.text[start:end].strip()!r} is wider than the line of {width} px {size} and was cut in two"
        for start, end in layout.cut
    ]
    if layout.height > height:
        found.append(f"the text is {layout.height} px high {size} and was cut off at {height} px; shorten it")
    if layout.width > width:
        found.append(f"the text is {layout.width} px wide {size} and was cut off at {width} px; shorten it")
    if layout.em_px < smallest:
        found.append(f"an em of {layout.em_px} px is under the {smallest} px at which the letters stay apart")
    return found
