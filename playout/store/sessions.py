"""One-time links, and the read-only sessions of browsers that they open."""

import sqlite3

from playout.store.secret import fingerprint, new_secret

__all__ = ["LINK_NS", "SESSION_NS", "create_link", "is_session", "redeem", "tidy"]

LINK_NS = 10 * 60 * 10**9
"""How long a link can be used."""
SESSION_NS = 12 * 3600 * 10**9
"""How long a session lasts."""


def create_link(db: sqlite3.Connection, now_ns: int) -> str:
    """Makes the code of a one-time link."""
    code = new_secret()
    db.execute("INSERT INTO links (hash, expires_ns) VALUES (?, ?)", (fingerprint(code), now_ns + LINK_NS))
    return code


def redeem(db: sqlite3.Connection, code: str, now_ns: int) -> str | None:
    """Uses a link up and returns the secret of a new session; None where the link is unknown, used or too old."""
    used = db.execute(
        "UPDATE links SET used_ns = ? WHERE hash = ? AND used_ns IS NULL AND expires_ns > ?",
        (now_ns, fingerprint(code), now_ns),
    )
    if used.rowcount != 1:
        return None
    secret = new_secret()
    db.execute("INSERT INTO sessions (hash, expires_ns) VALUES (?, ?)", (fingerprint(secret), now_ns + SESSION_NS))
    return secret


def is_session(db: sqlite3.Connection, hashed: bytes, now_ns: int) -> bool:
    """Whether the fingerprint is that of a session which has not expired."""
    row = db.execute("SELECT 1 FROM sessions WHERE hash = ? AND expires_ns > ?", (hashed, now_ns)).fetchone()
    return row is not None


def tidy(db: sqlite3.Connection, now_ns: int) -> None:
    """Forgets links and sessions that have expired."""
    db.execute("DELETE FROM links WHERE expires_ns <= ?", (now_ns,))
    db.execute("DELETE FROM sessions WHERE expires_ns <= ?", (now_ns,))
