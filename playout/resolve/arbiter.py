"""Who owns the screen: bids in their total order, and how a newcomer interrupts.

A bid is a claim, one occurrence of a daypart, or the filler. It takes effect at `takes_ns`, which is later than its
start where it waits for the end of an item or page. It waits only for content that was on air just before its start and
would stay: not for what only comes up because something else has ended.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from playout.model.claim import Band, Content, ContentKind, Stop
from playout.model.programme import Because, Page
from playout.model.schedule import Revision
from playout.resolve.pages import Loop

__all__ = ["FOREVER_NS", "ITEM_WAIT_NS", "PAGE_WAIT_NS", "Bid", "because", "live", "settle", "winner"]

FOREVER_NS = 1 << 62
"""An instant after all others."""
ITEM_WAIT_NS = 30 * 10**9
PAGE_WAIT_NS = 10 * 10**9


@dataclass(frozen=True, slots=True)
class Bid:
    """Something that wants the screen on `[start, end)`; its loop began at `phase_ns`."""

    id: str
    order: tuple[int, int, int, str]
    band: Band
    content: Content
    revision: Revision | None
    languages: tuple[str, ...]
    loop: Loop | None
    """None for slate and blank, and where the content has nothing that can be shown."""
    stop: Stop
    phase_ns: int
    start_ns: int
    end_ns: int
    takes_ns: int

    def page(self, at_ns: int) -> Page | None:
        """The page it would show at an instant; None for slate and blank."""
        return self.loop.page_at(self.phase_ns, at_ns) if self.loop is not None else None

    @property
    def can_show(self) -> bool:
        """Whether there is anything to show: an unknown or empty playlist does not blank the sign."""
        return self.loop is not None or self.content.kind in (ContentKind.SLATE, ContentKind.BLANK)


def live(bids: Iterable[Bid], at_ns: int) -> list[Bid]:
    """Bids in effect at an instant, greatest first."""
    found = [bid for bid in bids if bid.takes_ns <= at_ns < bid.end_ns]
    found.sort(key=lambda bid: bid.order, reverse=True)
    return found


def winner(bids: Iterable[Bid], at_ns: int) -> Bid | None:
    """The greatest bid in effect that has something to show."""
    return next((bid for bid in live(bids, at_ns) if bid.can_show), None)


def settle(bids: Iterable[Bid]) -> tuple[Bid, ...]:
    """The bids with their effective starts, whatever order they came in."""
    settled: list[Bid] = []
    for bid in sorted(bids, key=lambda each: (each.start_ns, each.order)):
        settled.append(replace(bid, takes_ns=min(_takes_ns(bid, settled), bid.end_ns)))
    return tuple(settled)


def _takes_ns(bid: Bid, earlier: Sequence[Bid]) -> int:
    if bid.stop is Stop.NOW:
        return bid.start_ns
    before = winner(earlier, bid.start_ns - 1)
    incumbent = winner((each for each in earlier if each.order < bid.order), bid.start_ns)
    if before is None or incumbent is None or before is not incumbent:
        return bid.start_ns
    page = incumbent.page(bid.start_ns)
    if page is None:
        return bid.start_ns
    for end_ns, wait_ns in ((page.item_ends_ns, ITEM_WAIT_NS), (page.ends_ns, PAGE_WAIT_NS)):
        if end_ns is None or (bid.stop is Stop.PAGE and wait_ns == ITEM_WAIT_NS):
            continue
        if min(end_ns, incumbent.end_ns) - bid.start_ns <= wait_ns:
            return min(end_ns, incumbent.end_ns)
    return bid.start_ns


def because(won: Bid, bids: Iterable[Bid], at_ns: int) -> Because:
    """Names winner, losers (greatest first) and the rule that told them apart."""
    others = sorted(
        (bid for bid in bids if bid.start_ns <= at_ns < bid.end_ns and bid is not won),
        key=lambda bid: bid.order,
        reverse=True,
    )
    return Because(won.id, tuple(bid.id for bid in others), _rule(won, others[0], at_ns) if others else "alone")


def _rule(won: Bid, other: Bid, at_ns: int) -> str:
    if other.order > won.order:
        if other.takes_ns > at_ns:
            return f"{other.id} waits for the end of the {other.stop}"
        return f"{other.id} has nothing that can be shown"
    for name, ours, theirs in zip(("band", "rank", "newest", "id"), won.order, other.order, strict=True):
        if ours != theirs:
            return name
    return "id"
