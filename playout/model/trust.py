"""Trust in the wall clock: whether a date may decide what is on air."""

from dataclasses import dataclass

__all__ = ["ClockTrust"]


@dataclass(frozen=True, slots=True)
class ClockTrust:
    """What is known of the host's UTC. Whoever looks after the clock replaces it whole."""

    trusted: bool = True
    reason: str = ""
    """Why not, and what to do, for people; empty where it is trusted."""
    source: str = "assumed"
    """What vouches for it: `assumed`, `ntp`, `rtc`, or the name of a person."""
    floor_ns: int = 0
    """UTC (ns since the Unix epoch) that has certainly passed: a clock that tells less is wrong."""
    error_ns: int | None = None
    """How far it may be off, where the source tells."""
