"""Claims made through control: they end, but they stay on record."""

import sqlite3

from pydantic import TypeAdapter

from playout.model.boot import Boot
from playout.model.claim import Claim

__all__ = ["KEPT_NS", "UNKNOWN", "add", "current", "end", "find", "renew"]

KEPT_NS = 60 * 10**9
"""How long a claim that has ended still goes to the players: a restart in between gives the same answer."""
UNKNOWN = Boot()
"""No boot: every claim is judged by UTC."""
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


def renew(db: sqlite3.Connection, claim: Claim) -> None:
    """Replaces the claim of that id by its renewal."""
    body = _CLAIM.dump_json(claim).decode()
    db.execute("UPDATE claims SET expires_ns = ?, body = ? WHERE id = ?", (claim.expires_ns, body, claim.id))


def end(db: sqlite3.Connection, claim: Claim, now_ns: int, boot: Boot = UNKNOWN) -> Claim:
    """Lets a claim expire now, and returns it so; one that has ended before stays as it is."""
    ended = claim.ended(now_ns, boot)
    if ended is not claim:
        renew(db, ended)
    return ended


def current(db: sqlite3.Connection, now_ns: int, kept_ns: int = KEPT_NS, boot: Boot = UNKNOWN) -> tuple[Claim, ...]:
    """Claims that are live, coming, or ended less than `kept_ns` ago, by id.

    Those made in this boot are judged by its clock: a wall clock that was set forwards drops none of them.
    """
    rows = db.execute(
        "SELECT body FROM claims WHERE expires_ns IS NULL OR expires_ns > ? OR json_extract(body, '$.boot_id') = ?"
        " ORDER BY id",
        (now_ns - kept_ns, boot.id),
    )
    found = (_CLAIM.validate_json(row[0]) for row in rows)
    return tuple(claim for claim in found if (end := claim.window(boot)[1]) is None or end > now_ns - kept_ns)
