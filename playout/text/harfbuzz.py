# uharfbuzz is a compiled module without type information: this module alone speaks to it.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportAttributeAccessIssue=false
"""HarfBuzz behind typed functions: open a font, shape a run, rasterise a glyph."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple, NewType, Protocol

import numpy as np
import uharfbuzz as hb

from playout.model.frame import Array

__all__ = [
    "Axis",
    "Box",
    "CodePoints",
    "FontHandle",
    "Glyph",
    "HarfBuzzRasteriser",
    "Ink",
    "PlacedGlyph",
    "Rasteriser",
    "ShapeRun",
    "axes",
    "count_faces",
    "coverage",
    "family",
    "glyph_count",
    "glyph_ink",
    "nominal_glyph",
    "open_font",
    "shape_run",
    "units_per_em",
    "version",
]

FontHandle = NewType("FontHandle", object)
"""A HarfBuzz font scaled to its units per em. Read-only once opened, so threads may share it."""

_WHOLE = hb.BufferFlags.BOT | hb.BufferFlags.EOT
_FAMILY_NAMES = (16, 1)
"""Name ids of the typographic family and of the family. Source: OpenType 1.9, table 'name'."""


class CodePoints(Set[int]):
    """Code points of a font, in HarfBuzz's own set: some kB where a Python set would take megabytes."""

    def __init__(self, native: Any) -> None:
        self._native = native

    def __contains__(self, code_point: object) -> bool:
        return code_point in self._native

    def __iter__(self) -> Iterator[int]:
        return iter(self._native)

    def __len__(self) -> int:
        return len(self._native)

    @classmethod
    def _from_iterable(cls, it: Any) -> "frozenset[int]":  # pyright: ignore[reportIncompatibleMethodOverride]
        return frozenset(it)


class Axis(NamedTuple):
    """One axis of a variable font."""

    tag: str
    lowest: float
    default: float
    highest: float


class Glyph(NamedTuple):
    """One shaped glyph in font units; `cluster` is the index of its first code point in the shaped text."""

    id: int
    cluster: int
    advance: int
    x_offset: int
    y_offset: int


ShapeRun = Callable[[FontHandle, str, str, str, int], list[Glyph]]
"""What shapes a run: font, words, ISO 15924 script, BCP 47 language, and the number of the first cluster."""


class Ink(NamedTuple):
    """Box of a glyph's outline around its origin in font units, y upwards."""

    left: int
    bottom: int
    right: int
    top: int


_BLANK = Ink(0, 0, 0, 0)
_LARGEST_INK = 20  # em; no honest glyph is larger: the longest ligature known, U+FDFD, is about 10 em wide


class PlacedGlyph(NamedTuple):
    """A glyph and where its origin stands, in px right and up of a common one."""

    id: int
    x: float
    y: float


class Box(NamedTuple):
    """Pixels `[left, right)` and `[bottom, top)` around a common origin, y upwards."""

    left: int
    bottom: int
    right: int
    top: int


class Rasteriser(Protocol):
    """Turns outlines into coverage, unhinted. It takes memory as the outlines are large; the caller bounds that."""

    def rasterise(self, font: FontHandle, em_px: float, glyphs: Iterable[PlacedGlyph], box: Box) -> Array[np.uint8]:
        """Coverage of glyphs of one font at `em_px`: uint8, `height x width` of the box, top row first.

        What falls outside the box is cut off; what overlaps is one ink.
        """
        ...


def version() -> str:
    """HarfBuzz's own version."""
    return str(hb.version_string())


def open_font(source: Path | bytes, face_index: int, place: Mapping[str, float]) -> FontHandle:
    """Opens a font at the wanted place of its variation axes. A file is mapped, so that only what is used is read.

    Raises: ValueError when it is no font, or the face or an axis is not in it.
    """
    blob = _blob(source)
    faces = hb.Face(blob).count
    if not faces:
        raise ValueError("not a font")
    if not 0 <= face_index < faces:
        raise ValueError(f"has no face {face_index}, only {faces}")
    face = hb.Face(blob, face_index)
    if not face.glyph_count:
        raise ValueError("not a font")
    font = FontHandle(hb.Font(face))
    known = {axis.tag: axis for axis in axes(font)}
    for tag, value in place.items():
        if tag not in known:
            raise ValueError(f"has no axis {tag!r}, only {sorted(known)}")
        if not known[tag].lowest <= value <= known[tag].highest:
            raise ValueError(f"axis {tag!r} goes from {known[tag].lowest} to {known[tag].highest}, not to {value}")
    _native(font).set_variations(dict(place))
    return font


def count_faces(source: Path | bytes) -> int:
    """Fonts in a file: more than one in a collection, none if it is no font."""
    return int(hb.Face(_blob(source)).count)


def _blob(source: Path | bytes) -> Any:
    if isinstance(source, bytes):
        return hb.Blob(source)
    try:
        return hb.Blob.from_file_path(source)
    except hb.HarfBuzzError as error:
        raise ValueError("cannot be read") from error


def axes(font: FontHandle) -> tuple[Axis, ...]:
    """Axes of a variable font; none for a static one."""
    infos = _native(font).face.axis_infos
    return tuple(Axis(axis.tag, axis.min_value, axis.default_value, axis.max_value) for axis in infos)


def glyph_count(font: FontHandle) -> int:
    """Glyphs in the font."""
    return int(_native(font).face.glyph_count)


def units_per_em(font: FontHandle) -> int:
    """Font units in one em."""
    return int(_native(font).face.upem)


def coverage(font: FontHandle) -> CodePoints:
    """Code points the font has a glyph for; never U+FFFD, which stands for a damaged character."""
    found = _native(font).face.unicodes
    found.discard(0xFFFD)
    return CodePoints(found)


def family(font: FontHandle) -> str:
    """Family name the font gives itself; empty if it gives none."""
    face = _native(font).face
    return next((name for name in map(face.get_name, _FAMILY_NAMES) if name), "")


def nominal_glyph(font: FontHandle, character: str) -> int:
    """Glyph of a single character; 0 if the font has none."""
    return int(_native(font).get_nominal_glyph(ord(character)) or 0)


@lru_cache(maxsize=8192)  # at 250 bytes
def glyph_ink(font: FontHandle, glyph: int) -> Ink:
    """Box of a glyph's outline; all zero for a blank one, and a crafted one that would take all memory."""
    box = _native(font).get_glyph_extents(glyph)
    if box is None:
        return _BLANK
    ink = Ink(box.x_bearing, box.y_bearing + box.height, box.x_bearing + box.width, box.y_bearing)
    return ink if max(map(abs, ink)) <= _LARGEST_INK * units_per_em(font) else _BLANK


def shape_run(font: FontHandle, text: str, script: str, language: str, start: int = 0) -> list[Glyph]:
    """Shapes a run of one font and script, left to right, as the command `hb-shape` does by default.

    Clusters count from `start`.
    """
    buffer = hb.Buffer()
    buffer.add_str(text)
    buffer.direction = "ltr"
    buffer.script = script
    buffer.language = language
    buffer.flags = _WHOLE
    hb.shape(font, buffer)
    return [
        Glyph(info.codepoint, start + info.cluster, place.x_advance, place.x_offset, place.y_offset)
        for info, place in zip(buffer.glyph_infos, buffer.glyph_positions, strict=True)
    ]


class HarfBuzzRasteriser:
    """Rasterises with HarfBuzz's own `hb-raster`. Not to be shared between threads."""

    def __init__(self) -> None:
        self._draw: Any = hb.RasterDraw()

    def rasterise(self, font: FontHandle, em_px: float, glyphs: Iterable[PlacedGlyph], box: Box) -> Array[np.uint8]:
        """Coverage of glyphs of one font at `em_px`: uint8, `height x width` of the box, top row first."""
        units = units_per_em(font) / em_px
        draw = self._draw
        draw.clear()
        draw.scale_factor = (units, units)
        for glyph, x, y in glyphs:
            draw.transform = (1, 0, 0, 1, (x - box.left) * units, (y - box.bottom) * units)
            draw.draw_glyph(font, glyph)
        width, height = box.right - box.left, box.top - box.bottom
        draw.extents = hb.RasterExtents(0, 0, width, height, 0)
        image = draw.render()
        rows = np.frombuffer(image.buffer, np.uint8).reshape(height, image.extents.stride)
        return rows[::-1, :width]  # HarfBuzz's bottom row comes first


def _native(font: FontHandle) -> Any:
    return font
