"""Writes every n-th frame as a PNG file into a folder and keeps the newest."""

from collections import deque
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Annotated

import numpy as np
from annotated_types import Ge, Le
from PIL import Image

from playout.driver import Capabilities, DriverSpec, Grade, Latch, Options, Sent
from playout.errors import LinkError
from playout.link.pace import MonotonicPace, Pace
from playout.model.frame import ColourOrder, Frame, Pixels, Size

__all__ = ["SPEC", "PngOptions", "PngSink"]


class PngOptions(Options):
    """Settings of a picture screen."""

    folder: Path
    """Where the pictures go; it is created."""
    every: Annotated[int, Ge(1), Le(1_000_000)] = 60
    """Writes one frame of so many."""
    keep: Annotated[int, Ge(1), Le(100_000)] = 10
    """How many of the newest pictures stay."""


class PngSink:
    """Pictures named by tick, `frame-000000000042.png`; a file that is there is whole."""

    def __init__(self, options: PngOptions, size: Size, pace: Pace) -> None:
        self._options = options
        self._size = size
        self._pace = pace
        self._is_open = False
        self._shown = 0
        self._kept: deque[Path] = deque()

    def open(self) -> Capabilities:
        """Creates the folder and counts the pictures of earlier runs. Raises: LinkError."""
        try:
            self._options.folder.mkdir(parents=True, exist_ok=True)
            earlier = sorted(self._options.folder.glob("frame-*.png"), key=lambda path: path.stat().st_mtime_ns)
        except OSError as error:
            raise self._lost(error) from error
        self._kept = deque(earlier)
        self._shown = 0
        self._is_open = True
        return Capabilities(
            size=self._size,
            colour_order=ColourOrder.RGB,
            max_fps=float("inf"),
            latch=Latch.NONE,
            keep_alive_ns=0,
            holds_last_frame=True,
        )

    def show(self, frame: Frame, due_ns: int) -> Sent:  # noqa: ARG002 - a file has no instant
        """Writes the frame if it is its turn. Raises: LinkError."""
        self._check_open()
        first_ns = self._pace.now_ns()
        written = 0
        if self._shown % self._options.every == 0:
            written = self._write(f"frame-{frame.tick:012d}.png", frame.pixels)
        self._shown += 1
        return Sent(frame.tick, int(written > 0), written, first_ns, self._pace.now_ns())

    def blank(self) -> None:
        """Writes a black picture, `frame-blank.png`. Raises: LinkError."""
        self._check_open()
        self._write("frame-blank.png", np.zeros((self._size.height, self._size.width, 3), np.uint8))

    def close(self) -> None:
        """Stops writing; the pictures stay."""
        self._is_open = False

    def _write(self, name: str, pixels: Pixels) -> int:
        """Writes one picture whole or not at all, removes the oldest, and returns the size of the file in bytes."""
        path = self._options.folder / name
        part = path.with_suffix(".part")
        try:
            Image.fromarray(pixels).save(part, format="PNG", compress_level=1)
            part.replace(path)
            written = path.stat().st_size
        except OSError as error:
            with suppress(OSError):
                part.unlink(missing_ok=True)
            raise self._lost(error) from error
        if path in self._kept:
            self._kept.remove(path)
        self._kept.append(path)
        while len(self._kept) > self._options.keep:
            with suppress(OSError):
                self._kept.popleft().unlink(missing_ok=True)
        return written

    def _check_open(self) -> None:
        if not self._is_open:
            raise LinkError(f"png {self._options.folder} is closed", hint="open it first")

    def _lost(self, error: OSError) -> LinkError:
        return LinkError(
            f"png {self._options.folder} cannot be written: {error.strerror}",
            hint="check that the folder exists, belongs to the player and has room",
        )


def _make(options: PngOptions, size: Size, _fps: int, _is_urgent: Callable[[], bool]) -> PngSink:
    return PngSink(options, size, MonotonicPace())


SPEC = DriverSpec(
    name="png",
    summary="every n-th frame as a PNG file",
    grade=Grade.INDEPENDENT,
    evidence="Pillow 13 reads the files back, equal to the frame; there is no device",
    options=PngOptions,
    make=_make,
)
