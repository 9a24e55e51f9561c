"""Recurrences as RFC 5545 writes them (section 3.3.10), for whole days: which days they name.

What a rule selects inside one month or year is told by python-dateutil, one such period at a time; the intervals
between periods are counted here. So a rule that selects nothing costs no more than one that does, where dateutil alone
would look on to the year 9999.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from playout.model.calendar import Weekday
from playout.problems import did_you_mean

__all__ = ["Recurrence", "read_rrule"]

_MOST_COUNTED = 1000
_YEARS_COUNTED = 200
_PERIODS_KEPT = 30
_ONLY_ONE = {"MONTHLY": 120_000, "YEARLY": 10_000}
"""Intervals after which dateutil is past its last year, and so looks at a single period."""
_DAYS = {day.name[:2]: day for day in Weekday}
_LISTS = {"BYMONTH": (1, 12), "BYMONTHDAY": (-31, 31), "BYYEARDAY": (-366, 366), "BYWEEKNO": (-53, 53),
          "BYSETPOS": (-366, 366)}  # fmt: skip
_TIMES = ("BYHOUR", "BYMINUTE", "BYSECOND")
_PARTS = ("FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST", "BYDAY", *_LISTS)
_FREQUENCIES = ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")
_FORBIDDEN = {
    "DAILY": ("BYYEARDAY", "BYWEEKNO", "BYSETPOS"),
    "WEEKLY": ("BYMONTHDAY", "BYYEARDAY", "BYWEEKNO", "BYSETPOS"),
    "MONTHLY": ("BYYEARDAY", "BYWEEKNO"),
    "YEARLY": (),
}
"""Parts that RFC 5545 does not allow with a frequency, and BYSETPOS with days and weeks, which we do not read."""


@dataclass(frozen=True, slots=True)
class _Parts:
    """A rule, read. `by` holds dateutil's names and values, with what RFC 5545 else takes from the first day."""

    frequency: str
    interval: int
    count: int | None
    until: date | None
    week_start: int
    by: Mapping[str, Any]


class Recurrence:
    """The days that a rule names, counted from `first`."""

    def __init__(self, parts: _Parts, first: date | None) -> None:
        self._parts = parts
        self._first = first
        self._last_day = parts.until.toordinal() if parts.until is not None else date.max.toordinal()
        self._periods: dict[tuple[int, int], frozenset[int]] = {}
        self._counted: frozenset[int] | None = None

    def __contains__(self, day: int) -> bool:
        """Whether the day (ordinal) is one of them."""
        if day > self._last_day or (self._first is not None and day < self._first.toordinal()):
            return False
        if self._parts.count is not None:
            return day in self._all_counted()
        return self._is_selected(day)

    def _is_selected(self, day: int) -> bool:
        """Whether the rule selects the day, wherever it begins and ends."""
        when, parts = date.fromordinal(day), self._parts
        if parts.interval > 1 and self._periods_since_first(when) % parts.interval:
            return False
        month = when.month if parts.frequency == "MONTHLY" else 0
        days = self._periods.get((when.year, month))
        if days is None:
            if len(self._periods) >= _PERIODS_KEPT:
                self._periods.clear()
            days = self._periods[when.year, month] = self._days_of(when.year, month)
        return day in days

    def _periods_since_first(self, when: date) -> int:
        assert self._first is not None, "read_rrule asks for it where it is needed"
        first = self._first
        match self._parts.frequency:
            case "DAILY":
                return when.toordinal() - first.toordinal()
            case "WEEKLY":
                start = self._parts.week_start
                return (when.toordinal() - 1 - start) // 7 - (first.toordinal() - 1 - start) // 7
            case "MONTHLY":
                return (when.year - first.year) * 12 + when.month - first.month
            case _:
                return when.year - first.year

    def _days_of(self, year: int, month: int) -> frozenset[int]:
        """Days (ordinals) that the rule selects in a month, or in a whole year (month 0)."""
        from dateutil import rrule  # noqa: PLC0415 -- 60 ms that only schedules with such rules shall cost

        frequency = "MONTHLY" if month else "YEARLY"
        found = rrule.rrule(
            rrule.MONTHLY if month else rrule.YEARLY,
            dtstart=datetime(year, month or 1, 1),  # noqa: DTZ001 -- dateutil's days have no zone
            interval=_ONLY_ONE[frequency],
            wkst=self._parts.week_start,
            **self._parts.by,
        )
        return frozenset(moment.toordinal() for moment in found)

    def _all_counted(self) -> frozenset[int]:
        if self._counted is None:
            self._counted = frozenset(self._count())
        return self._counted

    def _count(self) -> Iterator[int]:
        assert self._first is not None, "read_rrule asks for it where it is needed"
        assert self._parts.count is not None
        left, first = self._parts.count, self._first.toordinal()
        for year in range(self._first.year, min(self._first.year + _YEARS_COUNTED, date.max.year)):
            for day in range(max(first, date(year, 1, 1).toordinal()), date(year + 1, 1, 1).toordinal()):
                if left and self._is_selected(day):
                    left -= 1
                    yield day
            if not left:
                return


def read_rrule(text: str, first: date | None) -> tuple[Recurrence | None, list[str]]:
    """Reads a rule that counts from `first` (the rule's `valid_from`): what it names, or everything that is wrong."""
    problems: list[str] = []
    given = _split(text, problems)
    frequency = given.get("FREQ", "")
    if "FREQ" not in given:
        problems.append("FREQ is missing; begin with FREQ=DAILY, WEEKLY, MONTHLY or YEARLY")
    elif frequency not in _FREQUENCIES:
        words = "a rule names whole days; the time of day stands in start and end"
        is_short = frequency in ("HOURLY", "MINUTELY", "SECONDLY")
        problems.append(f"FREQ={frequency}: {words if is_short else _meant(frequency, _FREQUENCIES)}")
    forbidden = [part for part in _FORBIDDEN.get(frequency, ()) if part in given]
    problems += [f"{part} cannot stand with FREQ={frequency}" for part in forbidden]
    by = _read_by(given, frequency, problems)
    interval = _number(given, "INTERVAL", 1, 1000, problems) or 1
    count = _number(given, "COUNT", 1, _MOST_COUNTED, problems)
    until = _read_until(given, problems)
    if count is not None and until is not None:
        problems.append("COUNT and UNTIL cannot stand together; take one of them")
    week_start = _read_days(given, "WKST", problems)
    if not given.keys() & {"BYDAY", "BYMONTHDAY", "BYYEARDAY", "BYWEEKNO"}:
        _make_explicit(by, frequency, first, problems)
    if first is None and (interval > 1 or count is not None):
        name = "COUNT" if count is not None else "INTERVAL"
        problems.append(f"{name} counts from valid_from, which is missing; give it")
    if problems:
        return None, problems
    parts = _Parts(frequency, interval, count, until, week_start[0][0] if week_start else 0, by)
    return Recurrence(parts, first), []


def _split(text: str, problems: list[str]) -> dict[str, str]:
    """The parts of a rule by name, upper case."""
    given: dict[str, str] = {}
    for piece in text.upper().removeprefix("RRULE:").split(";"):
        name, equals, value = (word.strip() for word in piece.partition("="))
        if not piece.strip():
            problems.append("a part is empty; write NAME=VALUE with one ; between two")
        elif not equals or not value:
            problems.append(f"{piece.strip()!r} is no part of a rule; write NAME=VALUE, as FREQ=MONTHLY;BYDAY=2TU")
        elif name in given:
            problems.append(f"{name} comes twice; put its values into one list, with commas")
        elif name in _TIMES:
            problems.append(f"{name}: a rule names whole days; the time of day stands in start and end")
        elif name == "DTSTART":
            problems.append("DTSTART: write it as valid_from, beside the rule")
        elif name not in _PARTS:
            problems.append(f"{name}: unknown part; {_meant(name, _PARTS)}")
        else:
            given[name] = value
    return given


def _read_by(given: Mapping[str, str], frequency: str, problems: list[str]) -> dict[str, Any]:
    """The parts that select days, under dateutil's names."""
    by: dict[str, Any] = {}
    for name, (least, most) in _LISTS.items():
        if name in given:
            by[name.lower()] = [
                number
                for word in given[name].split(",")
                if (number := _whole(word, name, least, most, problems)) is not None
            ]
    days = _read_days(given, "BYDAY", problems)
    if days:
        from dateutil import rrule  # noqa: PLC0415 -- see above

        weekdays = (rrule.MO, rrule.TU, rrule.WE, rrule.TH, rrule.FR, rrule.SA, rrule.SU)
        by["byweekday"] = [weekdays[day](nth) if nth else weekdays[day] for day, nth in days]
    if any(nth for _, nth in days):
        if frequency in ("DAILY", "WEEKLY"):
            problems.append(f"BYDAY={given['BYDAY']}: a number before a day needs FREQ=MONTHLY or YEARLY")
        elif "BYWEEKNO" in given:
            problems.append("BYDAY with a number cannot stand with BYWEEKNO")
        elif frequency == "MONTHLY" and any(abs(nth) > 5 for _, nth in days):
            problems.append(f"BYDAY={given['BYDAY']}: no month has more than five of a day of the week")
    if "BYSETPOS" in given and not (by.keys() - {"bysetpos"}):
        problems.append("BYSETPOS chooses among the days that another part selects; give one, as BYDAY=MO")
    return by


def _make_explicit(by: dict[str, Any], frequency: str, first: date | None, problems: list[str]) -> None:
    """Adds what RFC 5545 takes from the first day where a rule does not say which days it selects."""
    if frequency == "DAILY":
        by["byweekday"] = list(range(7))
    elif first is None and frequency in _FREQUENCIES:
        part = {"WEEKLY": "BYDAY=MO", "MONTHLY": "BYMONTHDAY=1"}.get(frequency, "BYMONTH=9;BYMONTHDAY=2")
        problems.append(f"it does not say which days; add for example {part}, or valid_from to count from")
    elif first is not None and frequency == "WEEKLY":
        by["byweekday"] = [first.weekday()]
    elif first is not None:
        by["bymonthday"] = [first.day]
        if frequency == "YEARLY":
            by.setdefault("bymonth", [first.month])


def _read_days(given: Mapping[str, str], name: str, problems: list[str]) -> list[tuple[int, int]]:
    """Days of the week with the number before each; 0 where there is none."""
    found: list[tuple[int, int]] = []
    for word in given[name].split(",") if name in given else ():
        day, number = word.strip()[-2:], word.strip()[:-2]
        if day not in _DAYS:
            problems.append(f"{name}: unknown day {word.strip()!r}; write MO, TU, WE, TH, FR, SA or SU")
        elif not number:
            found.append((_DAYS[day], 0))
        elif name == "BYDAY" and (nth := _whole(number, name, -53, 53, problems)) is not None:
            found.append((_DAYS[day], nth))
        elif name != "BYDAY":
            problems.append(f"{name}={given[name]}: a single day, without a number")
    return found


def _read_until(given: Mapping[str, str], problems: list[str]) -> date | None:
    if "UNTIL" not in given:
        return None
    try:
        return datetime.strptime(given["UNTIL"], "%Y%m%d").date()  # noqa: DTZ007 -- a local day
    except ValueError:
        problems.append(f"UNTIL={given['UNTIL']}: no day; write it like UNTIL=20271231, or use valid_until")
        return None


def _number(given: Mapping[str, str], name: str, least: int, most: int, problems: list[str]) -> int | None:
    return _whole(given[name], name, least, most, problems) if name in given else None


def _whole(word: str, name: str, least: int, most: int, problems: list[str]) -> int | None:
    """A whole number other than 0 in these bounds."""
    word = word.strip()
    digits = word.lstrip("+-")
    if digits.isascii() and digits.isdecimal() and len(word) <= 6 and len(word) - len(digits) <= 1:
        number = int(word)
        if least <= number <= most and number:
            return number
    problems.append(f"{name}={word}: must be a whole number from {least} to {most}{', not 0' if least < 0 else ''}")
    return None


def _meant(word: str, known: Collection[str]) -> str:
    return did_you_mean(word, [each.lower() for each in known])
