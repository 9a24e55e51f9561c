"""The clocks of the host: the only place that reads them. Everything else takes an instant as an argument."""

import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from playout.model.boot import Boot

__all__ = ["SECOND_NS", "Clock", "SystemClock", "boot_of", "boot_offset_ns", "from_iso", "to_iso"]

SECOND_NS = 1_000_000_000


class Clock(Protocol):
    """What the programs ask of time."""

    def utc_ns(self) -> int:
        """UTC in ns since the Unix epoch."""
        ...

    def monotonic_ns(self) -> int:
        """Monotonic clock of this boot in ns; never steps."""
        ...

    def boottime_ns(self) -> int:
        """Time since this boot of the host in ns, also while it slept; never steps."""
        ...

    def boot_id(self) -> str:
        """Identity of this boot of the host."""
        ...


class SystemClock:
    """The host's own clocks."""

    def utc_ns(self) -> int:
        """UTC in ns since the Unix epoch."""
        return time.time_ns()

    def monotonic_ns(self) -> int:
        """CLOCK_MONOTONIC in ns."""
        return time.monotonic_ns()

    def boottime_ns(self) -> int:
        """CLOCK_BOOTTIME in ns (clock_gettime(2))."""
        return time.clock_gettime_ns(time.CLOCK_BOOTTIME)

    def boot_id(self) -> str:
        """The kernel's boot id (proc(5), random/boot_id)."""
        return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()


def boot_of(clock: Clock) -> Boot:
    """This boot of the host, with what the wall clock says more than CLOCK_BOOTTIME."""
    return Boot(clock.boot_id(), boot_offset_ns(clock))


def boot_offset_ns(clock: Clock) -> int:
    """What the wall clock says more than CLOCK_BOOTTIME, to some µs."""
    readings = [(clock.boottime_ns(), clock.utc_ns(), clock.boottime_ns()) for _ in range(3)]
    before_ns, utc_ns, after_ns = min(readings, key=lambda each: each[2] - each[0])  # where nothing came in between
    return utc_ns - (before_ns + after_ns) // 2


def to_iso(utc_ns: int) -> str:
    """The instant in ISO 8601, UTC, with ns: `2026-01-01T00:00:00.000000000Z`."""
    seconds, ns = divmod(utc_ns, SECOND_NS)
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%S}.{ns:09d}Z"


def from_iso(text: str) -> int:
    """ns since the Unix epoch of an ISO 8601 instant with an offset, or of a plain integer of ns.

    Raises: ValueError when it is neither, or carries no offset.
    """
    if text.lstrip("-").isdigit():
        return int(text)
    head, dot, tail = text.partition(".")
    digits = tail[: len(tail) - len(tail.lstrip("0123456789"))]
    moment = datetime.fromisoformat(head + (tail[len(digits) :] if dot else ""))
    if moment.tzinfo is None:
        raise ValueError(f"{text!r} has no offset from UTC; write for example 2026-01-01T07:00:00+07:00")
    fraction = int(f"{digits:0<9}"[:9]) if digits else 0
    return int(moment.timestamp()) * SECOND_NS + fraction
