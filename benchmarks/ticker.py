"""A bare beat on the player's timer, with its priority and nothing to do: `python -m benchmarks.ticker SECONDS`.

What comes late here comes late to anybody on this machine. It beats half a period beside the player, so that neither
waits for the other. Prints one JSON object.
"""

import gc
import json
import os
import select
import sys
import time

from playout.engine.priority import raise_priority
from playout.engine.timer import AbsoluteTimer

FPS = 60
SECOND_NS = 10**9
_PRIORITY = 20


def run(seconds: float) -> dict[str, float]:
    """Beats for so long and says how late the beats came, and how many were over before they could be used."""
    raise_priority(_PRIORITY)
    gc.disable()
    timer, poll = AbsoluteTimer(), select.poll()
    poll.register(timer.fd, select.POLLIN)
    late_us, missed, ticks = list[int](), 0, int(seconds * FPS)
    offset_ns = time.clock_gettime_ns(time.CLOCK_REALTIME) - time.monotonic_ns()
    beat = (time.monotonic_ns() + offset_ns) * FPS // SECOND_NS + 1
    last = beat + ticks
    while beat < last:
        deadline_ns = (2 * beat + 1) * SECOND_NS // (2 * FPS) - offset_ns
        timer.arm(deadline_ns)
        poll.poll()
        os.read(timer.fd, 8)
        late_ns = time.monotonic_ns() - deadline_ns
        late_us.append(late_ns // 1000)
        over = late_ns * FPS // SECOND_NS
        missed += over
        beat += 1 + over
    timer.close()
    return {"ticks": ticks, "missed": missed, "p99_us": sorted(late_us)[len(late_us) * 99 // 100]}


if __name__ == "__main__":
    print(json.dumps(run(float(sys.argv[1]))))
