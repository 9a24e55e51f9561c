"""Where the media program leaves decoded pictures: raw RGB, `height x width x 3` bytes, one file a size."""

from pathlib import Path

from playout.model.frame import Size
from playout.model.notice import Fit

__all__ = ["decoded_path"]


def decoded_path(folder: Path, sha256: str, size: Size, fit: Fit) -> Path:
    """The file of one picture at one size."""
    return folder / f"{sha256}-{size.width}x{size.height}-{fit.value}.rgb"
