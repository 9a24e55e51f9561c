"""Turns what shaping and layout met into findings."""

import unicodedata
from collections.abc import Iterator

from playout.text.findings import TextCode, TextFinding
from playout.text.itemise import MOST_MARKS, Missing
from playout.text.layout import Layout, smallest_em_px
from playout.text.shape import Shaped
from playout.text.strip import Strip

__all__ = ["LONGEST_TEXT", "judge_layout", "judge_length", "judge_shaping"]

LONGEST_TEXT = 4000
"""Code points of a text that are looked at: twice what a notice may have."""

_SHORTEN = "shorten it"


def judge_length(text: str) -> Iterator[TextFinding]:
    """Says when a text is longer than what is looked at."""
    if len(text) > LONGEST_TEXT:
        message = f"the text has {len(text)} characters and was cut off after {LONGEST_TEXT}"
        yield TextFinding(TextCode.TOO_LONG, message, _SHORTEN, LONGEST_TEXT, len(text), LONGEST_TEXT)


def judge_shaping(shaped: Shaped) -> Iterator[TextFinding]:
    """What is not drawn, and marks that have no letter."""
    for missing in shaped.missing:
        yield _undrawn(missing)
    for at in shaped.orphans:
        message = f"{shaped.text[at]!r}, character {at + 1}, has no letter to stand on"
        yield TextFinding(TextCode.ORPHAN_MARK, message, "retype the word", at)


def judge_layout(strip: Strip, layout: Layout, width: int, height: int) -> Iterator[TextFinding]:
    """What does not fit a box of `width` and `height` px, and letters too small to tell apart."""
    size = f"at an em of {layout.em_px} px"
    for start, end in layout.cut:
        word = strip.shaped.text[start:end].strip()
        measured = round(float(strip.pens[start + len(word)] - strip.pens[start]) * layout.em_px)
        message = f"{_shortened(word)} is wider than the line of {width} px {size} and was cut in two"
        remedy = "use a shorter word, or a smaller size"
        yield TextFinding(TextCode.WORD_BROKEN, message, remedy, start, measured, width)
    if layout.height > height:
        message = f"the text is {layout.height} px high {size} and was cut off at {height} px"
        yield TextFinding(TextCode.OVERFLOW, message, _SHORTEN, None, layout.height, height)
    if layout.width > width:
        message = f"the text is {layout.width} px wide {size} and was cut off at {width} px"
        yield TextFinding(TextCode.OVERFLOW, message, _SHORTEN, None, layout.width, width)
    smallest = smallest_em_px(strip)
    if layout.em_px < smallest:
        message = f"an em of {layout.em_px} px is under the {smallest} px at which the letters stay apart"
        yield TextFinding(TextCode.TOO_SMALL, message, "allow a larger size", None, layout.em_px, smallest)


def _undrawn(missing: Missing) -> TextFinding:
    at, code = missing.position, missing.code
    place = f"character {at + 1}"
    match code:
        case TextCode.MARKS:
            marks = len(missing.characters) - 1
            message = f"{missing.characters[0]!r}, {place}, has {marks} marks; at most {MOST_MARKS} can be shown"
            return TextFinding(code, message, "retype the word", at, marks, MOST_MARKS)
        case TextCode.DAMAGED:
            return TextFinding(code, f"{place} was damaged on its way here", "type it again", at)
        case TextCode.CONTROL:
            return TextFinding(code, f"{place} is a control character ({_names(missing)})", "take it out", at)
        case TextCode.BIDI:
            message = f"{place} is or makes right-to-left writing ({_names(missing)}), which cannot be set"
            return TextFinding(code, message, "take it out", at)
        case _:
            message = f"no font has {missing.characters!r} ({_names(missing)}), {place}"
            return TextFinding(code, message, "replace it or add a font that has it", at)


def _names(missing: Missing) -> str:
    return ", ".join(f"U+{ord(c):04X} {unicodedata.name(c, 'without a name')}" for c in missing.characters)


def _shortened(word: str) -> str:
    return repr(word if len(word) <= 60 else f"{word[:59]}…")
