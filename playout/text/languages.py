"""What the text engine knows of each language and its script, as one table."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil
from types import MappingProxyType

from playout.errors import ContentError
from playout.problems import did_you_mean

__all__ = ["LANGUAGES", "Language", "find_language", "script_language"]


@dataclass(frozen=True, slots=True, eq=False)
class Language:
    """One language. Lengths in em are of the script's own size, before `equal_size`."""

    code: str
    name: str
    script: str
    """ISO 15924, as HarfBuzz takes it."""
    tag: str
    """BCP 47, as HarfBuzz takes it."""
    locale: str
    """ICU's name; that of a neighbour with the same rules where ICU has none."""
    equal_size: float
    """Factor on the em at which its letters look as large as Latin ones."""
    letter: float
    """Height of its base letter (Latin H, Khmer ក, Lao ກ, Thai ก, Han 国), in em."""
    ink_above: float
    """Highest ink over the baseline, in em."""
    ink_below: float
    """Lowest ink under the baseline, in em."""
    line: float
    """Distance of baselines in em; at least the ink."""
    smallest_em_px: int
    """Smallest em in px at which letters that resemble each other stay apart."""
    sample: str
    """Letters that a font for this language has."""
    own_marks: str = ""
    """Punctuation that other scripts have too, but that this language takes from its own font."""

    @property
    def smallest_latin_em_px(self) -> int:
        """`smallest_em_px` as the Latin size that looks equal."""
        return ceil(self.smallest_em_px / self.equal_size)


# Source: measured on Noto Sans, Khmer, Lao, Thai and CJK SC Bold with 256 greys. Smallest em: every near-twin pair
# (i/l, ế/ể, ឹ/ឺ, ກິ/ກີ, ช/ซ, 土/士 ...) differs by at least 3 full pixels of light with a peak of 50 %; Jarai and Bahnar
# take Vietnamese's figure, as names in it stand in their texts. Equal size: Latin capitals, 0.715 em, over the base
# letter's height, no more than 1.25. The distance of baselines of English and Chinese is a judgement: ink alone would
# touch.
_ROWS = (
    Language("en", "English", "Latn", "en", "en", 1.00, 0.715, 0.77, 0.24, 1.20, 15, "AZaz"),
    Language("vi", "Vietnamese", "Latn", "vi", "vi", 1.00, 0.715, 1.05, 0.24, 1.30, 19, "ĂÂĐÊÔƠƯếệỡựẵ"),
    Language("jra", "Jarai", "Latn", "jra", "vi", 1.00, 0.715, 1.17, 0.24, 1.42, 19, "ƀƁčČơưŭĕĭŏñ\u0306"),
    Language("bdq", "Bahnar", "Latn", "bdq", "vi", 1.00, 0.715, 1.17, 0.24, 1.42, 19, "ƀƁơưŭĕĭŏñ\u0306"),
    Language("km", "Khmer", "Khmr", "km", "km", 1.22, 0.590, 0.99, 0.55, 1.55, 26, "កខគស្ត្រី"),
    Language("lo", "Lao", "Laoo", "lo", "lo", 1.25, 0.565, 1.16, 0.47, 1.65, 20, "ກຂຄລາວໝູ່ຊິ້"),
    Language("zh", "Chinese", "Hani", "zh-hans", "zh", 1.00, 0.810, 0.86, 0.21, 1.20, 16, "国门欢迎，。", "“”‘’…·"),
)
_THAI = Language("th", "Thai", "Thai", "th", "th", 1.25, 0.565, 1.04, 0.47, 1.52, 22, "กขคงไทยที่")

LANGUAGES: Mapping[str, Language] = MappingProxyType({row.code: row for row in _ROWS})
"""Languages that a notice may be written in, by code."""

_SCRIPTS: Mapping[str, Language] = MappingProxyType({row.script: row for row in (_THAI, *reversed(_ROWS))})
"""The row that sizes a script in texts of other languages. Thai is here for names alone."""


def find_language(code: str) -> Language:
    """The row of a language. Raises: ContentError when it has none."""
    try:
        return LANGUAGES[code]
    except KeyError:
        raise ContentError(f"language {code!r} is not known", hint=did_you_mean(code, LANGUAGES)) from None


def script_language(script: str, language: Language) -> Language:
    """The row that tells the size of a script inside a text of `language`: its own, else the script's first."""
    return language if script == language.script else _SCRIPTS.get(script, LANGUAGES["en"])
