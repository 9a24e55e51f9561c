"""Waking: APScheduler calls the preparer ahead of each change, so that the next programme is drawn before it is due.

It only wakes. The tick itself compares the time with the programme's end, because APScheduler goes silent after a
backward step of the clock.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from apscheduler.schedulers.background import (  # pyright: ignore[reportMissingTypeStubs] -- the package has none
    BackgroundScheduler,
)

from playout.clock import SECOND_NS

__all__ = ["Waker"]

_LEAD = timedelta(seconds=5)


class Waker:
    """Calls back once, some seconds ahead of an instant; a newer call replaces the older."""

    def __init__(self, call: Callable[[int], None]) -> None:
        self._call = call
        self._scheduler: Any = BackgroundScheduler(
            timezone=UTC, job_defaults={"coalesce": True, "misfire_grace_time": None, "max_instances": 1}
        )

    def start(self) -> None:
        """Starts the scheduler's thread."""
        self._scheduler.start()

    def stop(self) -> None:
        """Ends it."""
        self._scheduler.shutdown(wait=False)

    def wake_before(self, at_ns: int) -> None:
        """Arranges the call with `at_ns` (UTC), at once if that is near."""
        due = datetime.fromtimestamp(at_ns / SECOND_NS, UTC) - _LEAD
        self._scheduler.add_job(
            self._call, "date", run_date=due, args=[at_ns], id="next", replace_existing=True, misfire_grace_time=None
        )
