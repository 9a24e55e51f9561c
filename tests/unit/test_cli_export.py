"""`playout export`, `gaps`, `backup` and `restore` at the prompt: what one writes another reads."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from playout.cli import app
from playout.store import open_store, revisions
from playout.store.files import read_folder
from playout.store.imports import import_folder

CONFIG = '[[screens]]\nid = "main"\nsink = "memory"\n'
NOTICE = 'kind = "text"\ntitle = "t"\nsource = "s"\n[[texts]]\nlanguage = "vi"\nbody = "Chào"\n'


@pytest.fixture
def words(tmp_path: Path) -> list[str]:
    """Options of a sign with two revisions."""
    (tmp_path / "playout.toml").write_text(CONFIG)
    (tmp_path / "in" / "notices").mkdir(parents=True)
    (tmp_path / "in" / "schedule.toml").write_text("")
    with open_store(tmp_path / "state" / "state.db") as store:
        import_folder(store, tmp_path / "in", tmp_path / "state" / "media", now_ns=1, author="anh")
        (tmp_path / "in" / "notices" / "hello.toml").write_text(NOTICE)
        import_folder(store, tmp_path / "in", tmp_path / "state" / "media", now_ns=2, author="anh")
    return ["--config", str(tmp_path / "playout.toml"), "--state", str(tmp_path / "state")]


def test_the_newest_revision_or_any_other_is_written_as_files(words: list[str], tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["export", str(tmp_path / "out"), "--json", *words])
    assert json.loads(done.output) == {"folder": str(tmp_path / "out"), "revision": 2, "notices": 1}
    assert read_folder(tmp_path / "out") == read_folder(tmp_path / "in")
    assert CliRunner().invoke(app, ["export", str(tmp_path / "first"), "--revision", "1", *words]).exit_code == 0
    assert read_folder(tmp_path / "first").notices == {}


@pytest.mark.parametrize(("more", "why"), [(["--revision", "9"], "no revision 9"), ([], "not empty")])
def test_what_cannot_be_exported_is_told(words: list[str], tmp_path: Path, more: list[str], why: str) -> None:
    done = CliRunner().invoke(app, ["export", str(tmp_path / "in"), *more, *words])
    assert done.exit_code == 1
    assert why in done.output


def test_what_was_imported_counts_before_control_has_run(words: list[str], tmp_path: Path) -> None:
    told = json.loads(CliRunner().invoke(app, ["gaps", "--json", *words]).output)
    assert (told["revision"], told["count"]) == (2, 1), "nothing is planned, whatever is shipped"
    elsewhere = [*words[:-1], str(tmp_path / "empty")]
    told = json.loads(CliRunner().invoke(app, ["gaps", "--json", *elsewhere]).output)
    assert (told["revision"], told["count"]) == (0, 0), "what is shipped fills every day"


def test_a_backup_is_written_looked_at_and_put_back(words: list[str], tmp_path: Path) -> None:
    file = str(tmp_path / "sign.tar")
    assert "files" in CliRunner().invoke(app, ["backup", file, *words]).output
    told = json.loads(CliRunner().invoke(app, ["restore", file, "--check", "--json"]).output)
    assert told["files"] == 2
    (tmp_path / "state" / "state.db").unlink()
    assert "state.before-1" in CliRunner().invoke(app, ["restore", file, *words]).output
    with open_store(tmp_path / "state" / "state.db") as store, store.read() as db:
        assert revisions.latest_number(db) == 2
    Path(file).write_bytes(Path(file).read_bytes()[:2000])
    done = CliRunner().invoke(app, ["restore", file, *words])
    assert done.exit_code == 1
    assert "nothing was used" in done.output
