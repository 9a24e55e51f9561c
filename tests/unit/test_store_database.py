"""The database file: whole transactions, recovery from damage, messages with a remedy, several processes."""

import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from playout.errors import StoreError
from playout.store import Store, journal, open_store, recoveries, revisions
from playout.store.store import BACKUP_EVERY_NS


def _write(store: Store, what: str) -> None:
    with store.write() as db:
        journal.add(db, 1, "anh", what)


def _read(store: Store) -> list[str]:
    with store.read() as db:
        return [entry.what for entry in journal.newest(db, 100)]


def _damage(path: Path) -> None:
    """Overwrites the pages after the header, as a failing disk would."""
    data = bytearray(path.read_bytes())
    data[100:] = b"\xa5" * (len(data) - 100)
    path.write_bytes(data)


def test_what_was_written_is_there_after_reopening(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "state.db"
    with open_store(path) as store:
        _write(store, "one")
        assert store.warnings == ()
    with open_store(path) as store:
        assert _read(store) == ["one"]
        assert store.warnings == ()


def test_every_commit_is_synced(tmp_path: Path) -> None:
    with open_store(tmp_path / "state.db") as store, store.write() as db:
        assert db.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert db.execute("PRAGMA synchronous").fetchone() == (2,)


def test_others_cannot_read_the_files(tmp_path: Path) -> None:
    with open_store(tmp_path / "state.db") as store:
        _write(store, "one")
        modes = {path.name: path.stat().st_mode & 0o777 for path in tmp_path.iterdir()}
    assert set(modes.values()) == {0o600}, modes


def _half(db: sqlite3.Connection) -> None:
    journal.add(db, 1, "anh", "half")
    raise RuntimeError


def test_a_transaction_that_raises_leaves_nothing(tmp_path: Path) -> None:
    with open_store(tmp_path / "state.db") as store:
        with pytest.raises(RuntimeError), store.write() as db:
            _half(db)
        _write(store, "next")
        assert _read(store) == ["next"]


def test_readers_do_not_see_an_open_transaction(tmp_path: Path) -> None:
    with open_store(tmp_path / "state.db") as store:
        with store.write() as db:
            journal.add(db, 1, "anh", "one")
            assert _read(store) == []
        assert _read(store) == ["one"]


def test_a_damaged_database_is_kept_and_its_backup_opened(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    with open_store(path) as store:
        _write(store, "before the backup")
    open_store(path).close()
    _damage(path)
    damaged = path.read_bytes()
    with open_store(path) as store:
        assert _read(store) == ["before the backup"]
        _write(store, "goes on")
        assert any("state.db.damaged-1" in line for line in store.warnings)
        assert any("backup was opened" in line for line in store.warnings)
    assert (tmp_path / "state.db.damaged-1").read_bytes() == damaged


@pytest.mark.parametrize("loss", ["missing", "empty", "not a database"])
def test_a_lost_database_comes_back_from_its_backup(tmp_path: Path, loss: str) -> None:
    path = tmp_path / "state.db"
    with open_store(path) as store:
        _write(store, "one")
    open_store(path).close()
    if loss == "missing":
        path.unlink()
    else:
        path.write_bytes(b"" if loss == "empty" else b"x" * 5000)
    with open_store(path) as store:
        assert _read(store) == ["one"]
        assert store.warnings


def test_without_a_sound_backup_it_begins_empty_and_says_so(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    with open_store(path) as store:
        _write(store, "one")
    _damage(path)
    _damage(tmp_path / "state.db.good")
    with open_store(path) as store:
        assert _read(store) == []
        assert any("empty database" in line for line in store.warnings)
    assert {path.name for path in tmp_path.glob("state.db.damaged-*")} >= {"state.db.damaged-1", "state.db.damaged-2"}


def test_a_newer_schema_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    open_store(path).close()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version = 999")
    with pytest.raises(StoreError, match="newer playout"):
        open_store(path)
    assert not list(tmp_path.glob("*.damaged-*"))


def test_a_folder_that_cannot_be_written_is_named_with_a_remedy(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(StoreError) as caught:
        open_store(tmp_path / "file" / "state.db")
    assert str(tmp_path / "file") in str(caught.value)
    assert "owner and mode" in caught.value.hint


def test_a_full_disk_is_an_error_with_a_remedy_and_the_store_goes_on(tmp_path: Path) -> None:
    with open_store(tmp_path / "state.db") as store:
        with store.write() as db:
            pages = db.execute("PRAGMA page_count").fetchone()[0]
            db.execute(f"PRAGMA max_page_count = {pages + 2}")
        with pytest.raises(StoreError) as caught, store.write() as db:
            journal.add(db, 1, "anh", "x" * 100_000)
        assert "free some space" in caught.value.hint
        _write(store, "small")
        assert _read(store) == ["small"]


def test_a_backup_that_cannot_be_renewed_is_a_warning(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    open_store(path).close()
    (tmp_path / "state.db.good").unlink()
    (tmp_path / "state.db.good").mkdir()
    with open_store(path) as store:
        _write(store, "one")
        assert any("backup could not be renewed" in line for line in store.warnings)


def test_a_second_process_may_open_and_write_it(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    script = (
        "import sys; from pathlib import Path; from playout.store import open_store, journal\n"
        "with open_store(Path(sys.argv[1])) as store, store.write() as db: journal.add(db, 2, 'other', 'two')"
    )
    with open_store(path) as store:
        _write(store, "one")
        subprocess.run([sys.executable, "-c", script, str(path)], check=True, timeout=60)
        assert _read(store) == ["two", "one"]


def test_a_program_that_comes_and_goes_takes_no_commit_with_it(tmp_path: Path) -> None:
    """Whoever leaves last takes the log away; SQLite knows by its locks on the file who is still there."""
    path = tmp_path / "state.db"
    script = (
        "import sys; from pathlib import Path; from playout.store import open_store, journal\n"
        "with open_store(Path(sys.argv[1])) as store, store.write() as db: journal.add(db, 2, 'other', sys.argv[2])"
    )
    with open_store(path) as store:
        for number in range(3):
            subprocess.run([sys.executable, "-c", script, str(path), f"theirs {number}"], check=True, timeout=60)
            assert _read(store)[0] == f"theirs {number}"
            _write(store, f"ours {number}")
    with open_store(path) as store:
        assert len(_read(store)) == 6


def test_somebody_who_comes_later_never_moves_an_open_database(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    with open_store(path) as store:
        (tmp_path / "state.db.good").write_bytes(b"")
        with open_store(path) as late:
            _write(late, "two")
            assert late.warnings == ()
        assert _read(store) == ["two"]
    assert not list(tmp_path.glob("*.damaged-*"))


def _in_backup(path: Path) -> list[str]:
    with closing(sqlite3.connect(path.with_name("state.db.good"))) as connection:
        return [row[0] for row in connection.execute("SELECT what FROM journal ORDER BY number")]


def test_the_backup_is_renewed_at_most_every_five_minutes_and_only_after_a_change(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    with open_store(path) as store:
        _write(store, "one")
        store.back_up_when_due(BACKUP_EVERY_NS)
        assert _in_backup(path) == ["one"]
        _write(store, "two")
        store.back_up_when_due(2 * BACKUP_EVERY_NS - 1)
        assert _in_backup(path) == ["one"]
        store.back_up_when_due(2 * BACKUP_EVERY_NS)
        assert _in_backup(path) == ["one", "two"]
        before = path.with_name("state.db.good").stat().st_ino
        store.back_up_when_due(3 * BACKUP_EVERY_NS)
        assert path.with_name("state.db.good").stat().st_ino == before


def test_what_another_program_commits_gets_into_the_backup(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    with open_store(path) as store:
        with closing(sqlite3.connect(path)) as other, other:
            journal.add(other, 1, "binh", "elsewhere")
        store.back_up_when_due(BACKUP_EVERY_NS)
        assert _in_backup(path) == ["elsewhere"]


def test_the_backup_is_renewed_at_the_end(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    with open_store(path) as store:
        _write(store, "last")
    assert _in_backup(path) == ["last"]
    assert not list(tmp_path.glob(".*"))


def test_a_damaged_database_never_replaces_the_backup(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    with open_store(path) as store:
        for number in range(300):
            _write(store, f"{number:03}" * 30)
    good = path.with_name("state.db.good").read_bytes()
    with open_store(path) as store:
        _write(store, "last")
        data = bytearray(path.read_bytes())
        data[8192:12288] = b"\xa5" * 4096
        path.write_bytes(data)
        with pytest.raises(StoreError):
            store.back_up()
    assert path.with_name("state.db.good").read_bytes() == good


def test_a_recovery_is_told_to_everybody_until_it_is_settled(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    with open_store(path) as store:
        _write(store, "one")
    made_ns = path.with_name("state.db.good").stat().st_mtime_ns
    _damage(path)
    for _ in range(2):  # whoever opens it first need not be the one who has to act
        with open_store(path) as store, store.read() as db:
            assert "the last good backup was opened" in store.warnings[0]
            assert recoveries.unsettled(db) == (recoveries.Recovery(made_ns, 1),)
    with open_store(path) as store, store.write() as db:
        recoveries.settle(db)
    with open_store(path) as store:
        assert store.warnings == ()


def test_a_database_of_the_first_schema_keeps_its_revisions(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    with closing(sqlite3.connect(path)) as old:
        old.executescript(Path(revisions.__file__).with_name("schema").joinpath("0001.sql").read_text())
        row = (7, 5, "anh", "why", '{"filler":"a"}', "{}")
        old.execute("INSERT INTO revisions VALUES (?, ?, ?, ?, ?, ?)", row)
        old.execute("PRAGMA user_version = 1")
        old.commit()
    with open_store(path) as store, store.read() as db:
        found, head = revisions.latest(db), revisions.head(db)
    assert found is not None
    assert head is not None
    assert (found.revision.number, found.revision.schedule.filler, found.author) == (7, "a", "anh")
    assert (head.number, head.based_on, head.restores) == (7, None, None)
