"""The file of the as-run journal: what it gives back, what a lost player leaves, what it says of the clock."""

import sqlite3
from pathlib import Path

import pytest
from asrun_stage import NOW_NS, SECOND_NS, moment, row, run

from playout.store.asrun import AsRun, AsRunFile, Marks, read_marks, row_as_json


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "asrun" / "main.db"


def filled(path: Path, count: int) -> tuple[AsRunFile, list[AsRun]]:
    """A journal with so many rows of one second, the last one open."""
    file = AsRunFile(path)
    number, _ = file.begin(run())
    rows = [row(n + 1, number, moment(n), moment(n + 1) if n + 1 < count else None) for n in range(count)]
    file.write(rows, number, moment(count - 0.5), None)
    return file, rows


def at(second: float) -> int:
    return NOW_NS + round(second * SECOND_NS)


def test_rows_come_back_as_they_were_written(path: Path) -> None:
    file, rows = filled(path, 5)
    assert file.since(0, 100) == rows
    assert file.since(3, 100) == rows[3:]
    assert file.since(0, 2) == rows[:2]
    file.close()
    again = AsRunFile(path, reading=True)
    assert again.since(0, 100) == rows
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        again.write([], 1, moment(1), None)


def test_a_row_written_again_under_its_number_replaces_itself(path: Path) -> None:
    file, rows = filled(path, 2)
    ended = row(2, rows[0].run, moment(1), moment(2))
    file.write([ended, row(3, rows[0].run, moment(2))], rows[0].run, moment(2), None)
    file.write([ended], rows[0].run, moment(2), None)
    assert file.since(1, 9) == [ended, row(3, rows[0].run, moment(2))]


def test_the_rows_of_an_interval_are_those_that_were_on_air_in_it(path: Path) -> None:
    file, rows = filled(path, 10)
    everything = (-(2**62), 0)
    assert file.between(at(2.5), at(4.5), everything, 99) == rows[2:5]
    assert file.between(at(3), at(4), everything, 99) == rows[3:4], "half-open: not its neighbours"
    assert file.between(at(20), at(30), everything, 99) == rows[9:], "the last one has not ended"
    assert file.between(at(-9), at(-1), everything, 99) == []
    pages: list[AsRun] = []
    after = everything
    while page := file.between(at(1.5), at(99), after, 2):
        pages += page
        after = page[-1].start_ns, page[-1].id
    assert pages == rows[1:]


def test_a_clock_that_was_set_back_shows_both_and_the_later_one_counts(path: Path) -> None:
    file = AsRunFile(path)
    number, _ = file.begin(run())
    before = [row(1, number, moment(0), moment(30)), row(2, number, moment(30), moment(60))]
    after = [row(3, number, moment(60, utc=20), moment(70, utc=30)), row(4, number, moment(70, utc=30))]
    file.write([*before, *after], number, moment(75, utc=35), None)
    found = file.at(at(25))
    assert found is not None
    assert found.id == 3
    assert [each.id for each in file.between(at(25), at(28), (-(2**62), 0), 9)] == [1, 3]
    assert file.at(at(-1)) is None


def test_a_gap_is_no_row(path: Path) -> None:
    file = AsRunFile(path)
    number, _ = file.begin(run())
    file.write([row(1, number, moment(0), moment(1)), row(2, number, moment(5))], number, moment(6), None)
    assert file.at(at(3)) is None
    assert file.between(at(2), at(4), (-(2**62), 0), 9) == []


def test_what_a_lost_player_left_open_ends_when_it_was_last_alive(path: Path) -> None:
    file, rows = filled(path, 3)
    file.close()  # nothing else was written: so a killed player leaves it
    again = AsRunFile(path)
    second, highest = again.begin(run(10, pid=2))
    assert highest == 3
    lost = again.since(2, 9)[0]
    assert (lost.ended, lost.end_ns, lost.end_boot_ns, lost.end_tick) == ("lost", at(2.5), 1002.5 * SECOND_NS, 150)
    assert again.since(0, 2) == rows[:2]
    again.write([row(4, second, moment(10))], second, moment(11), None)
    again.close()
    third = AsRunFile(path)
    third.begin(run(20, pid=3, boot_id="another boot"))
    assert [each.ended for each in third.since(2, 9)] == ["lost", "lost"]


def test_a_row_that_began_after_the_last_sign_of_life_is_not_turned_round(path: Path) -> None:
    file = AsRunFile(path)
    number, _ = file.begin(run())
    file.write([row(1, number, moment(5))], number, moment(4), None)
    file.begin(run(9, pid=2))
    (lost,) = file.since(0, 9)
    assert (lost.start_ns, lost.end_ns) == (at(5), at(5))


def test_the_same_run_begun_twice_is_one_run(path: Path) -> None:
    file, rows = filled(path, 2)
    assert file.begin(run()) == (rows[0].run, 2)
    assert file.since(1, 9)[0].end_ns is None, "its own row stays open"


@pytest.mark.parametrize("damage", [b"", b"no database at all" * 999])
def test_a_damaged_file_is_kept_aside_and_a_new_one_begun(path: Path, damage: bytes) -> None:
    file, _ = filled(path, 3)
    before = file.id
    file.close()
    path.write_bytes(damage or path.read_bytes()[:5000])
    again = AsRunFile(path)
    assert again.set_aside == "main.db.damaged-1"
    assert path.with_name(again.set_aside).exists()
    assert again.since(0, 9) == []
    assert again.id != before


def test_a_file_that_was_removed_is_noticed(path: Path) -> None:
    file, _ = filled(path, 1)
    assert file.is_in_place()
    path.unlink()
    assert not file.is_in_place()
    path.write_bytes(b"")
    assert not file.is_in_place()


def test_marks_are_of_the_clock_while_the_network_kept_it(path: Path) -> None:
    assert read_marks(path, "boot") == Marks()
    assert not path.exists(), "looking makes nothing"
    file, rows = filled(path, 2)
    assert read_marks(path, "boot") == Marks()
    file.write([], rows[0].run, moment(7), moment(7))
    file.write([], rows[0].run, moment(9), None)
    assert read_marks(path, "boot") == Marks(at(7), (at(7), 1007 * SECOND_NS))
    assert read_marks(path, "another boot") == Marks(at(7), None)
    file.write([], rows[0].run, moment(10, utc=-500), moment(10, utc=-500))
    assert read_marks(path, "boot").floor_ns == at(7), "the floor never sinks"
    file.close()
    path.write_bytes(b"no database" * 999)
    assert read_marks(path, "boot") == Marks()


def test_a_row_for_people_says_who_won_against_whom_and_whether_it_was_visible(path: Path) -> None:
    file, _ = filled(path, 1)
    told = row_as_json(file.since(0, 9)[0])
    assert told["because"] == {"winner": "daypart day", "losers": ["filler"], "rule": "band"}
    assert (told["start"], told["end"]) == ("2027-01-15T08:00:00.000000001Z", None)
    assert told["visible"] is True
    assert told["clock_trusted"] is True
    assert row_as_json(row(1, 1, moment(0), unseen="link down"))["visible"] is False
    assert file.runs({1, 7}) == {
        1: {"boot_id": "boot", "pid": 1, "version": "1.0", "started": "2027-01-15T08:00:00.000000001Z"}
    }
