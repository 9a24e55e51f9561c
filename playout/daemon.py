"""All programs on one machine: started in order, restarted for ever, stopped in reverse.

What systemd does for an installed sign, `playout run` does for a trial, a demonstration or a developer.
"""

import ctypes
import logging
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from playout.clock import SECOND_NS, Clock
from playout.config import Config
from playout.paths import Paths

__all__ = ["Program", "programs", "supervise"]

_log = logging.getLogger(__name__)
_PR_SET_PDEATHSIG = 1
_FIRST_PAUSE_S, _LAST_PAUSE_S = 0.3, 4.0
_STEADY_S = 30.0
"""A program that ran this long starts again with the shortest pause."""
_STOP_S = 5.0
_TURN_S = 0.1


@dataclass(slots=True)
class Program:
    """One child: how it is started and how it fares."""

    name: str
    command: Sequence[str]
    process: subprocess.Popen[bytes] | None = None
    started_ns: int = 0
    due_ns: int = 0
    pause_s: float = field(default=_FIRST_PAUSE_S)


def programs(config: Config, paths: Paths) -> list[Program]:
    """The programs of a site in the order in which they start."""
    options = ["--config", str(paths.config), "--state", str(paths.state)]
    base = [sys.executable, "-m", "playout"]
    players = [
        Program(f"player {screen.id}", [*base, "player", "--screen", screen.id, *options]) for screen in config.screens
    ]
    media = Program("media", [*base, "media", *options])
    return [media, *players, Program("control", [*base, "control", *options])]


def supervise(children: Sequence[Program], clock: Clock, started: Callable[[], None]) -> None:
    """Keeps the programs running until SIGTERM or SIGINT; one that cannot start keeps no other from playing."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: stop.set())
    try:
        for child in children:
            _start(child, clock)
        started()
        while not stop.wait(_TURN_S):
            for child in children:
                _look_after(child, clock)
    finally:
        _stop_all(children)


def _start(child: Program, clock: Clock) -> None:
    child.started_ns = clock.monotonic_ns()
    try:  # preexec_fn is safe here: the supervisor has one thread
        child.process = subprocess.Popen(child.command, stdin=subprocess.DEVNULL, preexec_fn=_die_with_parent)  # noqa: PLW1509
    except OSError as error:  # no memory, no more processes: the others play on
        child.due_ns = clock.monotonic_ns() + int(_LAST_PAUSE_S * SECOND_NS)
        _log.error("cannot be started program=%s error=%s again_in_s=%.1f", child.name, error, _LAST_PAUSE_S)
        return
    _log.info("started program=%s pid=%d", child.name, child.process.pid)


def _die_with_parent() -> None:
    """No child outlives the supervisor, however that ends (prctl(2)); Ctrl-C reaches the supervisor alone."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _look_after(child: Program, clock: Clock) -> None:
    """Starts a program again that has ended, after a pause that grows while it does not stay up."""
    now_ns = clock.monotonic_ns()
    if child.process is None:
        if now_ns >= child.due_ns:
            _start(child, clock)
        return
    code = child.process.poll()
    if code is None:
        return
    ran_s = (now_ns - child.started_ns) / SECOND_NS
    child.pause_s = _FIRST_PAUSE_S if ran_s > _STEADY_S else min(child.pause_s * 2, _LAST_PAUSE_S)
    child.due_ns = now_ns + int(child.pause_s * SECOND_NS)
    child.process = None
    _log.warning("ended program=%s code=%d ran_s=%.1f again_in_s=%.1f", child.name, code, ran_s, child.pause_s)


def _stop_all(children: Sequence[Program]) -> None:
    for child in reversed(children):
        if child.process is not None and child.process.poll() is None:
            child.process.terminate()
    for child in reversed(children):
        if child.process is not None:
            try:
                child.process.wait(_STOP_S)
            except subprocess.TimeoutExpired:
                _log.error("killed program=%s", child.name)
                child.process.kill()
                child.process.wait()
