"""The journal as a chain: what was done to its file by SQL is found and named, with and without published heads."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playout.errors import StoreError
from playout.store import journal, open_store
from playout.store.chain import Chain, Kind, compare, read_chain
from playout.store.db import connect
from playout.store.heads import Head, find_heads, open_signer, read_verifier

ROWS = 10
SECOND_NS = 10**9
COLUMNS = "number, at_ns, who, what, detail, hash_before, hash"


def _fill(db: sqlite3.Connection, first: int = 1, last: int = ROWS, who: str = "ánh") -> None:
    for number in range(first, last + 1):
        journal.add(db, number * SECOND_NS, who, "override.add", claim=f"c-{number}", reason="lũ 'về'; ឃ្លា\n")


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A database with ten rows."""
    path = tmp_path_factory.mktemp("whole") / "state.db"
    with open_store(path) as store, store.write() as db:
        _fill(db)
    return path.read_bytes()


@contextmanager
def _tampered(whole: bytes, tamper: Callable[[sqlite3.Connection], object]) -> Iterator[sqlite3.Connection]:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "state.db"
        path.write_bytes(whole)
        with closing(sqlite3.connect(path)) as db, db:
            tamper(db)
        with closing(connect(path, reading=True)) as db:
            yield db


def _read(whole: bytes, tamper: Callable[[sqlite3.Connection], object], *wanted: int) -> Chain:
    with _tampered(whole, tamper) as db:
        return read_chain(db, wanted)


def _sql(*statements: str) -> Callable[[sqlite3.Connection], object]:
    return lambda db: [db.execute(statement) for statement in statements]


def _renumber(order: list[int]) -> Callable[[sqlite3.Connection], object]:
    """The rows in another order, numbered from 1; those that are not named are gone."""

    def tamper(db: sqlite3.Connection) -> None:
        rows = {row[0]: row for row in db.execute(f"SELECT {COLUMNS} FROM journal")}
        db.execute("DELETE FROM journal")
        moved = [(number, *rows[was][1:]) for number, was in enumerate(order, 1)]
        db.executemany("INSERT INTO journal VALUES (?, ?, ?, ?, ?, ?, ?)", moved)

    return tamper


def _rehash(db: sqlite3.Connection, first: int, last: int = ROWS) -> None:
    """What somebody does who knows how the hashes are made."""
    for number in range(first, last + 1):
        before = db.execute("SELECT hash FROM journal WHERE number = ?", (number - 1,)).fetchone()
        row = db.execute("SELECT number, at_ns, who, what, detail FROM journal WHERE number = ?", (number,)).fetchone()
        hash_before = before[0] if before else journal.BEGINNING
        made = journal.row_hash(hash_before, *row)
        db.execute("UPDATE journal SET hash_before = ?, hash = ? WHERE number = ?", (hash_before, made, number))


def _put_in(at: int) -> Callable[[sqlite3.Connection], object]:
    def tamper(db: sqlite3.Connection) -> None:
        for number in range(ROWS, at - 1, -1):
            db.execute("UPDATE journal SET number = number + 1 WHERE number = ?", (number,))
        db.execute("INSERT INTO journal VALUES (?, 5, 'x', 'override.end', '{}', x'', x'')", (at,))
        _rehash(db, at, at)

    return tamper


SWAPPED = [1, 2, 6, 4, 5, 3, 7, 8, 9, 10]
NEIGHBOURS = [1, 2, 3, 5, 4, 6, 7, 8, 9, 10]
FORWARD = [1, 2, 4, 5, 6, 3, 7, 8, 9, 10]
BACKWARD = [1, 2, 6, 3, 4, 5, 7, 8, 9, 10]


def test_what_control_wrote_is_sound(whole: bytes) -> None:
    chain = _read(whole, _sql(), 0, 3, ROWS)
    assert (chain.count, chain.fault) == (ROWS, None)
    assert chain.hashes[ROWS] == chain.hash
    assert len(set(chain.hashes.values())) == 2


@pytest.mark.parametrize(
    ("tamper", "kind", "row"),
    [
        (_sql("UPDATE journal SET who = 'x' WHERE number = 4"), Kind.ALTERED, 4),
        (_sql("UPDATE journal SET at_ns = at_ns + 1 WHERE number = 1"), Kind.ALTERED, 1),
        (_sql("UPDATE journal SET what = 'x' WHERE number = 10"), Kind.ALTERED, 10),
        (_sql("UPDATE journal SET detail = detail || ' ' WHERE number = 4"), Kind.ALTERED, 4),
        (_sql("UPDATE journal SET hash = zeroblob(32) WHERE number = 4"), Kind.ALTERED, 4),
        (_sql("UPDATE journal SET hash_before = zeroblob(32) WHERE number = 4"), Kind.ALTERED, 4),
        (_sql("UPDATE journal SET who = CAST(x'ff00' AS TEXT) WHERE number = 4"), Kind.ALTERED, 4),
        (lambda db: (db.execute("UPDATE journal SET who = 'x' WHERE number = 4"), _rehash(db, 4, 4)), Kind.ALTERED, 4),
        (lambda db: (db.execute("UPDATE journal SET who = 'x' WHERE number = 1"), _rehash(db, 1, 1)), Kind.ALTERED, 1),
        (_sql("DELETE FROM journal WHERE number = 4"), Kind.REMOVED, 4),
        (_sql("DELETE FROM journal WHERE number < 4"), Kind.REMOVED, 1),
        (_sql("DELETE FROM journal WHERE number IN (3, 4, 5, 8)"), Kind.REMOVED, 3),
        (_renumber([1, 2, 3, 5, 6, 7, 8, 9, 10]), Kind.REMOVED, 4),
        (_renumber([4, 5, 6, 7, 8, 9, 10]), Kind.REMOVED, 1),
        (_renumber(SWAPPED), Kind.REORDERED, 3),
        (_renumber(NEIGHBOURS), Kind.REORDERED, 4),
        (_renumber(FORWARD), Kind.REORDERED, 3),
        (_renumber(BACKWARD), Kind.REORDERED, 3),
        (_sql("UPDATE journal SET number = 99 WHERE number = 2"), Kind.REORDERED, 2),
        (_put_in(5), Kind.INSERTED, 5),
        (_put_in(1), Kind.INSERTED, 1),
        (_sql("INSERT INTO journal VALUES (0, 1, 'x', 'x', '{}', x'', x'')"), Kind.INSERTED, 0),
    ],
)
def test_tampering_is_named_with_its_first_row(
    whole: bytes, tamper: Callable[[sqlite3.Connection], object], kind: Kind, row: int
) -> None:
    fault = _read(whole, tamper).fault
    assert fault is not None
    assert (fault.kind, fault.row) == (kind, row), fault.message
    assert str(row) in fault.message


@given(
    number=st.integers(1, ROWS),
    column=st.sampled_from(["at_ns", "who", "what", "detail", "hash_before", "hash"]),
    data=st.data(),
)
@settings(max_examples=150, deadline=None)
def test_any_changed_cell_is_found_at_its_row(whole: bytes, number: int, column: str, data: st.DataObject) -> None:
    texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
    blobs, numbers = st.binary(max_size=40), st.integers(-(2**63), 2**63 - 1)
    value = data.draw({"at_ns": numbers, "hash": blobs, "hash_before": blobs}.get(column, texts))
    fault = _read(whole, lambda db: db.execute(f"UPDATE journal SET {column} = ? WHERE number = ?", (value, number)))
    assert fault.fault is not None
    assert (fault.fault.kind, fault.fault.row) == (Kind.ALTERED, number)


@given(order=st.lists(st.integers(1, ROWS), unique=True))
@settings(max_examples=150, deadline=None)
def test_any_other_order_is_found_at_its_first_row(whole: bytes, order: list[int]) -> None:
    """Rows removed, moved, or both; only rows missing at the end need a head to be seen."""
    chain, first = _read(whole, _renumber(order)), [n for n, was in enumerate(order, 1) if n != was]
    assert chain.count == len(order)
    if not first:
        assert chain.fault is None
    else:
        assert chain.fault is not None
        assert chain.fault.kind is (Kind.REORDERED if first[0] in order else Kind.REMOVED)
        assert chain.fault.row == first[0]


def _heads(whole: bytes, *counts: int) -> list[Head]:
    """Heads as they were published when the journal had so many rows, a minute apart."""
    chain = _read(whole, _sql(), *counts)
    return [Head(count, chain.hashes[count], count * 60 * SECOND_NS, "k") for count in counts]


@given(first=st.integers(1, ROWS), at=st.integers(1, ROWS), cuts=st.booleans())
@settings(max_examples=100, deadline=None)
def test_hashes_made_anew_and_cut_ends_are_seen_by_heads(whole: bytes, first: int, at: int, cuts: bool) -> None:
    def tamper(db: sqlite3.Connection) -> None:
        if cuts:
            db.execute("DELETE FROM journal WHERE number >= ?", (first,))
        else:
            db.execute("UPDATE journal SET who = 'x' WHERE number = ?", (first,))
            _rehash(db, first)

    chain = _read(whole, tamper, *range(1, ROWS + 1))
    assert chain.fault is None
    published = [*_heads(whole, *sorted({1, at}))]
    fault = compare(chain, published)
    if at < first and first > 1:
        assert fault is None
    else:
        assert fault is not None
        assert fault.kind is (Kind.CUT_OFF if cuts else Kind.REPLACED)
        assert fault.row <= first
        assert f"count={max(at, 1)} at=1970-01-01T00:{at:02}:00" in fault.message


def test_rows_cut_off_are_told_with_the_last_head(whole: bytes) -> None:
    chain = _read(whole, _sql("DELETE FROM journal WHERE number > 7"), 5, 9, 10)
    fault = compare(chain, _heads(whole, 5, 9, 10))
    assert fault is not None
    assert (fault.kind, fault.row) == (Kind.CUT_OFF, 8)
    assert "count=10 at=1970-01-01T00:10:00.000000000Z" in fault.message


def test_rows_cut_off_and_others_written_are_seen(whole: bytes) -> None:
    def tamper(db: sqlite3.Connection) -> None:
        db.execute("DELETE FROM journal WHERE number > 7")
        _fill(db, 8, 12, "nobody")

    chain = _read(whole, tamper, 5, 9)
    assert chain.fault is None
    fault = compare(chain, _heads(whole, 5, 9))
    assert fault is not None
    assert (fault.kind, fault.row) == (Kind.REPLACED, 6)


def test_what_the_chain_tells_is_not_told_by_heads_again(whole: bytes) -> None:
    chain = _read(whole, _sql("DELETE FROM journal WHERE number = 4"), 3, 4, 10)
    assert compare(chain, _heads(whole, 3, 4, 10)) is None
    chain = _read(whole, _sql("DELETE FROM journal WHERE number IN (4, 10)"), 3, 4, 10)
    fault = compare(chain, _heads(whole, 3, 4, 10))
    assert fault is not None
    assert (fault.kind, fault.row) == (Kind.CUT_OFF, 10)


@pytest.mark.parametrize("more", [1, 20])
def test_after_a_recovery_the_lost_rows_are_told_as_cut_off(whole: bytes, more: int) -> None:
    def recovered(db: sqlite3.Connection) -> None:
        db.execute("DELETE FROM journal WHERE number > 7")
        journal.add(db, 999 * SECOND_NS, "playout", "store.recover", backup_ns=5, rows_kept=7)
        _fill(db, 9, 8 + more)

    before = _heads(whole, 6, 9, 10)
    chain = _read(whole, recovered, *range(1, 30))
    after = Head(chain.count, chain.hash, 2000 * SECOND_NS, "k")
    assert chain.fault is None
    fault = compare(chain, [*before, after])
    assert fault is not None
    assert (fault.kind, fault.row) == (Kind.CUT_OFF, 8)
    assert "row 8 says" in fault.message
    assert "count=10" in fault.message
    assert compare(chain, [before[0], after]) is None


def test_a_store_recovered_from_its_backup_goes_on_with_a_sound_chain(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    with open_store(path) as store:
        with store.write() as db:
            _fill(db, 1, 5)
        store.back_up()
        good = path.with_name("state.db.good").read_bytes()
        with store.write() as db:
            _fill(db, 6, 8)
            lost = journal.head(db)
    path.with_name("state.db.good").write_bytes(good)
    path.write_bytes(b"x" * 5000)
    with open_store(path) as store, store.write() as db:
        kept = db.execute("SELECT rows_kept FROM recoveries").fetchone()[0]
        journal.add(db, 9, "playout", "store.recover", backup_ns=5, rows_kept=kept)
        chain = read_chain(db, {8})
    assert kept == 5
    assert (chain.count, chain.fault) == (6, None)
    fault = compare(chain, [Head(*lost, 5, "k")])
    assert fault is not None
    assert (fault.kind, fault.row) == (Kind.CUT_OFF, 6)


@pytest.mark.parametrize("detail", ["", "[]", "{", "7", '{"rows_kept": "x"}', "[" * 100_000])
def test_a_made_up_recovery_row_is_no_trouble(whole: bytes, detail: str) -> None:
    def tamper(db: sqlite3.Connection) -> None:
        journal.add(db, 1, "playout", "store.recover")
        db.execute("UPDATE journal SET detail = ? WHERE number = 11", (detail,))
        _rehash(db, 11, 11)

    assert _read(whole, tamper).recovered == ()


def test_the_rows_of_an_older_database_become_a_chain(tmp_path: Path) -> None:
    path, schema = tmp_path / "state.db", Path(journal.__file__).with_name("schema")
    with closing(sqlite3.connect(path)) as old:
        for name in ("0001.sql",):
            old.executescript((schema / name).read_text())
        old.executemany(
            "INSERT INTO journal (at_ns, who, what, detail) VALUES (?, ?, ?, ?)",
            [(n, "ánh", "override.add", f'{{"claim": "c-{n}"}}') for n in range(1, 2001)],
        )
        old.execute("PRAGMA user_version = 1")
        old.commit()
    with open_store(path) as store:
        with store.write() as db:
            journal.add(db, 2001, "anh", "override.end")
        with store.read() as db:
            chain, rows = read_chain(db), journal.newest(db, 2)
    assert (chain.count, chain.fault) == (2001, None)
    assert (rows[1].number, rows[1].at_ns, rows[1].who, rows[1].detail) == (2000, 2000, "ánh", '{"claim": "c-2000"}')


def test_an_empty_journal_of_an_older_database_begins_at_one(tmp_path: Path) -> None:
    with open_store(tmp_path / "state.db") as store, store.write() as db:
        assert journal.head(db) == (0, journal.BEGINNING)
        journal.add(db, 1, "anh", "x")
        assert journal.newest(db, 1)[0].hash_before == journal.BEGINNING


def test_a_head_is_signed_read_back_and_checked(tmp_path: Path) -> None:
    signer = open_signer(tmp_path / "audit.key", make=True)
    head = signer.sign(7, bytes(range(32)), 1_800_000_000_123_456_789)
    (tmp_path / "pub.pem").write_text(signer.public_pem())
    log = f"2026-11-22 10:00:00,1 INFO playout.api.audit {head.line}"
    assert len(log.splitlines()) == 1
    assert list(find_heads(["something else", log])) == [head]
    verifier = read_verifier(tmp_path / "pub.pem")
    assert verifier.has_signed(head)
    assert verifier.id == head.key
    for changed in (replace(head, count=8), replace(head, at_ns=head.at_ns + 1), replace(head, hash=bytes(32))):
        assert not verifier.has_signed(changed)
    other = open_signer(tmp_path / "other.key", make=True)
    assert not other.verifier().has_signed(head)
    assert not other.verifier().has_signed(replace(head, key=other.id))


@given(line=st.data())
@settings(max_examples=200, deadline=None)
def test_a_changed_line_is_never_taken_for_the_head(line: st.DataObject) -> None:
    head = Head(7, bytes(range(32)), 1_800_000_000_123_456_789, "0123456789abcdef", bytes(range(64)))
    text, place = head.line, line.draw(st.integers(0, len(head.line) - 1))
    new = line.draw(st.text(st.characters(codec="ascii", exclude_characters=text[place]), max_size=2))
    found = list(find_heads([text[:place] + new + text[place + 1 :]]))
    assert head not in found or text in text[:place] + new + text[place + 1 :]


def test_the_key_is_for_its_owner_alone_and_made_once(tmp_path: Path) -> None:
    file = tmp_path / "audit.key"
    with pytest.raises(StoreError, match="no key yet"):
        open_signer(file)
    first = open_signer(file, make=True)
    assert file.stat().st_mode & 0o777 == 0o600
    assert open_signer(file, make=True).id == first.id
    assert [path.name for path in tmp_path.iterdir()] == ["audit.key"]
    file.chmod(0o640)
    with pytest.raises(StoreError, match="others may read it") as caught:
        open_signer(file)
    assert "chmod 600" in caught.value.hint


@pytest.mark.parametrize("content", [b"", b"x", b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"])
def test_a_key_that_is_none_is_never_replaced(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "audit.key"
    file.write_bytes(content)
    file.chmod(0o600)
    with pytest.raises(StoreError, match="is no key"):
        open_signer(file, make=True)
    with pytest.raises(StoreError, match="is no public key"):
        read_verifier(file)
    assert file.read_bytes() == content
