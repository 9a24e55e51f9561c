"""`resolve`: the one function that says what is on air.

The engine, the preview and every check call it and nothing else. It keeps no record of what "already ran": a restart,
a step of the clock or a second machine computes the same answer from the same inputs.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from zoneinfo import ZoneInfo

from playout.model.claim import Band, Claim, Content, ContentKind, Mode, Stop
from playout.model.inputs import Inputs
from playout.model.programme import Programme
from playout.model.schedule import Revision
from playout.resolve.arbiter import FOREVER_NS, Bid, because, settle, winner
from playout.resolve.calendar import local_date, windows
from playout.resolve.pages import FULL, crawl_of, layout_of, loop_of

__all__ = ["HORIZON_NS", "programmes", "resolve", "takeover_ns"]

HORIZON_NS = 24 * 3600 * 10**9
"""How far ahead a change is looked for."""
_TAKEOVER_NS = 60 * 10**9
_DAYS_BACK, _DAYS = 2, 5  # the windows live at an instant and at those before them, up to the horizon


def resolve(inputs: Inputs, at_ns: int) -> Programme:
    """What the screen of these inputs shows at `at_ns` (UTC ns since the Unix epoch, up to the year 2116), and why.

    Pure and total: for every instant and every inputs it returns a programme, at worst the fallback slate.
    """
    return _timeline(inputs, at_ns).resolve(at_ns)


def programmes(inputs: Inputs, start_ns: int, end_ns: int) -> Iterator[tuple[int, Programme]]:
    """Every programme from `start_ns` to before `end_ns` with the instant at which it begins there; as by `resolve`."""
    at_ns, zone = start_ns, ZoneInfo(inputs.site.timezone)
    while at_ns < end_ns:
        timeline, day = _timeline(inputs, at_ns), local_date(at_ns, zone)
        while at_ns < end_ns and local_date(at_ns, zone) == day:
            programme = timeline.resolve(at_ns)
            yield at_ns, programme
            at_ns = programme.until_ns


def takeover_ns(screens: Iterable[Inputs], at_ns: int) -> int:
    """When a new revision takes over: at the end of the items now on air, at most 60 s later."""
    ends = [
        page.item_ends_ns
        for inputs in screens
        if (page := resolve(inputs, at_ns).page) and page.item_ends_ns is not None
    ]
    return min(max(ends, default=at_ns), at_ns + _TAKEOVER_NS)


@dataclass(frozen=True, slots=True)
class _Timeline:
    """The settled bids around one instant."""

    screen: str
    bids: tuple[Bid, ...]

    def resolve(self, at_ns: int) -> Programme:
        """The answer at an instant, and the next one at which it differs."""
        now = self.programme(at_ns, at_ns)
        horizon_ns = at_ns + HORIZON_NS
        until_ns = at_ns
        while until_ns < horizon_ns:
            until_ns = min(self.next_ns(until_ns), horizon_ns)
            if self.programme(until_ns, until_ns) != now:
                break
        return replace(now, until_ns=until_ns)

    def programme(self, at_ns: int, until_ns: int) -> Programme:
        """The answer at an instant without looking ahead."""
        won = winner(self.bids, at_ns)
        if won is None:
            raise AssertionError("the fallback always has something to show")
        page = won.page(at_ns)
        interrupted = [bid.end_ns for bid in self.bids if bid.order > won.order and bid.takes_ns < bid.end_ns <= at_ns]
        return Programme(
            screen=self.screen,
            band=won.band,
            claim=won.id,
            kind=won.content.kind,
            layout=layout_of(won.content, won.revision) if page is not None else FULL,
            page=page,
            crawl=crawl_of(won.content, won.revision, won.languages, won.phase_ns) if page is not None else None,
            entered_ns=max(won.takes_ns, page.starts_ns if page is not None else won.takes_ns, *interrupted),
            because=because(won, self.bids, at_ns),
            until_ns=until_ns,
        )

    def next_ns(self, at_ns: int) -> int:
        """The next instant at which the answer may change."""
        won = winner(self.bids, at_ns)
        page = won.page(at_ns) if won is not None else None
        instants = [page.ends_ns] if page is not None and page.ends_ns is not None else []
        instants += [ns for bid in self.bids for ns in (bid.start_ns, bid.takes_ns, bid.end_ns) if ns > at_ns]
        return min(instants, default=FOREVER_NS)


def _timeline(inputs: Inputs, at_ns: int) -> _Timeline:
    zone = ZoneInfo(inputs.site.timezone)
    switch_ns = inputs.takes_over_ns if inputs.outgoing is not None else 0
    bids = [_fallback(inputs)]
    for revision, from_ns, to_ns in ((inputs.outgoing, 0, switch_ns), (inputs.revision, switch_ns, FOREVER_NS)):
        if revision is not None:
            bids += _planned(inputs, revision, zone, at_ns, from_ns, to_ns)
        bids += [
            bid
            for claim in inputs.claims
            if claim.mode is Mode.REPLACE and (not claim.screens or inputs.screen in claim.screens)
            if (bid := _claimed(claim, inputs, revision, from_ns, to_ns)) is not None
        ]
    return _Timeline(inputs.screen, settle(bids))


def _fallback(inputs: Inputs) -> Bid:
    content = Content(ContentKind.SLATE)
    return Bid(
        "fallback", (Band.FALLBACK, 0, 0, ""), Band.FALLBACK, content, None, inputs.site.languages, None, Stop.NOW,
        0, 0, FOREVER_NS, 0,
    )  # fmt: skip


def _planned(inputs: Inputs, revision: Revision, zone: ZoneInfo, at_ns: int, from_ns: int, to_ns: int) -> Iterator[Bid]:
    """Filler and dayparts of a revision, as far as they fall into its time in force."""
    schedule, languages = revision.schedule, inputs.site.languages
    if schedule.filler and from_ns < to_ns:
        content = Content(ContentKind.PLAYLIST, schedule.filler, schedule.filler_layout, schedule.filler_crawl)
        yield Bid(
            "filler", (Band.FILLER, 0, revision.issued_ns, ""), Band.FILLER, content, revision, languages,
            loop_of(content, revision, languages), Stop.NOW, revision.issued_ns, from_ns, to_ns, from_ns,
        )  # fmt: skip
    first = local_date(at_ns, zone) - timedelta(days=_DAYS_BACK)
    for daypart in schedule.dayparts:
        if daypart.screens and inputs.screen not in daypart.screens:
            continue
        content = Content(ContentKind.PLAYLIST, daypart.playlist, daypart.layout, daypart.crawl)
        loop = loop_of(content, revision, languages)
        for start_ns, end_ns in windows(daypart, zone, first, _DAYS):
            if max(start_ns, from_ns) < min(end_ns, to_ns):
                yield Bid(
                    f"daypart {daypart.id}", (Band.SCHEDULE, daypart.rank, start_ns, daypart.id), Band.SCHEDULE,
                    content, revision, languages, loop, Stop.ITEM if start_ns >= from_ns else Stop.NOW,
                    start_ns, max(start_ns, from_ns), min(end_ns, to_ns), start_ns,
                )  # fmt: skip


def _claimed(claim: Claim, inputs: Inputs, revision: Revision | None, from_ns: int, to_ns: int) -> Bid | None:
    """A claim, as far as it falls into the time in which this revision gives its content."""
    end_ns = FOREVER_NS if claim.expires_ns is None else claim.expires_ns
    start_ns = max(claim.start_ns, from_ns)
    if start_ns >= min(end_ns, to_ns):
        return None
    site = inputs.site.languages
    languages = tuple(language for language in site if language in claim.languages) or site
    return Bid(
        claim.id, claim.order(inputs.boot), claim.band, claim.content, revision, languages,
        loop_of(claim.content, revision, languages), claim.stop if claim.start_ns >= from_ns else Stop.NOW,
        claim.start_ns, start_ns, min(end_ns, to_ns), start_ns,
    )  # fmt: skip
