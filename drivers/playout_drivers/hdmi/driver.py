"""Shows frames one to one in a corner of the desktop, through a window in a process of its own."""

import json
import mmap
import os
import socket
import subprocess
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import numpy as np
from annotated_types import Ge, Le

from playout.driver import Capabilities, DriverSpec, Grade, Latch, Options, Sent
from playout.errors import LinkError
from playout.link.pace import MonotonicPace, Pace
from playout.model.frame import ColourOrder, Frame, Size
from playout_drivers.hdmi.messages import ERROR, FRAME, LONGEST, READY, SHOWN, Placement

__all__ = ["SPEC", "HdmiOptions", "HdmiSink", "VideoDriver"]

_OPEN_TIMEOUT_S = 4.0
_SHOW_TIMEOUT_S = 2.0
"""A display that takes longer than this for one frame hangs."""
_CLOSE_TIMEOUT_S = 2.0
_KEEP_ALIVE_NS = 1_000_000_000
"""Heals what another window left over a still picture, and finds a display server that died."""
_DRM_DEVICES = Path("/dev/dri")


class VideoDriver(StrEnum):
    """SDL's ways to a display. What SDL would choose itself is not used: without a display it draws into nothing."""

    AUTO = "auto"
    X11 = "x11"
    WAYLAND = "wayland"
    KMSDRM = "kmsdrm"


class HdmiOptions(Options):
    """Settings of an HDMI screen."""

    display: Annotated[int, Ge(0), Le(15)] = 0
    """Which display, counted from 0 as the system does."""
    x: Annotated[int, Ge(0), Le(32767)] = 0
    """Columns between the left edge of the display and the picture."""
    y: Annotated[int, Ge(0), Le(32767)] = 0
    """Rows between its top edge and the picture."""
    fullscreen: bool = False
    """Whether the rest of the display is made black."""
    video_driver: VideoDriver = VideoDriver.AUTO
    """Way to the display; `auto` takes the first of x11, wayland and kmsdrm that is there."""
    vsync: bool = False
    """Whether frames wait for the display's vertical blanking; takes a graphics driver that can."""


class HdmiSink:
    """One window. `environment` is what its process is started with."""

    def __init__(self, options: HdmiOptions, size: Size, environment: Mapping[str, str], pace: Pace) -> None:
        self._options = options
        self._size = size
        self._environment = environment
        self._pace = pace
        self._process: subprocess.Popen[bytes] | None = None
        self._channel: socket.socket | None = None
        self._memory: mmap.mmap | None = None

    def open(self) -> Capabilities:
        """Starts the window and waits until it stands. Raises: LinkError."""
        self.close()
        ways = _candidates(self._options.video_driver, self._environment)
        try:
            channel = self._start(ways)
        except OSError as error:
            raise self._lost(f"the window cannot be started: {error.strerror}", "free memory or files") from error
        refresh_hz = int(self._answer(channel, READY, _OPEN_TIMEOUT_S))
        vsync = self._options.vsync
        return Capabilities(
            size=self._size,
            colour_order=ColourOrder.RGB,
            max_fps=float(refresh_hz) if vsync and refresh_hz else float("inf"),
            latch=Latch.VSYNC if vsync else Latch.NONE,
            keep_alive_ns=_KEEP_ALIVE_NS,
            holds_last_frame=False,
        )

    def show(self, frame: Frame, due_ns: int) -> Sent:  # noqa: ARG002 - the display has its own beat
        """Hands the frame to the display; waits for its blanking if vsync is set. Raises: LinkError."""
        if self._memory is None or self._channel is None:
            raise LinkError("the window is closed", hint="open it first")
        first_ns = self._pace.now_ns()
        self._memory[:] = frame.pixels.data.cast("B")
        try:
            self._channel.send(FRAME)
        except OSError as error:
            raise self._lost(f"the window is gone: {error.strerror}") from error
        self._answer(self._channel, SHOWN, _SHOW_TIMEOUT_S)
        return Sent(frame.tick, 1, frame.pixels.nbytes, first_ns, self._pace.now_ns())

    def blank(self) -> None:
        """Shows black. Raises: LinkError."""
        self.show(Frame(-1, 0, np.zeros((self._size.height, self._size.width, 3), np.uint8)), 0)

    def close(self) -> None:
        """Takes the window down."""
        if self._channel is not None:
            self._channel.close()
            self._channel = None
        if self._memory is not None:
            self._memory.close()
            self._memory = None
        if self._process is not None:
            try:
                self._process.wait(_CLOSE_TIMEOUT_S)
            except subprocess.TimeoutExpired:
                self._process.kill()
                with suppress(subprocess.TimeoutExpired):
                    self._process.wait(_CLOSE_TIMEOUT_S)
            self._process = None

    def _start(self, ways: tuple[str, ...]) -> socket.socket:
        """Starts the window's process, with the memory of the picture, and returns the way to it. Raises: OSError."""
        options = self._options
        placement = Placement(
            width=self._size.width,
            height=self._size.height,
            display=options.display,
            x=options.x,
            y=options.y,
            fullscreen=options.fullscreen,
            vsync=options.vsync,
            video_drivers=ways,
        )
        mine, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        memory_fd = os.memfd_create("playout-hdmi")
        self._channel = mine
        with theirs, os.fdopen(memory_fd, "r+b") as memory:
            memory.truncate(self._size.width * self._size.height * 3)
            self._memory = mmap.mmap(memory_fd, 0)
            module, passed = "playout_drivers.hdmi.window", (theirs.fileno(), memory_fd)
            self._process = subprocess.Popen(
                [sys.executable, "-m", module, *map(str, passed), json.dumps(asdict(placement))],
                env=dict(self._environment),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                pass_fds=passed,
                start_new_session=True,
            )
        return mine

    def _answer(self, channel: socket.socket, expected: bytes, timeout_s: float) -> bytes:
        """What the window adds to the expected answer. Raises: LinkError, and the window is down then."""
        try:
            channel.settimeout(timeout_s)
            kind, _, rest = channel.recv(LONGEST).partition(b"\n")
        except TimeoutError as error:
            raise self._lost(f"the display did not answer for {timeout_s:.0f} s") from error
        except OSError as error:
            raise self._lost(f"the window is gone: {error.strerror}") from error
        if kind == ERROR:
            message, _, hint = rest.decode(errors="replace").partition("\n")
            raise self._lost(message, hint)
        if kind != expected:
            raise self._lost("the window ended")
        return rest

    def _lost(self, message: str, hint: str = "check the display server and the graphics driver") -> LinkError:
        """Takes the window down and returns what is to be raised."""
        self.close()
        return LinkError(message, hint=hint)


def _candidates(chosen: VideoDriver, environment: Mapping[str, str]) -> tuple[str, ...]:
    """The ways to a display that are worth trying. Raises: LinkError at once if there is none."""
    there = {
        VideoDriver.X11: "DISPLAY" in environment,
        VideoDriver.WAYLAND: "WAYLAND_DISPLAY" in environment,
        VideoDriver.KMSDRM: _DRM_DEVICES.is_dir(),
    }
    found = tuple(way.value for way, is_there in there.items() if is_there and chosen in (way, VideoDriver.AUTO))
    if not found:
        raise LinkError("no display found", hint="connect one and set DISPLAY, or set video_driver")
    return found


def _make(options: HdmiOptions, size: Size, _fps: int, _is_urgent: Callable[[], bool]) -> HdmiSink:
    return HdmiSink(options, size, os.environ, MonotonicPace())


SPEC = DriverSpec(
    name="hdmi",
    summary="a corner of the desktop, for a sending card behind it",
    grade=Grade.STAND_IN,
    evidence="Xvfb 21.1: its framebuffer file equals the frame; kmsdrm, wayland, vsync and sending cards were not seen",
    options=HdmiOptions,
    make=_make,
)
