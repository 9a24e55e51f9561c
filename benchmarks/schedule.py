"""A large schedule inside a player: `python -m benchmarks.schedule [--rounds 7]`.

1,000 dayparts, one for every minute and nine ranks over them, and 10,000 items of playlists over 140 notices. How long
`resolve` and the search for gaps take; and how long a thread beside it waits for the interpreter while a player reads
such a revision and works out its index, as the tick would.
"""

import argparse
import gc
import random
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median

from pydantic import TypeAdapter

from benchmarks.rig import Row, percentile, print_machine, print_rows
from benchmarks.schedule_api import large
from playout.check.gaps import gaps
from playout.clock import SECOND_NS, SystemClock
from playout.ipc.air import Air, AirReader, write_air
from playout.ipc.pieces import dump_notices, dump_schedule, load_notices, load_schedule
from playout.model.inputs import Inputs
from playout.model.notice import Notice
from playout.model.panel import Site
from playout.model.schedule import Revision, Schedule
from playout.paths import shipped
from playout.resolve import resolve
from playout.store.files import read_folder

INSTANTS, DAYS = 1000, 30
_SWITCH_S = 0.0005
"""As the player sets it."""
_BEAT_S = 0.001
_SITE = Site()


def build() -> Revision:
    """The shipped programme many times over."""
    draft, schedules = read_folder(shipped("schedules")), TypeAdapter(Schedule)
    notices = TypeAdapter(dict[str, Notice])
    table = {
        "schedule": schedules.dump_python(draft.schedule, mode="json"),
        "notices": list(notices.dump_python(dict(draft.notices), mode="json").values()),
    }
    body = large(table)
    named = {notice["id"]: notice for notice in body["notices"]}
    return Revision(
        2, SystemClock().utc_ns(), schedules.validate_python(body["schedule"]), notices.validate_python(named)
    )


def _without_filler(revision: Revision) -> Revision:
    """So that not everything is covered."""
    return replace(revision, schedule=replace(revision.schedule, filler=""))


@dataclass(slots=True)
class Beat:
    """A thread that wants to run every millisecond; `longest_ms` is the longest it did not."""

    longest_ms: float = 0.0

    def during(self, work: Callable[[], object]) -> float:
        """The longest pause in ms while something is done by this thread."""
        stopping = threading.Event()
        thread = threading.Thread(target=self._run, args=(stopping,))
        self.longest_ms = 0.0
        thread.start()
        try:
            work()
        finally:
            stopping.set()
            thread.join()
        return self.longest_ms

    def _run(self, stopping: threading.Event) -> None:
        last_s = time.monotonic()
        while not stopping.is_set():
            time.sleep(_BEAT_S)
            now_s = time.monotonic()
            self.longest_ms, last_s = max(self.longest_ms, (now_s - last_s - _BEAT_S) * 1000), now_s


def measure(rounds: int) -> list[Row]:
    """Milliseconds, and the pauses of a thread with nothing beside it as the floor."""
    sys.setswitchinterval(_SWITCH_S)
    revision, now_ns, beat = build(), SystemClock().utc_ns(), Beat()
    inputs = Inputs("main", _SITE, revision)
    resolve(inputs, now_ns)
    moments = random.Random(1)
    instants = [now_ns + moments.randrange(86_400 * SECOND_NS) for _ in range(INSTANTS)]
    resolved = [_ms(lambda at_ns=at_ns: resolve(inputs, at_ns)) for at_ns in instants]
    until_ns, fresh = now_ns + DAYS * 86_400 * SECOND_NS, [_without_filler(build()) for _ in range(3)]
    searched = [_ms(lambda each=each: gaps(replace(inputs, revision=each), now_ns, until_ns)) for each in fresh]
    waits, idle = list[float](), list[float]()
    with tempfile.TemporaryDirectory() as folder:
        write_air(Path(folder), Air(1, _SITE, revision))

        def take_up() -> None:
            air = AirReader(Path(folder)).read()
            assert air is not None
            resolve(Inputs("main", _SITE, air.revision), now_ns)

        for _ in range(rounds):
            gc.collect()
            gc.freeze()
            gc.disable()
            started_s = time.monotonic()
            waits.append(beat.during(take_up))
            took_s = time.monotonic() - started_s
            idle.append(beat.during(lambda took_s=took_s: time.sleep(took_s)))
            gc.enable()
    lines = [*((load_schedule, line) for line in dump_schedule(revision.schedule).split(b"\n"))]
    lines += [(load_notices, line) for line in dump_notices(revision.notices).split(b"\n")]
    steps = [min(_ms(lambda load=load, line=line: load(line)) for _ in range(3)) for load, line in lines]
    return [
        Row("resolve, p50", median(resolved), "ms", target=1),
        Row("resolve, p99", percentile(resolved, 99), "ms"),
        Row(f"search for gaps in {DAYS} days, the index included", median(searched), "ms", target=2000),
        Row("taking up: longest step that holds the interpreter", max(steps), "ms", target=1),
        Row(
            "taking up: longest wait of a thread beside it", median(waits), "ms", median(idle), "the same, nothing done"
        ),
    ]


def _ms(work: Callable[[], object]) -> float:
    started_ns = time.perf_counter_ns()
    work()
    return (time.perf_counter_ns() - started_ns) / 1e6


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    given = parser.parse_args()
    print_machine()
    print_rows(measure(given.rounds))


if __name__ == "__main__":
    main()
