"""Claims that share, lie above others, or meet a boot, a wrong clock, batteries or a loss: examples to check."""

from dataclasses import replace
from itertools import pairwise

import pytest
from resolve_stage import INPUTS, NOTICES, REVISION, S, at, claim, notice

from playout.model.boot import Boot
from playout.model.claim import Band, Claim, Content, ContentKind, Mode, Stop
from playout.model.inputs import Inputs
from playout.model.power import PowerMode, PowerState
from playout.model.programme import Programme
from playout.model.recovery import AfterLoss, PowerLoss, Recovery, Show
from playout.model.schedule import Transition
from playout.model.trust import ClockTrust
from playout.resolve import programmes, resolve

NINE = at("2026-11-22T09:00:00+07:00")
HOUR = 3600 * S
BOOT = Boot("now", NINE - 1000 * S)
EARLIER = Boot("before", NINE - 90_000 * S)
DOUBT = ClockTrust(trusted=False, reason="no time server")


def shows(name: str, start: int = NINE, band: Band = Band.EMERGENCY, **rest: object) -> Claim:
    """A claim of an hour that shows the notice of its own name."""
    return claim(name, start, start + HOUR, band, **{"content": Content(ContentKind.NOTICE, name), **rest})


def given(*claims: Claim, **rest: object) -> Inputs:
    return replace(INPUTS, **{"boot": BOOT, **rest}, claims=tuple(claims))  # pyright: ignore[reportArgumentType]


def on(programme: Programme) -> tuple[str, str]:
    """Notice and language on air, or the kind."""
    page = programme.page
    return (page.notice.id, page.language) if page is not None else (programme.claim, programme.kind)


def turns(inputs: Inputs, seconds: float, start: int = NINE) -> list[tuple[str, str, float]]:
    """Every page with the seconds for which it stands."""
    found = list(programmes(inputs, start, start + round(seconds * S)))
    return [(*on(programme), (programme.until_ns - from_ns) / S) for from_ns, programme in found]


# Sharing


def test_two_emergencies_take_turns_page_by_page_and_no_language_is_left_out() -> None:
    # fire has 3 languages of 9 s, flood 2 of 12 s: 21 s are too long by one, so both give up some of what is spare.
    seen = turns(given(shows("fire"), shows("flood", NINE, issued_ns=NINE + 1)), 120)
    assert [(name, language) for name, language, _ in seen[:6]] == [
        ("flood", "vi"), ("fire", "vi"), ("flood", "en"), ("fire", "en"), ("flood", "vi"), ("fire", "km"),
    ]  # fmt: skip
    lengths = {name: length for name, _, length in seen[:-1]}
    assert sum(lengths.values()) == pytest.approx(20, abs=1e-6)
    assert 4 < lengths["fire"] < 9
    assert 8.5 < lengths["flood"] < 12
    assert {(name, language) for name, language, _ in seen} == {
        ("fire", "vi"), ("fire", "en"), ("fire", "km"), ("flood", "vi"), ("flood", "en"),
    }  # fmt: skip


def test_emergencies_that_cannot_all_be_read_in_20_s_take_the_shortest_round_and_say_so() -> None:
    notices = {**NOTICES, **{name: notice(name, 12, reading_s=8) for name in ("x", "y", "z")}}
    inputs = given(*(shows(name) for name in ("x", "y", "z")), revision=replace(REVISION, notices=notices))
    seen = turns(inputs, 72)
    assert {length for _, _, length in seen} == {8.0}
    assert [name for name, _, _ in seen] == ["z", "y", "x"] * 3
    assert {language for name, language, _ in seen if name == "x"} == {"vi", "en", "km"}
    because = resolve(inputs, NINE).because
    assert (because.winner, because.sharers, because.rule) == ("z", ("y", "x"), "share")
    assert because.warnings == ("3 emergencies share the screen: each is seen only every 24.0 s",)


def test_rank_is_stronger_than_sharing_and_an_end_gives_the_screen_to_the_rest() -> None:
    low, high = shows("fire"), shows("flood", rank=1)
    assert {on(p)[0] for _, p in programmes(given(low, high), NINE, NINE + 60 * S)} == {"flood"}
    ended = replace(shows("flood"), expires_ns=NINE + 30 * S)
    after = [on(p)[0] for _, p in programmes(given(shows("fire"), ended), NINE + 30 * S, NINE + 90 * S)]
    assert set(after) == {"fire"}
    assert resolve(given(shows("fire"), ended), NINE + 30 * S).because.sharers == ()


def test_a_newcomer_is_seen_at_once_and_each_at_least_every_20_s() -> None:
    older, newer = shows("fire"), shows("storm", NINE + 13 * S)
    inputs = given(older, newer)
    assert on(resolve(inputs, NINE + 13 * S - 1))[0] == "fire"
    assert on(resolve(inputs, NINE + 13 * S)) == ("storm", "vi")
    starts = [from_ns for from_ns, p in programmes(inputs, NINE + 13 * S, NINE + 200 * S) if on(p)[0] == "fire"]
    assert starts[0] - NINE - 13 * S <= 20 * S
    assert max(b - a for a, b in pairwise(starts)) <= 20 * S


def test_sharing_claims_of_a_band_alternate_with_the_one_that_wants_it_for_itself() -> None:
    alone = shows("a", band=Band.OPERATOR)
    shared = shows("b", band=Band.OPERATOR, mode=Mode.SHARE, issued_ns=NINE - S)
    inputs = given(alone, shared, shows("c", band=Band.OPERATOR, issued_ns=NINE - 2 * S))
    assert {name for name, _, _ in turns(inputs, 60)} == {"a", "b"}
    # Another band or another rank is not shared with.
    assert {name for name, _, _ in turns(given(shows("fire"), shared), 60)} == {"fire"}
    assert {name for name, _, _ in turns(given(replace(alone, rank=1), shared), 60)} == {"a"}


def test_a_sharing_claim_waits_for_the_end_of_the_page() -> None:
    first = shows("a", band=Band.OPERATOR)
    late = shows("b", NINE + 4 * S, band=Band.OPERATOR, mode=Mode.SHARE, stop=Stop.PAGE, issued_ns=NINE - S)
    inputs = given(first, late)
    assert on(resolve(inputs, NINE + 10 * S - 1)) == ("a", "vi")
    assert on(resolve(inputs, NINE + 10 * S)) == ("b", "vi")


# Overlays


def overlay(name: str, zone: str = "bottom", band: Band = Band.OPERATOR, **rest: object) -> Claim:
    return replace(shows(name, NINE, band, **rest), mode=Mode.OVERLAY, zone=zone, id=f"over {name}")


def test_overlays_lie_in_their_zones_above_what_is_on_air() -> None:
    inputs = given(overlay("a"), overlay("c", "top"), overlay("line", "top", rank=1))
    programme = resolve(inputs, NINE)
    assert programme.claim == "daypart day"
    assert [(each.claim, each.zone.id) for each in programme.overlays] == [("over a", "bottom"), ("over line", "top")]
    assert programme.because.overlays == ("over a", "over line")
    assert programme.because.losers == ("over c", "filler", "fallback")
    assert programme.overlays[1].page is None
    crawl = programme.overlays[1].crawl
    assert crawl is not None
    assert (crawl.notice.id, crawl.phase_ns) == ("line", NINE)


def test_an_overlay_covers_nothing_of_a_higher_band_and_no_emergency() -> None:
    low = overlay("a", band=Band.NOTICE)
    assert resolve(given(low), NINE).because.overlays == ("over a",)
    assert resolve(given(low, shows("b", band=Band.OPERATOR)), NINE).overlays == ()
    urgent = overlay("fire", band=Band.EMERGENCY)
    assert resolve(given(urgent, shows("b", band=Band.OPERATOR)), NINE).because.overlays == ("over fire",)
    assert resolve(given(urgent, shows("flood")), NINE).overlays == ()
    assert resolve(given(urgent, shows("flood")), NINE).because.losers[0] == "over fire"


def test_an_overlay_in_a_zone_that_no_layout_has_is_not_shown() -> None:
    assert resolve(given(overlay("a", "left")), NINE).overlays == ()


def test_the_page_below_goes_on_as_if_no_overlay_were_there() -> None:
    with_it, without = given(overlay("a")), given()
    for second in range(0, 60, 7):
        one, other = resolve(with_it, NINE + second * S), resolve(without, NINE + second * S)
        assert (one.page, one.entered_ns, one.claim) == (other.page, other.entered_ns, other.claim)


# The clock


def stepped(inputs: Inputs, step_ns: int) -> Inputs:
    return replace(inputs, boot=replace(inputs.boot, offset_ns=inputs.boot.offset_ns + step_ns))


@pytest.mark.parametrize("step", [-5 * HOUR, -S, S, 5 * HOUR])
def test_a_step_of_the_clock_neither_extends_nor_ends_a_claim(step: int) -> None:
    inputs = given(shows("fire").bound(BOOT))
    after = stepped(inputs, step)
    for passed in (0, HOUR - 1):
        assert resolve(after, NINE + step + passed).claim == "fire"
    assert resolve(after, NINE + step + HOUR).claim != "fire"


def test_a_claim_made_after_the_clock_was_set_back_is_still_the_newer() -> None:
    older = shows("a", band=Band.OPERATOR).bound(BOOT)
    later = stepped(given(older), -5 * HOUR)
    newer = shows("b", NINE - 5 * HOUR + 60 * S, band=Band.OPERATOR).bound(later.boot)
    assert newer.issued_ns < older.issued_ns
    assert resolve(replace(later, claims=(older, newer)), NINE - 5 * HOUR + 61 * S).claim == "b"


def test_with_a_clock_in_doubt_only_what_needs_no_date_is_shown() -> None:
    by_hand = shows("fire", source="api").bound(BOOT)
    feed = shows("flood", source="cap").bound(BOOT)
    at_once = shows("a", band=Band.OPERATOR, source="api").bound(BOOT)
    planned = shows("b", band=Band.OPERATOR, source="api", issued_ns=NINE - S).bound(BOOT)
    before = shows("storm", source="api").bound(EARLIER)
    inputs = given(by_hand, feed, at_once, planned, before, trust=DOUBT)
    programme = resolve(inputs, NINE)
    assert (programme.claim, programme.because.sharers) == ("fire", ())
    assert programme.clock_hidden
    assert programme.because.warnings == (
        "the clock is not trusted: no time server; only what needs no date is shown",
        "storm is set aside: made before the host was started, and the clock is not trusted",
        "flood is set aside: it has a date, and the clock is not trusted",
        "b is set aside: it has a date, and the clock is not trusted",
    )
    assert resolve(given(at_once, planned, before, trust=DOUBT), NINE).claim == "a"
    assert resolve(given(planned, before, trust=DOUBT), NINE).claim == "filler"
    assert not resolve(given(), NINE).clock_hidden


# A boot of the host


def test_after_a_boot_only_what_is_sticky_or_was_still_to_come_returns() -> None:
    gone, back = shows("a", NINE - 60 * S, Band.OPERATOR), shows("b", NINE - 90 * S, Band.OPERATOR, sticky=True)
    old = tuple(each.bound(EARLIER) for each in (gone, back))
    programme = resolve(given(*old, boot=Boot("now", NINE - 30 * S)), NINE)
    assert programme.claim == "b"
    assert programme.because.warnings == ("a is set aside: made before the host was started, and it is not sticky",)
    coming = shows("c", NINE + 60 * S, Band.OPERATOR).bound(EARLIER)
    assert resolve(given(*old, coming, boot=Boot("now", NINE - 30 * S)), NINE + 60 * S).claim == "c"


def test_an_ended_sticky_claim_does_not_come_back_and_time_ran_on_while_the_power_was_off() -> None:
    old = shows("a", NINE - HOUR - S, Band.OPERATOR, sticky=True).bound(EARLIER)
    assert resolve(given(old, boot=Boot("now", NINE - 30 * S)), NINE).claim == "daypart day"


def test_a_panic_blank_holds_through_any_boot_and_any_clock_and_other_safety_does_not() -> None:
    panic = claim(
        "panic", 0, None, Band.SAFETY, content=Content(ContentKind.BLANK), issued_ns=NINE, sticky=True, source="local"
    ).bound(EARLIER)
    cut = replace(panic, id="cut", sticky=False)
    for trust in (ClockTrust(), DOUBT):
        assert resolve(given(panic, trust=trust), NINE).claim == "panic"
        assert resolve(given(cut, trust=trust), NINE).claim != "cut"
    assert resolve(given(cut, boot=EARLIER, trust=DOUBT), NINE).claim == "cut"


@pytest.mark.parametrize(
    ("lasted", "policy", "on_air"),
    [
        (10, Recovery(after_short_loss=AfterLoss(Show.UNCHANGED)), "a"),
        (60, Recovery(after_short_loss=AfterLoss(Show.UNCHANGED)), "a"),
        (61, Recovery(after_short_loss=AfterLoss(Show.UNCHANGED)), "daypart day"),
        (None, Recovery(after_short_loss=AfterLoss(Show.UNCHANGED)), "daypart day"),
        (10, Recovery(after_short_loss=AfterLoss(Show.BLANK)), "power recovery"),
        (10, Recovery(after_long_loss=AfterLoss(Show.BLANK)), "daypart day"),
        (99, Recovery(after_long_loss=AfterLoss(Show.NOTICE, "c")), "power recovery"),
        (None, Recovery(after_long_loss=AfterLoss(Show.PLAYLIST, "day")), "power recovery"),
        (99, Recovery(), "daypart day"),
    ],
)
def test_what_shows_after_a_loss_of_power_is_the_sites_choice(
    lasted: int | None, policy: Recovery, on_air: str
) -> None:
    loss = PowerLoss(980 * S, None if lasted is None else lasted * S)
    old = shows("a", NINE - 1200 * S, Band.OPERATOR).bound(EARLIER)
    inputs = given(old, power_loss=loss, recovery=policy)
    assert resolve(inputs, NINE).claim == on_air
    operator = shows("b", band=Band.OPERATOR).bound(BOOT)
    assert resolve(replace(inputs, claims=(old, operator)), NINE).claim == "b"
    ends = NINE - 20 * S + 300 * S  # 300 s after the sign was back
    if on_air == "power recovery":
        assert resolve(inputs, ends - 1).claim == on_air
        assert resolve(inputs, ends).claim == "daypart day"


def test_a_lost_control_link_changes_nothing_unless_the_site_wants_it() -> None:
    kept, loose = shows("a", band=Band.OPERATOR, sticky=True).bound(BOOT), shows("c", band=Band.NOTICE).bound(BOOT)
    fire = replace(shows("fire", band=Band.EMERGENCY).bound(BOOT), expires_ns=NINE + 400 * S)
    inputs = given(loose, link_lost_boot_ns=1000 * S)
    assert resolve(inputs, NINE + 1000 * S).claim == "c"
    inputs = replace(inputs, recovery=Recovery(after_link_loss=AfterLoss()))
    assert resolve(inputs, NINE + 300 * S - 1).claim == "c"
    assert resolve(inputs, NINE + 300 * S).claim == "daypart day"
    assert resolve(replace(inputs, claims=(loose, kept)), NINE + 300 * S).claim == "a"
    assert resolve(replace(inputs, claims=(loose, fire)), NINE + 300 * S).claim == "fire"
    blank = replace(inputs, recovery=Recovery(after_link_loss=AfterLoss(Show.BLANK)))
    assert resolve(blank, NINE + 300 * S).kind is ContentKind.BLANK
    assert resolve(replace(blank, link_lost_boot_ns=None), NINE + 300 * S).claim == "c"


# Power


def under(mode: PowerMode, *claims: Claim, before: PowerMode | None = None) -> Inputs:
    return given(*claims, power=PowerState(mode, False, 1000 * S, before))


@pytest.mark.parametrize("mode", [PowerMode.MAINS, PowerMode.GENERATOR, PowerMode.RETURNING])
def test_supply_from_outside_shows_everything(mode: PowerMode) -> None:
    inputs = under(mode, shows("a", band=Band.OPERATOR))
    assert resolve(inputs, NINE) == resolve(given(shows("a", band=Band.OPERATOR)), NINE)


def test_on_batteries_only_what_is_essential_is_kept_and_nothing_moves() -> None:
    plain, marked = shows("a", band=Band.OPERATOR), shows("c", band=Band.NOTICE, essential=True)
    programme = resolve(under(PowerMode.UPS, plain, marked), NINE)
    assert (programme.claim, programme.because.losers[0]) == ("c", "a")
    assert programme.because.rule == "a is not essential, and the sign runs from batteries"
    day = resolve(under(PowerMode.UPS), NINE)
    assert (day.claim, on(day)[0], day.crawl) == ("daypart day", "b", None)  # b alone of its playlist is essential
    assert day.page is not None
    assert day.page.transition is Transition.CUT
    assert resolve(under(PowerMode.UPS, shows("fire")), NINE).claim == "fire"
    assert {name for name, _, _ in turns(under(PowerMode.UPS), 60)} == {"b"}


def test_when_the_battery_runs_out_the_winning_emergency_stands_alone_or_the_sign_is_black() -> None:
    marked, panic = shows("a", band=Band.OPERATOR, essential=True), claim(
        "panic", 0, None, Band.SAFETY, content=Content(ContentKind.BLANK), sticky=True
    )  # fmt: skip
    dark = resolve(under(PowerMode.LOW, marked), NINE)
    assert (dark.claim, dark.kind) == ("power", ContentKind.BLANK)
    assert dark.because.rule == "a is no emergency, and the battery runs out"
    two = under(PowerMode.LOW, shows("fire"), shows("flood", issued_ns=NINE + 1), marked)
    assert {name for name, _, _ in turns(two, 60)} == {"flood"}
    assert resolve(under(PowerMode.LOW, panic, shows("fire")), NINE).claim == "panic"


def test_at_shutdown_the_sign_is_black_whatever_is_claimed() -> None:
    assert on(resolve(under(PowerMode.SHUTDOWN, shows("fire")), NINE)) == ("power", ContentKind.BLANK)


def test_unknown_power_keeps_the_last_rules_for_five_minutes_and_is_never_taken_for_mains() -> None:
    plain = shows("a", band=Band.OPERATOR)
    known = under(PowerMode.UNKNOWN, plain, before=PowerMode.MAINS)
    assert resolve(known, NINE + 300 * S - 1).claim == "a"
    assert resolve(known, NINE).until_ns <= NINE + 300 * S
    assert resolve(known, NINE + 300 * S).claim == "daypart day"
    assert resolve(under(PowerMode.UNKNOWN, plain), NINE).claim == "daypart day"
    assert resolve(under(PowerMode.UNKNOWN, before=PowerMode.LOW), NINE + S).claim == "power"
    assert resolve(under(PowerMode.UNKNOWN, before=PowerMode.LOW), NINE + 301 * S).claim == "daypart day"


# Test cards


def test_a_test_card_gives_way_to_an_emergency() -> None:
    card = claim("card", NINE, NINE + 60 * S, content=Content(ContentKind.TESTCARD, "white"))
    programme = resolve(given(card), NINE)
    assert (programme.kind, programme.card, programme.page) == (ContentKind.TESTCARD, "white", None)
    assert resolve(given(card, shows("fire")), NINE).claim == "fire"


def test_nothing_but_an_emergency_lies_above_a_test_card() -> None:
    card = claim("card", NINE, NINE + 60 * S, content=Content(ContentKind.TESTCARD, "white"))
    both = given(card, overlay("a"), overlay("fire", "top", Band.EMERGENCY))
    assert resolve(both, NINE).because.overlays == ("over fire",)
