"""What every driver must do, as checks that any test framework can run.

With pytest::

    @pytest.mark.parametrize("check", driver_contract(SPEC, {"host": "127.0.0.1"}, Size(16, 8)), ids=str)
    def test_contract(check):
        check()

The options must lead to a device, or a stand-in of one, that works while the checks run.
"""

import time
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
from pydantic import ValidationError

from playout.driver import Capabilities, DriverSpec, FrameSink, Sent
from playout.errors import DriverError
from playout.model.frame import Frame, Size
from playout.testing.io_watch import watch_io

__all__ = ["Check", "ContractBroken", "driver_contract"]

_FPS = 50
_FAR_AHEAD_NS = 5_000_000_000
_AT_ONCE_NS = 1_000_000_000
_Result = TypeVar("_Result")


class ContractBroken(AssertionError):
    """A driver does not do what the player counts on."""


@dataclass(frozen=True, slots=True)
class Bench:
    """Builds fresh sinks of one driver and calls them; only our errors may come out of a sink."""

    spec: DriverSpec
    options: Mapping[str, Any]
    size: Size

    def make(self, is_urgent: Callable[[], bool] = lambda: False) -> FrameSink:
        """A sink, not opened."""
        return self.spec.make(self.spec.options.model_validate(dict(self.options)), self.size, _FPS, is_urgent)

    @contextmanager
    def opened(self, is_urgent: Callable[[], bool] = lambda: False) -> Generator[FrameSink]:
        """A sink that is open inside the block."""
        sink = self.make(is_urgent)
        self.open(sink)
        try:
            yield sink
        finally:
            self.close(sink)

    def open(self, sink: FrameSink) -> Capabilities:
        """Opens, which must succeed."""
        return _works("open()", sink.open)

    def show(self, sink: FrameSink, frame: Frame, due_ns: int | None = None) -> Sent:
        """Shows a frame due now, which must succeed."""
        return _works("show()", lambda: sink.show(frame, time.monotonic_ns() if due_ns is None else due_ns))

    def close(self, sink: FrameSink) -> None:
        """Closes, which must always succeed."""
        _works("close()", sink.close)

    def frame(self, tick: int, *, urgent: bool = False) -> Frame:
        """A read-only frame whose every pixel differs with the tick."""
        shape = (self.size.height, self.size.width, 3)
        pixels = np.random.default_rng(tick).integers(0, 256, shape, np.uint8)
        pixels.flags.writeable = False
        return Frame(tick, 0, pixels, urgent)


@dataclass(frozen=True, slots=True)
class Check:
    """One promise of a driver; calling it raises ContractBroken if the driver does not keep it."""

    promise: Callable[[Bench], None]
    bench: Bench

    def __call__(self) -> None:
        """Runs the check. Raises: ContractBroken."""
        self.promise(self.bench)

    def __str__(self) -> str:
        return self.promise.__name__.lstrip("_")


def driver_contract(spec: DriverSpec, options: Mapping[str, Any], size: Size) -> list[Check]:
    """The checks of a driver with these options and a wire picture of this size."""
    return [Check(promise, Bench(spec, options, size)) for promise in _PROMISES]


def _refuses_unknown_options(bench: Bench) -> None:
    try:
        bench.spec.options.model_validate({**bench.options, "no_driver_has_this_option": 1})
    except ValidationError:
        return
    raise ContractBroken("the options take an unknown key; set extra='forbid'")


def _constructor_does_no_io(bench: Bench) -> None:
    with watch_io() as heard:
        bench.make()
    _must(not heard, f"building the sink does input or output ({', '.join(sorted(set(heard)))}); move it to open()")


def _close_before_open_is_harmless(bench: Bench) -> None:
    bench.close(bench.make())


def _capabilities_are_sane(bench: Bench) -> None:
    sink = bench.make()
    can = bench.open(sink)
    bench.close(sink)
    _must(can.size == bench.size, f"capabilities.size is {can.size}, not {bench.size}")
    _must(can.max_fps > 0, f"capabilities.max_fps is {can.max_fps}, not above 0")
    _must(can.keep_alive_ns >= 0, f"capabilities.keep_alive_ns is {can.keep_alive_ns}, below 0")


def _show_says_what_was_sent(bench: Bench) -> None:
    with bench.opened() as sink:
        for tick in (0, 1, 2**40):
            before_ns = time.monotonic_ns()
            sent = bench.show(sink, bench.frame(tick))
            ordered = before_ns <= sent.first_ns <= sent.last_ns <= time.monotonic_ns()
            _must(sent.tick == tick, f"show() of tick {tick} answers with tick {sent.tick}")
            _must(ordered, f"show() answers with instants that are not monotonic ns of the call: {sent}")
            _must(sent.packets >= 0 and sent.bytes >= 0, f"show() answers with less than nothing: {sent}")
            _must(not sent.abandoned, "show() abandons a frame though no urgent one waits")


def _same_frame_may_come_twice(bench: Bench) -> None:
    frame = bench.frame(5)
    with bench.opened() as sink:
        ticks = [bench.show(sink, frame).tick for _ in range(2)]
    _must(ticks == [5, 5], f"show() of tick 5, twice, answers with ticks {ticks}")


def _pixels_stay_as_they_are(bench: Bench) -> None:
    frame = bench.frame(6)
    before = frame.pixels.copy()
    with bench.opened() as sink:
        bench.show(sink, frame)
    _must(np.array_equal(frame.pixels, before), "show() changes the pixels of the frame")


def _gives_way_to_an_urgent_frame(bench: Bench) -> None:
    with bench.opened(is_urgent=lambda: True) as sink:
        start_ns = time.monotonic_ns()
        bench.show(sink, bench.frame(7), start_ns + _FAR_AHEAD_NS)
        took_ns = time.monotonic_ns() - start_ns
        urgent = bench.show(sink, bench.frame(8, urgent=True))
    _must(took_ns < _AT_ONCE_NS, f"show() takes {took_ns / 1e9:.1f} s though an urgent frame waits")
    _must(not urgent.abandoned, "an urgent frame is abandoned for another, so that neither would ever be whole")


def _sends_a_late_frame(bench: Bench) -> None:
    with bench.opened() as sink:
        sent = bench.show(sink, bench.frame(9), due_ns=1)
    _must(not sent.abandoned, "show() abandons a frame because it is late")


def _blank_can_be_shown(bench: Bench) -> None:
    with bench.opened() as sink:
        for tick in (10, 11):
            _works("blank()", sink.blank)
            bench.show(sink, bench.frame(tick))


def _opens_again_for_ever(bench: Bench) -> None:
    sink = bench.make()
    for tick in range(3):
        bench.open(sink)
        bench.show(sink, bench.frame(tick))
        bench.close(sink)
        bench.close(sink)


def _opens_anew_when_open(bench: Bench) -> None:
    with bench.opened() as sink:
        bench.open(sink)
        bench.show(sink, bench.frame(12))


def _says_that_it_is_closed(bench: Bench) -> None:
    sink = bench.make()
    for _ in range(2):
        for name, call in (("show()", lambda: sink.show(bench.frame(13), 0)), ("blank()", sink.blank)):
            try:
                call()
            except DriverError:
                continue
            except Exception as error:
                raise ContractBroken(f"{name} on a closed sink lets {_named(error)} out; raise LinkError") from error
            raise ContractBroken(f"{name} on a closed sink does nothing; raise LinkError")
        bench.open(sink)
        bench.close(sink)


_PROMISES = (
    _refuses_unknown_options,
    _constructor_does_no_io,
    _close_before_open_is_harmless,
    _capabilities_are_sane,
    _show_says_what_was_sent,
    _same_frame_may_come_twice,
    _pixels_stay_as_they_are,
    _gives_way_to_an_urgent_frame,
    _sends_a_late_frame,
    _blank_can_be_shown,
    _opens_again_for_ever,
    _opens_anew_when_open,
    _says_that_it_is_closed,
)


def _must(holds: bool, otherwise: str) -> None:
    if not holds:
        raise ContractBroken(otherwise)


def _works(name: str, call: Callable[[], _Result]) -> _Result:
    """What the call returns. Raises: ContractBroken if it raises anything, and says whether that was ours to raise."""
    try:
        return call()
    except DriverError as error:
        raise ContractBroken(f"{name} fails: {error}; the options must lead to a device that works") from error
    except Exception as error:
        raise ContractBroken(f"{name} lets {_named(error)} out; map it to one of playout.errors") from error


def _named(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"
