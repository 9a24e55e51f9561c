"""Fonts that somebody dropped into the folder: taken if they can be trusted to draw, refused with the reason if not."""

from collections.abc import Iterator, Set
from pathlib import Path

from playout.text.fontfile import Font, Vet, bold_place, open_font, trust

__all__ = ["LARGEST_FILE", "LARGEST_FOLDER", "loose_fonts"]

LARGEST_FILE = 64_000_000
"""Bytes of a font file that is taken."""
LARGEST_FOLDER = 128_000_000
"""Bytes of all font files that are taken."""
_SUFFIXES = frozenset({".ttf", ".otf", ".ttc"})


def loose_fonts(
    folder: Path,
    named: Set[Path],
    vet: Vet = trust,
    *,
    largest_file: int = LARGEST_FILE,
    largest_folder: int = LARGEST_FOLDER,
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
            if reason := vet(data, 0, None):
                raise ValueError(reason)
            yield path, open_font(path, data, 0, bold_place(data))
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
