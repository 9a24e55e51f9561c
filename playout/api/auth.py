"""Who is calling, and what they may do: bearer tokens, and sessions of browsers."""

import asyncio
import sqlite3
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum
from http import HTTPStatus
from http.cookies import CookieError, SimpleCookie

from starlette.responses import Response
from starlette.types import Scope

from playout.api.problems import Refused
from playout.clock import SECOND_NS, Clock
from playout.model.people import RIGHTS, Right, Role
from playout.store import Store, journal, people, sessions, tokens
from playout.store.secret import fingerprint

__all__ = [
    "LOOKING",
    "SESSION_COOKIE",
    "Caller",
    "Guard",
    "Headers",
    "Shown",
    "check_origin",
    "give_session",
    "take_session",
]

SESSION_COOKIE = "playout_session"
LOOKING = ("GET", "HEAD")
"""Methods that change nothing."""
_REMEMBERED_NS = SECOND_NS // 2
_REMEMBERED_MAX = 1000

Headers = Iterable[tuple[bytes, bytes]]
"""Headers of a request as ASGI has them."""


class Shown(StrEnum):
    """What a caller has shown."""

    TOKEN = "token"
    SESSION = "session"
    """The cookie of somebody who signed in."""
    LINK = "link"
    """The cookie of a one-time link."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody who has shown a secret."""

    name: str
    """Login of a person, or name of a token; no two have the same."""
    role: Role
    screens: tuple[str, ...] = ()
    """Screens they may change; empty: all of them."""
    by: Shown = Shown.TOKEN
    title: str = ""
    """A person's name as others see it."""

    def may(self, right: Right) -> bool:
        """Whether their role has a right."""
        return right in RIGHTS[self.role]

    def check_screens(self, wanted: Collection[str], known: Collection[str]) -> None:
        """Lets pass a change of these screens (empty: all known). Raises: Refused (403) where one is not theirs."""
        outside = [screen for screen in wanted or known if screen not in self.screens]
        if self.screens and outside:
            raise Refused(
                HTTPStatus.FORBIDDEN,
                f"{self.name} may not change {', '.join(outside)}",
                f"name only {', '.join(self.screens)} in screens, or ask an admin for `playout user role`",
            )


class Guard:
    """Knows callers by the headers of their requests; belongs to the event loop.

    A caller who was let in is looked up again after half a second, so that a revoked token stops at once for a person
    and a fast poller costs no database.
    """

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store, self._clock = store, clock
        self._known: dict[bytes, tuple[Caller, int]] = {}

    def reader(self, headers: Headers) -> Caller:
        """The caller, who may look. Raises: Refused (401)."""
        caller = self.caller(headers)
        if caller is None:
            raise Refused(
                HTTPStatus.UNAUTHORIZED,
                "a valid token or session is needed",
                "sign in, or send the header Authorization: Bearer TOKEN; `playout token create` makes one",
                headers={"www-authenticate": "Bearer"},
            )
        return caller

    def let_in(self, request: Scope, right: Right, *, secure: bool) -> Caller:
        """The caller of a request that takes a right. Raises: Refused (401, 403).

        A cookie comes along with requests that any page makes, so that what changes something must come from our own.
        """
        caller = self.reader(request["headers"])
        if not caller.may(right):
            roles = ", ".join(role for role, rights in RIGHTS.items() if right in rights)
            raise Refused(
                HTTPStatus.FORBIDDEN,
                f"this needs the right {right}, which {caller.name} as {caller.role} has not",
                f"it takes one of the roles {roles}: `playout user role`, or `playout token create NAME --role ROLE`",
            )
        if caller.by is not Shown.TOKEN and request["method"] not in LOOKING:
            check_origin(request["headers"], secure=secure, must_be_told=True)
        return caller

    def caller(self, headers: Headers) -> Caller | None:
        """Who shows a valid token or session in these headers; None for anybody else."""
        key, secret = _secret(headers)
        if not secret:
            return None
        hashed = fingerprint(secret)
        known, now_ns = self._known.get(key + hashed), self._clock.monotonic_ns()
        if known is not None and now_ns - known[1] < _REMEMBERED_NS:
            return known[0]
        caller = self._look_up(key, hashed)
        self._known.pop(key + hashed, None)
        if caller is not None:
            if len(self._known) >= _REMEMBERED_MAX:
                self._known.clear()
            self._known[key + hashed] = caller, now_ns
        return caller

    def _look_up(self, kind: bytes, hashed: bytes) -> Caller | None:
        now_ns = self._clock.utc_ns()
        with self._store.read() as db:
            if kind == b"cookie":
                return _of_session(db, hashed, now_ns)
            token = tokens.find(db, hashed)
        if token is None or not token.is_valid(now_ns):
            return None
        return Caller(token.name, token.role, token.screens)

    async def redeem(self, code: str) -> str | None:
        """Turns the code of a one-time link into the secret of a session; None where it is not valid any more."""
        return await asyncio.to_thread(self._redeem, code)

    async def sign_out(self, headers: Headers, caller: Caller) -> None:
        """Ends the session in these headers, at once. Raises: StoreError."""
        _, secret = _secret(headers)
        await asyncio.to_thread(self._sign_out, fingerprint(secret), caller.name)
        self._known.clear()

    def _sign_out(self, hashed: bytes, who: str) -> None:
        with self._store.write() as db:
            sessions.end(db, hashed)
            journal.add(db, self._clock.utc_ns(), who, "session.end")

    def _redeem(self, code: str) -> str | None:
        with self._store.write() as db:
            return sessions.redeem(db, code, self._clock.utc_ns())


def check_origin(headers: Headers, *, secure: bool, must_be_told: bool) -> None:
    """Lets pass what one of our own pages sent, and without `must_be_told` also programs. Raises: Refused (403)."""
    found = dict[bytes, list[bytes]]()
    for name, value in headers:
        if name in (b"host", b"origin"):
            found.setdefault(name, []).append(value.lower())
    own = (b"https://" if secure else b"http://") + b"".join(found.get(b"host", []))
    if found.get(b"origin", [] if must_be_told else [own]) != [own]:
        raise Refused(
            HTTPStatus.FORBIDDEN,
            "the header Origin is not that of this site",
            "send it from a page of this site; programs use a token",
        )


def give_session(response: Response, secret: str, *, secure: bool) -> None:
    """Has the browser keep a session; scripts never see it, and pages elsewhere cannot send it."""
    lasts_s = sessions.SESSION_NS // SECOND_NS
    response.set_cookie(SESSION_COOKIE, secret, lasts_s, path="/", secure=secure, httponly=True, samesite="strict")


def take_session(response: Response, *, secure: bool) -> None:
    """Has the browser forget its session."""
    response.delete_cookie(SESSION_COOKIE, "/", secure=secure, httponly=True, samesite="strict")


def _of_session(db: sqlite3.Connection, hashed: bytes, now_ns: int) -> Caller | None:
    """Whose session it is; their role and screens are those of now."""
    session = sessions.find(db, hashed, now_ns)
    if session is None:
        return None
    if not session.login:
        return Caller("link", Role.VIEWER, by=Shown.LINK)
    person = people.find(db, session.login)
    if person is None or not person.is_enabled:
        return None
    return Caller(person.login, person.role, person.screens, Shown.SESSION, person.name)


def _secret(headers: Headers) -> tuple[bytes, str]:
    """What the request shows, and in which header; a token comes before a session."""
    cookie = b""
    for name, value in headers:
        if name == b"authorization":
            scheme, _, token = value.partition(b" ")
            return name, token.strip().decode("latin-1") if scheme.lower() == b"bearer" else ""
        if name == b"cookie":
            cookie = value
    return b"cookie", _session(cookie)


def _session(cookie: bytes) -> str:
    if not cookie:
        return ""
    jar: SimpleCookie = SimpleCookie()
    try:
        jar.load(cookie.decode("latin-1"))
    except CookieError:
        return ""
    return jar[SESSION_COOKIE].value if SESSION_COOKIE in jar else ""
