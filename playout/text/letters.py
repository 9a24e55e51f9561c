"""How large letters stand in the picture at a given size of the text."""

import unicodedata

from fontTools import unicodedata as ot_unicodedata

from playout.text.languages import find_language, script_language

__all__ = ["letter_height_px", "smallest_em_px"]

_NEUTRAL = frozenset({"Zyyy", "Zinh", "Zzzz"})
_LATIN = "Latn"


def letter_height_px(text: str, language: str, em_px: float) -> float:
    """Height in px of the base letters of a text set at `em_px`, the lowest of its scripts: H, ក, ກ, ก, 国.

    `em_px` is the Latin-equal size, as everywhere; digits count as Latin, as they come from its font. A text without
    letters and digits has the height of its language's. Raises: ContentError for an unknown language.
    """
    row = find_language(language)
    scripts = {_script(character) for character in text if unicodedata.category(character)[0] in "LN"}
    rows = [script_language(script, row) for script in scripts] or [row]
    return min(each.letter * each.equal_size for each in rows) * em_px


def smallest_em_px(language: str) -> int:
    """Smallest Latin-equal em in px at which the letters of a language stay apart on the panel.

    Raises: ContentError for an unknown language.
    """
    return find_language(language).smallest_latin_em_px


def _script(character: str) -> str:
    script = ot_unicodedata.script(character)  # pyright: ignore[reportUnknownMemberType]: its parameter has no type
    return _LATIN if script in _NEUTRAL else script
