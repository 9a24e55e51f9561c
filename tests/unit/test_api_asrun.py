"""What was on air: asked of real journals, in pages, and as the programme of a past instant."""

import queue
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from api_stage import NOW_NS, SECOND_NS, Stage, stage
from asrun_stage import row, run

from playout.clock import SystemClock, to_iso
from playout.engine.asrun import AsRunJournal
from playout.model.frame import Size
from playout.model.people import Role
from playout.store.asrun import AsRunFile, Moment

pytestmark = pytest.mark.anyio
ROWS = 10
BEGAN_NS = NOW_NS - 100 * SECOND_NS


def moment(second: float) -> Moment:
    return Moment(BEGAN_NS + round(second * SECOND_NS), round(second * SECOND_NS), round(second * 60))


@contextmanager
def journal(path: Path, screen: str) -> Iterator[AsRunJournal]:
    """A journal with ten pages of eight seconds, one of them while the link was down."""
    file = AsRunFile(path)
    number, _ = file.begin(run())
    names = [("gio-mo-cua", "Giờ mở cửa"), ("gone", "Đã xoá")]
    rows = [
        row(
            n + 1, number, moment(8 * n), moment(8 * n + 8), revision=1, notice=names[n % 2][0], title=names[n % 2][1],
            unseen="link down" if n == 3 else "", crawl="chao",
        )
        for n in range(ROWS)
    ]  # fmt: skip
    file.write(rows, number, moment(80), None)
    file.close()
    made = AsRunJournal(path, screen, Size(16, 8), SystemClock(), lambda: False)
    made.start()
    yield made
    made.stop()


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[Stage]:
    async with stage(tmp_path) as made:
        with journal(tmp_path / "main.db", "main") as main, journal(tmp_path / "side.db", "side") as side:
            for screen, kept in (("main", main), ("side", side)):

                def asked(message: Mapping[str, Any], kept: AsRunJournal = kept) -> dict[str, Any]:
                    answers = queue.SimpleQueue[Mapping[str, Any]]()
                    while True:
                        kept.asked(message, answers.put)
                        answer = dict(answers.get(timeout=10))
                        if answer.get("reason") != "the journal is being opened":
                            return answer

                made.players.journals[screen] = asked
            yield made


@pytest.fixture
async def client(here: Stage) -> AsyncIterator[httpx.AsyncClient]:
    async with here.client(here.token(Role.VIEWER)) as client:
        yield client


async def test_rows_of_every_screen(client: httpx.AsyncClient) -> None:
    answer = (await client.get("/api/v1/as-run")).json()
    assert (answer["from"], answer["to"]) == (to_iso(NOW_NS - 3600 * SECOND_NS), to_iso(NOW_NS))
    assert [each["screen"] for each in answer["screens"]] == ["main", "side"]
    for each in answer["screens"]:
        assert [found["id"] for found in each["rows"]] == list(range(1, 11))
        assert each["next"] is None
        assert each["runs"]["1"]["boot_id"] == "boot"
    shown = answer["screens"][0]["rows"][3]
    assert (shown["visible"], shown["unseen"], shown["title"]) == (False, "link down", "Đã xoá")
    assert shown["start"] == to_iso(BEGAN_NS + 24 * SECOND_NS)


async def test_pages_have_every_row_once(client: httpx.AsyncClient) -> None:
    asked = {"screen": "side", "from": to_iso(BEGAN_NS + 9 * SECOND_NS), "to": to_iso(BEGAN_NS + 70 * SECOND_NS)}
    seen: list[int] = []
    following: str | None = ""
    while following is not None:
        answer = await client.get("/api/v1/as-run", params={**asked, "limit": "3", "after": following})
        [side] = answer.json()["screens"]
        assert len(side["rows"]) <= 3
        seen += [found["id"] for found in side["rows"]]
        following = side["next"]
    assert seen == [2, 3, 4, 5, 6, 7, 8, 9]


@pytest.mark.parametrize(
    ("asked", "status", "text"),
    [
        ({"from": "2027-06-01T07:00:00"}, 400, "with its offset"),
        ({"from": to_iso(NOW_NS), "to": to_iso(NOW_NS)}, 400, "does not lie before"),
        ({"after": "1-2"}, 400, "screen="),
        ({"after": "first", "screen": "main"}, 400, "no place in a journal"),
        ({"after": "1-2-x", "screen": "main"}, 400, "no place in a journal"),
        ({"after": f"{2**80}-1", "screen": "main"}, 503, "after: a whole number is wanted"),
        ({"screen": "mian"}, 404, "did you mean 'main'?"),
        ({"limit": "501"}, 422, "limit"),
    ],
)
async def test_questions_that_cannot_be_answered(
    client: httpx.AsyncClient, asked: dict[str, str], status: int, text: str
) -> None:
    answer = await client.get("/api/v1/as-run", params=asked)
    assert answer.status_code == status
    assert text in answer.text


async def test_what_was_on_air_comes_from_the_journal_and_says_so(client: httpx.AsyncClient) -> None:
    at = to_iso(BEGAN_NS + 17 * SECOND_NS)
    answer = (await client.get("/api/v1/on-air", params={"at": at})).json()
    assert answer["at"] == at
    main, side = answer["screens"]
    assert (main["screen"], side["screen"]) == ("main", "side")
    assert (main["from"], main["claim"], main["because"]["rule"]) == ("journal", "daypart day", "band")
    assert main["entered"] == to_iso(BEGAN_NS + 16 * SECOND_NS)
    assert main["until"] == to_iso(BEGAN_NS + 24 * SECOND_NS)
    assert main["page"].items() >= {"language": "vi", "number": 1, "count": 3}.items()
    assert main["notice"]["texts"][0]["body"] == "07:00–19:30", "the words are those of the revision"
    assert main["crawl"]["title"] == "Chào mừng"
    assert (main["as_run"]["id"], main["as_run"]["visible"], main["as_run"]["answer"]) == (3, True, "sent")
    now = (await client.get("/api/v1/on-air")).json()["screens"][0]
    assert now["from"] == "resolve"
    assert set(main) - {"as_run"} == set(now), "both have one form"


async def test_words_that_a_revision_has_lost_are_left_out(client: httpx.AsyncClient) -> None:
    at = to_iso(BEGAN_NS + 9 * SECOND_NS)
    answer = (await client.get("/api/v1/on-air", params={"at": at, "screen": "main"})).json()
    assert answer["screens"][0]["notice"] == {"id": "gone", "title": "Đã xoá"}


async def test_the_words_are_those_of_that_time(here: Stage, client: httpx.AsyncClient) -> None:
    here.revise(notices={})
    await here.publisher.publish()
    at = to_iso(BEGAN_NS + 17 * SECOND_NS)
    [main] = (await client.get("/api/v1/on-air", params={"at": at, "screen": "main"})).json()["screens"]
    assert main["notice"]["texts"][0]["body"] == "07:00–19:30"


async def test_an_instant_that_nobody_recorded_is_said_to_be_that(client: httpx.AsyncClient) -> None:
    answer = await client.get("/api/v1/on-air", params={"at": to_iso(BEGAN_NS + 90 * SECOND_NS)})
    assert answer.status_code == 200
    for each in answer.json()["screens"]:
        assert (each["from"], each["as_run"]) == ("journal", None)
        assert "the player was not running" in each["detail"]


@pytest.mark.parametrize("address", ["/api/v1/as-run", f"/api/v1/on-air?at={BEGAN_NS}"])
async def test_a_player_that_is_away_is_named(here: Stage, client: httpx.AsyncClient, address: str) -> None:
    here.players.away.add("side")
    main, side = (await client.get(address)).json()["screens"]
    assert "the player does not answer" in side["detail"]
    assert "the player does not answer" not in main.get("detail", "")
    here.players.away.add("main")
    answer = await client.get(address)
    assert answer.status_code == 503
    assert "playout asrun" in answer.json()["remedy"]


async def test_whoever_may_not_look_sees_nothing(here: Stage) -> None:
    async with here.client() as stranger:
        assert (await stranger.get("/api/v1/as-run")).status_code == 401
        assert (await stranger.get("/api/v1/on-air", params={"at": str(BEGAN_NS)})).status_code == 401
