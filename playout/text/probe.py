"""Tries out all that the sign may ever do with a font, so that what is wrong with it comes to light here."""

from collections.abc import Mapping
from itertools import islice
from pathlib import Path

from playout.text import harfbuzz
from playout.text.engine import TextEngine
from playout.text.fontfile import bold_place, open_font
from playout.text.fonts import FontSet
from playout.text.harfbuzz import Box, HarfBuzzRasteriser, PlacedGlyph
from playout.text.languages import LANGUAGES

__all__ = ["probe"]

_EM_PX = 64
_BOX = Box(-_EM_PX, -_EM_PX, 2 * _EM_PX, 2 * _EM_PX)
_MOST_CHARACTERS = 65_536
_AT_ONCE = 200
_FACES = 64


def probe(data: bytes, face: int, axes: Mapping[str, float] | None) -> None:
    """Opens a font at a place of its axes, None for bold; draws each of its glyphs, and sets its characters, the first
    200 of them in every language.

    Raises: ValueError with what is wrong with it. A crafted font may do worse: end the process, or fill its memory.
    """
    font = open_font(Path("font"), data, face, bold_place(data) if axes is None else axes)
    for number in range(min(harfbuzz.count_faces(data), _FACES)):
        harfbuzz.family(harfbuzz.open_font(data, number, {}))
    rasteriser = HarfBuzzRasteriser()
    for glyph in range(harfbuzz.glyph_count(font.handle)):
        harfbuzz.glyph_ink(font.handle, glyph)
        rasteriser.rasterise(font.handle, _EM_PX, [PlacedGlyph(glyph, 0, 0)], _BOX)
    characters = iter([chr(code_point) for code_point in islice(font.coverage, _MOST_CHARACTERS)])
    engine = TextEngine(FontSet((font,)))
    languages = tuple(LANGUAGES)
    while text := "".join(islice(characters, _AT_ONCE)):
        for language in languages:
            engine.line(text, language, _EM_PX // 2)
        languages = languages[:1]  # what is left is shaped alike in all of them
