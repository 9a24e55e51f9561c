"""The list of fonts for people: what each font is, what it can set, and what is wrong with the others."""

from collections import Counter
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from fontTools import unicodedata as ot_unicodedata

from playout.text import harfbuzz
from playout.text.fontfile import Font, Vet, trust
from playout.text.fonts import survey_fonts
from playout.text.harfbuzz import Axis
from playout.text.languages import LANGUAGES

__all__ = ["FontRecord", "list_fonts"]

_MOST_GLYPHS = 65_536  # of a font; a file that claims to cover more characters is crafted
_FEW = 20  # characters of a script that a font may have by the way
_NEUTRAL = frozenset({"Zyyy", "Zinh", "Zzzz"})


@dataclass(frozen=True, slots=True)
class FontRecord:
    """One font of the list. With a `problem` it is not used, and what follows `problem` is empty."""

    name: str
    """Family, or the name of the file where that is not known."""
    problem: str = ""
    remedy: str = ""
    file: str = ""
    sha256: str = ""
    face: int = 0
    faces: tuple[str, ...] = ()
    """Families in the file: more than one in a collection."""
    axes: tuple[Axis, ...] = ()
    place: tuple[tuple[str, float], ...] = ()
    """Where on its axes it is used."""
    glyphs: int = 0
    characters: int = 0
    scripts: tuple[str, ...] = ()
    """ISO 15924 codes, the best covered first."""
    languages: tuple[str, ...] = ()
    """Languages that it can set alone."""


def list_fonts(folder: Path, vet: Vet = trust) -> list[FontRecord]:
    """All fonts in the order in which they are asked for a character, then those that cannot be used.

    Raises: ContentError when `fontset.toml` is wrong.
    """
    fonts, absent = survey_fonts(folder, vet)
    return [*map(_record, fonts), *(FontRecord(each.name, each.reason, each.advice) for each in absent)]


def _record(font: Font) -> FontRecord:
    faces = range(harfbuzz.count_faces(font.source))
    return FontRecord(
        name=font.family or font.path.name,
        file=str(font.path),
        sha256=font.sha256,
        face=font.face,
        faces=tuple(harfbuzz.family(harfbuzz.open_font(font.source, face, {})) for face in islice(faces, 64)),
        axes=harfbuzz.axes(font.handle),
        place=tuple(font.axes.items()),
        glyphs=harfbuzz.glyph_count(font.handle),
        characters=len(font.coverage),
        scripts=_scripts(font),
        languages=tuple(row.code for row in LANGUAGES.values() if font.coverage >= set(map(ord, row.sample))),
    )


def _scripts(font: Font) -> tuple[str, ...]:
    found = Counter(_script(code_point) for code_point in islice(font.coverage, _MOST_GLYPHS))
    return tuple(script for script, count in found.most_common() if count >= _FEW and script not in _NEUTRAL)


def _script(code_point: int) -> str:
    return ot_unicodedata.script(chr(code_point))  # pyright: ignore[reportUnknownMemberType]: its parameter has no type
