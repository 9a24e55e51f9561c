"""Keeps the last frames in memory, and on request writes a line about each to a journal."""

import zlib
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Annotated, TextIO

import numpy as np
from annotated_types import Ge, Le

from playout.driver import Capabilities, DriverSpec, Grade, Latch, Options, Sent
from playout.errors import LinkError
from playout.link.pace import MonotonicPace, Pace
from playout.model.frame import Frame, Size

__all__ = ["SPEC", "MemoryOptions", "MemorySink"]


class MemoryOptions(Options):
    """Settings of a memory screen."""

    keep: Annotated[int, Ge(1), Le(10_000)] = 4
    """How many of the last frames are kept."""
    journal: Path | None = None
    """File to which each frame adds the line `tick due_ns crc32` (due in UTC ns, CRC-32 of the pixels in hex)."""


class MemorySink:
    """Shows nothing; `frames` holds copies of the last ones."""

    def __init__(self, options: MemoryOptions, size: Size, pace: Pace) -> None:
        self.frames: deque[Frame] = deque(maxlen=options.keep)
        self._path = options.journal
        self._size = size
        self._pace = pace
        self._is_open = False
        self._journal: TextIO | None = None

    def open(self) -> Capabilities:
        """Opens the journal. Raises: LinkError if it cannot be written."""
        self.close()
        if self._path is not None:
            try:
                self._journal = self._path.open("a", encoding="ascii")
            except OSError as error:
                raise LinkError(
                    f"the journal {self._path} cannot be written: {error.strerror}", hint="check its folder and owner"
                ) from error
        self._is_open = True
        return Capabilities(
            size=self._size,
            colour_order=None,
            max_fps=float("inf"),
            latch=Latch.NONE,
            keep_alive_ns=0,
            holds_last_frame=True,
        )

    def show(self, frame: Frame, due_ns: int) -> Sent:  # noqa: ARG002 -- nothing to pace
        """Keeps a copy of the frame. Raises: LinkError when closed or if the journal cannot be written."""
        self._check_open()
        first_ns = self._pace.now_ns()
        self.frames.append(replace(frame, pixels=frame.pixels.copy()))
        if self._journal is not None:
            try:
                self._journal.write(f"{frame.tick} {frame.due_ns} {zlib.crc32(frame.pixels.data):08x}\n")
                self._journal.flush()
            except OSError as error:
                raise LinkError(f"the journal {self._path} is lost: {error.strerror}", hint="free the disk") from error
        return Sent(frame.tick, 1, frame.pixels.nbytes, first_ns, self._pace.now_ns())

    def blank(self) -> None:
        """Keeps a black frame, which is no tick and so not in the journal. Raises: LinkError when closed."""
        self._check_open()
        self.frames.append(Frame(-1, 0, np.zeros((self._size.height, self._size.width, 3), np.uint8)))

    def close(self) -> None:
        """Closes the journal; the frames stay."""
        self._is_open = False
        if self._journal is not None:
            with suppress(OSError):
                self._journal.close()
            self._journal = None

    def _check_open(self) -> None:
        if not self._is_open:
            raise LinkError("the memory sink is closed", hint="open it first")


def _make(options: MemoryOptions, size: Size, _fps: int, _is_urgent: Callable[[], bool]) -> MemorySink:
    return MemorySink(options, size, MonotonicPace())


SPEC = DriverSpec(
    name="memory",
    summary="keeps the last frames in memory, for tests",
    grade=Grade.STAND_IN,
    evidence="there is no device; its journal is read by another process",
    options=MemoryOptions,
    make=_make,
)
