"""Rules of time and calendars in schedule files: what operators write, and everything they get wrong, in words."""

from dataclasses import replace
from datetime import date, time
from pathlib import Path

import pytest

from playout.errors import ScheduleError
from playout.model.calendar import Calendar, CalendarDay, DayKind, SunEvent, SunTime, Weekday
from playout.model.schedule import Closed, ClosedShow, Daypart, Hours, HoursUse, Item, Playlist, Schedule
from playout.store.export import export_folder
from playout.store.files import read_folder, read_schedule
from playout.store.tables import to_table

SCHEDULE = """
filler = "all"
[[playlists]]
id = "all"
items = [{ notice = "hello" }]
"""
DAYPART = """
[[dayparts]]
id = "d"
playlist = "all"
start = "06:00"
end = "18:00"
"""
HOURS = """
[[hours]]
id = "h"
use = "open"
start = "05:00"
end = "23:00"
"""
HOLIDAYS = """
title = "Lễ"
days = [{ date = 2027-02-06, name = "Tết" }, { date = 2027-02-20, kind = "work" }]
"""
NOTICE = """
kind = "text"
title = "t"
source = "s"
[[texts]]
language = "vi"
body = "Xin chào"
"""
DAYS = (CalendarDay(date(2027, 2, 6), "Tết"), CalendarDay(date(2027, 2, 20), "", DayKind.WORK))
EVERY_KEY = Daypart(
    "d", "all", SunTime(SunEvent.SUNSET, -30), time(23, 30), days=(Weekday.MON,), nth=(1, -1), month_days=(1, -1),
    months=(2, 9), valid_from=date(2027, 1, 1), valid_until=date(2027, 12, 31), only_on=("vn",), not_on=("vn",),
    also_dates=(date(2027, 3, 1),), not_dates=(date(2027, 3, 2),), screens=("main",), rank=3,
)  # fmt: skip
FULL = Schedule(
    playlists=(Playlist("all", items=(Item("hello"),)),),
    dayparts=(
        EVERY_KEY,
        Daypart("r", "all", time(6), SunTime(SunEvent.SUNRISE, 75), rrule="FREQ=MONTHLY;BYDAY=2TU"),
        Daypart("w", "all", time(6), time(7), working_days="vn"),
        Daypart("e", "all", time(6), time(7), every_weeks=2, valid_from=date(2027, 1, 1)),
    ),
    filler="all",
    hours=(Hours("q", HoursUse.QUIET, time(22), SunTime(SunEvent.SUNRISE), luminance=0.25, motion=False),),
    closed=Closed(ClosedShow.PLAYLIST, "all"),
    calendars=(Calendar("vn", "Lễ", "nguồn", DAYS),),
)


def write(folder: Path, schedule: str, **holidays: str) -> Path:
    for name in ("notices", "holidays"):
        (folder / name).mkdir()
    (folder / "schedule.toml").write_text(schedule, encoding="utf-8")
    (folder / "notices/hello.toml").write_text(NOTICE, encoding="utf-8")
    for name, content in holidays.items():
        (folder / f"holidays/{name}.toml").write_text(content, encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ('"sunset"', SunTime(SunEvent.SUNSET)),
        ('"sunset-00:30"', SunTime(SunEvent.SUNSET, -30)),
        ('"Sunrise + 1:05"', SunTime(SunEvent.SUNRISE, 65)),
        ('"sunset+06:00"', SunTime(SunEvent.SUNSET, 360)),
        ('"06:30"', time(6, 30)),
        ("06:30:05", time(6, 30, 5)),
    ],
)
def test_times_of_day_and_times_of_the_sun(tmp_path: Path, written: str, meant: object) -> None:
    draft = read_folder(write(tmp_path, SCHEDULE + DAYPART.replace('"06:00"', written)))
    assert draft.schedule.dayparts[0].start == meant


@pytest.mark.parametrize(
    ("added", "words"),
    [
        ('start = "sunset-07:00"', ("dayparts[d].start", "6 hours", "time of day")),
        ('start = "moonrise"', ("dayparts[d].start", "'moonrise'", "sunset-00:30")),
        ('start = "sunset-0030"', ("dayparts[d].start", "'sunset-0030'")),
        ("nth = [6]", ("dayparts.0.nth.0", "less than or equal to 5")),
        ("month_days = [32]", ("dayparts.0.month_days.0", "31")),
        ("months = [0]", ("dayparts.0.months.0", "greater than or equal to 1")),
        ("every_weeks = 0", ("dayparts.0.every_weeks", "greater than or equal to 1")),
        ("also_dates = [2027-02]", ("schedule.toml", "TOML")),
        ('also_dates = ["2027-02-30"]', ("dayparts.0.also_dates.0", "date")),
        ('only_on = ["vnn"]', ("dayparts[d].only_on", "calendar 'vnn'", "did you mean 'vn'?")),
        ('not_on = ["x"]', ("dayparts[d].not_on", "calendar 'x'")),
        ('working_days = "x"', ("dayparts[d].working_days", "calendar 'x'")),
        ("valid_form = 2027-01-01", ("valid_form", "did you mean 'valid_from'?")),
        ("nth = 1", ("dayparts.0.nth", "tuple")),
    ],
)
def test_what_is_wrong_in_a_rule_is_told(tmp_path: Path, added: str, words: tuple[str, ...]) -> None:
    key = added.partition(" ")[0]
    lines = [line for line in DAYPART.splitlines() if not line.startswith(f"{key} ")]
    folder = write(tmp_path, SCHEDULE + "\n".join([*lines, added]), vn=HOLIDAYS)
    with pytest.raises(ScheduleError) as told:
        read_folder(folder)
    (problem,) = told.value.problems
    for word in words:
        assert word in problem


@pytest.mark.parametrize(
    ("changed", "to", "words"),
    [
        ('"open"', '"opne"', ("hours.0.use", "'open' or 'quiet'")),
        ('"05:00"', '"5"', ("hours[h].start", "HH:MM")),
        ('id = "h"', 'id = "h"\nluminance = 0', ("hours.0.luminance", "0.02")),
        ('id = "h"', 'id = "h"\nonly_on = ["x"]', ("hours[h].only_on", "calendar 'x'")),
        ('id = "h"', 'id = "h"\nplaylist = "all"', ("hours.0.playlist", "unknown key")),
        ("[[hours]]", '[closed]\nshow = "black"\n[[hours]]', ("closed.show", "'blank'")),
        ("[[hours]]", '[closed]\nplaylist = "al"\n[[hours]]', ("closed.playlist", "did you mean 'all'?")),
        (HOURS, HOURS + HOURS, ("hours", "'h' comes twice")),
    ],
)
def test_what_is_wrong_in_hours_is_told(tmp_path: Path, changed: str, to: str, words: tuple[str, ...]) -> None:
    folder = write(tmp_path, SCHEDULE + HOURS.replace(changed, to))
    with pytest.raises(ScheduleError) as told:
        read_folder(folder)
    (problem,) = told.value.problems
    for word in words:
        assert word in problem


@pytest.mark.parametrize(
    ("changed", "to", "words"),
    [
        ("2027-02-06", '"tomorrow"', ("holidays/vn.toml: days.0.date", "date")),
        ('"work"', '"working"', ("holidays/vn.toml: days.1.kind", "'holiday', 'rest' or 'work'")),
        ("name =", "nmae =", ("holidays/vn.toml: days.0.nmae", "did you mean 'name'?")),
        ("days = [", "days = [[", ("holidays/vn.toml", "TOML")),
    ],
)
def test_what_is_wrong_in_a_calendar_is_told(tmp_path: Path, changed: str, to: str, words: tuple[str, ...]) -> None:
    folder = write(tmp_path, SCHEDULE + DAYPART, vn=HOLIDAYS.replace(changed, to))
    with pytest.raises(ScheduleError) as told:
        read_folder(folder)
    (problem,) = told.value.problems
    for word in words:
        assert word in problem


def test_two_calendars_of_one_name(tmp_path: Path) -> None:
    folder = write(tmp_path, SCHEDULE, vn=HOLIDAYS, lao='id = "vn"' + HOLIDAYS)
    with pytest.raises(ScheduleError, match="'vn' comes twice"):
        read_folder(folder)


def test_a_schedule_with_everything_is_written_and_read_again(tmp_path: Path) -> None:
    notices = read_folder(write(tmp_path, SCHEDULE)).notices
    export_folder(FULL, notices, tmp_path, tmp_path / "out")
    assert read_folder(tmp_path / "out").schedule == FULL


@pytest.mark.parametrize("schedule", [FULL, replace(FULL, calendars=(), dayparts=(), hours=())])
def test_the_table_of_a_schedule_as_the_api_sends_it_reads_as_the_same(schedule: Schedule) -> None:
    problems: list[str] = []
    assert read_schedule(to_table(schedule, whole=True), "", problems) == schedule
    assert problems == []
