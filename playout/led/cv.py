"""OpenCV behind a few typed functions: the only module that imports it.

Where there is an `out` it has the shape of the source; both may be views of larger pictures.
"""

# OpenCV's stubs leave element types open and overload every call for GPU matrices, so nothing from it is "known".
# pyright: reportUnknownMemberType=false

from typing import cast

import cv2
import numpy as np

from playout.model.frame import Array, ColourOrder, Pixels, Size

__all__ = ["Table", "blend", "dilate", "lut", "reorder", "resize", "single_thread", "total", "total_of_squares"]

Table = Array[np.uint8]
"""256 entries, uint8: what each byte becomes."""


def lut(source: Pixels, table: Table, out: Pixels) -> None:
    """Sends every byte of `source` through `table` into `out`."""
    cv2.LUT(source, table, dst=out)


def blend(first: Pixels, second: Pixels, share: float, out: Pixels) -> None:
    """Mixes two pictures into `out`: `share` of the second (0 to 1) and the rest of the first."""
    cv2.addWeighted(first, 1.0 - share, second, share, 0.0, dst=out)


def resize(source: Pixels, size: Size) -> Pixels:
    """A picture of `size`: areas averaged where it shrinks, linear where it grows."""
    shrinks = size.height * size.width < source.shape[0] * source.shape[1]
    method = cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
    return cast(Pixels, cv2.resize(source, (size.width, size.height), interpolation=method))


def reorder(source: Pixels, order: ColourOrder, out: Pixels) -> None:
    """Writes RGB `source` into `out` with the three bytes of each pixel in `order`."""
    match order:
        case ColourOrder.RGB:
            np.copyto(out, source)
        case ColourOrder.BGR:
            cv2.cvtColor(source, cv2.COLOR_RGB2BGR, dst=out)
        case _:
            # A permutation as a matrix of ones and zeros is exact, and takes half the time of copying channels.
            cv2.transform(source, np.eye(3, dtype=np.float32)[["RGB".index(colour) for colour in order]], dst=out)


def dilate(source: Array[np.uint8], reach: Array[np.uint8]) -> Array[np.uint8]:
    """For each pixel of `height x width` the greatest around it, where `reach` is 1; it is odd on both sides."""
    return cast(Array[np.uint8], cv2.dilate(source, reach))


def total(source: Pixels) -> int:
    """Sum of every byte."""
    return int(sum(cv2.sumElems(source)))


def total_of_squares(source: Pixels) -> int:
    """Sum of the square of every byte."""
    return int(cv2.norm(source, cv2.NORM_L2SQR))


def single_thread() -> None:
    """Keeps OpenCV on the calling thread: its pool would compete with the outputs for the same few cores."""
    cv2.setNumThreads(1)
