"""The one way in: words to coverage masks, and an explanation of how they came about."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np

from playout.model.notice import Align
from playout.text import harfbuzz
from playout.text.cache import ByteCache
from playout.text.findings import TextCode, TextFinding
from playout.text.fonts import FontSet
from playout.text.harfbuzz import HarfBuzzRasteriser, Rasteriser, ShapeRun
from playout.text.judge import LONGEST_TEXT, judge_layout, judge_length, judge_shaping
from playout.text.languages import find_language
from playout.text.layout import Layout, fit_block, line_box, smallest_em_px
from playout.text.raster import Coverage, draw_line
from playout.text.shape import shape
from playout.text.strip import Strip, lay_out_strip

__all__ = ["Block", "Line", "TextEngine"]

_STRIP_BYTES = 4_000_000
_BLOCK_BYTES = 2_000_000
_MASK_BYTES = 4_000_000
_LARGEST_LINE = 32_000_000  # pixels; a text of 4,000 characters at an em of 80 px has 25 million
_HIGHEST_LINE = 4_000


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """Lines of words laid out as large as their box allows, and drawn when their mask is asked for.

    `width` and `height` are those of the box of the lines, never larger than what was asked for. `em_px` is the
    Latin-equal size. `findings` says what is wrong and what to do: characters no font has, marks without a letter,
    words cut in two, lines that do not fit.
    """

    width: int
    height: int
    em_px: int
    lines: tuple[str, ...]
    fits: bool
    findings: tuple[TextFinding, ...]
    draw: Callable[[], Coverage]

    @property
    def mask(self) -> Coverage:
        """Its words, uint8 `height x width`, read-only. Only the thread that owns the engine may ask."""
        return self.draw()


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """One unbroken line: `mask` is uint8 `height x width`, read-only, the baseline is under row `baseline - 1`."""

    mask: Coverage
    baseline: int
    width: int
    findings: tuple[TextFinding, ...]


class _Wanted(NamedTuple):
    """What a block was asked for."""

    text: str
    language: str
    width: int
    height: int
    max_em_px: int
    align: Align
    min_em_px: int


class TextEngine:
    """Draws words with one set of fonts. It keeps caches, so each thread has its own; the fonts may be shared.

    Of a text longer than `LONGEST_TEXT` the head is drawn and the rest reported.
    """

    def __init__(
        self, fonts: FontSet, rasteriser: Rasteriser | None = None, shape_run: ShapeRun = harfbuzz.shape_run
    ) -> None:
        self._fonts, self._shape_run = fonts, shape_run
        self._rasteriser = rasteriser or HarfBuzzRasteriser()
        self._strips: ByteCache[tuple[str, str], Strip] = ByteCache(_STRIP_BYTES, lambda strip: strip.bytes)
        self._blocks: ByteCache[_Wanted, Block] = ByteCache(_BLOCK_BYTES, _block_bytes)
        self._drawn: ByteCache[_Wanted, Coverage] = ByteCache(_MASK_BYTES, lambda mask: mask.nbytes)

    @property
    def fonts(self) -> FontSet:
        """The fonts it draws with."""
        return self._fonts

    @property
    def fonts_sha256(self) -> str:
        """Hash over the fonts and the shaper: pictures of the same words with the same hash are the same."""
        return self._fonts.sha256

    @property
    def bytes(self) -> int:
        """Memory of all caches, bounded by 10 MB."""
        return self._strips.bytes + self._blocks.bytes + self._drawn.bytes

    def block(
        self, text: str, language: str, width: int, height: int, max_em_px: int, align: str, min_em_px: int = 0
    ) -> Block:
        """Lays a text out in lines, in the largest size from the smallest legible one to `max_em_px` that fits the box.

        `min_em_px` raises the smallest size, also over `max_em_px`: with both equal the size is given. What does not
        fit at the smallest size stays at that size, cut off at the box and reported. `align` is a value of `Align`.
        Raises: ContentError for an unknown language.
        """
        text, too_long = _head(text.strip())
        wanted = _Wanted(text, language, width, height, max_em_px, Align(align), min_em_px)
        block = self._blocks.get(wanted, lambda: self._lay_out(wanted))
        return replace(block, findings=(*too_long, *block.findings)) if too_long else block

    def _lay_out(self, wanted: _Wanted) -> Block:
        width, height = wanted.width, wanted.height
        strip = self._strip(wanted.text, wanted.language)
        layout = fit_block(strip, width, height, wanted.max_em_px, wanted.min_em_px)
        return Block(
            width=min(layout.width, width),
            height=min(layout.height, height),
            em_px=layout.em_px,
            lines=tuple(strip.shaped.text[line.start : line.end] for line in layout.lines),
            fits=layout.fits(width, height),
            findings=(*judge_shaping(strip.shaped), *judge_layout(strip, layout, width, height)),
            draw=lambda: self._drawn.get(wanted, lambda: self._draw(wanted, layout)),
        )

    def _draw(self, wanted: _Wanted, layout: Layout) -> Coverage:
        strip = self._strip(wanted.text, wanted.language)
        mask = np.zeros((min(layout.height, wanted.height), min(layout.width, wanted.width)), np.uint8)
        top = 0
        for line in layout.lines:
            indent = (layout.width - line.width) // 2 if wanted.align is Align.CENTRE else 0
            at = (indent - line.left, top + line.above)
            draw_line(strip, (line.start, line.end), layout.em_px, mask, at, self._rasteriser)
            top += line.height + line.gap
            if top >= wanted.height:
                break
        mask.flags.writeable = False
        return mask

    def line(self, text: str, language: str, em_px: int, max_width_px: int = _LARGEST_LINE) -> Line:
        """Draws a text on one line of any length. Its height depends on the scripts in it, hardly on the words.

        What goes beyond `max_width_px` is cut off and reported.

        Raises: ContentError for an unknown language.
        """
        text, findings = _head(text)
        strip = self._strip(" ".join(text.splitlines()), language)
        box = line_box(strip, 0, len(strip.shaped.text), em_px)
        height = min(box.height, _HIGHEST_LINE)
        width = min(box.width, _LARGEST_LINE // height, max_width_px)
        mask = np.zeros((height, width), np.uint8)
        draw_line(strip, (box.start, box.end), em_px, mask, (-box.left, box.above), self._rasteriser)
        mask.flags.writeable = False
        if (height, width) != (box.height, box.width):
            message = f"the line is {box.width} px wide and {box.height} px high and was cut off"
            findings.append(TextFinding(TextCode.TOO_LONG, message, "shorten it", None, box.width, width))
        return Line(mask, box.above, width, (*findings, *judge_shaping(strip.shaped)))

    def explain(self, text: str, language: str) -> dict[str, Any]:
        """How a text is seen: runs with fonts and glyphs, breaks, and what no font has. Positions count code points.

        Raises: ContentError for an unknown language.
        """
        text, too_long = _head(text)
        strip = self._strip(text, language)
        shaped = strip.shaped
        findings = [*too_long, *judge_shaping(shaped)]
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
            "missing": [finding.message for finding in findings if finding.code is TextCode.UNCOVERED],
            "findings": list(map(str, findings)),
        }

    def _strip(self, text: str, language: str) -> Strip:
        row = find_language(language)
        return self._strips.get(
            (text, language), lambda: lay_out_strip(shape(text, row, self._fonts, self._shape_run), row)
        )


def _head(text: str) -> tuple[str, list[TextFinding]]:
    """What is drawn of a text, and what is said of the rest."""
    return text[:LONGEST_TEXT], list(judge_length(text))


def _block_bytes(block: Block) -> int:
    return 500 + 2 * sum(map(len, block.lines)) + 300 * (len(block.lines) + len(block.findings))
