"""A frame: the picture of one tick, ready for the wire."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar

import numpy as np

__all__ = ["Array", "ColourOrder", "Frame", "Mix", "Pixels", "Rect", "Size"]

_Scalar = TypeVar("_Scalar", bound=np.generic)
Array = np.ndarray[tuple[Any, ...], np.dtype[_Scalar]]
"""An array of any shape: the same as `numpy.typing.NDArray`, whose module takes 20 ms to import."""

Pixels = Array[np.uint8]
"""`height x width x 3`, uint8, row-major, top row first, C-contiguous."""


class ColourOrder(StrEnum):
    """Order of the three bytes of a pixel on the wire."""

    RGB = "RGB"
    RBG = "RBG"
    GRB = "GRB"
    GBR = "GBR"
    BRG = "BRG"
    BGR = "BGR"


@dataclass(frozen=True, slots=True)
class Size:
    """Width and height in pixels."""

    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Rect:
    """A rectangle in pixels; `x`, `y` is its top left corner."""

    x: int
    y: int
    width: int
    height: int

    @property
    def slices(self) -> tuple[slice, slice]:
        """Rows and columns, to index a `Pixels` array."""
        return slice(self.y, self.y + self.height), slice(self.x, self.x + self.width)

    @property
    def size(self) -> Size:
        """Its width and height."""
        return Size(self.width, self.height)


@dataclass(frozen=True, slots=True, eq=False)
class Mix:
    """A rectangle inside a cross-fade: `share` (0 to 1) of `after`, the rest of `before`.

    Both are still RGB pictures of the rectangle's size, the same objects through the whole fade.
    """

    rect: Rect
    before: Pixels
    after: Pixels
    share: float


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """The picture of one tick after the LED stage: geometry and colour order of the wire.

    `pixels` is read-only while anybody holds the frame; `tick` grows by one with each frame period of the host's
    monotonic clock; `due_ns` is the UTC instant (Unix epoch, ns) the picture is right for. `urgent` frames (of
    bands 5 and 6, and of claims that stop what is on air now) abandon the pacing of an older one.
    """

    tick: int
    due_ns: int
    pixels: Pixels
    urgent: bool = False
