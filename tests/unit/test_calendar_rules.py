"""On which days a rule holds and from when to when, against what python-dateutil expands from the same words."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from dateutil import rrule
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from playout.model.calendar import Calendar, CalendarDay, DayKind, Moment, SunEvent, SunTime, Weekday
from playout.model.panel import Site
from playout.model.schedule import Daypart
from playout.resolve.calendar import Almanac
from playout.resolve.recurrence import read_rrule
from playout.resolve.rules import Calendars, DayTest, Windows, rule_problems

S = 10**9
ZONES = ("Europe/Paris", "America/Santiago", "Asia/Ho_Chi_Minh")
NAMES = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
BASE = Daypart("d", "p", time(6), time(18))
VN = Calendar(
    "vn",
    days=(
        CalendarDay(date(2026, 8, 22), "Ngày làm bù", DayKind.WORK),
        CalendarDay(date(2026, 8, 31), "Ngày nghỉ", DayKind.REST),
        CalendarDay(date(2026, 9, 2), "Quốc khánh"),
    ),
)


def holds(rule: Daypart, *calendars: Calendar) -> DayTest:
    return DayTest(rule, Calendars(calendars), {})


def days_of(rule: Daypart, first: date, last: date, *calendars: Calendar) -> list[str]:
    test = holds(rule, *calendars)
    ordinals = range(first.toordinal(), last.toordinal() + 1)
    return [date.fromordinal(day).isoformat() for day in ordinals if test(day)]


# Friendly keys


def year_of(rule: Daypart, *calendars: Calendar, year: int = 2026) -> list[str]:
    return days_of(rule, date(year, 1, 1), date(year, 12, 31), *calendars)


@pytest.mark.parametrize(
    ("changes", "first_days", "count"),
    [
        ({"days": (Weekday.MON,), "nth": (1,)}, ["2026-01-05", "2026-02-02", "2026-03-02"], 12),
        ({"days": (Weekday.MON,), "nth": (-1,)}, ["2026-01-26", "2026-02-23", "2026-03-30"], 12),
        ({"days": (Weekday.SAT,), "nth": (5,)}, ["2026-01-31", "2026-05-30", "2026-08-29"], 4),
        ({"month_days": (1, 15)}, ["2026-01-01", "2026-01-15", "2026-02-01"], 24),
        ({"month_days": (-1,)}, ["2026-01-31", "2026-02-28", "2026-03-31"], 12),
        ({"month_days": (31,)}, ["2026-01-31", "2026-03-31", "2026-05-31"], 7),
        ({"months": (9,), "month_days": (2,)}, ["2026-09-02"], 1),
        ({"days": (Weekday.FRI,), "month_days": (13,)}, ["2026-02-13", "2026-03-13", "2026-11-13"], 3),
        ({"every_weeks": 2, "days": (Weekday.SUN,), "valid_from": date(2026, 1, 8)}, ["2026-01-11", "2026-01-25"], 26),
        ({"valid_from": date(2026, 2, 27), "valid_until": date(2026, 3, 1)}, ["2026-02-27", "2026-02-28"], 3),
        ({"rrule": "FREQ=MONTHLY;BYDAY=2TU"}, ["2026-01-13", "2026-02-10"], 12),
        ({"only_on": ("vn",)}, ["2026-08-31", "2026-09-02"], 2),
        ({"only_on": ("vn", "gone")}, ["2026-08-31", "2026-09-02"], 2),
        ({"only_on": ("gone",)}, [], 0),
        ({"not_on": ("vn",), "months": (9,)}, ["2026-09-01", "2026-09-03"], 29),
        ({"working_days": "vn", "valid_from": date(2026, 8, 20)}, ["2026-08-20", "2026-08-21", "2026-08-22"], 95),
        ({"also_dates": (date(2026, 5, 1),), "months": (1,), "month_days": (1,)}, ["2026-01-01", "2026-05-01"], 2),
        ({"not_dates": (date(2026, 1, 1),), "month_days": (1,)}, ["2026-02-01", "2026-03-01"], 11),
        (
            {"also_dates": (date(2026, 9, 2),), "not_on": ("vn",), "months": (8,), "month_days": (31,)},
            ["2026-09-02"],
            1,
        ),
        ({"also_dates": (date(2026, 5, 1),), "not_dates": (date(2026, 5, 1),), "only_on": ("gone",)}, [], 0),
    ],
)
def test_the_keys_of_a_rule(changes: dict[str, object], first_days: list[str], count: int) -> None:
    found = year_of(replace(BASE, **changes), VN)  # pyright: ignore[reportArgumentType]
    assert (found[: len(first_days)], len(found)) == (first_days, count)


weekdays = st.sets(st.sampled_from(Weekday), min_size=1).map(lambda days: tuple(sorted(days)))
FIRST, LAST = date(1996, 1, 1), date(2103, 12, 31)
anchors = st.dates(FIRST, LAST)
numbers = st.integers(1, 31) | st.integers(-31, -1)


@st.composite
def friendly(draw: st.DrawFn) -> tuple[Daypart, str]:
    """A rule in our keys, and the same in RFC 5545's words."""
    days = draw(weekdays)
    months = tuple(draw(st.sets(st.integers(1, 12), max_size=3)))
    rule = replace(BASE, days=days, months=months)
    words = f";BYMONTH={','.join(map(str, months))}" if months else ""
    if draw(st.booleans()):
        weeks = draw(st.integers(1, 5))
        named = ",".join(NAMES[day] for day in days)
        return replace(rule, every_weeks=weeks), f"FREQ=WEEKLY;WKST=MO;INTERVAL={weeks};BYDAY={named}{words}"
    nth = tuple(draw(st.sets(st.integers(1, 5) | st.integers(-5, -1), max_size=3)))
    month_days = tuple(draw(st.sets(numbers, max_size=4)))
    named = ",".join(f"{number or ''}{NAMES[day]}" for day in days for number in nth or (0,))
    words += f";BYMONTHDAY={','.join(map(str, month_days))}" if month_days else ""
    return replace(rule, nth=nth, month_days=month_days), f"FREQ=MONTHLY;BYDAY={named}{words}"


def expanded(words: str, anchor: date, first: date, last: date) -> list[str]:
    """What dateutil makes of the rule from the day it counts from."""
    whole = rrule.rrulestr(words, dtstart=datetime.combine(anchor, time()))
    found = whole.between(datetime.combine(first, time()), datetime.combine(last, time()), inc=True)
    return [moment.date().isoformat() for moment in found]


@settings(max_examples=150, deadline=None)
@given(friendly(), anchors, st.integers(0, 4000))
def test_our_keys_mean_what_rfc_5545_does(given_: tuple[Daypart, str], anchor: date, later: int) -> None:
    rule, words = given_
    first = anchor + timedelta(days=later)
    last = first + timedelta(days=500)
    assume(_may_occur(rule))
    assert days_of(replace(rule, valid_from=anchor), first, last) == expanded(words, anchor, first, last)


def _may_occur(rule: Daypart) -> bool:
    """Whether dateutil would not look on to the year 9999 in vain."""
    longest = {2: 28, 4: 30, 6: 30, 9: 30, 11: 30}
    room = max((longest.get(month, 31) for month in rule.months), default=31)
    days = [day for day in rule.month_days if abs(day) <= room]
    if not rule.month_days or not rule.nth:
        return bool(days) or not rule.month_days
    weeks = {(day - 1) // 7 + 1 for day in days if day > 0} | {-((-day - 1) // 7 + 1) for day in days if day < 0}
    return bool(weeks & set(rule.nth))


# Whole recurrences

PARTS = st.fixed_dictionaries(
    {},
    optional={
        "BYMONTH": st.sets(st.integers(1, 12), min_size=1, max_size=4),
        "BYMONTHDAY": st.sets(st.integers(1, 28) | st.integers(-28, -1), min_size=1, max_size=4),
        "BYDAY": st.sets(st.sampled_from(NAMES), min_size=1, max_size=4),
        "BYYEARDAY": st.sets(st.integers(1, 365) | st.integers(-365, -1), min_size=1, max_size=4),
        "BYWEEKNO": st.sets(st.integers(1, 52) | st.integers(-52, -1), min_size=1, max_size=3),
        "BYSETPOS": st.sets(st.integers(1, 3) | st.integers(-3, -1), min_size=1, max_size=2),
    },
)


@st.composite
def recurrences(draw: st.DrawFn) -> str:
    frequency = draw(st.sampled_from(["DAILY", "WEEKLY", "MONTHLY", "YEARLY"]))
    parts = {name: ",".join(map(str, sorted(values))) for name, values in draw(PARTS).items()}
    if "BYDAY" in parts and frequency in ("MONTHLY", "YEARLY") and "BYWEEKNO" not in parts and draw(st.booleans()):
        parts["BYDAY"] = ",".join(
            f"{draw(st.sampled_from([1, 2, 4, -1, -2]))}{day}" for day in parts["BYDAY"].split(",")
        )
    for forbidden in {
        "DAILY": ("BYYEARDAY", "BYWEEKNO", "BYSETPOS"), "MONTHLY": ("BYYEARDAY", "BYWEEKNO"), "YEARLY": (),
        "WEEKLY": ("BYMONTHDAY", "BYYEARDAY", "BYWEEKNO", "BYSETPOS"),
    }[frequency]:  # fmt: skip
        parts.pop(forbidden, None)
    if not parts.keys() - {"BYSETPOS"}:
        parts.pop("BYSETPOS", None)
    if draw(st.booleans()):
        parts["INTERVAL"] = str(draw(st.integers(1, 6)))
    if draw(st.booleans()):
        parts["WKST"] = draw(st.sampled_from(NAMES))
    return ";".join([f"FREQ={frequency}", *(f"{name}={value}" for name, value in parts.items())])


def bounded(words: str, anchor: date, last: date) -> list[str] | None:
    """What dateutil expands, or None where it would look in vain: then a leap of its periods says so."""
    whole = rrule.rrulestr(words, dtstart=datetime.combine(anchor, time()))
    found: list[str] = []
    for moment in whole:
        if moment.date() > last:
            return found
        found.append(moment.date().isoformat())
    return found


@settings(max_examples=200, deadline=None)
@given(recurrences(), anchors)
def test_a_recurrence_is_what_dateutil_expands(words: str, anchor: date) -> None:
    recurrence, problems = read_rrule(words, anchor)
    assert problems == []
    assert recurrence is not None
    last = anchor + timedelta(days=2500)
    ours = [
        date.fromordinal(day).isoformat()
        for day in range(anchor.toordinal() - 10, last.toordinal() + 1)
        if day in recurrence
    ]
    if ours:  # it occurs, so dateutil comes to an end too
        assert ours == bounded(words, anchor, last)
    else:
        short = f"{words};UNTIL={last:%Y%m%d}"
        assume("BYYEARDAY" not in words and "BYWEEKNO" not in words and "BYSETPOS" not in words)
        assume(not words.startswith("FREQ=DAILY"))
        assert bounded(short, anchor, last) == []


@pytest.mark.parametrize(
    ("words", "days"),
    [
        ("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1;COUNT=3", ["2026-01-30", "2026-02-27", "2026-03-31"]),
        ("FREQ=WEEKLY;INTERVAL=3;COUNT=4", ["2026-01-06", "2026-01-27", "2026-02-17", "2026-03-10"]),
        ("FREQ=DAILY;INTERVAL=10;UNTIL=20260126", ["2026-01-06", "2026-01-16", "2026-01-26"]),
        ("FREQ=YEARLY;COUNT=2", ["2026-01-06", "2027-01-06"]),
        ("FREQ=MONTHLY;COUNT=2", ["2026-01-06", "2026-02-06"]),
        ("RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29", ["2028-02-29"]),
        ("freq=yearly;byday=20mo", ["2026-05-18", "2027-05-17", "2028-05-15"]),
        ("FREQ=MONTHLY;BYMONTHDAY=31;COUNT=2", ["2026-01-31", "2026-03-31"]),
    ],
)
def test_recurrences_a_person_can_check(words: str, days: list[str]) -> None:
    rule = replace(BASE, rrule=words, valid_from=date(2026, 1, 6))
    assert rule_problems(rule) == []
    assert days_of(rule, date(2026, 1, 1), date(2028, 12, 31)) == days


def test_a_rule_without_a_first_day_holds_in_every_year() -> None:
    rule = replace(BASE, rrule="FREQ=YEARLY;BYMONTH=9;BYMONTHDAY=2")
    assert [year_of(rule, year=year) for year in (1986, 2026, 2226)] == [["1986-09-02"], ["2026-09-02"], ["2226-09-02"]]


def test_a_recurrence_that_never_comes_is_told_quickly() -> None:
    rule = replace(BASE, rrule="FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30")
    assert days_of(rule, date(2026, 1, 1), date(2065, 12, 31)) == []  # dateutil alone takes minutes for it


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("BYDAY=MO", "FREQ is missing"),
        ("FREQ=MONTLY;BYDAY=MO", "did you mean 'monthly'?"),
        ("FREQ=HOURLY", "the time of day stands in start and end"),
        ("FREQ=DAILY;BYHOUR=9", "BYHOUR: a rule names whole days"),
        ("FREQ=MONTHLY;BYDAYS=MO", "did you mean 'byday'?"),
        ("FREQ=MONTHLY;BYDAY=XX", "unknown day 'XX'"),
        ("FREQ=MONTHLY;BYDAY=6MO", "no month has more than five"),
        ("FREQ=WEEKLY;BYDAY=2MO", "needs FREQ=MONTHLY or YEARLY"),
        ("FREQ=YEARLY;BYWEEKNO=3;BYDAY=2MO", "cannot stand with BYWEEKNO"),
        ("FREQ=WEEKLY;BYMONTHDAY=1;BYDAY=MO", "BYMONTHDAY cannot stand with FREQ=WEEKLY"),
        ("FREQ=MONTHLY;BYMONTHDAY=32", "BYMONTHDAY=32: must be a whole number from -31 to 31, not 0"),
        ("FREQ=MONTHLY;BYMONTHDAY=0", "not 0"),
        ("FREQ=MONTHLY;BYMONTHDAY=1.5", "BYMONTHDAY=1.5"),
        ("FREQ=MONTHLY;BYMONTHDAY=١", "BYMONTHDAY=١"),
        ("FREQ=DAILY;INTERVAL=0", "INTERVAL=0: must be a whole number from 1 to 1000"),
        ("FREQ=DAILY;INTERVAL=2", "INTERVAL counts from valid_from"),
        ("FREQ=DAILY;COUNT=2", "COUNT counts from valid_from"),
        ("FREQ=MONTHLY", "BYMONTHDAY=1, or valid_from"),
        ("FREQ=YEARLY;BYMONTH=2", "or valid_from to count from"),
        ("FREQ=DAILY;UNTIL=tomorrow", "UNTIL=20271231, or use valid_until"),
        ("FREQ=DAILY;UNTIL=20270101T000000Z", "UNTIL=20271231, or use valid_until"),
        ("FREQ=DAILY;BYDAY=MO;BYDAY=TU", "BYDAY comes twice"),
        ("FREQ=MONTHLY;BYSETPOS=1", "BYSETPOS chooses among"),
        ("FREQ=MONTHLY;BYDAY", "'BYDAY' is no part of a rule"),
        ("FREQ=DAILY;;BYDAY=MO", "a part is empty"),
        ("DTSTART=20260101;FREQ=DAILY", "write it as valid_from"),
        ("FREQ=DAILY;WKST=MO,TU,2WE", "a single day"),
        ("", "a part is empty"),
    ],
)
def test_everything_wrong_in_a_recurrence_is_explained(words: str, told: str) -> None:
    recurrence, problems = read_rrule(words, None)
    assert recurrence is None
    assert [problem for problem in problems if told in problem], problems
    assert days_of(replace(BASE, rrule=words or ";"), date(2026, 1, 1), date(2026, 2, 1)) == []


def test_all_of_it_is_told_at_once() -> None:
    _, problems = read_rrule("FREQ=WEEKLY;BYDAY=XX;BYMONTHDAY=40;COUNT=1;UNTIL=20270101", date(2026, 1, 1))
    assert len(problems) == 4


@settings(max_examples=200, deadline=None)
@given(st.text(st.sampled_from("FREQ=MONTHLYDAIBUSPW;,-+0129 \x00é"), max_size=40))
def test_no_words_whatever_break_the_reading(words: str) -> None:
    recurrence, problems = read_rrule(words, date(2026, 1, 1))
    assert (recurrence is None) == bool(problems)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"rrule": "FREQ=DAILY", "nth": (1,)}, "rrule: stands instead of nth"),
        ({"rrule": "FREQ=DAILY", "days": (Weekday.MON,), "months": (1,)}, "instead of days, months"),
        ({"working_days": "vn", "days": (Weekday.MON,)}, "working_days: stands instead of days"),
        ({"working_days": "vn", "rrule": "FREQ=DAILY"}, "working_days: stands instead of rrule"),
        ({"nth": (0,)}, "nth: there is no day 0"),
        ({"month_days": (0,)}, "month_days: there is no day 0"),
        ({"every_weeks": 2}, "every_weeks: counts from the week of valid_from"),
        ({"every_weeks": 2, "nth": (1,), "valid_from": date(2026, 1, 1)}, "cannot stand with nth or month_days"),
        ({"valid_from": date(2026, 1, 2), "valid_until": date(2026, 1, 1)}, "2026-01-01 is before valid_from"),
        ({"also_dates": (date(2026, 1, 2),), "not_dates": (date(2026, 1, 2),)}, "2026-01-02 is in not_dates too"),
    ],
)
def test_what_contradicts_itself_is_explained(changes: dict[str, object], told: str) -> None:
    (problem,) = rule_problems(replace(BASE, **changes))  # pyright: ignore[reportArgumentType]
    assert told in problem


# From when to when


def utc_ns(local: datetime) -> int:
    """The instant of a local time; in a gap with the offset before it, in a fold the first one."""
    return round(local.replace(fold=0).timestamp()) * S


times = st.builds(time, st.integers(0, 23), st.sampled_from([0, 1, 29, 30, 59]))
around_changes = st.sampled_from(
    [date(2026, 3, 29), date(2026, 10, 25), date(2026, 4, 4), date(2026, 9, 5), date(2040, 9, 2), date(2026, 2, 28)]
).flatmap(lambda day: st.integers(-3, 3).map(lambda shift: day + timedelta(days=shift)))


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(ZONES), times, times, around_changes | anchors, weekdays)
def test_windows_are_dateutils_occurrences_in_local_time(
    zone: str, start: time, end: time, first: date, days: tuple[Weekday, ...]
) -> None:
    local = ZoneInfo(zone)
    rule = replace(BASE, start=start, end=end, days=days)
    windows = Windows(start, end, holds(rule), Almanac(Site(timezone=zone)))
    ours = [span for day in range(first.toordinal(), first.toordinal() + 7) if (span := windows.on(day)) is not None]
    wanted: list[tuple[int, int]] = []
    for moment in rrule.rrule(
        rrule.WEEKLY, dtstart=datetime.combine(first, start), byweekday=list(days),
        until=datetime.combine(first + timedelta(days=6), time.max),
    ):  # fmt: skip
        last = moment.date() if end > start else moment.date() + timedelta(days=1)
        span = utc_ns(moment.replace(tzinfo=local)), utc_ns(datetime.combine(last, end, local))
        if span[0] < span[1]:
            wanted.append(span)
    assert ours == wanted


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(ZONES), st.integers(0, 200 * 365 * 86_400), st.integers(0, S - 1))
def test_every_instant_lies_in_its_local_day(zone: str, second: int, ns: int) -> None:
    almanac, at_ns = Almanac(Site(timezone=zone)), second * S + ns
    day = almanac.day(at_ns)
    assert almanac.midnight_ns(day) <= at_ns < almanac.midnight_ns(day + 1)
    assert datetime.fromtimestamp(second, ZoneInfo(zone)).date().toordinal() == day


LE_THANH = Site()
OSLO = Site(timezone="Europe/Oslo", latitude=69.65, longitude=18.96)


@pytest.mark.parametrize(
    ("site", "day", "event", "local"),
    [
        # Checked against the tables of timeanddate-like almanacs: Gia Lai in December, Paris at midsummer.
        (LE_THANH, date(2026, 12, 21), SunEvent.SUNRISE, "06:08"),
        (LE_THANH, date(2026, 12, 21), SunEvent.SUNSET, "17:27"),
        (Site(timezone="Europe/Paris", latitude=48.85, longitude=2.35), date(2026, 6, 21), SunEvent.SUNSET, "21:58"),
        (
            Site(timezone="America/Santiago", latitude=-33.45, longitude=-70.67),
            date(2026, 6, 21),
            SunEvent.SUNRISE,
            "07:46",
        ),
    ],
)
def test_the_sun_at_places_everybody_can_look_up(site: Site, day: date, event: SunEvent, local: str) -> None:
    at_ns = Almanac(site).at_ns(day.toordinal(), SunTime(event))
    assert at_ns is not None
    told = datetime.fromtimestamp(at_ns // S, ZoneInfo(site.timezone))
    wanted = datetime.combine(day, time.fromisoformat(local), ZoneInfo(site.timezone))
    assert abs(told - wanted) <= timedelta(minutes=2)
    assert at_ns % (60 * S) == 0


def test_where_the_sun_does_not_set_there_is_no_window() -> None:
    almanac = Almanac(OSLO)
    midsummer, spring = date(2026, 6, 21).toordinal(), date(2026, 3, 21).toordinal()
    sunset: Moment = SunTime(SunEvent.SUNSET)
    assert almanac.window(midsummer, sunset, time(23)) is None
    assert almanac.window(midsummer, time(12), sunset) is None
    assert almanac.window(spring, sunset, time(23)) is not None


def test_a_window_by_the_sun_ends_at_the_next_time_its_end_comes() -> None:
    almanac, day = Almanac(LE_THANH), date(2026, 12, 1).toordinal()
    night = almanac.window(day, SunTime(SunEvent.SUNSET, -30), SunTime(SunEvent.SUNRISE))
    assert night is not None
    sunset, sunrise = almanac.at_ns(day, SunTime(SunEvent.SUNSET)), almanac.at_ns(day + 1, SunTime(SunEvent.SUNRISE))
    assert (night[0], night[1]) == ((sunset or 0) - 1800 * S, sunrise)
    evening = almanac.window(day, SunTime(SunEvent.SUNSET), time(22))
    assert evening == (sunset, almanac.at_ns(day, time(22)))
    late = almanac.window(day, time(22), SunTime(SunEvent.SUNSET))
    assert late == (almanac.at_ns(day, time(22)), almanac.at_ns(day + 1, SunTime(SunEvent.SUNSET)))


@settings(max_examples=60, deadline=None)
@given(
    st.floats(-179, 179),
    st.floats(-60, 60),
    st.sampled_from([*ZONES, "Pacific/Auckland", "Pacific/Kiritimati"]),
    anchors,
)
def test_sunrise_and_sunset_lie_on_their_own_local_day(longitude: float, latitude: float, zone: str, day: date) -> None:
    almanac = Almanac(Site(timezone=zone, latitude=latitude, longitude=longitude))
    for event in SunEvent:
        at_ns = almanac.at_ns(day.toordinal(), SunTime(event))
        if at_ns is not None:
            assert datetime.fromtimestamp(at_ns // S, UTC).astimezone(ZoneInfo(zone)).date() == day
