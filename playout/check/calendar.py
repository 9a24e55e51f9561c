"""Judges when things come: rules that never hold, calendars that end, dayparts in each other's way, time left over."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from playout.check.finding import Finding, Severity
from playout.check.gaps import Gap, gaps
from playout.check.overlaps import check_overlaps
from playout.check.year import YEAR_DAYS, Year, moment, some, told
from playout.model.inputs import Inputs
from playout.model.notice import Notice
from playout.model.panel import Site
from playout.model.schedule import Closed, ClosedShow, HoursUse, Revision, Schedule
from playout.problems import did_you_mean
from playout.resolve.calendar import DAY_NS
from playout.resolve.index import merge, plan_of

__all__ = ["GAP_DAYS", "check_calendar"]

GAP_DAYS = 30
"""Days ahead in which time without a daypart is told."""
_FAR_DAYS = 10 * 366
"""A rule that does not hold on any of so many days never does."""
_CALENDAR_DAYS = 30
"""A calendar that ends in so many days is told."""


def check_calendar(
    schedule: Schedule, notices: Mapping[str, Notice], site: Site, screens: Sequence[str], now_ns: int
) -> list[Finding]:
    """Findings on the rules of dayparts and hours, on calendars, and on what comes on air when, from `now_ns` (UTC) on.

    `screens` are the ids of the screens of the configuration.
    """
    year = Year(schedule, site, now_ns)
    found = [*_unknown_screens(schedule, screens), *_wrong(year), *_never(year), *_sun(year)]
    found += [*_calendars(year), *_closed(schedule), *check_overlaps(year, notices, screens)]
    revision = Revision(0, 0, schedule, notices)
    for screen in screens:
        inputs = Inputs(screen, site, revision)
        found += [*_never_open(inputs, now_ns), *_gaps(inputs, now_ns)]
    return found


def _unknown_screens(schedule: Schedule, screens: Sequence[str]) -> Iterator[Finding]:
    for noun, rules in (("dayparts", schedule.dayparts), ("hours", schedule.hours)):
        for rule in rules:
            for screen in rule.screens:
                if screen not in screens:
                    message = f"unknown screen {screen!r}; {did_you_mean(screen, list(screens))}"
                    where = f"{noun}[{rule.id}].screens"
                    remedy = "name a screen of the configuration"
                    yield Finding("screen.unknown", Severity.ERROR, where, message, remedy)


def _wrong(year: Year) -> Iterator[Finding]:
    for where, problems in year.problems.items():
        for problem in problems:
            key, _, message = problem.partition(": ")
            yield Finding("rule.wrong", Severity.ERROR, f"{where}.{key}", message, "correct the rule")


def _never(year: Year) -> Iterator[Finding]:
    """Rules that do not hold on any day to come."""
    for where, test in year.tests.items():
        if year.days(where) or year.problems[where] or year.names_unknown(where):
            continue
        first = max(year.today + YEAR_DAYS, test.first)
        ahead = range(first, min(first + _FAR_DAYS, test.last + 1))
        if any(test(day) for day in ahead) or (first <= test.last and test(test.last)):
            continue
        last = min(year.today - 1, test.last)
        over = next((day for day in range(last, max(1, last - _FAR_DAYS), -1) if test(day)), None)
        if over is None:
            message, remedy = "it never comes: no day is as the rule says", "correct the rule, or remove it"
            yield Finding("rule.never", Severity.ERROR, where, message, remedy)
        else:
            message = f"it does not come any more; its last day was {_day(over)}"
            remedy = "give it new days, or renew the calendar it names; or remove it"
            yield Finding("rule.over", Severity.WARNING, where, message, remedy)


def _sun(year: Year) -> Iterator[Finding]:
    """Rules by the sun on days on which it does not rise or set."""
    for where in sorted(year.by_sun):
        days, windows = year.days(where), year.windows(where)
        lost = [day for day in days if windows.on(day) is None]
        if lost and len(lost) == len(days):
            message = "it never comes: on its days the sun does not rise or set at the site's latitude"
            remedy = "write a time of day, or correct site.latitude"
            yield Finding("rule.never", Severity.ERROR, where, message, remedy)
        elif lost:
            message = f"on {len(lost)} days of the year ahead, first {_day(lost[0])}, the sun does not rise or set"
            yield Finding("rule.sun", Severity.WARNING, where, message, "add a daypart by the clock for those days")


def _calendars(year: Year) -> Iterator[Finding]:
    named = {
        name for rule in year.rules.values() for name in (*rule.only_on, *rule.not_on, rule.working_days)
    }  # fmt: skip
    for calendar in year.schedule.calendars:
        last = max((day.date.toordinal() for day in calendar.days), default=0)
        if calendar.id in named and last < year.today + _CALENDAR_DAYS:
            message = f"its last day is {date.fromordinal(last)}" if last else "it has no days"
            remedy = "add the days to come; `playout holidays --year YEAR -o FILE` renews those of a country"
            yield Finding("calendar.ends", Severity.WARNING, f"calendars[{calendar.id}]", message, remedy)


def _closed(schedule: Schedule) -> Iterator[Finding]:
    closes = any(hours.use is HoursUse.OPEN for hours in schedule.hours)
    if closes and schedule.closed.show is ClosedShow.PLAYLIST and not schedule.closed.playlist:
        message = "the closed sign is to show a playlist, and none is named"
        remedy = "name it as closed.playlist, or show blank or slate"
        yield Finding("closed.empty", Severity.ERROR, "closed.playlist", message, remedy)
    if not closes and schedule.closed != Closed():
        message = "no hours of use 'open' ever close the sign"
        yield Finding("closed.unused", Severity.INFO, "closed", message, "add open hours, or take it out")


def _never_open(inputs: Inputs, now_ns: int) -> Iterator[Finding]:
    assert inputs.revision is not None
    plan = plan_of(inputs.revision, inputs.site, inputs.screen)
    until_ns = now_ns + GAP_DAYS * DAY_NS
    spans = sorted(span for day in plan.days(now_ns, until_ns) for span in plan.closed(day))
    if any(start <= now_ns and until_ns <= end for start, end in merge(spans)):
        message = f"screen {inputs.screen!r} does not open in the {GAP_DAYS} days to come"
        remedy = "correct the open hours, or remove them: without them the sign is always open"
        yield Finding("hours.closed", Severity.ERROR, "hours", message, remedy)


def _gaps(inputs: Inputs, now_ns: int) -> Iterator[Finding]:
    """Time in which nothing shows, that of many days told as one."""
    until_ns, site = now_ns + GAP_DAYS * DAY_NS, inputs.site
    alike: dict[tuple[object, ...], list[Gap]] = {}
    found = gaps(inputs, now_ns, until_ns)
    for gap in sorted(found, key=lambda gap: (gap.start_ns == now_ns or gap.end_ns == until_ns, gap.start_ns)):
        start, end = moment(gap.start_ns, site), moment(gap.end_ns, site)
        key = start.time(), end.time(), (end.date() - start.date()).days, gap.empty
        if gap.start_ns == now_ns or gap.end_ns == until_ns:  # one that is cut belongs to the whole ones like it
            same = (other for other in alike if gap.empty == other[3] and (key[0] == other[0] or key[1] == other[1]))
            key = next(same, key)
        alike.setdefault(key, []).append(gap)
    for several in alike.values():
        first = several[0]
        times = "" if len(several) == 1 else f", and {len(several) - 1} times more in {GAP_DAYS} days"
        message = (
            f"nothing shows on screen {inputs.screen!r} {told(first.start_ns, first.end_ns, site)}{times};"
            " the fallback picture stands then"
        )
        if first.empty:
            message += f" (nothing can be shown of {some([repr(name) for name in first.empty])})"
        remedy = "add a daypart, or set a filler"
        yield Finding("schedule.gap", Severity.WARNING, "dayparts", message, remedy)


def _day(day: int) -> str:
    return f"{date.fromordinal(day):%a %Y-%m-%d}"
