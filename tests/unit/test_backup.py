"""Everything in one file and back: whole or not at all, whatever became of the file, never beside a running sign."""

import hashlib
import io
import socket
import tarfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from api_stage import NOTICES, SCHEDULE, FakeClock
from hypothesis import given, settings
from hypothesis import strategies as st

from playout import backup
from playout.config import load_config
from playout.errors import ConfigError, NotAllowed, StoreError
from playout.ipc.air import Air, read_air, write_air
from playout.model.people import Role
from playout.model.schedule import Revision
from playout.paths import Paths, shipped
from playout.store import open_store, revisions, tokens
from playout.store.archive import Source, extract, read_list, write_archive
from playout.store.secret import fingerprint

CONFIG = '[[screens]]\nid = "main"\nsink = "memory"\n'


def archive(file: Path, *sources: Source) -> None:
    write_archive(file, sources, version="1", made_ns=0, about={})


class Site:
    """A sign with a bit of everything."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.etc = folder, folder / "etc"
        self.file = folder / "sign.tar"
        (self.etc / "fonts").mkdir(parents=True)
        (self.etc / "fonts" / "fontset.toml").write_text("fonts")
        (self.etc / "cert.pem").write_text("certificate")
        (self.etc / "key.pem").write_text("secret")
        (self.etc / "key.pem").chmod(0o400)
        api = f'[api]\ncertificate = "{self.etc}/cert.pem"\nkey = "{self.etc}/key.pem"\n'
        (self.etc / "playout.toml").write_text(CONFIG + api)
        state = folder / "state"
        self.paths = Paths(self.etc / "playout.toml", state, state / "run", self.etc / "fonts", shipped("schedules"))
        with open_store(self.paths.database) as store, store.write() as db:
            revisions.add(db, SCHEDULE, NOTICES, now_ns=5, author="anh", reason="first")
            self.token = tokens.create(db, "x", Role.VIEWER, 5)
        (state / "media").mkdir()
        (state / "media" / "ab12").write_bytes(bytes(range(256)) * 2000)
        (state / "asrun").mkdir()
        with open_store(state / "asrun" / "main.db") as store, store.write() as db:
            revisions.add(db, SCHEDULE, {}, now_ns=6, author="asrun", reason="stands for rows")
        (state / "local-main.json").write_text("[]")
        self.air = Air(7, load_config(self.paths.config).site, Revision(1, 5, SCHEDULE, NOTICES))
        (self.paths.air / "parts").mkdir(parents=True)
        write_air(self.paths.air, self.air)
        (state / "run").mkdir()
        (state / "run" / "player-main.frames").write_text("passing")

    def back_up(self) -> None:
        backup.back_up(load_config(self.paths.config), self.paths, self.file, FakeClock())

    def restore(self) -> backup.Restored:
        return backup.restore(self.file, self.paths.config, self.paths.state)

    def names(self) -> set[str]:
        return {str(path.relative_to(self.folder)) for path in self.folder.rglob("*") if path.is_file()}


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Site:
    made = Site(tmp_path)
    monkeypatch.setenv("PLAYOUT_FONTS", str(made.paths.fonts))
    return made


def move(path: Path) -> None:
    path.rename(path.with_name(f"old-{path.name}"))


def test_a_bare_machine_gets_everything_back_from_one_file(site: Site) -> None:
    site.back_up()
    assert site.file.stat().st_mode & 0o777 == 0o600
    move(site.etc)
    move(site.paths.state)
    done = site.restore()
    assert done.notes == ()
    with open_store(site.paths.database) as store, store.read() as db:
        latest, token = revisions.latest(db), tokens.find(db, fingerprint(site.token))
        assert store.warnings == ()
    assert latest is not None
    assert (dict(latest.revision.notices), latest.author) == (NOTICES, "anh")
    assert token is not None
    assert token.name == "x"
    assert read_air(site.paths.air) == site.air
    with open_store(site.paths.state / "asrun" / "main.db") as store, store.read() as db:
        assert revisions.latest_number(db) == 1
    assert (site.paths.media / "ab12").read_bytes() == bytes(range(256)) * 2000
    assert (site.etc / "key.pem").read_text() == "secret"
    assert (site.etc / "key.pem").stat().st_mode & 0o777 == 0o400
    assert load_config(site.paths.config).api.key == f"{site.etc}/key.pem"
    assert (site.etc / "fonts" / "fontset.toml").read_text() == "fonts"
    assert not (site.paths.state / "run").exists()
    assert not list(site.folder.rglob(".*"))


def test_what_is_there_is_kept_beside_it(site: Site) -> None:
    site.back_up()
    before = {"state": site.paths.state.stat().st_ino, "config": site.paths.config.read_text()}
    site.paths.config.write_text(CONFIG)
    (site.etc / "key.pem").chmod(0o600)
    (site.etc / "key.pem").write_text("renewed")
    notes = "\n".join(site.restore().notes)
    assert (site.folder / "state.before-1").stat().st_ino == before["state"]
    assert site.paths.config.read_text() == before["config"]
    assert (site.etc / "playout.toml.before-1").read_text() == CONFIG
    assert (site.etc / "key.pem").read_text() == "renewed"
    assert "state.before-1" in notes
    assert "key.pem is another one than in the backup, and was kept" in notes
    assert site.restore().notes[-1].endswith("state.before-2")


@contextmanager
def listening(path: Path) -> Iterator[None]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as server:
        server.bind(str(path))
        server.listen()
        yield


def test_nothing_is_put_back_while_the_sign_runs(site: Site, tmp_path: Path) -> None:
    site.back_up()
    before = site.names()
    with TemporaryDirectory() as short:  # the address of a socket has at most 108 bytes
        run = Path(short) / "s" / "run"
        run.mkdir(parents=True)
        with listening(run / "player-main.sock"), pytest.raises(NotAllowed, match=r"player-main\.sock answers"):
            backup.restore(site.file, site.paths.config, run.parent)
        with pytest.raises(StoreError):  # a dead socket is no reason
            backup.restore(site.folder / "none.tar", site.paths.config, run.parent)
        backup.restore(site.file, site.paths.config, run.parent)
    with open_store(site.paths.database), pytest.raises(NotAllowed, match=r"state\.db is open"):
        site.restore()
    assert {name for name in site.names() if "before" not in name} == before
    site.restore()
    old, new = ((site.folder / name / "state.db.lock").stat().st_ino for name in ("state.before-1", "state"))
    assert old == new, "who waits for the old lock waits for the new one"


@settings(deadline=None, max_examples=60)
@given(data=st.data())
def test_a_file_with_any_byte_changed_or_cut_is_refused_or_gives_the_same(data: st.DataObject) -> None:
    with TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "a").write_bytes(b"content of a" * 50)
        (folder / "b").write_bytes(b"b")
        file = folder / "x.tar"
        archive(file, Source("state/a", folder / "a"), Source("state/b", folder / "b"))
        body = bytearray(file.read_bytes())
        place = data.draw(st.integers(0, 4000) | st.integers(0, len(body) - 1))
        if data.draw(st.booleans()):
            del body[place:]
        else:
            body[place] ^= data.draw(st.integers(1, 255))
        file.write_bytes(body)
        try:
            extract(file, folder / "out")
        except StoreError:
            assert not (folder / "out").exists()
        else:
            assert (folder / "out/state/a").read_bytes() == b"content of a" * 50
            assert (folder / "out/state/b").read_bytes() == b"b"
            assert len([path for path in (folder / "out").rglob("*") if path.is_file()]) == 2


@pytest.mark.parametrize("name", ["../up", "/etc/up", "a/../../up", "a//b", "./a", "a\\b", ""])
def test_names_that_lead_out_of_the_folder_are_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / "evil").write_text("evil")
    archive(tmp_path / "x.tar", Source(name, tmp_path / "evil"))
    with pytest.raises(StoreError, match="outside of its folder"):
        extract(tmp_path / "x.tar", tmp_path / "out")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["evil", "x.tar"]


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.DIRTYPE])
def test_links_and_devices_in_the_place_of_files_are_refused(tmp_path: Path, kind: bytes) -> None:
    (tmp_path / "a").write_bytes(b"")
    archive(tmp_path / "x.tar", Source("state/a", tmp_path / "a"))
    with tarfile.open(tmp_path / "x.tar") as good:
        members = good.getmembers()
        body = good.extractfile(members[0])
        assert body is not None
        with tarfile.open(tmp_path / "y.tar", "w") as evil:
            evil.addfile(members[0], io.BytesIO(body.read()))
            link = tarfile.TarInfo("state/a")
            link.type, link.linkname = kind, "/etc/passwd"
            evil.addfile(link)
    with pytest.raises(StoreError):
        extract(tmp_path / "y.tar", tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_what_is_not_listed_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"a")
    archive(tmp_path / "x.tar", Source("state/a", tmp_path / "a"))
    with tarfile.open(tmp_path / "x.tar", "a") as tar:
        tar.add(tmp_path / "a", "state/more")
    with pytest.raises(StoreError, match="not listed"):
        read_list(tmp_path / "x.tar")


@pytest.mark.parametrize("content", [b"", b"no archive", b"\x1f\x8b" + bytes(600), bytes(10240)])
def test_foreign_files_are_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x.tar").write_bytes(content)
    with pytest.raises(StoreError, match="is no backup of playout"):
        read_list(tmp_path / "x.tar")


def test_a_newer_format_is_refused(tmp_path: Path) -> None:
    body = b'{"format": 2}'
    listed = body + b"\n" + hashlib.sha256(body).hexdigest().encode() + b"\n"
    with tarfile.open(tmp_path / "x.tar", "w") as tar:
        member = tarfile.TarInfo("playout-backup.json")
        member.size = len(listed)
        tar.addfile(member, io.BytesIO(listed))
    with pytest.raises(StoreError, match="format 2"):
        read_list(tmp_path / "x.tar")


def test_a_newer_database_is_refused_before_anything_is_moved(site: Site) -> None:
    with open_store(site.paths.database) as store, store.write() as db:
        db.execute("PRAGMA user_version = 999")
    site.back_up()
    before = site.names()
    with pytest.raises(StoreError, match="newer playout"):
        site.restore()
    assert site.names() == before


def test_where_a_later_step_fails_the_earlier_are_taken_back(site: Site) -> None:
    site.back_up()
    (site.etc / "fonts" / "fontset.toml").write_text("newer fonts")
    (site.folder / "blocked").write_text("a file in the way")
    state = site.paths.state.stat().st_ino
    with pytest.raises(StoreError):  # the fonts come first
        backup.restore(site.file, site.folder / "blocked" / "playout.toml", site.paths.state)
    assert (site.etc / "fonts" / "fontset.toml").read_text() == "newer fonts"
    assert site.paths.state.stat().st_ino == state
    assert not list(site.folder.rglob("*.before-*"))
    assert not list(site.folder.rglob(".*"))


def test_without_a_place_for_the_configuration_it_asks_for_one(
    site: Site, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    site.back_up()
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ConfigError, match="no place for it"):
        backup.restore(site.file, None, None)


def test_a_backup_of_nothing_is_refused_and_leaves_nothing(site: Site) -> None:
    site.paths.database.unlink()
    with pytest.raises(StoreError, match="is not there"):
        site.back_up()
    with closing(site.file.open("w")):
        pass
    with pytest.raises(StoreError):
        site.back_up()
    assert site.file.read_bytes() == b"", "an older backup is replaced by a whole one only"
