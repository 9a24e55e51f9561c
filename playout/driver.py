"""What a driver is: the protocol of a frame sink, and the record by which a driver is found.

A driver package offers a `DriverSpec` under the entry-point group `playout.drivers`. It may import this module,
`playout.link`, `playout.model` and `playout.errors`, nothing else of playout.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol

from pydantic import BaseModel, ConfigDict

from playout.model.frame import ColourOrder, Frame, Size

__all__ = ["Capabilities", "DriverSpec", "FrameSink", "Grade", "Latch", "Options", "Sent"]


class Latch(StrEnum):
    """How a panel makes a whole frame visible at once."""

    NONE = "none"
    PUSH = "push"
    SYNC = "sync"
    VSYNC = "vsync"


class Grade(StrEnum):
    """How far a driver has been proved. Never claim more than was seen."""

    INDEPENDENT = "parsed by independent software"
    STAND_IN = "stand-in only"
    HARDWARE = "seen on hardware"


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What an opened sink can do.

    `colour_order` is None where the sink passes on the bytes as they come. `keep_alive_ns` is the longest time a
    still picture may go unsent; 0 asks for every tick.
    """

    size: Size
    colour_order: ColourOrder | None
    max_fps: float
    latch: Latch
    keep_alive_ns: int
    holds_last_frame: bool
    needs_net_raw: bool = False


@dataclass(frozen=True, slots=True)
class Sent:
    """What was handed to the wire: *sent*, never *displayed*. Instants are monotonic ns."""

    tick: int
    packets: int
    bytes: int
    first_ns: int
    last_ns: int
    abandoned: bool = False
    """Whether an urgent frame cut this one short."""


class FrameSink(Protocol):
    """A way for frames to a panel. One thread owns it; the constructor does no I/O."""

    def open(self) -> Capabilities:
        """Opens the way to the panel. Raises: DriverError."""
        ...

    def show(self, frame: Frame, due_ns: int) -> Sent:
        """Sends one frame inside its frame period, paced from `due_ns` (monotonic ns). Raises: DriverError."""
        ...

    def blank(self) -> None:
        """Sends black. Raises: DriverError."""
        ...

    def close(self) -> None:
        """Lets go of the device; never raises, and may be called at any time."""
        ...


class Options(BaseModel):
    """What the options of every driver have in common: a key that it does not know is refused, none changes later."""

    model_config = ConfigDict(extra="forbid", frozen=True)


@dataclass(frozen=True, slots=True)
class DriverSpec:
    """The record by which a driver is found, checked and built.

    `options` is the model of the screen's `options`; `make` builds the sink from the checked options, the size of the
    wire picture, the frame rate, and a predicate that turns true while an urgent frame waits, at which a paced `show`
    returns at once.
    """

    name: str
    summary: str
    grade: Grade
    evidence: str
    """What the grade rests on: the software or hardware, with version and date."""
    options: type[Options]
    make: Callable[[Any, Size, int, Callable[[], bool]], FrameSink]
