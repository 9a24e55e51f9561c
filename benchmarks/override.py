"""From the request for an override to its picture on the wire: `python -m benchmarks.override`.

Each trial is one claim that stops *now*, saved durably before the players hear of it, at any moment of the frame
period, while a crawl runs. It is timed twice: by the stamps that the sign itself gives (accepted, driver called, last
packet sent) and from outside, from the first byte of the request to the datagrams of the first frame that differs in
rows where nothing moves of itself. First nobody else asks for anything, then others ask 1,000 times a second.
"""

import argparse
import json
import os
import random
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.client import HTTPConnection
from typing import Any, BinaryIO

import numpy as np

from benchmarks.receiver import Received, Receiver, frames
from benchmarks.rig import (
    MEASURED,
    PERIOD_NS,
    Row,
    measured_sign,
    percentile,
    play,
    print_machine,
    print_rows,
    result_of,
    spawn,
)
from playout.clock import SystemClock, from_iso
from tests.system.rig import Sign, until

RATE = 1000
TARGET_MS = 50
SCHEDULE = MEASURED.replace('{ notice = "welcome" }, ', "")
ORDER = {
    "notice": "landscape-dawn", "layout": "measure", "crawl": "crawl", "stop": "now", "reason": "benchmark",
    "duration_s": 60,
}  # fmt: skip
_ROWS = slice(40, 400)
"""Rows in which nothing moves of itself."""
_TRIAL_S = 1.7
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


@dataclass(slots=True)
class Times:
    """Milliseconds of every trial."""

    to_show: list[float] = field(default_factory=list)
    """Accepted to the driver called with the first frame."""
    to_sent: list[float] = field(default_factory=list)
    """Accepted to its last packet sent."""
    to_first: list[float] = field(default_factory=list)
    """Request to the first datagram of the first changed frame."""
    to_last: list[float] = field(default_factory=list)
    """Request to its last datagram."""


def measure(trials: int) -> list[Row]:
    """Figures without and with others that ask, and what this disk takes at the same time."""
    with Receiver() as receiver, measured_sign(receiver.port, SCHEDULE) as sign:
        play(sign, pictures=1)
        until("every notice is judged", lambda: _is_judged(sign), 120)
        _trial(receiver, Console(sign), Times())  # waits for its picture to be decoded
        idle = list(_trials("nobody else asks", trials, receiver, sign))
        load = spawn("benchmarks.load", str(sign.port), sign.token, str(RATE), str(trials * _TRIAL_S))
        loaded = list(_trials(f"{RATE} others a second", trials, receiver, sign))
        asked = result_of(load)
    note = f"of {RATE} offered, bad {asked['bad']:g}"
    return [*idle, *loaded, Row("others answered a second", asked["per_s"], "1/s", note=note)]


def _is_judged(sign: Sign) -> bool:
    """Whether the program that judges notices after a start is done, and rests."""
    return all(notice["findings"] is not None for notice in sign.request("/api/v1/notices")[1]["notices"])


def _trials(when: str, trials: int, receiver: Receiver, sign: Sign) -> Iterator[Row]:
    """The figures of so many trials; after each one fsync is timed, and a bare ticker runs beside them."""
    times, fsyncs, console, began_s = Times(), list[float](), Console(sign), time.monotonic()
    ticker = spawn("benchmarks.ticker", str(trials * _TRIAL_S))
    before = _missed(sign)
    with (sign.folder / "probe").open("ab") as probe:
        for _ in range(trials):
            _trial(receiver, console, times)
            fsyncs.append(_fsync_ms(probe))
    missed, ran_s = _missed(sign) - before, time.monotonic() - began_s
    ticks = f"ticks missed {missed} in {ran_s:.0f} s, by a bare ticker {result_of(ticker)['missed']:g}"
    for what, values, target, note in (
        ("accepted to driver called", times.to_show, None, ""),
        ("accepted to last packet sent", times.to_sent, TARGET_MS, ticks),
        ("request to first datagram", times.to_first, None, ""),
        ("request to last datagram", times.to_last, None, ""),
    ):
        for percent, goal in ((50, None), (99, target)):
            floor, floor_is = percentile(fsyncs, percent), f"one fsync, p{percent}"
            words = f"most {max(values):.1f}; {note}" if goal else ""
            yield Row(f"{when}: {what}, p{percent}", percentile(values, percent), "ms", floor, floor_is, goal, words)


def _missed(sign: Sign) -> int:
    return int(until("the player reports", sign.snapshot).missed_ticks)


def _trial(receiver: Receiver, console: Console, times: Times) -> None:
    """Puts an override on air and takes it off again. Raises: TimeoutError where the picture does not change."""
    receiver.drop()
    arriving = frames(receiver.bursts(30))
    before = next(arriving)
    time.sleep(random.uniform(0, 2 * PERIOD_NS / 1e9))
    asked_ns = _CLOCK.utc_ns()
    console.ask("POST", "/api/v1/overrides", ORDER)
    changed = _first_unlike(before, arriving)
    address = f"/api/v1/overrides/{console.answer()['claim']['id']}"
    times.to_first.append((changed.first_ns - asked_ns) / 1e6)
    times.to_last.append((changed.last_ns - asked_ns) / 1e6)
    time.sleep(0.2)
    accepted_ns, shown_ns, sent_ns = _stamps(console, address)
    times.to_show.append((shown_ns - accepted_ns) / 1e6)
    times.to_sent.append((sent_ns - accepted_ns) / 1e6)
    receiver.drop()
    arriving = frames(receiver.bursts(30))
    shown = next(arriving)
    console.ask("DELETE", address)
    _first_unlike(shown, arriving)
    console.answer()
    time.sleep(0.8)  # the fade back has ended


def _stamps(console: Console, address: str) -> tuple[int, int, int]:
    """When the override was accepted, shown and sent."""

    def told() -> dict[str, Any] | None:
        console.ask("GET", address)
        answer = console.answer()
        return answer if answer["screens"][0]["sent_at"] else None

    answer = until("the player tells when it was sent", told, 5)
    [screen] = answer["screens"]
    return from_iso(answer["accepted_at"]), from_iso(screen["on_air_at"]), from_iso(screen["sent_at"])


def _first_unlike(before: Received, arriving: Iterator[Received]) -> Received:
    for frame in arriving:
        if not np.array_equal(frame.pixels[_ROWS], before.pixels[_ROWS]):
            return frame
    raise TimeoutError("the picture did not change within 30 s")


def _fsync_ms(probe: BinaryIO) -> float:
    """What this disk takes for one fsync now."""
    probe.write(bytes(1024))
    probe.flush()
    started_ns = time.monotonic_ns()
    os.fsync(probe.fileno())
    return (time.monotonic_ns() - started_ns) / 1e6


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trials", type=int, default=100)
    given = parser.parse_args()
    print_machine()
    print_rows(measure(given.trials))


if __name__ == "__main__":
    main()
