"""The running sign under floods: slow heads, slow bodies, readers who do not read, many requests, silence, giant heads.

No time is asserted: what the floods cost the ticks is logged (`--log-cli-level=INFO`).
"""

import contextlib
import logging
import socket
import subprocess
from collections.abc import Callable, Sequence
from functools import partial
from itertools import pairwise
from pathlib import Path

import pytest
from peers import need_program
from system.rig import Sign, until, write_schedule

from playout.api.protocol import CONNECTIONS_MAX, HEAD_MAX

_log = logging.getLogger(__name__)
MAIN = '[[screens]]\nid = "main"\nsink = "memory"\nfps = 60\n'
MANY = 2 * CONNECTIONS_MAX
ASKED = 1000
PACKAGES = {"slowhttptest": "slowhttptest", "wrk": "wrk"}
SLOW = ["slowhttptest", "-c", str(MANY), "-r", "400", "-l", "6", "-i", "1", "-p", "3"]
FLOODS = {
    "slow heads": [*SLOW, "-H", "-u", "{url}/api/v1/status"],
    "slow bodies": [*SLOW, "-B", "-s", "60000", "-t", "POST", "-u", "{url}/api/v1/overrides"],
    "readers who do not read": [*SLOW, "-X", "-k", "10", "-w", "1", "-y", "512", "-n", "5", "-u", "{url}/"],
    "many requests": ["wrk", "-t", "1", "-c", str(CONNECTIONS_MAX // 2), "-d", "4", "{url}/api/v1/status"],
    "more connections than there are": ["wrk", "-t", "1", "-c", str(MANY), "-d", "4", "{url}/healthz"],
}

pytestmark = pytest.mark.system


def answers(sign: Sign) -> bool:
    """Whether control answers a stranger."""
    try:
        return sign.ask("/healthz")[0] == 200
    except OSError:
        return False


def run(sign: Sign, words: Sequence[str]) -> str:
    """One flood, to its end; what it says of itself."""
    program = need_program(words[0], PACKAGES[words[0]])
    asked = [program, *(word.format(url=f"http://127.0.0.1:{sign.port}") for word in words[1:])]
    done = subprocess.run(asked, capture_output=True, text=True, timeout=60, cwd=sign.folder, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_floods_leave_the_ticks_alone_and_control_answers_afterwards(
    make_sign: Callable[..., Sign], tmp_path: Path
) -> None:
    for program, package in PACKAGES.items():
        need_program(program, package)
    journal = tmp_path / "journal"
    sign = make_sign(f'{MAIN}options = {{ journal = "{journal}" }}\n')
    assert sign.call("import", str(write_schedule(tmp_path / "schedules"))).returncode == 0
    sign.start("run")
    until("the sign is on air", sign.is_ready)
    until("the pictures have come in", lambda: sign.has_decoded(2))
    programs = {program: sign.pids(program) for program in ("control", "player")}
    for name, flood in {
        **{name: partial(run, sign, words) for name, words in FLOODS.items()},
        "silence": partial(fill_with_silence, sign),
        "many requests in one piece": partial(send_all_at_once, sign),
        "giant heads": partial(send_giant_heads, sign),
    }.items():
        before = until("the player is there", sign.snapshot)
        flood()
        until(f"control answers after {name}", lambda: answers(sign))
        after = until("the player is there", sign.snapshot)
        _log.info(
            "%s: ticks=%d missed=%d lateness_p99_us before=%d after=%d",
            name,
            after.tick - before.tick,
            after.missed_ticks - before.missed_ticks,
            before.lateness_p99_us,
            after.lateness_p99_us,
        )
    assert {program: sign.pids(program) for program in programs} == programs
    assert not sign.says("Traceback")
    sign.plays_on()
    ticks = [int(line.split()[0]) for line in journal.read_text(encoding="utf-8").splitlines()]
    assert len(ticks) > 1000
    assert all(earlier < later for earlier, later in pairwise(ticks)), "a tick was repeated or went back"


def fill_with_silence(sign: Sign) -> None:
    """Strangers who say nothing take every place, until they are cut."""
    with contextlib.ExitStack() as stack:
        silent = [_connect(stack, sign) for _ in range(CONNECTIONS_MAX)]
        until("the strangers are cut", lambda: answers(sign))
        assert silent[0].recv(1) == b""


def send_all_at_once(sign: Sign) -> None:
    """Strangers who ask a thousand times without waiting, and never read, take every place until they are cut."""
    asked = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n" * ASKED
    with contextlib.ExitStack() as stack:
        for _ in range(CONNECTIONS_MAX):
            stranger = _connect(stack, sign)
            stranger.setblocking(False)
            with contextlib.suppress(BlockingIOError, ConnectionError):
                stranger.send(asked)
        until("the strangers are cut", lambda: answers(sign))


def send_giant_heads(sign: Sign) -> None:
    """Heads that are longer than any, or none at all."""
    for head in (b"GET / HTTP/1.1\r\nX: " + b"x" * 4 * HEAD_MAX, b"GET /" + b"x" * 4 * HEAD_MAX, b"\0" * 100_000):
        with contextlib.ExitStack() as stack, contextlib.suppress(ConnectionError):
            giant = _connect(stack, sign)
            giant.sendall(head)
            told = giant.recv(1000)
            assert told == b"" or told.startswith(b"HTTP/1.1 400")


def _connect(stack: contextlib.ExitStack, sign: Sign) -> socket.socket:
    """A connection that takes in little, and waits at most half a minute."""
    made = stack.enter_context(socket.socket())
    made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
    made.settimeout(30)
    made.connect(("127.0.0.1", sign.port))
    return made
