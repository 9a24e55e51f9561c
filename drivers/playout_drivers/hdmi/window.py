"""The window's process: at each message it puts the frame in the shared memory on the display, and answers.

The driver runs it as `python -m playout_drivers.hdmi.window SOCKET MEMORY PLACEMENT`: two inherited file descriptors
and a `Placement` as JSON. It ends when the driver closes its end of the socket.
"""

# SDL's bindings have no types; this module is the only one that imports them.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false

import ctypes
import json
import mmap
import signal
import socket
import sys
import warnings
from collections.abc import Sequence
from dataclasses import replace
from types import ModuleType
from typing import Any

from playout.errors import LinkError
from playout_drivers.hdmi.messages import ERROR, LONGEST, READY, SHOWN, Placement

__all__ = ["main"]


def main(arguments: Sequence[str]) -> None:
    """Serves the driver until it hangs up; a failure is its last message."""
    # The driver decides when the picture goes: a signal to the whole service must not take it down first.
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    placement = Placement(**json.loads(arguments[2]))
    memory = mmap.mmap(int(arguments[1]), placement.width * placement.height * 3)
    pixels = ctypes.addressof(ctypes.c_char.from_buffer(memory))
    with socket.socket(fileno=int(arguments[0])) as channel:
        try:
            window = _open_window(_load_sdl(), placement)
            channel.send(b"%s\n%d" % (READY, window.refresh_hz))
            while channel.recv(LONGEST):
                window.show(pixels)
                channel.send(SHOWN)
        except LinkError as error:
            channel.send(b"\n".join((ERROR, error.message.encode(), error.hint.encode())))


class _Window:
    """A picture on the display, one to one."""

    def __init__(self, sdl: Any, placement: Placement, renderer: object, texture: object, refresh_hz: int) -> None:
        self.refresh_hz = refresh_hz
        self._sdl = sdl
        self._renderer = renderer
        self._texture = texture
        self._row_bytes = placement.width * 3
        left, top = (placement.x, placement.y) if placement.fullscreen else (0, 0)
        self._target = sdl.SDL_Rect(left, top, placement.width, placement.height)

    def show(self, pixels: int) -> None:
        """Puts the RGB picture at this address on the display. Raises: LinkError."""
        sdl = self._sdl
        sdl.SDL_PumpEvents()
        # Nobody answers events here; unread they would fill the queue.
        sdl.SDL_FlushEvents(sdl.SDL_FIRSTEVENT, sdl.SDL_LASTEVENT)
        _check(sdl, sdl.SDL_UpdateTexture(self._texture, None, ctypes.c_void_p(pixels), self._row_bytes) == 0)
        _check(sdl, sdl.SDL_RenderClear(self._renderer) == 0)
        _check(sdl, sdl.SDL_RenderCopy(self._renderer, self._texture, None, self._target) == 0)
        sdl.SDL_RenderPresent(self._renderer)


def _open_window(sdl: Any, placement: Placement) -> _Window:
    """A window of the picture's size at its place, or over the whole display; it goes with the process.

    Raises: LinkError.
    """
    sdl.SDL_SetHint(sdl.SDL_HINT_NO_SIGNAL_HANDLERS, b"1")
    sdl.SDL_SetHint(sdl.SDL_HINT_VIDEO_MINIMIZE_ON_FOCUS_LOSS, b"0")
    way = _start_video(sdl, placement.video_drivers)
    if way == "x11":
        # Otherwise SDL shows even a picture drawn in software by way of OpenGL, at seven times the cost.
        sdl.SDL_SetHint(sdl.SDL_HINT_FRAMEBUFFER_ACCELERATION, b"0")
    else:
        # No other way lets a window choose its place: it covers the display, and the picture takes its place inside.
        placement = replace(placement, fullscreen=True)
    area, refresh_hz = _place(sdl, placement)
    flags = sdl.SDL_WINDOW_BORDERLESS | sdl.SDL_WINDOW_ALWAYS_ON_TOP
    if placement.fullscreen:
        flags |= sdl.SDL_WINDOW_FULLSCREEN_DESKTOP
    window = sdl.SDL_CreateWindow(b"playout", area.x, area.y, area.w, area.h, flags)
    _check(sdl, window)
    how = sdl.SDL_RENDERER_ACCELERATED | sdl.SDL_RENDERER_PRESENTVSYNC if placement.vsync else sdl.SDL_RENDERER_SOFTWARE
    renderer = sdl.SDL_CreateRenderer(window, -1, how)
    _check(sdl, renderer, hint="set vsync = false, or install a graphics driver that can wait for blanking")
    texture = sdl.SDL_CreateTexture(
        renderer, sdl.SDL_PIXELFORMAT_RGB24, sdl.SDL_TEXTUREACCESS_STREAMING, placement.width, placement.height
    )
    _check(sdl, texture)
    sdl.SDL_ShowCursor(sdl.SDL_DISABLE)
    sdl.SDL_DisableScreenSaver()
    return _Window(sdl, placement, renderer, texture, refresh_hz)


def _start_video(sdl: Any, drivers: Sequence[str]) -> str:
    """Connects to the first display system that is there and returns its name. Raises: LinkError."""
    reasons: list[str] = []
    for driver in drivers:
        if sdl.SDL_VideoInit(driver.encode()) == 0:
            return driver
        reasons.append(sdl.SDL_GetError().decode())
    raise LinkError(f"no display found: {', '.join(reasons)}", hint="connect one and set DISPLAY, or set video_driver")


def _place(sdl: Any, placement: Placement) -> tuple[Any, int]:
    """Where the window stands on the desktop, as SDL_Rect, and the display's refresh rate. Raises: LinkError."""
    count = sdl.SDL_GetNumVideoDisplays()
    if placement.display >= count:
        raise LinkError(
            f"display {placement.display} is not there, {count} are", hint="connect it, or set display (from 0)"
        )
    bounds, mode = sdl.SDL_Rect(), sdl.SDL_DisplayMode()
    _check(sdl, sdl.SDL_GetDisplayBounds(placement.display, bounds) == 0)
    _check(sdl, sdl.SDL_GetCurrentDisplayMode(placement.display, mode) == 0)
    if placement.x + placement.width > bounds.w or placement.y + placement.height > bounds.h:
        raise LinkError(
            f"the picture of {placement.width} x {placement.height} px at {placement.x}, {placement.y} does not fit "
            f"display {placement.display} of {bounds.w} x {bounds.h} px",
            hint="set the display to a larger mode, or set x and y",
        )
    if not placement.fullscreen:
        bounds = sdl.SDL_Rect(bounds.x + placement.x, bounds.y + placement.y, placement.width, placement.height)
    return bounds, mode.refresh_rate


def _check(sdl: Any, went_well: object, hint: str = "check the display and its driver") -> None:
    """Raises: LinkError with SDL's reason unless it went well."""
    if not went_well:
        raise LinkError(f"the display failed: {sdl.SDL_GetError().decode()}", hint=hint)


def _load_sdl() -> ModuleType:
    """SDL's bindings. Raises: LinkError if they or SDL itself are not installed."""
    try:
        with warnings.catch_warnings():
            # At import they say that they use the SDL which was installed with them, as is intended.
            warnings.simplefilter("ignore", UserWarning)
            import sdl2  # noqa: PLC0415 - its absence is reported to the driver
    except ImportError as error:
        raise LinkError(f"SDL is missing: {error}", hint="install the packages pysdl2 and pysdl2-dll") from error
    return sdl2


if __name__ == "__main__":
    main(sys.argv[1:])
