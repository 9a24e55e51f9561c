"""Trust in the wall clock: what vouches for it, what takes that away, and what brings it back."""

import queue
from dataclasses import replace
from pathlib import Path

import pytest

from playout import __released__
from playout.clock import SystemClock, from_iso
from playout.config import ClockBelief
from playout.engine.trust import ClockReading, ClockWatch, HostProbe
from playout.store.asrun import Marks

SECOND_NS = 10**9
RELEASED_NS = from_iso(f"{__released__}T00:00:00Z")
NOW_NS = RELEASED_NS + 90 * 24 * 3600 * SECOND_NS
UP_NS = 100 * SECOND_NS
LATE_1970_NS = 5 * SECOND_NS


class FakeProbe:
    """A host of which everything can be said."""

    def __init__(self, *, synced: bool = False, kept_by: str = "", utc_ns: int = NOW_NS) -> None:
        self.reading = ClockReading(utc_ns, UP_NS, synced, 20_000_000 if synced else None, kept_by)
        self.error: Exception | None = None

    def read(self) -> ClockReading:
        if self.error is not None:
            raise self.error
        return self.reading

    def be(self, **other: object) -> None:
        self.reading = replace(self.reading, **other)  # pyright: ignore[reportArgumentType]

    def passes(self, seconds: float, step: float = 0.0) -> None:
        """Time passes, and the wall clock is set by `step` besides."""
        self.be(
            utc_ns=self.reading.utc_ns + round((seconds + step) * SECOND_NS),
            boot_ns=self.reading.boot_ns + round(seconds * SECOND_NS),
        )


def watch(probe: FakeProbe, belief: ClockBelief = ClockBelief.RTC, marks: Marks | None = None) -> ClockWatch:
    made = ClockWatch(probe, belief, RELEASED_NS, marks or Marks(), lambda: None)
    made.look()
    return made


@pytest.mark.parametrize(
    ("belief", "synced", "kept_by", "trusted", "source"),
    [
        (ClockBelief.NETWORK, True, "", True, "ntp"),
        (ClockBelief.NETWORK, False, "rtc", False, ""),
        (ClockBelief.NETWORK, False, "", False, ""),
        (ClockBelief.RTC, True, "rtc", True, "ntp"),
        (ClockBelief.RTC, False, "rtc", True, "rtc"),
        (ClockBelief.RTC, False, "host", True, "host"),
        (ClockBelief.RTC, False, "", False, ""),
        (ClockBelief.ALWAYS, False, "rtc", True, "rtc"),
        (ClockBelief.ALWAYS, False, "", True, "assumed"),
    ],
)
def test_what_vouches_for_the_clock(
    belief: ClockBelief, synced: bool, kept_by: str, trusted: bool, source: str
) -> None:
    trust = watch(FakeProbe(synced=synced, kept_by=kept_by), belief).trust
    assert (trust.trusted, trust.source) == (trusted, source)
    assert trust.floor_ns == (NOW_NS if synced else RELEASED_NS)
    assert trust.error_ns == (20_000_000 if synced else None)
    assert bool(trust.reason) is not trusted
    assert trusted or "connect a time server" in trust.reason


@pytest.mark.parametrize("belief", list(ClockBelief))
@pytest.mark.parametrize("utc_ns", [0, LATE_1970_NS, RELEASED_NS - 61 * SECOND_NS])
def test_below_the_release_nothing_vouches_for_it(belief: ClockBelief, utc_ns: int) -> None:
    trust = watch(FakeProbe(synced=True, kept_by="rtc", utc_ns=utc_ns), belief).trust
    assert not trust.trusted
    assert f"before {__released__}T00:00:00 UTC" in trust.reason
    assert "set the clock" in trust.reason


def test_below_what_was_written_while_it_was_right_it_is_wrong() -> None:
    marks = Marks(floor_ns=NOW_NS)
    assert not watch(FakeProbe(kept_by="rtc", utc_ns=NOW_NS - 3600 * SECOND_NS), marks=marks).trust.trusted
    assert watch(FakeProbe(kept_by="rtc", utc_ns=NOW_NS - 59 * SECOND_NS), marks=marks).trust.trusted
    assert watch(FakeProbe(kept_by="rtc", utc_ns=NOW_NS), marks=marks).trust.trusted


def test_it_comes_back_by_itself() -> None:
    probe = FakeProbe(utc_ns=LATE_1970_NS)
    made = watch(probe)
    assert not made.trust.trusted
    probe.passes(1)
    assert not made.look(), "nothing has changed"
    probe.be(utc_ns=NOW_NS, is_synced=True)
    assert made.look()
    assert (made.trust.trusted, made.trust.source, made.trust.reason) == (True, "ntp", "")


def test_a_server_that_is_lost_leaves_a_clock_that_is_right() -> None:
    probe = FakeProbe(synced=True)
    made = watch(probe, ClockBelief.NETWORK)
    probe.be(is_synced=False, error_ns=None)
    probe.passes(7 * 24 * 3600)
    assert not made.look()
    assert made.trust.trusted
    assert not made.is_synced


@pytest.mark.parametrize("step", [-3600.0, 3600.0, 1.5, -1.5])
def test_a_clock_that_is_set_without_a_server_has_nobody_to_vouch_for_it(step: float) -> None:
    probe = FakeProbe(synced=True)
    made = watch(probe, ClockBelief.NETWORK)
    probe.be(is_synced=False)
    probe.passes(10, step)
    assert made.look()
    assert not made.trust.trusted
    probe.passes(10, -step)
    made.look()
    assert not made.trust.trusted, "set back again by hand is no better"
    probe.be(is_synced=True)
    assert made.look()
    assert made.trust.trusted


def test_a_server_may_set_the_clock() -> None:
    probe = FakeProbe(synced=True)
    made = watch(probe, ClockBelief.NETWORK)
    probe.passes(1, 3600)
    assert made.look(), "the clocks moved against each other"
    assert made.trust.trusted
    probe.passes(1, -30)
    made.look()
    assert made.trust.trusted, "a little back"


def test_what_an_earlier_run_of_this_boot_knew_still_holds() -> None:
    marks = Marks(NOW_NS - 10 * SECOND_NS, (NOW_NS - 10 * SECOND_NS, UP_NS - 10 * SECOND_NS))
    assert watch(FakeProbe(), ClockBelief.NETWORK, marks).trust.source == "ntp"
    stepped = Marks(NOW_NS - 10 * SECOND_NS, (NOW_NS - 10 * SECOND_NS, UP_NS - 20 * SECOND_NS))
    assert not watch(FakeProbe(), ClockBelief.NETWORK, stepped).trust.trusted


def test_a_clock_that_is_set_is_a_change_and_one_that_is_slewed_is_none() -> None:
    probe = FakeProbe(kept_by="rtc")
    made = watch(probe)
    probe.passes(100, 0.002)
    assert not made.look()
    probe.passes(1, 5)
    assert made.look()
    probe.passes(1)
    assert not made.look()


def test_time_that_passes_changes_nothing() -> None:
    probe = FakeProbe(synced=True)
    made = watch(probe)
    for _ in range(5):
        probe.passes(1)
        probe.be(error_ns=1)
        assert not made.look()
    assert made.trust.floor_ns == NOW_NS + 5 * SECOND_NS


def test_the_thread_tells_of_changes_and_outlives_errors() -> None:
    probe, told = FakeProbe(), queue.SimpleQueue[bool]()
    probe.error = OSError("no such thing")
    made = ClockWatch(probe, ClockBelief.RTC, RELEASED_NS, Marks(), lambda: told.put(made.trust.trusted), each_s=0.001)
    made.start()
    probe.error = None
    assert told.get(timeout=10) is False
    probe.be(kept_by="rtc")
    assert told.get(timeout=10) is True
    made.stop()


def test_this_host_answers() -> None:
    clock = SystemClock()
    before_ns = clock.boottime_ns()
    reading = HostProbe(clock).read()
    assert before_ns <= reading.boot_ns <= clock.boottime_ns()
    assert abs(reading.utc_ns - clock.utc_ns()) < 3600 * SECOND_NS
    assert (reading.error_ns is None) is not reading.is_synced


@pytest.mark.parametrize(
    ("rtc", "sources", "kept_by"),
    [
        (True, "tsc\n", "rtc"),
        (False, "tsc kvm-clock\n", "host"),
        (False, "tsc acpi_pm\n", ""),
        (False, None, ""),
    ],
)
def test_what_ran_while_the_host_was_off(tmp_path: Path, rtc: bool, sources: str | None, kept_by: str) -> None:
    if rtc:
        (tmp_path / "class/rtc/rtc0").mkdir(parents=True)
    if sources is not None:
        folder = tmp_path / "devices/system/clocksource/clocksource0"
        folder.mkdir(parents=True)
        (folder / "available_clocksource").write_text(sources)
    assert HostProbe(SystemClock(), tmp_path).read().kept_by == kept_by
