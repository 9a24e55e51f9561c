"""Taking content in: each fault of a draft is told once, however many of its parts meet it."""

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from playout.config import Config
from playout.errors import ScheduleError
from playout.intake import Intake
from playout.model.claim import Band
from playout.model.notice import Kind, Notice, Text
from playout.model.panel import Screen, Site
from playout.model.schedule import Item, Layout, Playlist, Schedule, Zone, ZoneKind
from playout.model.template import PlaceSlot, Template, TemplateBook
from playout.paths import Paths, shipped
from playout.store.files import Draft

CONFIG = Config((Screen("main", "memory"), Screen("side", "memory", 336, 240)), Site(languages=("vi",)))
LINE = Zone(ZoneKind.CRAWL, y=0.8, height=0.2)
LAYOUTS = (Layout("both", (Zone(ZoneKind.MAIN, height=0.8), LINE)), Layout("low", (replace(LINE, height=0.03),)))


def notice(name: str, body: str = "Xin chào", kind: Kind = Kind.TEXT) -> Notice:
    return Notice(name, kind, name, "test", reading_distance_m=15, dwell_s=10, texts=(Text("vi", body, "", True),))


@pytest.fixture(scope="module")
def intake() -> Intake:
    nowhere = Path("nowhere")
    return Intake(CONFIG, Paths(nowhere, nowhere, nowhere, shipped("fonts"), nowhere))


def draft(*notices: Notice, items: tuple[Item, ...] = (Item("n"),), **rest: str) -> Draft:
    schedule = replace(Schedule(LAYOUTS[:1], (Playlist("p", items=items),), filler="p"), **rest)
    return Draft(schedule, {each.id: each for each in notices}, {})


def told(intake: Intake, given: Draft) -> list[tuple[str, str]]:
    return [(finding.code, finding.where) for finding in intake.check(intake.settle(given)).findings]


def test_a_draft_in_order(intake: Intake) -> None:
    judged = intake.check(intake.settle(draft(notice("n"))))
    assert judged.findings == ()
    assert [name for name, _ in judged.legible_to_m] == ["n"]


def test_each_fault_is_told_once(intake: Intake) -> None:
    broken = notice("n", "Cửa \U0001f6c3 khẩu " + "giấy tờ " * 60)
    broken = replace(broken, style=replace(broken.style, colour="red"), dwell_s=3)
    found = told(intake, draft(broken, items=(Item("n"), Item("n"))))
    assert found
    assert max(Counter(found).values()) == 1
    assert {"colour", "text.uncovered", "dwell.short", "text.overflow"} <= {code for code, _ in found}


def test_what_has_errors_is_not_taken_and_the_rest_settled(intake: Intake) -> None:
    with pytest.raises(ScheduleError) as caught:
        intake.take(draft(notice("n", "\U0001f6c3"), notice("m", "\U0001f6c3")))
    assert [line.partition(": ")[0] for line in caught.value.problems] == [
        "notices[n].texts[vi].body", "notices[m].texts[vi].body",
    ]  # fmt: skip
    assert intake.take(draft(notice("n"))).notices["n"].reading_s == 3


def test_a_colour_that_is_none_stops_no_check(intake: Intake) -> None:
    given = notice("n")
    found = told(intake, draft(replace(given, style=replace(given.style, ground="black", accent="#12"))))
    assert found == [("colour", "notices[n].style.accent"), ("colour", "notices[n].style.ground")]


def test_an_item_that_is_shorter_than_its_notice_is_read(intake: Intake) -> None:
    long = notice("n", "abcd " * 20)
    assert told(intake, draft(long, items=(Item("n", 10.0),))) == []
    assert told(intake, draft(long, items=(Item("n"), Item("n", 9.9)))) == [
        ("dwell.short", "playlists[p].items[1].dwell_s")
    ]


def test_a_language_is_owed_by_what_is_shown_and_no_error_of_what_is_not(intake: Intake) -> None:
    english = replace(notice("spare"), texts=(Text("en", "Welcome", "", True),))
    severities = {f.where: f.severity for f in intake.check(draft(notice("n"), english)).findings if f.language == "vi"}
    assert severities == {"notices[spare]": "info"}
    shown = intake.check(draft(notice("n"), english, items=(Item("n"), Item("spare")))).findings
    assert {f.where: f.severity for f in shown if f.language == "vi"} == {"notices[spare]": "error"}


def test_a_crawl_is_judged_where_it_runs_and_everywhere_if_it_runs_nowhere(intake: Intake) -> None:
    line = notice("line", kind=Kind.CRAWL)
    runs = draft(notice("n"), line, filler_layout="both", filler_crawl="line")
    runs = replace(runs, schedule=replace(runs.schedule, layouts=LAYOUTS))
    assert "text.too_small" not in {code for code, _ in told(intake, runs)}
    idle = replace(runs, schedule=replace(runs.schedule, filler_layout="", filler_crawl=""))
    assert ("text.too_small", "notices[line].texts[vi].body") in told(intake, idle)


def test_a_picture_that_is_not_there_is_told_of_its_notice(intake: Intake) -> None:
    lost = Notice("n", Kind.PICTURE, "n", "test", picture="f" * 64)
    assert told(intake, draft(lost)) == [("picture", "notices[n].picture")]


def test_what_a_template_lacks_is_not_told_again_of_its_fillings(intake: Intake) -> None:
    pattern = notice("t", "Đến {gate}\U0001f6c3")
    pattern = replace(pattern, texts=(replace(pattern.texts[0], proofread=False), Text("lo", "{gate}", "", True)))
    book = TemplateBook({"t": Template(pattern, {"gate": PlaceSlot()})}, {}, {})
    found = told(intake, replace(draft(notice("n")), book=book))
    assert max(Counter(found).values()) == 1
    assert "text.not-proofread" not in {code for code, _ in found}


def test_one_notice_is_reported_on_as_the_check_of_all_does(intake: Intake) -> None:
    given = draft(notice("n", "\U0001f6c3"))
    report = intake.report(given.notices["n"], given, Band.NOTICE)
    assert tuple(report.findings) == intake.check(given).findings
    assert report.is_refused(Band.NOTICE)
