"""The dayparts laid out over one week: where two of them claim the same time, and where none does."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import time

from playout.model.schedule import Daypart, Weekday

__all__ = ["Span", "gaps", "overlap", "spans", "week_time"]

_DAY_S = 86_400
_WEEK_S = 7 * _DAY_S


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A half-open interval in seconds from the start of Monday, local time; it never runs past the week's end."""

    start_s: int
    end_s: int


def spans(daypart: Daypart) -> list[Span]:
    """The intervals of one week that a daypart takes; what runs over Sunday night stands at the week's start."""
    start_s = _seconds(daypart.start)
    length_s = (_seconds(daypart.end) - start_s) % _DAY_S or _DAY_S
    starts = [day * _DAY_S + start_s for day in set(daypart.days)]
    return sorted(piece for start in starts for piece in _pieces(start, start + length_s))


def overlap(one: Daypart, other: Daypart) -> Span | None:
    """The first time of the week that both dayparts take."""
    shared = (Span(max(a.start_s, b.start_s), min(a.end_s, b.end_s)) for a in spans(one) for b in spans(other))
    return min((span for span in shared if span.start_s < span.end_s), default=None)


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


def _moment(second: int) -> str:
    day, rest = divmod(second % _WEEK_S, _DAY_S)
    return f"{Weekday(day).name.capitalize()} {rest // 3600:02}:{rest // 60 % 60:02}"


def _pieces(start_s: int, end_s: int) -> Iterator[Span]:
    yield Span(start_s, min(end_s, _WEEK_S))
    if end_s > _WEEK_S:
        yield Span(0, end_s - _WEEK_S)


def _seconds(moment: time) -> int:
    return moment.hour * 3600 + moment.minute * 60 + moment.second
