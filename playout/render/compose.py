"""Composing: one prepared scene and one instant into pixels, touching only what moved."""

from datetime import UTC, datetime
from functools import lru_cache

import numpy as np

from playout.led import cv
from playout.model.frame import Array, Mix, Pixels, Rect, Size
from playout.render.scene import ClockFace, Fade, MovingLine, Patch, Scene, Timecode

__all__ = ["Compositor"]

_BITS = 64
_Layer = MovingLine | ClockFace | Timecode | Patch


class Compositor:
    """Keeps the picture of one screen up to date. One thread uses it.

    What it shows depends on the scene and the instant alone; what it remembers only saves work.
    """

    def __init__(self, size: Size) -> None:
        self.canvas: Pixels = np.zeros((size.height, size.width, 3), np.uint8)
        """The picture as of the last call before the LED stage, RGB, `height x width x 3`: during a cross-fade it
        shows the end of it; `picture` has it mixed."""
        self._whole = Rect(0, 0, size.width, size.height)
        self._scene: Scene | None = None
        self._mix: Mix | None = None
        self._shown: dict[int, int] = {}

    def compose(self, scene: Scene, at_ns: int) -> list[Rect | Mix]:
        """Brings the picture to the instant `at_ns` (UTC); returns what changed, in the order to apply it."""
        dirty: list[Rect | Mix] = []
        if scene is not self._scene:
            np.copyto(self.canvas, scene.base)
            self._scene, self._mix = scene, None
            self._shown.clear()
            dirty.append(self._whole)
        if scene.fade is not None:
            before, self._mix = self._mix, _mix(scene.fade, at_ns)
            if self._mix is not None:
                dirty.append(self._mix)
            elif before is not None:
                dirty.append(before.rect)
        drawn: list[Rect] = []
        for number, layer in enumerate(_layers(scene)):
            state = _state(layer, at_ns)
            if self._shown.get(number) != state or any(_overlap(layer.rect, below) for below in drawn):
                self._shown[number] = state
                _draw(layer, state, self.canvas)
                drawn.append(layer.rect)
                dirty.append(layer.rect)
            elif self._mix is not None and _overlap(layer.rect, self._mix.rect):
                dirty.append(layer.rect)  # it lies above what fades
        return dirty

    def picture(self) -> Pixels:
        """A copy of the picture as of the last call, a cross-fade mixed into it, for those who look."""
        picture = self.canvas.copy()
        if self._mix is not None:
            cv.blend(self._mix.before, self._mix.after, self._mix.share, picture[self._mix.rect.slices])
            for layer in _layers(self._scene) if self._scene is not None else ():
                if _overlap(layer.rect, self._mix.rect):
                    picture[layer.rect.slices] = self.canvas[layer.rect.slices]
        return picture


def _layers(scene: Scene) -> tuple[_Layer, ...]:
    """What is drawn over the base, from the bottom up."""
    return (*scene.lines, *scene.clocks, *scene.timecodes, *scene.overlays)


def _overlap(one: Rect, other: Rect) -> bool:
    return (
        one.x < other.x + other.width
        and other.x < one.x + one.width
        and one.y < other.y + other.height
        and other.y < one.y + one.height
    )


def _mix(fade: Fade, at_ns: int) -> Mix | None:
    """The cross-fade at an instant; None before and after it."""
    if not fade.starts_ns <= at_ns < fade.ends_ns:
        return None
    share = (at_ns - fade.starts_ns) / (fade.ends_ns - fade.starts_ns)
    return Mix(fade.rect, fade.before, fade.after, share)


def _state(layer: _Layer, at_ns: int) -> int:
    """A number that changes when the layer's picture does."""
    match layer:
        case MovingLine():
            moved = ((at_ns - layer.phase_ns) * layer.speed_px_s + 500_000_000) // 1_000_000_000
            return moved % layer.period_px
        case ClockFace():
            return at_ns // 1_000_000_000
        case Timecode():
            return at_ns
        case Patch():
            return 0


def _draw(layer: _Layer, state: int, canvas: Pixels) -> None:
    area = canvas[layer.rect.slices]
    match layer:
        case MovingLine():
            area[:] = layer.strip[:, state : state + layer.rect.width]
        case ClockFace():
            _draw_clock(area, layer, state)
        case Timecode():
            _draw_timecode(area, state)
        case Patch():
            area[:] = layer.pixels


def _draw_clock(area: Pixels, face: ClockFace, second: int) -> None:
    cells = [face.characters[c] for c in f"{datetime.fromtimestamp(second, UTC).astimezone(face.zone):%H:%M:%S}"]
    x = max(0, (area.shape[1] - sum(cell.shape[1] for cell in cells)) // 2)
    y = max(0, (area.shape[0] - cells[0].shape[0]) // 2)
    for cell in cells:
        part = area[y : y + cell.shape[0], x : x + cell.shape[1]]
        part[:] = cell[: part.shape[0], : part.shape[1]]
        x += cell.shape[1]


def _draw_timecode(area: Pixels, at_ns: int) -> None:
    bits = np.unpackbits(np.frombuffer(at_ns.to_bytes(8, "big"), np.uint8)) * np.uint8(255)
    area[:] = bits[_columns(area.shape[1])][None, :, None]


@lru_cache(maxsize=8)
def _columns(width: int) -> Array[np.intp]:
    """Which bit each column of a timecode shows."""
    return np.array([column * _BITS // width for column in range(width)], np.intp)
