"""Admission: what is taken in, what is refused by which rule, what counts as a renewal."""

from dataclasses import replace

import pytest
from resolve_stage import INPUTS, REVISION, S, at, claim

from playout.model.boot import Boot
from playout.model.claim import Band, Claim, Content, ContentKind, Mode
from playout.model.inputs import Inputs
from playout.model.trust import ClockTrust
from playout.resolve.admit import EMERGENCY_NS, OPERATOR_NS, TEST_NS, Rule, admit
from playout.resolve.resolve import resolve

NOW = at("2026-11-22T09:00:00+07:00")
HOUR = 3600 * S
BOOT = Boot("now", NOW - 1000 * S)
HERE = replace(INPUTS, boot=BOOT)


def wants(band: Band = Band.OPERATOR, ref: str = "a", name: str = "new", **rest: object) -> Claim:
    fields: dict[str, object] = {"content": Content(ContentKind.NOTICE, ref), "source": "api", **rest}
    return claim(name, NOW, NOW + HOUR, band, **fields)


def holding(*claims: Claim) -> Inputs:
    return replace(HERE, claims=tuple(each.bound(BOOT) for each in claims))


def rules(given: Claim, inputs: Inputs = HERE) -> list[Rule]:
    return [refusal.rule for refusal in admit(given, inputs, NOW).refusals]


def test_what_is_taken_in_is_bound_to_this_boot() -> None:
    admission = admit(wants(), HERE, NOW)
    assert admission.is_admitted
    kept = admission.claim
    assert (kept.boot_id, kept.boot_start_ns, kept.boot_expires_ns) == ("now", 1000 * S, 4600 * S)
    assert (admission.renews, admission.held_by) == ("", "")


def test_an_operator_gets_four_hours_and_others_have_to_say() -> None:
    endless = replace(wants(), expires_ns=None)
    assert admit(endless, HERE, NOW).claim.expires_ns == NOW + OPERATOR_NS
    for band in (Band.NOTICE, Band.EMERGENCY):
        assert rules(replace(endless, band=band)) == [Rule.EXPIRY_MISSING]
    for band in (Band.FILLER, Band.SCHEDULE, Band.SAFETY):
        assert rules(replace(endless, band=band)) == []


def test_an_emergency_lasts_24_hours_at_most() -> None:
    urgent = wants(Band.EMERGENCY)
    assert rules(replace(urgent, expires_ns=NOW + EMERGENCY_NS)) == []
    assert rules(replace(urgent, expires_ns=NOW + EMERGENCY_NS + 1)) == [Rule.EXPIRY_LATE]


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"expires_ns": NOW}, Rule.EXPIRY_EARLY),
        ({"start_ns": NOW + HOUR, "expires_ns": NOW + HOUR}, Rule.EXPIRY_EARLY),
        ({"band": Band.FALLBACK}, Rule.BAND),
        ({"mode": Mode.OVERLAY}, Rule.ZONE_MISSING),
        ({"mode": Mode.OVERLAY, "zone": "left"}, Rule.ZONE_UNKNOWN),
        ({"zone": "top"}, Rule.ZONE_UNUSED),
        ({"mode": Mode.SHARE, "content": Content(ContentKind.BLANK)}, Rule.MODE),
        ({"mode": Mode.SHARE, "band": Band.SAFETY}, Rule.MODE),
        ({"content": Content(ContentKind.NOTICE, "gone")}, Rule.CONTENT),
        ({"content": Content(ContentKind.NOTICE, "line")}, Rule.CONTENT),
        ({"content": Content(ContentKind.PLAYLIST, "gone")}, Rule.CONTENT),
        ({"content": Content(ContentKind.TESTCARD, "gone"), "expires_ns": NOW + S}, Rule.CONTENT),
        ({"content": Content(ContentKind.NOTICE, "a", layout="gone")}, Rule.LAYOUT),
        ({"content": Content(ContentKind.NOTICE, "a", crawl="b")}, Rule.CRAWL),
        ({"languages": ("vi", "fr")}, Rule.LANGUAGE),
        ({"screens": ("lane",)}, Rule.SCREEN),
    ],
)
def test_a_bad_claim_is_refused_with_the_rule_and_a_remedy(changes: dict[str, object], rule: Rule) -> None:
    bad = replace(wants(), **changes)  # pyright: ignore[reportArgumentType]
    (refusal,) = admit(bad, HERE, NOW).refusals
    assert refusal.rule is rule
    assert refusal.message
    assert refusal.remedy


def test_every_mistake_is_told_at_once() -> None:
    bad = replace(wants(), expires_ns=NOW, mode=Mode.OVERLAY, languages=("fr",))
    assert rules(bad) == [Rule.EXPIRY_EARLY, Rule.ZONE_MISSING, Rule.LANGUAGE]


def test_a_moving_line_is_taken_as_an_overlay() -> None:
    line = wants(ref="line", mode=Mode.OVERLAY, zone="bottom")
    assert rules(line) == []


def test_what_nobody_can_read_is_refused_and_taken_as_an_emergency() -> None:
    blind = replace(HERE, revision=replace(REVISION, unreadable={"c": ("vi",)}))
    assert rules(wants(ref="c"), blind) == [Rule.CONTENT]
    assert rules(wants(Band.EMERGENCY, "c"), blind) == []


def test_a_test_card_stands_ten_minutes_at_most_and_not_over_emergencies() -> None:
    card = replace(wants(), content=Content(ContentKind.TESTCARD, "white"), expires_ns=None)
    assert admit(card, HERE, NOW).claim.expires_ns == NOW + TEST_NS
    assert rules(replace(card, expires_ns=NOW + TEST_NS + 1)) == [Rule.EXPIRY_LATE]
    assert rules(replace(card, band=Band.EMERGENCY, expires_ns=NOW + S)) == [Rule.MODE]


# Hold


def test_an_override_below_the_hold_of_what_is_on_air_is_refused_with_the_winner() -> None:
    inputs = holding(wants(Band.EMERGENCY, "fire", "alarm"))
    (refusal,) = admit(wants(), inputs, NOW).refusals
    assert (refusal.rule, refusal.winner) == (Rule.HOLD, "alarm")


def test_with_wait_it_is_kept_and_told_who_holds_the_screen() -> None:
    inputs = holding(wants(Band.EMERGENCY, "fire", "alarm"))
    admission = admit(wants(), inputs, NOW, wait=True)
    assert (admission.is_admitted, admission.held_by) == (True, "alarm")
    later = replace(inputs, claims=(*inputs.claims, replace(admission.claim, expires_ns=None, boot_expires_ns=None)))
    assert resolve(later, NOW).claim == "alarm"
    assert resolve(later, NOW + HOUR).claim == "new"


def test_equal_is_admitted_and_a_courteous_hold_lets_lower_bands_in() -> None:
    assert rules(wants(), holding(wants(ref="b", name="older"))) == []
    strict = replace(wants(ref="b", name="older"), hold=5)
    assert rules(wants(), holding(strict)) == [Rule.HOLD]
    assert rules(wants(Band.EMERGENCY), holding(strict)) == []
    courteous = replace(wants(Band.EMERGENCY, "fire", "alarm"), hold=4)
    admission = admit(wants(), holding(courteous), NOW)
    assert (admission.is_admitted, admission.held_by) == (True, "alarm")


def test_only_overrides_that_start_now_are_refused_by_level() -> None:
    inputs = holding(wants(Band.EMERGENCY, "fire", "alarm"))
    assert rules(wants(Band.NOTICE), inputs) == []
    assert rules(wants(Band.SCHEDULE), inputs) == []
    coming = replace(wants(), start_ns=NOW + S)
    admission = admit(coming, inputs, NOW)
    assert (admission.is_admitted, admission.held_by) == (True, "")


def test_only_what_is_on_air_holds() -> None:
    suspended = replace(wants(ref="b", name="older"), hold=6)
    inputs = holding(suspended, wants(Band.EMERGENCY, "fire", "alarm"))
    assert rules(wants(Band.EMERGENCY, "flood"), inputs) == []


def test_a_hold_of_those_that_share_and_of_an_overlay_in_the_same_zone_counts() -> None:
    shared = replace(wants(Band.EMERGENCY, "fire", "one"), hold=6)
    assert rules(wants(Band.EMERGENCY, "storm"), holding(shared, wants(Band.EMERGENCY, "flood", "two"))) == [Rule.HOLD]
    strip = replace(wants(ref="b", name="strip"), mode=Mode.OVERLAY, zone="top", hold=5)
    assert rules(replace(wants(), mode=Mode.OVERLAY, zone="top"), holding(strip)) == [Rule.HOLD]
    assert rules(replace(wants(), mode=Mode.OVERLAY, zone="bottom"), holding(strip)) == []
    assert rules(wants(), holding(strip)) == []


def test_what_a_clock_in_doubt_would_hide_is_refused_unless_it_waits() -> None:
    doubtful = replace(HERE, trust=ClockTrust(trusted=False, reason="no time server"))
    assert rules(wants(), doubtful) == []
    assert rules(wants(Band.EMERGENCY, "fire"), doubtful) == []
    feed = wants(Band.EMERGENCY, "fire", source="cap")
    assert rules(feed, doubtful) == [Rule.CLOCK]
    assert admit(feed, doubtful, NOW, wait=True).held_by == "filler"
    assert rules(replace(feed, start_ns=NOW + S), doubtful) == []


# Renewal


def test_the_same_content_from_the_same_source_is_a_renewal() -> None:
    first = admit(wants(Band.EMERGENCY, "fire"), HERE, NOW).claim
    inputs, later = replace(HERE, claims=(first,)), NOW + 600 * S
    again = replace(
        wants(Band.EMERGENCY, "fire", "again"), issued_ns=later, start_ns=later, expires_ns=later + 2 * HOUR
    )
    admission = admit(replace(again, author="Lan", rank=3), inputs, later)
    renewed = admission.claim
    assert (admission.renews, renewed.id, renewed.renewals) == ("new", "new", 1)
    assert (renewed.issued_ns, renewed.start_ns, renewed.boot_start_ns) == (NOW, NOW, 1000 * S)
    assert (renewed.expires_ns, renewed.boot_expires_ns) == (later + 2 * HOUR, 1600 * S + 2 * HOUR)
    assert (renewed.author, renewed.rank) == ("Lan", 3)
    before, after = resolve(inputs, later), resolve(replace(inputs, claims=(renewed,)), later)
    assert (before.page, before.entered_ns) == (after.page, after.entered_ns), "it is not interrupted"


@pytest.mark.parametrize(
    "other",
    [
        {"source": "cap"}, {"band": Band.EMERGENCY}, {"content": Content(ContentKind.NOTICE, "b")},
        {"screens": ("main",)}, {"languages": ("vi",)}, {"mode": Mode.SHARE},
    ],
)  # fmt: skip
def test_anything_else_is_a_claim_of_its_own(other: dict[str, object]) -> None:
    inputs = holding(replace(wants(name="old"), **other))  # pyright: ignore[reportArgumentType]
    admission = admit(wants(), inputs, NOW)
    assert (admission.renews, admission.claim.id) == ("", "new")


def test_what_has_ended_is_not_renewed_and_a_renewal_is_never_held() -> None:
    ended = replace(wants(name="old"), start_ns=NOW - HOUR, expires_ns=NOW)
    assert admit(wants(), holding(ended), NOW).renews == ""
    inputs = holding(wants(name="old"), wants(Band.EMERGENCY, "fire", "alarm"))
    admission = admit(wants(), inputs, NOW)
    assert (admission.is_admitted, admission.renews, admission.held_by) == (True, "old", "alarm")


def test_a_renewal_after_a_boot_runs_by_the_new_boot() -> None:
    old = wants(Band.EMERGENCY, "fire", "old", sticky=True).bound(Boot("before", 0))
    inputs = replace(HERE, claims=(replace(old, start_ns=NOW - 2000 * S, issued_ns=NOW - 2000 * S),))
    renewed = admit(wants(Band.EMERGENCY, "fire"), inputs, NOW).claim
    assert (renewed.id, renewed.boot_id, renewed.boot_start_ns) == ("old", "now", 1000 * S)
    assert renewed.order(BOOT)[2] == NOW - 2000 * S
