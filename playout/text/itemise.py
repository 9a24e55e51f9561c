"""Splits a text into runs of one font and script, and names the characters that no font has."""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
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
_FILLERS = frozenset("\u115f\u1160\u3164\uffa0")  # the letters among the ignorable
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
    graphemes: tuple[int, ...]
    """Ends of the graphemes, ascending."""


def normalise(text: str) -> str:
    r"""NFC (never NFKC), with every kind of line end as `\n`, tabs as spaces, and lone surrogates made visible."""
    text = _SURROGATE.sub("\ufffd", text)
    return unicodedata.normalize("NFC", _LINE_END.sub("\n", text).replace("\t", " "))


def itemise(text: str, language: Language, fonts: FontSet) -> Items:
    """Finds a font for each grapheme of a normalised text, and joins neighbours of one font and script.

    What draws nothing, or belongs to no script, joins what stands before it, else what comes after it.
    """
    runs: list[Run] = []
    missing: list[Missing] = []
    orphans: list[int] = []
    first, font, script = 0, None, ""  # the run that is being joined

    def close(end: int) -> None:
        if font is not None:
            runs.append(Run(first, end, font, script or (_LATIN if font is fonts.primary else language.script)))

    start, ends = 0, tuple(graphemes(text, language.locale))
    for end in ends:
        characters = text[start:end]
        choice = _choose(characters, language, fonts) if end - start <= 1 + MOST_MARKS else _TOO_MANY
        own_font, own_script, orphan, refused = choice
        if refused is not None:
            close(start)
            first, font, script = end, None, ""
            if characters != "\n":
                missing.append(Missing(start, characters, refused))
        else:
            if own_font is not None and own_font is not font:
                if font is not None:
                    close(start)
                    first, script = start, ""
                font = own_font
            if own_script and own_script != script:
                if script:
                    close(start)
                    first = start
                script = own_script
            if orphan is not None:
                orphans.append(start + orphan)
        start = end
    close(len(text))
    return Items(text, tuple(runs), tuple(missing), tuple(orphans), ends)


class _Choice(NamedTuple):
    """How a grapheme is drawn: with which font, as which script; or why not."""

    font: Font | None = None
    script: str = ""
    orphan: int | None = None
    """Index of a mark that has no letter before it."""
    refused: TextCode | None = None


_TOO_MANY = _Choice(refused=TextCode.MARKS)


@lru_cache(maxsize=4096)  # at 400 bytes
def _choose(characters: str, language: Language, fonts: FontSet) -> _Choice:
    if len(characters) == 1:  # most need no more than this
        if " " <= characters <= "~":
            return _Choice(*_find(characters, _LATIN if characters.isalpha() else "", language, fonts))
        if _is_plain_letter(characters) and (script := _script(characters)) not in _NEUTRAL:
            code_point = ord(characters)
            for font in fonts.fonts:
                if code_point in font.coverage:
                    return _Choice(font, script)
            return _Choice(refused=TextCode.UNCOVERED)
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


def _is_plain_letter(character: str) -> bool:
    return (
        character.isalpha()
        and character not in _LEANING
        and character not in _FILLERS
        and unicodedata.bidirectional(character) == "L"
    )


def _refusal(characters: str) -> TextCode | None:
    """Why a grapheme cannot be drawn with any font."""
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
        for font in chain:
            if code_point in font.coverage:
                return font, script
        return None, script
    wanted = set(map(ord, needed))
    both = wanted | set(map(ord, _PARTNER.get(needed, "")))
    return next((font for need in (both, wanted) for font in chain if font.coverage >= need), None), script


def _script(character: str) -> str:
    return ot_unicodedata.script(character)  # pyright: ignore[reportUnknownMemberType]: its parameter has no type
