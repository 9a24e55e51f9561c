"""Sunrise and sunset of a place."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from playout.model.calendar import SunEvent

__all__ = ["sun_ns"]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MINUTE_NS = 60 * 10**9


def sun_ns(event: SunEvent, day: date, latitude: float, longitude: float, zone: ZoneInfo) -> int | None:
    """When the sun rises or sets on a local day: UTC ns, to the minute, which is as exact as refraction lets it be.

    None where it does not cross the horizon that day.
    """
    from astral import Observer  # noqa: PLC0415 -- 50 ms that only schedules with the sun in them shall cost
    from astral.sun import sunrise, sunset  # noqa: PLC0415 -- as above

    crosses = sunrise if event is SunEvent.SUNRISE else sunset
    observer = Observer(latitude, longitude)
    for shift in (0, -1, 1):  # astral's day is one of UTC, which may begin on the local day before or after
        try:
            moment = crosses(observer, day + timedelta(days=shift))
        except ValueError:
            continue
        if moment.astimezone(zone).date() == day:
            return round((moment - _EPOCH) / timedelta(minutes=1)) * _MINUTE_NS
    return None
