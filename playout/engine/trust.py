"""Trust in the wall clock, measured each second: what vouches for it, whether it was set, and what has passed for sure.

The clock is trusted when it lies above the floor and

1. a time server keeps it now, or did so in this boot and the clock was not set since; or
2. unless `clock.trust` is `network`, the machine has a clock that ran while it was off: one with a battery, or that of
   the host it is a guest of; or
3. `clock.trust` is `always`.

The floor is the later of the release of this program and the latest instant that the as-run journal wrote while a time
server kept the clock. A clock more than a minute below it is wrong, whatever vouches for it.
"""

import ctypes
import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Protocol

from playout.clock import SECOND_NS, Clock, to_iso
from playout.config import ClockBelief
from playout.model.boot import SAME_NS
from playout.model.trust import ClockTrust
from playout.store.asrun import Marks

__all__ = ["ClockReading", "ClockWatch", "HostProbe", "Probe"]

_log = logging.getLogger(__name__)
_FLOOR_SLACK_NS = 60 * SECOND_NS
_SET_NS = SECOND_NS
"""A clock that no server keeps and that moves by more than this against the boot time was set by somebody."""
_TIME_ERROR = 5
"""Return value of adjtimex(2) where the clock is not synchronised."""
_GUEST_CLOCKS = ("kvm-clock", "xen", "hyperv")
"""Clock sources a hypervisor offers; such a guest starts with the time of its host."""


@dataclass(frozen=True, slots=True)
class ClockReading:
    """What the host says of its clock at one moment."""

    utc_ns: int
    boot_ns: int
    """CLOCK_BOOTTIME."""
    is_synced: bool
    """Whether a time server keeps it."""
    error_ns: int | None
    """How far it may be off, as the kernel reckons."""
    kept_by: str
    """What ran while the host was off: `rtc`, `host`; empty: nothing."""


class Probe(Protocol):
    """Asks the host about its clock."""

    def read(self) -> ClockReading:
        """What the host says now."""
        ...


class _Timex(ctypes.Structure):
    """`struct timex` as far as it is read. Source: Linux include/uapi/linux/timex.h; zero modes set nothing."""

    _fields_: ClassVar = [
        ("modes", ctypes.c_uint), ("offset", ctypes.c_long), ("freq", ctypes.c_long), ("maxerror", ctypes.c_long),
        ("esterror", ctypes.c_long), ("status", ctypes.c_int), ("rest", ctypes.c_byte * 256),
    ]  # fmt: skip


class HostProbe:
    """Asks this host: adjtimex(2), and what sysfs tells of clocks."""

    def __init__(self, clock: Clock, sysfs: Path = Path("/sys")) -> None:
        self._clock, self._sysfs = clock, sysfs
        self._adjtimex = ctypes.CDLL(None, use_errno=True).adjtimex

    def read(self) -> ClockReading:
        """What the host says now; a call that is not permitted counts as no time server."""
        timex = _Timex()
        state = int(self._adjtimex(ctypes.byref(timex)))
        is_synced = state not in {-1, _TIME_ERROR}
        return ClockReading(
            utc_ns=self._clock.utc_ns(), boot_ns=self._clock.boottime_ns(), is_synced=is_synced,
            error_ns=timex.maxerror * 1000 if is_synced else None, kept_by=self._kept_by(),
        )  # fmt: skip

    def _kept_by(self) -> str:
        if any((self._sysfs / "class/rtc").glob("rtc*")):
            return "rtc"
        try:
            offered = (self._sysfs / "devices/system/clocksource/clocksource0/available_clocksource").read_text("ascii")
        except (OSError, ValueError):
            return ""
        return "host" if any(name.startswith(_GUEST_CLOCKS) for name in offered.split()) else ""


class ClockWatch:
    """Looks each second; `changed` is called from its thread after trust changed, or the clock was set."""

    def __init__(
        self,
        probe: Probe,
        belief: ClockBelief,
        released_ns: int,
        marks: Marks,
        changed: Callable[[], None],
        each_s: float = 1.0,
    ) -> None:
        self._probe, self._belief, self._changed, self._each_s = probe, belief, changed, each_s
        self._floor_ns = max(released_ns, marks.floor_ns)
        self._synced_offset_ns = marks.synced[0] - marks.synced[1] if marks.synced is not None else None
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="clock", daemon=True)
        self._offset_ns: int | None = None
        self._met = ""
        self.is_synced = False
        """Whether a time server keeps the clock, as of the last look."""
        self.trust = ClockTrust(trusted=False, reason="not looked at yet", source="")
        """What is known of the clock; replaced whole."""

    def start(self) -> None:
        """Starts the thread."""
        self._thread.start()

    def stop(self) -> None:
        """Ends the thread."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join(timeout=2.0)

    def look(self) -> bool:
        """Looks once; returns whether anything changed that decides what is on air."""
        reading = self._probe.read()
        offset_ns = reading.utc_ns - reading.boot_ns
        before, was_ns = self.trust, self._offset_ns
        is_set = was_ns is not None and abs(offset_ns - was_ns) >= SAME_NS
        if was_ns is None or is_set:
            self._offset_ns = offset_ns
        self.is_synced = reading.is_synced and reading.utc_ns >= self._floor_ns - _FLOOR_SLACK_NS
        if self.is_synced:
            self._floor_ns = max(self._floor_ns, reading.utc_ns)
            self._synced_offset_ns = offset_ns
        elif self._synced_offset_ns is not None and abs(offset_ns - self._synced_offset_ns) > _SET_NS:
            self._synced_offset_ns = None
        self.trust = self._judge(reading)
        is_other = (self.trust.trusted, self.trust.source, self.trust.reason) != (
            before.trusted, before.source, before.reason
        )  # fmt: skip
        if is_other:
            _tell(self.trust)
        return is_other or is_set

    def _judge(self, reading: ClockReading) -> ClockTrust:
        if reading.utc_ns < self._floor_ns - _FLOOR_SLACK_NS:
            passed = to_iso(self._floor_ns)[:19]
            return self._doubt(
                f"it lies before {passed} UTC, which has passed for sure; connect a time server, or set the clock"
            )
        if reading.is_synced or self._synced_offset_ns is not None:
            return ClockTrust(source="ntp", floor_ns=self._floor_ns, error_ns=reading.error_ns)
        if reading.kept_by and self._belief is not ClockBelief.NETWORK:
            return ClockTrust(source=reading.kept_by, floor_ns=self._floor_ns)
        if self._belief is ClockBelief.ALWAYS:
            return ClockTrust(floor_ns=self._floor_ns)
        if reading.kept_by:
            return self._doubt("no time server keeps it, and clock.trust is 'network'; connect a time server")
        return self._doubt(
            "no time server keeps it and the machine has no clock that ran while it was off; connect a time server, or"
            " set clock.trust to 'always' if people look after the clock"
        )

    def _doubt(self, reason: str) -> ClockTrust:
        return ClockTrust(trusted=False, reason=reason, source="", floor_ns=self._floor_ns)

    def _run(self) -> None:
        while not self._stopping.wait(self._each_s):
            try:
                if self.look():
                    self._changed()
            except Exception as error:  # noqa: BLE001 -- whatever went wrong, the next look has to come
                if repr(error) != self._met:
                    self._met = repr(error)
                    _log.error("looking at the clock failed", exc_info=error)


def _tell(trust: ClockTrust) -> None:
    if trust.trusted:
        _log.info("clock trusted source=%s", trust.source)
    else:
        _log.warning("clock not trusted reason=%s", trust.reason)
