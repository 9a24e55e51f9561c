"""Lines of a block in pixels: broken for a width, and as large as fits a box."""

from dataclasses import dataclass
from math import ceil, floor

from playout.text.strip import Extent, Strip
from playout.text.wrap import Span, least_ragged, wrap

__all__ = ["Layout", "LineBox", "fit_block", "layout_block", "line_box", "smallest_em_px"]

_EVEN_LINES = 6  # longer paragraphs look even enough by first fit
_EVEN_STOPS = 500  # bounds the table of all pairs of stops
_SIDE_PX = 2  # ink may stand out of the pens' advance by about this much
_QUARTER = 0.125  # furthest that snapping to quarter pixels moves ink


@dataclass(frozen=True, slots=True)
class LineBox:
    """One line: code points `[start, end)` without outer spaces, and its box in px around pen start and baseline."""

    start: int
    end: int
    left: int
    """Leftmost column, zero or less."""
    right: int
    """Column after the rightmost."""
    above: int
    below: int
    gap: int
    """Empty rows between this line and the next."""

    @property
    def width(self) -> int:
        """Columns."""
        return self.right - self.left

    @property
    def height(self) -> int:
        """Rows."""
        return self.above + self.below


@dataclass(frozen=True, slots=True)
class Layout:
    """The lines of a block at one size."""

    em_px: int
    lines: tuple[LineBox, ...]
    cut: tuple[Span, ...]
    """Words wider than a line, cut at grapheme boundaries."""

    @property
    def width(self) -> int:
        """Columns of the widest line."""
        return max(line.width for line in self.lines)

    @property
    def height(self) -> int:
        """Rows of all lines and the gaps between them."""
        return sum(line.height + line.gap for line in self.lines) - self.lines[-1].gap

    def fits(self, width: int, height: int) -> bool:
        """Whether it stands in the box with every word whole."""
        return self.width <= width and self.height <= height and not self.cut


def smallest_em_px(strip: Strip) -> int:
    """Smallest legible Latin-equal em in px of a text: what its language asks for, and every script in it."""
    rows = {strip.language, *strip.rows}
    return max(row.smallest_latin_em_px for row in rows)


def line_box(strip: Strip, start: int, end: int, em_px: int) -> LineBox:
    """The box of one line. No ink reaches its upper or lower edge."""
    start, end = strip.trim(start, end)
    return _box(start, end, strip.extent(start, end), em_px)


def _box(start: int, end: int, size: Extent, em_px: int) -> LineBox:
    return LineBox(
        start=start,
        end=end,
        left=min(0, floor(size.ink_left * em_px - _QUARTER)),
        right=ceil(max(size.advance * em_px, size.ink_right * em_px + _QUARTER)),
        above=max(ceil(size.above * em_px), ceil(size.ink_above * em_px + _QUARTER) + 1),
        below=max(ceil(size.below * em_px), ceil(size.ink_below * em_px + _QUARTER) + 1),
        gap=round(size.gap * em_px),
    )


def layout_block(strip: Strip, width: int, em_px: int, *, even: bool = True, enough: int | None = None) -> Layout:
    """Breaks a text into lines of at most `width` px. `even` asks for the least ragged lines up to six a paragraph.

    Once the lines are higher than `enough` px, the rest of the paragraphs is left out.
    """
    return _lay_out(_Measured(strip), width, em_px, even, enough)


class _Measured:
    """A strip whose lines are measured once for all sizes."""

    def __init__(self, strip: Strip) -> None:
        self.strip = strip
        self._extents: dict[Span, Extent] = {}

    def box(self, span: Span, em_px: int) -> LineBox:
        """The box of one line."""
        if (size := self._extents.get(span)) is None:
            size = self._extents[span] = self.strip.extent(*span)
        return _box(*span, size, em_px)


def _lay_out(measured: _Measured, width: int, em_px: int, even: bool, enough: int | None) -> Layout:
    strip = measured.strip
    lines: list[LineBox] = []
    cut: list[Span] = []
    em_width = max(width - _SIDE_PX, 1) / em_px
    height = 0
    for paragraph in strip.paragraphs:
        if enough is not None and height > enough:
            break
        first = len(lines)
        spans, words = wrap(strip, paragraph, em_width)
        if even and not words and 1 < len(spans) <= _EVEN_LINES and len(paragraph.stops) <= _EVEN_STOPS:
            spans = least_ragged(strip, paragraph, em_width, len(spans)) or spans
        lines += (measured.box(strip.trim(*span), em_px) for span in spans)
        height += sum(line.height for line in lines[first:])
        cut += words
    return Layout(em_px, tuple(lines), tuple(cut))


def fit_block(strip: Strip, width: int, height: int, max_em_px: int, min_em_px: int = 0) -> Layout:
    """The largest layout up to `max_em_px` that fits the box, else the one at the smallest size.

    It is a pixel smaller where only then its lines are even. The smallest size is the larger of `min_em_px` and the
    smallest legible size. `max_em_px` holds against the latter alone.
    """
    high = max(max_em_px, min_em_px)
    smallest = low = min(max(smallest_em_px(strip), min_em_px), high)
    measured, best, middle = _Measured(strip), None, high  # first as large as may be: a heading often fits
    while low <= high:
        layout = _lay_out(measured, width, middle, even=False, enough=height)
        if layout.fits(width, height):
            best, low = layout, middle + 1
        else:
            high = middle - 1
        middle = (low + high + 1) // 2
    if best is None:
        return _lay_out(measured, width, smallest, even=True, enough=None)
    if len(best.lines) == len(strip.paragraphs):
        return best
    for em_px in (best.em_px, best.em_px - 1):  # other words in a line may make it a pixel higher
        even = _lay_out(measured, width, em_px, even=True, enough=None)
        if em_px >= smallest and even.fits(width, height):
            return even
    return best
