"""A schedule as callers send and get it: the words of the schedule files, as JSON.

`{"comment": "...", "schedule": {...}, "notices": [...]}`; a notice names its picture by the SHA-256 of one in the media
store. What cannot be read is told whole, each mistake with its place.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from pydantic_core import from_json

from playout.api.problems import Refused
from playout.check.finding import Finding, Severity
from playout.model.notice import Notice
from playout.model.schedule import Revision, Schedule
from playout.problems import did_you_mean
from playout.store.files import Draft, read_schedule
from playout.store.noticefile import read_notice, tidy
from playout.store.references import repeated
from playout.store.tables import Table, to_table

__all__ = ["COMMENT_MAX", "NOTICES_MAX", "SentDraft", "document", "read_comment", "read_draft"]

COMMENT_MAX = 500
"""Longest comment in characters."""
NOTICES_MAX = 5000
"""Most notices of one schedule."""
_KEYS = ("comment", "schedule", "notices", "revision")
_INDEX = re.compile(r"\[(\d+)\]")
_SHA256 = re.compile("[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class SentDraft:
    """What a request asks for. Where `mistakes` is not empty, the draft is what could be read."""

    draft: Draft
    comment: str
    base: int | None
    """Number of the revision that the caller had before him, if he says so."""
    mistakes: tuple[Finding, ...]


def document(revision: Revision) -> Table:
    """Schedule and notices of a revision as they can be sent back, notices by id."""
    notices = sorted(revision.notices.values(), key=lambda notice: notice.id)
    return {
        "schedule": to_table(revision.schedule, whole=True),
        "notices": [to_table(notice, whole=True) for notice in notices],
    }


def read_draft(body: bytes, media: Path, *, must_comment: bool) -> SentDraft:
    """The draft in a request's body. Raises: Refused (400) where the body is no JSON object."""
    table, mistakes = _object(body), list[Finding]()
    for key in sorted(table.keys() - set(_KEYS)):
        mistakes.append(_mistake(key, f"unknown key; {did_you_mean(key, _KEYS)}"))
    comment = _comment(table, mistakes, must=must_comment)
    notices = _notices(table.get("notices", []), media, mistakes)
    schedule = _schedule(table.get("schedule"), mistakes)
    return SentDraft(Draft(schedule, notices, {}), comment, _base(table, mistakes), tuple(mistakes))


def read_comment(body: bytes, default: str) -> tuple[str, tuple[Finding, ...]]:
    """The comment of a request that carries nothing else, and the mistakes in it. Raises: Refused (400)."""
    if not body:
        return default, ()
    table, mistakes = _object(body), list[Finding]()
    for key in sorted(table.keys() - {"comment"}):
        mistakes.append(_mistake(key, f"unknown key; {did_you_mean(key, ['comment'])}"))
    return _comment(table, mistakes, must=False) or default, tuple(mistakes)


def _object(body: bytes) -> Table:
    try:
        value: object = from_json(body, allow_inf_nan=False)
    except ValueError as error:
        raise Refused(400, f"the body is not JSON: {error}", "send the schedule as JSON in UTF-8") from error
    if not isinstance(value, dict):
        raise Refused(400, "the body is not a JSON object", 'send {"comment": ..., "schedule": ..., "notices": ...}')
    return cast(Table, value)


def _comment(table: Table, mistakes: list[Finding], *, must: bool) -> str:
    comment = table.get("comment", "" if not must else None)
    if comment is None:
        mistakes.append(_mistake("comment", "missing; say why, for the history"))
    elif not isinstance(comment, str):
        mistakes.append(_mistake("comment", "must be a text"))
    elif len(comment) > COMMENT_MAX or (must and not comment.strip()):
        mistakes.append(_mistake("comment", f"must have 1 to {COMMENT_MAX} characters"))
    else:
        return tidy(comment)
    return ""


def _base(table: Table, mistakes: list[Finding]) -> int | None:
    """What a document that was got before says of itself; only its number counts."""
    revision = table.get("revision")
    if revision is None:
        return None
    number = cast(Table, revision).get("number") if isinstance(revision, dict) else None
    if not isinstance(number, int) or isinstance(number, bool):
        mistakes.append(_mistake("revision.number", "must be the number of a revision; or leave `revision` out"))
        return None
    return number


def _schedule(table: object, mistakes: list[Finding]) -> Schedule:
    if not isinstance(table, dict):
        mistakes.append(_mistake("schedule", "missing" if table is None else "must be an object"))
        return Schedule()
    sent, lines = cast(Table, tidy(table)), list[str]()
    shape = dict(sent)
    schedule = read_schedule(sent, "", lines)
    mistakes += (_from_line(line, shape, "") for line in lines)
    return schedule


def _notices(tables: object, media: Path, mistakes: list[Finding]) -> dict[str, Notice]:
    if not isinstance(tables, list) or len(cast(list[Any], tables)) > NOTICES_MAX:
        mistakes.append(_mistake("notices", f"must be a list of at most {NOTICES_MAX} notices"))
        return {}
    found: dict[str, Notice] = {}
    names: list[str] = []
    for number, sent in enumerate(cast(list[Any], tables)):
        if not isinstance(sent, dict):
            mistakes.append(_mistake(f"notices[{number}]", "must be an object"))
            continue
        table: Table = tidy(sent)
        name = table["id"] if isinstance(table.get("id"), str) else str(number)
        names.append(name)
        lines: list[str] = []
        notice = read_notice(table, "", lines)
        mistakes += (_from_line(line.removeprefix(": "), table, f"notices[{name}]") for line in lines)
        if notice is not None and not lines:
            mistakes += _picture(notice, media)
            found[name] = notice
    mistakes += (_mistake("notices", f"the id {name!r} comes twice; ids must differ") for name in repeated(names))
    return found


def _picture(notice: Notice, media: Path) -> Iterator[Finding]:
    """The name of a picture leads to a file, so it must be nothing but a SHA-256."""
    where = f"notices[{notice.id}].picture"
    if notice.picture and not _SHA256.fullmatch(notice.picture):
        yield _mistake(where, "must be the SHA-256 of a picture, in 64 hexadecimal digits")
    elif notice.picture and not (media / notice.picture).exists():
        yield _mistake(where, f"no picture {notice.picture} is stored; bring it with `playout import`")


def _from_line(line: str, table: Mapping[str, Any], where: str) -> Finding:
    """A line `place: what is wrong` as a finding; numbers in the place become the names of what they count."""
    path, _, message = line.partition(": ")
    place = _named(path, table)
    return _mistake(".".join(filter(None, (where, place))), message)


def _named(path: str, table: Mapping[str, Any]) -> str:
    """`dayparts.3.rank` as `dayparts[night].rank`; without a name it is `dayparts[3].rank`."""
    here: Any = table
    place = ""
    for step in _INDEX.sub(r".\1", path).split("."):
        entries: list[Any] = cast(list[Any], here) if isinstance(here, list) else []
        keys: Table = cast(Table, here) if isinstance(here, dict) else {}
        if step.isdecimal() and int(step) < len(entries):
            here = entries[int(step)]
            entry: Table = cast(Table, here) if isinstance(here, dict) else {}
            name = entry.get("id") or entry.get("language")
            place += f"[{name if isinstance(name, str) else step}]"
        else:
            here = keys.get(step)
            place += f".{step}" if place else step
    return place


def _mistake(where: str, message: str) -> Finding:
    return Finding("field", Severity.ERROR, where, message, "correct it and send the whole again")
