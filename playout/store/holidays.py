"""Public holidays of a country as a calendar, and that calendar as a file that keeps what it has of other years."""

import datetime
from collections.abc import Collection
from dataclasses import replace
from pathlib import Path

from playout.errors import ContentError, ScheduleError
from playout.model.calendar import Calendar, CalendarDay, DayKind
from playout.problems import did_you_mean
from playout.store.rulefile import read_calendar
from playout.store.tables import to_table, write_toml

__all__ = ["YEARS", "public_holidays", "renewed"]

YEARS = range(1990, 2100)
"""Years for which holidays are worked out."""
_WORKED = {"vi": "Ngày làm bù"}


def public_holidays(country: str, years: Collection[int], language: str = "") -> Calendar:
    """The public holidays of a country (ISO 3166 code) as the package `holidays` knows them, in one of its languages.

    Days off in lieu, and days exchanged with a weekend, are of kind `rest`; the weekend days worked for them `work`.
    Raises: ContentError for a country or language that the package does not know.
    """
    from holidays import country_holidays, list_supported_countries  # noqa: PLC0415 -- 170 ms for this command alone

    known = list_supported_countries()
    code = country.upper()
    if code not in known:
        hint = did_you_mean(code.lower(), [each.lower() for each in known]) if len(code) > 2 else "write it like VN"
        raise ContentError(f"no holidays are known of a country {country!r}", hint=hint)
    found = country_holidays(code, years=sorted(years))
    wanted = language or found.default_language
    if wanted and wanted not in (*found.supported_languages, found.default_language):
        raise ContentError(
            f"the holidays of {code} are not known in {language!r}",
            hint=did_you_mean(wanted, found.supported_languages),
        )
    found = country_holidays(code, years=sorted(years), language=wanted)
    proper = country_holidays(code, years=sorted(years), language=wanted, observed=False)
    label: str = getattr(found, "substituted_label", "") or ""
    swapped = found.tr(label).partition("%s")[0] if label else ""
    days = [
        CalendarDay(day, name, _kind(name, is_proper=day in proper, swapped=swapped))
        for day, name in found.items()
        if day.year in years
    ]
    worked: Collection[datetime.date] = getattr(found, "weekend_workdays", ())
    days += [CalendarDay(day, _WORKED.get(wanted or "", "worked"), DayKind.WORK) for day in worked if day.year in years]
    return Calendar(code.lower(), f"Public holidays, {code}", _source(), tuple(sorted(days, key=lambda day: day.date)))


def renewed(calendar: Calendar, years: Collection[int], file: Path) -> tuple[Calendar, str]:
    """The calendar with what a file has of other years, under the file's own names, and the TOML of it.

    Where there is no file it is the calendar. Raises: ScheduleError when the file cannot be read.
    """
    problems: list[str] = []
    before = read_calendar(file, file.name, problems) if file.exists() else None
    if problems:
        raise ScheduleError(problems)
    if before is not None:
        kept = [day for day in before.days if day.date.year not in years]
        days = sorted((*kept, *calendar.days), key=lambda day: day.date)
        calendar = replace(before, source=calendar.source, days=tuple(days))
    return calendar, write_toml(to_table(calendar))


def _kind(name: str, *, is_proper: bool, swapped: str) -> DayKind:
    is_swapped = bool(swapped) and name.startswith(swapped)
    return DayKind.HOLIDAY if is_proper and not is_swapped else DayKind.REST


def _source() -> str:
    from importlib.metadata import version  # noqa: PLC0415 -- only this command tells it

    return f"holidays {version('holidays')} (Python)"
