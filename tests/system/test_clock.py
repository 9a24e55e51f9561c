"""A host whose clock is wrong: what shows, what is said, and how it comes back by itself."""

import sys
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from system.rig import Sign, until, write_schedule

from playout.ipc.sockets import ask
from playout.model.claim import ContentKind

MAIN = '[[screens]]\nid = "main"\nsink = "memory"\nfps = 20\n'
DATED = """
filler = "undated"
filler_layout = "wall"

[[layouts]]
id = "wall"
zones = [{ kind = "main", height = 0.8 }, { kind = "clock", y = 0.8, height = 0.2, ground = "#102030" }]

[[playlists]]
id = "undated"
items = [{ notice = "view", transition = "cut" }]

[[playlists]]
id = "dated"
items = [{ notice = "words", transition = "cut" }]

[[dayparts]]
id = "always"
start = "00:00"
end = "00:00"
playlist = "dated"
layout = "wall"
"""

pytestmark = pytest.mark.system


def set_clock(file: Path, off_s: float) -> None:
    """Sets the player's clock: so many seconds from the true one."""
    new = file.with_suffix(".new")
    new.write_text(str(off_s), encoding="ascii")
    new.replace(file)


def start_player(sign: Sign, wall: Path) -> None:
    """A real player whose wall clock the file sets; all other clocks are true."""
    words = [sys.executable, str(Path(__file__).parent / "player_with_clock.py"), str(wall)]
    sign.start_command(*words, str(sign.file), str(sign.state))


def shows_a_clock(sign: Sign) -> bool:
    """Whether there is anything in the clock's zone but its ground, or black."""
    zone = sign.picture()[int(480 * 0.8) + 2 :]
    return len(np.unique(zone.reshape(-1, 3), axis=0)) > 1


def test_a_clock_in_1970_shows_what_needs_no_date_and_comes_back_by_itself(
    make_sign: Callable[..., Sign], tmp_path: Path
) -> None:
    sign, wall = make_sign(MAIN), tmp_path / "wall-clock"
    to_1970_s = 10 - time.time()  # noqa: TID251 -- a real service with a real clock
    set_clock(wall, to_1970_s)
    schedule = write_schedule(tmp_path / "schedules")
    (schedule / "schedule.toml").write_text(DATED, encoding="utf-8")
    told = sign.call("import", str(schedule))
    assert told.returncode == 0, told.stderr
    sign.start("media")
    start_player(sign, wall)
    until("the player is there", sign.snapshot)
    sign.start("control")  # it tells whoever is there; by its own clock, this player is long gone

    snapshot = until("the undated playlist shows", lambda: sign.shows(claim="filler", notice="view"))
    assert snapshot.at_ns < 10**9 * 3600, "the player sees 1970"
    assert not snapshot.conditions.trust.trusted
    assert snapshot.conditions.trust.floor_ns > 10**18
    warning = next(each for each in snapshot.warnings if "clock" in each)
    assert "connect a time server, or set the clock" in warning
    until("its picture is there", lambda: bool(sign.picture()[:300].any()))
    assert not shows_a_clock(sign)
    told = sign.call("ctl", "status")
    assert "NOT TRUSTED" in told.stdout
    assert "1970-01-01" in told.stdout

    answer = ask(sign.paths.operations_socket("main"), {"op": "panic", "by": "test"}, 5.0)
    assert answer["ok"]
    until("a panic needs no clock", lambda: sign.shows(kind=ContentKind.BLANK))
    assert ask(sign.paths.operations_socket("main"), {"op": "clear", "by": "test"}, 5.0)["ok"]
    until("and its end neither", lambda: sign.shows(claim="filler"))

    pid = until("it plays", sign.snapshot).pid
    set_clock(wall, 0)
    snapshot = until("the dated playlist shows", lambda: sign.shows(claim="daypart always", notice="words"))
    assert snapshot.pid == pid
    assert snapshot.conditions.trust.trusted
    assert abs(snapshot.at_ns - time.time_ns()) < 60 * 10**9  # noqa: TID251 -- a real service with a real clock
    assert not any("clock" in warning for warning in snapshot.warnings)
    until("the clock shows", lambda: shows_a_clock(sign))
    assert "clock=trusted (" in sign.call("ctl", "status").stdout

    rows = ask(sign.paths.command_socket("main"), {"op": "asrun", "since": 0}, 5.0)["rows"]
    stepped = [number for number, row in enumerate(rows) if row["ended"] == "step"]
    assert stepped
    assert not any(row["clock_trusted"] for row in rows[: stepped[-1]])
    assert rows[-1]["clock_trusted"]
    for earlier, later in pairwise(rows):
        assert earlier["end_boot_ns"] == later["start_boot_ns"], "by the clock that never steps there is no gap"
    assert rows[0]["end_ns"] < 10**9 * 3600, "a row ends by the clock by which it began"

    set_clock(wall, to_1970_s)
    until("a clock that falls back is noticed", lambda: sign.shows(claim="filler"))
