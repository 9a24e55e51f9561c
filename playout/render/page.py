"""Where the words of a page stand: headings and bodies of one language, or of several that share the page."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from playout.model.frame import Rect, Size
from playout.model.notice import Align, Arrange, Notice, Text
from playout.text.engine import Block, TextEngine

__all__ = ["LANGUAGE_MARK", "PageLayout", "Placed", "Role", "lay_out_page"]

LANGUAGE_MARK = "+"
"""Between the languages of a page that several share, as in `vi+en`."""
_MARGIN = 0.04
_HEADING_SHARES = (0.36, 0.30, 0.24)
"""Shares of the height that a heading may take; the one that gives the body the largest letters is taken."""
_HEADING_EM, _BODY_EM = 0.20, 0.15


class Role(StrEnum):
    """What a block is to its notice."""

    HEADING = "heading"
    BODY = "body"


@dataclass(frozen=True, slots=True, eq=False)
class Placed:
    """A block of words and the place of its box's top left corner."""

    language: str
    role: Role
    block: Block
    x: int
    y: int

    @property
    def rect(self) -> Rect:
        """Its box."""
        return Rect(self.x, self.y, self.block.width, self.block.height)


@dataclass(frozen=True, slots=True, eq=False)
class PageLayout:
    """The blocks of a page, and for each language the box that a plate behind its words fills."""

    blocks: tuple[Placed, ...]
    plates: tuple[Rect, ...]


def lay_out_page(notice: Notice, language: str, size: Size, engine: TextEngine) -> PageLayout:
    """Lays out one page in the largest letters that fit; `language` is `vi`, or `vi+en` for a page of both.

    Languages that share a page get equal shares of it and, since sizes are Latin-equal, letters that look alike.
    """
    wanted = language.split(LANGUAGE_MARK)
    texts = [text for code in wanted for text in notice.texts if text.language == code]
    cells = list(_cells(size, len(texts), notice.arrange))
    limits = _Limits(round(_HEADING_EM * size.height), round(_BODY_EM * size.height))
    margin = round(_MARGIN * min(size.width, size.height))
    fitted = [_fit(notice, text, cell, margin, limits, engine) for text, cell in zip(texts, cells, strict=True)]
    if len(fitted) > 1:
        alike = _Limits(*(min(block.em_px for block in column) for column in _columns(fitted)))
        fitted = [_fit(notice, text, cell, margin, alike, engine) for text, cell in zip(texts, cells, strict=True)]
    placed: list[Placed] = []
    plates: list[Rect] = []
    for text, cell, blocks in zip(texts, cells, fitted, strict=True):
        stood = list(_stand(notice, text, cell, margin, blocks))
        placed += stood
        if stood:
            plates.append(_around(stood, margin, cell))
    return PageLayout(tuple(placed), tuple(plates))


@dataclass(frozen=True, slots=True)
class _Limits:
    """Largest sizes in px."""

    heading: int
    body: int


def _cells(size: Size, count: int, arrange: Arrange) -> Iterator[Rect]:
    """The share of each language."""
    for number in range(count):
        if arrange is Arrange.SIDE:
            left, right = (size.width * edge // count for edge in (number, number + 1))
            yield Rect(left, 0, right - left, size.height)
        else:
            top, bottom = (size.height * edge // count for edge in (number, number + 1))
            yield Rect(0, top, size.width, bottom - top)


def _fit(notice: Notice, text: Text, cell: Rect, margin: int, limits: _Limits, engine: TextEngine) -> list[Block]:
    """Heading, if there is one, and body, each as large as its part of the cell allows."""
    around = 2 * margin if cell.height > 12 * margin else margin
    width, height, align = cell.width - 2 * around, cell.height - 2 * around, notice.style.align
    if not text.heading:
        return [engine.block(text.body, text.language, width, height, limits.body, align)]
    height -= margin
    tries: list[list[Block]] = []
    for share in _HEADING_SHARES:
        top = round(height * share)
        heading = engine.block(text.heading, text.language, width, top, limits.heading, align)
        body = engine.block(text.body, text.language, width, height - top, limits.body, align)
        tries.append([heading, body])
    return max(tries, key=lambda blocks: (blocks[0].fits and blocks[1].fits, blocks[1].em_px, blocks[0].em_px))


def _columns(fitted: Sequence[Sequence[Block]]) -> tuple[list[Block], list[Block]]:
    """Headings and bodies of all languages, never empty."""
    headings = [blocks[0] for blocks in fitted if len(blocks) > 1]
    bodies = [blocks[-1] for blocks in fitted]
    return headings or bodies, bodies


def _stand(notice: Notice, text: Text, cell: Rect, margin: int, blocks: Sequence[Block]) -> Iterator[Placed]:
    """The blocks one below the other, in the middle of the cell's height."""
    gap = margin if len(blocks) > 1 else 0
    y = cell.y + (cell.height - sum(block.height for block in blocks) - gap * (len(blocks) - 1)) // 2
    roles = (Role.HEADING, Role.BODY) if len(blocks) > 1 else (Role.BODY,)
    for role, block in zip(roles, blocks, strict=True):
        x = cell.x + (2 * margin if notice.style.align is Align.LEFT else (cell.width - block.width) // 2)
        yield Placed(text.language, role, block, x, y)
        y += block.height + gap


def _around(placed: Sequence[Placed], margin: int, cell: Rect) -> Rect:
    boxes = [each.rect for each in placed]
    left, top = min(box.x for box in boxes) - margin, min(box.y for box in boxes) - margin
    right, bottom = max(box.x + box.width for box in boxes) + margin, max(box.y + box.height for box in boxes) + margin
    left, top = max(cell.x, left), max(cell.y, top)
    return Rect(left, top, min(cell.x + cell.width, right) - left, min(cell.y + cell.height, bottom) - top)
