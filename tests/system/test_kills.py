"""Control and media killed at random moments: the ticks go on and the picture stays right."""

import os
import random
import signal
import threading
import time
import zlib
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from system.rig import Sign, until, write_schedule

from playout.errors import LinkError
from playout.ipc.sockets import ask
from playout.preflight import Artist

FPS = 60
KILLS = 20

pytestmark = pytest.mark.system


def keep_busy(sign: Sign, stop: threading.Event, commits: list[str]) -> None:
    """Commits and air files without end; the claims are for tomorrow, so that the picture is not changed by them."""
    start = datetime.now(UTC) + timedelta(days=1)  # noqa: TID251 -- a real service with a real clock
    while not stop.is_set():
        body = {"notice": "view", "reason": "test", "start": start.isoformat(), "duration_s": 60}
        with suppress(OSError, ValueError):
            status, answer = sign.request("/api/v1/overrides", body)
            if status == 201:
                commits.append(answer["claim"]["id"])


def keep_decoding(sign: Sign, stop: threading.Event) -> None:
    """Decodes without end, each at another size."""
    width = 300
    while not stop.is_set():
        width += 1
        picture = next(sign.paths.media.iterdir()).name
        message = {"op": "decode", "sha256": picture, "width": width, "height": 400, "fit": "cover"}
        with suppress(LinkError):
            ask(sign.paths.media_socket, message, 5.0)


def test_control_and_media_killed_at_random_moments(make_sign: Callable[..., Sign], tmp_path: Path) -> None:
    journal = tmp_path / "journal"
    sign = make_sign(f'[[screens]]\nid = "main"\nsink = "memory"\nfps = {FPS}\noptions = {{ journal = "{journal}" }}\n')
    assert sign.call("import", str(write_schedule(tmp_path / "schedules"))).returncode == 0
    sign.make_token()
    sign.start("run")
    until("the player is on air", sign.is_ready)
    until("the pictures have come in", lambda: sign.has_decoded(2))
    players = sign.pids("player")

    stop, commits = threading.Event(), list[str]()
    workers = [
        threading.Thread(target=keep_busy, args=(sign, stop, commits)),
        threading.Thread(target=keep_decoding, args=(sign, stop)),
    ]
    for worker in workers:
        worker.start()
    started_ns = time.time_ns()  # noqa: TID251
    moments = random.Random(20)
    killed = 0
    while killed < KILLS:
        time.sleep(moments.uniform(0.2, 1.2))
        victims = sign.pids("control") if killed % 2 else sign.pids("media")
        for victim in victims[:1]:
            with suppress(ProcessLookupError):
                os.kill(victim, signal.SIGKILL)
                killed += 1
    stop.set()
    for worker in workers:
        worker.join()
    until("control and media are back", lambda: sign.pids("control") and sign.pids("media") and sign.is_ready())
    assert sign.pids("player") == players

    rows = [line.split() for line in journal.read_text(encoding="ascii").splitlines()]
    ticks = [int(row[0]) for row in rows]
    steps = [after - before for before, after in pairwise(ticks)]
    assert min(steps) == 1, "a tick was repeated or went back"
    assert max(steps) < FPS, "the ticks stopped"
    artist = Artist(sign.config, sign.paths, sign.config.screens[0])
    meant = [row for row in rows if int(row[1]) > started_ns][::53]
    wrong = [row for row in meant if zlib.crc32(artist.wire(int(row[1])).data) != int(row[2], 16)]
    assert len(meant) > 10
    assert wrong == []

    _, answer = sign.request("/api/v1/overrides")
    stored = {claim["id"] for claim in answer["overrides"]}
    assert commits
    assert set(commits) <= stored, "something acknowledged was lost"
