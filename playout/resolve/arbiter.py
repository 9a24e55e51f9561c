"""Who owns the screen: bids in their total order, what shares it, and how a newcomer interrupts.

A bid is a claim, one occurrence of a daypart, or the filler. It takes effect at `takes_ns`, which is later than its
start where it waits for the end of an item or page. It waits only for content that was on air just before its start and
would stay: not for what only comes up because something else has ended.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from operator import attrgetter

from playout.model.boot import Boot
from playout.model.claim import Band, Content, ContentKind, Mode, Stop
from playout.model.power import PowerMode, PowerState
from playout.model.programme import Crawl, Page
from playout.model.schedule import Revision
from playout.resolve.pages import Loop, line_of
from playout.resolve.share import SEEN_EVERY_NS, Cycle, cycle_of
from playout.resolve.standing import FOREVER_NS

__all__ = ["FOREVER_NS", "ITEM_WAIT_NS", "PAGE_WAIT_NS", "Bid", "Show", "Supply", "settle", "show_of", "shows_at"]

_order = attrgetter("order")
ITEM_WAIT_NS = 30 * 10**9
PAGE_WAIT_NS = 10 * 10**9
_PLAIN = (ContentKind.SLATE, ContentKind.BLANK, ContentKind.TESTCARD)


@dataclass(frozen=True, slots=True)
class Supply:
    """The power by instants of the wall clock."""

    state: PowerState
    boot: Boot

    def mode(self, at_ns: int) -> PowerMode:
        """The mode whose rules hold at an instant."""
        return self.state.policy(self.boot.boot_ns(at_ns))

    @property
    def changes_ns(self) -> int:
        """When the rules change by themselves."""
        changes_ns = self.state.changes_boot_ns
        return FOREVER_NS if changes_ns is None else self.boot.utc_ns(changes_ns)


@dataclass(frozen=True, slots=True, eq=False)
class Bid:
    """Something that wants the screen on `[start, end)`; its loop began at `phase_ns`."""

    id: str
    order: tuple[int, int, int, str]
    band: Band
    content: Content
    revision: Revision | None
    languages: tuple[str, ...]
    loop: Loop | None
    """None for slate, blank and moving lines, and where the content has nothing that can be shown."""
    stop: Stop
    phase_ns: int
    start_ns: int
    end_ns: int
    takes_ns: int
    mode: Mode = Mode.REPLACE
    zone: str = ""
    essential: bool = False
    is_line: bool = False
    """Whether it is a moving line, which only an overlay can be."""

    @property
    def joined_ns(self) -> int:
        """When it came among those that share: when it took effect, or before, where another revision goes on."""
        return self.phase_ns if self.phase_ns < self.start_ns else self.takes_ns

    def loop_in(self, mode: PowerMode) -> Loop | None:
        """Its loop, or what of it is essential while the sign runs from batteries."""
        saves = mode is PowerMode.UPS and not self._is_kept
        return self.loop.essential if saves and self.loop is not None else self.loop

    def crawl(self, name: str, mode: PowerMode) -> Crawl | None:
        """The moving line of that name, as far as the power allows: on batteries only that of an emergency."""
        if mode in (PowerMode.LOW, PowerMode.SHUTDOWN) or (mode is PowerMode.UPS and self.band < Band.EMERGENCY):
            return None
        return line_of(name, self.revision, self.languages, self.phase_ns, whatever=self.band >= Band.EMERGENCY)

    def why_not(self, mode: PowerMode) -> str:
        """Why it cannot be shown while this is the power; empty where it can."""
        is_dark = self.content.kind is ContentKind.BLANK
        if self.loop is None and self.content.kind not in _PLAIN and not self.is_line:
            return "has nothing that can be shown"
        match mode:
            case PowerMode.SHUTDOWN if not (is_dark and self.band is Band.FALLBACK):
                return "has no power: the host is being shut down"
            case PowerMode.LOW if self.band < Band.EMERGENCY and not (is_dark and self.band is Band.FALLBACK):
                return "is no emergency, and the battery runs out"
            case PowerMode.UPS if not (self._is_kept or is_dark or self.loop_in(mode) is not None):
                return "is not essential, and the sign runs from batteries"
            case _:
                return ""

    @property
    def _is_kept(self) -> bool:
        return self.essential or self.band is Band.FALLBACK or self.band >= Band.EMERGENCY


@dataclass(frozen=True, slots=True, eq=False)
class Show:
    """What the screen shows as long as no bid comes or goes: one bid, or several in turn."""

    bids: tuple[Bid, ...]
    mode: PowerMode
    cycle: Cycle | None = None

    def at(self, at_ns: int) -> tuple[Bid, Page | None]:
        """Whose page is on at an instant, and which; no page for slate and blank."""
        if self.cycle is not None:
            place, page = self.cycle.page_at(at_ns)
            return self.bids[place], page
        bid = self.bids[0]
        loop = bid.loop_in(self.mode)
        return bid, None if loop is None else loop.page_at(bid.phase_ns, at_ns)

    @property
    def is_crowded(self) -> bool:
        """Whether an emergency is seen less often than it should be."""
        return self.cycle is not None and self._is_urgent and self.cycle.round_ns > SEEN_EVERY_NS

    @property
    def _is_urgent(self) -> bool:
        return self.bids[0].band is Band.EMERGENCY


def shows_at(bids: Iterable[Bid], at_ns: int) -> list[Bid]:
    """Bids in effect at an instant, in the order in which they come."""
    return [bid for bid in bids if bid.takes_ns <= at_ns < bid.end_ns]


def show_of(bids: Iterable[Bid], mode: PowerMode) -> Show | None:
    """What is on air of these bids, which are in effect and come greatest first."""
    able = (bid for bid in bids if bid.mode is not Mode.OVERLAY and not bid.why_not(mode))
    top = next(able, None)
    if top is None:
        return None
    if top.loop is None or mode is PowerMode.LOW:
        return Show((top,), mode)
    equals = [top]
    for bid in able:
        if bid.order[:2] != top.order[:2]:
            break  # they come in order: no equal is left
        if bid.loop is not None:
            equals.append(bid)
    group = equals if top.band is Band.EMERGENCY else _with_sharers(equals)
    if len(group) == 1:
        return Show((group[0],), mode)
    group.sort(key=lambda bid: (bid.joined_ns, bid.order), reverse=True)
    loops = [loop for bid in group if (loop := bid.loop_in(mode)) is not None]
    every_ns = SEEN_EVERY_NS if top.band is Band.EMERGENCY else None
    return Show(tuple(group), mode, cycle_of(loops, max(bid.joined_ns for bid in group), every_ns))


def _with_sharers(equals: Sequence[Bid]) -> list[Bid]:
    """The newest that wants the screen for itself, and all that share; they are equals and come newest first."""
    alone = next((bid for bid in equals if bid.mode is Mode.REPLACE), None)
    return [bid for bid in equals if bid is alone or bid.mode is Mode.SHARE]


def settle(bids: Iterable[Bid], supply: Supply) -> tuple[Bid, ...]:
    """The bids with their effective starts, greatest first, whatever order they came in."""
    settled: list[Bid] = []
    lately: list[Bid] = []
    for bid in sorted(bids, key=lambda each: (each.start_ns, each.order)):
        takes_ns = bid.start_ns
        if bid.stop is not Stop.NOW:
            lately = [each for each in lately if each.end_ns >= bid.start_ns]
            lately.sort(key=_order, reverse=True)
            takes_ns = min(_takes_ns(bid, lately, supply), bid.end_ns)
        done = bid if takes_ns == bid.takes_ns else replace(bid, takes_ns=takes_ns)
        settled.append(done)
        lately.append(done)
    settled.sort(key=_order, reverse=True)
    return tuple(settled)


def _takes_ns(bid: Bid, earlier: Sequence[Bid], supply: Supply) -> int:
    before = show_of(shows_at(earlier, bid.start_ns - 1), supply.mode(bid.start_ns - 1))
    moved = [each for each in earlier if each.order < bid.order or _joins(bid, each)]
    stays = show_of(shows_at(moved, bid.start_ns), supply.mode(bid.start_ns))
    if before is None or stays is None or before.bids != stays.bids:
        return bid.start_ns
    _, page = stays.at(bid.start_ns)
    if page is None:
        return bid.start_ns
    over_ns = min(each.end_ns for each in stays.bids)
    for end_ns, wait_ns in ((page.item_ends_ns, ITEM_WAIT_NS), (page.ends_ns, PAGE_WAIT_NS)):
        if end_ns is None or (bid.stop is Stop.PAGE and wait_ns == ITEM_WAIT_NS):
            continue
        if min(end_ns, over_ns) - bid.start_ns <= wait_ns:
            return min(end_ns, over_ns)
    return bid.start_ns


def _joins(bid: Bid, other: Bid) -> bool:
    """Whether a newcomer comes beside another bid instead of above it."""
    if bid.mode is Mode.OVERLAY:
        return True
    is_equal = bid.order[:2] == other.order[:2]
    return is_equal and (bid.band is Band.EMERGENCY or Mode.SHARE in (bid.mode, other.mode))
