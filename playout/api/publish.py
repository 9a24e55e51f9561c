"""Hands what the store holds to the players: an air generation on disk, then a word to each of them.

A change goes from the database to the players' answers in one thread without a stop, because each hand-over between
threads costs more than what is done in between. Changes that wait meanwhile share the next round: one commit, one
generation, one word to each player.
"""

import asyncio
import logging
import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Generic, TypeVar, cast

from playout.api.precedence import Precedence
from playout.clock import Clock, boot_of
from playout.config import Config
from playout.errors import LinkError, StoreError
from playout.ipc.air import Air, AirDraft, AirRef, AirWriter, inputs, newest_number, prune_air, read_air, written_ns
from playout.ipc.conditions import conditions_of
from playout.ipc.frames import FrameReader
from playout.ipc.local import read_local
from playout.ipc.sockets import ask
from playout.model.boot import Boot
from playout.model.claim import Claim
from playout.model.inputs import Inputs
from playout.model.schedule import Revision
from playout.paths import Paths
from playout.resolve import takeover_ns
from playout.store import Store, claims, journal, recoveries, revisions

__all__ = ["Ask", "Change", "Handed", "Publisher", "Reply", "Unreadable"]

T = TypeVar("T")
Ask = Callable[[Path, Mapping[str, Any], float], dict[str, Any]]
"""Sends a message to a socket and waits for the answer; raises LinkError when nobody answers in time."""
Change = Callable[[sqlite3.Connection], tuple[T, bool]]
"""A change of the store inside a transaction: what it returns, and whether the players have to hear of it."""
Unreadable = Callable[[Revision], Mapping[str, tuple[str, ...]] | None]
"""By notice of a revision, the languages that cannot be read; None while that is not known. Any thread may call it."""

_log = logging.getLogger(__name__)
_ASK_TIMEOUT_S = 1.0
_OUTGOING_KEPT_NS = 60 * 10**9
"""How long the old revision still goes along after the new one took over: a restart finds the same scene."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What a player said to a generation. `claim` is the winner on its screen; without a player all is empty."""

    screen: str
    is_there: bool
    claim: str = ""
    held_by: str = ""
    detail: str = ""
    on_air: tuple[str, ...] = ()
    """Every claim that has a part in its picture: the winner, those that share with it, overlays."""


@dataclass(frozen=True, slots=True)
class Handed(Generic[T]):
    """A change that is saved. `replies` are by screen, empty where the players had not to hear of it.

    `at_ns` (UTC) is the instant just before they heard of it; `trouble` says why they could not be told.
    """

    value: T
    is_news: bool
    replies: Mapping[str, Reply]
    at_ns: int
    trouble: StoreError | None


@dataclass(frozen=True, slots=True, eq=False)
class _Waiting:
    """Somebody who waits for a change to be handed on; without a change, for what is saved already."""

    change: Change[Any] | None
    handed: asyncio.Future[Handed[Any]]


_Drafted = tuple[Air, AirDraft | None, StoreError | None]


class Publisher:
    """Hands on changes, one round at a time. Its coroutines belong to the event loop."""

    def __init__(
        self,
        store: Store,
        config: Config,
        paths: Paths,
        clock: Clock,
        ask: Ask = ask,
        unreadable: Unreadable = lambda _: None,
    ) -> None:
        self._store, self._config, self._paths, self._clock, self._ask = store, config, paths, clock, ask
        self._unreadable = unreadable
        self.precedence = Precedence()
        self._writer = AirWriter(paths.air)
        self._beside = ThreadPoolExecutor(1, "air")
        self._waiting: list[_Waiting] = []
        self._rounds: asyncio.Task[None] | None = None
        self._air: Air | None = None
        self._ref: AirRef | None = None
        self._record: revisions.Record | None = None

    @property
    def _screens(self) -> tuple[str, ...]:
        return tuple(screen.id for screen in self._config.screens)

    @property
    def air(self) -> Air | None:
        """The newest generation; None before there is one."""
        return self._air

    @property
    def record(self) -> revisions.Record | None:
        """The revision on air or about to take over, with who made it."""
        return self._record

    def newest(self) -> Revision | None:
        """The revision on air or about to take over."""
        return None if self._record is None else self._record.revision

    def start(self) -> None:
        """Takes up the generation on disk. What it has and the store lost goes back into the store.

        So the sign plays on unchanged when the database had to be begun anew, and an override that was ended after
        the backup was made does not come back with it. Raises: StoreError.
        """
        self._air, now_ns = read_air(self._paths.air), self._clock.utc_ns()
        with self._store.write() as db:
            recovered = recoveries.unsettled(db)
            for each in recovered:
                was = {"backup_ns": each.backup_ns, "rows_kept": each.rows_kept}
                journal.add(db, now_ns, "playout", "store.recover", **was)
            if self._air is not None:
                _adopt(db, self._air, now_ns)
                if recovered and written_ns(self._paths.air, self._air.generation) >= recovered[-1].backup_ns:
                    _end_as(db, self._air.claims, now_ns, self.boot)
            if recovered:
                recoveries.settle(db)

    @property
    def boot(self) -> Boot:
        """This boot of the host, by whose clock claims run."""
        return boot_of(self._clock)

    def inputs(self, screen: str, current: tuple[Claim, ...] | None = None) -> Inputs:
        """What the player of that screen resolves, its own local claims included; any thread may ask.

        With `current` as if these were the claims of the generation.
        """
        snapshot = FrameReader(self._paths.frames(screen)).snapshot()
        conditions = replace(conditions_of(snapshot, self._clock, self._config.recovery), link_lost_boot_ns=None)
        air = self._air if current is None else replace(self._air or Air(0, self._config.site), claims=current)
        return inputs(air, screen, read_local(self._paths.local(screen)), self._config.site).under(conditions)

    async def commit(self, change: Change[T]) -> Handed[T]:
        """Saves a change and makes it go on air. Raises: StoreError where it is not saved, and what the change does."""
        return cast(Handed[T], await self._hand_on(change))

    async def publish(self) -> Mapping[str, Reply]:
        """Makes what is committed go on air, and returns what each screen's player did. Raises: StoreError."""
        handed = await self._hand_on(None)
        if handed.trouble is not None:
            raise handed.trouble
        return handed.replies

    async def _hand_on(self, change: Change[Any] | None) -> Handed[Any]:
        waiting = _Waiting(change, asyncio.get_running_loop().create_future())
        self._waiting.append(waiting)
        if self._rounds is None:
            self._rounds = asyncio.create_task(self._go_round())
        return await waiting.handed

    async def _go_round(self) -> None:
        try:
            while self._waiting:
                waiting, self._waiting = self._waiting, []
                try:
                    with self.precedence.order():
                        ends = await asyncio.to_thread(self._round, [each.change for each in waiting])
                except Exception as error:  # noqa: BLE001 -- whoever waits hears of it
                    ends = [error] * len(waiting)
                for each, end in zip(waiting, ends, strict=True):
                    if each.handed.done():
                        continue  # whoever waited has gone
                    if isinstance(end, Exception):
                        each.handed.set_exception(end)
                    else:
                        each.handed.set_result(end)
        finally:
            self._rounds = None

    def _round(self, changes: Sequence[Change[Any] | None]) -> list[Handed[Any] | Exception]:
        """Saves the changes, writes a generation and tells the players; not in the event loop's thread.

        The disk is waited for once before the players are told: the generation is written while the changes are
        committed, and is put in its place when they are. That the folder is saved is waited for with the players.
        """
        drafting: Future[_Drafted] | None = None
        try:
            with self._store.write() if any(changes) else nullcontext() as db:
                values = [(None, True) if change is None or db is None else change(db) for change in changes]
                if any(is_news for _, is_news in values):
                    drafting = self._beside.submit(self._draft, self._next(db))
        except Exception as error:  # noqa: BLE001 -- whoever waits hears of it
            if drafting is not None and (draft := drafting.result()[1]) is not None:
                self._writer.drop(draft)
            if len(changes) == 1:
                return [error]
            return [end for change in changes for end in self._round([change])]  # one that fails takes no other along
        at_ns, replies, trouble = self._clock.utc_ns(), dict[str, Reply](), None
        if drafting is not None:
            try:
                replies = self._tell_of(*drafting.result())
            except StoreError as error:
                trouble = error
        return [
            Handed(value, is_news, replies if is_news else {}, at_ns, trouble if is_news else None)
            for value, is_news in values
        ]

    def _draft(self, air: Air) -> "_Drafted":
        """A generation on disk, not in its place yet; the trouble where that is not possible."""
        try:
            return air, self._writer.draft(air), None
        except StoreError as error:
            return air, None, error

    def _tell_of(self, air: Air, draft: AirDraft | None, trouble: StoreError | None) -> dict[str, Reply]:
        """Puts a generation in its place and tells the players of it. Raises: StoreError."""
        if draft is None:
            raise trouble or AssertionError("a generation is drafted or there is trouble")
        ref = self._writer.put(draft)
        self._air, self._ref = air, ref
        settling = self._beside.submit(self._writer.settle)
        replies = {reply.screen: reply for reply in self._tell_all(self._screens, ref)}
        settling.result()
        self._beside.submit(prune_air, self._paths.air)
        return replies

    async def refresh(self) -> None:
        """Publishes the first time, and where the newest generation is not what the store says. Raises: StoreError."""
        if await asyncio.to_thread(self._is_stale):
            await self.publish()

    async def remind(self, screens: Iterable[str]) -> None:
        """Tells players again that missed the newest generation, as one does that was just starting.

        Where the generation was damaged on disk, which would keep them behind for ever, a new one is written.
        Raises: StoreError.
        """
        behind, ref = tuple(screens), self._ref
        if not behind or ref is None:
            return
        if await asyncio.to_thread(self._is_lost, ref):
            _log.error("generation lost generation=%d; it is written again", ref.generation)
            self._writer = AirWriter(self._paths.air)  # looks at every part
            await self.publish()
        else:
            await asyncio.to_thread(self._tell_all, behind, ref)

    def _is_lost(self, ref: AirRef) -> bool:
        air = read_air(self._paths.air)
        return air is None or air.generation < ref.generation

    def _is_stale(self) -> bool:
        if self._air is None or self._ref is None:
            return True
        return replace(self._next(), generation=self._air.generation) != self._air

    def _next(self, writing: sqlite3.Connection | None = None) -> Air:
        """The generation to be, from what the store holds now, or will once this transaction is committed."""
        now_ns, before = self._clock.utc_ns(), self._air or Air(0, self._config.site)
        with self._store.read() if writing is None else nullcontext(writing) as db:
            current = claims.current(db, now_ns, boot=self.boot)
            if self._record is None or self._record.revision.number != revisions.latest_number(db):
                self._record = revisions.latest(db)
        revision = self._record.revision if self._record else None
        if _identity(revision) == _identity(before.revision):
            revision = before.revision  # one object, so that comparing generations costs nothing
        unreadable = self._unreadable(revision) if revision is not None else None
        if revision is not None and unreadable is not None and unreadable != revision.unreadable:
            revision = replace(revision, unreadable=unreadable)
        outgoing, takes_over_ns = self._takeover(before, revision, now_ns)
        number = max(before.generation, newest_number(self._paths.air)) + 1  # never one that a player has seen before
        return Air(number, self._config.site, revision, outgoing, takes_over_ns, current)

    def _takeover(self, before: Air, revision: Revision | None, now_ns: int) -> tuple[Revision | None, int]:
        """The revision that still decides, and until when."""
        if _identity(revision) != _identity(before.revision):
            deciding = before.outgoing if now_ns < before.takes_over_ns else before.revision
            if deciding is None:
                return None, 0
            return deciding, takeover_ns((self.inputs(screen.id) for screen in self._config.screens), now_ns)
        if now_ns < before.takes_over_ns + _OUTGOING_KEPT_NS:
            return before.outgoing, before.takes_over_ns
        return None, 0

    async def ask(self, screen: str, message: Mapping[str, Any]) -> dict[str, Any]:
        """A player's answer to a question. Raises: LinkError when it does not answer in time."""
        return await asyncio.to_thread(self._ask, self._paths.command_socket(screen), message, _ASK_TIMEOUT_S)

    def _tell_all(self, screens: Sequence[str], ref: AirRef) -> list[Reply]:
        """Tells several players at a time; a single one without a further thread."""
        if len(screens) == 1:
            return [self._tell(screens[0], ref)]
        with ThreadPoolExecutor(len(screens)) as pool:
            return list(pool.map(self._tell, screens, [ref] * len(screens)))

    def _tell(self, screen: str, ref: AirRef) -> Reply:
        message = {"op": "generation", "generation": ref.generation, "sha256": ref.sha256}
        try:
            answer = self._ask(self._paths.command_socket(screen), message, _ASK_TIMEOUT_S)
        except LinkError as error:
            _log.info("player away screen=%s generation=%d reason=%s", screen, ref.generation, error.message)
            return Reply(screen, False, detail="the player is not there; it will take this when it is back")
        if answer.get("ok") is not True:
            _log.warning("player refused screen=%s generation=%d answer=%r", screen, ref.generation, answer)
        claim = str(answer.get("claim", ""))
        on_air = tuple(map(str, cast(list[object], answer.get("on_air") or [claim])))
        return Reply(screen, True, claim, str(answer.get("held_by", "")), str(answer.get("error", "")), on_air)


def _identity(revision: Revision | None) -> tuple[int, int] | None:
    return None if revision is None else (revision.number, revision.issued_ns)


def _adopt(db: sqlite3.Connection, air: Air, now_ns: int) -> None:
    """Puts a newer revision and unknown claims of an air file into the store."""
    revision = air.revision
    if revision is not None and revision.number > revisions.latest_number(db):
        revisions.add(
            db,
            revision.schedule,
            revision.notices,
            now_ns=revision.issued_ns,
            author="playout",
            reason="adopted from the air file",
            number=revision.number,
        )
        journal.add(db, now_ns, "playout", "revision.adopt", number=revision.number)
    for claim in air.claims:
        if claims.add(db, claim):
            journal.add(db, now_ns, "playout", "override.adopt", claim=claim.id)


def _end_as(db: sqlite3.Connection, on_air: Iterable[Claim], now_ns: int, boot: Boot) -> None:
    """Ends the claims of an older store that a newer air file ends earlier, or does not have any more."""
    ends_ns = {claim.id: claim.window(boot)[1] for claim in on_air}
    for claim in claims.current(db, now_ns, kept_ns=0, boot=boot):
        end_ns, held_ns = ends_ns.get(claim.id, now_ns), claim.window(boot)[1]
        if end_ns is not None and (held_ns is None or end_ns < held_ns):
            claims.end(db, claim, end_ns, boot)
            journal.add(db, now_ns, "playout", "override.end", claim=claim.id, reason="as in the air file")
