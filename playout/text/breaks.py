"""Where a text may be cut: between graphemes at all, and between lines by choice."""

import re
from collections.abc import Sequence
from itertools import accumulate

from icu4py.breakers import CharacterBreaker, LineBreaker

__all__ = ["graphemes", "line_breaks"]

# Units of languages with spaces end where the word ends; those of Khmer, Lao and Chinese have no such end.
_UNITS = "km/h|m/s|km|cm|mm|m²|m³|m|kg|kW|g|tấn|t|l|%|‰|°C|℃|°|V|A|h|min|s|giờ|phút|tuổi"
_UNSPACED_UNITS = (
    "公里/小时|千米/小时|公里|千米|公斤|千克|小时|分钟|米|吨|岁|元|年|月|日|号|时|分|点|人民币"
    "|គីឡូម៉ែត្រ|គីឡូក្រាម|គ\\.ម|ម៉ែត្រ|តោន|នាទី|ឆ្នាំ|រៀល"
    "|ກິໂລແມັດ|ກິໂລກຣາມ|ກິໂລ|ກມ|ແມັດ|ໂຕນ|ໂມງ|ນາທີ|ປີ|ກີບ"
)
_MONEY = "₫|đồng|đ|៛|₭|฿|\\$|€|£|¥|￥|VND|USD|US\\$|KHR|LAK|THB|CNY|RMB|EUR"
_GLUED = re.compile(
    rf"(?=(?P<range>\d\s?[-\u2010-\u2015]\s?\d)"
    rf"|(?P<amount>\d\s?(?:(?:{_UNITS}|{_MONEY})(?!\w)|{_UNSPACED_UNITS}))"
    rf"|(?P<price>(?:{_MONEY})\s?\d))"
)
_SOFT_HYPHEN = "\u00ad"


def graphemes(text: str, locale: str) -> list[int]:
    """Ends of the user-perceived characters, as code point indices in ascending order; the last is the text's end."""
    return _ends(CharacterBreaker(text, locale))


def line_breaks(text: str, locale: str, whole: Sequence[int] | None = None) -> list[int]:
    """Places at which a line may end, ascending, the text's end included.

    ICU's line breaks, kept only at grapheme boundaries, as its Khmer dictionary cuts some words inside a consonant
    cluster; never inside a number range, a number with its unit, or an amount of money; never at a soft hyphen,
    whose hyphen is not drawn. U+200B offers a break, U+2060 and U+00A0 forbid one.
    `whole` are the text's graphemes, if they are known already.
    """
    inside = set(graphemes(text, locale) if whole is None else whole)
    glued = _glued(text)
    return [
        end
        for end in _ends(LineBreaker(text, locale))
        if end == len(text) or (end in inside and end not in glued and text[end - 1] != _SOFT_HYPHEN)
    ]


def _ends(pieces: CharacterBreaker | LineBreaker) -> list[int]:
    """Ends of the pieces in code points; the breaker's own positions count UTF-16 units."""
    return list(accumulate(map(len, pieces)))


def _glued(text: str) -> set[int]:
    """Positions inside what must stay on one line. The pattern looks ahead, so that matches may overlap."""
    inside: set[int] = set()
    for match in _GLUED.finditer(text):
        start, end = match.span(match.lastgroup or 0)
        inside.update(range(start + 1, end))
    return inside
