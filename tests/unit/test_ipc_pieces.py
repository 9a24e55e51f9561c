"""A revision in lines: the same when it is read again, and no line is long."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playout.ipc.pieces import dump_notices, dump_schedule, load_notices, load_schedule
from playout.model.notice import Kind, Notice, Text
from playout.model.schedule import Item, Playlist, Schedule
from playout.paths import shipped
from playout.store.files import read_folder

SHIPPED = read_folder(shipped("schedules"))
LINE_MAX = 16_000
"""Bytes that are read in well under a millisecond."""


def test_what_is_shipped_reads_as_the_same() -> None:
    assert load_schedule(dump_schedule(SHIPPED.schedule)) == SHIPPED.schedule
    assert load_notices(dump_notices(SHIPPED.notices)) == SHIPPED.notices
    assert list(load_notices(dump_notices(SHIPPED.notices))) == list(SHIPPED.notices)


@given(st.lists(st.integers(1, 200), max_size=6), st.integers(0, 40))
def test_any_number_of_items_and_dayparts_reads_as_the_same(sizes: list[int], dayparts: int) -> None:
    lists = (Playlist(f"p{n}", f"P {n}", tuple(Item(f"n{at}") for at in range(size))) for n, size in enumerate(sizes))
    schedule = replace(SHIPPED.schedule, playlists=tuple(lists), dayparts=SHIPPED.schedule.dayparts[:1] * dayparts)
    assert load_schedule(dump_schedule(schedule)) == schedule


def test_an_empty_schedule_and_no_notices_read_as_the_same() -> None:
    assert load_schedule(dump_schedule(Schedule())) == Schedule()
    assert load_notices(dump_notices({})) == {}


def test_no_line_is_long() -> None:
    playlist = Playlist("p", "T" * 200, (Item("n" * 64, 12.5),) * 10_000)
    schedule = replace(SHIPPED.schedule, playlists=(playlist,), dayparts=SHIPPED.schedule.dayparts * 1000)
    text = Text("km", "ក" * 1000)
    notices = {f"n{n}": Notice(f"n{n}", Kind.TEXT, "t", "s", texts=(text,)) for n in range(500)}
    for data in (dump_schedule(schedule), dump_notices(notices)):
        assert max(map(len, data.split(b"\n"))) < LINE_MAX


@pytest.mark.parametrize("data", [b"", b"{", b"{}\n", b'{}\n{"playlists": 3}', b"\xff"])
def test_lines_that_are_damaged_are_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match="validation error"):
        load_schedule(data)
