"""The as-run journal of a real sign: true, whole after kills, and never in the way."""

import os
import random
import signal
import sqlite3
import subprocess
import time
from bisect import bisect_right
from collections.abc import Callable
from contextlib import closing, suppress
from itertools import pairwise
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from peers import missing, need_program
from system.rig import Sign, until, write_schedule
from system.test_faults import fill, ruin

from playout.config import screen_size
from playout.errors import LinkError
from playout.intake import SuppliedPictures
from playout.ipc.sockets import ask
from playout.preflight import current_inputs
from playout.render.compose import Compositor
from playout.render.digest import content_digest, row_digest
from playout.render.scene import SceneBuilder
from playout.resolve import resolve
from playout.text.engine import TextEngine
from playout.text.fonts import load_fonts

FPS = 30
KILLS = int(os.environ.get("PLAYOUT_ASRUN_KILLS", "6"))
"""How often the player is killed; the build takes six."""
PLAYED_S = float(os.environ.get("PLAYOUT_ASRUN_S", "20"))
"""How long rows are compared with `resolve`."""
FAST = """
filler = "loop"

[[playlists]]
id = "loop"
items = [
    { notice = "view", dwell_s = 3, transition = "cut" },
    { notice = "words" },
    { notice = "view", dwell_s = 3.5 },
]
"""
LATE_NS = 10**9
"""How late a page may come where the machine is busy."""
ALIVE_TICKS = 2 * FPS
"""A player says each second that it lives; what a loaded machine takes longer is as much again."""

pytestmark = [pytest.mark.system, pytest.mark.timeout(600)]


def fast_sign(make_sign: Callable[..., Sign], folder: Path) -> tuple[Sign, Path]:
    """A sign whose pages change every three seconds, and the file to which its driver writes each frame."""
    frames = folder / "frames"
    sign = make_sign(f'[[screens]]\nid = "main"\nsink = "memory"\nfps = {FPS}\noptions = {{ journal = "{frames}" }}\n')
    schedule = write_schedule(folder / "schedules")
    (schedule / "schedule.toml").write_text(FAST, encoding="utf-8")
    told = sign.call("import", str(schedule))
    assert told.returncode == 0, told.stderr
    sign.make_token()
    return sign, frames


def rows_of(sign: Sign) -> list[dict[str, Any]]:
    """Every row, from the player; none while it does not answer."""
    rows: list[dict[str, Any]] = []
    with suppress(LinkError):
        while (answer := ask(sign.paths.command_socket("main"), {"op": "asrun", "since": len(rows)}, 5.0))["ok"]:
            rows += answer["rows"]
            if answer["next"] is None:
                break
    return rows


def sent_frames(frames: Path) -> list[tuple[int, int]]:
    """Number and instant of each frame that the driver got."""
    lines = frames.read_text(encoding="ascii").splitlines()
    return [(int(tick), int(due)) for tick, due, _ in map(str.split, lines)]


def test_killed_at_random_moments_it_loses_nothing_that_was_written(
    make_sign: Callable[..., Sign], tmp_path: Path
) -> None:
    sign, frames = fast_sign(make_sign, tmp_path)
    sign.start("run")
    until("the sign is on air", sign.is_ready)
    moments = random.Random(6)
    committed: dict[int, dict[str, Any]] = {}
    for _ in range(KILLS):
        (player,) = until("a player runs", lambda: sign.pids("player"))
        until("its journal answers", lambda: rows_of(sign))
        time.sleep(moments.uniform(0, 4))
        committed |= {row["id"]: row for row in rows_of(sign)}
        os.kill(player, signal.SIGKILL)
        until("it was started again", lambda player=player: sign.pids("player") not in ([], [player]))
    until("it plays", lambda: sign.snapshot() and rows_of(sign))
    time.sleep(2)
    rows = rows_of(sign)

    assert [row["id"] for row in rows] == list(range(1, len(rows) + 1))
    lasting = ("start_ns", "start_boot_ns", "start_tick", "claim", "notice", "language", "page", "sha256", "run")
    for number, row in committed.items():
        kept = rows[number - 1]
        assert [kept[name] for name in lasting] == [row[name] for name in lasting], "a committed row was lost"
    runs = sorted({row["run"] for row in rows})
    assert KILLS // 2 < len(runs) <= KILLS + 1, "a player that was killed at once has no row"
    sent = [tick for tick, _ in sent_frames(frames)]
    for earlier, later in pairwise(rows):
        assert earlier["end_tick"] <= later["start_tick"], "rows overlap"
        assert earlier["end_boot_ns"] <= later["start_boot_ns"], "rows overlap"
        if earlier["run"] == later["run"]:
            assert (earlier["end_ns"], earlier["end_tick"]) == (later["start_ns"], later["start_tick"]), (
                "there is a gap"
            )
            assert earlier["ended"] == "next"
        else:
            assert earlier["ended"] == "lost"
            missing_ticks = [tick for tick in sent if earlier["end_tick"] <= tick < later["start_tick"]]
            assert len(missing_ticks) <= ALIVE_TICKS, "more is missing than the last second before the kill"
    starts = [row["start_tick"] for row in rows]
    assert all(tick >= starts[0] for tick in sent), "a frame went out before the first row"
    untold = [
        tick
        for tick in sent
        if (row := rows[bisect_right(starts, tick) - 1])["end_tick"] is not None and tick >= row["end_tick"]
    ]
    assert len(untold) <= KILLS * ALIVE_TICKS


def test_rows_are_what_resolve_says_and_the_past_is_what_was_shown(
    make_sign: Callable[..., Sign], tmp_path: Path
) -> None:
    sign, _ = fast_sign(make_sign, tmp_path)
    sign.start("run")
    until("the sign is on air", sign.is_ready)
    until("every picture is there", lambda: sign.has_decoded(2))
    time.sleep(2)
    seen: dict[int, tuple[str, str, str, int]] = {}
    began_ns, deadline = time.time_ns(), time.monotonic() + PLAYED_S  # noqa: TID251 -- a real service with a real clock
    overrides = 0
    while time.monotonic() < deadline:
        if overrides < (time.monotonic() - deadline + PLAYED_S) / 7:
            overrides += 1
            body = {"notice": "words", "reason": "test", "stop": ("now", "page")[overrides % 2], "duration_s": 3}
            assert sign.request("/api/v1/overrides", body)[0] == 201
        if snapshot := sign.snapshot():
            seen[snapshot.at_ns] = snapshot.claim, snapshot.notice, snapshot.language, snapshot.page
        time.sleep(0.05)
    time.sleep(2.5)  # what is asked for lies in the past
    rows = [row for row in rows_of(sign) if row["start_ns"] > began_ns and row["end_ns"] is not None]
    assert len(rows) > PLAYED_S / 6
    assert all(row["visible"] and row["answer"] == "sent" for row in rows)

    config, screen = sign.config, sign.config.screens[0]
    inputs = current_inputs(config, sign.paths, screen)
    size = screen_size(config.panel, screen)
    builder = SceneBuilder(
        size, FPS, ZoneInfo(config.site.timezone), TextEngine(load_fonts(sign.paths.fonts)),
        SuppliedPictures(sign.paths.media, {}),
    )  # fmt: skip
    late = 0
    for row in rows:
        programme = resolve(inputs, row["start_ns"])
        page = programme.page
        assert page is not None
        assert (row["claim"], row["because"]["rule"]) == (programme.claim, programme.because.rule)
        assert (row["notice"], row["language"], row["page"]) == (page.notice.id, page.language, page.number)
        assert resolve(inputs, (row["start_ns"] + row["end_ns"]) // 2) == programme
        is_late = resolve(inputs, row["end_ns"] - 10**9 // FPS) != programme
        assert row["end_ns"] - programme.until_ns < LATE_NS
        late += is_late
        if programme.entered_ns > row["start_ns"] - 10**9 // FPS:
            scene = builder.build(programme, inputs, row["start_ns"])
            assert row["sha256"] == row_digest(scene, content_digest(scene), row["start_ns"], Compositor(size))
    assert late <= overrides + len(rows) // 5, "an override holds from when it was made, and shows when it is saved"

    moments = random.Random(8).sample(sorted(seen), 40)
    unlike = 0
    for at_ns in moments:
        status, answer = sign.request(f"/api/v1/on-air?at={at_ns}")
        assert status == 200
        [main] = answer["screens"]
        assert main["from"] == "journal"
        assert main["as_run"]["visible"]
        told = main["claim"], main["notice"]["id"], main["page"]["language"], main["page"]["number"]
        unlike += told != seen[at_ns]
    assert unlike <= 2, "a snapshot is taken some milliseconds after its frame: one beside a change may be of the next"

    told = sign.call("asrun", "--from", str(began_ns), "--json")
    assert told.returncode == 0, told.stderr
    assert f'"id": {rows[-1]["id"]},' in told.stdout


def warned(sign: Sign, words: str) -> bool:
    snapshot = sign.snapshot()
    return snapshot is not None and any(words in warning for warning in snapshot.warnings)


def assert_whole(rows: list[dict[str, Any]]) -> None:
    """No gap, and no row that stands for others."""
    assert all(earlier["end_tick"] == later["start_tick"] for earlier, later in pairwise(rows))
    assert "unrecorded" not in {row["kind"] for row in rows}


def test_a_full_disk_delays_rows_and_nothing_else(make_sign: Callable[..., Sign], tmp_path: Path) -> None:
    told = subprocess.run([need_program("unshare", "util-linux"), "-m", "true"], check=False, capture_output=True)
    if told.returncode:
        missing(f"mount namespaces are not permitted here: {told.stderr.decode().strip()}")
    sign, _ = fast_sign(make_sign, tmp_path)
    state = sign.folder / "state" / "asrun"
    state.mkdir()
    mount = f'mount -t tmpfs -o size=400k none "{state}" && exec "$@"'
    process = sign.start("run", under=("unshare", "-m", "sh", "-c", mount, "sh"))
    until("the sign is on air", sign.is_ready, 40)
    until("rows are written", lambda: rows_of(sign))
    filler = Path(f"/proc/{process.pid}/root{state}") / "filler"
    fill(filler)
    until("it warns", lambda: warned(sign, "rows wait in memory"))
    assert warned(sign, "free some space")
    sign.plays_on()
    time.sleep(5)
    sign.plays_on()
    filler.unlink()
    until("it is well again", lambda: sign.snapshot() and not warned(sign, "as-run journal"))
    assert_whole(rows_of(sign))
    assert not sign.says("Traceback")


def test_a_locked_and_then_a_damaged_file_delay_rows_and_nothing_else(
    make_sign: Callable[..., Sign], tmp_path: Path
) -> None:
    sign, _ = fast_sign(make_sign, tmp_path)
    sign.start("run")
    until("the sign is on air", sign.is_ready)
    until("there are rows", lambda: len(rows_of(sign)) > 2)
    with closing(sqlite3.connect(sign.paths.asrun("main"), isolation_level=None, timeout=10)) as other:
        other.execute("BEGIN EXCLUSIVE")
        until("it warns", lambda: warned(sign, "another program holds it"))
        sign.plays_on()
        other.rollback()
    until("it is well again", lambda: sign.snapshot() and not warned(sign, "as-run journal"))
    rows = rows_of(sign)
    assert_whole(rows)

    ruin(sign.paths.asrun("main"))
    until("it begins a new one", lambda: warned(sign, "is kept beside it as main.db.damaged-1"))
    sign.plays_on()
    answer = until("it answers", lambda: ask(sign.paths.command_socket("main"), {"op": "asrun", "since": 0}, 5.0))
    assert answer["rows"][-1]["id"] >= rows[-1]["id"], "numbers go on"
    assert_whole(answer["rows"])
    assert sign.paths.asrun("main").with_name("main.db.damaged-1").exists()

    (player,) = sign.pids("player")
    os.kill(player, signal.SIGKILL)
    ruin(sign.paths.asrun("main"))
    until("it plays", lambda: (s := sign.snapshot()) and s.pid != player)
    until("it begins a new one", lambda: warned(sign, "damaged-2"))
    assert not sign.says("Traceback")
