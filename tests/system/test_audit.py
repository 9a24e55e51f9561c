"""The journal of control and its published heads, by real programs: what the log says is what the journal is."""

import json
import shutil
from collections.abc import Callable

import pytest
from system.rig import Sign, until

MAIN = '[[screens]]\nid = "main"\nsink = "memory"\nfps = 20\n'

pytestmark = pytest.mark.system


def _run_control(sign: Sign) -> str:
    """Runs control, makes a token meanwhile, ends it; returns what it logged."""
    before = len(sign.log.read_text(encoding="utf-8")) if sign.log.exists() else 0
    control = sign.start("control")
    until("a head is published", lambda: "audit head count=" in sign.log.read_text(encoding="utf-8")[before:])
    made = sign.call("token", "create", f"token {before}", "--role", "viewer")
    assert made.returncode == 0, made.stderr
    control.terminate()
    assert control.wait(20) == 0
    return sign.log.read_text(encoding="utf-8")[before:]


def test_heads_in_the_log_show_what_a_recovery_lost(make_sign: Callable[..., Sign]) -> None:
    sign = make_sign(MAIN)
    first = _run_control(sign)
    good = sign.paths.database.with_name("state.db.good")
    shutil.copyfile(good, older := sign.folder / "older")
    second = _run_control(sign)
    sound = sign.call("audit", "verify", "--heads", str(sign.log), "--json")
    assert sound.returncode == 0, sound.stdout + sound.stderr
    rows = json.loads(sound.stdout)["rows"]
    assert json.loads(sound.stdout)["last_head"]["count"] == rows, "the last head tells of the row made just before"
    counts = [int(text.rpartition("head count=")[2].split()[0]) for text in (first, second)]
    assert counts == [rows - 1, rows]

    older.rename(good)
    sign.paths.database.write_bytes(b"x" * 5000)
    third = _run_control(sign)
    lost = sign.call("audit", "verify", "--heads", str(sign.log), "--json")
    assert lost.returncode == 1, lost.stdout + lost.stderr
    told = json.loads(lost.stdout)
    assert [(fault["code"], fault["row"]) for fault in told["faults"]] == [("cut_off", rows)]
    assert f"head count={rows} at=" in told["faults"][0]["message"]
    assert told["recovered"] == [{"row": rows, "rows_kept": rows - 1}]

    (since := sign.folder / "since").write_text(third, encoding="utf-8")
    assert sign.call("audit", "verify", "--heads", str(since)).returncode == 0
    listed = json.loads(sign.call("audit", "list", "--what", "store.*", "--json").stdout)
    assert [(row["row"], row["who"], row["what"]) for row in listed] == [(rows, "playout", "store.recover")]
