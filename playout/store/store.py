"""The store: opened by any number of processes, set right by the first of them, written in whole transactions."""

import fcntl
import logging
import os
import shutil
import sqlite3
from collections.abc import Generator
from contextlib import closing, contextmanager
from pathlib import Path
from threading import Lock
from types import TracebackType

from playout.errors import StoreError
from playout.store import recoveries
from playout.store.db import back_up, connect, is_sound, mapped, migrate, move_aside, sync_folder, version

__all__ = ["BACKUP_EVERY_NS", "Store", "open_store"]

_log = logging.getLogger(__name__)
BACKUP_EVERY_NS = 5 * 60 * 10**9
"""How often the backup is renewed while there are changes."""


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
        self._copied_version, self._copied_ns = self._data_version(), 0

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

    def back_up(self) -> None:
        """Renews the backup, unless nothing has changed since; neither writers nor readers wait.

        Raises: StoreError, and the backup there was is still there.
        """
        changes = self._data_version()
        if changes == self._copied_version:
            return
        with mapped(self._path), closing(connect(self._path, reading=True)) as connection:
            back_up(connection, backup_of(self._path))
        self._copied_version = changes

    def back_up_when_due(self, now_ns: int) -> None:
        """Renews the backup if the last time is five minutes ago; `now_ns` is of a clock that never steps.

        Raises: StoreError.
        """
        if now_ns - self._copied_ns >= BACKUP_EVERY_NS:
            self._copied_ns = now_ns
            self.back_up()

    def _data_version(self) -> int:
        """A number that is another one once anybody has committed anything."""
        with self._reading, mapped(self._path):
            return int(self._reader.execute("PRAGMA data_version").fetchone()[0])

    def close(self) -> None:
        """Renews the backup where that is possible, and lets go of the file; never raises, not even the second time."""
        if self._lock < 0:
            return
        try:
            self.back_up()
        except StoreError as error:
            _log.warning("backup not renewed error=%s", error)
        for connection in (self._reader, self._writer):
            connection.close()
        os.close(self._lock)
        self._lock = -1

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
            reader = connect(path, reading=True)
            told = (*recoveries.told(reader), *warnings)
            return Store(path, writer, reader, lock, told)
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


def backup_of(path: Path) -> Path:
    """Where the last good backup of a database lies."""
    return path.with_name(path.name + ".good")


def _set_right(path: Path) -> tuple[str, ...]:
    """Leaves a sound database of the newest schema and its backup; returns what is wrong with the backup.

    What had to be done to the database is written into it, and told until control has set it right.
    """
    backup = backup_of(path)
    for leftover in path.parent.glob(f".{backup.name}.*"):  # of a program that was killed while it copied
        leftover.unlink(missing_ok=True)
    said, backup_ns = _recover(path, backup)
    with closing(connect(path)) as connection:
        migrate(connection, path)
        if said:
            recoveries.add(connection, backup_ns, said)
        try:
            back_up(connection, backup)
        except (sqlite3.Error, OSError, StoreError) as error:
            return (f"{backup.name}: the backup could not be renewed: {error}; free some space",)
    return ()


def _recover(path: Path, backup: Path) -> tuple[str, int]:
    """Puts the backup in the place of a damaged database; what was done, and when the backup was made (UTC ns)."""
    if _is_whole(path, backup):
        return "", 0
    said = [f"{path} is missing or damaged; what there was of it is kept beside it as {move_aside(path)}"]
    backup_ns = 0
    if backup.exists():
        backup_ns = backup.stat().st_mtime_ns
        _copy(backup, path)
        if is_sound(path):
            said.append(
                "the last good backup was opened; what changed after it is missing, but for what the players hold:"
                " look through tokens and revisions"
            )
        else:
            said.append(f"its backup is damaged too, and kept as {move_aside(path)}")
            backup_ns = 0
    if not path.exists():
        said.append("an empty database was begun; make new tokens, and import schedules that are missing")
    return "; ".join(said), backup_ns


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
