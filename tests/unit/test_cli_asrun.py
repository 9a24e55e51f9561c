"""`playout asrun`: rows from the journal's file, where no player runs."""

import json
from pathlib import Path

import pytest
from asrun_stage import moment, row, run
from typer.testing import CliRunner, Result

from playout.cli import app
from playout.store.asrun import AsRunFile

ROWS = 1200


@pytest.fixture
def state(tmp_path: Path) -> Path:
    for screen in ("main", "side"):
        file = AsRunFile(tmp_path / "asrun" / f"{screen}.db")
        number, _ = file.begin(run())
        rows = [row(n + 1, number, moment(n), moment(n + 1)) for n in range(ROWS)]
        last = row(ROWS + 1, number, moment(ROWS), kind="blank", notice="", unseen="blank", language="")
        file.write([*rows, last], number, moment(ROWS), None)
        file.close()
    (tmp_path / "playout.toml").write_text(
        '[site]\ntimezone = "Asia/Ho_Chi_Minh"\n'
        '[[screens]]\nid = "main"\nsink = "memory"\n[[screens]]\nid = "side"\nsink = "memory"\n'
    )
    return tmp_path


def called(state: Path, *words: str) -> Result:
    return CliRunner().invoke(app, ["asrun", "--config", str(state / "playout.toml"), "--state", str(state), *words])


def test_every_row_of_an_interval_is_told_once(state: Path) -> None:
    told = called(state, "--from", str(moment(0).utc_ns), "--to", str(moment(9000).utc_ns), "--json")
    assert told.exit_code == 0
    rows = json.loads(told.stdout)
    for screen in ("main", "side"):
        assert [each["id"] for each in rows if each["screen"] == screen] == list(range(1, ROWS + 2))
    assert rows[0]["because"]["winner"] == "daypart day"


def test_the_table_says_what_when_and_whether_it_was_visible(state: Path) -> None:
    to = str(moment(9000).utc_ns)
    told = called(state, "--screen", "side", "--from", str(moment(ROWS - 1.5).utc_ns), "--to", to)
    assert told.exit_code == 0
    assert "3 rows" in told.stdout
    assert "main" not in told.stdout
    assert "welcome 1/3" in " ".join(told.stdout.split())
    assert "on air" in told.stdout
    assert "2027-01-15 15:19:59.000" in told.stdout, "the time of the site"


def test_a_wrong_question_is_told_in_words(state: Path) -> None:
    now = str(moment(0).utc_ns)
    for words, text in (
        (("--from", now, "--to", now), "does not lie before"),
        (("--from", "yesterday"), "no instant"),
        (("--screen", "mian"), "no screen is called"),
    ):
        told = called(state, *words)
        assert told.exit_code != 0
        assert text in told.output
        assert "Traceback" not in told.output
    (state / "asrun" / "side.db").unlink()
    told = called(state, "--screen", "side")
    assert "no such journal" in told.output
    (state / "asrun" / "main.db").write_bytes(b"no database" * 999)
    told = called(state, "--screen", "main")
    assert told.exit_code == 1
    assert "not a database" in told.output
