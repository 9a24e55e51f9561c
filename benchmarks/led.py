"""CPU time of the LED stage at 672 x 480: `python -m benchmarks.led`."""

import time

import cv2
import numpy as np

from playout.led.pipeline import LedStage
from playout.model.frame import ColourOrder, Rect
from playout.model.panel import Panel, Screen

PANEL = Panel()
WHOLE = Rect(0, 0, 672, 480)
BAND = Rect(68, 416, 536, 48)
SCREENS = {
    "as it comes": Screen("main", "memory"),
    "gamma 2.2": Screen("main", "memory", gamma=2.2),
    "luminance 0.4": Screen("main", "memory", luminance=0.4),
    "gamma 2.2, BGR": Screen("main", "memory", gamma=2.2, colour_order=ColourOrder.BGR),
    "gamma 2.2, GRB, cabinets": Screen(
        "main", "memory", gamma=2.2, colour_order=ColourOrder.GRB, cabinet_order=tuple(range(34, -1, -1))
    ),
}


def cpu_ms(screen: Screen, dirty: list[Rect], rounds: int = 7, frames: int = 100) -> float:
    """CPU ms of one apply: the best of `rounds`, because other work shares the machine."""
    stage = LedStage(PANEL, screen, PANEL.size)
    canvas = np.random.default_rng(1).integers(0, 256, (480, 672, 3), np.uint8)
    found: list[float] = []
    for _ in range(rounds):
        start = time.thread_time_ns()
        for _ in range(frames):
            stage.apply(canvas, dirty)
        found.append((time.thread_time_ns() - start) / frames / 1e6)
    return min(found)


def main() -> None:
    """Prints one line for each kind of screen."""
    cv2.setNumThreads(1)
    print(f"{'LED stage, CPU ms a frame':28}{'whole':>8}{'band':>8}{'still':>8}")
    for name, screen in SCREENS.items():
        whole, band, still = (cpu_ms(screen, dirty) for dirty in ([WHOLE], [BAND], []))
        print(f"{name:28}{whole:8.3f}{band:8.3f}{still:8.4f}")


if __name__ == "__main__":
    main()
