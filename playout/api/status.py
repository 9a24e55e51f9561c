"""The state of every screen as one JSON document, encoded at most twenty times a second however many ask."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal, Protocol

from playout import __version__
from playout.api.publish import Publisher
from playout.clock import SECOND_NS, Clock, to_iso
from playout.ipc.air import Air
from playout.model.snapshot import Snapshot

__all__ = ["ALIVE_NS", "SnapshotSource", "Status", "StatusDocument", "is_alive"]

ALIVE_NS = 2 * SECOND_NS
"""A player whose snapshot is older than this counts as gone."""
_FRESH_NS = SECOND_NS // 20


class SnapshotSource(Protocol):
    """Where a player's state is read."""

    def snapshot(self) -> Snapshot | None:
        """The newest state; None where no player ever published."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ScreenStatus(Snapshot):
    """A player's snapshot, with its instants in ISO 8601 too, and whether it still reports."""

    is_alive: bool
    """Whether the snapshot is younger than two seconds."""
    age_ms: int
    remedy: str
    """What to do where the link is down or the player gone; empty where all is well."""
    at: str
    started: str
    entered: str
    until: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SilentScreen:
    """A screen whose player never reported."""

    screen: str
    is_alive: Literal[False]
    age_ms: None
    remedy: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RevisionStatus:
    """The revision of the schedule that is on air or about to take over."""

    number: int
    issued: str
    author: str
    reason: str
    takes_over: str | None
    """When it takes over; null where it has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusDocument:
    """The shape of the document."""

    version: str
    at: str
    generation: int
    """The newest that control has written."""
    revision: RevisionStatus | None
    warnings: tuple[str, ...]
    """Of control itself; those of the players stand with their screens."""
    screens: tuple[ScreenStatus | SilentScreen, ...]


class Status:
    """What the players report and what control has handed them; belongs to the event loop."""

    def __init__(
        self,
        sources: Mapping[str, SnapshotSource],
        publisher: Publisher,
        clock: Clock,
        warnings: tuple[str, ...],
        further: Callable[[], tuple[str, ...]] = tuple,
    ) -> None:
        self._sources, self._publisher, self._clock, self._warnings = sources, publisher, clock, warnings
        self._further = further
        self._encoded, self._encoded_ns = b"", 0

    def document(self) -> bytes:
        """The encoded document, at most 50 ms old."""
        now_ns = self._clock.monotonic_ns()
        if not self._encoded or now_ns - self._encoded_ns >= _FRESH_NS:
            self._encoded = json.dumps(self._state(), ensure_ascii=False, separators=(",", ":")).encode()
            self._encoded_ns = now_ns
        return self._encoded

    def warnings(self) -> tuple[str, ...]:
        """What a person should know of control itself."""
        return (*self._warnings, *self._further(), *_left_out(self._publisher.air))

    def silent_screens(self) -> tuple[str, ...]:
        """Screens whose player has not reported within two seconds."""
        now_ns = self._clock.utc_ns()
        return tuple(
            screen
            for screen, source in self._sources.items()
            if (snapshot := source.snapshot()) is None or not is_alive(snapshot, now_ns)
        )

    def screens_behind(self) -> tuple[str, ...]:
        """Screens whose player lives but shows another generation than the newest."""
        air, now_ns = self._publisher.air, self._clock.utc_ns()
        newest = air.generation if air else 0
        return tuple(
            screen
            for screen, source in self._sources.items()
            if (snapshot := source.snapshot()) and is_alive(snapshot, now_ns) and snapshot.generation != newest
        )

    def _state(self) -> dict[str, Any]:
        air, record, now_ns = self._publisher.air, self._publisher.record, self._clock.utc_ns()
        revision = record.revision if record else None
        return {
            "version": __version__,
            "at": to_iso(now_ns),
            "generation": air.generation if air else 0,
            "revision": None
            if record is None or revision is None
            else {
                "number": revision.number,
                "issued": to_iso(revision.issued_ns),
                "author": record.author,
                "reason": record.reason,
                "takes_over": to_iso(air.takes_over_ns) if air and air.takes_over_ns > now_ns else None,
            },
            "warnings": list(self.warnings()),
            "screens": [_screen(screen, source.snapshot(), now_ns) for screen, source in self._sources.items()],
        }


def is_alive(snapshot: Snapshot, now_ns: int) -> bool:
    """Whether the player that published this still reports."""
    return now_ns - snapshot.at_ns <= ALIVE_NS


def _left_out(air: Air | None) -> Iterator[str]:
    if air is None or air.revision is None:
        return
    for notice, languages in air.revision.unreadable.items():
        told = ", ".join(repr(language) for language in languages)
        yield f"notice {notice!r} cannot be read in {told} and is not shown so; GET /api/v1/notices tells why"


def _screen(screen: str, snapshot: Snapshot | None, now_ns: int) -> dict[str, Any]:
    """One screen: every field of its snapshot, with the instants that people read in ISO 8601 too."""
    if snapshot is None:
        remedy = "no player has ever reported; start it with `playout run`, or look at its log"
        return {"screen": screen, "is_alive": False, "age_ms": None, "remedy": remedy}
    reports = is_alive(snapshot, now_ns)
    return asdict(snapshot) | {
        "is_alive": reports,
        "age_ms": (now_ns - snapshot.at_ns) // 1_000_000,
        "remedy": snapshot.health.detail if reports else "the player has stopped reporting; look at its log",
        "at": to_iso(snapshot.at_ns),
        "started": to_iso(snapshot.started_ns),
        "entered": to_iso(snapshot.entered_ns),
        "until": to_iso(snapshot.until_ns),
    }
