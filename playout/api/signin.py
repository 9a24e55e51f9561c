"""Signing in: names and passwords, and the code that makes the first admin. No guess holds up anybody else."""

import asyncio
import hmac
import logging
import secrets
import sqlite3
from collections import Counter
from collections.abc import Awaitable, Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http import HTTPStatus

from playout.api.patience import Patience, network
from playout.api.problems import Refused, Unprocessable
from playout.clock import Clock
from playout.errors import NotAllowed
from playout.model.people import Role
from playout.store import Store, journal, people, sessions
from playout.store.people import Person

__all__ = ["SignIn"]

_log = logging.getLogger(__name__)
_THREADS = 2
"""Passwords that are checked at a time, 19 MiB each."""
_TRIES_AT_ONCE = 4
"""Tries of one address that are waiting or being checked."""
_LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
"""None that are taken for each other."""


class SignIn:
    """Turns names and passwords into sessions; belongs to the event loop.

    Passwords are checked by two threads of their own. Whoever fails often waits before his next try is looked at; the
    wait belongs to his address, and a short one to the account. Sessions and tokens never pass here.
    """

    def __init__(self, store: Store, clock: Clock, sleep: Callable[[float], Awaitable[object]] = asyncio.sleep) -> None:
        self._store, self._clock, self._sleep = store, clock, sleep
        self._threads = ThreadPoolExecutor(_THREADS, "password")
        self._patience, self._trying = Patience(), Counter[str]()
        self._code, self._nobodys = "", ""

    def new_code(self) -> str:
        """A one-time code for the first admin, in place of an earlier one; empty where there is an admin."""
        with self._store.read() as db:
            has_admin = people.has_admin(db)
        letters = "" if has_admin else "".join(secrets.choice(_LETTERS) for _ in range(16))
        self._code = letters
        return "-".join(letters[at : at + 4] for at in range(0, len(letters), 4))

    async def open(self, login: str, password: str, address: str) -> str:
        """The secret of a new session. Raises: Refused (401, 429), StoreError."""
        login = login.strip().lower()
        with self._place(address):
            await self._wait(address, login)
            secret = await self._in_thread(lambda: self._open(login, password))
            if secret is None:
                raise self._failed(address, login, "name or password is wrong", "try again; an admin can set a new one")
            self._patience.succeeded(login)
        return secret

    async def first(self, code: str, login: str, shown: str, password: str, address: str) -> str:
        """Makes the first admin, who has the code of the log, and opens his session.

        Raises: Refused (401, 409, 429), Unprocessable, StoreError.
        """
        with self._place(address):
            await self._wait(address, "")
            letters = code.upper().replace("-", "").replace(" ", "")
            if not self._code or not hmac.compare_digest(letters.encode(), self._code.encode()):
                raise self._failed(address, "", "the code is wrong, or used up", "it is in the log of control")
            secret = await self._in_thread(lambda: self._first(login.strip().lower(), shown.strip(), password))
            self._code = ""
            if secret is None:
                raise Refused(HTTPStatus.CONFLICT, "there is an admin by now", "ask for an account")
        return secret

    def close(self) -> None:
        """Checks no more passwords."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    @contextmanager
    def _place(self, address: str) -> Generator[None, None, None]:
        """One of the few tries that an address may have under way."""
        key = network(address)
        if self._trying[key] >= _TRIES_AT_ONCE:
            raise Refused(
                HTTPStatus.TOO_MANY_REQUESTS,
                "too many people sign in from this address at once",
                "wait for the tries under way",
                headers={"retry-after": "2"},
            )
        self._trying[key] += 1
        try:
            yield
        finally:
            self._trying[key] -= 1
            if not self._trying[key]:
                del self._trying[key]

    async def _wait(self, address: str, account: str) -> None:
        wait_s = self._patience.wait_s(address, account, self._clock.monotonic_ns())
        if wait_s:
            await self._sleep(wait_s)

    def _failed(self, address: str, account: str, detail: str, remedy: str) -> Refused:
        failures = self._patience.failed(address, account, self._clock.monotonic_ns())
        if failures & (failures - 1) == 0:  # a flood of guesses is no flood of lines
            _log.warning("sign-in failed address=%s times=%d", address, failures)
        return Refused(HTTPStatus.UNAUTHORIZED, detail, remedy)

    async def _in_thread(self, work: Callable[[], str | None]) -> str | None:
        return await asyncio.get_running_loop().run_in_executor(self._threads, work)

    def _open(self, login: str, password: str) -> str | None:
        """Takes as long for a name that nobody has."""
        self._nobodys = self._nobodys or people.hash_password(secrets.token_urlsafe())
        with self._store.read() as db:
            hashed = people.password_of(db, login)
        if not people.is_password(hashed or self._nobodys, password) or hashed is None:
            return None
        with self._store.write() as db:
            person = people.find(db, login)
            if person is None or not person.is_enabled or people.password_of(db, login) != hashed:
                return None
            return self._session(db, login)

    def _first(self, login: str, shown: str, password: str) -> str | None:
        now_ns = self._clock.utc_ns()
        try:
            hashed = people.hash_password(password)
            with self._store.write() as db:
                if people.has_admin(db):
                    return None
                people.add(db, Person(login, shown or login, Role.ADMIN, (), now_ns), hashed)
                journal.add(db, now_ns, login, "user.first", login=login)
                return self._session(db, login)
        except NotAllowed as error:
            raise Unprocessable([f"{error.message}: {error.hint}"]) from error

    def _session(self, db: sqlite3.Connection, login: str) -> str:
        now_ns = self._clock.utc_ns()
        journal.add(db, now_ns, login, "session.create")
        return sessions.sign_in(db, login, now_ns)
