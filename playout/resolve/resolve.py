"""`resolve`: the one function that says what is on air.

The engine, the preview and every check call it and nothing else. It keeps no record of what "already ran": a restart,
a step of the clock or a second machine computes the same answer from the same inputs.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from playout.model.claim import Band, Claim, Content, ContentKind, Mode, Stop
from playout.model.inputs import Inputs
from playout.model.power import PowerMode
from playout.model.programme import Because, Overlay, Page, Programme
from playout.model.schedule import Layout, Revision, Transition
from playout.resolve.arbiter import Bid, Show, Supply, settle, show_of, shows_at
from playout.resolve.index import Quiet, plan_of
from playout.resolve.pages import FULL, layout_of, left_out, line_of, loop_of, overlay_zone
from playout.resolve.standing import FOREVER_NS, Aside, recoveries, standing

__all__ = ["HORIZON_NS", "programmes", "resolve", "takeover_ns"]

HORIZON_NS = 24 * 3600 * 10**9
"""How far ahead a change is looked for."""
_TAKEOVER_NS = 60 * 10**9


def resolve(inputs: Inputs, at_ns: int) -> Programme:
    """What the screen of these inputs shows at `at_ns` (UTC ns since the Unix epoch, up to the year 2116), and why.

    Pure and total: for every instant and every inputs it returns a programme, at worst the fallback slate.
    """
    return next(_timeline(inputs, at_ns).answers(at_ns))


def programmes(inputs: Inputs, start_ns: int, end_ns: int) -> Iterator[tuple[int, Programme]]:
    """Every programme from `start_ns` to before `end_ns` with the instant at which it begins there; as by `resolve`."""
    at_ns = start_ns
    while at_ns < end_ns:
        timeline = _timeline(inputs, at_ns)
        for answer in timeline.answers(at_ns):
            programme = answer if answer.until_ns < timeline.reach_ns else resolve(inputs, at_ns)
            yield at_ns, programme
            at_ns = programme.until_ns
            if at_ns >= end_ns:
                return


def takeover_ns(screens: Iterable[Inputs], at_ns: int) -> int:
    """When a new revision takes over: at the end of the items now on air, at most 60 s later."""
    ends = [
        page.item_ends_ns
        for inputs in screens
        if (page := resolve(inputs, at_ns).page) and page.item_ends_ns is not None
    ]
    return min(max(ends, default=at_ns), at_ns + _TAKEOVER_NS)


class _Timeline:
    """The settled bids, greatest first, that decide from the instant they are taken for until `reach_ns`.

    Then other dayparts come or go, or the horizon of that instant is reached.
    """

    def __init__(
        self, inputs: Inputs, reach_ns: int, bids: Iterable[Bid], asides: Sequence[Aside], quiet: Sequence[Quiet] = ()
    ) -> None:
        self.inputs, self.reach_ns, self.asides, self.quiet = inputs, reach_ns, asides, quiet
        self.supply = Supply(inputs.power, inputs.boot)
        self.bids = settle(bids, self.supply)
        self.has_overlays = any(bid.mode is Mode.OVERLAY for bid in self.bids)

    def answers(self, at_ns: int) -> Iterator[Programme]:
        """The answer at an instant, the one that comes when it differs, and so on as far as this reaches."""
        now, next_ns = self._at(at_ns)
        while at_ns < self.reach_ns:
            until_ns, then, next_ns = self._differs(now, next_ns)
            yield replace(now, until_ns=until_ns)
            now, at_ns = then, until_ns

    def _differs(self, now: Programme, next_ns: int) -> tuple[int, Programme, int]:
        """When the answer differs, at the latest where this ends; the answer then; when that may change."""
        while next_ns < self.reach_ns:
            then, later_ns = self._at(next_ns)
            if then != now:
                return next_ns, then, later_ns
            next_ns = later_ns
        return self.reach_ns, now, next_ns

    def _at(self, at_ns: int) -> tuple[Programme, int]:
        """The answer at an instant, and the next one at which it may change."""
        live = shows_at(self.bids, at_ns)
        show = self._show(live, at_ns)
        won, page = show.at(at_ns)
        layout = layout_of(won.content, won.revision) if page is not None else FULL
        overlays = self._overlays(live, won, layout, at_ns)
        hours = [each for each in self.quiet if each.start_ns <= at_ns < each.end_ns and won.band < Band.EMERGENCY]
        programme = Programme(
            screen=self.inputs.screen,
            band=won.band,
            claim=won.id,
            kind=won.content.kind,
            layout=layout,
            page=_still(page, show.mode),
            crawl=won.crawl(won.content.crawl, show.mode) if page is not None else None,
            entered_ns=self._entered_ns(show, page, at_ns),
            because=self._because(show, won, page, overlays, at_ns),
            until_ns=at_ns,
            overlays=overlays,
            clock_hidden=not self.inputs.trust.trusted,
            card=won.content.ref if won.content.kind is ContentKind.TESTCARD else "",
            luminance=min((each.luminance for each in hours), default=1.0),
        )
        if not all(each.motion for each in hours):
            programme = _without_motion(programme)
        pages = [page, *(overlay.page for overlay in overlays)]
        return programme, self._next_ns([each for each in pages if each is not None], at_ns)

    def _next_ns(self, pages: Iterable[Page], at_ns: int) -> int:
        instants = [page.ends_ns for page in pages if page.ends_ns is not None]
        instants += [ns for bid in self.bids for ns in (bid.start_ns, bid.takes_ns, bid.end_ns) if ns > at_ns]
        instants += [ns for aside in self.asides for ns in (aside.start_ns, aside.end_ns) if ns > at_ns]
        instants += [ns for each in self.quiet for ns in (each.start_ns, each.end_ns) if ns > at_ns]
        if self.supply.changes_ns > at_ns:
            instants.append(self.supply.changes_ns)
        return min(instants, default=FOREVER_NS)

    def _show(self, live: Sequence[Bid], at_ns: int) -> Show:
        show = show_of(live, self.supply.mode(at_ns))
        if show is None:
            raise AssertionError("the fallback always has something to show, and so has blank where power ends")
        return show

    def _overlays(self, live: Sequence[Bid], won: Bid, layout: Layout, at_ns: int) -> tuple[Overlay, ...]:
        """What lies above the winner: in each zone the greatest, and nothing above emergencies and safety."""
        mode, taken, found = self.supply.mode(at_ns), set[str](), list[Overlay]()
        if won.band >= Band.EMERGENCY or not self.has_overlays:
            return ()
        lowest = (
            Band.EMERGENCY if won.content.kind is ContentKind.TESTCARD else won.band
        )  # a lamp test is of every lamp
        for bid in live:
            if bid.mode is not Mode.OVERLAY or bid.band < lowest or bid.zone in taken or bid.why_not(mode):
                continue
            zone, loop = overlay_zone(bid.zone, layout, bid.revision), bid.loop_in(mode)
            page = loop.page_at(bid.phase_ns, at_ns) if loop else None
            crawl = bid.crawl(bid.content.ref, mode) if bid.is_line else None
            if zone is not None and (page is not None or crawl is not None):
                taken.add(bid.zone)
                found.append(Overlay(bid.id, bid.band, zone, _still(page, mode), crawl))
                if mode is PowerMode.LOW:
                    break  # the one essential line
        return tuple(reversed(found))

    def _entered_ns(self, show: Show, page: Page | None, at_ns: int) -> int:
        """When the page came into sight: it began, its bid took effect, or what covered it or shared with it ended."""
        owner = show.bids[0]
        shared = owner.order[:2]
        ended = [
            bid.end_ns
            for bid in self.bids
            if bid.end_ns <= at_ns
            and bid.takes_ns < bid.end_ns
            and bid.mode is not Mode.OVERLAY
            and (bid.order > owner.order or bid.order[:2] == shared)
        ]
        if self.supply.changes_ns <= at_ns:
            ended.append(self.supply.changes_ns)
        began_ns = page.starts_ns if page is not None else owner.takes_ns
        return max(began_ns, *(bid.takes_ns for bid in show.bids), *ended)

    def _because(self, show: Show, won: Bid, page: Page | None, overlays: Sequence[Overlay], at_ns: int) -> Because:
        sharers = tuple(bid.id for bid in show.bids if bid is not won)
        above = tuple(overlay.claim for overlay in overlays)
        parts = {won.id, *sharers, *above}
        others = [bid for bid in self.bids if bid.start_ns <= at_ns < bid.end_ns and bid.id not in parts]
        rival = next((bid for bid in others if bid.mode is not Mode.OVERLAY), None)
        rule = _rule(show, rival, at_ns) if rival is not None else "share" if sharers else "alone"
        warnings = tuple(self._warnings(show, won, page, at_ns))
        return Because(won.id, tuple(bid.id for bid in others), rule, sharers, above, warnings)

    def _warnings(self, show: Show, won: Bid, page: Page | None, at_ns: int) -> Iterator[str]:
        inputs = self.inputs
        if page is not None:
            yield from _unread(page, won)
        if show.is_crowded and show.cycle is not None:
            seconds = show.cycle.round_ns / 1e9
            yield f"{len(show.bids)} emergencies share the screen: each is seen only every {seconds:.1f} s"
        if not inputs.trust.trusted:
            why = f": {inputs.trust.reason}" if inputs.trust.reason else ""
            yield f"the clock is not trusted{why}; only what needs no date is shown"
        if show.mode in _SAVING:
            yield _SAVING[show.mode]
        for aside in self.asides:
            if aside.start_ns <= at_ns < aside.end_ns:
                yield f"{aside.claim} is set aside: {aside.why}"


def _unread(page: Page, won: Bid) -> Iterator[str]:
    """Tells of languages that are not shown, or that are although nobody can read them."""
    lost = left_out(page.notice, won.revision, won.languages)
    shown = tuple(code for code in page.language.split("+") if code in lost)
    if others := [code for code in lost if code not in shown]:
        yield f"{page.notice.id}: not shown in {', '.join(others)}, which cannot be read on this sign"
    if shown:
        yield f"{page.notice.id}: no language of it can be read on this sign; shown in {', '.join(shown)}"


_SAVING = {
    PowerMode.UPS: "the sign runs from batteries: only what is essential is shown",
    PowerMode.LOW: "the battery runs out: only emergencies are shown",
    PowerMode.SHUTDOWN: "the host is being shut down: the sign is blank",
}


def _rule(show: Show, rival: Bid, at_ns: int) -> str:
    """Why the greatest of the others is not on air."""
    greatest = max(bid.order for bid in show.bids)
    if rival.order > greatest:
        if rival.takes_ns > at_ns:
            return f"{rival.id} waits for the end of the {rival.stop}"
        return f"{rival.id} {rival.why_not(show.mode)}"
    if len(show.bids) > 1:
        return "share"
    for name, ours, theirs in zip(("band", "rank", "newest", "id"), greatest, rival.order, strict=True):
        if ours != theirs:
            return name
    return "id"


def _still(page: Page | None, mode: PowerMode) -> Page | None:
    """The page as it comes in: on batteries without motion."""
    if page is None or mode not in _SAVING:
        return page
    return replace(page, transition=Transition.CUT)


def _without_motion(programme: Programme) -> Programme:
    """The programme as quiet hours may have it: no moving line, and a cut from page to page."""

    def still(page: Page | None) -> Page | None:
        return None if page is None else replace(page, transition=Transition.CUT)

    overlays = tuple(replace(each, page=still(each.page)) for each in programme.overlays if each.page is not None)
    return replace(programme, page=still(programme.page), crawl=None, overlays=overlays)


def _timeline(inputs: Inputs, at_ns: int) -> _Timeline:
    switch_ns = inputs.takes_over_ns if inputs.outgoing is not None else 0
    claims = [claim for claim in inputs.claims if not claim.screens or inputs.screen in claim.screens]
    claims.sort(key=lambda claim: claim.order(inputs.boot), reverse=True)
    standings = [(claim, standing(claim, inputs)) for claim in claims]
    in_force = ((inputs.outgoing, 0, switch_ns), (inputs.revision, switch_ns, FOREVER_NS))
    reach_ns = at_ns + HORIZON_NS
    for revision, from_ns, to_ns in in_force if inputs.trust.trusted else ():
        first_ns, last_ns = max(at_ns, from_ns), min(reach_ns, to_ns)
        if revision is not None and first_ns < last_ns:
            boundary_ns = plan_of(revision, inputs.site, inputs.screen).boundary(first_ns, last_ns)
            reach_ns = boundary_ns if boundary_ns < last_ns else reach_ns
    bids = [_fallback(inputs), *_dark(inputs)]
    quiet: list[Quiet] = []
    always = tuple(bids)
    for revision, from_ns, to_ns in in_force:
        if from_ns >= to_ns:
            continue
        others = [*_filler(inputs, revision, from_ns, to_ns), *_recovered(inputs, revision, from_ns, to_ns)]
        for claim, stands in standings:
            others += _claimed(claim, inputs, revision, (stands.start_ns, stands.end_ns), (from_ns, to_ns))
        bids += others
        if revision is not None and inputs.trust.trusted:
            bids += _planned(inputs, revision, (at_ns, reach_ns), (from_ns, to_ns), (*always, *others))
            first_ns, last_ns = max(at_ns, from_ns), min(reach_ns, to_ns)
            quiet += plan_of(revision, inputs.site, inputs.screen).quiet(first_ns, last_ns)
    asides = [stands.aside for _, stands in standings if stands.aside is not None]
    return _Timeline(inputs, reach_ns, bids, asides, quiet)


def _fallback(inputs: Inputs) -> Bid:
    content = Content(ContentKind.SLATE)
    return Bid(
        "fallback", (Band.FALLBACK, 0, 0, ""), Band.FALLBACK, content, None, inputs.site.languages, None, Stop.NOW,
        0, 0, FOREVER_NS, 0,
    )  # fmt: skip


def _filler(inputs: Inputs, revision: Revision | None, from_ns: int, to_ns: int) -> Iterator[Bid]:
    """The filler of a revision, in the time in which that is in force."""
    if revision is not None and revision.schedule.filler and from_ns < to_ns:
        schedule, languages = revision.schedule, inputs.site.languages
        content = Content(ContentKind.PLAYLIST, schedule.filler, schedule.filler_layout, schedule.filler_crawl)
        yield Bid(
            "filler", (Band.FILLER, 0, revision.issued_ns, ""), Band.FILLER, content, revision, languages,
            loop_of(content, revision, languages), Stop.NOW, revision.issued_ns, from_ns, to_ns, from_ns,
        )  # fmt: skip


def _planned(
    inputs: Inputs, revision: Revision, wanted: tuple[int, int], in_force: tuple[int, int], others: Sequence[Bid]
) -> Iterator[Bid]:
    """The dayparts of a revision that decide on an interval, as far as they fall into its time in force.

    `others` are all bids besides them.
    """
    from_ns, to_ns = in_force
    first_ns, last_ns = max(min(wanted[0], to_ns - 1), from_ns), min(wanted[1], to_ns)
    if first_ns >= last_ns:
        return
    supply = Supply(inputs.power, inputs.boot)
    modes = {supply.mode(supply.changes_ns - 1), supply.mode(supply.changes_ns)}

    def is_able(bid: Bid) -> bool:
        return not any(bid.why_not(mode) for mode in modes)

    for bid in plan_of(revision, inputs.site, inputs.screen).bids(revision, first_ns, last_ns, others, is_able):
        if from_ns <= bid.start_ns and bid.end_ns <= to_ns:
            yield bid
        elif bid.start_ns < to_ns and from_ns < bid.end_ns:
            start_ns, stop = max(bid.start_ns, from_ns), bid.stop if bid.start_ns >= from_ns else Stop.NOW
            yield replace(bid, start_ns=start_ns, takes_ns=start_ns, end_ns=min(bid.end_ns, to_ns), stop=stop)


def _dark(inputs: Inputs) -> Iterator[Bid]:
    """Blank, while the power does not allow more than emergencies: it stands above the fallback, below all else."""
    supply = Supply(inputs.power, inputs.boot)
    if supply.mode(supply.changes_ns - 1) in (PowerMode.LOW, PowerMode.SHUTDOWN):
        yield Bid(
            "power", (Band.FALLBACK, 1, 0, ""), Band.FALLBACK, Content(ContentKind.BLANK), None, inputs.site.languages,
            None, Stop.NOW, 0, 0, supply.changes_ns, 0,
        )  # fmt: skip


def _recovered(inputs: Inputs, revision: Revision | None, from_ns: int, to_ns: int) -> Iterator[Bid]:
    """What the site shows after a loss: above the schedule and notices, below every operator."""
    for each in recoveries(inputs):
        start_ns, end_ns = max(each.start_ns, from_ns), min(each.end_ns, to_ns)
        if start_ns < end_ns:
            yield Bid(
                each.id, (Band.OPERATOR, -1, each.start_ns, each.id), Band.OPERATOR, each.content, revision,
                inputs.site.languages, loop_of(each.content, revision, inputs.site.languages), Stop.NOW,
                each.start_ns, start_ns, end_ns, start_ns, essential=True,
            )  # fmt: skip


def _claimed(
    claim: Claim, inputs: Inputs, revision: Revision | None, window: tuple[int, int], in_force: tuple[int, int]
) -> Iterator[Bid]:
    """A claim in its window, as far as that falls into the time in which this revision gives its content."""
    start_ns, end_ns = max(window[0], in_force[0]), min(window[1], in_force[1])
    if start_ns >= end_ns:
        return
    site, content = inputs.site.languages, claim.content
    languages = tuple(language for language in site if language in claim.languages) or site
    whatever = claim.band >= Band.EMERGENCY
    line = claim.mode is Mode.OVERLAY and bool(line_of(content.ref, revision, languages, window[0], whatever=whatever))
    loop = loop_of(content, revision, languages, whatever=whatever)
    yield Bid(
        claim.id, claim.order(inputs.boot), claim.band, content, revision, languages, loop,
        claim.stop if window[0] >= in_force[0] else Stop.NOW,
        window[0], start_ns, end_ns, start_ns, claim.mode, claim.zone, claim.essential, line,
    )  # fmt: skip
