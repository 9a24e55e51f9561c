"""Revisions of schedule and notices: added, never changed."""

import hashlib
import json
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import TypeAdapter

from playout.errors import StoreDamaged
from playout.model.notice import Notice
from playout.model.schedule import Revision, Schedule
from playout.store.db import pack, unpack

__all__ = ["Head", "Record", "add", "findings", "head", "heads", "latest", "latest_number", "made_by", "record"]

_SCHEDULE = TypeAdapter(Schedule)
_NOTICES = TypeAdapter(dict[str, Notice])
_HEAD = "SELECT number, issued_ns, author, reason, based_on, restores, schedule, notices FROM revisions"
_WHOLE = """
SELECT number, issued_ns, author, reason, s.body, n.body FROM revisions
LEFT JOIN parts s ON s.sha256 = schedule LEFT JOIN parts n ON n.sha256 = notices
"""
_TAG_LENGTH = 16


@dataclass(frozen=True, slots=True)
class Record:
    """A revision with who made it and why."""

    revision: Revision
    author: str
    reason: str


@dataclass(frozen=True, slots=True)
class Head:
    """A revision without its content.

    `based_on` is the one its author had before him, `restores` the one whose content came back with it. `tag` names
    number and content: another content never has it, not even under the same number in a database begun anew.
    """

    number: int
    issued_ns: int
    author: str
    reason: str
    based_on: int | None
    restores: int | None
    tag: str


def add(
    db: sqlite3.Connection,
    schedule: Schedule,
    notices: Mapping[str, Notice],
    *,
    now_ns: int,
    author: str,
    reason: str,
    number: int | None = None,
    restores: int | None = None,
    request: str = "",
    findings: Sequence[Mapping[str, Any]] = (),
) -> Revision:
    """Adds a revision under the next number, or under the one it already has in an air file.

    `request` is the SHA-256 of the request that asks for it, `findings` what was found in it.
    """
    based_on = latest_number(db) or None
    revision = Revision(number or (based_on or 0) + 1, now_ns, schedule, notices)
    parts = [_put(db, _SCHEDULE.dump_json(schedule)), _put(db, _NOTICES.dump_json(dict(notices)))]
    said = _put(db, json.dumps(list(findings), ensure_ascii=False, separators=(",", ":")).encode())
    db.execute(
        "INSERT INTO revisions (number, issued_ns, author, reason, schedule, notices, based_on, restores, request,"
        " findings) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (revision.number, now_ns, author, reason, *parts, based_on, restores, request, said),
    )
    return revision


def latest_number(db: sqlite3.Connection) -> int:
    """Number of the newest revision; 0 where there is none."""
    return int(db.execute("SELECT coalesce(max(number), 0) FROM revisions").fetchone()[0])


def latest(db: sqlite3.Connection) -> Record | None:
    """The newest revision; None where there is none."""
    return record(db, latest_number(db))


def record(db: sqlite3.Connection, number: int) -> Record | None:
    """The revision of that number; None where there is none. Raises: StoreDamaged where a part of it is gone."""
    row = db.execute(f"{_WHOLE} WHERE number = ?", (number,)).fetchone()
    if row is None:
        return None
    found, issued_ns, author, reason, schedule, notices = row
    if schedule is None or notices is None:
        raise StoreDamaged(
            f"revision {found} has lost a part", hint="control, started again, opens the last good backup"
        )
    revision = Revision(
        found, issued_ns, _SCHEDULE.validate_json(unpack(schedule)), _NOTICES.validate_json(unpack(notices))
    )
    return Record(revision, author, reason)


def head(db: sqlite3.Connection, number: int | None = None) -> Head | None:
    """The head of a revision, without a number of the newest; None where there is none."""
    row = db.execute(f"{_HEAD} WHERE number = ?", (latest_number(db) if number is None else number,)).fetchone()
    return None if row is None else _head(*row)


def heads(db: sqlite3.Connection, before: int | None, limit: int) -> tuple[Head, ...]:
    """The newest heads, newest first; `before`: only those of lower numbers."""
    rows = db.execute(f"{_HEAD} WHERE ? IS NULL OR number < ? ORDER BY number DESC LIMIT ?", (before, before, limit))
    return tuple(_head(*row) for row in rows)


def made_by(db: sqlite3.Connection, request: str) -> Head | None:
    """The newest revision that a request made, known by its SHA-256; None where it made none."""
    row = db.execute(f"{_HEAD} WHERE request = ? AND request <> '' ORDER BY number DESC LIMIT 1", (request,)).fetchone()
    return None if row is None else _head(*row)


def findings(db: sqlite3.Connection, number: int) -> list[dict[str, Any]]:
    """What was found in a revision when it was stored."""
    row = db.execute(
        "SELECT body FROM revisions JOIN parts ON sha256 = findings WHERE number = ?", (number,)
    ).fetchone()
    return [] if row is None else json.loads(unpack(row[0]))


def _put(db: sqlite3.Connection, body: bytes) -> str:
    digest = hashlib.sha256(body).hexdigest()
    if db.execute("SELECT 1 FROM parts WHERE sha256 = ?", (digest,)).fetchone() is None:
        db.execute("INSERT INTO parts (sha256, body) VALUES (?, ?)", (digest, pack(body)))
    return digest


def _head(
    number: int, issued_ns: int, author: str, reason: str, based_on: int | None, restores: int | None, *parts: str
) -> Head:
    content = hashlib.sha256(" ".join(parts).encode()).hexdigest()
    return Head(number, issued_ns, author, reason, based_on, restores, f"{number}-{content[:_TAG_LENGTH]}")
