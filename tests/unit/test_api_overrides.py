"""Overrides: what is taken, what is refused and how that is said, what each screen answers, sending twice, ending."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import httpx
import pytest
from api_stage import NOW_NS, SCHEDULE, SECOND_NS, Stage, snapshot

from playout.clock import from_iso, to_iso
from playout.ipc.local import write_local
from playout.model.claim import Band, Claim, Content, ContentKind
from playout.model.people import Role
from playout.model.schedule import Layout, Zone, ZoneKind
from playout.model.snapshot import Aired, Health
from playout.resolve import resolve
from playout.store import claims, journal

pytestmark = pytest.mark.anyio
URL = "/api/v1/overrides"
HOUR_NS = 3600 * SECOND_NS


@pytest.fixture
async def client(here: Stage) -> AsyncIterator[httpx.AsyncClient]:
    async with here.client(here.token(Role.OPERATOR, "trực ban")) as client:
        yield client


def _stored(here: Stage, claim_id: str) -> Claim:
    with here.store.read() as db:
        claim = claims.find(db, claim_id)
    assert claim is not None
    return claim


async def _order(client: httpx.AsyncClient, **fields: Any) -> httpx.Response:
    return await client.post(URL, json={"notice": "cam-lua", "reason": "mùi gas"} | fields)


async def test_an_override_is_stored_published_and_answered(here: Stage, client: httpx.AsyncClient) -> None:
    answer = await _order(client, stop="now")
    assert answer.status_code == 201
    body = answer.json()
    claim = _stored(here, body["claim"]["id"])
    assert answer.headers["location"] == f"{URL}/{claim.id}"
    assert (claim.band, claim.content.ref, claim.author, claim.boot_id) == (
        Band.OPERATOR, "cam-lua", "trực ban", "this-boot",
    )  # fmt: skip
    assert (claim.issued_ns, claim.start_ns, claim.expires_ns) == (NOW_NS, NOW_NS, NOW_NS + 4 * HOUR_NS)
    assert [(each["screen"], each["state"]) for each in body["screens"]] == [("main", "on_air"), ("side", "on_air")]
    assert here.publisher.air is not None
    assert here.publisher.air.claims == (claim,)
    with here.store.read() as db:
        entry = journal.newest(db, 1)[0]
    assert (entry.who, entry.what, json.loads(entry.detail)["id"]) == ("trực ban", "override.add", claim.id)


async def test_it_waits_for_the_page_on_air(here: Stage, client: httpx.AsyncClient) -> None:
    here.clock.move(3)
    [screen] = (await _order(client, screens=["main"])).json()["screens"]
    assert screen == {
        "screen": "main", "state": "waits", "from": to_iso(NOW_NS + 8 * SECOND_NS), "held_by": "", "detail": "",
    }  # fmt: skip


async def test_it_is_held_by_a_greater_one(client: httpx.AsyncClient) -> None:
    greater = (await _order(client, stop="now", rank=9)).json()["claim"]["id"]
    states = (await _order(client, stop="now", notice="gio-mo-cua")).json()["screens"]
    assert [(each["state"], each["held_by"]) for each in states] == [("held", greater)] * 2


async def test_the_players_word_counts(here: Stage, client: httpx.AsyncClient) -> None:
    here.players.answers["side"] = {"ok": True, "claim": "local-panic", "band": 6, "held_by": "local-panic"}
    states = (await _order(client, stop="now")).json()["screens"]
    assert [(each["state"], each["held_by"]) for each in states] == [("on_air", ""), ("held", "local-panic")]


async def test_a_missing_player_is_said_and_no_error(here: Stage, client: httpx.AsyncClient) -> None:
    here.players.away.add("main")
    answer = await _order(client, stop="now")
    assert answer.status_code == 201
    assert [each["state"] for each in answer.json()["screens"]] == ["no_player", "on_air"]
    assert "when it is back" in answer.json()["screens"][0]["detail"]


async def test_a_coming_one_is_listed_until_it_has_ended(here: Stage, client: httpx.AsyncClient) -> None:
    start = to_iso(NOW_NS + HOUR_NS)
    answer = await _order(client, start=start, duration_s=60, stop="now")
    assert [each["state"] for each in answer.json()["screens"]] == ["coming", "coming"]
    assert answer.json()["screens"][0]["from"] == start
    [listed] = (await client.get(URL)).json()["overrides"]
    assert (listed["is_live"], listed["start"]) == (False, start)
    here.clock.move(3600 + 59)
    assert [each["is_live"] for each in (await client.get(URL)).json()["overrides"]] == [True]
    here.clock.move(1)
    assert (await client.get(URL)).json() == {"overrides": []}


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({"notice": "cam-lau"}, "notice: revision 1 has no notice 'cam-lau'; did you mean 'cam-lua'?"),
        ({"notice": "", "playlist": "ban-ngya"}, "no playlist 'ban-ngya'; did you mean 'ban-ngay'?"),
        ({"layout": "day-duu"}, "no layout 'day-duu'; did you mean 'day-du'?"),
        ({"notice": "chao"}, "no notice 'chao'"),
        ({"crawl": "cam-lua"}, "no crawl 'cam-lua'"),
        ({"screens": ["mian"]}, "no screen is called 'mian'; did you mean 'main'?"),
        ({"playlist": "ban-ngay"}, "notice, playlist, testcard: give one of them"),
        ({"notice": ""}, "notice, playlist, testcard: give one of them"),
        ({"expires": to_iso(NOW_NS)}, "expires: must lie in the future"),
        ({"expires": to_iso(NOW_NS + 7 * 24 * HOUR_NS + 1)}, "expires: more than 7 days"),
        ({"expires": "2027-01-16T12:00:00"}, "expires: '2027-01-16T12:00:00' is no instant"),
        ({"expires": "soon"}, "expires: 'soon' is no instant"),
        ({"expires": "9" * 400}, "expires: more than 7 days"),
        ({"start": to_iso(NOW_NS - HOUR_NS)}, "start: lies in the past"),
        ({"start": to_iso(NOW_NS + 367 * 24 * HOUR_NS)}, "start: lies more than a year ahead"),
        ({"expires": to_iso(NOW_NS + HOUR_NS), "duration_s": 5}, "expires, duration_s: give one of them"),
        ({"duration_s": 0}, "duration_s: "),
        ({"duration_s": 7 * 24 * 3600 + 1}, "duration_s: "),
        ({"duration_s": "NaN"}, "duration_s: "),
        ({"rank": 101}, "rank: "),
        ({"stop": "soon"}, "stop: "),
        ({"reason": ""}, "reason: "),
        ({"reason": None}, "reason: "),
        ({"reson": "x"}, "reson: unknown key; did you mean 'reason'?"),
    ],
)
async def test_what_is_refused_and_how_that_is_said(
    here: Stage, client: httpx.AsyncClient, fields: dict[str, Any], text: str
) -> None:
    answer = await _order(client, **fields)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert any(text in line for line in answer.json()["problems"]), answer.json()["problems"]
    with here.store.read() as db:
        assert claims.current(db, 0) == ()


async def test_every_mistake_is_told_at_once(client: httpx.AsyncClient) -> None:
    answer = await _order(client, notice="nope", screens=["nope"], expires="nope")
    assert len(answer.json()["problems"]) == 3


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b"\xff", b'{"reason": "\\ud800"}', b"[" * 10_000])
async def test_a_body_that_is_no_order(client: httpx.AsyncClient, body: bytes) -> None:
    answer = await client.post(URL, content=body)
    assert answer.status_code == 422
    assert answer.json()["problems"]


async def test_the_last_moments_are_taken(here: Stage, client: httpx.AsyncClient) -> None:
    week = to_iso(NOW_NS + 7 * 24 * HOUR_NS)
    claim = _stored(here, (await _order(client, expires=week, playlist="ban-ngay", notice="")).json()["claim"]["id"])
    assert claim.expires_ns == from_iso(week)


async def test_the_same_key_and_body_get_the_first_answer(here: Stage, client: httpx.AsyncClient) -> None:
    key = {"idempotency-key": "7f2a"}
    body = json.dumps({"notice": "cam-lua", "reason": "mùi gas", "duration_s": 60})
    first = await client.post(URL, content=body, headers=key)
    here.clock.move(3600)
    here.revise(notices={})
    again = await client.post(URL, content=body, headers=key)
    assert (again.status_code, again.content) == (201, first.content)
    assert again.headers["location"] == first.headers["location"]
    with here.store.read() as db:
        assert len(claims.current(db, 0)) == 1
    other = await client.post(URL, content=body.replace("60", "61"), headers=key)
    assert other.status_code == 422
    assert "take a new key" in other.json()["problems"][0]


async def test_a_key_belongs_to_its_caller(here: Stage, client: httpx.AsyncClient) -> None:
    key = {"idempotency-key": "7f2a"}
    await client.post(URL, json={"notice": "cam-lua", "reason": "a"}, headers=key)
    async with here.client(here.token(Role.OPERATOR, "other")) as other:
        answer = await other.post(URL, json={"notice": "gio-mo-cua", "reason": "b"}, headers=key)
    assert answer.status_code == 201
    with here.store.read() as db:
        assert len(claims.current(db, 0)) == 2


async def test_saved_but_not_handed_on_is_said_and_sending_again_helps(here: Stage, client: httpx.AsyncClient) -> None:
    folder = here.paths.air
    folder.rename(folder.with_name("elsewhere"))
    folder.write_text("a file in the way")
    body, key = {"notice": "cam-lua", "reason": "a"}, {"idempotency-key": "k"}
    failed = await client.post(URL, json=body, headers=key)
    assert failed.status_code == 503
    assert "is saved, but the players could not be told" in failed.json()["detail"]
    folder.unlink()
    assert (await client.post(URL, json=body, headers=key)).status_code == 201
    with here.store.read() as db:
        [claim] = claims.current(db, 0)
    assert here.publisher.air is not None
    assert here.publisher.air.claims == (claim,)


async def test_ending_takes_it_off_and_ending_again_says_so(here: Stage, client: httpx.AsyncClient) -> None:
    claim_id = (await _order(client, stop="now")).json()["claim"]["id"]
    here.clock.move(5)
    first = await client.delete(f"{URL}/{claim_id}")
    assert first.status_code == 200
    assert (first.json()["had_ended"], first.json()["claim"]["expires"]) == (False, to_iso(NOW_NS + 5 * SECOND_NS))
    assert [(each["state"], each["now"]) for each in first.json()["screens"]] == [("released", "filler")] * 2
    heard = len(here.players.heard)
    here.clock.move(5)
    again = await client.delete(f"{URL}/{claim_id}")
    assert (again.status_code, again.json()["had_ended"], again.json()["screens"]) == (200, True, [])
    assert again.json()["claim"]["expires"] == to_iso(NOW_NS + 5 * SECOND_NS)
    assert len(here.players.heard) == heard
    with here.store.read() as db:
        assert [entry.what for entry in journal.newest(db, 9)] == ["override.end", "override.add"]


async def test_when_it_came_on_air_is_told_by_the_players(here: Stage, client: httpx.AsyncClient) -> None:
    answer = await _order(client, stop="now")
    address, claim_id = answer.headers["location"], answer.json()["claim"]["id"]
    here.clock.move(0.1)
    nobody_knows = [{"screen": screen, "on_air_at": None, "sent_at": None} for screen in ("main", "side")]
    assert (await client.get(address)).json() == {
        "claim": answer.json()["claim"], "accepted_at": to_iso(NOW_NS), "screens": nobody_knows,
    }  # fmt: skip
    aired = Aired(claim_id, 600, NOW_NS + 9_000_000, NOW_NS + 21_000_000)
    here.screens["main"].state = replace(snapshot(), health=Health(aired=(aired,)))
    here.watcher.look()
    main, side = (await client.get(address)).json()["screens"]
    assert main == {"screen": "main", "on_air_at": to_iso(NOW_NS + 9_000_000), "sent_at": to_iso(NOW_NS + 21_000_000)}
    assert side == nobody_knows[1]
    here.clock.move(4 * 3600)
    assert (await client.get(address)).json()["claim"]["is_live"] is False


async def test_an_override_for_one_screen_came_on_air_there(client: httpx.AsyncClient) -> None:
    address = (await _order(client, screens=["side"])).headers["location"]
    assert [each["screen"] for each in (await client.get(address)).json()["screens"]] == ["side"]


async def _local(here: Stage, claim: Claim) -> None:
    here.paths.run.mkdir(exist_ok=True)
    for screen in ("main", "side"):
        write_local(here.paths.local(screen), (replace(claim, screens=(screen,)),))


async def test_what_may_not_be_interrupted_is_told_with_409_unless_it_waits(
    here: Stage, client: httpx.AsyncClient
) -> None:
    blank = Claim("panic", (), Band.SAFETY, Content(ContentKind.BLANK), NOW_NS, 0, sticky=True, source="local")
    await _local(here, blank)
    refused = await _order(client)
    assert refused.status_code == 409
    body = refused.json()
    assert (body["rule"], body["winner"]) == ("hold", "panic")
    assert "may be interrupted from band 6 up" in body["detail"]
    assert "with wait" in body["remedy"]
    with here.store.read() as db:
        assert claims.current(db, 0) == ()
    taken = await _order(client, wait=True)
    assert taken.status_code == 201
    assert [(each["state"], each["held_by"]) for each in taken.json()["screens"]] == [("held", "panic")] * 2


async def test_the_same_content_again_is_a_renewal(here: Stage, client: httpx.AsyncClient) -> None:
    first = (await _order(client, stop="now", duration_s=60)).json()
    here.clock.move(30)
    again = await _order(client, stop="now", duration_s=600, reason="còn mùi", rank=3)
    assert again.status_code == 201
    body = again.json()["claim"]
    assert (body["id"], body["renewals"], body["issued"]) == (first["claim"]["id"], 1, first["claim"]["issued"])
    assert (body["start"], body["expires"]) == (to_iso(NOW_NS), to_iso(NOW_NS + 630 * SECOND_NS))
    assert (body["reason"], body["rank"]) == ("còn mùi", 3)
    with here.store.read() as db:
        assert len(claims.current(db, NOW_NS)) == 1
        assert [entry.what for entry in journal.newest(db, 2)] == ["override.renew", "override.add"]
    other = await _order(client, notice="gio-mo-cua")
    assert other.json()["claim"]["renewals"] == 0


async def test_an_overlay_and_a_sharing_claim_are_on_air_with_what_they_join(
    here: Stage, client: httpx.AsyncClient
) -> None:
    zones = (Zone(ZoneKind.MAIN), Zone(ZoneKind.OVERLAY, "dai", y=0.8, height=0.2))
    here.revise(replace(SCHEDULE, layouts=(*SCHEDULE.layouts, Layout("co-dai", zones))))
    await here.publisher.publish()
    here.clock.move(120)
    strip = (await _order(client, notice="chao", mode="overlay", zone="dai", stop="now", essential=True)).json()
    assert (strip["claim"]["mode"], strip["claim"]["zone"], strip["claim"]["essential"]) == ("overlay", "dai", True)
    assert [each["state"] for each in strip["screens"]] == ["on_air"] * 2
    first = (await _order(client, notice="gio-mo-cua", stop="now")).json()
    second = (await _order(client, notice="cam-lua", mode="share", stop="now")).json()
    assert [each["state"] for each in second["screens"]] == ["on_air"] * 2
    [main] = (await client.get("/api/v1/on-air", params={"screen": "main"})).json()["screens"]
    on_air = {main["because"]["winner"], *main["because"]["sharers"]}
    assert on_air == {first["claim"]["id"], second["claim"]["id"]}
    assert main["because"]["overlays"] == [strip["claim"]["id"]]


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"mode": "overlay"}, "an overlay needs a zone"),
        ({"mode": "overlay", "zone": "dai"}, "no layout has an overlay zone 'dai'"),
        ({"zone": "dai"}, "only an overlay has a zone"),
        ({"notice": "", "testcard": "puce"}, "there is no test card 'puce'; known: white"),
        ({"notice": "", "testcard": "white", "duration_s": 601}, "a test card stands at most 10 minutes"),
        ({"hold": 7}, "hold: "),
        ({"mode": "cover"}, "mode: "),
    ],
)
async def test_what_does_not_go_together_is_told(
    here: Stage, client: httpx.AsyncClient, fields: dict[str, Any], said: str
) -> None:
    answer = await _order(client, **fields)
    assert answer.status_code == 422
    assert any(said in line for line in answer.json()["problems"]), answer.json()["problems"]


async def test_a_test_card_stands_ten_minutes_and_a_hold_is_kept(here: Stage, client: httpx.AsyncClient) -> None:
    card = (await _order(client, notice="", testcard="bars", stop="now", hold=5, sticky=True)).json()["claim"]
    assert (card["testcard"], card["expires"]) == ("bars", to_iso(NOW_NS + 600 * SECOND_NS))
    kept = _stored(here, card["id"])
    assert (kept.hold, kept.sticky, kept.content.kind) == (5, True, ContentKind.TESTCARD)
    refused = await _order(client)
    assert (refused.status_code, refused.json()["winner"]) == (409, card["id"])


async def test_a_step_of_the_wall_clock_neither_ends_nor_extends_an_override(
    here: Stage, client: httpx.AsyncClient
) -> None:
    claim_id = (await _order(client, stop="now", duration_s=600)).json()["claim"]["id"]
    here.clock.step(5 * 3600)
    [listed] = (await client.get(URL)).json()["overrides"]
    assert (listed["id"], listed["is_live"]) == (claim_id, True)
    assert listed["expires"] == to_iso(NOW_NS + (5 * 3600 + 600) * SECOND_NS)
    await here.publisher.publish()
    assert resolve(here.publisher.inputs("main"), here.clock.utc_ns()).claim == claim_id
    here.clock.move(599)
    assert (await client.get(URL)).json()["overrides"] != []
    here.clock.step(-9 * 3600)
    here.clock.move(1)
    assert (await client.get(URL)).json()["overrides"] == []
    assert resolve(here.publisher.inputs("main"), here.clock.utc_ns()).claim == "filler"
