"""One SQLite file: how it is opened, checked, brought to the newest schema and copied, and what its errors mean.

Source: SQLite documentation, "Write-Ahead Logging" and "PRAGMA synchronous" (FULL: a commit survives a cut of power).
"""

import errno
import hashlib
import os
import sqlite3
import zlib
from collections.abc import Generator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from playout.errors import StoreDamaged, StoreError
from playout.store.journal import row_hash

__all__ = [
    "back_up",
    "connect",
    "is_damage",
    "is_sound",
    "mapped",
    "migrate",
    "move_aside",
    "newest_version",
    "pack",
    "sync_folder",
    "unpack",
    "version",
]

_SCHEMA = Path(__file__).parent / "schema"
_BUSY_TIMEOUT_S = 5.0
_DAMAGED = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
_OWNER = "correct owner and mode of the folder, or give another one with --state"
_HINTS = {
    sqlite3.SQLITE_FULL: "the disk is full: free some space",
    sqlite3.SQLITE_READONLY: _OWNER,
    sqlite3.SQLITE_CANTOPEN: _OWNER,
    sqlite3.SQLITE_PERM: _OWNER,
    sqlite3.SQLITE_BUSY: "another program holds it; try again",
    sqlite3.SQLITE_LOCKED: "another program holds it; try again",
    sqlite3.SQLITE_CORRUPT: "control, started again, opens the last good backup; then try again",
    sqlite3.SQLITE_NOTADB: "control, started again, opens the last good backup; then try again",
    sqlite3.SQLITE_IOERR: "the disk fails: look at the kernel's log, and replace it",
}


@contextmanager
def mapped(path: Path) -> Generator[None, None, None]:
    """Turns errors of SQLite and of the file system inside the block into StoreError, with a remedy."""
    try:
        yield
    except sqlite3.Error as error:
        code = _primary_code(error)
        kind = StoreDamaged if is_damage(error) else StoreError
        raise kind(f"{path}: {error}", hint=_HINTS.get(code, "see the log of control")) from error
    except OSError as error:
        hint = "free some space" if error.errno == errno.ENOSPC else _OWNER
        raise StoreError(f"{error.filename or path}: {error.strerror}", hint=hint) from error


def connect(
    path: Path, *, reading: bool = False, durable: bool = True, timeout_s: float = _BUSY_TIMEOUT_S
) -> sqlite3.Connection:
    """A connection in WAL mode whose transactions are explicit; any thread may use it, one at a time.

    A new file belongs to its owner alone. Without `durable` a cut of power may take the last transactions, never the
    file. `timeout_s` is how long it waits for others. Raises: sqlite3.Error, OSError.
    """
    with suppress(FileExistsError):  # an open file must not be opened here: to close it lets go of SQLite's locks on it
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
    connection = sqlite3.connect(path, timeout=timeout_s, isolation_level=None, check_same_thread=False)
    try:
        connection.execute("PRAGMA journal_mode = WAL").fetchone()
        connection.execute(f"PRAGMA synchronous = {'FULL' if durable else 'NORMAL'}")
        if reading:
            connection.execute("PRAGMA query_only = ON")
    except BaseException:
        connection.close()
        raise
    return connection


def is_damage(error: sqlite3.Error) -> bool:
    """Whether the error says that the file itself is damaged."""
    return _primary_code(error) in _DAMAGED


def is_sound(path: Path, timeout_s: float = _BUSY_TIMEOUT_S) -> bool:
    """Whether the file is a database without damage. Raises: sqlite3.Error, OSError for any other trouble."""
    try:
        with closing(connect(path, timeout_s=timeout_s)) as connection:
            return connection.execute("PRAGMA quick_check(1)").fetchone() == ("ok",)
    except sqlite3.DatabaseError as error:
        if is_damage(error):
            return False
        raise


def version(connection: sqlite3.Connection) -> int:
    """Number of the newest schema file that was applied; 0 for a new database."""
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def migrate(connection: sqlite3.Connection, path: Path, schema: Path = _SCHEMA) -> None:
    """Applies the files of a schema folder that are missing, each whole or not at all.

    Raises: StoreError, sqlite3.Error.
    """
    scripts, found = sorted(schema.glob("[0-9]*.sql")), version(connection)
    if found > len(scripts):
        raise StoreError(f"{path}: written by a newer playout", hint="install that version again")
    connection.create_function("sha256_of", 1, _sha256_of)
    connection.create_function("pack", 1, _pack_text)
    connection.create_function("journal_hash", 6, row_hash)
    for number, script in enumerate(scripts[found:], found + 1):
        statements = script.read_text(encoding="utf-8")
        try:
            connection.executescript(f"BEGIN IMMEDIATE; {statements} PRAGMA user_version = {number}; COMMIT;")
        except BaseException:
            connection.rollback()
            raise


def newest_version(schema: Path = _SCHEMA) -> int:
    """Number of the newest schema file there is."""
    return len(list(schema.glob("[0-9]*.sql")))


def pack(body: bytes) -> bytes:
    """The body as it is kept: JSON gets to a fifth and less."""
    return zlib.compress(body)


def unpack(body: bytes) -> bytes:
    """What was packed. Raises: StoreDamaged."""
    try:
        return zlib.decompress(body)
    except zlib.error as error:
        raise StoreDamaged(f"a part cannot be read: {error}", hint=_HINTS[sqlite3.SQLITE_CORRUPT]) from error


def back_up(connection: sqlite3.Connection, target: Path) -> None:
    """Copies the open database to a file that is there whole or not at all; a copy that is not sound replaces nothing.

    Raises: sqlite3.Error, OSError, StoreDamaged.
    """
    temporary = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        temporary.unlink(missing_ok=True)
        os.close(os.open(temporary, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
        with closing(sqlite3.connect(temporary)) as copy:
            connection.backup(copy)
            if copy.execute("PRAGMA quick_check(1)").fetchone() != ("ok",):
                raise StoreDamaged(f"{target}: what was copied is damaged", hint=_HINTS[sqlite3.SQLITE_CORRUPT])
        with temporary.open("rb") as file:
            os.fsync(file.fileno())
        temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)
    sync_folder(target.parent)


def move_aside(path: Path) -> str:
    """Renames the database with its log to the next free `damaged-<n>`, and returns that; nothing is deleted."""
    number = 1
    while any(path.parent.glob(f"{path.name}.damaged-{number}*")):
        number += 1
    aside = path.with_name(f"{path.name}.damaged-{number}")
    for end in ("", "-wal", "-shm"):
        part = path.with_name(path.name + end)
        if part.exists():
            part.rename(aside.with_name(aside.name + end))
    return aside.name


def sync_folder(folder: Path) -> None:
    """Makes renames in a folder survive a cut of power. Raises: OSError."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _sha256_of(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _pack_text(text: str) -> bytes:
    return pack(text.encode())


def _primary_code(error: sqlite3.Error) -> int:
    """SQLite's result code without its extension; 0 where the error came from Python's side."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF
