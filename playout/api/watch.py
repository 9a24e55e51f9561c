"""The watcher: finds what has changed since it looked last, and adds it to the events.

It compares what the players publish, and what control has handed them, with its look before. Reading a player's file
costs the player nothing. A player publishes ten times a second and the watcher looks twenty times, so that an event
comes at most 0.15 s after what it tells of; what lasts less than a tenth of a second may be missed.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

from playout.api.answers import describe
from playout.api.events import EventLog, EventName
from playout.api.publish import Publisher
from playout.api.status import SnapshotSource, is_alive
from playout.clock import Clock, to_iso
from playout.model.boot import Boot
from playout.model.claim import Claim
from playout.model.snapshot import Aired, Snapshot

__all__ = ["Watcher", "watch"]

_log = logging.getLogger(__name__)
_LOOK_S = 0.05
_FEW = 8
_REMEMBERED = 1000
"""Claims of which it is known when they came on air; the as-run journal knows all."""


class Watcher:
    """Finds what has changed since it looked last; belongs to the event loop. Its first look makes no events."""

    def __init__(
        self,
        log: EventLog,
        sources: Mapping[str, SnapshotSource],
        publisher: Publisher,
        warnings: Callable[[], tuple[str, ...]],
        clock: Clock,
    ) -> None:
        self._log, self._sources, self._publisher, self._clock = log, sources, publisher, clock
        self._warnings, self._warned = warnings, warnings()
        self._snapshots: dict[str, Snapshot] = {}
        self._alive: dict[str, bool] = {}
        self._claims: dict[str, Claim] | None = None
        self._aired: dict[tuple[str, str], Aired] = {}

    def aired(self, screen: str, claim: str) -> Aired | None:
        """When a claim came on air on a screen, as its player tells; None where it has not, or where nobody knows."""
        return self._aired.get((screen, claim))

    def look(self) -> None:
        """Looks once and adds what is new."""
        now_ns = self._clock.utc_ns()
        for screen, source in self._sources.items():
            self._look_at_player(screen, source.snapshot(), now_ns)
        self._look_at_claims(now_ns)
        before, self._warned = self._warned, self._warnings()
        self._compare_warnings("", before, self._warned, now_ns)

    def _look_at_player(self, screen: str, now: Snapshot | None, now_ns: int) -> None:
        is_there = now is not None and is_alive(now, now_ns)
        if self._alive.get(screen, is_there) != is_there:
            self._add(EventName.PLAYER, now_ns, screen=screen, is_alive=is_there)
        self._alive[screen] = is_there
        before = self._snapshots.get(screen)
        if now is None or not is_there:
            return
        self._snapshots[screen] = now
        for aired in now.health.aired:
            self._aired.setdefault((screen, aired.claim), aired)
        while len(self._aired) > _REMEMBERED:
            del self._aired[next(iter(self._aired))]
        if before is None or now.tick == before.tick:
            return
        if _showing(now) != _showing(before):
            self._add(EventName.ON_AIR, now_ns, **_on_air(now))
        if now.revision != before.revision:
            self._add(EventName.REVISION, now_ns, screen=screen, revision=now.revision, generation=now.generation)
        if now.health.state is not before.health.state:
            self._add(
                EventName.LINK, now_ns, screen=screen, sink=now.sink, state=now.health.state, detail=now.health.detail
            )
        trust, was = now.conditions.trust, before.conditions.trust
        if (trust.trusted, trust.source) != (was.trusted, was.source):
            self._add(
                EventName.CLOCK, now_ns, screen=screen, trusted=trust.trusted, source=trust.source, reason=trust.reason
            )
        self._compare_warnings(screen, before.warnings, now.warnings, now_ns)

    def _compare_warnings(self, screen: str, before: tuple[str, ...], now: tuple[str, ...], now_ns: int) -> None:
        """Tells which warnings are new and which are gone; control's own belong to no screen."""
        for name, texts in (
            (EventName.WARNING_BEGUN, [text for text in now if text not in before]),
            (EventName.WARNING_ENDED, [text for text in before if text not in now]),
        ):
            for text in texts:
                self._add(name, now_ns, screen=screen, text=text)

    def _look_at_claims(self, now_ns: int) -> None:
        air, before, boot = self._publisher.air, self._claims, self._publisher.boot
        handed = {claim.id: claim for claim in air.claims} if air else {}
        self._claims = {key: claim for key, claim in handed.items() if not _is_over(claim, now_ns, boot)}
        if before is None:
            return
        for key, claim in self._claims.items():
            if key not in before:
                self._add(EventName.OVERRIDE_MADE, now_ns, override=describe(claim, now_ns, boot))
        for key, claim in before.items():
            if key not in self._claims:
                has_expired = _is_over(claim, now_ns, boot)
                self._add(EventName.OVERRIDE_ENDED, now_ns, id=key, has_expired=has_expired)

    def _add(self, name: EventName, at_ns: int, **data: Any) -> None:
        self._log.add(name, {"at": to_iso(at_ns), **data})


async def watch(watcher: Watcher, log: EventLog, stopping: asyncio.Event, interval_s: float = _LOOK_S) -> None:
    """Looks again and again until control stops; a look that fails is logged the first time."""
    told = ""
    while not stopping.is_set():
        try:
            watcher.look()
        except Exception as error:  # noqa: BLE001 -- whatever it was, events go on
            if told != repr(error):
                _log.exception("looking for events failed")
            told = repr(error)
        with suppress(TimeoutError):
            await asyncio.wait_for(stopping.wait(), interval_s)
    log.wake()


def _showing(snapshot: Snapshot) -> tuple[object, ...]:
    """What tells one picture's content from another's."""
    return (
        snapshot.claim, snapshot.band, snapshot.kind, snapshot.notice, snapshot.language, snapshot.page,
        snapshot.entered_ns,
    )  # fmt: skip


def _on_air(snapshot: Snapshot) -> dict[str, Any]:
    return {
        "screen": snapshot.screen,
        "claim": snapshot.claim,
        "band": snapshot.band,
        "kind": snapshot.kind,
        "notice": snapshot.notice,
        "title": snapshot.title,
        "language": snapshot.language,
        "page": snapshot.page,
        "pages": snapshot.pages,
        "entered": to_iso(snapshot.entered_ns),
        "until": to_iso(snapshot.until_ns),
        "because": {
            "winner": snapshot.because.winner,
            "losers": list(snapshot.because.losers[:_FEW]),
            "rule": snapshot.because.rule,
        },
    }


def _is_over(claim: Claim, now_ns: int, boot: Boot) -> bool:
    _, end_ns = claim.window(boot)
    return end_ns is not None and end_ns <= now_ns
