"""Sessions of browsers: of people who signed in, and read-only ones that a one-time link opened."""

import sqlite3
from dataclasses import dataclass

from playout.store.secret import fingerprint, new_secret

__all__ = ["LINK_NS", "SESSION_NS", "Session", "create_link", "end", "find", "redeem", "sign_in", "tidy"]

LINK_NS = 10 * 60 * 10**9
"""How long a link can be used."""
SESSION_NS = 12 * 3600 * 10**9
"""How long a session lasts."""
_SESSIONS_MAX = 20
"""Sessions that one person may have at a time; a further one ends the oldest."""


@dataclass(frozen=True, slots=True)
class Session:
    """A session that has not expired. `login` is empty where a one-time link opened it."""

    login: str
    expires_ns: int


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
    return _open(db, None, now_ns)


def sign_in(db: sqlite3.Connection, login: str, now_ns: int) -> str:
    """Opens a session of somebody who has proved who they are, and returns its secret."""
    secret = _open(db, login, now_ns)
    db.execute(
        "DELETE FROM sessions WHERE login = ? AND hash NOT IN"
        " (SELECT hash FROM sessions WHERE login = ? ORDER BY expires_ns DESC, rowid DESC LIMIT ?)",
        (login, login, _SESSIONS_MAX),
    )
    return secret


def find(db: sqlite3.Connection, hashed: bytes, now_ns: int) -> Session | None:
    """The session of a fingerprint; None where there is none that has not expired."""
    row = db.execute(
        "SELECT login, expires_ns FROM sessions WHERE hash = ? AND expires_ns > ?", (hashed, now_ns)
    ).fetchone()
    return None if row is None else Session(row[0] or "", row[1])


def end(db: sqlite3.Connection, hashed: bytes) -> None:
    """Ends a session."""
    db.execute("DELETE FROM sessions WHERE hash = ?", (hashed,))


def _open(db: sqlite3.Connection, login: str | None, now_ns: int) -> str:
    secret = new_secret()
    db.execute(
        "INSERT INTO sessions (hash, expires_ns, login) VALUES (?, ?, ?)",
        (fingerprint(secret), now_ns + SESSION_NS, login),
    )
    return secret


def tidy(db: sqlite3.Connection, now_ns: int) -> None:
    """Forgets links and sessions that have expired."""
    db.execute("DELETE FROM links WHERE expires_ns <= ?", (now_ns,))
    db.execute("DELETE FROM sessions WHERE expires_ns <= ?", (now_ns,))
