"""Events: what changed on the sign, in one order, for everybody who listens.

Nobody is waited for: a listener holds a place in the ring of the last events, not a queue of its own, and one that
falls behind the ring is let go. Source of the format: HTML Living Standard, 9.2 "Server-sent events".
"""

import asyncio
import json
from collections import deque
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from fastapi.sse import format_sse_event

from playout.api.live import LONGEST_S
from playout.clock import SECOND_NS, Clock, to_iso

__all__ = ["EventLog", "EventName", "stream"]

_KEPT = 500
"""Events in the ring: with two screens that turn a page every eight seconds, half an hour."""
_BEAT_NS = 10 * SECOND_NS
"""A comment is sent after so long without an event, so that both ends know of each other."""
_CHECK_S = 1.0
"""How often a listener's right to listen is looked at."""
_RETRY_MS = 1000


class EventName(StrEnum):
    """What can have happened."""

    RESET = "reset"
    """Read `/api/v1/status`, then go on from here: what happened before is not known to be complete."""
    ON_AIR = "on_air"
    OVERRIDE_MADE = "override_made"
    OVERRIDE_ENDED = "override_ended"
    REVISION = "revision"
    """A player has taken up a revision of the schedule."""
    LINK = "link"
    PLAYER = "player"
    """A player reports again, or has stopped to."""
    WARNING_BEGUN = "warning_begun"
    WARNING_ENDED = "warning_ended"
    CLOCK = "clock"
    """A player has begun to trust its clock, or no longer does, or something else vouches for it."""


@dataclass(frozen=True, slots=True)
class Event:
    """One event as it goes out."""

    number: int
    wire: bytes


class EventLog:
    """The last events; belongs to the event loop. The id of an event is `EPOCH-NUMBER`, its number grows by one.

    `epoch` is another one for each run of control, and grows with them; so an id from an earlier run is known as such.
    """

    def __init__(self, epoch: str, kept: int = _KEPT) -> None:
        self._epoch = epoch
        self._events: deque[Event] = deque(maxlen=kept)
        self._news = asyncio.Event()
        self.newest = 0
        """Number of the newest event; 0 before the first."""

    def add(self, name: EventName, data: Mapping[str, Any]) -> None:
        """Adds an event and wakes those who listen; waits for nobody."""
        self.newest += 1
        self._events.append(Event(self.newest, self._encode(name, data)))
        self.wake()

    def wake(self) -> None:
        """Lets everybody who waits look again."""
        news, self._news = self._news, asyncio.Event()
        news.set()

    def place(self, last_id: str) -> int | None:
        """The number of an event that a listener saw last; None where what came after it is not all here."""
        epoch, _, number = last_id.rpartition("-")
        if epoch != self._epoch or not number.isdecimal() or len(number) > len(str(self.newest)):
            return None
        return int(number) if self._oldest - 1 <= int(number) <= self.newest else None

    def since(self, number: int) -> list[Event] | None:
        """The events after that number; None where some of them have left the ring."""
        if number < self._oldest - 1:
            return None
        return [event for event in self._events if event.number > number] if number < self.newest else []

    def reset(self, at_ns: int) -> bytes:
        """What a listener gets whose place is not known. It adds no event: its id is that of the newest one."""
        return self._encode(EventName.RESET, {"at": to_iso(at_ns)})

    async def wait(self, timeout_s: float) -> None:
        """Returns at the next event, or after so long."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._news.wait(), timeout_s)

    @property
    def _oldest(self) -> int:
        return self._events[0].number if self._events else self.newest + 1

    def _encode(self, name: EventName, data: Mapping[str, Any]) -> bytes:
        text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
        return format_sse_event(event=name, data_str=text, id=f"{self._epoch}-{self.newest}")


async def stream(
    log: EventLog, last_id: str, may_listen: Callable[[], bool], stopping: asyncio.Event, clock: Clock
) -> AsyncGenerator[bytes, None]:
    """What one listener gets: what it missed or `reset`, then every event, until ten minutes have passed.

    It ends when control stops, when `may_listen` says no, and when the listener has fallen behind the ring.
    """
    begun_ns = told_ns = clock.monotonic_ns()
    place, first = log.place(last_id), format_sse_event(retry=_RETRY_MS)
    if place is None:
        place, first = log.newest, first + log.reset(clock.utc_ns())
    yield first
    while not stopping.is_set() and clock.monotonic_ns() - begun_ns < LONGEST_S * SECOND_NS and may_listen():
        events, now_ns = log.since(place), clock.monotonic_ns()
        if events is None:
            return
        if events:
            place, told_ns = events[-1].number, now_ns
            yield b"".join(event.wire for event in events)
        elif now_ns - told_ns >= _BEAT_NS:
            told_ns = now_ns
            yield b": still here\n\n"
        else:
            await log.wait(_CHECK_S)
