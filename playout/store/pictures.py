"""Picture files on their way in: known by their SHA-256, looked at no further than their first bytes."""

import hashlib
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType

from playout.errors import ContentError

__all__ = ["PICTURE_BYTES_MAX", "hash_picture", "picture_suffix"]

PICTURE_BYTES_MAX = 40_000_000
"""Largest picture file that is taken, in bytes."""

_BEGINNINGS: Mapping[str, Callable[[bytes], bool]] = MappingProxyType(
    {
        ".png": lambda head: head.startswith(b"\x89PNG\r\n\x1a\n"),
        ".jpg": lambda head: head.startswith(b"\xff\xd8\xff"),
        ".webp": lambda head: head.startswith(b"RIFF") and head[8:12] == b"WEBP",
        ".bmp": lambda head: head.startswith(b"BM"),
    }
)
"""How files of PNG, JPEG, WebP and BMP begin.

Source: ISO/IEC 15948 5.2; ISO/IEC 10918-1 B.1.1.3 (SOI, then a marker); RFC 9649 2.4; Windows BITMAPFILEHEADER.
"""


def hash_picture(path: Path) -> str:
    """SHA-256 of a picture file, in hexadecimal. Whether it can be decoded is found out by the media program.

    Raises: ContentError when it is missing, too large, or begins like no picture format that is taken.
    """
    try:
        size = path.stat().st_size
        if size > PICTURE_BYTES_MAX:
            limit = f"at most {PICTURE_BYTES_MAX / 1e6:.0f} MB are taken; save it smaller"
            raise ContentError(f"the picture has {size / 1e6:.1f} MB", hint=limit)
        content = path.read_bytes()
    except OSError as error:
        raise ContentError(f"the picture cannot be read: {error.strerror}") from error
    if not picture_suffix(content[:16]):
        raise ContentError("the file is not a picture", hint="PNG, JPEG, WebP and BMP files are taken")
    return hashlib.sha256(content).hexdigest()


def picture_suffix(head: bytes) -> str:
    """Ending of the name of a picture file that begins like this, `.png`; empty where it is none that is taken."""
    return next((suffix for suffix, begins in _BEGINNINGS.items() if begins(head)), "")
