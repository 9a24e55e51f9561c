"""Where a text may be cut: between graphemes at all, and between lines by choice."""

from collections.abc import Sequence
from itertools import accumulate

from icu4py.breakers import CharacterBreaker, LineBreaker

from playout.text.numbers import glued

__all__ = ["graphemes", "line_breaks"]

_SOFT_HYPHEN = "\u00ad"


def graphemes(text: str, locale: str) -> list[int]:
    """Ends of the user-perceived characters, as code point indices in ascending order; the last is the text's end."""
    return _ends(CharacterBreaker(text, locale))


def line_breaks(text: str, locale: str, whole: Sequence[int] | None = None) -> list[int]:
    """Places at which a line may end, ascending, the text's end included.

    ICU's line breaks, kept only at grapheme boundaries, as its Khmer dictionary cuts some words inside a consonant
    cluster; never inside what belongs to one number; never at a soft hyphen, whose hyphen is not drawn. U+200B offers
    a break, U+2060 and U+00A0 forbid one.
    `whole` are the text's graphemes, if they are known already.
    """
    inside = set(graphemes(text, locale) if whole is None else whole)
    together = glued(text)
    return [
        end
        for end in _ends(LineBreaker(text, locale))
        if end == len(text) or (end in inside and end not in together and text[end - 1] != _SOFT_HYPHEN)
    ]


def _ends(pieces: CharacterBreaker | LineBreaker) -> list[int]:
    """Ends of the pieces in code points; the breaker's own positions count UTF-16 units."""
    return list(accumulate(map(len, pieces)))
