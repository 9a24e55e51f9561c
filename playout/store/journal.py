"""The journal of control: who changed what, when. Written in the same transaction as the change."""

import json
import sqlite3
from dataclasses import dataclass
from typing import Any

__all__ = ["Entry", "add", "newest"]


@dataclass(frozen=True, slots=True)
class Entry:
    """One row; `at_ns` is UTC, `detail` is JSON."""

    number: int
    at_ns: int
    who: str
    what: str
    detail: str


def add(db: sqlite3.Connection, now_ns: int, who: str, what: str, **detail: Any) -> None:
    """Adds a row. `what` is a noun and a verb: `override.add`."""
    db.execute(
        "INSERT INTO journal (at_ns, who, what, detail) VALUES (?, ?, ?, ?)",
        (now_ns, who, what, json.dumps(detail, ensure_ascii=False, sort_keys=True)),
    )


def newest(db: sqlite3.Connection, count: int) -> tuple[Entry, ...]:
    """The last rows, newest first."""
    rows = db.execute("SELECT number, at_ns, who, what, detail FROM journal ORDER BY number DESC LIMIT ?", (count,))
    return tuple(Entry(*row) for row in rows)
