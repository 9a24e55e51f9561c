"""The store: opened by any number of processes, set right by the first of them, written in whole transactions."""

import fcntl
import os
import shutil
import sqlite3
from collections.abc import Generator
from contextlib import closing, contextmanager
from pathlib import Path
from threading import Lock
from types import TracebackType

from playout.store.db import back_up, connect, is_sound, mapped, migrate, move_aside, sync_folder, version

__all__ = ["Store", "open_store"]


class Store:
    """An open database; made by `open_store`. Any thread may call it.

    Writing goes through one connection, one transaction at a time; reading through another, which never waits for a
    commit. `warnings` tells what had to be set right at opening.
    """

    def __init__(
        self, path: Path, writer: sqlite3.Connection, reader: sqlite3.Connection, lock: int, warnings: tuple[str, ...]
    ) -> None:
        self.warnings = warnings
        self._path, self._writer, self._reader, self._lock = path, writer, reader, lock
        self._writing, self._reading = Lock(), Lock()

    @contextmanager
    def write(self) -> Generator[sqlite3.Connection, None, None]:
        """One transaction: durable when the block is left, undone where it raises. Raises: StoreError."""
        with self._writing, mapped(self._path):
            self._writer.execute("BEGIN IMMEDIATE")
            try:
                yield self._writer
                self._writer.commit()
            except BaseException:
                self._writer.rollback()
                raise

    @contextmanager
    def read(self) -> Generator[sqlite3.Connection, None, None]:
        """What is committed now. Raises: StoreError."""
        with self._reading, mapped(self._path):
            yield self._reader

    def close(self) -> None:
        """Lets go of the file; never raises."""
        for connection in (self._reader, self._writer):
            connection.close()
        os.close(self._lock)

    def __enter__(self) -> "Store":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def open_store(path: Path) -> Store:
    """Opens the database, making folder and file where they are missing.

    Whoever opens it first, alone, checks it, puts the last good backup in the place of a damaged one, applies new
    schema files and renews the backup; whoever comes later waits until that is done. Raises: StoreError.
    """
    with mapped(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        lock = os.open(path.with_name(path.name + ".lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            warnings = _set_right(path) if _is_alone(lock) else ()
            fcntl.flock(lock, fcntl.LOCK_SH)
            writer = connect(path)
            migrate(writer, path)
            return Store(path, writer, connect(path, reading=True), lock, warnings)
        except BaseException:
            os.close(lock)
            raise


def _is_alone(lock: int) -> bool:
    """Whether nobody else has the database open; if so, others wait."""
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _set_right(path: Path) -> tuple[str, ...]:
    """Leaves a sound database of the newest schema and its backup; returns what a person should know."""
    backup = path.with_name(path.name + ".good")
    warnings: list[str] = []
    if not _is_whole(path, backup):
        warnings.append(f"{path} is missing or damaged; what there was of it is kept beside it as {move_aside(path)}")
        if backup.exists():
            _copy(backup, path)
            if is_sound(path):
                warnings.append("the last good backup was opened; changes made since the last start are missing")
            else:
                warnings.append(f"its backup is damaged too, and kept as {move_aside(path)}")
        if not path.exists():
            warnings.append("an empty database was begun; make new tokens, and import schedules that are missing")
    with closing(connect(path)) as connection:
        migrate(connection, path)
        try:
            back_up(connection, backup)
        except (sqlite3.Error, OSError) as error:
            warnings.append(f"{backup.name}: the backup could not be renewed: {error}; free some space")
    return tuple(warnings)


def _is_whole(path: Path, backup: Path) -> bool:
    """Whether the file is sound, and not empty or missing although there was one before."""
    if not path.exists() and not backup.exists():
        return True
    if not path.exists() or not is_sound(path):
        return False
    with closing(connect(path)) as connection:
        return version(connection) > 0 or not backup.exists()


def _copy(source: Path, target: Path) -> None:
    temporary = target.with_name(f".{target.name}.new")
    shutil.copyfile(source, temporary)
    with temporary.open("rb+") as file:
        os.fchmod(file.fileno(), 0o600)
        os.fsync(file.fileno())
    temporary.replace(target)
    sync_folder(target.parent)
