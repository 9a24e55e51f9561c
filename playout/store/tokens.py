"""Bearer tokens of people and machines."""

import sqlite3
from dataclasses import dataclass
from enum import StrEnum

from playout.errors import NotAllowed
from playout.store.secret import fingerprint, new_secret

__all__ = ["Scope", "Token", "create", "find", "listing", "revoke"]


class Scope(StrEnum):
    """What a token opens."""

    READ = "read"
    """Everything that is shown."""
    OPERATE = "operate"
    """That, and changing what is on air."""


@dataclass(frozen=True, slots=True)
class Token:
    """A token without its secret. Instants are UTC in ns."""

    name: str
    scope: Scope
    created_ns: int
    expires_ns: int | None = None
    revoked_ns: int | None = None

    def is_valid(self, at_ns: int) -> bool:
        """Whether it opens anything at that instant."""
        return self.revoked_ns is None and (self.expires_ns is None or at_ns < self.expires_ns)


_COLUMNS = "name, scope, created_ns, expires_ns, revoked_ns"


def create(db: sqlite3.Connection, name: str, scope: Scope, now_ns: int, expires_ns: int | None = None) -> str:
    """Makes a token and returns its secret, which nobody can see again.

    Raises: NotAllowed where a token of that name is in use.
    """
    if any(token.name == name and token.revoked_ns is None for token in listing(db)):
        raise NotAllowed(f"a token called {name!r} is in use", hint="revoke it first, or choose another name")
    secret = new_secret()
    db.execute(
        "INSERT INTO tokens (hash, name, scope, created_ns, expires_ns) VALUES (?, ?, ?, ?, ?)",
        (fingerprint(secret), name, scope.value, now_ns, expires_ns),
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


def _token(row: tuple[str, str, int, int | None, int | None]) -> Token:
    name, scope, created_ns, expires_ns, revoked_ns = row
    return Token(name, Scope(scope), created_ns, expires_ns, revoked_ns)
