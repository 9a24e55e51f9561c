"""The index of a schedule: its windows laid out by day, so that an instant costs the same with 3 rules or 1,000.

A plan is worked out from the schedule of one revision for one screen, a day at a time, when a day is first asked for;
the last few days stay. For an instant it gives the bids of the schedule that have a part in the answer:

- whatever may win between the instant and the next boundaries, with all that its own effective start depends on;
- what is hidden under it, by name only, because an answer names the losers;
- what ended last above it, because an answer says since when it is in sight.

`settle` and `winner` come to the same answer with these as with all windows of all days.
"""

from bisect import bisect_left, bisect_right, insort
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import time
from operator import attrgetter

from playout.model.claim import Band, Content, ContentKind, Stop
from playout.model.panel import Site
from playout.model.schedule import Daypart, HoursUse, Revision, Schedule
from playout.resolve.arbiter import ITEM_WAIT_NS, Bid
from playout.resolve.calendar import DAY_NS, Almanac
from playout.resolve.pages import loop_of
from playout.resolve.recurrence import Recurrence
from playout.resolve.rules import Calendars, DayTest, Rule, Windows

__all__ = ["CLOSED_RANK", "Plan", "Quiet", "merge", "plan_of"]

CLOSED_RANK = 101
"""Above every daypart."""
_BEFORE, _AFTER = 3, 1
"""Days before and after a day to which windows that reach into it may belong, where the sun counts: a window by the sun
may start six hours off its day, and end on the day after."""
_DAYS_KEPT = 8
_STARTS_KEPT = 24
_DAYS_BACK = 400
"""How far back the last end of anything is looked for."""
_LONGEST_PAGE_NS = 300 * 10**9
_order = attrgetter("order")

Order = tuple[int, int, int, str]
"""The key of the total order of bids."""


@dataclass(frozen=True, slots=True)
class Quiet:
    """Quiet hours on `[start, end)` in UTC ns: share of the light, and whether anything moves."""

    start_ns: int
    end_ns: int
    luminance: float
    motion: bool


@dataclass(frozen=True, slots=True)
class _Day:
    """One local day, cut where a window starts or ends.

    `live[n]` are the bids on `[bounds[n], bounds[n + 1])`, greatest first, and `ended[n]` those that end at
    `bounds[n]`. The first bound is the day's midnight, whether something starts or ends there or not.
    """

    bounds: tuple[int, ...]
    live: tuple[tuple[Bid, ...], ...]
    ended: tuple[tuple[Bid, ...], ...]

    def at(self, at_ns: int) -> int:
        """Number of the piece an instant lies in."""
        return bisect_right(self.bounds, at_ns) - 1


class Plan:
    """The schedule of one screen as bids without loop and revision: `bids` completes those that may win."""

    def __init__(self, schedule: Schedule, site: Site, screen: str) -> None:
        self._almanac = Almanac(site)
        calendars = Calendars(schedule.calendars)
        recurrences: dict[object, Recurrence | None] = {}

        def windows(rule: Rule) -> Windows:
            return Windows(rule.start, rule.end, DayTest(rule, calendars, recurrences), self._almanac)

        def is_ours(rule: Rule) -> bool:
            return not rule.screens or screen in rule.screens

        hours = [each for each in schedule.hours if is_ours(each)]
        self._languages = site.languages
        dayparts = tuple((part, _content(part), windows(part)) for part in schedule.dayparts if is_ours(part))
        self._by_clock = tuple(each for each in dayparts if _follows_clock(each[0]))
        self._by_sun = tuple(each for each in dayparts if not _follows_clock(each[0]))
        self._open = tuple(windows(each) for each in hours if each.use is HoursUse.OPEN)
        self._quiet = tuple((each, windows(each)) for each in hours if each.use is HoursUse.QUIET)
        closed = schedule.closed
        self._closed = Content(ContentKind(closed.show.value), closed.playlist, closed.layout, closed.crawl)
        self._starts: dict[tuple[int, bool], tuple[Bid, ...]] = {}
        self._days: dict[int, _Day] = {}
        self._lasts: dict[tuple[int, Order], tuple[Bid, ...]] = {}

    @property
    def closes(self) -> bool:
        """Whether the screen has open hours, outside which it is closed."""
        return bool(self._open)

    def boundary(self, at_ns: int, limit_ns: int) -> int:
        """The first instant after `at_ns` at which other windows are live than just before, at most `limit_ns`.

        Those of one daypart count as the same: where it goes on in its next window, the answer may not change.
        """
        before: tuple[Bid, ...] | None = None
        for begin_ns, live in self._pieces(at_ns, limit_ns):
            if before is not None and {bid.id for bid in live} != {bid.id for bid in before}:
                return begin_ns
            before = live
        return limit_ns

    def bids(
        self, revision: Revision, at_ns: int, reach_ns: int, others: Sequence[Bid], is_able: Callable[[Bid], bool]
    ) -> list[Bid]:
        """The bids that decide on `[at_ns, reach_ns)` together with `others` (fallback, filler, claims), unsettled.

        `is_able` tells of a bid, complete with its loop, whether it can be shown whatever the power does.
        """
        ready = _Ready(revision, self._languages, is_able)
        found: dict[Order, Bid] = {}
        exact: dict[Order, Bid] = {}
        wanted: list[Bid] = []
        for begin_ns, live in self._pieces(at_ns, reach_ns):
            wanted += ready.head(live, max(begin_ns, at_ns))
            found.update((bid.order, bid) for bid in live)
        for order, since_ns in self._floors(at_ns, ready, others):
            for bid in self._ended_above(order, at_ns, since_ns):
                found[bid.order] = bid
                if bid.end_ns - bid.start_ns <= ITEM_WAIT_NS:
                    wanted.append(bid)
        starts_ns = [bid.start_ns for bid in others if bid.stop is not Stop.NOW and bid.start_ns < reach_ns]
        while wanted or starts_ns:
            if wanted:
                bid = wanted.pop()
                if bid.order in exact:
                    continue
                exact[bid.order] = replace(ready.complete(bid), stop=Stop.ITEM)
                starts_ns.append(bid.start_ns)
            start_ns = starts_ns.pop()
            for context_ns in (start_ns - 1, start_ns):
                for other in ready.head(self._live(context_ns), context_ns):
                    if other.start_ns + ITEM_WAIT_NS > context_ns:
                        wanted.append(other)
                    else:
                        found[other.order] = ready.complete(other)
        return [*(found | exact).values()]

    def windows(self, day: int) -> Iterator[tuple[str, Content, tuple[int, int]]]:
        """The windows that belong to a local day (ordinal): id of the daypart, content, and interval in UTC ns.

        The id is empty for the time in which the screen is closed.
        """
        for by_sun in (False, True):
            yield from ((part.id if part else "", content, span) for part, content, span in self._windows(day, by_sun))

    def closed(self, day: int) -> Iterator[tuple[int, int]]:
        """The intervals in UTC ns that start on a local day (ordinal) and on which the screen is closed."""
        if self._open:
            yield from self._shut(day)

    def days(self, first_ns: int, last_ns: int) -> range:
        """The local days (ordinals) of which windows may reach into `[first_ns, last_ns)`."""
        return range(self._almanac.day(first_ns) - _BEFORE, self._almanac.day(last_ns) + _AFTER + 1)

    def quiet(self, first_ns: int, last_ns: int) -> tuple[Quiet, ...]:
        """The quiet hours on `[first_ns, last_ns)`, cut to it."""
        if not self._quiet or first_ns >= last_ns:
            return ()
        first, last = self._almanac.day(first_ns), self._almanac.day(last_ns)
        return tuple(
            Quiet(max(first_ns, span[0]), min(span[1], last_ns), hours.luminance, hours.motion)
            for hours, windows in self._quiet
            for day in range(first - _BEFORE, last + _AFTER + 1)
            if (span := windows.on(day)) is not None and span[0] < last_ns and first_ns < span[1]
        )

    def _floors(self, at_ns: int, ready: "_Ready", others: Sequence[Bid]) -> Iterator[tuple[Order, int]]:
        """Orders of whatever may win at an instant, and since when an end above each of them matters."""
        head = ready.head(self._live(at_ns), at_ns)
        stands = head[-1].order if head and ready.stands(head[-1], at_ns) else None
        rivals = [ready.complete(bid) for bid in head]
        rivals += [
            bid
            for bid in others
            if bid.band <= Band.SCHEDULE and bid.start_ns <= at_ns and (stands is None or bid.order > stands)
        ]
        for bid in rivals:
            page_ns = at_ns - _LONGEST_PAGE_NS if bid.loop is not None and bid.loop.pages > 1 else bid.start_ns
            yield bid.order, max(bid.start_ns, page_ns)

    def _ended_above(self, order: Order, at_ns: int, since_ns: int) -> list[Bid]:
        """What ended last on `(since_ns, at_ns]` above an order, and what was too short to be sure it was in effect."""
        found: list[Bid] = []
        today = self._almanac.day(at_ns)
        for day in range(today, today - _BEFORE, -1):
            pieces = self._day(day)
            for number in range(pieces.at(at_ns), -1, -1):
                if pieces.bounds[number] <= since_ns:
                    return found
                for bid in pieces.ended[number]:
                    if bid.order[:2] >= order[:2]:
                        found.append(bid)
                        if bid.end_ns - bid.start_ns > ITEM_WAIT_NS:
                            return found
        first_ns = self._almanac.midnight_ns(today - _BEFORE + 1)
        return found + [bid for bid in self._ended_long_ago(order, today - _BEFORE, first_ns) if bid.end_ns > since_ns]

    def _ended_long_ago(self, order: Order, last_day: int, until_ns: int) -> tuple[Bid, ...]:
        """As `_ended_above`, for ends before the midnight `until_ns`; worked out once a day."""
        found = self._lasts.get((last_day, order))
        if found is not None:
            return found
        ended: list[Bid] = []
        sure_ns = -1
        for day in range(last_day + _AFTER, last_day - _DAYS_BACK, -1):
            started = (*self._make_starts(day, by_sun=False), *self._make_starts(day, by_sun=True))
            ended += [bid for bid in started if bid.end_ns < until_ns and bid.order[:2] >= order[:2]]
            sure_ns = max((bid.end_ns for bid in ended if bid.end_ns - bid.start_ns > ITEM_WAIT_NS), default=-1)
            if sure_ns >= self._almanac.midnight_ns(day) + _BEFORE * DAY_NS:
                break
        if len(self._lasts) >= _STARTS_KEPT:
            self._lasts.clear()
        found = self._lasts[last_day, order] = tuple(bid for bid in ended if bid.end_ns >= sure_ns)
        return found

    def _live(self, at_ns: int) -> tuple[Bid, ...]:
        day = self._day(self._almanac.day(at_ns))
        return day.live[day.at(at_ns)]

    def _pieces(self, at_ns: int, reach_ns: int) -> Iterator[tuple[int, tuple[Bid, ...]]]:
        """The pieces with a part in `[at_ns, reach_ns)`: where each begins, and its bids."""
        number = self._almanac.day(at_ns)
        while True:
            day = self._day(number)
            for piece in range(max(0, day.at(at_ns)), len(day.bounds)):
                if day.bounds[piece] >= reach_ns:
                    return
                yield day.bounds[piece], day.live[piece]
            number += 1

    def _day(self, day: int) -> _Day:
        found = self._days.get(day)
        if found is None:
            if len(self._days) >= _DAYS_KEPT:
                self._days.clear()
            found = self._days[day] = self._make_day(day)
        return found

    def _make_day(self, day: int) -> _Day:
        begin_ns, end_ns = self._almanac.midnight_ns(day), self._almanac.midnight_ns(day + 1)
        bids = [*self._starting(day - 1, by_sun=False), *self._starting(day, by_sun=False)]
        if self._by_sun:
            for number in range(day - _BEFORE, day + _AFTER + 1):
                bids += self._starting(number, by_sun=True)
        bids = [bid for bid in bids if bid.start_ns < end_ns and bid.end_ns >= begin_ns]
        starts: dict[int, list[Bid]] = {begin_ns: []}
        ends: dict[int, list[Bid]] = {}
        for bid in bids:
            if bid.end_ns > begin_ns:
                starts.setdefault(max(bid.start_ns, begin_ns), []).append(bid)
            if bid.end_ns < end_ns:
                ends.setdefault(bid.end_ns, []).append(bid)
        bounds = sorted(starts.keys() | ends.keys())
        now: list[Bid] = []  # least first
        live: list[tuple[Bid, ...]] = []
        for bound in bounds:
            for bid in ends.get(bound, ()):
                if bound > begin_ns:
                    del now[bisect_left(now, bid.order, key=_order)]
            for bid in starts.get(bound, ()):
                insort(now, bid, key=_order)
            live.append(tuple(reversed(now)))
        ended = tuple(tuple(sorted(ends.get(bound, ()), key=_order, reverse=True)) for bound in bounds)
        return _Day(tuple(bounds), tuple(live), ended)

    def _starting(self, day: int, *, by_sun: bool) -> tuple[Bid, ...]:
        """Bids of the windows that belong to a day. Those by the clock end before the day after the next begins."""
        found = self._starts.get((day, by_sun))
        if found is None:
            if len(self._starts) >= _STARTS_KEPT:
                self._starts.clear()
            found = self._starts[day, by_sun] = tuple(self._make_starts(day, by_sun=by_sun))
        return found

    def _make_starts(self, day: int, *, by_sun: bool) -> Iterator[Bid]:
        for part, content, (start_ns, end_ns) in self._windows(day, by_sun):
            name, tie, rank = (f"daypart {part.id}", part.id, part.rank) if part else ("closed", "", CLOSED_RANK)
            yield Bid(
                name, (Band.SCHEDULE, rank, start_ns, tie), Band.SCHEDULE, content, None, self._languages, None,
                Stop.NOW, start_ns, start_ns, end_ns, start_ns,
                essential=part is None,  # batteries do not open the sign
            )  # fmt: skip

    def _windows(self, day: int, by_sun: bool) -> Iterator[tuple[Daypart | None, Content, tuple[int, int]]]:
        for part, content, windows in self._by_sun if by_sun else self._by_clock:
            if (span := windows.on(day)) is not None:
                yield part, content, span
        if not by_sun:
            yield from ((None, self._closed, span) for span in self.closed(day))

    def _shut(self, day: int) -> Iterator[tuple[int, int]]:
        """Intervals that start on a day and on which the screen is closed.

        Each ends when the screen opens, if that is on the same day or the next; a longer one is cut at the next
        midnight. So each day can be told from the days around it.
        """
        begin_ns, next_ns = self._almanac.midnight_ns(day), self._almanac.midnight_ns(day + 1)
        spans = sorted(
            span
            for windows in self._open
            for number in range(day - _BEFORE, day + _AFTER + 2)
            if (span := windows.on(number)) is not None
        )
        merged = merge(spans)
        opens = [start for start, _ in merged]
        for closes_ns in (begin_ns, *(end for _, end in merged if begin_ns < end < next_ns)):
            later = bisect_right(opens, closes_ns)
            if later and merged[later - 1][1] > closes_ns:
                continue  # it is open then
            opens_ns = opens[later] if later < len(opens) else self._almanac.midnight_ns(day + 3)
            was_open = later > 0 and merged[later - 1][1] == closes_ns
            if closes_ns == begin_ns and not was_open and opens_ns < next_ns:
                continue  # it has been closed since the day before
            if opens_ns >= self._almanac.midnight_ns(day + 2):
                opens_ns = next_ns
            yield closes_ns, opens_ns


def merge(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Sorted intervals, those that touch or overlap made one."""
    merged: list[tuple[int, int]] = []
    for start, end in spans:
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def plan_of(revision: Revision, site: Site, screen: str) -> Plan:
    """The plan of a screen; it is kept with the revision and goes with it."""
    key = ("plan", screen, site.timezone, site.latitude, site.longitude, site.languages)
    found = revision.compiled.get(key)
    if found is None:
        found = revision.compiled[key] = Plan(revision.schedule, site, screen)
    return found


def _content(daypart: Daypart) -> Content:
    return Content(ContentKind.PLAYLIST, daypart.playlist, daypart.layout, daypart.crawl)


def _follows_clock(rule: Rule) -> bool:
    return isinstance(rule.start, time) and isinstance(rule.end, time)


class _Ready:
    """Completes the bids of a plan, each once, and tells which of them decide."""

    def __init__(self, revision: Revision, languages: tuple[str, ...], is_able: Callable[[Bid], bool]) -> None:
        self._revision, self._languages, self._is_able = revision, languages, is_able
        self._complete: dict[Order, Bid] = {}

    def complete(self, bid: Bid) -> Bid:
        """The bid with its loop and revision."""
        found = self._complete.get(bid.order)
        if found is None:
            loop = loop_of(bid.content, self._revision, self._languages)
            found = self._complete[bid.order] = replace(bid, loop=loop, revision=self._revision)
        return found

    def stands(self, bid: Bid, at_ns: int) -> bool:
        """Whether a bid that is live is certainly in effect, whatever it had to wait for, and can be shown."""
        return bid.start_ns + ITEM_WAIT_NS <= at_ns and self._is_able(self.complete(bid))

    def head(self, live: Iterable[Bid], at_ns: int) -> list[Bid]:
        """Of the bids live at an instant (greatest first) those that decide who wins then and until the next boundary.

        One that is certainly in effect hides all below it. Of those that started together only the greatest that can
        be shown counts: no lower one takes effect before it.
        """
        head: list[Bid] = []
        begun: set[int] = set()
        for bid in live:
            if bid.start_ns not in begun:
                head.append(bid)
                if self.stands(bid, at_ns):
                    break
                if self._is_able(self.complete(bid)):
                    begun.add(bid.start_ns)
        return head
