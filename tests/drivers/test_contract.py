"""The driver contract: every driver keeps it, and each broken promise is caught."""

import socket
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel
from virtual_display import start_display

import playout_drivers.ddp.driver as ddp
import playout_drivers.hdmi.driver as hdmi
import playout_drivers.memory.driver as memory
import playout_drivers.png.driver as png
from playout.driver import Capabilities, DriverSpec, FrameSink, Sent
from playout.errors import LinkError
from playout.model.frame import Frame, Size
from playout.testing.driver_contract import Check, ContractBroken, driver_contract
from playout.testing.io_watch import watch_io

SIZE = Size(32, 16)
NAMES = [str(check) for check in driver_contract(memory.SPEC, {}, SIZE)]


def checks(spec: DriverSpec, options: dict[str, Any]) -> dict[str, Check]:
    return {str(check): check for check in driver_contract(spec, options, SIZE)}


@pytest.mark.parametrize("name", NAMES)
def test_memory_keeps_the_contract(name: str, tmp_path: Path):
    checks(memory.SPEC, {"journal": str(tmp_path / "journal")})[name]()


@pytest.mark.parametrize("name", NAMES)
def test_png_keeps_the_contract(name: str, tmp_path: Path):
    checks(png.SPEC, {"folder": str(tmp_path), "every": 1})[name]()


@pytest.mark.parametrize("name", NAMES)
def test_ddp_keeps_the_contract(name: str):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as receiver:
        receiver.bind(("127.0.0.1", 0))
        host, port = receiver.getsockname()
        checks(ddp.SPEC, {"host": host, "port": port})[name]()


@pytest.fixture(scope="module")
def display(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    started = start_display(tmp_path_factory.mktemp("x11") / "frame", Size(64, 48))
    yield started.name
    started.stop()


@pytest.mark.parametrize("name", NAMES)
def test_hdmi_keeps_the_contract(name: str, display: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("DISPLAY", display)
    checks(hdmi.SPEC, {})[name]()


class Loose(BaseModel):
    """Takes any key."""


class Bad(memory.MemorySink):
    """A sink that keeps the contract; each child breaks one promise."""


class Writes(Bad):
    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        Path("/dev/null").read_bytes()


class ClosesLoudly(Bad):
    def close(self) -> None:
        raise OSError("already closed")


class WrongSize(Bad):
    def open(self) -> Capabilities:
        return replace(super().open(), size=Size(1, 1))


class WrongTick(Bad):
    def show(self, frame: Frame, due_ns: int) -> Sent:
        return replace(super().show(frame, due_ns), tick=0)


class WrongClock(Bad):
    def show(self, frame: Frame, due_ns: int) -> Sent:
        return replace(super().show(frame, due_ns), first_ns=0)


class Draws(Bad):
    def show(self, frame: Frame, due_ns: int) -> Sent:
        frame.pixels.flags.writeable = True
        frame.pixels[:] = 0
        return super().show(frame, due_ns)


class Waits(Bad):
    def show(self, frame: Frame, due_ns: int) -> Sent:
        time.sleep(max(0, min(1.1, (due_ns - time.monotonic_ns()) / 1e9)))
        return super().show(frame, due_ns)


class Hasty(Bad):
    def show(self, frame: Frame, due_ns: int) -> Sent:
        return replace(super().show(frame, due_ns), abandoned=frame.urgent)


class Strict(Bad):
    def show(self, frame: Frame, due_ns: int) -> Sent:
        return replace(super().show(frame, due_ns), abandoned=due_ns < time.monotonic_ns() - 10**9)


class Leaks(Bad):
    def blank(self) -> None:
        raise ConnectionResetError("gone")


class Once(Bad):
    times = 0

    def open(self) -> Capabilities:
        self.times += 1
        if self.times > 1:
            raise LinkError("only once")
        return super().open()


class Silent(Bad):
    def blank(self) -> None:
        pass


def spec_of(kind: Callable[..., FrameSink]) -> DriverSpec:
    def make(options: memory.MemoryOptions, size: Size, _fps: int, _is_urgent: Callable[[], bool]) -> FrameSink:
        return kind(options, size, memory.MonotonicPace())

    return replace(memory.SPEC, make=make)


@pytest.mark.parametrize("name", NAMES)
def test_the_sink_that_the_bad_ones_are_made_of_is_good(name: str):
    checks(spec_of(Bad), {})[name]()


@pytest.mark.parametrize(
    ("kind", "caught_by", "message"),
    [
        (Writes, "constructor_does_no_io", r"input or output \(open\)"),
        (ClosesLoudly, "close_before_open_is_harmless", "lets OSError: already closed out"),
        (WrongSize, "capabilities_are_sane", "capabilities.size"),
        (WrongTick, "show_says_what_was_sent", "answers with tick 0"),
        (WrongTick, "same_frame_may_come_twice", "answers with ticks"),
        (WrongClock, "show_says_what_was_sent", "not monotonic ns"),
        (Draws, "pixels_stay_as_they_are", "changes the pixels"),
        (Waits, "gives_way_to_an_urgent_frame", "though an urgent frame waits"),
        (Hasty, "gives_way_to_an_urgent_frame", "neither would ever be whole"),
        (Strict, "sends_a_late_frame", "because it is late"),
        (Leaks, "blank_can_be_shown", "lets ConnectionResetError: gone out"),
        (Once, "opens_again_for_ever", "fails: only once"),
        (Once, "opens_anew_when_open", "fails: only once"),
        (Silent, "says_that_it_is_closed", "does nothing; raise LinkError"),
        (Leaks, "says_that_it_is_closed", "lets ConnectionResetError: gone out"),
    ],
)
def test_a_broken_promise_is_caught(kind: Callable[..., FrameSink], caught_by: str, message: str):
    with pytest.raises(ContractBroken, match=message):
        checks(spec_of(kind), {})[caught_by]()


def test_options_that_take_any_key_are_caught():
    with pytest.raises(ContractBroken, match="unknown key"):
        checks(replace(memory.SPEC, options=Loose), {})["refuses_unknown_options"]()


def test_the_watch_hears_only_inside_its_block(tmp_path: Path):
    with watch_io() as heard:
        (tmp_path / "file").write_text("x")
        with socket.socket():
            pass
    count = len(heard)
    (tmp_path / "file").read_text()
    assert "open" in heard
    assert "socket.__new__" in heard
    assert len(heard) == count
