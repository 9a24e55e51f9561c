"""From the request for an override to the first changed picture on the wire: `python -m benchmarks.override`.

The crawl runs all the time, and trials begin at any moment of the frame period. The request goes over a kept
connection, like those of a console.
"""

import argparse
import json
import random
import time
from collections.abc import Iterator
from http.client import HTTPConnection
from statistics import median
from typing import Any

import numpy as np

from benchmarks.receiver import Received, Receiver, frames
from benchmarks.rig import MEASURED, PERIOD_NS, Row, measured_sign, percentile, play, print_machine, print_rows
from playout.clock import SystemClock
from playout.ipc.files import write_durably
from tests.system.rig import Sign

SCHEDULE = MEASURED.replace('{ notice = "welcome" }, ', "")
ORDER = {
    "notice": "landscape-dawn", "layout": "measure", "crawl": "crawl", "stop": "now", "reason": "benchmark",
    "duration_s": 60,
}  # fmt: skip
_ROWS = slice(40, 400)
"""Rows in which nothing moves of itself."""
_WRITES = 3
"""Durable writes of an override: the database, the part with the claims, the manifest."""
_CLOCK = SystemClock()


class Console:
    """Asks over one connection; what comes meanwhile on the wire is not missed."""

    def __init__(self, sign: Sign) -> None:
        self._connection = HTTPConnection("127.0.0.1", sign.port, timeout=10)
        self._headers = {"Authorization": f"Bearer {sign.token}", "Content-Type": "application/json"}

    def ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> None:
        self._connection.request(method, path, json.dumps(body) if body else None, self._headers)

    def answer(self) -> dict[str, Any]:
        with self._connection.getresponse() as answer:
            told = json.load(answer)
        if answer.status >= 400:
            raise RuntimeError(f"{answer.status}: {told}")
        return dict(told)


def measure(trials: int) -> list[Row]:
    """Milliseconds from the request to the first datagram of the first changed frame, and to its last."""
    first_ms, last_ms, request_ms, write_ms = ([] for _ in range(4))
    with Receiver() as receiver, measured_sign(receiver.port, SCHEDULE) as sign:
        play(sign, pictures=1)
        console = Console(sign)
        for trial in range(trials + 1):
            frame, asked_ns = _trial(receiver, console)
            if trial:  # the first one waits for its picture to be decoded
                first_ms.append((frame.first_ns - asked_ns) / 1e6)
                last_ms.append((frame.last_ns - asked_ns) / 1e6)
                request_ms.append(_request_ms(console))
                write_ms.append(_write_ms(sign))
    floor_is = f"p50 of GET /healthz, of {_WRITES} durable writes, and half a frame period"
    floor = median(request_ms) + _WRITES * median(write_ms) + PERIOD_NS / 2e6
    return [
        Row("override: request to first changed datagram, p50", percentile(first_ms, 50), "ms", floor, floor_is),
        Row("override: request to first changed datagram, p99", percentile(first_ms, 99), "ms", floor, "the same"),
        Row("override: request to the end of that frame, p50", percentile(last_ms, 50), "ms"),
        Row("override: request to the end of that frame, p99", percentile(last_ms, 99), "ms"),
        Row("override: a durable write, p50", median(write_ms), "ms", note="part of the floor"),
    ]


def _trial(receiver: Receiver, console: Console) -> tuple[Received, int]:
    """The first changed frame, and when the override was asked for. Raises: TimeoutError."""
    receiver.drop()
    arriving = frames(receiver.bursts(30))
    before = next(arriving)
    time.sleep(random.uniform(0, 2 * PERIOD_NS / 1e9))
    asked_ns = _CLOCK.utc_ns()
    console.ask("POST", "/api/v1/overrides", ORDER)
    changed = _first_unlike(before, arriving)
    claim = console.answer()["claim"]["id"]
    time.sleep(0.2)
    receiver.drop()
    arriving = frames(receiver.bursts(30))
    shown = next(arriving)
    console.ask("DELETE", f"/api/v1/overrides/{claim}")
    _first_unlike(shown, arriving)
    console.answer()
    time.sleep(0.8)  # the fade back has ended
    return changed, asked_ns


def _first_unlike(before: Received, arriving: Iterator[Received]) -> Received:
    for frame in arriving:
        if not np.array_equal(frame.pixels[_ROWS], before.pixels[_ROWS]):
            return frame
    raise TimeoutError("the picture did not change within 30 s")


def _request_ms(console: Console) -> float:
    started = time.monotonic()
    console.ask("GET", "/healthz")
    console.answer()
    return (time.monotonic() - started) * 1000


def _write_ms(sign: Sign) -> float:
    started = time.monotonic()
    write_durably(sign.folder / "probe", bytes(1024))
    return (time.monotonic() - started) * 1000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trials", type=int, default=100)
    given = parser.parse_args()
    print_machine()
    print_rows(measure(given.trials))


if __name__ == "__main__":
    main()
