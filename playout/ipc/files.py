"""Files that are there whole or not at all."""

import contextlib
import os
from collections.abc import Generator
from pathlib import Path

from playout.errors import StoreError

__all__ = ["sync_folder", "write_aside", "write_durably"]


def write_durably(path: Path, data: bytes, mode: int = 0o644) -> None:
    """Writes a file so that after a cut of power the old or the new one is there, never a part.

    Temporary file, fsync, rename, fsync of the folder. Raises: StoreError.
    """
    temporary = write_aside(path, data, mode)
    with _mapped(path, temporary):
        temporary.replace(path)
        sync_folder(path.parent)


def write_aside(path: Path, data: bytes, mode: int = 0o644) -> Path:
    """Writes a file beside its place, durably; it is whole when it is renamed to `path`. Raises: StoreError."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    with _mapped(path, temporary):
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, mode)
        try:
            _write_all(descriptor, data)
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    return temporary


def sync_folder(folder: Path) -> None:
    """Makes renames in a folder survive a cut of power. Raises: OSError."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextlib.contextmanager
def _mapped(path: Path, temporary: Path) -> Generator[None, None, None]:
    """Turns what the file system refuses into StoreError, and leaves nothing behind."""
    try:
        yield
    except OSError as error:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise StoreError(
            f"{path}: cannot be written: {error.strerror}", hint="free some space, or correct the folder's owner"
        ) from error


def _write_all(descriptor: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]
