"""People who sign in: name, password, role, and the screens they may change."""

import json
import re
import sqlite3
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from playout.errors import NotAllowed
from playout.model.people import Role

__all__ = [
    "PASSWORD_MAX",
    "PASSWORD_MIN",
    "Person",
    "add",
    "find",
    "has_admin",
    "hash_password",
    "is_password",
    "listing",
    "password_of",
    "set_enabled",
    "set_password",
    "set_role",
]

PASSWORD_MIN = 12
"""Fewest characters of a password."""
PASSWORD_MAX = 200
"""Most characters of a password."""
_NAME_MAX = 100
_LOGIN = re.compile(r"[a-z0-9][a-z0-9._-]{0,31}")
# 19 MiB, two passes, one lane. Source: OWASP Password Storage Cheat Sheet, Argon2id.
_HASHER = PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who may sign in. Instants are UTC in ns; `screens` empty: all of them."""

    login: str
    name: str
    role: Role
    screens: tuple[str, ...]
    created_ns: int
    disabled_ns: int | None = None

    @property
    def is_enabled(self) -> bool:
        """Whether they may sign in."""
        return self.disabled_ns is None


_COLUMNS = "login, name, role, screens, created_ns, disabled_ns"


def hash_password(password: str) -> str:
    """The argon2id hash of a password; takes 19 MiB and some hundredths of a second. Raises: NotAllowed."""
    if not PASSWORD_MIN <= len(password) <= PASSWORD_MAX:
        raise NotAllowed(
            f"a password has {PASSWORD_MIN} to {PASSWORD_MAX} characters, this one {len(password)}",
            hint="take four words that do not belong together",
        )
    return _HASHER.hash(_normal(password))


def is_password(hashed: str, password: str) -> bool:
    """Whether it is the password of that hash; takes as long as `hash_password`, right or wrong."""
    try:
        return _HASHER.verify(hashed, _normal(password[: PASSWORD_MAX + 1]))
    except (Argon2Error, InvalidHashError):
        return False


def add(db: sqlite3.Connection, person: Person, hashed: str) -> None:
    """Adds somebody. Raises: NotAllowed where the login is none, or is used by a person or a token."""
    if not _LOGIN.fullmatch(person.login):
        raise NotAllowed(
            f"{person.login!r} is no login name",
            hint="1 to 32 of a-z, 0-9, dot, dash and underscore, with a letter or digit first",
        )
    if not 0 < len(person.name.strip()) <= _NAME_MAX:
        raise NotAllowed(f"{person.name!r} cannot be shown", hint=f"a name has 1 to {_NAME_MAX} characters")
    if find(db, person.login) is not None:
        raise NotAllowed(f"somebody has the login {person.login!r}", hint="choose another one")
    if db.execute("SELECT 1 FROM tokens WHERE name = ? AND revoked_ns IS NULL", (person.login,)).fetchone():
        raise NotAllowed(
            f"a token is called {person.login!r}: nobody could tell who did what",
            hint="choose another login, or revoke the token",
        )
    db.execute(
        "INSERT INTO people (login, name, password, role, screens, created_ns) VALUES (?, ?, ?, ?, ?, ?)",
        (person.login, person.name, hashed, person.role.value, json.dumps(list(person.screens)), person.created_ns),
    )


def find(db: sqlite3.Connection, login: str) -> Person | None:
    """The person of a login, enabled or not; None where there is none."""
    row = db.execute(f"SELECT {_COLUMNS} FROM people WHERE login = ?", (login,)).fetchone()
    return None if row is None else _person(row)


def password_of(db: sqlite3.Connection, login: str) -> str | None:
    """The hash of somebody's password; None where there is no such person."""
    row = db.execute("SELECT password FROM people WHERE login = ?", (login,)).fetchone()
    return None if row is None else str(row[0])


def listing(db: sqlite3.Connection) -> tuple[Person, ...]:
    """Everybody, by login."""
    return tuple(_person(row) for row in db.execute(f"SELECT {_COLUMNS} FROM people ORDER BY login"))


def has_admin(db: sqlite3.Connection, *, besides: str = "") -> bool:
    """Whether somebody other than `besides` is an admin who may sign in."""
    row = db.execute(
        "SELECT 1 FROM people WHERE role = ? AND disabled_ns IS NULL AND login <> ?", (Role.ADMIN.value, besides)
    ).fetchone()
    return row is not None


def set_enabled(db: sqlite3.Connection, login: str, now_ns: int, *, enabled: bool) -> None:
    """Lets somebody in again, or locks them out at once. Raises: NotAllowed (nobody, or the last admin)."""
    person = _known(db, login)
    if not enabled:
        _keep_an_admin(db, person)
        _end_sessions(db, login)
    db.execute("UPDATE people SET disabled_ns = ? WHERE login = ?", (None if enabled else now_ns, login))


def set_password(db: sqlite3.Connection, login: str, hashed: str) -> None:
    """Changes a password; whoever is signed in by the old one is not any more. Raises: NotAllowed."""
    _known(db, login)
    _end_sessions(db, login)
    db.execute("UPDATE people SET password = ? WHERE login = ?", (hashed, login))


def set_role(db: sqlite3.Connection, login: str, role: Role, screens: Sequence[str]) -> None:
    """Changes what somebody may do, also where signed in. Raises: NotAllowed (nobody, or the last admin)."""
    person = _known(db, login)
    if role is not Role.ADMIN:
        _keep_an_admin(db, person)
    db.execute(
        "UPDATE people SET role = ?, screens = ? WHERE login = ?", (role.value, json.dumps(list(screens)), login)
    )


def _known(db: sqlite3.Connection, login: str) -> Person:
    person = find(db, login)
    if person is None:
        raise NotAllowed(f"nobody has the login {login!r}", hint="`playout user list` tells who there is")
    return person


def _keep_an_admin(db: sqlite3.Connection, person: Person) -> None:
    if person.role is Role.ADMIN and person.is_enabled and not has_admin(db, besides=person.login):
        raise NotAllowed(f"{person.login!r} is the only admin", hint="make somebody else an admin first")


def _end_sessions(db: sqlite3.Connection, login: str) -> None:
    db.execute("DELETE FROM sessions WHERE login = ?", (login,))


def _normal(password: str) -> str:
    """One form of each letter: keyboards send Vietnamese in several. Source: NIST SP 800-63B, 5.1.1.2."""
    return unicodedata.normalize("NFKC", password)


def _person(row: tuple[str, str, str, str, int, int | None]) -> Person:
    login, name, role, screens, created_ns, disabled_ns = row
    return Person(login, name, Role(role), tuple(json.loads(screens)), created_ns, disabled_ns)
