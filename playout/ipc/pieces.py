"""A revision as short lines of JSON, so that reading it never holds the interpreter for as long as a tick would notice.

Each line is a schedule, or a table of notices, of its own: a few entries of one list. A playlist that is longer than a
line goes on in the next under the same id.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import groupby, islice
from typing import Any

from pydantic import TypeAdapter

from playout.model.notice import Notice
from playout.model.schedule import Playlist, Schedule

__all__ = ["dump_notices", "dump_schedule", "load_notices", "load_schedule"]

_SCHEDULE = TypeAdapter(Schedule)
_NOTICES = TypeAdapter(dict[str, Notice])
_LISTS = ("layouts", "playlists", "dayparts", "hours", "calendars")
_ITEMS, _ENTRIES, _AT_ONCE = 64, 8, 2
"""Items of playlists, other entries of a schedule, and notices in one line: each some 0.2 ms to read."""


def dump_schedule(schedule: Schedule) -> bytes:
    """The lines of a schedule; `load_schedule` reads them. The first has all that is no list."""
    lines = [_SCHEDULE.dump_json(schedule, exclude=set(_LISTS))]
    for name in _LISTS:
        entries: Sequence[Any] = getattr(schedule, name)
        size = _ENTRIES
        if name == "playlists":
            entries, size = list(_short(schedule.playlists)), 1
        for start in range(0, len(entries), size):
            part = replace(Schedule(), **{name: tuple(entries[start : start + size])})
            lines.append(_SCHEDULE.dump_json(part, include={name}))
    return b"\n".join(lines)


def load_schedule(data: bytes) -> Schedule:
    """The schedule of those lines. Raises: pydantic.ValidationError."""
    head, *parts = map(_SCHEDULE.validate_json, data.split(b"\n"))
    lists = {name: tuple(each for part in parts for each in getattr(part, name)) for name in _LISTS}
    return replace(head, **lists | {"playlists": tuple(_long(lists["playlists"]))})


def dump_notices(notices: Mapping[str, Notice]) -> bytes:
    """The lines of a table of notices; `load_notices` reads them."""
    left = iter(notices.items())
    tables = iter(lambda: dict(islice(left, _AT_ONCE)), {})
    return b"\n".join(map(_NOTICES.dump_json, tables))


def load_notices(data: bytes) -> dict[str, Notice]:
    """The notices of those lines. Raises: pydantic.ValidationError."""
    notices: dict[str, Notice] = {}
    for line in data.split(b"\n") if data else ():
        notices |= _NOTICES.validate_json(line)
    return notices


def _short(playlists: Sequence[Playlist]) -> Iterator[Playlist]:
    """The playlists, long ones in parts of the same id."""
    for playlist in playlists:
        for start in range(0, max(1, len(playlist.items)), _ITEMS):
            yield replace(playlist, items=playlist.items[start : start + _ITEMS])


def _long(parts: Sequence[Playlist]) -> Iterator[Playlist]:
    """The playlists of those parts."""
    for _, group in groupby(parts, lambda part: part.id):
        first, *rest = group
        yield replace(first, items=first.items + tuple(item for part in rest for item in part.items)) if rest else first
