"""What is kept in the store: revisions, claims, tokens, sessions, answers, pictures and whole imports."""

import hashlib
import struct
import zlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import time
from pathlib import Path

import pytest

from playout.errors import NotAllowed, ScheduleError, StoreError
from playout.model.boot import Boot
from playout.model.claim import Band, Claim, Content, ContentKind
from playout.model.notice import Kind, Notice, Text
from playout.model.people import Role
from playout.model.schedule import Daypart, Item, Playlist, Schedule
from playout.store import Store, claims, journal, open_store, requests, revisions, sessions, tokens
from playout.store.imports import import_folder
from playout.store.media import add_pictures
from playout.store.secret import fingerprint

S = 10**9
NOTICE = Notice(
    "gio-mo",
    Kind.TEXT,
    "Giờ mở cửa",
    "TB 12/2026",
    texts=(Text("vi", "Mở cửa 07:00"), Text("km", "ម៉ោងបើក", proofread=True)),
)
SCHEDULE = Schedule(
    playlists=(Playlist("ngay", "Ban ngày", (Item("gio-mo", 8.5),)),),
    dayparts=(Daypart("sang", "ngay", time(7), time(19, 30)),),
    filler="ngay",
)
CLAIM = Claim("override-1", ("main",), Band.OPERATOR, Content(ContentKind.NOTICE, "gio-mo"), 100 * S, 100 * S, 200 * S)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(tmp_path / "state.db") as store:
        yield store


def test_revisions_are_numbered_and_come_back_equal(store: Store) -> None:
    with store.write() as db:
        assert revisions.latest(db) is None
        first = revisions.add(db, SCHEDULE, {"gio-mo": NOTICE}, now_ns=5, author="anh", reason="first")
        second = revisions.add(db, Schedule(), {}, now_ns=6, author="binh", reason="empty")
    assert (first.number, second.number) == (1, 2)
    with store.read() as db:
        latest = revisions.latest(db)
    assert latest == revisions.Record(second, "binh", "empty")
    with store.write() as db:
        db.execute("DELETE FROM revisions WHERE number = 2")
        assert revisions.latest(db) == revisions.Record(first, "anh", "first")


def test_a_claim_comes_back_equal_and_only_once(store: Store) -> None:
    with store.write() as db:
        assert claims.add(db, CLAIM)
        assert not claims.add(db, replace(CLAIM, rank=9))
        assert claims.find(db, CLAIM.id) == CLAIM
        assert claims.find(db, "other") is None


def test_claims_that_ended_in_the_last_minute_still_go_out(store: Store) -> None:
    coming = replace(CLAIM, id="coming", start_ns=500 * S, expires_ns=600 * S)
    sticky = replace(CLAIM, id="no-end", expires_ns=None)
    with store.write() as db:
        for claim in (CLAIM, coming, sticky):
            claims.add(db, claim)
        assert claims.current(db, 259 * S) == (coming, sticky, CLAIM)
        assert claims.current(db, 260 * S) == (coming, sticky)
        assert claims.current(db, 200 * S, kept_ns=0) == (coming, sticky)


def test_ending_a_claim_keeps_it_and_its_first_end(store: Store) -> None:
    with store.write() as db:
        claims.add(db, CLAIM)
        ended = claims.end(db, CLAIM, 150 * S)
        assert ended == replace(CLAIM, expires_ns=150 * S)
        assert claims.end(db, ended, 170 * S) == ended
        assert claims.find(db, CLAIM.id) == ended
        assert claims.current(db, 209 * S) == (ended,)
        assert claims.current(db, 210 * S) == ()


def test_claims_of_this_boot_are_judged_by_its_clock_and_a_renewal_replaces_what_it_renews(store: Store) -> None:
    boot = Boot("now", 1000 * S)
    ours = replace(CLAIM, boot_id="").bound(boot)
    assert (ours.start_ns, ours.expires_ns) == (100 * S, 200 * S)
    set_forwards = replace(boot, offset_ns=boot.offset_ns + 5000 * S)
    with store.write() as db:
        claims.add(db, ours)
        assert claims.current(db, 5150 * S) == ()
        assert claims.current(db, 5150 * S, boot=set_forwards) == (ours,)
        assert claims.current(db, 5260 * S, boot=set_forwards) == ()
        claims.renew(db, renewed := ours.renewing(ours, boot))
        assert claims.find(db, ours.id) == renewed
        ended = claims.end(db, renewed, 5180 * S, set_forwards)
        assert (ended.expires_ns, ended.window(boot)[1]) == (5180 * S, 180 * S)
        assert claims.current(db, 181 * S, kept_ns=0, boot=boot) == ()


def test_a_tokens_secret_is_stored_nowhere(store: Store, tmp_path: Path) -> None:
    with store.write() as db:
        secret = tokens.create(db, "bàn trực", Role.OPERATOR, 1)
        token = tokens.find(db, fingerprint(secret))
        assert tokens.find(db, fingerprint("guess")) is None
    assert token == tokens.Token("bàn trực", Role.OPERATOR, 1)
    assert len(secret) >= 43
    assert all(secret.encode() not in path.read_bytes() for path in tmp_path.iterdir())


def test_a_token_ends_by_expiry_or_revocation(store: Store) -> None:
    with store.write() as db:
        secret = tokens.create(db, "a", Role.VIEWER, 1, expires_ns=10)
        token = tokens.find(db, fingerprint(secret))
        assert token is not None
        assert token.is_valid(9)
        assert not token.is_valid(10)
        with pytest.raises(NotAllowed, match="'a' is in use"):
            tokens.create(db, "a", Role.VIEWER, 2)
        assert tokens.revoke(db, "a", 5)
        assert not tokens.revoke(db, "a", 6)
        again = tokens.find(db, fingerprint(secret))
        assert again is not None
        assert not again.is_valid(6)
        tokens.create(db, "a", Role.VIEWER, 7)
        assert [token.revoked_ns for token in tokens.listing(db)] == [5, None]


def test_a_link_opens_one_session_within_ten_minutes(store: Store) -> None:
    with store.write() as db:
        code = sessions.create_link(db, 0)
        assert sessions.redeem(db, "guess", 1) is None
        secret = sessions.redeem(db, code, 1)
        assert secret is not None
        assert sessions.redeem(db, code, 2) is None
        lasts_ns = sessions.SESSION_NS + 1
        assert sessions.find(db, fingerprint(secret), lasts_ns - 1) == sessions.Session("", lasts_ns)
        assert sessions.find(db, fingerprint(secret), lasts_ns) is None
        late = sessions.create_link(db, 0)
        assert sessions.redeem(db, late, sessions.LINK_NS) is None
        sessions.tidy(db, sessions.SESSION_NS + 1)
        assert db.execute("SELECT count(*) FROM links").fetchone() == (0,)
        assert db.execute("SELECT count(*) FROM sessions").fetchone() == (0,)


def test_a_request_is_remembered_for_a_day(store: Store) -> None:
    with store.write() as db:
        requests.add(db, "anh", "key", 0, "body", "claim")
        assert requests.find(db, "anh", "key") == requests.Earlier("body", "claim", "")
        assert requests.find(db, "binh", "key") is None
        requests.set_answer(db, "anh", "key", "{}")
        assert requests.find(db, "anh", "key") == requests.Earlier("body", "claim", "{}")
        requests.tidy(db, requests.KEPT_NS - 1)
        assert requests.find(db, "anh", "key") is not None
        requests.tidy(db, requests.KEPT_NS)
        assert requests.find(db, "anh", "key") is None


def test_pictures_are_named_by_their_content(tmp_path: Path) -> None:
    source = tmp_path / "picture.png"
    source.write_bytes(_png())
    sha256 = hashlib.sha256(source.read_bytes()).hexdigest()
    add_pictures(tmp_path / "media", {sha256: source})
    source.write_bytes(b"other")
    add_pictures(tmp_path / "media", {sha256: source})
    assert {path.name: path.read_bytes() for path in (tmp_path / "media").iterdir()} == {sha256: _png()}


def test_a_picture_that_changed_meanwhile_is_refused(tmp_path: Path) -> None:
    source = tmp_path / "picture.png"
    source.write_bytes(_png())
    with pytest.raises(StoreError, match="changed while it was read"):
        add_pictures(tmp_path / "media", {"0" * 64: source})
    assert list((tmp_path / "media").iterdir()) == []


def test_a_folder_becomes_one_revision_with_its_pictures(store: Store, tmp_path: Path) -> None:
    folder = _folder(tmp_path)
    revision = import_folder(store, folder, tmp_path / "media", now_ns=7, author="anh")
    with store.read() as db:
        record, entry = revisions.latest(db), journal.newest(db, 1)[0]
    assert record is not None
    assert record.revision == revision
    assert (entry.who, entry.what) == ("anh", "revision.add")
    assert [path.name for path in (tmp_path / "media").iterdir()] == [revision.notices["gio-mo"].picture]


def test_a_wrong_folder_leaves_everything_as_it_was(store: Store, tmp_path: Path) -> None:
    folder = _folder(tmp_path)
    (folder / "schedule.toml").write_text('filler = "ngya"\n', encoding="utf-8")
    with pytest.raises(ScheduleError, match="ngya"):
        import_folder(store, folder, tmp_path / "media", now_ns=7, author="anh")
    with store.read() as db:
        assert revisions.latest(db) is None
        assert journal.newest(db, 1) == ()
    assert not (tmp_path / "media").exists()


def _folder(tmp_path: Path) -> Path:
    folder = tmp_path / "schedules"
    (folder / "notices").mkdir(parents=True)
    (folder / "pictures").mkdir()
    (folder / "pictures" / "cua.png").write_bytes(_png())
    (folder / "schedule.toml").write_text(
        'filler = "ngay"\n[[playlists]]\nid = "ngay"\nitems = [{ notice = "gio-mo" }]\n', encoding="utf-8"
    )
    (folder / "notices" / "gio-mo.toml").write_text(
        'kind = "text"\ntitle = "Giờ mở cửa"\nsource = "TB 12/2026"\npicture = "../pictures/cua.png"\n'
        '[[texts]]\nlanguage = "vi"\nbody = "Mở cửa 07:00"\n',
        encoding="utf-8",
    )
    return folder


def _png() -> bytes:
    """A picture of one black pixel."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0)
    pixels = zlib.compress(b"\0\0\0\0")
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")
