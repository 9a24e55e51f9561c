"""Claims made through control: they end, but they stay on record."""

import sqlite3
from dataclasses import replace

from pydantic import TypeAdapter

from playout.model.claim import Claim

__all__ = ["KEPT_NS", "add", "current", "end", "find"]

KEPT_NS = 60 * 10**9
"""How long a claim that has ended still goes to the players: a restart in between gives the same answer."""
_CLAIM = TypeAdapter(Claim)


def add(db: sqlite3.Connection, claim: Claim) -> bool:
    """Adds a claim; False where one of that id is there already, which then stays as it is."""
    cursor = db.execute(
        "INSERT OR IGNORE INTO claims (id, expires_ns, body) VALUES (?, ?, ?)",
        (claim.id, claim.expires_ns, _CLAIM.dump_json(claim).decode()),
    )
    return cursor.rowcount == 1


def find(db: sqlite3.Connection, claim_id: str) -> Claim | None:
    """The claim of that id; None where there never was one."""
    row = db.execute("SELECT body FROM claims WHERE id = ?", (claim_id,)).fetchone()
    return None if row is None else _CLAIM.validate_json(row[0])


def end(db: sqlite3.Connection, claim: Claim, now_ns: int) -> Claim:
    """Lets a claim expire now, and returns it so; one that has ended before stays as it is."""
    if claim.expires_ns is not None and claim.expires_ns <= now_ns:
        return claim
    ended = replace(claim, expires_ns=now_ns)
    body = _CLAIM.dump_json(ended).decode()
    db.execute("UPDATE claims SET expires_ns = ?, body = ? WHERE id = ?", (now_ns, body, claim.id))
    return ended


def current(db: sqlite3.Connection, now_ns: int, kept_ns: int = KEPT_NS) -> tuple[Claim, ...]:
    """Claims that are live, coming, or ended less than `kept_ns` ago, by id."""
    rows = db.execute(
        "SELECT body FROM claims WHERE expires_ns IS NULL OR expires_ns > ? ORDER BY id", (now_ns - kept_ns,)
    )
    return tuple(_CLAIM.validate_json(row[0]) for row in rows)
