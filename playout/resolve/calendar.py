"""Dayparts as intervals of UTC.

Policy at a change of the clock: a local time that does not exist is read with the offset before the change (02:30
becomes the instant at which clocks show 03:30); one that exists twice is its first occurrence.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from playout.model.schedule import Daypart, Weekday

__all__ = ["local_date", "windows"]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def local_date(at_ns: int, zone: ZoneInfo) -> date:
    """The site's calendar day at an instant."""
    return (_EPOCH + timedelta(microseconds=at_ns // 1000)).astimezone(zone).date()


def windows(daypart: Daypart, zone: ZoneInfo, first: date, days: int) -> Iterator[tuple[int, int]]:
    """Intervals `[start, end)` in UTC ns of the daypart's occurrences that start on one of these local days.

    A window whose end is not after its start reaches into the next day and belongs to the day it starts on.
    """
    for offset in range(days):
        day = first + timedelta(days=offset)
        if Weekday(day.weekday()) in daypart.days:
            last = day if daypart.end > daypart.start else day + timedelta(days=1)
            start, end = _utc_ns(day, daypart.start, zone), _utc_ns(last, daypart.end, zone)
            if start < end:
                yield start, end


def _utc_ns(day: date, at: time, zone: ZoneInfo) -> int:
    moment = datetime.combine(day, at.replace(tzinfo=None, fold=0), zone)
    return (moment.astimezone(UTC) - _EPOCH) // _MICROSECOND * 1000
