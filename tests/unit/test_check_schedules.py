"""The check of a programme: each fault is found, named and placed; the shipped programme has none."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import time

import pytest

from playout.check.finding import Finding, Severity
from playout.check.notices import check_record
from playout.check.schedules import check_schedule
from playout.model.frame import Size
from playout.model.notice import Kind, Notice, Text
from playout.model.panel import Site
from playout.model.schedule import Daypart, Item, Layout, Playlist, Schedule, Zone, ZoneKind
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


def test_the_shipped_programme_is_in_order_and_hides_no_unread_text() -> None:
    draft = read_folder(shipped("schedules"))
    findings = check_schedule(draft.schedule, draft.notices, SCREENS)
    assert [(f.code, f.where) for f in findings] == [("notice.unused", "notices[emergency]")]
    records = [f for notice in draft.notices.values() for f in check_record(notice, SITE)]
    assert {f.code for f in records} == {"text.not-proofread"}
    texts = [text for notice in draft.notices.values() for text in notice.texts]
    assert not any(text.proofread for text in texts)
    assert len(records) == len(texts) == 36


def test_more_items_than_a_player_can_hold_are_refused() -> None:
    full = tuple(Playlist(f"p{number}", items=(Item("hello"),) * 10_000) for number in range(2))
    assert "schedule.large" not in {found.code for found in check(Schedule(playlists=full))}
    (found,) = (
        f for f in check(Schedule(playlists=(*full, Playlist("q", items=(Item("hello"),))))) if "large" in f.code
    )
    assert (found.severity, found.measured, found.required) == (Severity.ERROR, 20_001, 20_000)
