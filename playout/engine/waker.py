"""Waking: APScheduler calls the preparer ahead of each change, so that the next programme is drawn before it is due.

It only wakes. The tick itself compares the time with the programme's end, because APScheduler goes silent after a
backward step of the clock.
"""

import threading
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from playout.clock import SECOND_NS, Clock
from playout.engine.preparer import LEAD_NS

__all__ = ["Waker"]


class Waker:
    """Calls back once, some seconds ahead of an instant; a newer call replaces the older.

    The scheduler is loaded in a thread of its own with the first call, after the first frame has gone out.
    """

    def __init__(self, call: Callable[[int], None], clock: Clock) -> None:
        self._call, self._clock = call, clock
        self._wanted_ns: int | None = None
        self._scheduler: Any = None
        self._lock = threading.Lock()

    def wake_before(self, at_ns: int) -> None:
        """Arranges the call with `at_ns` (UTC); calls at once if that is near.

        The scheduler would drop a job whose predecessor of the same name is just ending, and the page would be late.
        """
        if at_ns - self._clock.utc_ns() <= LEAD_NS:
            with self._lock:
                if self._scheduler is not None:
                    self._scheduler.remove_all_jobs()
            self._call(at_ns)
            return
        with self._lock:
            is_first, self._wanted_ns = self._wanted_ns is None, at_ns
            if is_first:
                threading.Thread(target=self._begin, name="waker", daemon=True).start()
            elif self._scheduler is not None:
                self._arrange(at_ns)

    def stop(self) -> None:
        """Ends it."""
        with self._lock:
            if self._scheduler is not None:
                self._scheduler.remove_all_jobs()  # waits for a call just under way, which looks for its job after
                self._scheduler.shutdown(wait=False)

    def _begin(self) -> None:
        from apscheduler.schedulers.background import (  # noqa: PLC0415 -- a tenth of a second, see above
            BackgroundScheduler,  # pyright: ignore[reportMissingTypeStubs] -- the package has none
        )

        scheduler: Any = BackgroundScheduler(timezone=UTC, job_defaults={"coalesce": True, "max_instances": 1})
        scheduler.start()
        with self._lock:
            self._scheduler = scheduler
            if self._wanted_ns is not None:
                self._arrange(self._wanted_ns)

    def _arrange(self, at_ns: int) -> None:
        due = datetime.fromtimestamp((at_ns - LEAD_NS) / SECOND_NS, UTC)
        self._scheduler.add_job(
            self._call, "date", run_date=due, args=[at_ns], id="next", replace_existing=True, misfire_grace_time=None
        )
