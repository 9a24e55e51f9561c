"""HDMI on a virtual display whose framebuffer is a file: the picture in it equals the frame exactly."""

import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from virtual_display import Display, start_display

from playout.driver import Latch
from playout.errors import LinkError
from playout.link.pace import MonotonicPace
from playout.model.frame import ColourOrder, Frame, Size
from playout_drivers.hdmi.driver import HdmiOptions, HdmiSink

SIZE = Size(672, 480)
DESKTOP = Size(800, 600)


@pytest.fixture
def display(tmp_path: Path) -> Iterator[Display]:
    started = start_display(tmp_path / "x11", DESKTOP)
    yield started
    started.stop()


def shown(display: Display, at: tuple[int, int], expected: np.ndarray) -> bool:
    """Whether the picture stands there; the server draws after the window's process was answered."""
    x, y = at
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        if np.array_equal(display.picture()[y : y + SIZE.height, x : x + SIZE.width], expected):
            return True
        time.sleep(0.02)
    return False


def show_until_it_fails(sink: HdmiSink) -> None:
    """What was written to a dead server before it is noticed may still seem to go well."""
    for tick in range(2, 10):
        sink.show(frame(tick), 0)


MakeSink = Callable[..., HdmiSink]


@pytest.fixture
def make_sink() -> Iterator[MakeSink]:
    with ExitStack() as stack:

        def make(environment: Mapping[str, str], **options: object) -> HdmiSink:
            sink = HdmiSink(HdmiOptions.model_validate(options), SIZE, environment, MonotonicPace())
            stack.callback(sink.close)
            return sink

        yield make


def frame(tick: int) -> Frame:
    return Frame(tick, 0, np.random.default_rng(tick).integers(0, 256, (SIZE.height, SIZE.width, 3), np.uint8))


@pytest.mark.parametrize("options", [{}, {"x": 100, "y": 60}, {"x": 128, "y": 120, "fullscreen": True}])
def test_desktop_holds_the_frame_exactly_and_black_around_it(
    make_sink: MakeSink, display: Display, options: dict[str, int]
):
    sink = make_sink(display.environment, **options)
    capabilities = sink.open()
    assert (capabilities.size, capabilities.colour_order, capabilities.latch) == (SIZE, ColourOrder.RGB, Latch.NONE)
    at = (options.get("x", 0), options.get("y", 0))
    for tick in range(5):
        picture = frame(tick)
        assert sink.show(picture, 0).tick == tick
        assert shown(display, at, picture.pixels)
    around = display.picture()
    around[at[1] : at[1] + SIZE.height, at[0] : at[0] + SIZE.width] = 0
    assert not around.any()
    sink.blank()
    assert shown(display, at, np.zeros_like(picture.pixels))


def test_death_of_the_display_server_is_a_lost_link(make_sink: MakeSink, display: Display, tmp_path: Path):
    sink = make_sink(display.environment)
    sink.open()
    sink.show(frame(1), 0)
    display.stop()
    with pytest.raises(LinkError, match="the window"):
        show_until_it_fails(sink)
    with pytest.raises(LinkError, match="no display found"):
        sink.open()
    again = start_display(tmp_path / "again", DESKTOP, display.name)
    try:
        sink.open()
        picture = frame(20)
        sink.show(picture, 0)
        assert shown(again, (0, 0), picture.pixels)
    finally:
        again.stop()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"x": 200}, "does not fit display 0 of 800 x 600 px"),
        ({"display": 3}, "display 3 is not there, 1 are"),
        ({"video_driver": "kmsdrm"}, "no display found"),
        ({"video_driver": "wayland"}, "no display found"),
    ],
)
def test_a_place_that_is_not_there_is_named(
    make_sink: MakeSink, display: Display, options: dict[str, Any], message: str
):
    sink = make_sink(display.environment, **options)
    with pytest.raises(LinkError, match=message):
        sink.open()


def test_without_a_display_it_says_what_to_do(make_sink: MakeSink):
    sink = make_sink({})
    with pytest.raises(LinkError, match=r"no display found.*connect one and set DISPLAY"):
        sink.open()
    with pytest.raises(LinkError, match="the window is closed"):
        sink.show(frame(1), 0)


def test_a_server_that_does_not_answer_is_a_lost_link(make_sink: MakeSink):
    sink = make_sink({**os.environ, "DISPLAY": ":9999"})
    with pytest.raises(LinkError, match="no display found: x11 not available"):
        sink.open()


def test_end_of_the_window_alone_is_a_lost_link(make_sink: MakeSink, display: Display):
    sink = make_sink(display.environment)
    sink.open()
    (window,) = (
        int(pid)
        for pid in Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
        if b"playout_drivers.hdmi.window" in Path(f"/proc/{pid}/cmdline").read_bytes()
    )
    os.kill(window, 9)
    with pytest.raises(LinkError, match="the window"):
        sink.show(frame(1), 0)
    sink.open()
    sink.show(frame(2), 0)
