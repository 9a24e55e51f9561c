"""Local times as instants of UTC, for one place.

Policy at a change of the clock: a local time that does not exist is read with the offset before the change (02:30
becomes the instant at which clocks show 03:30); one that exists twice is its first occurrence.

Days are counted as `date.toordinal()` does: day 1 is Monday, 1 January of the year 1.
"""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from playout.model.calendar import Moment, SunEvent, SunTime
from playout.model.panel import Site
from playout.resolve.sun import sun_ns

__all__ = ["DAY_NS", "Almanac", "local_date"]

DAY_NS = 24 * 3600 * 10**9
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_DAYS_KEPT = 1000
_LAST_ORDINAL = date.max.toordinal() - 2


def local_date(at_ns: int, zone: ZoneInfo) -> date:
    """The site's calendar day at an instant."""
    return (_EPOCH + timedelta(microseconds=at_ns // 1000)).astimezone(zone).date()


class Almanac:
    """The days of one place: when they begin, and when a time of day comes on them."""

    def __init__(self, site: Site) -> None:
        self._zone = ZoneInfo(site.timezone)
        self._latitude, self._longitude = site.latitude, site.longitude
        self._midnights: dict[int, int] = {}
        self._suns: dict[tuple[int, SunEvent], int | None] = {}

    def day(self, at_ns: int) -> int:
        """The day (ordinal) in which an instant lies: not before its midnight, and before that of the next."""
        day = local_date(at_ns, self._zone).toordinal()
        while at_ns < self.midnight_ns(day):
            day -= 1
        while at_ns >= self.midnight_ns(day + 1):
            day += 1
        return day

    def midnight_ns(self, day: int) -> int:
        """The instant (UTC ns) at which a day (ordinal) begins."""
        found = self._midnights.get(day)
        if found is None:
            if len(self._midnights) >= _DAYS_KEPT:
                self._midnights.clear()
            found = self._midnights[day] = self._utc_ns(day, time())
        return found

    def at_ns(self, day: int, moment: Moment) -> int | None:
        """The instant (UTC ns) of a moment on a day (ordinal); None where the sun does not do so that day."""
        if isinstance(moment, SunTime):
            event_ns = self._sun_ns(day, moment.event)
            return None if event_ns is None else event_ns + moment.offset_min * 60 * 10**9
        midnight_ns = self.midnight_ns(day)
        if self.midnight_ns(day + 1) - midnight_ns == DAY_NS:  # the clocks stay as they are
            seconds = (moment.hour * 60 + moment.minute) * 60 + moment.second
            return midnight_ns + (seconds * 10**6 + moment.microsecond) * 1000
        return self._utc_ns(day, moment)

    def window(self, day: int, start: Moment, end: Moment) -> tuple[int, int] | None:
        """The interval `[start, end)` in UTC ns that starts on a day (ordinal), or None where there is none.

        An end that does not come after the start is that of the next day. Two times of day are compared as they are
        written, so that a change of the clock never makes a short window a long one.
        """
        start_ns = self.at_ns(day, start)
        if isinstance(start, time) and isinstance(end, time):
            end_ns = self.at_ns(day if end > start else day + 1, end)
        else:
            end_ns = self.at_ns(day, end)
            if start_ns is not None and end_ns is not None and end_ns <= start_ns:
                end_ns = self.at_ns(day + 1, end)
        return None if start_ns is None or end_ns is None or start_ns >= end_ns else (start_ns, end_ns)

    def _utc_ns(self, day: int, at: time) -> int:
        local = datetime.combine(date.fromordinal(max(3, min(day, _LAST_ORDINAL))), at.replace(fold=0), self._zone)
        return (local.astimezone(UTC) - _EPOCH) // _MICROSECOND * 1000

    def _sun_ns(self, day: int, event: SunEvent) -> int | None:
        try:
            return self._suns[day, event]
        except KeyError:
            found = sun_ns(event, date.fromordinal(day), self._latitude, self._longitude, self._zone)
        if len(self._suns) >= _DAYS_KEPT:
            self._suns.clear()
        self._suns[day, event] = found
        return found
