"""Files damaged, disks full, databases lost, while the sign plays and while it starts."""

import signal
import subprocess
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from peers import missing, need_program
from system.rig import Sign, until, write_schedule

from playout.ipc.sockets import ask
from playout.model.claim import ContentKind

MAIN = '[[screens]]\nid = "main"\nsink = "memory"\nfps = 20\n'
OVERRIDE = {"notice": "words", "reason": "test", "stop": "now", "duration_s": 3600}

pytestmark = pytest.mark.system


def cut_short(files: list[Path]) -> None:
    for file in files:
        file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])


def test_air_files_cut_short(make_sign: Callable[..., Sign], tmp_path: Path) -> None:
    sign = make_sign(MAIN)
    assert sign.call("import", str(write_schedule(tmp_path / "schedules"))).returncode == 0
    sign.make_token()
    player, control = sign.start("player"), sign.start("control")
    until("the sign is on air", sign.is_ready)
    until("the schedule is there", lambda: sign.shows(revision=1))
    status, answer = sign.request("/api/v1/overrides", OVERRIDE)
    assert status == 201
    override = answer["claim"]["id"]
    newest = until("the override shows", lambda: sign.shows(claim=override)).generation

    control.send_signal(signal.SIGSTOP)
    air = sorted(sign.paths.air.glob("*.json"))
    cut_short(air[-1:])
    told = ask(sign.paths.command_socket("main"), {"op": "generation", "generation": newest}, 5.0)
    assert (told["generation"], told["claim"]) == (newest, override), "it went back to what was before"
    sign.plays_on()
    player.kill()
    player.wait()
    player = sign.start("player")
    snapshot = until("it plays the one before", sign.snapshot)
    assert (snapshot.generation, snapshot.revision) == (newest - 1, 1)
    control.send_signal(signal.SIGCONT)
    repaired = until("control has written it again", lambda: sign.shows(claim=override))
    assert repaired.generation > newest

    control.terminate()
    control.wait(20)
    cut_short(sorted(sign.paths.air.glob("*.json")))
    sign.plays_on()
    player.kill()
    player.wait()
    sign.start("player")
    snapshot = until("it shows the slate", sign.snapshot)
    assert (snapshot.kind, snapshot.generation) == (ContentKind.SLATE, 0)
    assert "no schedule has come from control" in snapshot.warnings[0]
    sign.start("control")
    until("control brings everything back", lambda: sign.shows(claim=override))


def test_a_damaged_database_is_replaced_by_its_backup_and_the_sign_plays_on(
    make_sign: Callable[..., Sign], tmp_path: Path
) -> None:
    sign = make_sign(MAIN)
    assert sign.call("import", str(write_schedule(tmp_path / "schedules"))).returncode == 0
    sign.make_token()
    sign.start("player")
    control = sign.start("control")
    until("the sign is on air", sign.is_ready)
    status, answer = sign.request("/api/v1/overrides", OVERRIDE)
    assert status == 201
    override = answer["claim"]["id"]
    first = until("the override shows", lambda: sign.shows(claim=override))

    control.terminate()
    control.wait(20)
    ruin(sign.paths.database)
    sign.start("control")
    until("control is back", sign.is_ready)
    _, answer = sign.request("/api/v1/overrides")
    assert [claim["id"] for claim in answer["overrides"] if claim["is_live"]] == [override], "adopted from the air file"
    assert "the last good backup was opened" in " ".join(sign.request("/api/v1/status")[1]["warnings"])
    assert sign.shows(claim=override, pid=first.pid)
    sign.plays_on()


def test_a_database_damaged_while_control_runs(make_sign: Callable[..., Sign], tmp_path: Path) -> None:
    sign = make_sign(MAIN)
    assert sign.call("import", str(write_schedule(tmp_path / "schedules"))).returncode == 0
    sign.make_token()
    sign.start("run")
    until("the sign is on air", sign.is_ready)
    until("the schedule is there", lambda: sign.shows(revision=1))
    player, (control,) = until("it is there", sign.snapshot).pid, sign.pids("control")
    ruin(sign.paths.database)
    status, answer = sign.request("/api/v1/overrides", OVERRIDE)
    assert status == 503
    assert "the last good backup" in answer["remedy"]
    until("control has ended", lambda: control not in sign.pids("control"))
    until("control is back", sign.is_ready)

    def takes_an_override() -> bool:
        with suppress(OSError):
            return sign.request("/api/v1/overrides", OVERRIDE)[0] == 201
        return False

    until("it works", takes_an_override)
    until("the override shows", lambda: sign.shows(notice="words", band=4, pid=player))
    assert sign.says("the last good backup was opened")


def ruin(database: Path) -> None:
    for file in (database, database.with_name(database.name + "-wal")):
        if file.exists():
            with file.open("r+b") as stream:
                stream.write(b"\xa5" * file.stat().st_size)


@pytest.mark.parametrize(
    ("words", "code"),
    [(["run"], 78), (["import", "schedules"], 1), (["token", "create", "a"], 1), (["player"], 78), (["control"], 74)],
)
def test_a_state_folder_that_is_none(make_sign: Callable[..., Sign], words: list[str], code: int) -> None:
    sign = make_sign(MAIN)
    (sign.folder / "state").write_text("a file in the way", encoding="utf-8")
    folder = str(write_schedule(sign.folder / "schedules"))
    told = sign.call(*(word.replace("schedules", folder) for word in words))
    assert told.returncode == code, told.stderr
    assert str(sign.folder / "state") in told.stderr
    assert "correct" in told.stderr
    assert "Traceback" not in told.stderr


def fill(file: Path) -> None:
    """Takes up all the space there is."""
    with suppress(OSError), file.open("wb", buffering=0) as stream:
        while True:
            stream.write(b"x" * 65536)
    with suppress(OSError), file.open("ab", buffering=0) as stream:
        while True:
            stream.write(b"x")


def test_a_full_disk_leaves_the_sign_on_air_and_says_what_is_not_saved(make_sign: Callable[..., Sign]) -> None:
    told = subprocess.run([need_program("unshare", "util-linux"), "-m", "true"], check=False, capture_output=True)
    if told.returncode:
        missing(f"mount namespaces are not permitted here: {told.stderr.decode().strip()}")
    sign = make_sign(MAIN)
    state = sign.folder / "state"
    state.mkdir()
    mount = f'mount -t tmpfs -o size=32m none "{state}" && exec "$@"'
    process = sign.start("run", under=("unshare", "-m", "sh", "-c", mount, "sh"))
    until("the sign is on air", sign.is_ready, 40)
    sign.make_token(under=("nsenter", "-t", str(process.pid), "-m"))
    sign.state = Path(f"/proc/{process.pid}/root{state}")  # the same folder, seen from outside of its namespace
    filler = sign.state / "filler"
    fill(filler)

    def is_refused() -> bool:
        status, answer = sign.request("/api/v1/overrides", {**OVERRIDE, "notice": "welcome"})
        return status == 503 and "free some space" in answer["remedy"]

    until("an override is refused", is_refused)
    told = ask(sign.paths.operations_socket("main"), {"op": "panic", "by": "test"}, 5.0)
    assert told["ok"]
    assert "free some space" in told["not_saved"]
    snapshot = until("it is black all the same", lambda: sign.shows(kind=ContentKind.BLANK))
    assert "NOT SAVED" in " ".join(snapshot.warnings)
    sign.plays_on()
    filler.unlink()
    until("it has been saved", lambda: (s := sign.snapshot()) and "NOT SAVED" not in " ".join(s.warnings))
    assert b"local panic main" in sign.paths.local("main").read_bytes()
    status, _ = sign.request("/api/v1/overrides", {**OVERRIDE, "notice": "welcome", "wait": True})
    assert status == 201
    assert not sign.says("Traceback")
