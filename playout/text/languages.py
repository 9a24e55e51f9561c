"""What the text engine knows of each language and its script, as one table."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil
from types import MappingProxyType

from playout.errors import ContentError
from playout.problems import did_you_mean

__all__ = ["LANGUAGES", "Language", "find_language", "script_language"]


@dataclass(frozen=True, slots=True)
class Language:
    """One language. Lengths in em are of the script's own size, before `equal_size`."""

    code: str
    script: str
    """ISO 15924, as HarfBuzz takes it."""
    tag: str
    """BCP 47, as HarfBuzz takes it."""
    locale: str
    """ICU's name."""
    equal_size: float
    """Factor on the em at which its letters look as large as Latin ones."""
    ink_above: float
    """Highest ink over the baseline, in em."""
    ink_below: float
    """Lowest ink under the baseline, in em."""
    line: float
    """Distance of baselines in em; at least the ink."""
    smallest_em_px: int
    """Smallest em in px at which letters that resemble each other stay apart."""

    @property
    def smallest_latin_em_px(self) -> int:
        """`smallest_em_px` as the Latin size that looks equal."""
        return ceil(self.smallest_em_px / self.equal_size)


# Source: measured on Noto Sans Bold and Noto Sans Khmer Bold with 256 greys. Smallest em: every near-twin pair (i/l,
# ế/ể, ឹ/ឺ ...) differs by at least 3 full pixels of light with a peak of 50 %. Equal size: height of ក, 0.590 em,
# against Latin capitals, 0.715 em. The distance of English baselines is a judgement: ink alone would touch.
LANGUAGES: Mapping[str, Language] = MappingProxyType(
    {
        row.code: row
        for row in (
            Language("en", "Latn", "en", "en", 1.00, 0.77, 0.24, 1.20, 15),
            Language("vi", "Latn", "vi", "vi", 1.00, 1.05, 0.24, 1.30, 19),
            Language("km", "Khmr", "km", "km", 1.22, 0.99, 0.55, 1.55, 26),
        )
    }
)
"""Languages by code."""


def find_language(code: str) -> Language:
    """The row of a language. Raises: ContentError when it has none."""
    try:
        return LANGUAGES[code]
    except KeyError:
        raise ContentError(f"language {code!r} is not known", hint=did_you_mean(code, LANGUAGES)) from None


def script_language(script: str, language: Language) -> Language:
    """The row that tells the size of a script inside a text of `language`: its own, else the script's first."""
    if script == language.script:
        return language
    return next((row for row in LANGUAGES.values() if row.script == script), LANGUAGES["en"])
