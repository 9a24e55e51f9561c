"""Events: what is told, in which order, to whom, what a listener that comes back gets, and who is let go."""

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from api_stage import NOW_NS, SECOND_NS, Stage, snapshot, stage

from playout.api.events import EventLog, EventName, stream
from playout.api.live import ABORT, LiveStream, Places
from playout.api.watch import watch
from playout.clock import to_iso
from playout.model.people import Role
from playout.model.snapshot import Aired, LinkState
from playout.model.trust import ClockTrust
from playout.store import tokens

pytestmark = pytest.mark.anyio
URL = "/api/v1/events"


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[Stage]:
    async with stage(tmp_path) as made:
        for screen, player in made.screens.items():
            player.state = snapshot(screen)
        made.watcher.look()
        yield made


@dataclass(frozen=True, slots=True)
class Told:
    name: str
    id: str
    data: dict[str, Any]


def read(wire: bytes) -> list[Told]:
    """The events in what was sent; read as the standard says, but for what we never send."""
    told: list[Told] = []
    for block in wire.decode().split("\n\n"):
        fields = dict(line.split(": ", 1) for line in block.splitlines() if not line.startswith(":"))
        if "data" in fields:
            told.append(Told(fields["event"], fields["id"], json.loads(fields["data"])))
    return told


def listen(here: Stage, last_id: str) -> AsyncGenerator[bytes, None]:
    return stream(here.events, last_id, lambda: True, here.services.stopping, here.clock)


def changes(here: Stage) -> list[tuple[str, dict[str, Any]]]:
    """What is new since the last look, without the instant."""
    before = here.events.newest
    here.watcher.look()
    events = here.events.since(before)
    assert events is not None
    told = [told for event in events for told in read(event.wire)]
    assert [each.data.pop("at") for each in told] == [to_iso(here.clock.utc_ns())] * len(told)
    return [(each.name, each.data) for each in told]


def show(here: Stage, screen: str = "main", **fields: Any) -> None:
    """The player publishes again, a tick later."""
    state = here.screens[screen].state
    assert state is not None
    here.screens[screen].state = replace(state, tick=state.tick + 6, at_ns=here.clock.utc_ns(), **fields)


async def test_nothing_new_is_no_event(here: Stage) -> None:
    show(here)
    assert changes(here) == []


async def test_the_first_look_takes_what_it_finds_as_given(tmp_path: Path) -> None:
    async with stage(tmp_path) as here:
        here.screens["main"].state = snapshot()
        assert changes(here) == []


async def test_a_new_page_is_told_with_why_it_is_on_air(here: Stage) -> None:
    show(here, language="km", page=3, pages=3, entered_ns=NOW_NS + 5, until_ns=NOW_NS + SECOND_NS)
    [(name, data)] = changes(here)
    assert name == "on_air"
    assert (data["screen"], data["claim"], data["notice"], data["language"], data["page"]) == (
        "main", "filler", "gio-mo-cua", "km", 3,
    )  # fmt: skip
    assert (data["entered"], data["until"]) == (to_iso(NOW_NS + 5), to_iso(NOW_NS + SECOND_NS))
    assert data["because"] == {"winner": "filler", "losers": ["fallback"], "rule": "band"}


async def test_the_same_page_again_is_a_new_showing(here: Stage) -> None:
    show(here, entered_ns=NOW_NS + 8 * SECOND_NS)
    assert [name for name, _ in changes(here)] == ["on_air"]


async def test_link_revision_and_warnings(here: Stage) -> None:
    state = here.screens["side"].state
    assert state is not None
    show(here, "side", health=replace(state.health, state=LinkState.UP, detail=""), warnings=("hot",), revision=2)
    assert changes(here) == [
        ("revision", {"screen": "side", "revision": 2, "generation": 1}),
        ("link", {"screen": "side", "sink": "memory", "state": "up", "detail": ""}),
        ("warning_begun", {"screen": "side", "text": "hot"}),
        ("warning_ended", {"screen": "side", "text": "no clock"}),
    ]


async def test_warnings_of_control_belong_to_no_screen(here: Stage) -> None:
    here.warnings = ("the disk is old",)
    assert changes(here) == [("warning_begun", {"screen": "", "text": "the disk is old"})]
    here.warnings = ()
    assert changes(here) == [("warning_ended", {"screen": "", "text": "the disk is old"})]


async def test_a_player_that_falls_silent_and_comes_back(here: Stage) -> None:
    here.clock.move(2)
    assert changes(here) == []
    here.clock.move(0.001)
    show(here, "side")
    assert changes(here) == [("player", {"screen": "main", "is_alive": False})]
    here.clock.move(60)
    show(here)
    assert changes(here) == [
        ("player", {"screen": "main", "is_alive": True}),
        ("player", {"screen": "side", "is_alive": False}),
    ]


async def test_overrides_made_ended_and_expired(here: Stage) -> None:
    async with here.client(here.token(Role.OPERATOR)) as client:
        orders = [{"notice": name, "reason": "gas", "duration_s": 60} for name in ("cam-lua", "gio-mo-cua")]
        made = [(await client.post("/api/v1/overrides", json=order)).json()["claim"] for order in orders]
        by_id = {claim["id"]: claim for claim in made}
        found = changes(here)
        assert [name for name, _ in found] == ["override_made"] * 2
        assert {data["override"]["id"]: data["override"] for _, data in found} == by_id
        here.clock.move(5)
        await client.delete(f"/api/v1/overrides/{made[0]['id']}")
    assert changes(here)[-1] == ("override_ended", {"id": made[0]["id"], "has_expired": False})
    here.clock.move(55)
    assert changes(here)[-1] == ("override_ended", {"id": made[1]["id"], "has_expired": True})


async def test_a_player_trusts_its_clock_no_more(here: Stage) -> None:
    state = here.screens["main"].state
    assert state is not None
    lost = ClockTrust(trusted=False, reason="no time server answers", source="")
    show(here, conditions=replace(state.conditions, trust=lost))
    assert changes(here) == [
        ("clock", {"screen": "main", "trusted": False, "source": "", "reason": "no time server answers"})
    ]
    show(here)
    assert changes(here) == []


async def test_ids_grow_and_a_listener_that_comes_back_gets_what_it_missed(here: Stage) -> None:
    for number in range(3):
        here.events.add(EventName.WARNING_BEGUN, {"text": str(number)})
    parts = listen(here, "1-a-1")
    missed = read(await anext(parts) + await anext(parts))
    assert [(each.id, each.data["text"]) for each in missed] == [("1-a-2", "1"), ("1-a-3", "2")]
    here.events.add(EventName.WARNING_BEGUN, {"text": "live"})
    assert [each.id for each in read(await anext(parts))] == ["1-a-4"]


async def test_who_misses_nothing_gets_no_reset(here: Stage) -> None:
    here.events.add(EventName.WARNING_BEGUN, {"text": "seen"})
    first = await anext(listen(here, "1-a-1"))
    assert (read(first), b"retry: 1000\n" in first) == ([], True)


@pytest.mark.parametrize(
    "last_id", ["", "1-a-5", "1-a-99", "1-b-9", "0-a-9", "1-a-", "9", "x", "1-a--7", "1-a-²", "1-a-" + "9" * 5000]
)
async def test_an_id_that_is_too_old_or_unknown_resets(here: Stage, last_id: str) -> None:
    here.events = EventLog("1-a", kept=3)
    for number in range(9):
        here.events.add(EventName.WARNING_BEGUN, {"text": str(number)})
    parts = listen(here, last_id)
    assert [(each.name, each.id, each.data) for each in read(await anext(parts))] == [
        ("reset", "1-a-9", {"at": to_iso(NOW_NS)})
    ]
    here.events.add(EventName.WARNING_BEGUN, {"text": "live"})
    assert [each.data["text"] for each in read(await anext(parts))] == ["live"]


async def test_the_oldest_place_that_misses_nothing(here: Stage) -> None:
    here.events = EventLog("1-a", kept=3)
    for number in range(9):
        here.events.add(EventName.WARNING_BEGUN, {"text": str(number)})
    parts = listen(here, "1-a-6")
    await anext(parts)
    assert [each.data["text"] for each in read(await anext(parts))] == ["6", "7", "8"]


async def test_a_listener_behind_the_ring_is_let_go_and_nobody_waits_for_it(here: Stage) -> None:
    here.events = EventLog("1-a", kept=3)
    slow, quick = listen(here, ""), listen(here, "")
    await anext(slow)
    await anext(quick)
    got: list[str] = []
    for number in range(9):
        here.events.add(EventName.WARNING_BEGUN, {"text": str(number)})
        got += [each.data["text"] for each in read(await anext(quick))]
    assert got == [str(number) for number in range(9)]
    assert [part async for part in slow] == []


async def test_silence_is_broken_by_a_comment(here: Stage) -> None:
    parts = listen(here, "")
    await anext(parts)
    here.clock.move(10)
    assert await anext(parts) == b": still here\n\n"


async def test_a_stream_ends_after_ten_minutes_when_control_stops_and_when_the_right_is_lost(here: Stage) -> None:
    rights = ["right"]
    for end in (lambda: here.clock.move(600), here.services.stopping.set, rights.clear):
        here.services.stopping.clear()
        parts = stream(here.events, "", lambda: bool(rights), here.services.stopping, here.clock)
        await anext(parts)
        end()
        assert [part async for part in parts] == []


async def test_a_revoked_token_ends_its_stream(here: Stage) -> None:
    async with here.client(here.token(Role.VIEWER, "guest")) as client:
        asking = asyncio.create_task(client.get(URL))
        while _has_two(here.services.listeners):
            await asyncio.sleep(0)
        with here.store.write() as db:
            tokens.revoke(db, "guest", here.clock.utc_ns())
        here.clock.move(1)
        here.events.wake()
        answer = await asking
    assert answer.status_code == 200
    assert [each.name for each in read(answer.content)] == ["reset"]
    assert _has_two(here.services.listeners)


def _has_two(places: Places) -> bool:
    taken = [places.enter(), places.enter()]
    for was_free in taken:
        if was_free:
            places.leave()
    return all(taken)


async def test_places_are_few_and_come_back(here: Stage) -> None:
    here.services.stopping.set()
    async with here.client(here.token(Role.VIEWER)) as client:
        for _ in range(5):
            answer = await client.get(URL)
            assert answer.headers["content-type"].startswith("text/event-stream")
        assert here.services.listeners.enter()
        assert here.services.listeners.enter()
        full = await client.get(URL)
    assert (full.status_code, full.headers["retry-after"]) == (503, "10")
    assert "/api/v1/status" in full.json()["remedy"]


async def test_who_does_not_read_is_cut_off() -> None:
    places, cuts = Places(1), list[str]()
    assert places.enter()

    async def parts() -> AsyncGenerator[bytes, None]:
        while True:
            yield b"x"

    async def receive() -> dict[str, str]:
        while not cuts:
            await asyncio.sleep(0)
        return {"type": "http.disconnect"}

    async def send(message: object) -> None:
        raise TimeoutError  # as it comes after five seconds in which nothing could be sent

    scope = {
        "type": "http", "asgi": {"spec_version": "2.3"}, "extensions": {ABORT: {"call": lambda: cuts.append("cut")}}
    }  # fmt: skip
    await LiveStream(parts(), places, "text/event-stream")(scope, receive, send)
    assert cuts == ["cut"]
    assert places.enter()


async def test_a_look_that_fails_is_not_the_last_one(here: Stage) -> None:
    here.screens["main"].state = "odd"  # pyright: ignore[reportAttributeAccessIssue] -- to make it fail
    watching = asyncio.create_task(watch(here.watcher, here.events, here.services.stopping, interval_s=0))
    looked = here.screens["main"].snapshots_taken
    while here.screens["main"].snapshots_taken < looked + 3:
        await asyncio.sleep(0)
    here.screens["main"].state = snapshot(at_ns=NOW_NS + 1)
    show(here, claim="override-1")
    while not here.events.newest:
        await asyncio.sleep(0)
    here.services.stopping.set()
    await watching


async def test_when_a_claim_came_on_air_is_remembered(here: Stage) -> None:
    first, again = Aired("override-1", 7, NOW_NS, NOW_NS + 5), Aired("override-1", 99, NOW_NS + 7, NOW_NS + 8)
    state = here.screens["main"].state
    assert state is not None
    show(here, health=replace(state.health, aired=(first,)))
    here.watcher.look()
    show(here, health=replace(state.health, aired=(again,)))
    here.watcher.look()
    assert here.watcher.aired("main", "override-1") == first
    assert here.watcher.aired("side", "override-1") is None
