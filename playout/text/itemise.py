"""Splits a text into runs of one font and script, and names the characters that no font has."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from fontTools import unicodedata as ot_unicodedata

from playout.text.breaks import graphemes
from playout.text.findings import TextCode
from playout.text.fonts import Font, FontSet, language_font
from playout.text.languages import Language

__all__ = ["MOST_MARKS", "Items", "Missing", "Run", "itemise", "normalise"]

MOST_MARKS = 12
"""Code points that may follow the first of a grapheme. Khmer's longest syllables have 9; a heap is an attack."""

# Source: Unicode 17, DerivedCoreProperties.txt, Default_Ignorable_Code_Point.
_IGNORABLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f"
    "\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
_LINE_END = re.compile("\r\n|[\r\v\f\u0085\u2028\u2029]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_PAIRS = ("()", "[]", "{}", "«»", "‹›", "“”", "‘’", "「」", "『』", "《》", "〈〉", "【】", "（）")
_PARTNER = {mark: other for pair in _PAIRS for mark, other in (pair, pair[::-1])}
_NEUTRAL = frozenset({"Zyyy", "Zinh", "Zzzz"})
_LATIN = "Latn"
_LEANING = frozenset("\u0e33\u0eb3")  # Thai and Lao AM: letters by category, but they stand on the one before
# Source: Unicode Standard Annex #9, table 4.
_RIGHT_TO_LEFT = frozenset({"R", "AL", "AN", "LRE", "LRO", "RLE", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"})


@dataclass(frozen=True, slots=True)
class Run:
    """Code points `[start, end)` of the text, all in one font and script."""

    start: int
    end: int
    font: Font
    script: str
    """ISO 15924."""


@dataclass(frozen=True, slots=True)
class Missing:
    """A grapheme for which nothing is drawn, and why."""

    position: int
    """Code point index in the normalised text."""
    characters: str
    code: TextCode = TextCode.UNCOVERED


@dataclass(frozen=True, slots=True)
class Items:
    """A normalised text, its runs in order, and what is not drawn. Line ends belong to no run."""

    text: str
    runs: tuple[Run, ...]
    missing: tuple[Missing, ...]
    orphans: tuple[int, ...]
    """Positions of marks without a letter before them."""


def normalise(text: str) -> str:
    r"""NFC (never NFKC), with every kind of line end as `\n`, tabs as spaces, and lone surrogates made visible."""
    text = _SURROGATE.sub("\ufffd", text)
    return unicodedata.normalize("NFC", _LINE_END.sub("\n", text).replace("\t", " "))


def itemise(text: str, language: Language, fonts: FontSet) -> Items:
    """Finds a font for each grapheme of a normalised text, and joins neighbours of one font and script."""
    pieces: list[_Piece] = []
    missing: list[Missing] = []
    orphans: list[int] = []
    known: dict[str, _Choice] = {}
    for start, end in pairwise((0, *graphemes(text, language.locale))):
        characters = text[start:end]
        if characters == "\n":
            continue
        if (choice := known.get(characters)) is None:
            choice = known[characters] = _choose(characters, language, fonts)
        if choice.refused:
            missing.append(Missing(start, characters, choice.refused))
            continue
        pieces.append(_Piece(start, end, choice.font, choice.script))
        if choice.orphan is not None:
            orphans.append(start + choice.orphan)
    runs = [run for stretch in _stretches(pieces) for run in _by_script(stretch, language, fonts)]
    return Items(text, tuple(runs), tuple(missing), tuple(orphans))


class _Piece(NamedTuple):
    """A grapheme with its font and script; both empty where nothing is drawn, the script where it is nobody's own."""

    start: int
    end: int
    font: Font | None
    script: str


class _Choice(NamedTuple):
    """How a grapheme is drawn: with which font, as which script; or why not."""

    font: Font | None = None
    script: str = ""
    orphan: int | None = None
    """Index of a mark that has no letter before it."""
    refused: TextCode | None = None


def _choose(characters: str, language: Language, fonts: FontSet) -> _Choice:
    if len(characters) == 1 and " " <= characters <= "~":  # the most frequent ones need no tables
        return _Choice(*_find(characters, _LATIN if characters.isalpha() else "", language, fonts))
    if refused := _refusal(characters):
        return _Choice(refused=refused)
    needed = _IGNORABLE.sub("", characters)
    if not needed:
        return _Choice()
    script = next((script for script in map(_script, needed) if script not in _NEUTRAL), "")
    font, script = _find(needed, script, language, fonts)
    if font is None:
        return _Choice(refused=TextCode.UNCOVERED)
    lone = needed.lstrip(" ")[:1]
    orphan = characters.index(lone) if lone and _leans(lone) else None
    return _Choice(font, script, orphan)


def _refusal(characters: str) -> TextCode | None:
    """Why a grapheme cannot be drawn with any font."""
    if len(characters) > 1 + MOST_MARKS:
        return TextCode.MARKS
    if "\ufffd" in characters:
        return TextCode.DAMAGED
    if unicodedata.category(characters[0]) == "Cc":
        return TextCode.CONTROL
    if any(unicodedata.bidirectional(character) in _RIGHT_TO_LEFT for character in characters):
        return TextCode.BIDI
    return None


def _leans(character: str) -> bool:
    return character in _LEANING or unicodedata.category(character)[0] == "M"


def _find(needed: str, script: str, language: Language, fonts: FontSet) -> tuple[Font | None, str]:
    """The first font with all these code points, with their script; marks that come in pairs are chosen together."""
    first = () if script else (fonts.primary,)
    if needed in language.own_marks and (own := language_font(fonts, language)):
        first = (own,)
    chain = (*first, *fonts.fonts)
    if len(needed) == 1 and needed not in _PARTNER:
        code_point = ord(needed)
        return next((font for font in chain if code_point in font.coverage), None), script
    wanted = set(map(ord, needed))
    both = wanted | set(map(ord, _PARTNER.get(needed, "")))
    return next((font for need in (both, wanted) for font in chain if font.coverage >= need), None), script


def _script(character: str) -> str:
    return ot_unicodedata.script(character)  # pyright: ignore[reportUnknownMemberType]: its parameter has no type


def _stretches(pieces: Iterable[_Piece]) -> Iterator[list[_Piece]]:
    """Adjoining graphemes of one font; what draws nothing joins whatever stands before it, else after it."""
    stretch: list[_Piece] = []
    font: Font | None = None
    for piece in pieces:
        if stretch and (piece.start != stretch[-1].end or (piece.font and font and piece.font is not font)):
            yield stretch
            stretch, font = [], None
        stretch.append(piece)
        font = font or piece.font
    if stretch:
        yield stretch


def _by_script(stretch: list[_Piece], language: Language, fonts: FontSet) -> Iterator[Run]:
    """Cuts a stretch of one font where the script changes; what belongs to no script joins its neighbour."""
    font = next((piece.font for piece in stretch if piece.font), None)
    if font is None:
        return
    alone = _LATIN if font is fonts.primary else language.script
    script = next((piece.script for piece in stretch if piece.script), alone)
    start = stretch[0].start
    for piece in stretch:
        if piece.script and piece.script != script:
            yield Run(start, piece.start, font, script)
            start, script = piece.start, piece.script
    yield Run(start, stretch[-1].end, font, script)
