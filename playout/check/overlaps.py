"""Dayparts in each other's way over the year ahead: equals at the same time, and what is never seen.

Each kind of day is laid out once, and swept from its midnight to the next.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush
from itertools import accumulate

from playout.check.finding import Finding, Severity
from playout.check.year import Year, some, told
from playout.model.claim import Content, ContentKind
from playout.model.notice import Notice
from playout.model.schedule import ClosedShow, Daypart, Playlist, Revision
from playout.resolve.index import CLOSED_RANK, Plan, merge, plan_of
from playout.resolve.pages import Loop, loop_of

__all__ = ["check_overlaps"]

_CLOSED = -1


@dataclass(frozen=True, slots=True)
class _Window:
    """One window: the number of its daypart, what decides between two, and whether it has anything to show."""

    start_ns: int
    end_ns: int
    order: tuple[int, int, str]
    number: int
    shows: bool


def check_overlaps(year: Year, notices: Mapping[str, Notice], screens: Sequence[str]) -> Iterator[Finding]:
    """Findings on dayparts that share time with an equal, that are never seen, and on items never come to."""
    schedule = year.schedule
    revision = Revision(0, 0, schedule, notices)
    loops = {
        playlist.id: loop_of(Content(ContentKind.PLAYLIST, playlist.id), revision, year.site.languages)
        for playlist in schedule.playlists
    }
    sweep = _Sweep(year, revision, loops)
    for screen in _unlike(year, screens):
        sweep.lay_out(screen)
    yield from sweep.clashes()
    yield from sweep.hidden()
    yield from _unreached(schedule.playlists, loops, sweep.reached())


class _Sweep:
    """Goes over the days of all screens and keeps what it has seen."""

    def __init__(self, year: Year, revision: Revision, loops: Mapping[str, Loop | None]) -> None:
        self._year, self._revision, self._loops = year, revision, loops
        self._dayparts = year.schedule.dayparts
        self._number = {f"dayparts[{daypart.id}]": number for number, daypart in enumerate(self._dayparts)}
        self._windows = [year.windows(where) for where in self._number]
        self._clashes: dict[int, dict[int, tuple[int, int]]] = {}
        self._stretches: dict[int, set[tuple[int, int]]] = {}
        self._hiders: dict[int, int] = {}

    def lay_out(self, screen: str) -> None:
        """Takes the days of a screen in."""
        plan = plan_of(self._revision, self._year.site, screen)
        for day, held in self._year.kinds():
            numbers = [self._number[where] for where in held if where in self._number]
            ours = [number for number in numbers if _is_for(self._dayparts[number], screen)]
            begin_ns, end_ns = self._year.almanac.midnight_ns(day), self._year.almanac.midnight_ns(day + 1)
            windows = [
                window
                for window in (*self._of_dayparts(ours, day), *self._of_closed(plan, day))
                if window.start_ns < end_ns and window.end_ns > begin_ns
            ]
            windows.sort(key=lambda window: (window.start_ns, window.order))
            self._compare(windows, begin_ns)
            self._look(windows, begin_ns, end_ns)

    def clashes(self) -> Iterator[Finding]:
        """Dayparts that share time with another of their rank; each counts in one finding at least."""
        for number, others in sorted(self._clashes.items()):
            (other, (start_ns, end_ns)), *more = others.items()
            when = told(start_ns, end_ns, self._year.site)
            message = f"overlaps daypart {self._dayparts[other].id!r} of the same rank, first {when}"
            if more:
                message += f"; also {some([repr(self._dayparts[each].id) for each, _ in more])}"
            remedy = "give the one that should win a higher rank, or change the times"
            where = f"dayparts[{self._dayparts[number].id}]"
            yield Finding("daypart.overlap", Severity.WARNING, where, message, remedy)

    def hidden(self) -> Iterator[Finding]:
        """Dayparts that come, have something to show, and are never seen."""
        for number, hider in sorted(self._hiders.items()):
            if number not in self._stretches:
                name = "the closed sign" if hider == _CLOSED else f"daypart {self._dayparts[hider].id!r}"
                message = f"it is never seen: {name}, or what else is above it, covers it wholly"
                remedy = "give it a higher rank or other times, or remove it"
                where = f"dayparts[{self._dayparts[number].id}]"
                yield Finding("daypart.hidden", Severity.WARNING, where, message, remedy)

    def reached(self) -> dict[str, list[tuple[int, int]]]:
        """By playlist the stretches `[from, to)` of its loop, in ns from its beginning, that are seen."""
        found: dict[str, set[tuple[int, int]]] = {}
        for number, stretches in self._stretches.items():
            if number != _CLOSED:
                found.setdefault(self._dayparts[number].playlist, set()).update(stretches)
        schedule = self._year.schedule
        endless = {schedule.filler, schedule.closed.playlist if schedule.closed.show is ClosedShow.PLAYLIST else ""}
        return {name: merge(sorted(stretches)) for name, stretches in found.items() if name not in endless}

    def _of_dayparts(self, numbers: Sequence[int], day: int) -> Iterator[_Window]:
        for number in numbers:
            daypart = self._dayparts[number]
            shows = self._loops.get(daypart.playlist) is not None
            days = (day - 1, day, day + 1) if f"dayparts[{daypart.id}]" in self._year.by_sun else (day - 1, day)
            for each in days:
                if (span := self._windows[number].on(each)) is not None:
                    yield _Window(*span, (daypart.rank, span[0], daypart.id), number, shows)

    def _of_closed(self, plan: Plan, day: int) -> Iterator[_Window]:
        closed = self._year.schedule.closed
        shows = closed.show is not ClosedShow.PLAYLIST or self._loops.get(closed.playlist) is not None
        for each in (day - 1, day):
            yield from (_Window(*span, (CLOSED_RANK, span[0], ""), _CLOSED, shows) for span in plan.closed(each))

    def _compare(self, windows: Sequence[_Window], begin_ns: int) -> None:
        """Notes which dayparts start today while another of their rank is live: the one that ends last.

        So each that shares time with another is noted, once for itself or once for the other.
        """
        last: dict[int, _Window] = {}
        for window in windows:
            rank = window.order[0]
            running = last.get(rank)
            shares = running is not None and running.end_ns > window.start_ns >= begin_ns
            if running is not None and shares and running.number != window.number:
                first, second = sorted((running.number, window.number))
                shared = window.start_ns, min(window.end_ns, running.end_ns)
                self._clashes.setdefault(first, {}).setdefault(second, shared)
            if running is None or window.end_ns > running.end_ns:
                last[rank] = window

    def _look(self, windows: Sequence[_Window], begin_ns: int, end_ns: int) -> None:
        """Notes what is seen of each window on a day, and what covers those that start hidden."""
        by_order = sorted(range(len(windows)), key=lambda each: windows[each].order)
        places = {number: place for place, number in enumerate(by_order)}
        live: list[tuple[int, int]] = []  # the greatest first
        now_ns, number = begin_ns, 0
        while now_ns < end_ns:
            first = number
            while number < len(windows) and windows[number].start_ns <= now_ns:
                if windows[number].shows:
                    heappush(live, (-places[number], number))
                number += 1
            while live and windows[live[0][1]].end_ns <= now_ns:
                heappop(live)
            top = windows[live[0][1]] if live else None
            next_ns = min(windows[number].start_ns, end_ns) if number < len(windows) else end_ns
            if top is not None:
                next_ns = min(next_ns, top.end_ns)
                stretches = self._stretches.setdefault(top.number, set())
                stretches.add((now_ns - top.start_ns, next_ns - top.start_ns))
                for window in windows[first:number]:
                    if window.shows and window.number not in (top.number, _CLOSED):
                        self._hiders.setdefault(window.number, top.number)
            now_ns = next_ns


def _unlike(year: Year, screens: Sequence[str]) -> Iterator[str]:
    """The first of all screens for which the same dayparts and hours count."""
    seen: set[tuple[bool, ...]] = set()
    for screen in screens:
        parts = tuple(not rule.screens or screen in rule.screens for rule in year.rules.values())
        if parts not in seen:
            seen.add(parts)
            yield screen


def _is_for(daypart: Daypart, screen: str) -> bool:
    return not daypart.screens or screen in daypart.screens


def _unreached(
    playlists: Sequence[Playlist], loops: Mapping[str, Loop | None], reached: Mapping[str, list[tuple[int, int]]]
) -> Iterator[Finding]:
    """Items of playlists that no stretch of their loop comes to."""
    for playlist in playlists:
        loop, stretches = loops[playlist.id], reached.get(playlist.id)
        if loop is None or not stretches:
            continue
        longest_ns = max(end - start for start, end in stretches)
        missed = _missed(loop, stretches) if longest_ns < loop.total_ns else []
        if missed:
            names = some([repr(name) for name in dict.fromkeys(missed)])
            message = (
                f"{len(missed)} of {len(loop.steps)} items never show ({names}): a round takes"
                f" {loop.total_ns / 60e9:.1f} min, and the longest time it gets is {longest_ns / 60e9:.1f} min"
            )
            remedy = "shorten the playlist or its dwell, or give its daypart more time"
            yield Finding(
                "item.hidden", Severity.WARNING, f"playlists[{playlist.id}]", message, remedy,
                measured=round(longest_ns / 1e9), required=round(loop.total_ns / 1e9),
            )  # fmt: skip


def _missed(loop: Loop, stretches: Sequence[tuple[int, int]]) -> list[str]:
    """Notices of the steps that lie outside all stretches; each of those is shorter than a round."""
    ends_ns = list(accumulate(step.dwell_ns * len(step.languages) for step in loop.steps))
    seen: set[int] = set()
    for start, end in stretches:
        first = start % loop.total_ns
        for begin, stop in ((first, first + end - start), (first - loop.total_ns, first + end - start - loop.total_ns)):
            if stop > 0:
                seen.update(range(bisect_right(ends_ns, max(0, begin)), bisect_left(ends_ns, stop) + 1))
    return [step.notice.id for place, step in enumerate(loop.steps) if place not in seen]
