"""The reports that control keeps: made once, by content and wall, in the background, and made anew for other fonts."""

import asyncio
from dataclasses import replace

import pytest
from proof_stage import FakeProof
from pydantic import TypeAdapter

from playout.api.reports import Draft, Reports, keep_judged
from playout.config import Config
from playout.errors import ContentError, LinkError, PlayoutError
from playout.model.claim import Band
from playout.model.notice import Kind, Notice, Text
from playout.model.panel import Screen, Site
from playout.model.schedule import Layout, Revision, Schedule, Zone, ZoneKind

pytestmark = pytest.mark.anyio
CONFIG = Config((Screen("main", "memory"),), Site(languages=("vi",)))
LAYOUTS = (Layout("low", (Zone(ZoneKind.CRAWL, height=0.1),)), Layout("high", (Zone(ZoneKind.CRAWL, height=0.2),)))


def notice(name: str, body: str = "Cấm lửa", kind: Kind = Kind.TEXT) -> Notice:
    return Notice(name, kind, name, "test", texts=(Text("vi", body),))


def revision(*notices: Notice, number: int = 1) -> Revision:
    return Revision(number, 7, Schedule(LAYOUTS), {each.id: each for each in notices})


@pytest.fixture
def proof() -> FakeProof:
    return FakeProof()


@pytest.fixture
def reports(proof: FakeProof) -> Reports:
    return Reports(proof, CONFIG)


async def test_a_notice_is_judged_once_for_every_band(reports: Reports, proof: FakeProof) -> None:
    given = notice("n")
    assert reports.known(given, revision(given)) is None
    first = await reports.of(given, revision(given), Band.OPERATOR)
    assert await reports.of(given, revision(given, number=2), Band.EMERGENCY) == first
    assert reports.known(given, revision(given)) == first
    assert [request["bands"] for request in proof.asked] == [(3, 5)]


async def test_other_words_or_another_wall_are_judged_anew(reports: Reports, proof: FakeProof) -> None:
    given = notice("n")
    await reports.of(given, revision(given), Band.NOTICE)
    await reports.of(replace(given, title="other"), revision(given), Band.NOTICE)
    lower = replace(revision(given), schedule=Schedule((Layout("l", (Zone(ZoneKind.MAIN, height=0.5),)),)))
    await reports.of(given, lower, Band.NOTICE)
    assert len(proof.asked) == 3


async def test_a_crawl_is_judged_for_the_layout_it_is_to_run_in(reports: Reports, proof: FakeProof) -> None:
    line = notice("n", kind=Kind.CRAWL)
    for layout in ("low", "high", "", "low"):
        await reports.of(line, revision(line), Band.OPERATOR, layout)
    heights = [[zone["zone"]["height"] for zone in request["wall"]["crawls"]] for request in proof.asked]
    assert heights == [[0.1], [0.2], [0.1, 0.2]]


async def test_other_fonts_drop_what_was_known(reports: Reports, proof: FakeProof) -> None:
    one, other = notice("one"), notice("other")
    assert await reports.learn(revision(one))
    proof.fonts = "b"
    await reports.of(other, revision(other), Band.NOTICE)
    assert reports.known(one, revision(one)) is None
    assert reports.unreadable(revision(one)) is None


async def test_a_revision_is_learnt_and_what_cannot_be_read_known(reports: Reports) -> None:
    given = revision(notice("good"), notice("bad", "?"))
    assert reports.unreadable(given) is None
    assert await reports.learn(given)
    assert reports.unreadable(given) == {"bad": ("vi",)}
    assert reports.unreadable(replace(given, number=2)) is None


async def test_one_that_cannot_be_judged_keeps_the_others_from_nothing(reports: Reports, proof: FakeProof) -> None:
    given = revision(notice("a", "!"), notice("b", "no fonts"), notice("c", "?"))
    assert not await reports.learn(given)
    assert reports.unreadable(given) == {"c": ("vi",)}
    proof.is_broken = True
    assert not await reports.learn(replace(revision(*(notice(name, name) for name in "defgh")), number=2))
    assert len(proof.asked) == 3 + 3


async def test_a_picture_that_is_not_there_is_looked_for_again_and_skips_nothing(
    reports: Reports, proof: FakeProof
) -> None:
    view = Notice("view", Kind.PICTURE, "view", "test", picture="f" * 64)
    given = revision(view, notice("a"))
    proof.lost = {"f" * 64}
    assert not await reports.learn(given)
    assert reports.unreadable(given) == {}
    known = reports.known(view, given)
    assert known is not None
    assert known.is_refused(Band.EMERGENCY)
    proof.lost = set()
    assert await reports.learn(given)
    assert [request["notice"]["id"] for request in proof.asked] == ["view", "a", "view"]
    assert not (await reports.of(view, given, Band.OPERATOR)).errors


@pytest.mark.parametrize(
    ("body", "kind"),
    [("!", LinkError), ("no fonts", ContentError), ("nonsense", ContentError), ("babble", ContentError)],
)
async def test_what_cannot_be_judged_is_told_with_a_remedy(
    reports: Reports, body: str, kind: type[PlayoutError]
) -> None:
    with pytest.raises(kind) as caught:
        await reports.of(notice("n", body), revision(), Band.NOTICE)
    assert caught.value.hint


async def test_a_draft_is_not_kept(reports: Reports, proof: FakeProof) -> None:
    table = TypeAdapter(Notice).dump_python(notice("n", "?"), mode="json")
    for _ in range(2):
        draft = await reports.of_draft(table, revision(), Band.EMERGENCY)
        assert isinstance(draft, Draft)
        assert draft.report.unreadable == ("vi",)
        assert draft.notice == notice("n", "?")
    assert [(request["draft"], request["bands"]) for request in proof.asked] == [(True, (5,))] * 2
    assert await reports.of_draft({"texts": [{"language": "vi", "body": "nonsense"}]}, revision(), Band.NOTICE) == [
        "notice: nonsense"
    ]


async def test_each_new_revision_is_judged_in_the_background(reports: Reports, proof: FakeProof) -> None:
    stopping, current = asyncio.Event(), [revision(notice("a"))]
    keeping = asyncio.create_task(keep_judged(reports, lambda: current[0], stopping, 0.001, 0.001))
    async with asyncio.timeout(30):
        while reports.unreadable(current[0]) is None:
            await asyncio.sleep(0)
        proof.is_broken = True
        current[0] = revision(*(notice(name, name) for name in "bcde"), number=2)
        while len(proof.asked) < 7:  # it does not give up
            await asyncio.sleep(0)
        proof.is_broken = False
        while reports.unreadable(current[0]) is None:
            await asyncio.sleep(0)
        current[0] = revision(notice("f"), notice("g", "!"), number=3)
        while len([1 for request in proof.asked if request["notice"]["id"] == "g"]) < 3:
            await asyncio.sleep(0)
    assert reports.unreadable(current[0]) == {}
    stopping.set()
    await keeping
