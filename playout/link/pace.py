"""Time as a sender sees it: now, and a wait until then."""

import time
from typing import Protocol

__all__ = ["MonotonicPace", "Pace"]


class Pace(Protocol):
    """The monotonic clock, and sleep on it."""

    def now_ns(self) -> int:
        """Monotonic ns."""
        ...

    def sleep_until(self, instant_ns: int) -> None:
        """Returns at the instant, or at once if it has passed."""
        ...


class MonotonicPace:
    """The host's CLOCK_MONOTONIC."""

    def now_ns(self) -> int:
        """CLOCK_MONOTONIC in ns."""
        return time.monotonic_ns()

    def sleep_until(self, instant_ns: int) -> None:
        """Sleeps; late by the timer slack of the thread (50 µs by default)."""
        remaining_ns = instant_ns - time.monotonic_ns()
        if remaining_ns > 0:
            time.sleep(remaining_ns / 1e9)
