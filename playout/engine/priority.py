"""Real-time priority for the threads that must not be late, where the system permits it."""

import contextlib
import os

__all__ = ["raise_priority"]


def raise_priority(level: int) -> bool:
    """Puts the calling thread under SCHED_FIFO (sched(7)); returns whether that was permitted."""
    with contextlib.suppress(PermissionError):
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(level))
        return True
    return False
