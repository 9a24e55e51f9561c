"""What the text engine has to say about a text, as values that a program can act on and a person can read."""

from dataclasses import dataclass
from enum import StrEnum

__all__ = ["TextCode", "TextFinding"]


class TextCode(StrEnum):
    """What is wrong. The values are stable."""

    NO_FONT = "text.no_font"
    """The language cannot be set with the fonts that are installed."""
    UNCOVERED = "text.uncovered"
    """No font has the character; nothing is drawn for it."""
    DAMAGED = "text.damaged"
    """The character was lost on its way here: a lone surrogate, or U+FFFD."""
    CONTROL = "text.control"
    """A control character that has no meaning on a sign."""
    BIDI = "text.bidi"
    """A letter written from right to left, or a character that turns the direction; neither can be set."""
    MARKS = "text.marks"
    """A letter with more marks than any language writes; nothing is drawn for it."""
    ORPHAN_MARK = "text.orphan_mark"
    """A mark without a letter to stand on."""
    TOO_LONG = "text.too_long"
    """More characters, or a longer line, than is ever drawn; the rest was left out."""
    WORD_BROKEN = "text.word_broken"
    """A word is wider than the line and was cut in two."""
    OVERFLOW = "text.overflow"
    """The lines do not fit the box and were cut off."""
    TOO_SMALL = "text.too_small"
    """The size is under the smallest at which the letters of the script stay apart."""


@dataclass(frozen=True, slots=True)
class TextFinding:
    """One thing found in a text; `str()` gives message and remedy as one sentence."""

    code: TextCode
    message: str
    remedy: str
    position: int | None = None
    """Code point index in the text as drawn: NFC, without white space around it. None: it is about the whole."""
    measured: float | None = None
    """What was found, in the unit of `required`: px, or characters for `text.too_long` and `text.marks`."""
    required: float | None = None
    """What it must reach or must not pass."""

    def __str__(self) -> str:
        return f"{self.message}; {self.remedy}"
