"""What the driver and the window's process say to each other. Light to import: the window starts at once."""

from dataclasses import dataclass

__all__ = ["ERROR", "FRAME", "LONGEST", "READY", "SHOWN", "Placement"]

FRAME = b"frame"
"""To the window: a frame is in the shared memory."""
SHOWN = b"shown"
"""From the window: it was handed to the display."""
READY = b"ready"
"""From the window, once: it stands; followed by the display's refreshes a second, 0 if it does not say."""
ERROR = b"error"
"""From the window, then it ends: followed by a line of what failed and a line of what to do."""
LONGEST = 4096
"""Bytes of the longest message."""


@dataclass(frozen=True, slots=True)
class Placement:
    """The picture (pixels) and where it stands on which display."""

    width: int
    height: int
    display: int
    x: int
    y: int
    fullscreen: bool
    vsync: bool
    video_drivers: tuple[str, ...]
    """SDL's names of the ways to a display, in the order in which they are tried."""
