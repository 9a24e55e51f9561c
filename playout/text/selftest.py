"""Shapes words with a known result, so that a broken shaper or font is refused before it reaches the sign."""

from collections.abc import Sequence
from dataclasses import dataclass

from playout.errors import ContentError
from playout.text.fonts import FontSet, language_fonts
from playout.text.harfbuzz import version
from playout.text.judge import judge_shaping
from playout.text.languages import find_language
from playout.text.shape import Shaped, shape

__all__ = ["WORDS", "KnownWord", "selftest"]


@dataclass(frozen=True, slots=True)
class KnownWord:
    """A word and its glyphs in one exact font file."""

    language: str
    text: str
    font_sha256: str
    glyphs: tuple[int, ...]
    optional: bool = False
    """Whether the sign may do without a font for the language."""


# Source: hb-shape (HarfBuzz 6.0.0) on Noto Sans 2.015 and Noto Sans Khmer 2.004 with wght=700, and on Noto Sans Lao
# Bold 2.001.
WORDS = (
    KnownWord(
        "km",
        "ក្ស័ត្រគ្រោះថ្នាក់",
        "f37a8431a0c5d5ed2f81a767417546aca576a81fb7eff9c924d46aecf828f2ca",
        (49, 227, 156, 220, 65, 131, 220, 240, 139, 270, 209, 49, 146),
    ),
    KnownWord(
        "vi",
        "Cu\u031b\u0309a kha\u0302\u0309u Le\u0323\u0302 Thanh",
        "bfb7bb691513f12e734dc346c03a03f784912432d7e3fa8e56efcf906fe86b3d",
        (38, 835, 68, 3, 78, 75, 767, 88, 3, 47, 797, 3, 55, 75, 68, 81, 75),
    ),
    KnownWord(
        "en",
        "AVATAR office",
        "bfb7bb691513f12e734dc346c03a03f784912432d7e3fa8e56efcf906fe86b3d",
        (36, 57, 36, 55, 36, 53, 3, 82, 1656, 70, 72),
    ),
    KnownWord(
        "jra",
        "Čư\u0306 Prông hmư\u0306 jơ\u0306 ê\u0306",
        "bfb7bb691513f12e734dc346c03a03f784912432d7e3fa8e56efcf906fe86b3d",
        (206, 580, 2669, 3, 51, 85, 182, 81, 74, 3, 75, 80, 580, 2669, 3, 77, 578, 2669, 3, 172, 2669),
    ),
    KnownWord(
        "lo",
        "ຊື່ກິ້ນ້ຳໝູ່",
        "b87a8592f1cdd8b15e1e827967afd45a8c5ffc1123773bc4bd023fe1ccecd321",
        (9, 62, 77, 4, 59, 78, 15, 99, 34, 44, 65, 67),
        optional=True,
    ),
)
"""Khmer with stacked consonants, decomposed Vietnamese, English with a ligature, Jarai and Lao with stacked marks."""


def selftest(fonts: FontSet, words: Sequence[KnownWord] = WORDS) -> None:
    """Shapes the known words.

    Lao is left out where it has no font, as its font is optional.

    With the very font files the words are known for, the glyphs must be the known ones. Another font is another
    choice, not a fault: then the words need only be shown whole.

    Raises: ContentError naming the word, the font, and whether the font or the shaper is to blame.
    """
    for word in words:
        if word.optional and language_fonts(fonts, word.language):
            continue
        shaped = shape(word.text, find_language(word.language), fonts)
        if shaped.missing or shaped.orphans:
            lost = "; ".join(finding.message for finding in judge_shaping(shaped))
            raise ContentError(
                f"the fonts cannot show the {word.language} word {word.text!r}: {lost}",
                hint="put a font for this language into fontset.toml",
            )
        used = {run.run.font.sha256 for run in shaped.runs}
        if used == {word.font_sha256} and _glyphs(shaped) != word.glyphs:
            raise ContentError(
                f"HarfBuzz {version()} shapes the {word.language} word {word.text!r} wrongly with the known font:"
                f" glyphs {_glyphs(shaped)} instead of {word.glyphs}",
                hint="reinstall uharfbuzz in the version this release asks for",
            )


def _glyphs(shaped: Shaped) -> tuple[int, ...]:
    return tuple(glyph.id for run in shaped.runs for glyph in run.glyphs)
