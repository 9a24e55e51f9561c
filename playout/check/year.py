"""The rules of a schedule on the days of the year ahead, and the kinds of days there are."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from playout.model.calendar import SunTime
from playout.model.panel import Site
from playout.model.schedule import Schedule
from playout.resolve.calendar import Almanac
from playout.resolve.recurrence import Recurrence
from playout.resolve.rules import Calendars, DayTest, Rule, Windows, rule_problems

__all__ = ["YEAR_DAYS", "Year", "moment", "some", "told"]

YEAR_DAYS = 366
_TOLD = 3


class Year:
    """Every rule by its place in the schedule (`dayparts[day]`), with its days from `today` (ordinal) on."""

    def __init__(self, schedule: Schedule, site: Site, now_ns: int) -> None:
        self.schedule, self.site = schedule, site
        self.almanac = Almanac(site)
        self.today = self.almanac.day(now_ns)
        self.rules: dict[str, Rule] = {f"dayparts[{rule.id}]": rule for rule in schedule.dayparts}
        self.rules |= {f"hours[{rule.id}]": rule for rule in schedule.hours}
        self.problems = {where: rule_problems(rule) for where, rule in self.rules.items()}
        calendars, recurrences = Calendars(schedule.calendars), dict[object, Recurrence | None]()
        self._calendars = {"", *calendars.ids}
        self.tests = {where: DayTest(rule, calendars, recurrences) for where, rule in self.rules.items()}
        # The day before too: what starts then may reach into today.
        self._days = {where: test.days(self.today - 1, self.today + YEAR_DAYS) for where, test in self.tests.items()}
        self.by_sun = frozenset(
            where for where, rule in self.rules.items() if not {type(rule.start), type(rule.end)}.isdisjoint({SunTime})
        )

    def days(self, where: str) -> list[int]:
        """The days (ordinals) of the year ahead on which a rule holds."""
        days = self._days[where]
        return days[1:] if days[:1] == [self.today - 1] else days

    def windows(self, where: str) -> Windows:
        """The windows of one rule."""
        rule = self.rules[where]
        return Windows(rule.start, rule.end, self.tests[where], self.almanac)

    def names_unknown(self, where: str) -> bool:
        """Whether a rule names a calendar that is not there, which is told of elsewhere."""
        rule = self.rules[where]
        return not {*rule.only_on, *rule.not_on, rule.working_days} <= self._calendars

    def kinds(self) -> Iterator[tuple[int, list[str]]]:
        """The first day of each kind, with the rules that hold on it or on the day before.

        On all days of a kind the same rules hold, and did on the day before. Where one follows the sun each month has
        its own kinds, because the sun changes over the year.
        """
        masks = [0] * (YEAR_DAYS + 1)
        places = list(self._days)
        for place, where in enumerate(places):
            bit = 1 << place
            for day in self._days[where]:
                masks[day - self.today + 1] |= bit
        seen: set[tuple[int, int, int]] = set()
        for number in range(YEAR_DAYS):
            before, now = masks[number], masks[number + 1]
            month = date.fromordinal(self.today + number).month if self.by_sun else 0
            if (month, before, now) not in seen:
                seen.add((month, before, now))
                held = before | now
                yield self.today + number, [where for place, where in enumerate(places) if held >> place & 1]


def some(names: list[str]) -> str:
    """The first few names, and how many more there are."""
    more = f" and {len(names) - _TOLD} more" if len(names) > _TOLD else ""
    return ", ".join(names[:_TOLD]) + more


def moment(at_ns: int, site: Site) -> datetime:
    """An instant (UTC ns) in the site's local time."""
    return datetime.fromtimestamp(at_ns // 10**9, UTC).astimezone(ZoneInfo(site.timezone))


def told(start_ns: int, end_ns: int, site: Site) -> str:
    """An interval for people: `Mon 2026-11-23 22:00 to Tue 06:00`."""
    start, end = moment(start_ns, site), moment(end_ns, site)
    last = f"{end:%H:%M}" if end.date() == start.date() else f"{end:%a %H:%M}"
    if end - start >= timedelta(days=6):
        last = f"{end:%a %Y-%m-%d %H:%M}"
    return f"{start:%a %Y-%m-%d %H:%M} to {last}"
