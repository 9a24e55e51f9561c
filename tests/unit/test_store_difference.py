"""What differs between two revisions: each change once, with its place, and nothing that did not change."""

from dataclasses import replace
from datetime import time

import pytest

from playout.model.notice import Kind as NoticeKind
from playout.model.notice import Notice, Text
from playout.model.schedule import Daypart, Item, Playlist, Revision, Schedule
from playout.store.difference import Change, Kind, difference

NOTICE = Notice("welcome", NoticeKind.TEXT, "t", "s", texts=(Text("vi", "Chào"), Text("km", "សូម")))
ITEMS = tuple(Item(name) for name in "abcdef")
DAY = Daypart("day", "p", time(6), time(18))
NIGHT = Daypart("night", "p", time(18), time(6))
OLD = Revision(1, 1, Schedule(playlists=(Playlist("p", items=ITEMS),), dayparts=(DAY, NIGHT)), {"welcome": NOTICE})


def of(schedule: Schedule | None = None, **notices: Notice) -> list[Change]:
    return difference(OLD, Revision(2, 2, schedule or OLD.schedule, notices or OLD.notices))


def items(*new: Item) -> list[Change]:
    return of(replace(OLD.schedule, playlists=(Playlist("p", items=new),)))


def test_equal_revisions_differ_in_nothing() -> None:
    assert of() == []


def test_a_changed_field_is_told_with_both_values() -> None:
    later = replace(OLD.schedule, dayparts=(replace(DAY, start=time(5, 30)), NIGHT), filler="p")
    assert of(later) == [
        Change("dayparts[day].start", Kind.CHANGED, "06:00", "05:30"),
        Change("filler", Kind.CHANGED, "", "p"),
    ]


def test_words_are_found_by_their_language() -> None:
    changed = replace(NOTICE, texts=(Text("km", "សូម"), Text("vi", "Xin chào")))
    assert of(welcome=changed) == [
        Change("notices[welcome].texts[vi].body", Kind.CHANGED, "Chào", "Xin chào"),
        Change("notices[welcome].texts", Kind.MOVED, ["vi", "km"], ["km", "vi"]),
    ]


def test_what_is_added_or_removed_is_told_whole() -> None:
    noon = Daypart("noon", "p", time(11), time(12))
    removed, added = of(replace(OLD.schedule, dayparts=(DAY, noon)))
    assert (removed.where, removed.kind, removed.before["start"], removed.after) == (
        "dayparts[night]", Kind.REMOVED, "18:00", None,
    )  # fmt: skip
    assert (added.where, added.kind, added.after["start"]) == ("dayparts[noon]", Kind.ADDED, "11:00")


@pytest.mark.parametrize(
    ("new", "where", "kind"),
    [
        ((*ITEMS[:3], Item("x"), *ITEMS[3:]), "playlists[p].items[3:3]", Kind.ADDED),
        ((*ITEMS[:3], *ITEMS[5:]), "playlists[p].items[3:5]", Kind.REMOVED),
        ((*ITEMS[:3], Item("d", 9), *ITEMS[4:]), "playlists[p].items[3:4]", Kind.CHANGED),
        ((*ITEMS, ITEMS[-1]), "playlists[p].items[6:6]", Kind.ADDED),
        ((ITEMS[1], ITEMS[0], *ITEMS[2:]), "playlists[p].items[0:2]", Kind.CHANGED),
    ],
)
def test_of_a_playlist_the_part_that_differs_is_told(new: tuple[Item, ...], where: str, kind: Kind) -> None:
    (change,) = items(*new)
    assert (change.where, change.kind) == (where, kind)
