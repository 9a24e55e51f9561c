"""Requests that carried an Idempotency-Key: sent again, they get the first answer."""

import sqlite3
from dataclasses import dataclass

__all__ = ["KEPT_NS", "Earlier", "add", "find", "set_answer", "tidy"]

KEPT_NS = 24 * 3600 * 10**9
"""How long a key is remembered."""


@dataclass(frozen=True, slots=True)
class Earlier:
    """An earlier request: the SHA-256 of its body, the claim it made, and its answer (empty: none was given)."""

    body_sha256: str
    claim: str
    answer: str


def find(db: sqlite3.Connection, who: str, key: str) -> Earlier | None:
    """The earlier request of that caller under that key."""
    row = db.execute("SELECT body_sha256, claim, answer FROM requests WHERE who = ? AND key = ?", (who, key)).fetchone()
    return None if row is None else Earlier(*row)


def add(db: sqlite3.Connection, who: str, key: str, now_ns: int, body_sha256: str, claim: str) -> None:
    """Remembers a request, in the transaction that makes its claim."""
    db.execute(
        "INSERT INTO requests (who, key, at_ns, body_sha256, claim) VALUES (?, ?, ?, ?, ?)",
        (who, key, now_ns, body_sha256, claim),
    )


def set_answer(db: sqlite3.Connection, who: str, key: str, answer: str) -> None:
    """Remembers what was answered."""
    db.execute("UPDATE requests SET answer = ? WHERE who = ? AND key = ?", (answer, who, key))


def tidy(db: sqlite3.Connection, now_ns: int) -> None:
    """Forgets what is older than a day."""
    db.execute("DELETE FROM requests WHERE at_ns <= ?", (now_ns - KEPT_NS,))
