"""The thread of the as-run journal: nothing that happens to its file is lost without a word, or stops anybody."""

import json
import queue
import sqlite3
from collections.abc import Generator, Mapping
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from asrun_stage import NOW_NS, SECOND_NS, moment
from engine_stage import REVISION, SITE, SIZE, RunningClock

from playout.engine.asrun import AsRunJournal
from playout.engine.preparer import Prepared
from playout.ipc.sockets import MAX_MESSAGE
from playout.model.inputs import Inputs
from playout.model.snapshot import Health, LinkState, Snapshot
from playout.render.scene import Scene
from playout.resolve import resolve
from playout.store.asrun import AsRunFile, read_marks

WAIT_S = 20
INPUTS = Inputs("main", SITE, REVISION, generation=7)


class Clock(RunningClock):
    def boottime_ns(self) -> int:
        return self.passed * SECOND_NS


class Stage:
    """A journal and what is on air."""

    def __init__(self, path: Path, *, synced: bool = False) -> None:
        self.path, self.answers = path, queue.SimpleQueue[Mapping[str, Any]]()
        self.journal = AsRunJournal(path, "main", SIZE, Clock(), lambda: synced)

    def show(self, second: float) -> None:
        at = moment(second)
        programme = resolve(INPUTS, at.utc_ns)
        scene = Scene(programme, np.full((SIZE.height, SIZE.width, 3), int(second) % 256, np.uint8))
        prepared = Prepared(INPUTS, programme, scene, at.utc_ns, now=True)
        self.journal.shown(prepared, at.tick, at.utc_ns, at.boot_ns, Health())

    def look(self, second: float, health: Health | None = None) -> None:
        at = moment(second)
        because = resolve(INPUTS, at.utc_ns).because
        snapshot = Snapshot(
            "main", at.utc_ns, 0, 1, "0", at.tick, 60, 96, 48, 0, 0, 7, 1, 1, "filler", "playlist", "a", "N", "en",
            None, 1, 1, 0, 0, because, 0.0, "memory", health or Health(LinkState.UP, last_sent_tick=at.tick),
        )  # fmt: skip
        self.journal.looked(snapshot, at.utc_ns, at.boot_ns)

    def ask(self, **message: object) -> Mapping[str, Any]:
        self.journal.asked({"op": "asrun", **message}, self.answers.put)
        return self.answers.get(timeout=WAIT_S)

    def rows(self) -> list[dict[str, Any]]:
        """What is in the file, once it can be read."""
        while not (answer := self.ask(since=0))["ok"]:
            continue
        return answer["rows"]

    def until_warned(self, words: str) -> None:
        while words not in " ".join(self.journal.warnings):
            self.ask(since=0)

    def until_well(self) -> None:
        while self.journal.warnings:
            self.ask(since=0)


@pytest.fixture
def stage(tmp_path: Path) -> Generator[Stage, None, None]:
    made = Stage(tmp_path / "asrun" / "main.db")
    made.journal.start()
    yield made
    made.journal.stop()


def test_what_came_on_air_can_be_asked_for_at_once(stage: Stage) -> None:
    stage.show(0)
    stage.show(8)
    stage.look(9)
    first, second = stage.rows()
    assert [first["notice"], second["notice"]] == ["a", "b"]
    assert (first["end_ns"], second["end_ns"]) == (second["start_ns"], None)
    assert first["start_ns"] == NOW_NS
    stage.journal.stop()
    with closing(sqlite3.connect(stage.path)) as db:
        assert db.execute("SELECT ended FROM asrun").fetchall() == [("next",), ("stop",)]
        assert db.execute("SELECT count(*) FROM asrun WHERE end_ns IS NULL").fetchone() == (0,)


def test_a_row_is_in_the_file_while_it_is_on_air(stage: Stage) -> None:
    stage.show(0)
    stage.rows()
    with closing(sqlite3.connect(stage.path)) as db:
        assert db.execute("SELECT notice, end_ns FROM asrun").fetchall() == [("a", None)]


def test_the_file_knows_when_the_player_was_last_alive(tmp_path: Path) -> None:
    stage = Stage(tmp_path / "main.db", synced=True)
    stage.journal.start()
    stage.show(0)
    stage.look(3)
    stage.rows()
    stage.journal.stop()
    assert read_marks(stage.path, "boot").floor_ns == moment(3).utc_ns


def test_questions_are_answered_in_pages(stage: Stage) -> None:
    for number in range(10):
        stage.show(8 * number)
    assert [row["id"] for row in stage.ask(since=4, limit=3)["rows"]] == [5, 6, 7]
    assert stage.ask(since=4, limit=3)["next"] == 7
    assert stage.ask(since=7)["next"] is None
    at = moment(20).utc_ns
    assert [row["id"] for row in stage.ask(at=at)["rows"]] == [3]
    given: list[int] = []
    question: dict[str, Any] = {"from": at, "to": moment(60).utc_ns, "limit": 2}
    while True:
        answer = stage.ask(**question)
        given += [row["id"] for row in answer["rows"]]
        if answer["next"] is None:
            break
        question["after"] = answer["next"]
    assert given == [3, 4, 5, 6, 7, 8]
    assert {row["run"] for row in answer["rows"]} == set(answer["runs"])


def test_an_answer_fits_into_one_message(tmp_path: Path) -> None:
    path = tmp_path / "main.db"
    stage = Stage(path)
    stage.journal.start()
    stage.show(0)
    stage.rows()
    stage.journal.stop()
    file = AsRunFile(path)
    (row,) = file.since(0, 9)
    long = json.dumps({"losers": ["ệ" * 200] * 20, "rule": "band"}, ensure_ascii=False)
    file.write([replace(row, id=n + 2, because=long, remarks="ệ" * 1000) for n in range(5)], row.run, moment(1), None)
    file.close()
    stage = Stage(path)
    stage.journal.start()
    seen, since = 0, 0
    while since is not None:
        answer = stage.ask(since=since)
        assert len(json.dumps(answer)) < MAX_MESSAGE
        seen, since = seen + len(answer["rows"]), answer["next"]
    assert seen == 6
    stage.journal.stop()


@pytest.mark.parametrize(
    "message",
    [
        {"since": "1"},
        {"since": 2**70},
        {"at": None},
        {"from": 1.5},
        {"after": [1]},
        {"after": ["a", "b"]},
        {"limit": []},
    ],
)
def test_a_question_that_makes_no_sense_is_answered_in_words(stage: Stage, message: dict[str, Any]) -> None:
    answer = stage.ask(**message)
    assert answer["ok"] is False
    assert answer["reason"]


def test_a_locked_file_is_waited_for(stage: Stage) -> None:
    stage.show(0)
    stage.rows()
    with closing(sqlite3.connect(stage.path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        stage.show(8)
        stage.until_warned("another program holds it")
        stage.show(16)
        assert "rows wait in memory" in stage.journal.warnings[0]
        other.rollback()
    stage.until_well()
    assert [(row["notice"], row["ended"]) for row in stage.rows()] == [("a", "next"), ("b", "next"), ("a", "")]


@pytest.mark.parametrize("files", [["main.db", "main.db-wal"], ["main.db", "main.db-wal", "main.db-shm"]])
def test_a_file_damaged_while_it_is_written_is_kept_aside(stage: Stage, files: list[str]) -> None:
    stage.show(0)
    stage.rows()
    stage.show(8)
    stage.look(9)
    stage.rows()
    for name in files:
        with stage.path.with_name(name).open("r+b") as file:
            file.write(b"\xa5" * stage.path.with_name(name).stat().st_size)
    stage.until_warned("is kept beside it as main.db.damaged-1")
    stage.show(16)
    rows = stage.rows()
    assert [(row["id"], row["notice"]) for row in rows] == [(1, "a"), (2, "b"), (3, "a")]


def test_a_file_damaged_before_the_start_is_kept_aside(tmp_path: Path) -> None:
    path = tmp_path / "main.db"
    path.write_bytes(b"no database" * 1000)
    stage = Stage(path)
    stage.journal.start()
    stage.show(0)
    assert [row["id"] for row in stage.rows()] == [1]
    assert "damaged-1" in stage.journal.warnings[0]
    stage.journal.stop()


def test_a_file_that_was_removed_is_begun_anew_with_the_open_row(stage: Stage) -> None:
    stage.show(0)
    before = stage.ask(since=0)["journal"]
    for file in stage.path.parent.glob("main.db*"):
        file.unlink()
    stage.show(8)
    stage.until_warned("was removed")
    answer = stage.ask(since=0)
    assert [(row["id"], row["notice"]) for row in answer["rows"]] == [(1, "a"), (2, "b")]
    assert answer["journal"] != before


def test_a_folder_that_cannot_be_made_is_told_and_tried_again(tmp_path: Path) -> None:
    (tmp_path / "asrun").write_text("a file in the way")
    stage = Stage(tmp_path / "asrun" / "main.db")
    stage.journal.start()
    stage.show(0)
    stage.until_warned("not written, 1 rows wait in memory")
    assert stage.ask(since=0)["ok"] is False
    (tmp_path / "asrun").unlink()
    stage.until_well()
    assert [row["notice"] for row in stage.rows()] == ["a"]
    stage.journal.stop()


def test_numbers_go_on_after_a_restart(tmp_path: Path) -> None:
    for number in range(2):
        stage = Stage(tmp_path / "main.db")
        stage.journal.start()
        stage.show(20 * number)
        stage.look(20 * number + 1)
        assert [row["id"] for row in stage.rows()] == list(range(1, number + 2))
        stage.journal.stop()


def test_what_cannot_be_taken_in_is_counted_and_has_its_row(tmp_path: Path) -> None:
    stage = Stage(tmp_path / "main.db")
    for number in range(1010):  # nobody takes it in yet
        stage.show(8 * number)
    stage.journal.start()
    while stage.ask(since=990)["rows"][-1]["id"] < 1000:
        continue
    stage.show(8 * 1010)
    last = stage.ask(since=999)["rows"]
    assert [(row["kind"], row["remarks"]) for row in last] == [
        ("playlist", ""), ("unrecorded", "10 changes could not be kept"), ("playlist", "")
    ]  # fmt: skip
    assert last[1]["start_ns"] == moment(8000).utc_ns
    stage.until_warned("10 changes could not be kept")
    digests = [bool(row["sha256"]) for row in stage.ask(since=0, limit=20)["rows"]]
    assert digests == [True] * 16 + [False] * 4, "only so many pictures are held in memory"
    stage.journal.stop()


def test_stopping_a_journal_that_was_never_started_is_harmless(tmp_path: Path) -> None:
    Stage(tmp_path / "main.db").journal.stop()
    assert not (tmp_path / "main.db").exists()
