"""CPU of a frame: a moving scene (cross-fade, crawl, clock) and a still one, with the LED stage; the floor beside it.

The floor is the same moving frame by bare OpenCV calls without a scene: one blend, one table, one copy.
"""

import time
from collections.abc import Callable
from statistics import median
from zoneinfo import ZoneInfo

import numpy as np

from playout.led import cv
from playout.led.pipeline import LedStage
from playout.model.frame import Pixels, Size
from playout.model.inputs import Inputs
from playout.model.notice import Fit
from playout.model.panel import Panel, Screen, Site
from playout.model.schedule import Revision
from playout.paths import shipped
from playout.render.compose import Compositor
from playout.render.scene import FADE_NS, SceneBuilder
from playout.resolve import resolve
from playout.store.files import read_folder
from playout.text.engine import TextEngine
from playout.text.fonts import load_fonts

SIZE, FPS, ROUNDS = Size(672, 480), 60, 5
DAY = 1_795_312_800 * 10**9  # 09:00 on a Sunday at the gate


class Noise:
    """A picture full of detail in place of every file."""

    def picture(self, sha256: str, size: Size, fit: Fit) -> Pixels:  # noqa: ARG002 -- a PictureSource
        return np.random.default_rng(int(sha256[:8], 16)).integers(0, 255, (size.height, size.width, 3), np.uint8)


def cpu_ms(work: Callable[[int], object], frames: int) -> float:
    started = time.process_time_ns()
    for frame in range(frames):
        work(frame)
    return (time.process_time_ns() - started) / frames / 1e6


def main() -> None:
    cv.single_thread()
    draft = read_folder(shipped("schedules"))
    inputs = Inputs("main", Site(), Revision(1, 0, draft.schedule, draft.notices))
    screen = Screen("main", "memory", fps=FPS, gamma=2.2, luminance=0.8)
    builder = SceneBuilder(SIZE, FPS, ZoneInfo("Asia/Ho_Chi_Minh"), TextEngine(load_fonts(shipped("fonts"))), Noise())
    programme = resolve(inputs, DAY)
    scene = builder.build(programme, inputs, programme.entered_ns)
    compositor, stage = Compositor(SIZE), LedStage(Panel(), screen, SIZE)
    start = programme.entered_ns

    def moving(frame: int) -> None:
        """Inside the cross-fade all the time."""
        at_ns = start + frame * 10**9 // FPS % FADE_NS
        stage.apply(compositor.canvas, compositor.compose(scene, at_ns))
        _ = stage.watts

    def crawling(frame: int) -> None:
        """After the fade: crawl and clock."""
        at_ns = start + 2 * FADE_NS + frame * 10**9 // FPS
        stage.apply(compositor.canvas, compositor.compose(scene, at_ns))
        _ = stage.watts

    def still(_: int) -> None:
        """The same instant again and again: nothing has changed."""
        stage.apply(compositor.canvas, compositor.compose(scene, start + 2 * FADE_NS))
        _ = stage.watts

    first, second, out = (np.random.default_rng(n).integers(0, 255, (480, 672, 3), np.uint8) for n in range(3))
    table = np.arange(256, dtype=np.uint8)
    copy = np.empty_like(out)

    def floor(frame: int) -> None:
        cv.blend(first, second, frame % 36 / 36, out)
        cv.lut(out, table, out)
        np.copyto(copy, out)

    results: dict[str, list[float]] = {}
    for _ in range(ROUNDS):
        for name, work, frames in (
            ("floor", floor, 300), ("moving", moving, 300), ("crawl and clock", crawling, 600), ("still", still, 5000),
        ):  # fmt: skip
            results.setdefault(name, []).append(cpu_ms(work, frames))
    for name, values in results.items():
        ratio = median(values) / median(results["floor"])
        print(f"{name:16} {median(values):7.4f} ms CPU a frame (min {min(values):.4f})  {ratio:5.2f} x floor")


if __name__ == "__main__":
    main()
