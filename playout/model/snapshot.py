"""Values that flow back: the health of an output and the state of a player, published whole."""

from dataclasses import dataclass, field
from enum import StrEnum

from playout.model.inputs import Conditions
from playout.model.programme import Because

__all__ = ["Aired", "Health", "LinkState", "Snapshot"]


class LinkState(StrEnum):
    """State of an output's link."""

    OPENING = "opening"
    UP = "up"
    DOWN = "down"
    """Lost or never there; retried for ever."""


@dataclass(frozen=True, slots=True)
class Aired:
    """The first frame of a claim that came on air: sent, never displayed. Instants are UTC in ns."""

    claim: str
    tick: int
    shown_ns: int
    """When the driver was called."""
    sent_ns: int
    """When the driver had handed on the last packet."""


@dataclass(frozen=True, slots=True)
class Health:
    """What an output thread knows of its driver. Counters grow from the start of the player."""

    state: LinkState = LinkState.OPENING
    detail: str = ""
    """What is wrong and what to do."""
    frames_sent: int = 0
    packets_sent: int = 0
    frames_replaced: int = 0
    """Frames that a newer one replaced before the driver took them."""
    reopened: int = 0
    last_sent_tick: int = -1
    aired: tuple[Aired, ...] = ()
    """The claims that came on air last, the newest at the end."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The state of one player at one tick. Instants are UTC in ns since the Unix epoch."""

    screen: str
    at_ns: int
    started_ns: int
    pid: int
    version: str
    tick: int
    fps: int
    width: int
    height: int
    missed_ticks: int
    lateness_p99_us: int
    """Lateness of the tick in µs, 99th percentile of the last 1,024 ticks."""
    generation: int
    revision: int
    band: int
    claim: str
    kind: str
    notice: str
    title: str
    language: str
    proofread: bool | None
    page: int
    pages: int
    entered_ns: int
    until_ns: int
    because: Because
    watts: float
    sink: str
    health: Health = field(default_factory=Health)
    warnings: tuple[str, ...] = ()
    conditions: Conditions = field(default_factory=Conditions)
    """Clock, power and losses, as the answer took them into account."""
