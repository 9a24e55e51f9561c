"""Airtime of languages over a day, counted second by second and by hand."""

from dataclasses import replace
from datetime import time

from unit.test_resolve import at

from playout.check.airtime import airtime, check_parity
from playout.model.inputs import Inputs
from playout.model.notice import Arrange, Kind, Notice, Text
from playout.model.panel import Site
from playout.model.schedule import Daypart, Item, Playlist, Revision, Schedule
from playout.resolve import programmes, resolve

S = 10**9
START = at("2026-11-22T00:00:00+07:00")
END = START + 86_400 * S


def notice(name: str, *languages: str, dwell_s: float = 10) -> Notice:
    return Notice(name, Kind.TEXT, name, "test", dwell_s=dwell_s, texts=tuple(Text(each, name) for each in languages))


def inputs(*notices: Notice, dayparts: tuple[Daypart, ...] = (), gap_s: float = 120) -> Inputs:
    playlist = Playlist("all", items=tuple(Item(each.id) for each in notices))
    schedule = Schedule(playlists=(playlist,), dayparts=dayparts, filler="" if dayparts else "all")
    revision = Revision(1, START, schedule, {each.id: each for each in notices})
    return Inputs("main", Site(max_language_gap_s=gap_s), revision)


def test_three_languages_share_a_day_equally() -> None:
    given = inputs(notice("a", "vi", "en", "km"), notice("b", "vi", "en", "km", dwell_s=5))
    times = airtime(given, START, END)
    assert [each.shown_s for each in times] == [28_800] * 3
    assert [each.longest_gap_s for each in times] == [20, 15, 20]
    assert list(check_parity(given, times)) == []


def test_a_day_is_what_resolve_says_second_by_second() -> None:
    given = inputs(
        notice("a", "vi", "en", "km"), notice("b", "vi", dwell_s=7),
        dayparts=(Daypart("d", "all", time(6, 0), time(6, 10)),),
    )  # fmt: skip
    start = at("2026-11-22T05:55:00+07:00")
    times = {each.language: each for each in airtime(given, start, start + 1200 * S)}
    seconds = [resolve(given, start + second * S).page for second in range(1200)]
    for language in ("vi", "en", "km"):
        assert times[language].shown_s == sum(page is not None and page.language == language for page in seconds)


def test_a_language_left_out_and_one_away_too_long_are_told() -> None:
    given = inputs(notice("a", "vi", "en", "km"), notice("b", "vi", "en", dwell_s=60), gap_s=100)
    codes = {(finding.code, finding.language) for finding in check_parity(given, airtime(given, START, END))}
    assert codes == {("parity.share", "km"), ("parity.gap", "km")}
    just = inputs(notice("a", "vi", "en", "km", dwell_s=50), gap_s=100)
    assert list(check_parity(just, airtime(just, START, END))) == []


def test_a_page_that_languages_share_counts_for_each() -> None:
    given = inputs(replace(notice("a", "vi", "en", "km"), arrange=Arrange.STACKED))
    assert [each.shown_s for each in airtime(given, START, END)] == [86_400] * 3


def test_a_span_of_programmes_is_what_resolve_says_over_midnight() -> None:
    given = inputs(notice("a", "vi", "en"), dayparts=(Daypart("d", "all", time(22, 0), time(2, 0)),))
    found = list(programmes(given, END - 40 * S, END + 40 * S))
    assert all(programme == resolve(given, at_ns) for at_ns, programme in found)
    assert all(programme.until_ns == resolve(given, at_ns).until_ns for at_ns, programme in found)
    assert [after[0] for after in found[1:]] == [before[1].until_ns for before in found[:-1]]
