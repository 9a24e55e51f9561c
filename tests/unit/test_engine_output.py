"""The output: whatever a driver does, its thread goes on and opens it again."""

import threading
from collections.abc import Callable, Generator

import numpy as np
import pytest
from engine_stage import NOW_NS, SECOND_NS, SIZE, RunningClock

from playout.driver import Capabilities, FrameSink, Latch, Sent
from playout.engine.output import Output
from playout.errors import LinkError
from playout.model.frame import ColourOrder, Frame
from playout.model.panel import Screen
from playout.model.snapshot import LinkState

SCREEN = Screen("main", "odd")
WAIT_S = 10


def frame(tick: int) -> Frame:
    return Frame(tick, tick, np.zeros((SIZE.height, SIZE.width, 3), np.uint8))


class OddSink:
    """Raises what it is given, once each; tells when it has shown something."""

    def __init__(self, at_open: list[BaseException], at_show: list[BaseException], order: ColourOrder | None) -> None:
        self.at_open, self.at_show, self.order = at_open, at_show, order
        self.opened, self.ticks, self.shown = 0, list[int](), threading.Event()
        self.cut_short: set[int] = set()

    def open(self) -> Capabilities:
        self.opened += 1
        if self.at_open:
            raise self.at_open.pop(0)
        return Capabilities(SIZE, self.order, 1000.0, Latch.NONE, 0, True)

    def show(self, frame: Frame, due_ns: int) -> Sent:
        if self.at_show:
            raise self.at_show.pop(0)
        self.ticks.append(frame.tick)
        self.shown.set()
        return Sent(frame.tick, 1, 1, 5, 7 * SECOND_NS, frame.tick in self.cut_short)

    def blank(self) -> None: ...

    def close(self) -> None:
        raise RuntimeError("a promise broken")


@pytest.fixture
def make() -> Generator[Callable[..., tuple[Output, OddSink]], None, None]:
    made: list[Output] = []

    def make(
        at_open: list[BaseException] | None = None, at_show: list[BaseException] | None = None
    ) -> tuple[Output, OddSink]:
        sink = OddSink(at_open or [], at_show or [], None)
        offered: FrameSink = sink
        made.append(Output(SCREEN, lambda _: offered, RunningClock()))
        return made[-1], sink

    yield make
    for output in made:
        output.stop()


@pytest.mark.parametrize("where", ["at_open", "at_show"])
@pytest.mark.parametrize(
    "error", [LinkError("gone"), ZeroDivisionError("odd"), SystemExit(1), MemoryError(), AssertionError()]
)
def test_a_driver_that_fails_is_opened_again_however_it_fails(
    make: Callable[..., tuple[Output, OddSink]], where: str, error: BaseException
) -> None:
    output, sink = make(**{where: [error, error]})
    output.put(frame(1), 0)
    output.start()
    while not sink.shown.wait(0.01):
        output.put(frame(2), 0)  # what was taken when it failed is lost, as it is on a wire
        assert output.turned_ns < 10**6 * 10**9, "it never came back"
    output.stop()
    assert sink.opened == 3
    assert output.health.state is LinkState.UP
    assert output.health.reopened == 2
    assert output.health.detail == ""


def test_what_went_wrong_is_said_with_a_remedy(make: Callable[..., tuple[Output, OddSink]]) -> None:
    error = KeyError("colour")
    output, sink = make(at_open=[error] * 10_000)
    output.start()
    while output.health.state is not LinkState.DOWN:
        assert output.turned_ns < 10**6 * 10**9
    assert output.health.detail.startswith("the driver odd failed: KeyError: 'colour' (give the log to")
    output.stop()
    assert not sink.shown.is_set()


def test_only_the_newest_frame_waits(make: Callable[..., tuple[Output, OddSink]]) -> None:
    output, sink = make()
    for tick in range(5):
        output.put(frame(tick), 0)
    output.start()
    assert sink.shown.wait(WAIT_S)
    output.stop()
    assert sink.ticks[0] == 4


def aired(output: Output) -> list[tuple[str, int]]:
    return [(each.claim, each.tick) for each in output.health.aired]


def wait_for(output: Output, count: int) -> None:
    while len(output.health.aired) < count:
        assert output.turned_ns < 10**6 * SECOND_NS


def test_when_a_claim_came_on_air_is_told_in_utc(make: Callable[..., tuple[Output, OddSink]]) -> None:
    output, _ = make()
    output.put(frame(1), 0, "alarm")
    output.put(frame(2), 0)  # the picture of the same claim, a tick later, took its place
    output.start()
    wait_for(output, 1)
    (told,) = output.health.aired
    assert (told.claim, told.tick) == ("alarm", 2)
    assert NOW_NS - 100 * SECOND_NS < told.sent_ns < NOW_NS + 7 * SECOND_NS
    output.put(frame(3), 0)
    output.put(frame(4), 0, "next")
    wait_for(output, 2)
    assert aired(output) == [("alarm", 2), ("next", 4)]


def test_a_claim_has_come_on_air_when_a_whole_frame_of_it_went_out(
    make: Callable[..., tuple[Output, OddSink]],
) -> None:
    output, sink = make(at_show=[LinkError("gone")])
    sink.cut_short.add(2)
    output.put(frame(1), 0, "alarm")
    output.start()
    for tick in (2, 3):
        while tick not in sink.ticks:
            output.put(frame(tick), 0)
    wait_for(output, 1)
    assert aired(output) == [("alarm", 3)]


def test_a_claim_that_never_went_out_is_not_told_of(make: Callable[..., tuple[Output, OddSink]]) -> None:
    output, _ = make()
    output.put(frame(1), 0, "first")
    output.put(frame(2), 0, "second")
    output.start()
    wait_for(output, 1)
    assert aired(output) == [("second", 2)]
