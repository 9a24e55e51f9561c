"""What is on air: examples that a person can check."""

from dataclasses import replace
from datetime import time

import pytest
from resolve_stage import (
    INPUTS,
    LANGUAGES,
    NOTICES,
    REVISION,
    SCHEDULE,
    SITE,
    SPLIT,
    S,
    at,
    claim,
    notice,
)

from playout.model.claim import Band, Content, ContentKind, Stop
from playout.model.inputs import Inputs
from playout.model.panel import Site
from playout.model.programme import Programme
from playout.model.schedule import Daypart, Weekday
from playout.resolve import HORIZON_NS, resolve, takeover_ns


def shown(programme: Programme) -> tuple[str, str, str]:
    page = programme.page
    return programme.claim, page.notice.id if page else "", page.language if page else ""


def test_nothing_at_all_shows_the_slate() -> None:
    programme = resolve(Inputs("main", SITE), 0)
    assert (programme.kind, programme.because.rule) == (ContentKind.SLATE, "alone")
    assert programme.until_ns == HORIZON_NS


def test_pages_rotate_through_the_languages_with_equal_dwell() -> None:
    start, seen = at("2026-11-22T06:01:30+07:00"), list[tuple[str, str, int]]()
    programme = resolve(INPUTS, start)
    for _ in range(7):
        seen.append((*shown(programme)[1:], (programme.until_ns - start) // S))
        start = programme.until_ns
        programme = resolve(INPUTS, start)
    a, b = [("a", language, 10) for language in LANGUAGES], [("b", language, 5) for language in LANGUAGES]
    assert seen == [*a, *b, a[0]]


def test_a_restart_resumes_in_the_middle_of_the_item() -> None:
    first = resolve(INPUTS, at("2026-11-22T09:00:00+07:00"))
    later = resolve(INPUTS, at("2026-11-22T09:00:03+07:00"))
    assert later.page is not None
    assert first == later
    assert later.page.starts_ns <= at("2026-11-22T09:00:00+07:00")


def test_an_overnight_window_belongs_to_the_day_it_starts_on() -> None:
    friday = replace(SCHEDULE, dayparts=(Daypart("n", "night", time(22), time(5), days=(Weekday.FRI,)),), filler="")
    inputs = replace(INPUTS, revision=replace(REVISION, schedule=friday))
    assert resolve(inputs, at("2026-11-21T04:59:59+07:00")).claim == "daypart n"  # Saturday morning
    assert resolve(inputs, at("2026-11-21T05:00:00+07:00")).claim == "fallback"
    assert resolve(inputs, at("2026-11-21T22:30:00+07:00")).claim == "fallback"  # Saturday night


def test_layout_and_crawl_go_with_the_daypart() -> None:
    programme = resolve(INPUTS, at("2026-11-22T09:00:00+07:00"))
    assert programme.layout == SPLIT
    assert programme.crawl is not None
    assert programme.crawl.languages == ("vi", "en")
    assert programme.crawl.phase_ns == at("2026-11-22T06:00:00+07:00")
    night = resolve(INPUTS, at("2026-11-22T23:00:00+07:00"))
    assert (night.crawl, night.layout.id) == (None, "")


def test_a_daypart_waits_for_the_end_of_the_item_but_not_for_what_only_comes_up() -> None:
    # The filler's item of 15 s began at 05:59:50; the day waits for its end at 06:00:05.
    phase = at("2026-11-22T05:59:50+07:00")
    inputs = replace(INPUTS, revision=replace(REVISION, issued_ns=phase))
    waiting = resolve(inputs, at("2026-11-22T06:00:01+07:00"))
    assert shown(waiting)[:2] == ("filler", "b")
    assert waiting.because.rule == "daypart day waits for the end of the item"
    taken = resolve(inputs, at("2026-11-22T06:00:05+07:00"))
    assert (taken.claim, taken.because.rule) == ("daypart day", "band")
    # One daypart follows another without a gap: no filler in between.
    night = Daypart("late", "night", time(18), time(22))
    follow = replace(SCHEDULE, dayparts=(*SCHEDULE.dayparts, night))
    inputs = replace(inputs, revision=replace(REVISION, schedule=follow))
    assert resolve(inputs, at("2026-11-22T18:00:00+07:00")).claim == "daypart late"


@pytest.mark.parametrize(
    ("stop", "start_s", "takes_s"),
    [(Stop.NOW, 2, 2), (Stop.PAGE, 2, 10), (Stop.ITEM, 2, 30), (Stop.PAGE, 31, 35), (Stop.ITEM, 31, 45)],
)
def test_a_newcomer_interrupts_as_it_says(stop: Stop, start_s: int, takes_s: int) -> None:
    six = at("2026-11-22T06:01:30+07:00")  # a loop of 45 s begins here
    inputs = replace(INPUTS, claims=(claim("o", six + start_s * S, six + 600 * S, stop=stop),))
    assert resolve(inputs, six + takes_s * S - 1).claim == "daypart day"
    taken = resolve(inputs, six + takes_s * S)
    assert (taken.claim, taken.entered_ns) == ("o", six + takes_s * S)


def test_an_item_too_long_to_wait_for_is_left_at_the_end_of_its_page() -> None:
    long = {**NOTICES, "a": notice("a", 9, LANGUAGES), "b": notice("b", 60, LANGUAGES)}
    inputs = replace(INPUTS, revision=replace(REVISION, notices=long))
    start = at("2026-11-22T06:00:00+07:00") + 28 * S  # one second into b, whose page stands for 60 s
    held = replace(inputs, claims=(claim("o", start, None, stop=Stop.ITEM),))
    assert resolve(held, start).claim == "o"


def test_pre_emption_suspends_and_never_cancels() -> None:
    start = at("2026-11-22T09:00:00+07:00")
    inputs = replace(INPUTS, claims=(claim("o", start, start + 60 * S),))
    assert resolve(inputs, start + 59 * S).claim == "o"
    back = resolve(inputs, start + 60 * S)
    assert back.page == resolve(INPUTS, start + 60 * S).page
    assert back.entered_ns == start + 60 * S


def test_because_names_winner_losers_and_rule() -> None:
    start = at("2026-11-22T09:00:00+07:00")
    older, newer = claim("x", start, None), claim("y", start + S, None)
    ranked = claim("z", start, None, rank=1)
    because = resolve(replace(INPUTS, claims=(older, newer)), start + 2 * S).because
    assert (because.winner, because.losers, because.rule) == (
        "y", ("x", "daypart day", "filler", "fallback"), "newest",
    )  # fmt: skip
    assert resolve(replace(INPUTS, claims=(newer, ranked)), start + 2 * S).because.rule == "rank"


def test_a_claim_on_something_unknown_shows_what_is_below_it() -> None:
    start = at("2026-11-22T09:00:00+07:00")
    lost = claim("o", start, None, content=Content(ContentKind.NOTICE, "gone"))
    programme = resolve(replace(INPUTS, claims=(lost,)), start + S)
    assert (programme.claim, programme.because.rule) == ("daypart day", "o has nothing that can be shown")


def test_panic_blank_covers_everything() -> None:
    start = at("2026-11-22T09:00:00+07:00")
    panic = claim("p", 0, None, Band.SAFETY, content=Content(ContentKind.BLANK), issued_ns=start)
    fire = claim("e", start, None, Band.EMERGENCY)
    assert resolve(replace(INPUTS, claims=(panic, fire)), start).kind is ContentKind.BLANK


def test_a_new_revision_takes_over_at_the_end_of_the_item() -> None:
    now = at("2026-11-22T06:00:31+07:00")
    takes = takeover_ns([INPUTS], now)
    assert takes == at("2026-11-22T06:00:45+07:00")
    other = replace(REVISION, number=2, schedule=replace(SCHEDULE, dayparts=(), filler="night"))
    both = replace(INPUTS, revision=other, outgoing=REVISION, takes_over_ns=takes)
    assert resolve(both, takes - 1) == resolve(INPUTS, takes - 1)
    assert resolve(both, takes).claim == "filler"


def test_another_screens_claims_and_dayparts_do_not_count() -> None:
    start = at("2026-11-22T09:00:00+07:00")
    elsewhere = replace(claim("o", start, None), screens=("lane",))
    schedule = replace(SCHEDULE, dayparts=tuple(replace(d, screens=("lane",)) for d in SCHEDULE.dayparts))
    inputs = replace(INPUTS, revision=replace(REVISION, schedule=schedule), claims=(elsewhere,))
    assert resolve(inputs, start).claim == "filler"
    assert resolve(replace(inputs, screen="lane"), start).claim == "o"


def test_a_window_in_a_gap_of_the_clock_is_kept_and_one_in_a_fold_is_not_shown_twice() -> None:
    paris = Site(timezone="Europe/Paris", languages=LANGUAGES)
    schedule = replace(SCHEDULE, dayparts=(Daypart("d", "day", time(2, 15), time(2, 45)),), filler="")
    inputs = Inputs("main", paris, replace(REVISION, schedule=schedule))
    assert resolve(inputs, at("2026-03-29T03:20:00+02:00")).claim == "daypart d"  # 02:20 does not exist that day
    assert resolve(inputs, at("2026-10-25T02:20:00+02:00")).claim == "daypart d"
    assert resolve(inputs, at("2026-10-25T02:20:00+01:00")).claim == "fallback"
