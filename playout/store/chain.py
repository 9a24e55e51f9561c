"""Checks the journal from its first row on, and against heads that were published while it grew.

The chain alone shows what was changed by somebody who did not make all hashes after it anew. The heads, kept elsewhere,
show also that, and rows cut off at the end.
"""

import json
import sqlite3
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from playout.clock import to_iso
from playout.store.heads import Head
from playout.store.journal import BEGINNING, Entry, row_hash

__all__ = ["Chain", "Fault", "Kind", "compare", "read_chain"]

_COLUMNS = "number, at_ns, who, what, detail, hash_before, hash"
_LOOKED_PAST = 10_000
"""So many numbers after the last are tried for what a row was before it was given another number."""


class Kind(StrEnum):
    """What became of a row."""

    ALTERED = "altered"
    REMOVED = "removed"
    REORDERED = "reordered"
    INSERTED = "inserted"
    CUT_OFF = "cut_off"
    """There are fewer rows than were published, or a backup was opened that had fewer."""
    REPLACED = "replaced"
    """The chain holds, and is not the one that was published."""
    FORGED = "forged"
    """A head that the key did not sign."""
    UNKNOWN_KEY = "unknown_key"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class Fault:
    """What was found, at the first row that it concerns; row 0 where it is about a head."""

    kind: Kind
    row: int
    message: str


@dataclass(frozen=True, slots=True)
class Recovered:
    """Row `row` says that a backup was opened in which the journal ended with row `kept`."""

    row: int
    at_ns: int
    kept: int


@dataclass(frozen=True, slots=True)
class Chain:
    """The journal as it was read: number and hash of its last row, and the first fault in it.

    `hashes` are those that were asked for, by number; `recovered` tells of backups that were opened.
    """

    count: int
    hash: bytes
    fault: Fault | None
    hashes: Mapping[int, bytes]
    recovered: tuple[Recovered, ...]


def read_chain(db: sqlite3.Connection, wanted: Collection[int] = ()) -> Chain:
    """Reads every row once, in the order of their numbers; `wanted` are numbers of rows whose hash is needed.

    Raises: sqlite3.Error.
    """
    db.text_factory = _text
    numbers, hashes, recovered = set(wanted), dict[int, bytes](), list[Recovered]()
    fault, before = None, Entry(0, 0, "", "", "", BEGINNING, BEGINNING)
    for entry in _entries(db):
        if fault is None:
            fault = _fault(db, before, entry)
        if entry.number in numbers:
            hashes[entry.number] = entry.hash
        if entry.what == "store.recover" and (kept := _rows_kept(entry.detail)) is not None:
            recovered.append(Recovered(entry.number, entry.at_ns, kept))
        before = entry
    return Chain(before.number, before.hash, fault, hashes, tuple(recovered))


def compare(chain: Chain, heads: Sequence[Head]) -> Fault | None:
    """Whether the chain is the one whose heads were published; the heads' signatures have been checked."""
    ordered = sorted(heads, key=lambda head: head.at_ns)
    wrong = [head for head in ordered if not _is_on(chain, head) and not _is_told(chain, head)]
    if not wrong:
        return None
    first, last = wrong[0], max(wrong, key=lambda head: (head.count, head.at_ns))
    good = [head for head in ordered[: ordered.index(first)] if head.count < first.count and _is_on(chain, head)]
    row = max((head.count for head in good), default=0) + 1
    published = f"head count={last.count} at={to_iso(last.at_ns)}"
    for each in chain.recovered:
        if row - 1 <= each.kept < last.count:
            lost = f"{each.kept + 1} to {last.count}"
            message = (
                f"rows {lost}, or as many as there were, were cut off: last published {published}; row {each.row} says"
                f" that the database was damaged, and its backup, which ended with row {each.kept}, opened"
                f" (settled {to_iso(each.at_ns)})"
            )
            return Fault(Kind.CUT_OFF, each.kept + 1, message)
    if last.count > chain.count:
        begin = row if _is_replaced(chain, wrong) else chain.count + 1
        message = f"rows were cut off: last published {published}, and the journal ends with row {chain.count}"
        if begin <= chain.count:
            message += f"; what stands from row {begin} to row {chain.count} is not all what was published"
        return Fault(Kind.CUT_OFF, begin, message)
    message = (
        f"rows {row} to {last.count} are not all those that were published: {len(wrong)} heads differ, the first"
        f" count={first.count} at={to_iso(first.at_ns)}, the last {published}; rows were altered, or cut off and others"
        " written, and the hashes made anew"
    )
    return Fault(Kind.REPLACED, row, message)


def _is_on(chain: Chain, head: Head) -> bool:
    return (BEGINNING if head.count == 0 else chain.hashes.get(head.count)) == head.hash


def _is_told(chain: Chain, head: Head) -> bool:
    """Whether that a row differs from its head is what the fault in the chain says already."""
    return chain.fault is not None and chain.fault.row <= head.count <= chain.count


def _is_replaced(chain: Chain, wrong: Sequence[Head]) -> bool:
    """Whether a row that is there is another than the published one."""
    return any(head.count <= chain.count for head in wrong)


def _fault(db: sqlite3.Connection, before: Entry, entry: Entry) -> Fault | None:
    """What is wrong between a row and the one before it, which was sound."""
    number = before.number + 1
    if entry.number == number and entry.hash_before == before.hash and _hash_as(entry, number) == entry.hash:
        return None
    if entry.number < number:
        return Fault(Kind.INSERTED, entry.number, f"row {entry.number} was put in: the first row is number 1")
    moved = _first(db, lambda each: each.hash_before == before.hash and _hash_as(each, number) == each.hash)
    was = _number_before(db, entry)
    if entry.number > number:
        if moved is not None:
            return Fault(Kind.REORDERED, number, f"row {number} was moved: it is row {moved.number} now")
        until = f"rows {number} to {entry.number - 1} were" if entry.number - number > 1 else f"row {number} was"
        return Fault(Kind.REMOVED, number, f"{until} removed")
    if was == number and entry.hash_before != before.hash:
        changed = max(number - 1, 1)
        message = f"row {changed} was altered, and its hash made anew: row {number} was written after another one"
        return Fault(Kind.ALTERED, changed, message if number > 1 else "row 1 was altered: it does not begin the chain")
    if was is None or was == number:
        return Fault(Kind.ALTERED, number, f"row {number} was altered: its hash is not the one of what it says")
    if was < number and entry.hash_before == before.hash_before:
        return Fault(Kind.INSERTED, was, f"row {was} was put in: what was row {was} is row {number} now")
    if moved is not None:
        now = f"it is row {moved.number} now, and row {was} stands in its place"
        return Fault(Kind.REORDERED, number, f"row {number} was moved: {now}")
    return Fault(Kind.REMOVED, number, f"row {number} was removed: what was row {was} stands in its place")


def _hash_as(entry: Entry, number: int) -> bytes:
    return row_hash(entry.hash_before, number, entry.at_ns, entry.who, entry.what, entry.detail)


def _number_before(db: sqlite3.Connection, entry: Entry) -> int | None:
    """The number under which a row got its hash; None where what it says was changed."""
    if _hash_as(entry, entry.number) == entry.hash:
        return entry.number
    last = int(db.execute("SELECT max(number) FROM journal").fetchone()[0])
    return next((n for n in range(1, last + _LOOKED_PAST) if _hash_as(entry, n) == entry.hash), None)


def _first(db: sqlite3.Connection, is_it: Callable[[Entry], bool]) -> Entry | None:
    return next((entry for entry in _entries(db) if is_it(entry)), None)


def _entries(db: sqlite3.Connection) -> Iterator[Entry]:
    return (Entry(*row) for row in db.execute(f"SELECT {_COLUMNS} FROM journal ORDER BY number"))


def _rows_kept(detail: str) -> int | None:
    try:
        kept = json.loads(detail).get("rows_kept")
    except (ValueError, AttributeError, RecursionError):
        return None
    return kept if isinstance(kept, int) else None


def _text(raw: bytes) -> str:
    """Text as it lies in the file, also where somebody left there what is no UTF-8."""
    return raw.decode("utf-8", "surrogateescape")
