"""`resolve` against a second, slow telling of the same rules, and what must hold for any inputs."""

from dataclasses import replace
from random import Random

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from oracle import Answer, Oracle
from resolve_stage import ORIGIN, S, close, instants, near, random_inputs

from playout.model.inputs import Inputs
from playout.model.programme import Programme
from playout.resolve import HORIZON_NS, programmes, resolve

phases = [phase for phase in Phase if phase is not Phase.explain]  # which traces every line, and takes minutes
slow = settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow], phases=phases)


def told(programme: Programme) -> Answer:
    """What the oracle tells of a programme."""
    page, overlays = programme.page, programme.overlays
    return Answer(
        programme.claim,
        programme.kind,
        page.notice.id if page else "",
        page.language if page else "",
        frozenset(programme.because.sharers),
        tuple(
            (each.claim, each.zone.id, each.page.notice.id, each.page.language)
            if each.page
            else (each.claim, each.zone.id, each.crawl.notice.id if each.crawl else "", "")
            for each in overlays
        ),
    )


@slow
@given(random_inputs(), instants)
def test_any_instant_of_two_days_is_as_the_oracle_says(inputs: Inputs, now: int) -> None:
    oracle = Oracle(inputs)
    for at_ns in (now, now // S * S, resolve(inputs, now).until_ns):
        assert told(resolve(inputs, at_ns)) == oracle.at(at_ns)


@settings(slow, max_examples=300)
@given(random_inputs(near, 6), st.lists(st.integers(0, 300 * 8), min_size=5, max_size=5))
def test_any_instant_of_a_busy_time_is_as_the_oracle_says(inputs: Inputs, eighths: list[int]) -> None:
    oracle = Oracle(inputs)
    for eighth in eighths:
        at_ns = ORIGIN + eighth * S // 8
        assert told(resolve(inputs, at_ns)) == oracle.at(at_ns)


@settings(slow, max_examples=50)
@given(random_inputs(near, 6), st.integers(-30, 200))
def test_second_by_second_the_programmes_are_what_the_oracle_says(inputs: Inputs, start: int) -> None:
    begin = ORIGIN + start * S
    end, oracle = begin + 60 * S, Oracle(inputs)
    laid_out = list(programmes(inputs, begin, end))
    for second in range(60):
        at_ns = begin + second * S
        programme = next(each for from_ns, each in reversed(laid_out) if from_ns <= at_ns)
        assert told(programme) == oracle.at(at_ns)
        assert programme == resolve(inputs, at_ns)


@slow
@given(st.one_of(random_inputs(), random_inputs(near, 6)), st.one_of(instants, close), st.floats(0, 1), st.randoms())
def test_constant_until_tight_and_independent_of_order(inputs: Inputs, now: int, share: float, random: Random) -> None:
    programme = resolve(inputs, now)
    between = min(now + int(share * (programme.until_ns - now)), programme.until_ns - 1)
    assert resolve(inputs, between) == programme
    assert programme.entered_ns <= now < programme.until_ns
    if programme.until_ns - now < HORIZON_NS:
        assert resolve(inputs, programme.until_ns) != programme

    assert inputs.revision is not None
    schedule = inputs.revision.schedule
    parts, wanted = list(schedule.dayparts), list(inputs.claims)
    random.shuffle(parts)
    random.shuffle(wanted)
    mixed = replace(schedule, dayparts=tuple(parts), playlists=schedule.playlists[::-1], layouts=schedule.layouts[::-1])
    shuffled = replace(inputs, revision=replace(inputs.revision, schedule=mixed), claims=tuple(wanted))
    assert resolve(shuffled, now) == programme


@slow
@given(random_inputs(near), near, st.integers(-7200, 7200))
def test_a_step_of_the_wall_clock_moves_nothing_that_was_claimed_in_this_boot(
    inputs: Inputs, second: int, step: int
) -> None:
    # Only claims of this boot: schedules follow the wall clock, and so do claims from before it.
    boot = replace(inputs.boot, id="now")
    revision = inputs.revision
    assert revision is not None
    revision = replace(revision, schedule=replace(revision.schedule, dayparts=(), filler=""))
    ours = tuple(replace(each, boot_id="").bound(boot) for each in inputs.claims)
    before = replace(inputs, boot=boot, claims=ours, revision=revision, outgoing=None)
    after = replace(before, boot=replace(boot, offset_ns=boot.offset_ns + step * S))
    at_ns = ORIGIN + second * S
    assert told(resolve(before, at_ns)) == told(resolve(after, at_ns + step * S))
