"""Damaged databases whose backup was opened: kept in the database, so that whoever opens it next knows."""

import sqlite3
from dataclasses import dataclass

from playout.store import journal

__all__ = ["Recovery", "add", "settle", "told", "unsettled"]


@dataclass(frozen=True, slots=True)
class Recovery:
    """One of them: when the backup was made (UTC ns; 0: there was none, the database was begun anew).

    `rows_kept` is how many rows the journal had in it; what was written after them is lost.
    """

    backup_ns: int
    rows_kept: int


def add(db: sqlite3.Connection, backup_ns: int, said: str) -> None:
    """Remembers one, with what a person is told about it."""
    db.execute(
        "INSERT INTO recoveries (backup_ns, said, rows_kept) VALUES (?, ?, ?)", (backup_ns, said, journal.head(db)[0])
    )


def told(db: sqlite3.Connection) -> tuple[str, ...]:
    """What a person should know of those that control has not set right yet."""
    return tuple(row[0] for row in db.execute("SELECT said FROM recoveries WHERE NOT is_settled ORDER BY rowid"))


def unsettled(db: sqlite3.Connection) -> tuple[Recovery, ...]:
    """Those that control has not set right yet."""
    return tuple(
        Recovery(*row)
        for row in db.execute("SELECT backup_ns, rows_kept FROM recoveries WHERE NOT is_settled ORDER BY rowid")
    )


def settle(db: sqlite3.Connection) -> None:
    """All of them are set right."""
    db.execute("UPDATE recoveries SET is_settled = 1 WHERE NOT is_settled")
