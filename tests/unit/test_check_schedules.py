"""The check of a programme: each fault is found, named and placed; the shipped programme has none."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import time
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playout.check.finding import Finding, Severity
from playout.check.notices import check_record
from playout.check.schedules import check_schedule
from playout.check.week import clashes, spans, week_time
from playout.model.frame import Size
from playout.model.notice import Kind, Notice, Text
from playout.model.panel import Site
from playout.model.schedule import Daypart, Item, Layout, Playlist, Schedule, Weekday, Zone, ZoneKind
from playout.paths import shipped
from playout.store.files import read_folder

SITE = Site()
SCREENS = {"main": Size(672, 480)}


def notice(name: str = "hello", kind: Kind = Kind.TEXT, languages: Iterable[str] = SITE.languages) -> Notice:
    texts = tuple(Text(language, "Xin chào", proofread=True) for language in languages)
    return Notice(name, kind, "Lời chào", "thử", texts=texts)


MAIN = Zone(ZoneKind.MAIN, height=0.9)
CRAWL = Zone(ZoneKind.CRAWL, y=0.9, height=0.1)
NOTICES = {"hello": notice(), "line": notice("line", Kind.CRAWL)}
DAY = Daypart("day", "all", time(6), time(18), layout="both", crawl="line")
SCHEDULE = Schedule(
    layouts=(Layout("both", (MAIN, CRAWL)), Layout("full")),
    playlists=(Playlist("all", items=(Item("hello"),)),),
    dayparts=(DAY,),
    filler="all",
)


def check(schedule: Schedule = SCHEDULE, notices: Mapping[str, Notice] = NOTICES) -> list[Finding]:
    return check_schedule(schedule, notices, SCREENS)


def one(findings: list[Finding], code: str, severity: Severity, where: str) -> Finding:
    (found,) = [finding for finding in findings if finding.code == code]
    assert (found.severity, found.where) == (severity, where)
    assert found.message
    assert found.remedy
    return found


def with_notice(changed: Notice) -> dict[str, Notice]:
    return {**NOTICES, changed.id: changed}


def test_nothing_is_wrong_with_a_right_schedule() -> None:
    assert check() == []


def test_a_notice_that_nothing_shows() -> None:
    one(check(notices=with_notice(notice("spare"))), "notice.unused", Severity.INFO, "notices[spare]")


def test_colours() -> None:
    layout = Layout("both", (MAIN, replace(CRAWL, colour="#fff")))
    found = check(replace(SCHEDULE, layouts=(layout, Layout("full"))))
    one(found, "colour", Severity.ERROR, "layouts[both].zones[1].colour")


def test_an_empty_playlist() -> None:
    empty = replace(SCHEDULE, playlists=(*SCHEDULE.playlists, Playlist("none")))
    one(check(empty), "playlist.empty", Severity.ERROR, "playlists[none]")


def test_a_crawl_in_a_playlist_and_a_page_as_a_crawl() -> None:
    mixed = replace(SCHEDULE, playlists=(Playlist("all", items=(Item("hello"), Item("line"))),))
    one(check(mixed), "playlist.crawl", Severity.ERROR, "playlists[all].items[1]")
    swapped = replace(SCHEDULE, dayparts=(replace(DAY, crawl="hello"),))
    one(check(swapped), "crawl.kind", Severity.ERROR, "dayparts[day].crawl")
    filler = replace(SCHEDULE, filler_layout="both", filler_crawl="hello")
    one(check(filler), "crawl.kind", Severity.ERROR, "filler_crawl")


@pytest.mark.parametrize("layout", ["", "full"])
def test_a_crawl_without_a_zone(layout: str) -> None:
    found = check(replace(SCHEDULE, dayparts=(replace(DAY, layout=layout),)))
    one(found, "crawl.zone", Severity.WARNING, "dayparts[day].crawl")


@pytest.mark.parametrize("zones", [(CRAWL,), (MAIN, replace(MAIN, y=0.9, height=0.1))])
def test_a_layout_has_exactly_one_main_zone(zones: tuple[Zone, ...]) -> None:
    found = check(replace(SCHEDULE, layouts=(*SCHEDULE.layouts, Layout("odd", zones))))
    one(found, "layout.main", Severity.ERROR, "layouts[odd]")


def test_zones_that_overlap_by_one_row() -> None:
    odd = Layout("odd", (MAIN, replace(CRAWL, y=0.898)))
    found = check(replace(SCHEDULE, layouts=(*SCHEDULE.layouts, odd)))
    assert "672 x 1 pixels" in one(found, "layout.overlap", Severity.WARNING, "layouts[odd] on main").message


def test_overlay_zones_cover_others_and_have_names_of_their_own() -> None:
    strip = Zone(ZoneKind.OVERLAY, "strip", y=0.8, height=0.2)

    def codes(*zones: Zone) -> set[str]:
        odd = Layout("odd", (MAIN, *zones))
        return {f.code for f in check(replace(SCHEDULE, layouts=(*SCHEDULE.layouts, odd))) if "odd" in f.where}

    assert codes(strip, replace(strip, id="other")) == set()
    assert codes(strip, strip) == {"layout.overlay"}
    assert codes(replace(strip, id="")) == {"layout.overlay"}


def test_unknown_names() -> None:
    found = check(replace(SCHEDULE, dayparts=(replace(DAY, playlist="al"),)))
    assert "'all'" in one(found, "reference.unknown", Severity.ERROR, "dayparts[day].playlist").message
    found = check(replace(SCHEDULE, dayparts=(replace(DAY, screens=("mian",)),)))
    assert "'main'" in one(found, "screen.unknown", Severity.ERROR, "dayparts[day].screens").message


def late(**changes: object) -> Schedule:
    other = replace(DAY, id="late", start=time(17, 30), end=time(22))
    return replace(SCHEDULE, dayparts=(DAY, replace(other, **changes)))  # pyright: ignore[reportArgumentType]


def test_dayparts_of_equal_rank_that_overlap() -> None:
    found = one(check(late()), "daypart.overlap", Severity.WARNING, "dayparts[day]")
    assert "'late'" in found.message
    assert "Mon 17:30 to Mon 18:00" in found.message


@pytest.mark.parametrize("changes", [{"rank": 1}, {"start": time(18)}, {"screens": ("other",)}])
def test_dayparts_that_do_not_compete(changes: dict[str, object]) -> None:
    assert [f for f in check(late(**changes)) if f.code == "daypart.overlap"] == []


def test_an_overnight_daypart_reaches_into_the_next_day_and_week() -> None:
    found = check(late(start=time(22), end=time(6, 30), days=(Weekday.SUN,)))
    assert "Mon 06:00 to Mon 06:30" in one(found, "daypart.overlap", Severity.WARNING, "dayparts[day]").message


def test_time_that_nothing_covers_matters_only_without_a_filler() -> None:
    weekend = replace(DAY, start=time(0), end=time(0), days=(Weekday.SAT, Weekday.SUN))
    bare = replace(SCHEDULE, dayparts=(weekend,), filler="")
    found = one(check(bare), "schedule.gap", Severity.WARNING, "dayparts")
    assert "Mon 00:00 to Sat 00:00" in found.message
    assert check(replace(bare, dayparts=(replace(weekend, days=tuple(Weekday)),))) == []
    assert check(replace(bare, filler="all")) == []


def test_the_shipped_programme_is_in_order_and_hides_no_unread_text() -> None:
    draft = read_folder(shipped("schedules"))
    findings = check_schedule(draft.schedule, draft.notices, SCREENS)
    assert [(f.code, f.where) for f in findings] == [("notice.unused", "notices[emergency]")]
    records = [f for notice in draft.notices.values() for f in check_record(notice, SITE)]
    assert {f.code for f in records} == {"text.not-proofread"}
    texts = [text for notice in draft.notices.values() for text in notice.texts]
    assert not any(text.proofread for text in texts)
    assert len(records) == len(texts) == 36


def test_of_many_dayparts_at_one_time_each_is_told_of_once() -> None:
    times = {"start": time(8), "end": time(9), "days": (Weekday.TUE,)}
    many = [Daypart(f"d{number:04}", "day", **times) for number in range(1000)]
    found = list(clashes(many))
    assert len(found) == 999
    assert {other.id for _, other, _ in found} == {each.id for each in many[1:]}
    assert {week_time(span) for _, _, span in found} == {"Tue 08:00 to Tue 09:00"}


@given(st.lists(st.tuples(st.times(), st.times(), st.sets(st.sampled_from(Weekday), min_size=1)), max_size=5))
def test_dayparts_that_share_time_are_found_and_no_others(plans: list[tuple[time, time, set[Weekday]]]) -> None:
    dayparts = [
        Daypart(str(number), "day", start.replace(microsecond=0), end.replace(microsecond=0), tuple(days))
        for number, (start, end, days) in enumerate(plans)
    ]

    def shared(one: Daypart, other: Daypart) -> list[tuple[int, int]]:
        pairs = ((max(a.start_s, b.start_s), min(a.end_s, b.end_s)) for a in spans(one) for b in spans(other))
        return [pair for pair in pairs if pair[0] < pair[1]]

    pairs = [(one, other) for one, other in combinations(dayparts, 2) if shared(one, other)]
    found = list(clashes(dayparts))
    assert all((one, other) in pairs for one, other, _ in found)
    assert {each.id for pair in pairs for each in pair} == {each.id for one, other, _ in found for each in (one, other)}
    for one, other, span in found:
        assert (span.start_s, span.end_s) in shared(one, other)


def test_more_items_than_a_player_can_hold_are_refused() -> None:
    full = tuple(Playlist(f"p{number}", items=(Item("hello"),) * 10_000) for number in range(2))
    assert "schedule.large" not in {found.code for found in check(Schedule(playlists=full))}
    (found,) = (
        f for f in check(Schedule(playlists=(*full, Playlist("q", items=(Item("hello"),))))) if "large" in f.code
    )
    assert (found.severity, found.measured, found.required) == (Severity.ERROR, 20_001, 20_000)
