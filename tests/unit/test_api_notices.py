"""Notices over the API: listed with who can read them, judged as drafts, refused before anything is saved."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import httpx
import pytest
from api_stage import NOTICES, SCHEDULE, Stage

from playout.model.claim import Claim
from playout.model.notice import Text
from playout.model.people import Role
from playout.model.schedule import Item, Playlist
from playout.store import claims, journal

pytestmark = pytest.mark.anyio
CHECK = "/api/v1/notices/check"
NOTICE: dict[str, Any] = {
    "kind": "text", "title": "Cấm lửa", "source": "TB 13/2026", "texts": [{"language": "vi", "body": "Cấm lửa"}],
}  # fmt: skip


@pytest.fixture
async def client(here: Stage) -> AsyncIterator[httpx.AsyncClient]:
    async with here.client(here.token(Role.OPERATOR, "trực ban")) as client:
        yield client


async def _revise(here: Stage, **bodies: str) -> None:
    """Gives notices other words, and has the revision judged as control does in the background."""
    changed = {name.replace("_", "-"): body for name, body in bodies.items()}
    notices = {
        name: replace(notice, texts=(Text("vi", changed[name]),)) if name in changed else notice
        for name, notice in NOTICES.items()
    }
    hasty = Playlist("nhanh", items=(Item("cam-lua", 4.0),))
    here.revise(replace(SCHEDULE, playlists=(*SCHEDULE.playlists, hasty)), notices)
    await here.publisher.refresh()


def _claims(here: Stage) -> tuple[Claim, ...]:
    with here.store.read() as db:
        return claims.current(db, 0)


async def _order(client: httpx.AsyncClient, **fields: Any) -> httpx.Response:
    return await client.post("/api/v1/overrides", json={"notice": "cam-lua", "reason": "mùi gas"} | fields)


@pytest.mark.parametrize(
    ("fields", "where"),
    [
        ({}, "notices[cam-lua].texts[vi]"),
        ({"notice": "", "playlist": "ban-ngay"}, "notices[cam-lua].texts[vi]"),
        ({"notice": "gio-mo-cua", "crawl": "chao"}, "notices[chao].texts[vi]"),
    ],
)
async def test_an_override_that_cannot_be_read_is_refused_and_changes_nothing(
    here: Stage, client: httpx.AsyncClient, fields: dict[str, Any], where: str
) -> None:
    await _revise(here, cam_lua="Cấm lửa...", chao="?")
    air, heard = here.publisher.air, len(here.players.heard)
    answer = await _order(client, **fields)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    body = answer.json()
    assert body["detail"] == "it cannot be read on this sign; see findings"
    assert body["remedy"]
    assert [line.partition(": ")[0] for line in body["problems"]] == [where]
    (finding,) = body["findings"]
    assert finding.keys() == {
        "code", "severity", "where", "message", "remedy", "language", "position", "measured", "required",
    }  # fmt: skip
    assert (finding["where"], finding["severity"]) == (where, "error")
    assert (_claims(here), here.publisher.air, len(here.players.heard)) == ((), air, heard)
    with here.store.read() as db:
        assert "override.add" not in [entry.what for entry in journal.newest(db, 9)]


async def test_an_item_too_short_for_its_notice_refuses_its_playlist(here: Stage, client: httpx.AsyncClient) -> None:
    await _revise(here)
    answer = await _order(client, notice="", playlist="nhanh")
    assert answer.status_code == 422
    (finding,) = answer.json()["findings"]
    assert (finding["where"], finding["measured"], finding["required"]) == (
        "playlists[nhanh].items[0].dwell_s", 4.0, 5.0,
    )  # fmt: skip


async def test_a_refusal_uses_up_no_key(here: Stage, client: httpx.AsyncClient) -> None:
    await _revise(here, cam_lua="?")
    body, key = {"notice": "cam-lua", "reason": "mùi gas"}, {"idempotency-key": "7f2a"}
    assert (await client.post("/api/v1/overrides", json=body, headers=key)).status_code == 422
    await _revise(here)
    assert (await client.post("/api/v1/overrides", json=body, headers=key)).status_code == 201


async def test_what_cannot_be_judged_now_is_told_and_nothing_changed(here: Stage, client: httpx.AsyncClient) -> None:
    here.proof.is_broken = True
    answer = await _order(client)
    assert answer.status_code == 503
    assert "cannot be judged now" in answer.json()["detail"]
    assert answer.json()["remedy"] == "send it again"
    assert _claims(here) == ()


async def test_what_was_judged_needs_nobody_at_three_in_the_morning(here: Stage, client: httpx.AsyncClient) -> None:
    record = here.publisher.record
    assert record is not None
    assert await here.reports.learn(record.revision)
    here.proof.is_broken = True
    assert (await _order(client)).status_code == 201


async def test_a_notice_is_judged_and_not_kept(here: Stage, client: httpx.AsyncClient) -> None:
    answer = await client.post(CHECK, json=NOTICE | {"id": "x"})
    assert answer.status_code == 200
    assert answer.json() == {
        "notice": "x", "refused": False, "arrange": "auto", "dwell_s": None, "legible_to_m": {"vi": 50.0},
        "reading_s": {"vi": 5.0}, "readable": ["vi"], "unreadable": [], "findings": [],
    }  # fmt: skip
    bad = await client.post(CHECK, json=NOTICE | {"texts": [{"language": "vi", "body": "?"}]})
    assert (bad.status_code, bad.json()["refused"], bad.json()["notice"]) == (200, True, "draft")
    assert [finding["code"] for finding in bad.json()["findings"]] == ["text.uncovered"]
    assert "x" not in [each["id"] for each in (await client.get("/api/v1/notices")).json()["notices"]]


async def test_it_is_judged_as_an_emergency_if_it_is_to_be_one(here: Stage, client: httpx.AsyncClient) -> None:
    await client.post(f"{CHECK}?emergency=true", json=NOTICE)
    assert here.proof.asked[-1]["bands"] == (5,)


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b"null", b"\xff", b'"x"', b'{"title": "\\ud800"}', b"[" * 10_000, b'{"dwell_s": ' + b"9" * 5000],
)
async def test_a_body_that_is_no_notice_is_malformed(client: httpx.AsyncClient, body: bytes) -> None:
    answer = await client.post(CHECK, content=body)
    assert answer.status_code == 422
    assert answer.json()["problems"]


async def test_mistakes_in_its_keys_are_told(client: httpx.AsyncClient) -> None:
    answer = await client.post(CHECK, json=NOTICE | {"texts": [{"language": "vi", "body": "nonsense"}]})
    assert (answer.status_code, answer.json()["problems"]) == (422, ["notice: nonsense"])


async def test_a_check_that_is_not_possible_now_says_so(here: Stage, client: httpx.AsyncClient) -> None:
    here.proof.is_broken = True
    answer = await client.post(CHECK, json=NOTICE)
    assert answer.status_code == 503
    assert answer.json()["remedy"]


async def test_whoever_may_only_look_lists_and_does_not_check(here: Stage) -> None:
    async with here.client(here.token(Role.VIEWER)) as client:
        assert (await client.get("/api/v1/notices")).status_code == 200
        assert (await client.post(CHECK, content=json.dumps(NOTICE))).status_code == 403


async def test_notices_are_listed_with_who_can_read_them(here: Stage, client: httpx.AsyncClient) -> None:
    await _revise(here, cam_lua="?")
    listed = (await client.get("/api/v1/notices")).json()
    assert listed["revision"] == 2
    first = listed["notices"][0]
    assert (first["id"], first["legible_to_m"], first["findings"]) == ("gio-mo-cua", None, None)
    record = here.publisher.record
    assert record is not None
    await here.reports.learn(record.revision)
    opening, fire, crawl = (await client.get("/api/v1/notices")).json()["notices"]
    assert opening == {
        "id": "gio-mo-cua", "title": "Giờ mở cửa", "kind": "text", "languages": ["vi"], "proofread": {"vi": False},
        "is_scheduled": True, "legible_to_m": {"vi": 50.0}, "unreadable": [], "findings": [],
    }  # fmt: skip
    assert (fire["unreadable"], [found["code"] for found in fire["findings"]]) == (["vi"], ["text.uncovered"])
    assert (crawl["kind"], crawl["is_scheduled"]) == ("crawl", False)


async def test_what_is_left_out_is_a_warning_of_the_state(here: Stage, client: httpx.AsyncClient) -> None:
    assert (await client.get("/api/v1/status")).json()["warnings"] == []
    await _revise(here, cam_lua="?")
    record = here.publisher.record
    assert record is not None
    await here.reports.learn(record.revision)
    await here.publisher.refresh()
    here.clock.move(1)
    (warning,) = (await client.get("/api/v1/status")).json()["warnings"]
    assert warning.startswith("notice 'cam-lua' cannot be read in 'vi'")
