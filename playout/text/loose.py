"""Fonts that somebody dropped into the folder: taken if they can be trusted to draw, refused with the reason if not."""

from collections.abc import Iterator, Set
from pathlib import Path

from playout.text import harfbuzz
from playout.text.fontfile import Font, open_font

__all__ = ["LARGEST_FILE", "LARGEST_FOLDER", "loose_fonts"]

LARGEST_FILE = 64_000_000
"""Bytes of a font file that is taken."""
LARGEST_FOLDER = 128_000_000
"""Bytes of all font files that are taken."""
_SUFFIXES = frozenset({".ttf", ".otf", ".ttc"})
_BOLD = 700


def loose_fonts(
    folder: Path, named: Set[Path], *, largest_file: int = LARGEST_FILE, largest_folder: int = LARGEST_FOLDER
) -> Iterator[tuple[Path, Font | str]]:
    """Each font file of a folder that is not among `named`, in order of name: the opened font, or why it is refused.

    Bold if the font can be. These files are read and not mapped: a person may write over them while the sign plays.
    """
    left = largest_folder
    for path in sorted(path for path in folder.iterdir() if path.suffix.lower() in _SUFFIXES):
        if path.resolve() in named:
            continue
        try:
            data = _read(path, largest_file)
            if len(data) > left:
                raise ValueError(f"the fonts of the folder are more than {largest_folder:,} bytes in all")
            yield path, open_font(path, data, 0, _bold(data))
            left -= len(data)
        except OSError as error:
            yield path, error.strerror or "cannot be read"
        except ValueError as error:
            yield path, str(error)


def _read(path: Path, limit: int) -> bytes:
    if not path.is_file():
        raise ValueError("not a file")
    with path.open("rb") as file:
        data = file.read(limit + 1)
    if len(data) > limit:
        raise ValueError(f"larger than {limit:,} bytes")
    return data


def _bold(data: bytes) -> dict[str, float]:
    known = {axis.tag: axis for axis in harfbuzz.axes(harfbuzz.open_font(data, 0, {}))}
    weight = known.get("wght")
    return {"wght": min(max(_BOLD, weight.lowest), weight.highest)} if weight else {}
