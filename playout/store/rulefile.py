"""Rules of time and calendars as operators write them: names of days, times of day, the sun, files of holidays."""

import re
from datetime import time
from pathlib import Path
from typing import Any, cast

from pydantic import TypeAdapter, ValidationError

from playout.model.calendar import Calendar, SunEvent, SunTime, Weekday
from playout.problems import did_you_mean, explain_errors
from playout.store.noticefile import read_table
from playout.store.tables import Table

__all__ = ["read_calendar", "read_calendars", "read_rule"]

_LOCAL_TIME = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\.[0-9]{1,6})?)?")
_SUN_TIME = re.compile(r"(sunrise|sunset)(?: *([+-]) *([0-9]{1,2}):([0-5][0-9]))?")
_MOST_MIN = 360
_CALENDAR = TypeAdapter(Calendar)


def read_rule(rule: Table, where: str, problems: list[str]) -> None:
    """Puts values in the place of the words for days and times of a daypart or of hours.

    What is wrong goes to the problems, and something that can be checked further in its place.
    """
    if isinstance(days := rule.get("days"), list):
        rule["days"] = _read_days(cast(list[object], days), f"{where}.days", problems)
    for key in ("start", "end"):
        value = rule.get(key)
        if value is not None and not isinstance(value, time):
            rule[key] = _read_moment(value, f"{where}.{key}", problems)


def read_calendars(folder: Path, problems: list[str]) -> list[Calendar]:
    """The calendars of `holidays/*.toml` in a folder; what is wrong with them goes to the problems."""
    files = sorted((folder / "holidays").glob("*.toml"))
    read = [read_calendar(path, f"holidays/{path.name}", problems) for path in files]
    return [calendar for calendar in read if calendar is not None]


def read_calendar(path: Path, where: str, problems: list[str]) -> Calendar | None:
    """The calendar of one file; None where it is wrong, which goes to the problems."""
    table = read_table(path, where, problems)
    if table is None:
        return None
    table.setdefault("id", path.stem)
    try:
        return _CALENDAR.validate_python(table)
    except ValidationError as error:
        problems += [f"{where}: {line}" for line in explain_errors(error, Calendar, "")]
        return None


def _read_days(days: list[object], where: str, problems: list[str]) -> list[Weekday]:
    """The days of the week. Numbers are refused: half the world counts from Sunday."""
    known = {day.name.lower(): day for day in Weekday}
    written = [str(day).lower() for day in days]
    unknown = [day for day in written if day not in known]
    problems += [f"{where}: unknown day {day!r}; {did_you_mean(day, list(known))}" for day in unknown]
    return [known.get(day, Weekday.MON) for day in written]


def _read_moment(value: Any, where: str, problems: list[str]) -> time | SunTime:
    """A time of day, or one by the sun; anything else is refused."""
    if isinstance(value, str):
        if _LOCAL_TIME.fullmatch(value):
            return time.fromisoformat(value)
        if found := _SUN_TIME.fullmatch(value.casefold()):
            event, sign, hours, minutes = found.groups()
            offset_min = int(f"{sign or '+'}{int(hours or 0) * 60 + int(minutes or 0)}")
            if abs(offset_min) <= _MOST_MIN:
                return SunTime(SunEvent(event), offset_min)
            problems.append(f"{where}: {value!r} is more than 6 hours from the sun; write a time of day instead")
            return time()
    problems.append(
        f'{where}: {value!r} is not a time of day; write "HH:MM" from "00:00" to "23:59", or "sunset-00:30"'
    )
    return time()
