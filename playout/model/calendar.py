"""Rules of time: on which days something occurs, from when to when, and the calendars that such rules name."""

from dataclasses import dataclass
from datetime import date, time
from enum import IntEnum, StrEnum
from typing import Annotated, Any, ClassVar

from annotated_types import Ge, Le, MaxLen, MinLen

from playout.model.panel import EDGE

__all__ = [
    "Calendar",
    "CalendarDay",
    "DayKind",
    "Moment",
    "MonthDay",
    "MonthNumber",
    "Nth",
    "Recurring",
    "SunEvent",
    "SunTime",
    "Weekday",
]

Nth = Annotated[int, Ge(-5), Le(5)]
"""Which of its weekdays in the month: 1 is the first, -1 the last."""
MonthDay = Annotated[int, Ge(-31), Le(31)]
"""Day of the month; -1 is the last."""
MonthNumber = Annotated[int, Ge(1), Le(12)]


class Weekday(IntEnum):
    """Days as `datetime.weekday()` counts them."""

    MON = 0
    TUE = 1
    WED = 2
    THU = 3
    FRI = 4
    SAT = 5
    SUN = 6


class SunEvent(StrEnum):
    """When the upper edge of the sun crosses the horizon."""

    SUNRISE = "sunrise"
    SUNSET = "sunset"


@dataclass(frozen=True, slots=True)
class SunTime:
    """A time of day that follows the sun at the site: the event and minutes after it, negative for before."""

    __pydantic_config__: ClassVar[dict[str, Any]] = EDGE

    event: SunEvent
    offset_min: Annotated[int, Ge(-360), Le(360)] = 0

    def __str__(self) -> str:
        """As it stands in schedule files: `sunset-00:30`."""
        hours, minutes = divmod(abs(self.offset_min), 60)
        sign = "-" if self.offset_min < 0 else "+"
        return self.event.value + (f"{sign}{hours:02}:{minutes:02}" if self.offset_min else "")


Moment = time | SunTime
"""A time of day in the site's local time, or one that follows the sun."""


class DayKind(StrEnum):
    """What a calendar says of a day."""

    HOLIDAY = "holiday"
    REST = "rest"
    """Off instead of another day: for a holiday at a weekend, or in exchange for a weekend day that is worked."""
    WORK = "work"
    """A day of the weekend that is worked."""


@dataclass(frozen=True, slots=True)
class CalendarDay:
    """One day of a calendar."""

    __pydantic_config__: ClassVar[dict[str, Any]] = EDGE

    date: date
    name: Annotated[str, MaxLen(200)] = ""
    kind: DayKind = DayKind.HOLIDAY


@dataclass(frozen=True, slots=True)
class Calendar:
    """Days that rules can name together, such as the public holidays of a country."""

    __pydantic_config__: ClassVar[dict[str, Any]] = EDGE

    id: Annotated[str, MinLen(1), MaxLen(64)]
    title: Annotated[str, MaxLen(200)] = ""
    source: Annotated[str, MaxLen(500)] = ""
    """Where the days come from."""
    days: Annotated[tuple[CalendarDay, ...], MaxLen(5000)] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Recurring:
    """The local days on which something starts. What is left out does not narrow them; all that is given must hold.

    `not_dates` come last, and nothing wins against them; `also_dates` win against everything else.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = EDGE

    days: Annotated[tuple[Weekday, ...], MinLen(1)] = tuple(Weekday)
    """Days of the week."""
    nth: tuple[Nth, ...] = ()
    """Which of these weekdays in the month."""
    month_days: tuple[MonthDay, ...] = ()
    """Days of the month."""
    months: tuple[MonthNumber, ...] = ()
    """Months of the year."""
    every_weeks: Annotated[int, Ge(1), Le(52)] = 1
    """2: every other week (Monday to Sunday), counted from that of `valid_from`."""
    rrule: Annotated[str, MaxLen(500)] = ""
    """A recurrence as RFC 5545 writes it, instead of the keys above: `FREQ=MONTHLY;BYDAY=2TU`."""
    working_days: Annotated[str, MaxLen(64)] = ""
    """Id of a calendar, instead of the keys above: Monday to Friday, without its days off, with the days it works."""
    valid_from: date | None = None
    """First day; an `rrule` counts from it."""
    valid_until: date | None = None
    """Last day."""
    only_on: tuple[str, ...] = ()
    """Ids of calendars: only on the days off of one of them."""
    not_on: tuple[str, ...] = ()
    """Ids of calendars: on none of their days off."""
    also_dates: Annotated[tuple[date, ...], MaxLen(1000)] = ()
    """Further days."""
    not_dates: Annotated[tuple[date, ...], MaxLen(1000)] = ()
    """Days left out."""
    screens: tuple[str, ...] = ()
    """Screens it is for; empty: all."""
