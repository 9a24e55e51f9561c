"""Faults that users of other systems met, and that must not happen here; docs/architecture.md has the whole list."""

import os
import time as wall
from collections.abc import Generator
from dataclasses import replace
from datetime import time

import pytest
from resolve_stage import INPUTS, LANGUAGES, NOTICES, REVISION, SCHEDULE, S, at, claim, notice

from playout.model.claim import Band, Content, ContentKind, Mode, Stop
from playout.model.panel import Site
from playout.model.schedule import Daypart, Playlist
from playout.resolve import resolve

NINE = at("2026-11-22T09:00:00+07:00")
OLD_MS = (2**31, 2**32)
"""After so many milliseconds counters of 32 bits run over: 24.8 and 49.7 days."""


@pytest.fixture
def elsewhere() -> Generator[None, None, None]:
    """A machine that was set up for another zone."""
    before = os.environ.get("TZ")
    os.environ["TZ"] = "America/Los_Angeles"
    wall.tzset()
    yield
    if before is None:
        del os.environ["TZ"]
    else:
        os.environ["TZ"] = before
    wall.tzset()


def test_the_zone_of_the_machine_decides_nothing(elsewhere: None) -> None:
    assert wall.tzname[0] == "PST"
    assert resolve(INPUTS, at("2026-11-22T17:59:00+07:00")).claim == "daypart day"
    assert resolve(INPUTS, at("2026-11-22T18:01:00+07:00")).claim == "filler"


def test_an_edit_shows_in_a_running_overlay_and_a_running_override_when_the_revision_takes_over() -> None:
    edited = replace(NOTICES["c"], texts=tuple(replace(text, body="new words") for text in NOTICES["c"].texts))
    new = replace(REVISION, number=2, notices={**NOTICES, "c": edited})
    strip = claim("strip", NINE - 60 * S, None, mode=Mode.OVERLAY, zone="top")
    for running in (strip, claim("o", NINE - 60 * S, None)):
        inputs = replace(INPUTS, revision=new, outgoing=REVISION, takes_over_ns=NINE, claims=(running,))
        for at_ns, words in ((NINE - 1, "c vi"), (NINE, "new words")):
            programme = resolve(inputs, at_ns)
            page = programme.overlays[0].page if programme.overlays else programme.page
            assert page is not None
            assert page.notice.texts[0].body == words


@pytest.mark.parametrize("band", [Band.NOTICE, Band.OPERATOR, Band.EMERGENCY, Band.SAFETY])
def test_no_rank_lifts_a_claim_over_a_band(band: Band) -> None:
    lower = claim("low", NINE, None, Band(band - 1), rank=100, issued_ns=NINE + S)
    upper = claim("up", NINE, None, band, rank=0)
    programme = resolve(replace(INPUTS, claims=(lower, upper)), NINE)
    assert (programme.claim, programme.because.rule) == ("up", "band")


def test_an_override_that_laps_over_a_change_of_daypart_leaves_the_right_one_behind() -> None:
    ends = at("2026-11-22T18:00:30+07:00")
    inputs = replace(INPUTS, claims=(claim("o", ends - 60 * S, ends),))
    assert resolve(inputs, ends - 1).claim == "o"
    after = resolve(inputs, ends)
    assert after == replace(resolve(INPUTS, ends), entered_ns=ends, until_ns=after.until_ns)
    assert after.claim == "filler"


def test_an_empty_playlist_leaves_the_screen_to_what_is_below_it() -> None:
    bare = replace(SCHEDULE, playlists=(*SCHEDULE.playlists[1:], Playlist("day")))
    inputs = replace(INPUTS, revision=replace(REVISION, schedule=bare))
    assert resolve(inputs, NINE).claim == "filler"
    assert resolve(inputs, NINE).because.rule == "daypart day has nothing that can be shown"


def test_counters_never_run_over() -> None:
    # A loop that has run for longer than any 32 bits of milliseconds, seconds or frames, up to the year 2116.
    for passed_ns in (*(ms * 10**6 for ms in OLD_MS), 2**31 * S, 90 * 365 * 86_400 * S):
        start = REVISION.issued_ns
        inputs = replace(INPUTS, revision=replace(REVISION, schedule=replace(SCHEDULE, dayparts=())))
        order = claim("o", start, None, Band.EMERGENCY, content=Content(ContentKind.PLAYLIST, "day"), stop=Stop.NOW)
        for given in (inputs, replace(inputs, claims=(order,))):
            loop_ns = 15 * S if given is inputs else 45 * S
            before = [resolve(given, start + passed_ns + step * S) for step in (-1, 0, 1)]
            fresh = [resolve(given, start + passed_ns % loop_ns + loop_ns + step * S) for step in (-1, 0, 1)]
            pages = [[(p.page.notice.id, p.page.language) for p in each if p.page] for each in (before, fresh)]
            assert pages[0] == pages[1]
            assert all(p.entered_ns <= start + passed_ns + S for p in before)


def test_a_show_does_not_come_an_hour_early_after_the_clocks_change() -> None:
    paris = Site(timezone="Europe/Paris", languages=LANGUAGES)
    show = replace(SCHEDULE, dayparts=(Daypart("show", "day", start=time(20), end=time(21)),))
    inputs = replace(INPUTS, site=paris, revision=replace(REVISION, schedule=show, notices=NOTICES))
    for day, offset in (("28", "+01:00"), ("29", "+02:00")):  # the clocks change at night in between
        begins = at(f"2026-03-{day}T20:00:00{offset}")
        assert resolve(inputs, begins - 61 * S).claim == "filler"
        assert resolve(inputs, begins + 31 * S).claim == "daypart show"
    # What is asked before the change knows the time after it.
    asked = at("2026-03-28T21:00:30+01:00")
    assert resolve(inputs, asked).until_ns <= at("2026-03-29T20:00:30+02:00")


def test_a_higher_band_never_takes_turns_with_a_lower_one() -> None:
    notices = {**NOTICES, "n": notice("n", 3)}
    low = claim("low", NINE, None, mode=Mode.SHARE, content=Content(ContentKind.NOTICE, "n"))
    high = claim("high", NINE, None, Band.EMERGENCY, mode=Mode.SHARE)
    inputs = replace(INPUTS, revision=replace(REVISION, notices=notices), claims=(low, high))
    assert {resolve(inputs, NINE + second * S).claim for second in range(120)} == {"high"}
