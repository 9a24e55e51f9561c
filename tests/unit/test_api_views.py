"""What is looked at: status, readiness, the programme at an instant, previews and the page."""

import asyncio
import io
import json
import re
from collections.abc import AsyncIterator
from html.parser import HTMLParser

import httpx
import pytest
from api_stage import NOW_NS, SECOND_NS, FakeScreen, Stage, snapshot
from PIL import Image

from playout.api.live import LiveStream, Places
from playout.api.preview import Preview, moving_picture
from playout.api.words import WORDS
from playout.clock import to_iso
from playout.model.people import Role

pytestmark = pytest.mark.anyio
JPG, MJPG = "/api/v1/screens/main/preview.jpg", "/api/v1/screens/main/preview.mjpg"


@pytest.fixture
async def client(here: Stage) -> AsyncIterator[httpx.AsyncClient]:
    async with here.client(here.token(Role.VIEWER)) as client:
        yield client


async def test_status_has_everything_of_the_snapshot(here: Stage, client: httpx.AsyncClient) -> None:
    here.screens["main"].state = snapshot()
    here.clock.move(0.25)
    state = (await client.get("/api/v1/status")).json()
    assert (state["generation"], state["revision"]["number"], state["revision"]["author"]) == (1, 1, "anh")
    main, side = state["screens"]
    assert (main["is_alive"], main["age_ms"], main["until"]) == (True, 250, to_iso(NOW_NS + 8 * SECOND_NS))
    assert (main["title"], main["proofread"], main["missed_ticks"]) == ("Giờ mở cửa", False, 3)
    assert main["because"].items() >= {"winner": "filler", "losers": ["fallback"], "rule": "band"}.items()
    assert (main["health"]["state"], main["remedy"], main["warnings"]) == ("down", "plug the cable in", ["no clock"])
    assert (side["screen"], side["is_alive"], side["age_ms"]) == ("side", False, None)
    assert "playout run" in side["remedy"]


async def test_status_is_encoded_once_for_all_callers(here: Stage, client: httpx.AsyncClient) -> None:
    here.screens["main"].state = snapshot()
    for _ in range(20):
        await client.get("/api/v1/status")
    assert here.screens["main"].snapshots_taken == 1
    here.clock.move(0.05)
    await client.get("/api/v1/status")
    assert here.screens["main"].snapshots_taken == 2


async def test_ready_means_that_every_player_reported_within_two_seconds(
    here: Stage, client: httpx.AsyncClient
) -> None:
    here.screens["main"].state, here.screens["side"].state = snapshot(), snapshot("side")
    here.clock.move(2)
    assert (await client.get("/readyz")).status_code == 200
    here.screens["main"].state = snapshot(at_ns=here.clock.utc_ns())
    here.clock.move(0.001)
    answer = await client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["problems"] == ["side: no report within 2 s"]


async def test_on_air_now_and_later(here: Stage, client: httpx.AsyncClient) -> None:
    now = (await client.get("/api/v1/on-air")).json()
    assert now["at"] == to_iso(NOW_NS)
    assert [each["screen"] for each in now["screens"]] == ["main", "side"]
    later = (await client.get("/api/v1/on-air", params={"at": "2027-06-01T07:00:00+07:00", "screen": "side"})).json()
    [side] = later["screens"]
    assert side["from"] == "resolve"
    assert (side["claim"], side["playlist"], side["page"]["language"]) == ("filler", "ban-ngay", "vi")
    assert side["notice"]["texts"] == [
        {"language": "vi", "heading": "", "body": "07:00–19:30", "proofread": False}
    ]  # fmt: skip
    assert side["because"]["winner"] == "filler"
    assert side["until"] > later["at"]


async def test_a_plus_sign_that_was_not_escaped_is_understood(client: httpx.AsyncClient) -> None:
    answer = await client.get("/api/v1/on-air?at=2027-06-01T07:00:00+07:00")
    assert answer.json()["at"] == "2027-06-01T00:00:00.000000000Z"


@pytest.mark.parametrize(
    ("at", "text"),
    [
        ("-" + "9" * 300, "too far away"),
        ("2027-06-01T07:00:00", "write it with its offset"),
        ("tomorrow", "write it with its offset"),
        ("2027-13-01T07:00:00Z", "write it with its offset"),
        ("9" * 300, "too far away"),
        (str(NOW_NS + 367 * 24 * 3600 * SECOND_NS), "more than a year ahead"),
    ],
)
async def test_instants_that_cannot_be_answered(client: httpx.AsyncClient, at: str, text: str) -> None:
    answer = await client.get("/api/v1/on-air", params={"at": at})
    assert answer.status_code == 400
    assert text in answer.json()["detail"] + answer.json()["remedy"]


async def test_an_unknown_screen_is_named(client: httpx.AsyncClient) -> None:
    answer = await client.get("/api/v1/on-air", params={"screen": "mian"})
    assert answer.status_code == 404
    assert answer.json()["remedy"] == "did you mean 'main'?"


async def test_the_still_is_the_players_picture(here: Stage, client: httpx.AsyncClient) -> None:
    missing = await client.get(JPG)
    assert missing.status_code == 503
    here.screens["main"].show(200)
    answer = await client.get(JPG)
    assert answer.headers["content-type"] == "image/jpeg"
    picture = Image.open(io.BytesIO(answer.content))
    assert picture.size == (16, 8)
    assert all(abs(level - 200) <= 2 for level in picture.convert("RGB").getpixel((3, 3)))  # pyright: ignore


async def test_a_picture_is_encoded_once_for_all_viewers(here: Stage) -> None:
    screen = here.screens["main"]
    screen.show(1)
    preview = Preview(screen, here.clock)
    first = await asyncio.gather(*(preview.jpeg() for _ in range(4)))
    assert len({id(jpeg) for jpeg in first}) == 1
    assert screen.pictures_taken == 1
    screen.show(250)
    assert await preview.jpeg() == first[0], "ten pictures a second are enough"
    here.clock.move(0.1)
    assert await preview.jpeg() != first[0]


async def test_moving_pictures_are_parts_that_end_with_the_boundary(here: Stage) -> None:
    screen = here.screens["main"]
    screen.show(1)
    parts = moving_picture(Preview(screen, here.clock), here.clock, asyncio.Event(), interval_s=0)
    assert await anext(parts) == b"--playout-frame\r\n"
    for level in (90, 180):
        part = await anext(parts)
        head, _, body = part.partition(b"\r\n\r\n")
        length = int(re.findall(rb"Content-Length: (\d+)", head)[0])
        assert body[length:] == b"\r\n--playout-frame\r\n"
        assert Image.open(io.BytesIO(body[:length])).size == (16, 8)
        here.clock.move(0.1)
        screen.show(level)


class Counting(FakeScreen):
    """Stops the stream after a number of pictures, each a moment later than the one before."""

    def __init__(self, here: Stage, pictures: int, changes: bool) -> None:
        super().__init__()
        self._here, self._left, self._changes = here, pictures, changes

    def picture(self):
        self._here.clock.move(0.1)
        self._left -= 1
        if self._left == 0:
            self._here.services.stopping.set()
        if self._changes or self.pixels is None:
            self.show(10 + 8 * self._left)
        return super().picture()


@pytest.mark.parametrize(("changes", "parts"), [(True, 30), (False, 2)])
async def test_only_changes_are_sent_and_a_sign_of_life(here: Stage, changes: bool, parts: int) -> None:
    preview = Preview(Counting(here, 30, changes), here.clock)
    stream = moving_picture(preview, here.clock, here.services.stopping, interval_s=0)
    assert len([part async for part in stream]) - 1 == parts


async def test_a_stream_ends_after_ten_minutes(here: Stage) -> None:
    screen = here.screens["main"]
    screen.show(1)
    stream = moving_picture(Preview(screen, here.clock), here.clock, asyncio.Event(), interval_s=0)
    await anext(stream)
    await anext(stream)
    here.clock.move(600)
    assert [part async for part in stream] == []


async def test_the_stream_ends_when_control_stops(here: Stage, client: httpx.AsyncClient) -> None:
    here.services.stopping.set()
    answer = await client.get(MJPG)
    assert answer.headers["content-type"] == "multipart/x-mixed-replace; boundary=playout-frame"
    assert answer.content == b"--playout-frame\r\n"


async def test_four_may_watch_and_a_place_comes_back(here: Stage, client: httpx.AsyncClient) -> None:
    taken = [here.services.viewers.enter() for _ in range(5)]
    assert taken == [True] * 4 + [False]
    full = await client.get(MJPG)
    assert full.status_code == 503
    assert full.json()["remedy"] == "use preview.jpg"
    here.services.viewers.leave()
    here.services.stopping.set()
    for _ in range(3):
        assert (await client.get(MJPG)).status_code == 200


async def test_a_viewer_that_leaves_gives_its_place_back(here: Stage) -> None:
    here.screens["main"].show(1)
    viewers = Places(1)
    assert viewers.enter()
    stream = moving_picture(here.services.previews["main"], here.clock, asyncio.Event())
    response = LiveStream(stream, viewers, "multipart/x-mixed-replace")
    gone = asyncio.Event()

    async def receive() -> dict[str, str]:
        await gone.wait()
        return {"type": "http.disconnect"}

    async def send(message: object) -> None:
        if isinstance(message, dict) and message.get("body", b"").startswith(b"Content-Type"):
            gone.set()

    await response({"type": "http", "asgi": {"spec_version": "2.3"}}, receive, send)
    assert viewers.enter()


class Page(HTMLParser):
    """Notes what a strict content policy would forbid, the names of elements, and the words handed to the script."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.forbidden: list[str] = []
        self.ids: list[str] = []
        self.sources: list[str] = []
        self._inside = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._inside = tag
        for name, value in attrs:
            if name.startswith("on") or name == "style":
                self.forbidden.append(f"{tag} {name}")
            if name == "id":
                self.ids.append(value or "")
            if name in ("src", "href"):
                self.sources.append(value or "")

    def handle_data(self, data: str) -> None:
        if self._inside in ("script", "style") and data.strip():
            self.forbidden.append(f"inline {self._inside}")


async def test_the_page_renders_without_anything_inline(client: httpx.AsyncClient) -> None:
    answer = await client.get("/")
    assert answer.headers["content-type"].startswith("text/html")
    page = Page(answer.text)
    assert page.forbidden == []
    assert len(page.ids) == len(set(page.ids))
    assert answer.text.index("Đang phát") < answer.text.index("On air")
    assert 'data-screen="side"' in answer.text
    for source in page.sources:
        if source.startswith("/console/"):
            assert (await client.get(source)).status_code == 200
    words = re.findall(r'<template id="words">(.*)</template>', answer.text, re.DOTALL)[0]
    assert json.loads(words)["on_air"] == ["Đang phát", "On air"]


async def test_the_script_names_only_what_the_page_has(client: httpx.AsyncClient) -> None:
    page, script = Page((await client.get("/")).text), (await client.get("/console/console.js")).text
    named = set(re.findall(r'(?:element|show|getElementById)\("(\w+)"', script))
    assert len(named) > 15
    assert named <= set(page.ids)
    assert set(re.findall(r'say\("(\w+)"\)', script)) <= set(WORDS)


async def test_without_a_session_the_page_tells_how_to_get_in(here: Stage) -> None:
    async with here.client() as nobody:
        answer = await nobody.get("/")
    assert answer.status_code == 401
    assert answer.headers["content-type"].startswith("text/html")
    assert "playout run" in answer.text
    assert "playout token create" in answer.text
    assert Page(answer.text).forbidden == []
