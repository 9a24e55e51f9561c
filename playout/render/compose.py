"""Composing: one prepared scene and one instant into pixels, touching only what moved."""

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from playout.led import cv
from playout.model.frame import Pixels, Rect, Size
from playout.render.scene import ClockFace, Fade, MovingLine, Scene, Timecode

__all__ = ["Compositor"]

_BITS = 64


class Compositor:
    """Keeps the picture of one screen up to date. One thread uses it.

    What it shows depends on the scene and the instant alone; what it remembers only saves work.
    """

    def __init__(self, size: Size) -> None:
        self.canvas: Pixels = np.zeros((size.height, size.width, 3), np.uint8)
        """The picture as of the last call: RGB, `height x width x 3`, before the LED stage."""
        self._whole = Rect(0, 0, size.width, size.height)
        self._scene: Scene | None = None
        self._fading = False
        self._shown: dict[int, int] = {}

    def compose(self, scene: Scene, at_ns: int) -> list[Rect]:
        """Brings the canvas to the instant `at_ns` (UTC); returns the rectangles that changed."""
        dirty: list[Rect] = []
        if scene is not self._scene:
            np.copyto(self.canvas, scene.base)
            self._scene, self._fading = scene, False
            self._shown.clear()
            dirty.append(self._whole)
        if scene.fade is not None:
            dirty += self._blend(scene, scene.fade, at_ns)
        for number, layer in enumerate((*scene.lines, *scene.clocks, *scene.timecodes)):
            state = _state(layer, at_ns)
            if self._shown.get(number) != state:
                self._shown[number] = state
                _draw(layer, state, self.canvas)
                dirty.append(layer.rect)
        return dirty

    def _blend(self, scene: Scene, fade: Fade, at_ns: int) -> Iterator[Rect]:
        share = (at_ns - fade.starts_ns) / (fade.ends_ns - fade.starts_ns)
        if 0.0 <= share < 1.0:
            cv.blend(fade.before, scene.base[fade.rect.slices], share, self.canvas[fade.rect.slices])
            self._fading = True
        elif self._fading:
            self.canvas[fade.rect.slices] = scene.base[fade.rect.slices]
            self._fading = False
        else:
            return
        if fade.rect == self._whole:
            self._shown.clear()  # the fade went over the moving layers too
        yield fade.rect


def _state(layer: "MovingLine | ClockFace | Timecode", at_ns: int) -> int:
    """A number that changes when the layer's picture does."""
    match layer:
        case MovingLine():
            moved = ((at_ns - layer.phase_ns) * layer.speed_px_s + 500_000_000) // 1_000_000_000
            return moved % layer.period_px
        case ClockFace():
            return at_ns // 1_000_000_000
        case Timecode():
            return at_ns


def _draw(layer: "MovingLine | ClockFace | Timecode", state: int, canvas: Pixels) -> None:
    area = canvas[layer.rect.slices]
    match layer:
        case MovingLine():
            area[:] = layer.strip[:, state : state + layer.rect.width]
        case ClockFace():
            _draw_clock(area, layer, state)
        case Timecode():
            _draw_timecode(area, state)


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
def _columns(width: int) -> NDArray[np.intp]:
    """Which bit each column of a timecode shows."""
    return np.array([column * _BITS // width for column in range(width)], np.intp)
