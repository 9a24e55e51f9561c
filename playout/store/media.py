"""Pictures as supplied, in a folder where each is named by its SHA-256."""

import hashlib
import os
from collections.abc import Mapping
from pathlib import Path

from playout.errors import StoreError
from playout.store.db import mapped, sync_folder

__all__ = ["add_pictures"]


def add_pictures(media: Path, pictures: Mapping[str, Path]) -> None:
    """Copies the pictures in durably; each is there whole or not at all, and one that is whole is not copied again.

    Raises: StoreError, also where a picture is no longer the one its SHA-256 was taken of.
    """
    with mapped(media):
        media.mkdir(parents=True, exist_ok=True)
        for sha256, source in pictures.items():
            target = media / sha256
            if not _is_whole(target):
                _copy(source, target)
        sync_folder(media)


def _is_whole(picture: Path) -> bool:
    return picture.exists() and hashlib.sha256(picture.read_bytes()).hexdigest() == picture.name


def _copy(source: Path, target: Path) -> None:
    content = source.read_bytes()
    if hashlib.sha256(content).hexdigest() != target.name:
        raise StoreError(f"{source}: changed while it was read", hint="import again")
    temporary = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        with temporary.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)
