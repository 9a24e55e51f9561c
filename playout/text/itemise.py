"""Splits a text into runs of one font and script, and names the characters that no font has."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from fontTools import unicodedata as ot_unicodedata

from playout.text.breaks import graphemes
from playout.text.fonts import Font, FontSet
from playout.text.languages import Language

__all__ = ["Items", "Missing", "Run", "itemise", "normalise"]

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
    """A grapheme that no font has whole; nothing is drawn for it."""

    position: int
    """Code point index in the normalised text."""
    characters: str

    def __str__(self) -> str:
        names = ", ".join(f"U+{ord(c):04X} {unicodedata.name(c, 'without a name')}" for c in self.characters)
        return f"no font has {self.characters!r} ({names}), character {self.position + 1}"


@dataclass(frozen=True, slots=True)
class Items:
    """A normalised text, its runs in order, and what no font has. Line ends belong to no run."""

    text: str
    runs: tuple[Run, ...]
    missing: tuple[Missing, ...]


def normalise(text: str) -> str:
    r"""NFC (never NFKC), with every kind of line end as `\n`, tabs as spaces, and lone surrogates made visible."""
    text = _SURROGATE.sub("\ufffd", text)
    return unicodedata.normalize("NFC", _LINE_END.sub("\n", text).replace("\t", " "))


def itemise(text: str, language: Language, fonts: FontSet) -> Items:
    """Finds a font for each grapheme of a normalised text, and joins neighbours of one font and script."""
    pieces: list[_Piece] = []
    missing: list[Missing] = []
    known: dict[str, tuple[Font | None, str]] = {}
    for start, end in pairwise((0, *graphemes(text, language.locale))):
        needed = _IGNORABLE.sub("", text[start:end])
        if not needed:
            pieces.append(_Piece(start, end, None, ""))
        elif needed != "\n":
            if needed not in known:
                known[needed] = _choose(needed, fonts)
            font, script = known[needed]
            if font:
                pieces.append(_Piece(start, end, font, script))
            else:
                missing.append(Missing(start, text[start:end]))
    runs = [run for stretch in _stretches(pieces) for run in _by_script(stretch, language, fonts)]
    return Items(text, tuple(runs), tuple(missing))


class _Piece(NamedTuple):
    """A grapheme with its font and script; both empty where nothing is drawn, the script where it is nobody's own."""

    start: int
    end: int
    font: Font | None
    script: str


def _choose(needed: str, fonts: FontSet) -> tuple[Font | None, str]:
    """The first font with all these code points, and their script; marks that come in pairs are chosen together."""
    wanted = set(map(ord, needed))
    both = wanted | set(map(ord, _PARTNER.get(needed, "")))
    script = next((script for script in map(_script, needed) if script not in _NEUTRAL), "")
    chain = fonts.fonts if script else (fonts.primary, *fonts.fonts)
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
