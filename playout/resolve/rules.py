"""Rules of time, ready to be asked: on which days they hold, and from when to when."""

from calendar import monthrange
from collections.abc import Callable, Iterable, Mapping
from datetime import date

from playout.model.calendar import Calendar, DayKind, Moment, Recurring, Weekday
from playout.model.schedule import Daypart, Hours
from playout.resolve.calendar import Almanac
from playout.resolve.recurrence import Recurrence, read_rrule

__all__ = ["Calendars", "DayTest", "Rule", "Windows", "rule_problems"]

Rule = Daypart | Hours
_OFF = (DayKind.HOLIDAY, DayKind.REST)
_ALWAYS = (date.min.toordinal(), date.max.toordinal())


class Calendars:
    """The calendars of a schedule: which days (ordinals) each makes free, and which of the weekend it makes worked."""

    def __init__(self, calendars: Iterable[Calendar]) -> None:
        self._off: dict[str, frozenset[int]] = {}
        self._worked: dict[str, frozenset[int]] = {}
        for calendar in calendars:
            self._off[calendar.id] = frozenset(day.date.toordinal() for day in calendar.days if day.kind in _OFF)
            self._worked[calendar.id] = frozenset(
                day.date.toordinal() for day in calendar.days if day.kind is DayKind.WORK
            )

    @property
    def ids(self) -> tuple[str, ...]:
        """Their ids."""
        return tuple(self._off)

    def off(self, names: Iterable[str]) -> frozenset[int]:
        """The days off of any of these calendars; one that is not there has none."""
        return frozenset[int]().union(*(self._off.get(name, frozenset()) for name in names))

    def is_worked(self, name: str) -> Callable[[int], bool]:
        """Tells the working days of a calendar."""
        off, worked = self._off.get(name, frozenset[int]()), self._worked.get(name, frozenset[int]())
        return lambda day: day in worked or ((day + 6) % 7 < Weekday.SAT and day not in off)


class DayTest:
    """Whether a rule holds on a day. A rule that cannot be read, or has no first day to count from, holds on none."""

    def __init__(self, rule: Recurring, calendars: Calendars, recurrences: dict[object, Recurrence | None]) -> None:
        """`recurrences` is kept by the caller, so that rules which recur alike share the work.

        But for days added, the rule holds on none before `first`, and on none at all after `last`.
        """
        self._also = frozenset(day.toordinal() for day in rule.also_dates)
        self._never = frozenset(day.toordinal() for day in rule.not_dates)
        self.first = rule.valid_from.toordinal() if rule.valid_from is not None else _ALWAYS[0]
        self._until = rule.valid_until.toordinal() if rule.valid_until is not None else _ALWAYS[1]
        self.last = max(self._until, *self._also, self.first)
        self._weekdays = tuple(day in rule.days for day in Weekday)
        self._further = tuple(_further(rule, calendars, recurrences))

    def __call__(self, day: int) -> bool:
        """Whether the rule holds on a day (ordinal)."""
        if day in self._never:
            return False
        if day in self._also:
            return True
        if not self.first <= day <= self._until or not self._weekdays[(day + 6) % 7]:
            return False
        return not self._further or all(test(day) for test in self._further)

    def days(self, first: int, last: int) -> list[int]:
        """The days (ordinals) from `first` to before `last` on which the rule holds, in order."""
        if self._further:
            return [day for day in range(first, last) if self(day)]
        begin, end = max(first, self.first), min(last, self._until + 1)
        found = {day for day in self._also if first <= day < last}
        for weekday, is_held in enumerate(self._weekdays):
            if is_held:
                found.update(range(begin + (weekday - begin - 6) % 7, end, 7))
        return sorted(found - self._never)


class Windows:
    """The windows of one rule at one place."""

    def __init__(self, start: Moment, end: Moment, holds: DayTest, almanac: Almanac) -> None:
        self.holds = holds
        self._start, self._end, self._almanac = start, end, almanac

    def on(self, day: int) -> tuple[int, int] | None:
        """The interval `[start, end)` in UTC ns that starts on a day (ordinal); None where there is none."""
        return self._almanac.window(day, self._start, self._end) if self.holds(day) else None


def rule_problems(rule: Recurring) -> list[str]:
    """What is wrong with how a rule is put together, each with what to do; empty where it is in order."""
    problems: list[str] = []
    narrowed = [name for name, value in _friendly(rule).items() if value]
    if rule.rrule:
        problems += [f"rrule: {problem}" for problem in read_rrule(rule.rrule, rule.valid_from)[1]]
    if rule.rrule and narrowed:
        problems.append(f"rrule: stands instead of {', '.join(narrowed)}; take one or the other")
    if rule.working_days and (rule.rrule or narrowed):
        others = ["rrule"] * bool(rule.rrule) + narrowed
        problems.append(f"working_days: stands instead of {', '.join(others)}; take one or the other")
    for name, numbers in (("nth", rule.nth), ("month_days", rule.month_days)):
        if 0 in numbers:
            problems.append(f"{name}: there is no day 0; 1 is the first, -1 the last")
    if rule.every_weeks > 1:
        if rule.valid_from is None:
            problems.append("every_weeks: counts from the week of valid_from, which is missing; give it")
        if rule.nth or rule.month_days:
            problems.append("every_weeks: cannot stand with nth or month_days; take one or the other")
    if rule.valid_from is not None and rule.valid_until is not None and rule.valid_until < rule.valid_from:
        problems.append(f"valid_until: {rule.valid_until} is before valid_from, {rule.valid_from}")
    if both := sorted(set(rule.also_dates) & set(rule.not_dates)):
        problems.append(f"also_dates: {both[0]} is in not_dates too; take it out of one of them")
    return problems


def _friendly(rule: Recurring) -> Mapping[str, bool]:
    """The keys that an `rrule` stands instead of, and whether they narrow the days."""
    return {
        "days": set(rule.days) != set(Weekday), "nth": bool(rule.nth), "month_days": bool(rule.month_days),
        "months": bool(rule.months), "every_weeks": rule.every_weeks > 1,
    }  # fmt: skip


def _further(
    rule: Recurring, calendars: Calendars, recurrences: dict[object, Recurrence | None]
) -> Iterable[Callable[[int], bool]]:
    """What must hold besides validity and day of the week, the quickest first."""
    if rule.only_on:
        yield calendars.off(rule.only_on).__contains__
    if rule.not_on:
        yield _not_among(calendars.off(rule.not_on))
    if rule.working_days:
        yield calendars.is_worked(rule.working_days)
    if rule.every_weeks > 1:
        yield _every_weeks(rule.every_weeks, rule.valid_from)
    if rule.nth or rule.month_days or rule.months:
        yield _in_month(rule)
    if rule.rrule:
        key = (rule.rrule, rule.valid_from)
        if key not in recurrences:
            recurrences[key] = read_rrule(rule.rrule, rule.valid_from)[0]
        recurrence = recurrences[key]
        yield (lambda _day: False) if recurrence is None else recurrence.__contains__


def _not_among(days: frozenset[int]) -> Callable[[int], bool]:
    return lambda day: day not in days


def _every_weeks(weeks: int, first: date | None) -> Callable[[int], bool]:
    if first is None:
        return lambda _day: False
    begun = (first.toordinal() - 1) // 7
    return lambda day: ((day - 1) // 7 - begun) % weeks == 0


def _in_month(rule: Recurring) -> Callable[[int], bool]:
    def holds(day: int) -> bool:
        when = date.fromordinal(day)
        if rule.months and when.month not in rule.months:
            return False
        length = monthrange(when.year, when.month)[1]
        if rule.month_days and not {when.day, when.day - length - 1} & set(rule.month_days):
            return False
        nths = ((when.day - 1) // 7 + 1, -((length - when.day) // 7 + 1))
        return not rule.nth or nths[0] in rule.nth or nths[1] in rule.nth

    return holds
