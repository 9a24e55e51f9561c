"""The ordered chain of fonts: read from `fontset.toml`, opened and checked, then whatever else lies beside it."""

import hashlib
import tomllib
from dataclasses import dataclass, field
from functools import cached_property
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Annotated, Any, ClassVar

from annotated_types import Ge, MinLen
from pydantic import TypeAdapter, ValidationError

from playout.errors import ContentError
from playout.problems import explain_errors
from playout.text import harfbuzz
from playout.text.findings import TextCode, TextFinding
from playout.text.fontfile import Font, Vet, open_font, trust
from playout.text.languages import Language, find_language
from playout.text.loose import loose_fonts

__all__ = ["AbsentFont", "Font", "FontSet", "language_font", "language_fonts", "load_fonts", "survey_fonts"]

_ASCII = frozenset(range(0x20, 0x7F))


@dataclass(frozen=True, slots=True)
class _Entry:
    """One font of the chain as `fontset.toml` names it."""

    __pydantic_config__: ClassVar[dict[str, Any]] = {"extra": "forbid"}

    family: str
    path: Annotated[str, MinLen(1)]
    package: str = ""
    face: Annotated[int, Ge(0)] = 0
    axes: dict[str, float] = field(default_factory=dict[str, float])
    advice: str = ""
    optional: bool = False
    languages: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _File:
    """The whole of `fontset.toml`."""

    __pydantic_config__: ClassVar[dict[str, Any]] = {"extra": "forbid"}

    font: Annotated[tuple[_Entry, ...], MinLen(1)]


@dataclass(frozen=True, slots=True)
class AbsentFont:
    """A font that is named or lies in the folder, and cannot be used."""

    name: str
    """Family in `fontset.toml`, or the name of the file."""
    reason: str
    advice: str
    languages: tuple[str, ...] = ()
    """Languages that it is there for."""
    required: bool = False
    """Whether the sign does not start without it."""


@dataclass(frozen=True, eq=False)
class FontSet:
    """Fonts in the order in which they are asked for a character. Read-only, so threads may share it."""

    fonts: tuple[Font, ...]
    absent: tuple[AbsentFont, ...] = ()

    @cached_property
    def sha256(self) -> str:
        """Hash over the files, faces and axes of the whole chain and the version of the shaper."""
        digest = hashlib.sha256(harfbuzz.version().encode())
        for font in self.fonts:
            digest.update(f"\n{font.sha256} {font.face} {sorted(font.axes.items())}".encode())
        return digest.hexdigest()

    @cached_property
    def primary(self) -> Font:
        """The font of digits, spaces and punctuation: the first that has all of ASCII."""
        return next((font for font in self.fonts if font.coverage >= _ASCII), self.fonts[0])


def load_fonts(folder: Path, vet: Vet = trust) -> FontSet:
    """Opens every font that `fontset.toml` in `folder` names, then the font files that lie beside it.

    Those that lie in the folder are opened only if `vet` finds nothing wrong with them.
    Raises: ContentError when the file is wrong, or a font that is not optional is missing, unreadable, no font, or of
    another family.
    """
    fonts, absent = survey_fonts(folder, vet)
    for each in absent:
        if each.required:
            raise ContentError(f"font {each.name!r}: {each.reason}", hint=each.advice)
    if not fonts:
        raise ContentError(f"{folder}: none of the fonts is there", hint=absent[0].advice)
    return FontSet(fonts, absent)


def survey_fonts(folder: Path, vet: Vet = trust) -> tuple[tuple[Font, ...], tuple[AbsentFont, ...]]:
    """The fonts that can be used, in order, and those that cannot.

    Raises: ContentError when `fontset.toml` is wrong.
    """
    fonts: list[Font] = []
    absent: list[AbsentFont] = []
    entries = _entries(folder / "fontset.toml")
    for entry in entries:
        found = _open(entry, folder, vet)
        if isinstance(found, str):
            advice = entry.advice or "put the font there or take it out of fontset.toml"
            absent.append(AbsentFont(entry.family, found, advice, entry.languages, not entry.optional))
        else:
            fonts.append(found)
    named = {(folder / entry.path).resolve() for entry in entries if not entry.package}
    for path, found in loose_fonts(folder, named, vet):
        if isinstance(found, str):
            absent.append(AbsentFont(path.name, found, f"take {path.name} away, or put a whole font in its place"))
        else:
            fonts.append(found)
    return tuple(fonts), tuple(absent)


def language_font(fonts: FontSet, language: Language) -> Font | None:
    """The font of a language's own letters."""
    needed = frozenset(map(ord, language.sample))
    return next((font for font in fonts.fonts if font.coverage >= needed), None)


def language_fonts(fonts: FontSet, language: str) -> TextFinding | None:
    """What is missing to set a language, if anything. Raises: ContentError for an unknown language."""
    row = find_language(language)
    if language_font(fonts, row) is not None:
        return None
    absent = next((each for each in fonts.absent if language in each.languages), None)
    why = f": {absent.name}: {absent.reason}" if absent else ""
    advice = absent.advice if absent else "add a font for it to fontset.toml"
    return TextFinding(TextCode.NO_FONT, f"no font for {row.name} ({language}){why}", advice)


def _entries(path: Path) -> tuple[_Entry, ...]:
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
        return TypeAdapter(_File).validate_python(document).font
    except OSError as error:
        raise ContentError(f"{path}: {error.strerror}", hint="restore the list of fonts") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ContentError(f"{path}: {error}", hint="mend the line named") from error
    except ValidationError as error:
        wrong = "\n".join(explain_errors(error, _File, path.name))
        raise ContentError(wrong, hint="the README beside it lists the keys") from error


def _open(entry: _Entry, folder: Path, vet: Vet) -> Font | str:
    """The font of an entry, or why it cannot be used."""
    origin = f" of package {entry.package}" if entry.package else ""
    try:
        path = _locate(entry, folder)
        path.stat()
        # An installer puts a new file in place of the old one; a person may write into a file of the folder.
        source = path.read_bytes() if path.is_relative_to(folder) else path
        if isinstance(source, bytes) and (reason := vet(source, entry.face, entry.axes)):
            raise ValueError(reason)
        font = open_font(path, source, entry.face, entry.axes)
        if font.family != entry.family:
            raise ValueError(f"is {font.family!r}")
    except PackageNotFoundError:
        return f"{entry.path}{origin}: the package is not installed"
    except OSError as error:
        return f"{error.filename or entry.path}{origin}: {error.strerror}"
    except ValueError as error:
        return f"{entry.path}{origin}: {error}"
    return font


def _locate(entry: _Entry, folder: Path) -> Path:
    if entry.package:
        return Path(str(distribution(entry.package).locate_file(entry.path)))
    return folder / entry.path
