"""Revisions of schedule and notices: added, never changed."""

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import TypeAdapter

from playout.model.notice import Notice
from playout.model.schedule import Revision, Schedule

__all__ = ["Record", "add", "latest", "latest_number"]

_SCHEDULE = TypeAdapter(Schedule)
_NOTICES = TypeAdapter(dict[str, Notice])


@dataclass(frozen=True, slots=True)
class Record:
    """A revision with who made it and why."""

    revision: Revision
    author: str
    reason: str


def add(
    db: sqlite3.Connection,
    schedule: Schedule,
    notices: Mapping[str, Notice],
    *,
    now_ns: int,
    author: str,
    reason: str,
    number: int | None = None,
) -> Revision:
    """Adds a revision under the next number, or under the one it already has in an air file."""
    revision = Revision(number or latest_number(db) + 1, now_ns, schedule, notices)
    db.execute(
        "INSERT INTO revisions (number, issued_ns, author, reason, schedule, notices) VALUES (?, ?, ?, ?, ?, ?)",
        (
            revision.number,
            now_ns,
            author,
            reason,
            _SCHEDULE.dump_json(schedule).decode(),
            _NOTICES.dump_json(dict(notices)).decode(),
        ),
    )
    return revision


def latest_number(db: sqlite3.Connection) -> int:
    """Number of the newest revision; 0 where there is none."""
    return int(db.execute("SELECT coalesce(max(number), 0) FROM revisions").fetchone()[0])


def latest(db: sqlite3.Connection) -> Record | None:
    """The newest revision; None where there is none."""
    row = db.execute(
        "SELECT number, issued_ns, author, reason, schedule, notices FROM revisions ORDER BY number DESC LIMIT 1"
    ).fetchone()
    if row is None:
        return None
    number, issued_ns, author, reason, schedule, notices = row
    revision = Revision(number, issued_ns, _SCHEDULE.validate_json(schedule), _NOTICES.validate_json(notices))
    return Record(revision, author, reason)
