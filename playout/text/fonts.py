"""The ordered chain of fonts: read from `fontset.toml`, opened, checked and hashed."""

import hashlib
import tomllib
from collections.abc import Mapping
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
from playout.text.harfbuzz import FontHandle

__all__ = ["Font", "FontSet", "load_fonts"]

_ASCII = frozenset(range(0x20, 0x7F))
_REPLACEMENT = 0xFFFD  # stands for a damaged character, so a font's picture of it is no cover


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


@dataclass(frozen=True, slots=True)
class _File:
    """The whole of `fontset.toml`."""

    __pydantic_config__: ClassVar[dict[str, Any]] = {"extra": "forbid"}

    font: Annotated[tuple[_Entry, ...], MinLen(1)]


@dataclass(frozen=True, slots=True, eq=False)
class Font:
    """One opened font. Read-only, so threads may share it."""

    family: str
    path: Path
    face: int
    axes: Mapping[str, float]
    sha256: str
    """Of the file."""
    units_per_em: int
    coverage: frozenset[int]
    """Code points it has a glyph for."""
    handle: FontHandle


@dataclass(frozen=True, eq=False)
class FontSet:
    """Fonts in the order in which they are asked for a character. Read-only, so threads may share it."""

    fonts: tuple[Font, ...]

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


def load_fonts(folder: Path) -> FontSet:
    """Opens every font that `fontset.toml` in `folder` names.

    Raises: ContentError when the file is wrong, or a font is missing, unreadable, no font, or of another family.
    """
    return FontSet(tuple(_open(entry, folder) for entry in _entries(folder / "fontset.toml")))


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


def _open(entry: _Entry, folder: Path) -> Font:
    origin = f" of package {entry.package}" if entry.package else ""
    try:
        path = _locate(entry, folder)
        data = path.read_bytes()
        handle = harfbuzz.open_font(data, entry.face, entry.axes)
        if (family := harfbuzz.family(handle)) != entry.family:
            raise ValueError(f"is {family!r}")
    except PackageNotFoundError as error:
        raise _refused(entry, f"{entry.path}{origin}: the package is not installed") from error
    except OSError as error:
        raise _refused(entry, f"{error.filename or entry.path}{origin}: {error.strerror}") from error
    except ValueError as error:
        raise _refused(entry, f"{entry.path}{origin}: {error}") from error
    return Font(
        family=entry.family,
        path=path,
        face=entry.face,
        axes=entry.axes,
        sha256=hashlib.sha256(data).hexdigest(),
        units_per_em=harfbuzz.units_per_em(handle),
        coverage=harfbuzz.coverage(handle) - {_REPLACEMENT},
        handle=handle,
    )


def _locate(entry: _Entry, folder: Path) -> Path:
    if entry.package:
        return Path(str(distribution(entry.package).locate_file(entry.path)))
    return folder / entry.path


def _refused(entry: _Entry, reason: str) -> ContentError:
    return ContentError(
        f"font {entry.family!r}: {reason}", hint=entry.advice or "put the font there or take it out of fontset.toml"
    )
