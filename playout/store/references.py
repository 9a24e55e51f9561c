"""Names in a schedule that lead nowhere, each with the name that was probably meant."""

from collections.abc import Collection, Iterable, Iterator

from playout.model.calendar import Recurring
from playout.model.schedule import Schedule
from playout.problems import did_you_mean

__all__ = ["repeated", "unknown_references"]

_MEANT_MAX = 20
"""For how many names it is looked up what was meant: comparing thousands with thousands takes minutes."""


def unknown_references(
    schedule: Schedule, notices: Collection[str], playlists: Collection[str], layouts: Collection[str]
) -> list[str]:
    """One line for each notice, playlist or layout that the schedule names and that is not among the given ids.

    Likewise for the calendars that its rules name and it does not have.
    """
    calendars = frozenset(calendar.id for calendar in schedule.calendars)
    known = {
        "notice": frozenset(notices), "playlist": frozenset(playlists), "layout": frozenset(layouts),
        "calendar": calendars,
    }  # fmt: skip
    meant: dict[tuple[str, str], str] = {}
    lines: list[str] = []
    for where, noun, ref in _references(schedule):
        if not ref or ref in known[noun]:
            continue
        if (noun, ref) not in meant and len(meant) < _MEANT_MAX:
            meant[noun, ref] = f"; {did_you_mean(ref, known[noun])}"
        lines.append(f"{where}: unknown {noun} {ref!r}{meant.get((noun, ref), '')}")
    return lines


def repeated(names: Iterable[str]) -> list[str]:
    """Names that come more than once, in order of their second appearance."""
    seen: set[str] = set()
    again: dict[str, None] = {}
    for name in names:
        if name in seen:
            again[name] = None
        seen.add(name)
    return list(again)


def _references(schedule: Schedule) -> Iterator[tuple[str, str, str]]:
    """Where each name stands, what it should be the name of, and the name."""
    for playlist in schedule.playlists:
        for number, item in enumerate(playlist.items):
            yield f"playlists[{playlist.id}].items[{number}].notice", "notice", item.notice
    for daypart in schedule.dayparts:
        where = f"dayparts[{daypart.id}]"
        yield f"{where}.playlist", "playlist", daypart.playlist
        yield f"{where}.layout", "layout", daypart.layout
        yield f"{where}.crawl", "notice", daypart.crawl
        yield from _calendars(where, daypart)
    for hours in schedule.hours:
        yield from _calendars(f"hours[{hours.id}]", hours)
    yield "closed.playlist", "playlist", schedule.closed.playlist
    yield "closed.layout", "layout", schedule.closed.layout
    yield "closed.crawl", "notice", schedule.closed.crawl
    yield "filler", "playlist", schedule.filler
    yield "filler_layout", "layout", schedule.filler_layout
    yield "filler_crawl", "notice", schedule.filler_crawl


def _calendars(where: str, rule: Recurring) -> Iterator[tuple[str, str, str]]:
    yield f"{where}.working_days", "calendar", rule.working_days
    for key, names in (("only_on", rule.only_on), ("not_on", rule.not_on)):
        yield from ((f"{where}.{key}", "calendar", name) for name in names)
