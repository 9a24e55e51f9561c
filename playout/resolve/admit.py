"""Admission: whether a claim may be taken in, and as what. Control asks inside its write transaction.

Only overrides that would interrupt at once are refused by level: those below the `hold` of what is on air. Everything
else waits its turn, because pre-emption suspends and never cancels.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from playout.model.claim import TEST_CARDS, Band, Claim, Content, ContentKind, Mode
from playout.model.inputs import Inputs
from playout.model.schedule import Layout, Revision
from playout.resolve.outlook import Prospect, outlook
from playout.resolve.pages import FULL, line_of, loop_of, overlay_zone
from playout.resolve.resolve import resolve
from playout.resolve.standing import standing

__all__ = ["EMERGENCY_NS", "OPERATOR_NS", "TEST_NS", "Admission", "Refusal", "Rule", "admit"]

OPERATOR_NS = 4 * 3600 * 10**9
"""How long an operator's claim lasts where nobody says."""
EMERGENCY_NS = 24 * 3600 * 10**9
"""The longest an emergency lasts before a person has to renew it."""
TEST_NS = 600 * 10**9
"""The longest a test card stands."""
_EXPIRING = (Band.NOTICE, Band.OPERATOR, Band.EMERGENCY)
_OVERRIDES = (Band.OPERATOR, Band.EMERGENCY)


class Rule(StrEnum):
    """Which rule refused a claim."""

    HOLD = "hold"
    """What is on air may not be interrupted by this band; with `wait` it is taken in and waits."""
    CLOCK = "clock"
    """The clock is not trusted, and the claim has a date."""
    BAND = "band"
    """Nobody claims that band."""
    EXPIRY_MISSING = "expiry.missing"
    EXPIRY_EARLY = "expiry.early"
    """It would end before it begins, or has ended already."""
    EXPIRY_LATE = "expiry.late"
    """It would last too long."""
    ZONE_MISSING = "zone.missing"
    ZONE_UNKNOWN = "zone.unknown"
    ZONE_UNUSED = "zone.unused"
    """Only overlays have a zone."""
    MODE = "mode"
    """Its band or content cannot be shown in that mode."""
    CONTENT = "content"
    """There is nothing of that name, or nothing in it that can be shown on this sign."""
    LAYOUT = "layout"
    CRAWL = "crawl"
    LANGUAGE = "language"
    SCREEN = "screen"


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a claim is not taken in: the rule, what is wrong, what to do, and what holds the screen."""

    rule: Rule
    message: str
    remedy: str
    winner: str = ""

    def __str__(self) -> str:
        return f"{self.message}; {self.remedy}"


@dataclass(frozen=True, slots=True)
class Admission:
    """The answer to a claim: what to keep of it, or why not.

    `claim` is bound to this boot and has an end where its band needs one; as the renewal of `renews` it has that one's
    id and replaces it. `held_by` is what is on air instead of it; empty where it is on air, waits for the end of an
    item or page, or is still to come.
    """

    claim: Claim
    refusals: tuple[Refusal, ...] = ()
    renews: str = ""
    held_by: str = ""

    @property
    def is_admitted(self) -> bool:
        """Whether the claim may be kept."""
        return not self.refusals


def admit(claim: Claim, inputs: Inputs, at_ns: int, *, wait: bool = False) -> Admission:
    """Whether the screen of these inputs takes a claim in at an instant (UTC ns); with `wait` also behind a hold."""
    claim = _with_end(claim)
    if refusals := tuple(_mistakes(claim, inputs, at_ns)):
        return Admission(claim, refusals)
    claim = claim.bound(inputs.boot)
    old = next((each for each in inputs.claims if _is_renewal(claim, each, inputs)), None)
    if old is not None:
        claim = claim.renewing(old, inputs.boot)
    elif not wait and (refusals := tuple(_gates(claim, inputs, at_ns))):
        return Admission(claim, refusals)
    others = tuple(each for each in inputs.claims if each.id != claim.id)
    expected = outlook(replace(inputs, claims=(*others, claim)), claim, at_ns)
    is_now = claim.window(inputs.boot)[0] <= at_ns
    held_by = expected.held_by if is_now and expected.prospect is Prospect.HELD else ""
    return Admission(claim, (), old.id if old is not None else "", held_by)


def _with_end(claim: Claim) -> Claim:
    if claim.band is not Band.OPERATOR or claim.expires_ns is not None:
        return claim
    lasts_ns = TEST_NS if claim.content.kind is ContentKind.TESTCARD else OPERATOR_NS
    return replace(claim, expires_ns=claim.start_ns + lasts_ns)


def _is_renewal(claim: Claim, old: Claim, inputs: Inputs) -> bool:
    """Whether a claim continues an older one: the same source, the same content in the same place, without a gap."""
    alike = all(
        getattr(claim, name) == getattr(old, name)
        for name in ("source", "band", "content", "screens", "mode", "zone", "languages")
    )
    if not alike:
        return False
    stands, start_ns = standing(old, inputs), claim.window(inputs.boot)[0]
    return stands.start_ns <= start_ns < stands.end_ns


def _gates(claim: Claim, inputs: Inputs, at_ns: int) -> Iterator[Refusal]:
    """What refuses an override that would interrupt at once; any other claim is let through."""
    if claim.band not in _OVERRIDES or claim.start_ns > at_ns:
        return
    aside = standing(claim, inputs).aside
    if aside is not None and not inputs.trust.trusted:
        remedy = "set the clock, have a person order it, or send it with wait"
        yield Refusal(Rule.CLOCK, f"it would not be shown: {aside.why}", remedy)
        return
    programme = resolve(inputs, at_ns)
    rivals = {programme.claim, *programme.because.sharers}
    if claim.mode is Mode.OVERLAY:
        rivals |= {overlay.claim for overlay in programme.overlays if overlay.zone.id == claim.zone}
    for rival in sorted((each for each in inputs.claims if each.id in rivals), key=lambda each: each.id):
        if claim.band < rival.holds:
            yield Refusal(
                Rule.HOLD,
                f"{rival.id} is on air and may be interrupted from band {rival.holds} up, this is band {claim.band}",
                "send it with wait, and it comes when that has ended; or end that first",
                rival.id,
            )


def _mistakes(claim: Claim, inputs: Inputs, at_ns: int) -> Iterator[Refusal]:
    if claim.screens and inputs.screen not in claim.screens:
        yield Refusal(Rule.SCREEN, f"it is not for the screen {inputs.screen}", "ask for one of its own screens")
    if claim.band is Band.FALLBACK:
        yield Refusal(Rule.BAND, "the fallback is built in", "claim a band from 1 to 6")
    yield from _wrong_window(claim, at_ns)
    yield from _wrong_mode(claim, inputs.revision)
    yield from _wrong_content(claim, inputs)


def _wrong_window(claim: Claim, at_ns: int) -> Iterator[Refusal]:
    if claim.expires_ns is None:
        if claim.band in _EXPIRING:
            yield Refusal(Rule.EXPIRY_MISSING, f"a claim of band {claim.band} needs an end", "say when it expires")
        return
    if claim.expires_ns <= max(claim.start_ns, at_ns):
        yield Refusal(Rule.EXPIRY_EARLY, "it would end before it begins, or has ended already", "give a later end")
    lasts_ns = claim.expires_ns - max(claim.start_ns, at_ns)
    if claim.band is Band.EMERGENCY and lasts_ns > EMERGENCY_NS:
        yield Refusal(
            Rule.EXPIRY_LATE, "an emergency lasts at most 24 hours", "give an earlier end, and renew it in time"
        )
    if claim.content.kind is ContentKind.TESTCARD and lasts_ns > TEST_NS:
        yield Refusal(Rule.EXPIRY_LATE, "a test card stands at most 10 minutes", "give an earlier end")


def _wrong_mode(claim: Claim, revision: Revision | None) -> Iterator[Refusal]:
    plain = claim.content.kind not in (ContentKind.NOTICE, ContentKind.PLAYLIST)
    if claim.mode is not Mode.REPLACE and (plain or claim.band is Band.SAFETY):
        yield Refusal(
            Rule.MODE, f"band {claim.band} with {claim.content.kind} cannot be shown as {claim.mode}",
            "leave the mode out, or show a notice or playlist below band 6",
        )  # fmt: skip
    if claim.content.kind is ContentKind.TESTCARD and claim.band > Band.OPERATOR:
        yield Refusal(Rule.MODE, "a test card gives way to emergencies", "claim it in band 4")
    if claim.mode is not Mode.OVERLAY:
        if claim.zone:
            yield Refusal(Rule.ZONE_UNUSED, "only an overlay has a zone", "leave the zone out, or make it an overlay")
        return
    known = sorted({zone.id for layout in _layouts(revision) for zone in layout.zones if zone.id})
    if not claim.zone:
        yield Refusal(Rule.ZONE_MISSING, "an overlay needs a zone", f"give one of: {', '.join(known) or 'none'}")
    elif overlay_zone(claim.zone, FULL, revision) is None:
        yield Refusal(
            Rule.ZONE_UNKNOWN, f"no layout has an overlay zone {claim.zone!r}", f"known: {', '.join(known) or 'none'}"
        )


def _wrong_content(claim: Claim, inputs: Inputs) -> Iterator[Refusal]:
    content, revision, site = claim.content, inputs.revision, inputs.site.languages
    if unknown := [code for code in claim.languages if code not in site]:
        yield Refusal(Rule.LANGUAGE, f"the site has no language {', '.join(unknown)}", f"choose from {', '.join(site)}")
    if content.layout and content.layout not in [layout.id for layout in _layouts(revision)]:
        yield Refusal(Rule.LAYOUT, f"there is no layout {content.layout!r}", "give one of the schedule, or none")
    wanted = tuple(code for code in site if code in claim.languages) or site
    urgent = claim.band >= Band.EMERGENCY
    if content.crawl and line_of(content.crawl, revision, wanted, 0, whatever=urgent) is None:
        yield Refusal(Rule.CRAWL, f"there is no moving line {content.crawl!r}", "give a notice of kind crawl, or none")
    if content.kind is ContentKind.TESTCARD and content.ref not in TEST_CARDS:
        yield Refusal(Rule.CONTENT, f"there is no test card {content.ref!r}", f"known: {', '.join(TEST_CARDS)}")
    if content.kind not in (ContentKind.NOTICE, ContentKind.PLAYLIST):
        return
    runs = claim.mode is Mode.OVERLAY and line_of(content.ref, revision, wanted, 0, whatever=urgent) is not None
    if not runs and loop_of(content, revision, wanted, whatever=urgent) is None:
        what = "is not there" if not _is_known(content, revision) else "has nothing that can be shown on this sign"
        yield Refusal(Rule.CONTENT, f"{content.kind} {content.ref!r} {what}", "choose another one")


def _is_known(content: Content, revision: Revision | None) -> bool:
    if revision is None:
        return False
    if content.kind is ContentKind.NOTICE:
        return content.ref in revision.notices
    return any(playlist.id == content.ref for playlist in revision.schedule.playlists)


def _layouts(revision: Revision | None) -> tuple[Layout, ...]:
    return revision.schedule.layouts if revision is not None else ()
