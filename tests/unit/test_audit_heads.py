"""Control publishes signed heads of the journal, and the command line checks and shows it."""

import asyncio
import json
import logging
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from api_stage import Stage
from typer.testing import CliRunner

from playout import backup
from playout.api.main import build, keep_house
from playout.cli import app
from playout.config import load_config
from playout.paths import Paths, shipped
from playout.programs import log_to_stderr
from playout.store import journal, open_store
from playout.store.chain import read_chain
from playout.store.heads import Head, find_heads, open_signer

NOW_NS = 1_800_000_000 * 10**9


def _heads(caplog: pytest.LogCaptureFixture) -> list[Head | str]:
    return list(find_heads(caplog.messages))


def _change(here: Stage, what: str = "override.add") -> None:
    with here.store.write() as db:
        journal.add(db, here.clock.utc_ns(), "anh", what)


@pytest.mark.anyio
async def test_a_head_is_published_each_minute_with_a_change_and_each_hour(
    here: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    heads = here.services.heads
    assert heads.is_due
    first = heads.publish_news()
    assert first is not None
    assert open_signer(here.paths.audit_key).verifier().has_signed(first)
    assert not heads.is_due
    here.clock.move(60)
    assert heads.is_due
    assert heads.publish_news() is None
    _change(here)
    here.clock.move(60)
    second = heads.publish_news()
    with here.store.read() as db:
        assert second is not None
        assert (second.count, second.hash, second.at_ns) == (*journal.head(db), here.clock.utc_ns())
    here.clock.move(3599)
    assert heads.publish_news() is None
    here.clock.move(1)
    third = heads.publish_news()
    assert third is not None
    assert (third.count, third.hash) == (second.count, second.hash)
    assert _heads(caplog) == [first, second, third]


@pytest.mark.anyio
async def test_a_step_of_the_wall_clock_holds_no_head_back(here: Stage) -> None:
    here.services.heads.publish_news()
    _change(here)
    here.clock.step(-3600)
    here.clock.move(60)
    assert here.services.heads.is_due
    assert here.services.heads.publish_news() is not None


@pytest.mark.anyio
async def test_at_an_emergency_it_is_published_at_once(here: Stage, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    here.services.heads.publish_news()
    here.services.heads.publish()
    _change(here)
    last = here.services.heads.publish()
    assert [head.count for head in _heads(caplog) if isinstance(head, Head)] == [0, 0, 1]
    assert _heads(caplog)[-1] == last


@pytest.mark.anyio
async def test_housekeeping_publishes_and_so_does_the_end(here: Stage, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    rounds = 0

    def alive() -> None:
        nonlocal rounds
        rounds += 1
        if rounds == 3:
            _change(here)
            here.clock.move(61)
        if rounds == 5:
            _change(here)
            here.services.stopping.set()

    await asyncio.wait_for(keep_house(here.services, alive, 0.001), 60)
    assert [head.count for head in _heads(caplog) if isinstance(head, Head)] == [0, 1, 2]


@pytest.mark.anyio
async def test_a_key_that_cannot_be_used_is_told_once_and_tried_again(
    here: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    here.paths.audit_key.write_text("nonsense")
    here.paths.audit_key.chmod(0o600)
    made = build(here.config, here.paths, here.store, here.clock)
    for _ in range(3):
        assert made.heads.publish() is None
    assert [record.levelname for record in caplog.records] == ["ERROR"]
    assert "is no key for signing" in made.status.warnings()[-1]
    here.paths.audit_key.unlink()
    assert made.heads.publish() is not None
    assert not any("heads of the journal" in warning for warning in made.status.warnings())


def test_heads_are_logged_at_any_level_of_the_log(monkeypatch: pytest.MonkeyPatch) -> None:
    root, ours = logging.getLogger(), logging.getLogger("playout.api.audit")
    before = (root.level, list(root.handlers), ours.level)
    try:
        root.handlers.clear()
        monkeypatch.setenv("PLAYOUT_LOG", "ERROR")
        log_to_stderr()
        assert root.level == logging.ERROR
        assert ours.isEnabledFor(logging.INFO)
    finally:
        root.handlers[:] = before[1]
        root.setLevel(before[0])
        ours.setLevel(before[2])


class Site:
    """A state folder with ten rows, a key, and a log with heads in it."""

    def __init__(self, folder: Path) -> None:
        self.config, self.log = folder / "playout.toml", folder / "control.log"
        self.config.write_text('[[screens]]\nid = "main"\nsink = "memory"\n')
        state = folder / "state"
        self.paths = Paths(self.config, state, state / "run", shipped("fonts"), shipped("schedules"))
        lines: list[str] = []
        with open_store(self.paths.database) as store:
            signer = open_signer(self.paths.audit_key, make=True)
            for number in range(1, 11):
                with store.write() as db:
                    who = "anh" if number % 2 else "bình"
                    what = "override.add" if number < 9 else "revision.add"
                    journal.add(db, NOW_NS + number * 10**9, who, what, reason="lũ về")
                    lines.append(f"INFO playout.api.main something else {number}")
                    if number % 5 == 0:
                        head = signer.sign(*journal.head(db), NOW_NS + number * 10**9)
                        lines.append(f"2027-01-15 08:00:00,123 INFO playout.api.audit {head.line}")
        self.log.write_text("\n".join(lines) + "\n")

    def run(self, *words: str, stdin: str = "") -> tuple[int, str, str]:
        where = ["--config", str(self.config), "--state", str(self.paths.state)]
        ran = CliRunner().invoke(app, ["audit", *words, *where], input=stdin)
        return ran.exit_code, ran.stdout, ran.stderr

    def sql(self, statement: str) -> None:
        with closing(sqlite3.connect(self.paths.database)) as db, db:
            db.execute(statement)


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(tmp_path)


def test_a_sound_journal_is_told_so(site: Site) -> None:
    code, said, _ = site.run("verify", "--heads", str(site.log))
    assert code == 0
    assert "10 rows: sound" in said
    assert "2 heads compared, the last count=10" in said
    assert site.run("verify", "--heads", "-", stdin=site.log.read_text())[:2] == (code, said)
    code, said, _ = site.run("verify")
    assert code == 0
    assert "no heads compared" in said


def test_what_is_wrong_is_told_in_words_and_json(site: Site) -> None:
    site.sql("UPDATE journal SET who = 'nobody' WHERE number = 4")
    code, said, _ = site.run("verify")
    assert code == 1
    assert "altered: row 4 was altered" in said
    assert "NOT SOUND" in said
    code, said, _ = site.run("verify", "--json", "--heads", str(site.log))
    told = json.loads(said)
    assert (code, told["sound"], told["rows"], told["heads"]) == (1, False, 10, 2)
    assert [(fault["code"], fault["row"]) for fault in told["faults"]] == [("altered", 4)]
    assert told["last_head"]["count"] == 10


def test_rows_cut_off_are_told_with_count_and_instant(site: Site) -> None:
    site.sql("DELETE FROM journal WHERE number > 8")
    assert site.run("verify")[0] == 0
    code, said, _ = site.run("verify", "--heads", str(site.log))
    assert code == 1
    assert "cut_off: rows were cut off: last published head count=10 at=2027-01-15T08:00:10" in said


def test_heads_of_another_key_forged_and_cut_lines_are_not_sound(site: Site, tmp_path: Path) -> None:
    public = tmp_path / "pub.pem"
    assert site.run("key", "-o", str(public))[0] == 0
    key = json.loads(site.run("key", "--json")[1])
    assert public.read_text() == key["public"] == site.run("key")[1]
    log, keys = site.log.read_text(), ["--key", str(public)]
    assert site.run("verify", "--heads", str(site.log), *keys)[0] == 0
    for text, kind in (
        (log.replace("count=5 ", "count=4 "), "forged"),
        (log.replace(f"key={key['key']}", "key=0123456789abcdef"), "unknown_key"),
        (log.rstrip()[:-4], "unreadable"),
    ):
        code, said, _ = site.run("verify", "--heads", "-", *keys, stdin=text)
        assert code == 1
        assert f"{kind}: " in said
    site.paths.audit_key.unlink()  # somebody who put a key of his own there, and signs with it
    mine = open_signer(site.paths.audit_key, make=True)
    code, said, _ = site.run("verify", "--heads", "-", *keys, stdin=mine.sign(10, bytes(32), NOW_NS).line)
    assert code == 1
    assert "unknown_key" in said
    (tmp_path / "new.pem").write_text(mine.public_pem())
    assert site.run("verify", "--heads", str(site.log), *keys, "--key", str(tmp_path / "new.pem"))[0] == 0


@pytest.mark.parametrize(
    ("words", "stdin", "said"),
    [
        (["--heads", "-"], "nothing of ours", "no head in the log"),
        (["--heads", "/nowhere/log"], "", "/nowhere/log: No such file"),
        (["--heads", "-", "--key", "/nowhere/pub.pem"], "", "/nowhere/pub.pem: No such file"),
    ],
)
def test_what_cannot_be_checked_is_no_success(site: Site, words: list[str], stdin: str, said: str) -> None:
    code, _, told = site.run("verify", *words, stdin=stdin)
    assert code == 1
    assert said in told
    assert "Traceback" not in told


def test_a_database_that_is_missing_older_or_damaged_is_told_and_left_alone(site: Site) -> None:
    site.sql("PRAGMA user_version = 3")
    assert "no hashes yet" in site.run("verify")[2]
    site.paths.database.write_bytes(b"x" * 5000)
    code, _, told = site.run("verify")
    assert code == 1
    assert "not a database" in told
    site.paths.database.unlink()
    code, _, told = site.run("verify")
    assert code == 1
    assert "is not there" in told
    assert not site.paths.database.exists()


def test_rows_are_listed_by_time_who_and_what(site: Site) -> None:
    code, said, _ = site.run("list", "--who", "b*", "--what", "override.*", "--from", str(NOW_NS + 3 * 10**9))
    assert code == 0
    lines = said.splitlines()
    assert [line.split()[0] for line in lines] == ["4", "6", "8", "3"]
    assert "bình  override.add" in lines[0]
    assert "lũ về" in lines[0]
    rows = json.loads(site.run("list", "--to", str(NOW_NS + 3 * 10**9), "--json")[1])
    assert [(row["row"], row["detail"]) for row in rows] == [(1, {"reason": "lũ về"}), (2, {"reason": "lũ về"})]
    assert site.run("list", "--from", "2027-01-02T00:00:00Z", "--to", "2027-01-01T00:00:00Z")[0] == 78


def test_rows_that_somebody_changed_are_listed_as_they_lie_there(site: Site) -> None:
    site.sql("UPDATE journal SET detail = '{', at_ns = -9223372036854775808 WHERE number = 2")
    code, said, _ = site.run("list", "--json")
    assert code == 0
    assert json.loads(said)[1]["detail"] == "{"
    assert site.run("list")[0] == 0
    site.sql("UPDATE journal SET who = CAST(x'ff' AS TEXT) WHERE number = 3")
    code, _, told = site.run("list")
    assert code == 1
    assert "Traceback" not in told
    assert "row 2 was altered" in site.run("verify")[1]


def test_the_key_and_the_chain_go_into_a_backup_and_come_back(site: Site, tmp_path: Path) -> None:
    file, config = tmp_path / "sign.tar", load_config(site.config)
    with open_store(site.paths.database):  # the sign runs
        backup.back_up(config, site.paths, file, _Clock())
    made = open_signer(site.paths.audit_key).id
    site.paths.state.rename(tmp_path / "old")
    backup.restore(file, site.config, site.paths.state)
    assert open_signer(site.paths.audit_key).id == made
    assert site.paths.audit_key.stat().st_mode & 0o777 == 0o600
    with open_store(site.paths.database) as store, store.write() as db:
        journal.add(db, 1, "anh", "goes.on")
        chain = read_chain(db)
    assert (chain.count, chain.fault) == (11, None)
    assert site.run("verify", "--heads", str(site.log))[0] == 0


class _Clock:
    def utc_ns(self) -> int:
        return NOW_NS

    monotonic_ns = boottime_ns = utc_ns

    def boot_id(self) -> str:
        return "boot"
