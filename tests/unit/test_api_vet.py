"""What may go on air: everything it would show is judged, and an emergency is kept off only if nobody could read it."""

from dataclasses import replace

import pytest
from proof_stage import FakeProof

from playout.api.problems import Refused
from playout.api.reports import Reports
from playout.api.vet import vet
from playout.config import Config
from playout.model.claim import Band, Content, ContentKind
from playout.model.notice import Kind, Notice, Text
from playout.model.panel import Screen, Site
from playout.model.schedule import Item, Layout, Playlist, Revision, Schedule, Zone, ZoneKind

pytestmark = pytest.mark.anyio


def notice(name: str, vi: str = "Cấm lửa", en: str = "No fire", kind: Kind = Kind.TEXT) -> Notice:
    return Notice(name, kind, name, "test", texts=(Text("vi", vi), Text("en", en)))


NOTICES = {
    each.id: each
    for each in (
        notice("good"), notice("small", "Cấm lửa..."), notice("half", "Cấm ?"), notice("none", "?", "?"),
        notice("deadly", "!"), notice("line", kind=Kind.CRAWL), notice("bad-line", "?", kind=Kind.CRAWL),
    )
}  # fmt: skip
SCHEDULE = Schedule(
    (Layout("both", (Zone(ZoneKind.MAIN, height=0.9), Zone(ZoneKind.CRAWL, y=0.9, height=0.1))),),
    (
        Playlist("fine", items=(Item("good"), Item("good", 10.0))),
        Playlist("mixed", items=(Item("good"), Item("small"))),
        Playlist("hasty", items=(Item("good"), Item("good", 4.0))),
        Playlist("lost", items=(Item("none"), Item("none"))),
        Playlist("partly", items=(Item("none"), Item("good"))),
    ),
)
REVISION = Revision(1, 0, SCHEDULE, NOTICES)


@pytest.fixture
def proof() -> FakeProof:
    return FakeProof()


@pytest.fixture
def reports(proof: FakeProof) -> Reports:
    return Reports(proof, Config((Screen("main", "memory"),), Site(languages=("vi", "en"))))


def shows(ref: str, crawl: str = "") -> Content:
    kind = ContentKind.NOTICE if ref in NOTICES else ContentKind.PLAYLIST
    return Content(kind, ref, "both" if crawl else "", crawl)


@pytest.mark.parametrize("content", [shows("good"), shows("fine"), shows("good", "line"), Content(ContentKind.BLANK)])
@pytest.mark.parametrize("band", [Band.OPERATOR, Band.EMERGENCY])
async def test_what_can_be_read_is_let_through(reports: Reports, content: Content, band: Band) -> None:
    assert await vet(reports, content, REVISION, band) == ()


@pytest.mark.parametrize(
    ("content", "where"),
    [
        (shows("small"), ["notices[small].texts[vi]"]),
        (shows("half"), ["notices[half].texts[vi]"]),
        (shows("none"), ["notices[none].texts[vi]", "notices[none].texts[en]"]),
        (shows("mixed"), ["notices[small].texts[vi]"]),
        (shows("hasty"), ["playlists[hasty].items[1].dwell_s"] * 2),
        (shows("good", "bad-line"), ["notices[bad-line].texts[vi]"]),
        (shows("lost"), ["notices[none].texts[vi]", "notices[none].texts[en]"]),
    ],
)
async def test_any_error_refuses_an_override(reports: Reports, content: Content, where: list[str]) -> None:
    with pytest.raises(Refused) as caught:
        await vet(reports, content, REVISION, Band.OPERATOR)
    assert caught.value.status_code == 422
    assert [found["where"] for found in caught.value.findings] == where
    assert len(caught.value.problems) == len(where)
    assert caught.value.remedy


async def test_a_refusal_tells_place_measured_required_and_remedy(reports: Reports) -> None:
    with pytest.raises(Refused) as caught:
        await vet(reports, shows("small"), REVISION, Band.OPERATOR)
    assert caught.value.problems == ("notices[small].texts[vi]: too small; shorten it",)
    assert caught.value.findings == (
        {
            "code": "size.distance", "severity": "error", "where": "notices[small].texts[vi]", "message": "too small",
            "remedy": "shorten it", "language": "vi", "position": None, "measured": 20.0, "required": 23.5,
        },
    )  # fmt: skip


@pytest.mark.parametrize("content", [shows("small"), shows("half"), shows("mixed"), shows("hasty"), shows("partly")])
async def test_an_emergency_that_somebody_can_read_goes_on_air_with_its_findings(
    reports: Reports, content: Content
) -> None:
    assert await vet(reports, content, REVISION, Band.EMERGENCY)


@pytest.mark.parametrize("content", [shows("none"), shows("lost")])
async def test_an_emergency_that_nobody_can_read_is_refused(reports: Reports, content: Content) -> None:
    with pytest.raises(Refused):
        await vet(reports, content, REVISION, Band.EMERGENCY)


async def test_what_cannot_be_judged_is_refused_for_now_but_for_an_emergency(reports: Reports) -> None:
    with pytest.raises(Refused) as caught:
        await vet(reports, shows("deadly"), REVISION, Band.OPERATOR)
    assert (caught.value.status_code, caught.value.remedy) == (503, "send it again")
    (finding,) = await vet(reports, shows("deadly"), REVISION, Band.EMERGENCY)
    assert (finding.code, finding.where) == ("check.unavailable", "notices[deadly]")


async def test_what_was_judged_before_needs_no_program(reports: Reports, proof: FakeProof) -> None:
    await vet(reports, shows("good"), REVISION, Band.OPERATOR)
    proof.is_broken = True
    assert await vet(reports, shows("good"), REVISION, Band.EMERGENCY) == ()


async def test_without_a_revision_there_is_nothing_to_judge(reports: Reports) -> None:
    assert await vet(reports, shows("good"), None, Band.OPERATOR) == ()


async def test_an_overlay_is_judged_in_its_zone(reports: Reports, proof: FakeProof) -> None:
    zones = (Zone(ZoneKind.MAIN), Zone(ZoneKind.OVERLAY, "low", y=0.8, height=0.2))
    revision = replace(REVISION, schedule=replace(SCHEDULE, layouts=(Layout("band", zones),)))
    await vet(reports, shows("good"), revision, Band.OPERATOR, "low")
    assert proof.asked[-1]["wall"]["sizes"] == [{"width": 672, "height": 96}]
