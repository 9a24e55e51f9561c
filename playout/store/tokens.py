"""Bearer tokens of people and machines."""

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

from playout.errors import NotAllowed
from playout.model.people import Role
from playout.store.secret import fingerprint, new_secret

__all__ = ["Token", "create", "find", "listing", "revoke"]


@dataclass(frozen=True, slots=True)
class Token:
    """A token without its secret. Instants are UTC in ns; `screens` empty: it may change all of them."""

    name: str
    role: Role
    created_ns: int
    expires_ns: int | None = None
    revoked_ns: int | None = None
    screens: tuple[str, ...] = ()

    def is_valid(self, at_ns: int) -> bool:
        """Whether it opens anything at that instant."""
        return self.revoked_ns is None and (self.expires_ns is None or at_ns < self.expires_ns)


_COLUMNS = "name, role, created_ns, expires_ns, revoked_ns, screens"


def create(
    db: sqlite3.Connection,
    name: str,
    role: Role,
    now_ns: int,
    expires_ns: int | None = None,
    screens: Sequence[str] = (),
) -> str:
    """Makes a token and returns its secret, which nobody can see again.

    Raises: NotAllowed where a token of that name is in use, or it is somebody's login.
    """
    if any(token.name == name and token.revoked_ns is None for token in listing(db)):
        raise NotAllowed(f"a token called {name!r} is in use", hint="revoke it first, or choose another name")
    if db.execute("SELECT 1 FROM people WHERE login = ?", (name,)).fetchone():
        raise NotAllowed(f"{name!r} is somebody's login: nobody could tell who did what", hint="choose another name")
    secret = new_secret()
    db.execute(
        "INSERT INTO tokens (hash, name, role, created_ns, expires_ns, screens) VALUES (?, ?, ?, ?, ?, ?)",
        (fingerprint(secret), name, role.value, now_ns, expires_ns, json.dumps(list(screens))),
    )
    return secret


def revoke(db: sqlite3.Connection, name: str, now_ns: int) -> bool:
    """Ends the token of that name; False where none is in use."""
    cursor = db.execute("UPDATE tokens SET revoked_ns = ? WHERE name = ? AND revoked_ns IS NULL", (now_ns, name))
    return cursor.rowcount == 1


def find(db: sqlite3.Connection, hashed: bytes) -> Token | None:
    """The token of a fingerprint, valid or not; None where there never was one."""
    row = db.execute(f"SELECT {_COLUMNS} FROM tokens WHERE hash = ?", (hashed,)).fetchone()
    return None if row is None else _token(row)


def listing(db: sqlite3.Connection) -> tuple[Token, ...]:
    """All tokens, oldest first."""
    return tuple(_token(row) for row in db.execute(f"SELECT {_COLUMNS} FROM tokens ORDER BY created_ns, name"))


def _token(row: tuple[str, str, int, int | None, int | None, str]) -> Token:
    name, role, created_ns, expires_ns, revoked_ns, screens = row
    return Token(name, Role(role), created_ns, expires_ns, revoked_ns, tuple(json.loads(screens)))
