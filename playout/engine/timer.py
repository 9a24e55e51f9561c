"""The beat of the player: an absolute timer, and the grid of ticks it follows."""

import ctypes
import os
import struct

from playout.clock import SECOND_NS, Clock

__all__ = ["AbsoluteTimer", "TickGrid"]

_CLOCK_MONOTONIC = 1
_TFD_TIMER_ABSTIME = 1
_STEP_NS = 2_000_000
"""A difference between the clocks above this is a step, not a slew."""


class AbsoluteTimer:
    """A timerfd on CLOCK_MONOTONIC for absolute instants (timerfd_create(2)); Python has its own from 3.13 on."""

    def __init__(self) -> None:
        self._libc = ctypes.CDLL(None, use_errno=True)
        self.fd: int = self._libc.timerfd_create(_CLOCK_MONOTONIC, os.O_NONBLOCK | os.O_CLOEXEC)
        if self.fd < 0:
            raise OSError(ctypes.get_errno(), "timerfd_create")

    def arm(self, deadline_ns: int) -> None:
        """Fires once at `deadline_ns` (monotonic), at once if that has passed."""
        seconds, ns = divmod(max(1, deadline_ns), SECOND_NS)
        spec = struct.pack("4l", 0, 0, seconds, ns)
        if self._libc.timerfd_settime(self.fd, _TFD_TIMER_ABSTIME, spec, None) != 0:
            raise OSError(ctypes.get_errno(), "timerfd_settime")

    def close(self) -> None:
        """Lets go of the descriptor."""
        os.close(self.fd)


class TickGrid:
    """Ticks on whole multiples of the frame period in UTC, so that two machines draw the same instants.

    The number of a tick grows by one each period of the monotonic clock and goes on over a restart of the player; a
    step of the wall clock moves the instants the frames are drawn for, never the numbers.
    """

    def __init__(self, fps: int, clock: Clock) -> None:
        self._fps, self._clock = fps, clock
        self.tick = clock.monotonic_ns() * fps // SECOND_NS
        self._offset_ns = 0
        self._shift = 0
        self.resync()

    @property
    def due_ns(self) -> int:
        """UTC instant the next frame is drawn for."""
        return (self.tick + self._shift) * SECOND_NS // self._fps

    @property
    def deadline_ns(self) -> int:
        """The same instant on the monotonic clock."""
        return self.due_ns - self._offset_ns

    def advance(self) -> int:
        """Goes on to the next tick that is not over yet; returns how many were missed."""
        self.tick += 1
        late_ns = self._clock.monotonic_ns() - self.deadline_ns
        missed = max(0, late_ns * self._fps // SECOND_NS)
        self.tick += missed
        return missed

    def resync(self) -> bool:
        """Follows a step of the wall clock; returns whether there was one."""
        before, utc, after = self._clock.monotonic_ns(), self._clock.utc_ns(), self._clock.monotonic_ns()
        offset = utc - (before + after) // 2
        if self._shift and abs(offset - self._offset_ns) < _STEP_NS + (after - before):
            return False  # a thread that had to wait between two readings has seen no step
        deadline = self.deadline_ns if self._shift else before
        self._offset_ns = offset
        self._shift = -(-(deadline + offset) * self._fps // SECOND_NS) - self.tick
        return True
