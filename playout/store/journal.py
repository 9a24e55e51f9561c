"""The journal of control: who changed what, when. Written in the same transaction as the change.

Its rows are a hash chain: what was written cannot be changed without changing every hash after it. `chain` checks it.
"""

import hashlib
import json
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

__all__ = ["BEGINNING", "Entry", "add", "head", "newest", "row_hash", "search"]

BEGINNING = bytes(32)
"""What stands for the hash before the first row."""
_COLUMNS = "number, at_ns, who, what, detail, hash_before, hash"


@dataclass(frozen=True, slots=True)
class Entry:
    """One row; `at_ns` is UTC, `detail` is JSON, hashes are SHA-256."""

    number: int
    at_ns: int
    who: str
    what: str
    detail: str
    hash_before: bytes
    hash: bytes


def row_hash(hash_before: bytes, number: int, at_ns: int, who: str, what: str, detail: str) -> bytes:
    """SHA-256 over the hash of the row before and, as one JSON array in ASCII, everything that the row says."""
    said = json.dumps([number, at_ns, who, what, detail], separators=(",", ":"), default=repr)
    return hashlib.sha256(hash_before + said.encode("ascii")).digest()


def head(db: sqlite3.Connection) -> tuple[int, bytes]:
    """Number and hash of the last row; how many rows there are is the number."""
    row = db.execute("SELECT number, hash FROM journal ORDER BY number DESC LIMIT 1").fetchone()
    return (0, BEGINNING) if row is None else (row[0], row[1])


def add(db: sqlite3.Connection, now_ns: int, who: str, what: str, **detail: Any) -> None:
    """Adds a row, inside a transaction that writes. `what` is a noun and a verb: `override.add`."""
    number, hash_before = head(db)
    said = (number + 1, now_ns, who, what, json.dumps(detail, ensure_ascii=False, sort_keys=True))
    db.execute(
        f"INSERT INTO journal ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?)",
        (*said, hash_before, row_hash(hash_before, *said)),
    )


def newest(db: sqlite3.Connection, count: int) -> tuple[Entry, ...]:
    """The last rows, newest first."""
    rows = db.execute(f"SELECT {_COLUMNS} FROM journal ORDER BY number DESC LIMIT ?", (count,))
    return tuple(Entry(*row) for row in rows)


def search(
    db: sqlite3.Connection, from_ns: int | None = None, to_ns: int | None = None, who: str = "*", what: str = "*"
) -> Iterator[Entry]:
    """Rows from an instant up to another (UTC ns, half-open), oldest first; `*` in `who`, `what` is anything."""
    rows = db.execute(
        f"SELECT {_COLUMNS} FROM journal WHERE at_ns >= ifnull(?, at_ns) AND (? IS NULL OR at_ns < ?)"
        " AND who GLOB ? AND what GLOB ? ORDER BY number",
        (from_ns, to_ns, to_ns, who, what),
    )
    return (Entry(*row) for row in rows)
