"""Who is calling: bearer tokens, and read-only sessions of browsers."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from http import HTTPStatus
from http.cookies import CookieError, SimpleCookie

from playout.api.problems import Refused
from playout.clock import SECOND_NS, Clock
from playout.store import Store, sessions, tokens
from playout.store.secret import fingerprint
from playout.store.tokens import Scope

__all__ = ["SESSION_COOKIE", "Caller", "Guard", "Headers"]

SESSION_COOKIE = "playout_session"
_REMEMBERED_NS = SECOND_NS // 2
_REMEMBERED_MAX = 1000

Headers = Iterable[tuple[bytes, bytes]]
"""Headers of a request as ASGI has them."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody who has shown a secret."""

    name: str
    may_operate: bool


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
                "a valid token is needed",
                "send the header Authorization: Bearer TOKEN; `playout token create` makes one",
                headers={"www-authenticate": "Bearer"},
            )
        return caller

    def operator(self, headers: Headers) -> Caller:
        """The caller, who may change what is on air. Raises: Refused (401, 403)."""
        caller = self.reader(headers)
        if not caller.may_operate:
            raise Refused(
                HTTPStatus.FORBIDDEN,
                "this needs a token of scope operate; a session of the page can only look",
                "`playout token create NAME --scope operate` makes one",
            )
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
                return Caller("session", may_operate=False) if sessions.is_session(db, hashed, now_ns) else None
            token = tokens.find(db, hashed)
        if token is None or not token.is_valid(now_ns):
            return None
        return Caller(token.name, may_operate=token.scope is Scope.OPERATE)

    async def redeem(self, code: str) -> str | None:
        """Turns the code of a one-time link into the secret of a session; None where it is not valid any more."""
        return await asyncio.to_thread(self._redeem, code)

    def _redeem(self, code: str) -> str | None:
        with self._store.write() as db:
            return sessions.redeem(db, code, self._clock.utc_ns())


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
