"""One font, opened from a file and checked."""

import hashlib
import unicodedata
from collections.abc import Callable, Mapping, Set
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from pathlib import Path

from playout.errors import ContentError
from playout.text import harfbuzz
from playout.text.harfbuzz import FontHandle

__all__ = ["DOTTED_CIRCLE", "Font", "Vet", "bold_place", "open_font", "trust"]

Vet = Callable[[bytes, int, Mapping[str, float] | None], str]
"""Says what is wrong with a face of a font file at a place of its axes, None for bold, without opening it here."""

DOTTED_CIRCLE = "\u25cc"
"""What shapers put under a mark that has no letter."""

_BOLD = 700
_TRIED = 64  # letters looked at to see whether a font draws anything


@dataclass(frozen=True, eq=False)
class Font:
    """One opened font. Read-only, so threads may share it."""

    family: str
    path: Path
    face: int
    axes: Mapping[str, float]
    source: Path | bytes
    """What it was opened from: the mapped file, or its bytes."""
    units_per_em: int
    coverage: Set[int]
    """Code points it has a glyph for."""
    handle: FontHandle

    @cached_property
    def dotted_circle(self) -> int:
        """Glyph of the dotted circle; 0 if the font has none."""
        return harfbuzz.nominal_glyph(self.handle, DOTTED_CIRCLE)

    @cached_property
    def sha256(self) -> str:
        """Hash of the file, taken when it is first asked for. Raises: ContentError when the file is gone."""
        if isinstance(self.source, bytes):
            return hashlib.sha256(self.source).hexdigest()
        try:
            with self.source.open("rb") as file:
                return hashlib.file_digest(file, "sha256").hexdigest()
        except OSError as error:
            raise ContentError(
                f"{self.source}: {error.strerror}", hint="install the font again, then restart"
            ) from error


def trust(data: bytes, face: int, axes: Mapping[str, float] | None) -> str:  # noqa: ARG001 -- a Vet
    """Finds nothing wrong with any font, for those that nobody brought."""
    return ""


def bold_place(data: bytes) -> dict[str, float]:
    """Where on its axes a font is bold, as far as it can be. Raises: ValueError when it is no font."""
    known = {axis.tag: axis for axis in harfbuzz.axes(harfbuzz.open_font(data, 0, {}))}
    weight = known.get("wght")
    return {"wght": min(max(_BOLD, weight.lowest), weight.highest)} if weight else {}


def open_font(path: Path, source: Path | bytes, face: int, axes: Mapping[str, float]) -> Font:
    """Opens a font and checks that it can draw. Raises: ValueError with what is wrong with it."""
    handle = harfbuzz.open_font(source, face, axes)
    coverage = harfbuzz.coverage(handle)
    if not coverage:
        raise ValueError("has a glyph for no character")
    visible = islice((chr(c) for c in coverage if unicodedata.category(chr(c))[0] in "LNS"), _TRIED)
    if not any(any(harfbuzz.glyph_ink(handle, harfbuzz.nominal_glyph(handle, c))) for c in visible):
        raise ValueError("has no outlines to draw (of a colour font, take the monochrome version)")
    return Font(
        family=harfbuzz.family(handle),
        path=path,
        face=face,
        axes=axes,
        source=source,
        units_per_em=harfbuzz.units_per_em(handle),
        coverage=coverage,
        handle=handle,
    )
