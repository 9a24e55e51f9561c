"""What the check says of times: every code with a schedule that has it and one that just has not; gaps."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, time
from itertools import combinations, pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playout.check.calendar import GAP_DAYS, check_calendar
from playout.check.finding import Finding, Severity
from playout.check.gaps import Gap, gaps
from playout.model.calendar import Calendar, CalendarDay, SunEvent, SunTime, Weekday
from playout.model.claim import Band, Claim, Content, ContentKind, Mode
from playout.model.inputs import Inputs
from playout.model.notice import Kind, Notice, Text
from playout.model.panel import Site
from playout.model.schedule import (
    Closed,
    ClosedShow,
    Daypart,
    Hours,
    HoursUse,
    Item,
    Playlist,
    Revision,
    Schedule,
)
from playout.paths import shipped
from playout.resolve import resolve
from playout.store.files import read_folder

S = 10**9
SITE = Site(languages=("vi",))
OSLO = Site(languages=("vi",), timezone="Europe/Oslo", latitude=69.65, longitude=18.96)
PARIS = Site(languages=("vi",), timezone="Europe/Paris", latitude=48.9, longitude=2.3)
NOTICES = {name: Notice(name, Kind.TEXT, name, "test", dwell_s=30, texts=(Text("vi", name),)) for name in "abc"}
ALL = Playlist("all", items=(Item("a"), Item("b"), Item("c")))
DAY = Daypart("day", "all", time(6), time(18))
SCHEDULE = Schedule(playlists=(ALL,), dayparts=(DAY,), filler="all")
WARN, ERROR, INFO = Severity.WARNING, Severity.ERROR, Severity.INFO


def at(text: str) -> int:
    return int(datetime.fromisoformat(text).astimezone(UTC).timestamp()) * S


NOW = at("2026-11-22T12:00:00+07:00")  # a Sunday


def check(
    schedule: Schedule = SCHEDULE, site: Site = SITE, screens: tuple[str, ...] = ("main",),
    notices: Mapping[str, Notice] = NOTICES,
) -> list[Finding]:  # fmt: skip
    return check_calendar(schedule, notices, site, screens, NOW)


def one(findings: list[Finding], code: str, severity: Severity, where: str) -> Finding:
    (found,) = [finding for finding in findings if finding.code == code]
    assert (found.severity, found.where) == (severity, where)
    assert found.message
    assert found.remedy
    return found


def with_day(**changes: object) -> Schedule:
    return replace(SCHEDULE, dayparts=(replace(DAY, **changes),))  # pyright: ignore[reportArgumentType]


def late(**changes: object) -> Schedule:
    other = replace(DAY, id="late", start=time(17, 30), end=time(22))
    return replace(SCHEDULE, dayparts=(DAY, replace(other, **changes)))  # pyright: ignore[reportArgumentType]


def codes(findings: list[Finding]) -> set[str]:
    return {finding.code for finding in findings}


def test_nothing_is_wrong_with_a_right_schedule() -> None:
    assert check() == []
    assert check(Schedule(playlists=(ALL,), filler="all")) == []


def test_the_shipped_programme_has_no_finding_of_time() -> None:
    draft = read_folder(shipped("schedules"))
    assert check_calendar(draft.schedule, draft.notices, Site(), ("main",), NOW) == []


# Rules


@pytest.mark.parametrize(
    ("changes", "where", "told"),
    [
        ({"rrule": "FREQ=MONTHLY;BYDAY=XX"}, "dayparts[day].rrule", "unknown day 'XX'"),
        ({"every_weeks": 2}, "dayparts[day].every_weeks", "valid_from"),
        ({"nth": (0,)}, "dayparts[day].nth", "no day 0"),
    ],
)
def test_a_rule_that_is_wrong(changes: dict[str, object], where: str, told: str) -> None:
    assert told in one(check(with_day(**changes)), "rule.wrong", ERROR, where).message


@pytest.mark.parametrize(
    "changes",
    [
        {"rrule": "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"},
        {"months": (2,), "month_days": (31,)},
        {"days": (Weekday.MON,), "month_days": (1,), "nth": (2,)},
        {"only_on": ("vn",), "not_on": ("vn",)},
        {"only_on": ("vn",), "months": (3,)},
        {"valid_from": date(2026, 1, 1), "valid_until": date(2026, 1, 31), "months": (2,)},
    ],
)
def test_a_rule_that_never_comes(changes: dict[str, object]) -> None:
    calendar = Calendar("vn", days=(CalendarDay(date(2027, 2, 6)),))
    found = check(replace(with_day(**changes), calendars=(calendar,)))
    assert "never comes" in one(found, "rule.never", ERROR, "dayparts[day]").message


@pytest.mark.parametrize(
    "changes",
    [
        {"months": (2,), "month_days": (29,)},  # in 2028
        {"rrule": "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29"},
        {"valid_from": date(2041, 1, 1)},
        {"also_dates": (date(2039, 5, 1),), "valid_until": date(2020, 1, 1)},
        {"only_on": ("gone",)},  # an unknown calendar, which is told of as such
    ],
)
def test_a_rule_that_comes_some_day_or_is_wrong_elsewhere(changes: dict[str, object]) -> None:
    assert not codes(check(with_day(**changes))) & {"rule.never", "rule.over", "rule.wrong"}


@pytest.mark.parametrize(
    "changes",
    [
        {"valid_until": date(2026, 11, 21)},
        {"also_dates": (date(2026, 11, 21),), "valid_until": date(2020, 1, 1)},
        {"rrule": "FREQ=DAILY;COUNT=3", "valid_from": date(2026, 11, 19)},
        {"rrule": "FREQ=DAILY;UNTIL=20261121"},
        {"only_on": ("vn",)},
    ],
)
def test_a_rule_that_is_over(changes: dict[str, object]) -> None:
    calendar = Calendar("vn", days=(CalendarDay(date(2026, 11, 21)),))
    found = one(check(replace(with_day(**changes), calendars=(calendar,))), "rule.over", WARN, "dayparts[day]")
    assert "its last day was Sat 2026-11-21" in found.message


def test_a_rule_is_not_over_on_its_last_day() -> None:
    assert check(with_day(valid_until=date(2026, 11, 22))) == []


def test_the_sun_that_does_not_set() -> None:
    white = {"start": SunTime(SunEvent.SUNSET), "end": time(23)}
    found = one(check(with_day(**white), OSLO), "rule.sun", WARN, "dayparts[day]")
    assert "days of the year ahead, first" in found.message
    assert check(with_day(**white), PARIS) == []
    found = one(check(with_day(**white, months=(6,)), OSLO), "rule.never", ERROR, "dayparts[day]")
    assert "latitude" in found.message


@pytest.mark.parametrize(
    ("days", "told"),
    [((), "no days"), ((CalendarDay(date(2026, 12, 21)),), "2026-12-21"), ((CalendarDay(date(2026, 12, 22)),), "")],
)
def test_a_calendar_that_ends(days: tuple[CalendarDay, ...], told: str) -> None:
    schedule = replace(with_day(not_on=("vn",)), calendars=(Calendar("vn", days=days),))
    if told:
        assert told in one(check(schedule), "calendar.ends", WARN, "calendars[vn]").message
    else:
        assert check(schedule) == []
    assert check(replace(SCHEDULE, calendars=(Calendar("vn", days=days),))) == []  # no rule names it


@pytest.mark.parametrize("noun", ["dayparts", "hours"])
def test_unknown_screens(noun: str) -> None:
    schedule = with_day(screens=("mian",))
    if noun == "hours":
        schedule = replace(SCHEDULE, hours=(Hours("h", HoursUse.OPEN, time(5), time(4), screens=("mian",)),))
    where = "dayparts[day].screens" if noun == "dayparts" else "hours[h].screens"
    assert "'main'" in one(check(schedule), "screen.unknown", ERROR, where).message


# Dayparts in each other's way


def test_dayparts_of_equal_rank_that_overlap() -> None:
    found = one(check(late()), "daypart.overlap", WARN, "dayparts[day]")
    assert "overlaps daypart 'late' of the same rank, first Sun 2026-11-22 17:30 to 18:00" in found.message


@pytest.mark.parametrize("changes", [{"rank": 1}, {"start": time(18)}, {"screens": ("other",)}])
def test_dayparts_that_do_not_compete(changes: dict[str, object]) -> None:
    assert "daypart.overlap" not in codes(check(late(**changes), screens=("main", "other")[: 1 + ("rank" in changes)]))


def test_an_overnight_daypart_reaches_into_the_next_day() -> None:
    found = check(late(start=time(22), end=time(6, 30), days=(Weekday.SUN,)))
    assert "Mon 2026-11-23 06:00 to 06:30" in one(found, "daypart.overlap", WARN, "dayparts[day]").message


@pytest.mark.parametrize(
    "changes",
    [
        {"days": (Weekday.MON,), "nth": (1,)},
        {"rrule": "FREQ=YEARLY;BYMONTH=9;BYMONTHDAY=2"},
        {"only_on": ("vn",)},
        {"start": SunTime(SunEvent.SUNSET, -60), "months": (6,)},
    ],
)
def test_a_rare_daypart_is_seen_to_overlap_too(changes: dict[str, object]) -> None:
    calendar = Calendar("vn", days=(CalendarDay(date(2027, 6, 6)),))
    found = check(replace(late(**changes), calendars=(calendar,)))
    assert one(found, "daypart.overlap", WARN, "dayparts[day]")
    apart = {"start": time(18), "end": time(19)} if "start" not in changes else {"months": (6,), "start": time(18, 30)}
    assert "daypart.overlap" not in codes(check(replace(late(**{**changes, **apart}), calendars=(calendar,))))


def test_many_dayparts_at_one_time_are_told_of_together() -> None:
    many = tuple(replace(DAY, id=f"d{number:03}", start=time(8), end=time(9)) for number in range(300))
    found = one(check(replace(SCHEDULE, dayparts=many)), "daypart.overlap", WARN, "dayparts[d000]")
    assert "overlaps daypart 'd001'" in found.message
    assert "and 295 more" in found.message


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.builds(
            Daypart, st.uuids().map(str), st.just("all"), st.builds(time, st.integers(0, 23)),
            st.builds(time, st.integers(0, 23)), days=st.sets(st.sampled_from(Weekday), min_size=1).map(tuple),
            rank=st.integers(0, 1), month_days=st.sampled_from([(), (1, 2, 3), (15,)]),
        ),
        max_size=4,
    )
)  # fmt: skip
def test_dayparts_that_share_time_are_found_and_no_others(dayparts: list[Daypart]) -> None:
    schedule = replace(SCHEDULE, dayparts=tuple(dayparts))
    told = {each.where for each in check(schedule) if each.code == "daypart.overlap"}
    told |= {
        f"dayparts[{part.id}]" for part in dayparts for each in check(schedule)
        if each.code == "daypart.overlap" and part.id in each.message
    }  # fmt: skip
    wanted: set[str] = set()
    for one_, other in combinations(dayparts, 2):
        if one_.rank == other.rank and _share(one_, other):
            wanted |= {f"dayparts[{one_.id}]", f"dayparts[{other.id}]"}
    assert told == wanted


def _share(one_: Daypart, other: Daypart) -> bool:
    """Whether two dayparts are live at the same full hour of the year ahead; they start and end at full hours."""

    def hours(part: Daypart) -> set[int]:
        assert isinstance(part.start, time)
        assert isinstance(part.end, time)
        length = (part.end.hour - part.start.hour) % 24 or 24
        first = date(2026, 11, 22).toordinal()
        return {
            day * 24 + part.start.hour + hour
            for day in range(first - 1, first + 366)
            if (day + 6) % 7 in part.days and (not part.month_days or date.fromordinal(day).day in part.month_days)
            for hour in range(length)
        }

    today = date(2026, 11, 22).toordinal() * 24
    return any(hour >= today for hour in hours(one_) & hours(other))


def test_a_daypart_that_others_hide_wholly() -> None:
    found = one(
        check(late(start=time(8), end=time(9), rank=0, days=(Weekday.MON,))), "daypart.overlap", WARN, "dayparts[day]"
    )
    assert found
    over = replace(DAY, id="over", start=time(5), end=time(19), rank=1)
    found = one(check(replace(SCHEDULE, dayparts=(DAY, over))), "daypart.hidden", WARN, "dayparts[day]")
    assert "daypart 'over'" in found.message
    for changes in (
        {"end": time(17, 59)},
        {"days": (Weekday.MON,)},
        {"not_dates": (date(2027, 5, 1),)},
        {"playlist": "x"},
    ):
        under = replace(SCHEDULE, dayparts=(DAY, replace(over, **changes)))  # pyright: ignore[reportArgumentType]
        assert "daypart.hidden" not in codes(check(under))
    on_other = replace(SCHEDULE, dayparts=(DAY, replace(over, screens=("main",))))
    assert "daypart.hidden" not in codes(check(on_other, screens=("main", "lane")))


def test_two_dayparts_together_may_hide_a_third() -> None:
    parts = [replace(DAY, id="a", end=time(12), rank=1), replace(DAY, id="b", start=time(12), rank=1)]
    assert "daypart.hidden" in codes(check(replace(SCHEDULE, dayparts=(DAY, *parts))))
    assert "daypart.hidden" not in codes(check(replace(SCHEDULE, dayparts=(DAY, parts[0]))))


def test_items_that_the_time_never_reaches() -> None:
    lists = (ALL, Playlist("short", items=(Item("a"),)))
    brief = replace(DAY, id="brief", start=time(6), end=time(6, 1))
    given_ = replace(SCHEDULE, playlists=lists, dayparts=(brief,), filler="short")
    found = one(check(given_), "item.hidden", WARN, "playlists[all]")
    assert "1 of 3 items never show ('c')" in found.message
    assert (found.measured, found.required) == (60, 90)
    longer = replace(brief, end=time(6, 1, 1))
    assert check(replace(given_, dayparts=(longer,))) == []
    # Something in the middle is covered, but a part of every item is seen.
    covered = replace(DAY, id="cover", playlist="short", start=time(6, 0, 35), end=time(6, 0, 55), rank=1)
    assert check(replace(given_, dayparts=(replace(brief, end=time(6, 1, 30)), covered))) == []
    covered = replace(covered, start=time(6, 0, 30), end=time(6, 1))
    found = one(
        check(replace(given_, dayparts=(replace(brief, end=time(6, 1, 30)), covered))),
        "item.hidden",
        WARN,
        "playlists[all]",
    )
    assert "('b')" in found.message


# Hours


def test_open_hours_that_never_open() -> None:
    hours = Hours("h", HoursUse.OPEN, time(5), time(23), valid_until=date(2026, 11, 21))
    found = check(replace(SCHEDULE, hours=(hours,)))
    assert "does not open" in one(found, "hours.closed", ERROR, "hours").message
    assert one(found, "rule.over", WARN, "hours[h]")
    assert check(replace(SCHEDULE, hours=(replace(hours, valid_until=date(2027, 12, 31)),))) == []


def test_what_a_closed_sign_shows() -> None:
    hours = (Hours("h", HoursUse.OPEN, time(5), time(23)),)
    nothing = replace(SCHEDULE, hours=hours, closed=Closed(ClosedShow.PLAYLIST))
    assert one(check(nothing), "closed.empty", ERROR, "closed.playlist")
    assert check(replace(nothing, closed=Closed(ClosedShow.PLAYLIST, "all"))) == []
    assert one(check(replace(SCHEDULE, closed=Closed(ClosedShow.SLATE))), "closed.unused", INFO, "closed")


def test_a_daypart_in_closed_hours_is_hidden() -> None:
    hours = (Hours("h", HoursUse.OPEN, time(5), time(23)),)
    night = with_day(start=time(23, 30), end=time(4))
    found = one(check(replace(night, hours=hours)), "daypart.hidden", WARN, "dayparts[day]")
    assert "the closed sign" in found.message


# Gaps


def test_time_that_nothing_covers_matters_only_without_a_filler() -> None:
    weekend = replace(DAY, start=time(0), end=time(0), days=(Weekday.SAT, Weekday.SUN))
    bare = replace(SCHEDULE, dayparts=(weekend,), filler="")
    found = one(check(bare), "schedule.gap", WARN, "dayparts")
    assert "Mon 2026-11-23 00:00 to Sat 00:00, and 4 times more in 30 days" in found.message
    assert check(replace(bare, dayparts=(replace(weekend, days=tuple(Weekday)),))) == []
    assert check(replace(bare, filler="all")) == []


def test_a_gap_that_is_there_because_nothing_can_be_shown() -> None:
    empty = replace(SCHEDULE, playlists=(ALL, Playlist("gone", items=(Item("x"),))), filler="")
    dayparts = (
        replace(DAY, start=time(0), end=time(12)),
        replace(DAY, id="e", playlist="gone", start=time(12), end=time(0)),
    )
    found = one(check(replace(empty, dayparts=dayparts)), "schedule.gap", WARN, "dayparts")
    assert "Mon 2026-11-23 12:00 to Tue 00:00, and 29 times more" in found.message
    assert "(nothing can be shown of 'e')" in found.message


moments = st.builds(time, st.integers(0, 23), st.sampled_from([0, 30]))
rules = st.builds(
    Daypart, st.uuids().map(str), st.sampled_from(["all", "gone"]),
    st.one_of(moments, st.builds(SunTime, st.sampled_from(SunEvent), st.sampled_from([-60, 0, 60]))), moments,
    days=st.sets(st.sampled_from(Weekday), min_size=1).map(tuple), month_days=st.sampled_from([(), (28, 29, -1, 1)]),
)  # fmt: skip
START = at("2026-03-26T09:30:00+00:00")


wanted = st.builds(
    lambda name, band, ref, start, length: Claim(
        name, (), band, Content(ContentKind.NOTICE, ref), START, START + start * S, START + (start + length) * S
    ),
    st.uuids().map(str), st.sampled_from([Band.FILLER, Band.OPERATOR, Band.EMERGENCY]), st.sampled_from(["a", "x"]),
    st.integers(-86_400, 6 * 86_400), st.integers(1, 90_000),
)  # fmt: skip


@settings(max_examples=80, deadline=None)
@given(
    st.lists(rules, max_size=3), st.lists(rules, max_size=2), st.booleans(), st.integers(0, 6 * 86_400),
    st.sampled_from([SITE, PARIS, replace(SITE, timezone="America/Santiago")]), st.sampled_from(["", "gone", "all"]),
    st.lists(st.integers(0, 6 * 86_400 - 1), min_size=1, max_size=6), st.lists(wanted, max_size=2),
)  # fmt: skip
def test_gaps_are_where_resolve_shows_the_fallback(
    now: list[Daypart], before: list[Daypart], changes: bool, switch: int, site: Site, filler: str, asked: list[int],
    claims: list[Claim],
) -> None:  # fmt: skip
    def revision(number: int, parts: list[Daypart]) -> Revision:
        return Revision(number, 0, replace(SCHEDULE, dayparts=tuple(parts), filler=filler), NOTICES)

    outgoing = revision(1, before) if changes else None
    inputs = Inputs("main", site, revision(2, now), outgoing, START + switch * S, tuple(claims))
    end = START + 6 * 86_400 * S
    found = gaps(inputs, START, end)
    assert all(one_.end_ns < other.start_ns for one_, other in pairwise(found))
    for second in asked:
        at_ns = START + second * S
        is_gap = any(gap.start_ns <= at_ns < gap.end_ns for gap in found)
        assert (resolve(inputs, at_ns).band is Band.FALLBACK) == is_gap
    for gap in found:
        assert resolve(inputs, gap.start_ns).band is Band.FALLBACK
        assert resolve(inputs, gap.end_ns - 1).band is Band.FALLBACK
        assert gap.end_ns == end or resolve(inputs, gap.end_ns).band is not Band.FALLBACK


def test_gaps_without_a_revision_and_with_claims() -> None:
    end = START + 100 * S
    whole = Gap("main", START, end)
    assert gaps(Inputs("main", SITE), START, end) == [whole]
    bare = Inputs("main", SITE, Revision(1, 0, replace(SCHEDULE, dayparts=(), filler=""), NOTICES))
    claim = Claim("o", (), Band.OPERATOR, Content(ContentKind.NOTICE, "a"), START, START, START + 40 * S)
    assert gaps(replace(bare, claims=(claim,)), START, end) == [replace(whole, start_ns=START + 40 * S)]
    for changes in ({"screens": ("lane",)}, {"mode": Mode.OVERLAY}, {"start_ns": end, "expires_ns": None}):
        assert gaps(replace(bare, claims=(replace(claim, **changes),)), START, end) == [whole]  # pyright: ignore
    nothing = replace(claim, content=Content(ContentKind.NOTICE, "x"))
    assert gaps(replace(bare, claims=(nothing,)), START, end) == [replace(whole, empty=("o",))]
    slate = replace(claim, content=Content(ContentKind.SLATE), expires_ns=None)
    assert gaps(replace(bare, claims=(slate,)), START, end) == []  # somebody wants it so


def test_a_closed_sign_is_no_gap() -> None:
    schedule = replace(SCHEDULE, dayparts=(replace(DAY, start=time(5), end=time(22)),), filler="")
    schedule = replace(schedule, hours=(Hours("h", HoursUse.OPEN, time(5), time(23)),))
    start, day = at("2026-11-22T00:00:00+07:00"), 86_400 * S
    found = gaps(Inputs("main", SITE, Revision(1, 0, schedule, NOTICES)), start, start + 2 * day)
    assert [(gap.start_ns - start, gap.end_ns - start) for gap in found] == [
        (22 * 3600 * S, 23 * 3600 * S), (day + 22 * 3600 * S, day + 23 * 3600 * S),
    ]  # fmt: skip


def test_a_thousand_dayparts_are_judged_as_a_few_are() -> None:
    # Every hour of the week has its own six dayparts; one of them is never seen, one overlaps, one hour is empty.
    many = tuple(
        Daypart(f"{day}-{hour}-{rank}", "all", time(hour), time((hour + 1) % 24), days=(Weekday(day),), rank=rank)
        for day in range(7) for hour in range(24) for rank in range(6)
        if (day, hour) != (2, 3)
    )  # fmt: skip
    twin = replace(many[0], id="twin")
    found = check(replace(SCHEDULE, dayparts=(*many, twin), filler=""))
    assert {each.where for each in found if each.code == "daypart.overlap"} == {"dayparts[0-0-0]"}
    seen = {f"dayparts[{day}-{hour}-5]" for day in range(7) for hour in range(24)}
    hidden = {each.where for each in found if each.code == "daypart.hidden"}
    assert hidden == {f"dayparts[{part.id}]" for part in (*many, twin)} - seen
    gap = one(found, "schedule.gap", WARN, "dayparts")
    assert "Wed 2026-11-25 03:00 to 04:00, and 3 times more" in gap.message
    assert GAP_DAYS == 30
