"""From exec to the first pixels: `python -m benchmarks.start`.

The sign has been on air before: an air generation and decoded pictures are there, control and media are not.
"""

import argparse
import subprocess
import sys
import time
from statistics import median

import numpy as np

from benchmarks.receiver import Received, Receiver, frames
from benchmarks.rig import MEASURED, Row, measured_sign, play, print_machine, print_rows
from playout.clock import SystemClock
from playout.preflight import Artist
from tests.system.rig import Sign, until

IMPORTS = "import numpy, cv2, pydantic, uharfbuzz"
_CLOCK = SystemClock()
_WINDOW_S = 3.0


def measure(runs: int) -> list[Row]:
    """Median milliseconds, with the bare imports in the same rounds."""
    first, right, control, floor, bare = ([] for _ in range(5))
    with Receiver() as receiver, measured_sign(receiver.port, MEASURED) as sign:
        play(sign, pictures=2)
        sign.stop()
        artist = Artist(sign.config, sign.paths, sign.config.screens[0])
        for _ in range(runs):
            floor.append(_run_ms(IMPORTS))
            bare.append(_run_ms("pass"))
            first_ms, right_ms = _start_player(sign, receiver, artist)
            first.append(first_ms)
            right.append(right_ms)
            control.append(_start_control(sign))
    floor_is = f"python -c '{IMPORTS}'"
    return [
        Row("start: exec to first datagram", median(first), "ms", median(floor), floor_is),
        Row("start: exec to first whole, right frame", median(right), "ms", median(floor), "the same", 1000),
        Row("start: exec to /healthz of control", median(control), "ms", median(bare), "python -c pass", 2000),
    ]


def _run_ms(code: str) -> float:
    started = time.monotonic()
    subprocess.run([sys.executable, "-c", code], check=True)
    return (time.monotonic() - started) * 1000


def _start_player(sign: Sign, receiver: Receiver, artist: Artist) -> tuple[float, float]:
    """Milliseconds to the first datagram and to the first frame that is what `playout render` draws."""
    receiver.drop()
    started_ns = _CLOCK.utc_ns()
    sign.start("player", "--screen", "main")
    first_ns, kept = 0, list[Received]()
    arriving = frames(receiver.bursts(_WINDOW_S))
    for frame in arriving:
        first_ns = first_ns or frame.first_ns
        kept.append(frame)
        if len(kept) == 30:
            break
    sign.stop()
    right = next((each for each in kept if np.array_equal(artist.wire(each.due_ns), each.pixels)), None)
    if right is None:
        raise RuntimeError(f"none of {len(kept)} frames is right")
    return (first_ns - started_ns) / 1e6, (right.last_ns - started_ns) / 1e6


def _start_control(sign: Sign) -> float:
    started = time.monotonic()
    sign.start("control")
    until("control answers", lambda: _is_healthy(sign))
    taken_ms = (time.monotonic() - started) * 1000
    sign.stop()
    return taken_ms


def _is_healthy(sign: Sign) -> bool:
    try:
        return sign.ask("/healthz")[0] == 200
    except OSError:
        return False


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=7)
    given = parser.parse_args()
    print_machine()
    print_rows(measure(given.runs))


if __name__ == "__main__":
    main()
