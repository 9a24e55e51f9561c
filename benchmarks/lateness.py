"""Whether the picture keeps time while the API is asked 5,000 times a second: `python -m benchmarks.lateness`.

The shipped schedule plays over DDP. A bare ticker beside it, of the same priority, shows what the machine itself does
to anybody's beat; its figures are subtracted. The load has no lower priority than control.
"""

import argparse
from dataclasses import dataclass
from itertools import pairwise
from statistics import fmean, median

from benchmarks.load import LATE_S
from benchmarks.receiver import Receiver
from benchmarks.rig import FPS, PERIOD_NS, Row, cpu_s, measured_sign, play, print_machine, print_rows, result_of, spawn
from tests.system.rig import Sign

RATE = 5000
_SAMPLE_FRAMES = 1000
"""About as many as the player's own percentile covers."""


@dataclass(frozen=True, slots=True)
class Run:
    """What one run gave: the player's own figures, the ticker's, the wire's and the load's."""

    missed: int
    p99_us: float
    gaps: int
    """Frame periods in which no frame began on the wire."""
    player_cpu: float
    control_cpu: float
    ticker: dict[str, float]
    load: dict[str, float]


def measure(runs: int, seconds: float) -> list[Row]:
    """Medians of the runs, counts for 3,600 ticks."""
    with Receiver() as receiver, measured_sign(receiver.port) as sign:
        player, control = play(sign)
        done = [_run(sign, receiver, player.pid, control.pid, seconds) for _ in range(runs)]
    scale = 3600 / (seconds * FPS)
    missed = [max(0, run.missed - run.ticker["missed"]) * scale for run in done]
    return [
        Row(
            "lateness: ticks missed of 3,600, less the ticker's", median(missed), "ticks",
            median(run.ticker["missed"] * scale for run in done), "the bare ticker's", 1,
            "runs: " + ", ".join(f"{run.missed} (ticker {run.ticker['missed']:g})" for run in done),
        ),
        Row(
            "lateness: p99 of the tick", median(run.p99_us for run in done) / 1000, "ms",
            median(run.ticker["p99_us"] for run in done) / 1000, "the bare ticker's",
        ),
        Row("lateness: frame periods empty on the wire of 3,600", median(run.gaps * scale for run in done), "ticks"),
        Row("lateness: CPU of the player", median(run.player_cpu for run in done) / seconds * 100, "%"),
        Row("lateness: CPU of control", median(run.control_cpu for run in done) / seconds * 100, "%"),
        Row(
            "lateness: requests answered a second", median(run.load["per_s"] for run in done), "1/s",
            note=f"of {RATE} offered; bad {sum(run.load['bad'] for run in done):g}",
        ),
        Row(
            "lateness: wait for an answer, p99", median(run.load["p99_ms"] for run in done), "ms",
            note=f"later than {LATE_S * 1000:g} ms: {median(run.load['late'] for run in done):g} a run",
        ),
    ]  # fmt: skip


def _run(sign: Sign, receiver: Receiver, player: int, control: int, seconds: float) -> Run:
    receiver.drop()
    load = spawn("benchmarks.load", str(sign.port), sign.token, str(RATE), str(seconds))
    ticker = spawn("benchmarks.ticker", str(seconds))
    before, used = sign.snapshot(), (cpu_s(player), cpu_s(control))
    began_ns, p99_us = list[int](), list[int]()
    for burst in receiver.bursts(seconds):
        if burst.offset == 0:
            began_ns.append(burst.at_ns)
            if len(began_ns) % _SAMPLE_FRAMES == 0:
                p99_us.append(sign.snapshot().lateness_p99_us)
    after = sign.snapshot()
    p99_us.append(after.lateness_p99_us)
    gaps = sum(max(0, round((later - earlier) / PERIOD_NS) - 1) for earlier, later in pairwise(began_ns))
    return Run(
        after.missed_ticks - before.missed_ticks, fmean(p99_us), gaps,
        cpu_s(player) - used[0], cpu_s(control) - used[1], result_of(ticker), result_of(load),
    )  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=60)
    given = parser.parse_args()
    print_machine()
    print_rows(measure(given.runs, given.seconds))


if __name__ == "__main__":
    main()
