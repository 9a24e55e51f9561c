"""The dayparts laid out over one week: where two of them claim the same time, and where none does."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import time
from heapq import heappop, heappush

from playout.model.schedule import Daypart, Weekday

__all__ = ["Span", "clashes", "gaps", "spans", "week_time"]

_DAY_S = 86_400
_WEEK_S = 7 * _DAY_S


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A half-open interval in seconds from the start of Monday, local time; it never runs past the week's end."""

    start_s: int
    end_s: int


def spans(daypart: Daypart) -> list[Span]:
    """The intervals of one week that a daypart takes; what runs over Sunday night stands at the week's start.

    None for one that follows the sun, or does not come every week.
    """
    start, end = daypart.start, daypart.end
    if not isinstance(start, time) or not isinstance(end, time) or _is_narrowed(daypart):
        return []
    start_s = _seconds(start)
    length_s = (_seconds(end) - start_s) % _DAY_S or _DAY_S
    starts = [day * _DAY_S + start_s for day in set(daypart.days)]
    return sorted(piece for start in starts for piece in _pieces(start, start + length_s))


def clashes(dayparts: Sequence[Daypart]) -> Iterator[tuple[Daypart, Daypart, Span]]:
    """Pairs that take the same time, in the order given, each with the first time of the week that they share.

    Every daypart that shares time with another is in one of them at least: of n that take all the same time there are
    n - 1 pairs, not n²/2.
    """
    pieces = sorted((span.start_s, span.end_s, place) for place, each in enumerate(dayparts) for span in spans(each))
    running: list[tuple[int, int]] = []
    told: set[int] = set()
    for start_s, end_s, place in pieces:
        while running and running[0][0] <= start_s:
            heappop(running)
        is_all_told = len(told) == len(dayparts)
        others = (
            [] if is_all_told else [(other in told, other, until_s) for until_s, other in running if other != place]
        )
        if others and not (min(others)[0] and place in told):
            _, other, until_s = min(others)
            told |= {place, other}
            first, second = sorted((place, other))
            yield dayparts[first], dayparts[second], Span(start_s, min(end_s, until_s))
        heappush(running, (end_s, place))


def gaps(dayparts: Iterable[Daypart]) -> list[Span]:
    """The times of the week that none of the dayparts takes."""
    found: list[Span] = []
    covered_s = 0
    for span in sorted(piece for daypart in dayparts for piece in spans(daypart)):
        if span.start_s > covered_s:
            found.append(Span(covered_s, span.start_s))
        covered_s = max(covered_s, span.end_s)
    if covered_s < _WEEK_S:
        found.append(Span(covered_s, _WEEK_S))
    return found


def week_time(span: Span) -> str:
    """The span for people: `Mon 22:00 to Tue 06:00`."""
    return f"{_moment(span.start_s)} to {_moment(span.end_s)}"


def _is_narrowed(daypart: Daypart) -> bool:
    plain = Daypart(daypart.id, daypart.playlist, daypart.start, daypart.end, days=daypart.days)
    rest = {"layout": daypart.layout, "crawl": daypart.crawl, "rank": daypart.rank, "screens": daypart.screens}
    return replace(plain, **rest) != daypart


def _moment(second: int) -> str:
    day, rest = divmod(second % _WEEK_S, _DAY_S)
    return f"{Weekday(day).name.capitalize()} {rest // 3600:02}:{rest // 60 % 60:02}"


def _pieces(start_s: int, end_s: int) -> Iterator[Span]:
    yield Span(start_s, min(end_s, _WEEK_S))
    if end_s > _WEEK_S:
        yield Span(0, end_s - _WEEK_S)


def _seconds(moment: time) -> int:
    return moment.hour * 3600 + moment.minute * 60 + moment.second
