"""What differs between two revisions, place by place, in the words operators write."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, cast

from playout.model.schedule import Revision
from playout.store.tables import Table, to_table

__all__ = ["Change", "Kind", "difference"]

_NAMES = ("id", "language")
"""Keys by which an entry of a list is known."""


class Kind(StrEnum):
    """What became of something."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    MOVED = "moved"
    """The same entries in another order."""


@dataclass(frozen=True, slots=True)
class Change:
    """One difference. `where` is as in findings: `dayparts[day].start`, `notices[welcome].texts[km].body`.

    In a playlist the part of the items that differs is told as one: `playlists[day].items[3:5]`, with the places that
    it takes in the older revision.
    """

    where: str
    kind: Kind
    before: Any = None
    after: Any = None


def difference(old: Revision, new: Revision) -> list[Change]:
    """What `new` has otherwise than `old`, in the order of layouts, playlists, dayparts, filler and notices."""
    return list(_of_tables("", _table(old), _table(new)))


def _table(revision: Revision) -> Table:
    notices = sorted(revision.notices.values(), key=lambda notice: notice.id)
    return to_table(revision.schedule, whole=True) | {"notices": [to_table(each, whole=True) for each in notices]}


def _of_tables(where: str, old: Table, new: Table) -> Iterator[Change]:
    for key in dict.fromkeys([*old, *new]):
        place = f"{where}.{key}" if where else key
        yield from _of_values(place, old.get(key), new.get(key))


def _of_values(where: str, old: Any, new: Any) -> Iterator[Change]:
    if old == new:
        return
    if isinstance(old, dict) and isinstance(new, dict):
        yield from _of_tables(where, cast(Table, old), cast(Table, new))
    elif isinstance(old, list) and isinstance(new, list):
        before, after = cast(list[Any], old), cast(list[Any], new)
        name = next((name for name in _NAMES if _is_named(before, name) and _is_named(after, name)), "")
        yield from _of_named(where, name, before, after) if name else _of_lists(where, before, after)
    else:
        yield Change(where, Kind.CHANGED, old, new)


def _is_named(entries: list[Any], name: str) -> bool:
    """Whether every entry has that key, and no two the same value in it."""
    names = [cast(Table, entry).get(name) for entry in entries if isinstance(entry, dict)]
    return len(names) == len(entries) and all(names) and len(set(names)) == len(names)


def _of_named(where: str, name: str, old: list[Table], new: list[Table]) -> Iterator[Change]:
    before, after = {each[name]: each for each in old}, {each[name]: each for each in new}
    for key, entry in before.items():
        if key in after:
            yield from _of_tables(f"{where}[{key}]", entry, after[key])
        else:
            yield Change(f"{where}[{key}]", Kind.REMOVED, before=entry)
    for key, entry in after.items():
        if key not in before:
            yield Change(f"{where}[{key}]", Kind.ADDED, after=entry)
    kept = [key for key in before if key in after]
    order = [key for key in after if key in before]
    if kept != order:
        yield Change(where, Kind.MOVED, kept, order)


def _of_lists(where: str, old: list[Any], new: list[Any]) -> Iterator[Change]:
    """The one part between what both begin with and what both end with."""
    start, shortest = 0, min(len(old), len(new))
    while start < shortest and old[start] == new[start]:
        start += 1
    end = 0
    while end < shortest - start and old[-1 - end] == new[-1 - end]:
        end += 1
    before, after = old[start : len(old) - end], new[start : len(new) - end]
    place = f"{where}[{start}:{start + len(before)}]"
    if not before:
        yield Change(place, Kind.ADDED, after=after)
    elif not after:
        yield Change(place, Kind.REMOVED, before=before)
    else:
        yield Change(place, Kind.CHANGED, before, after)
