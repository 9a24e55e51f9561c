"""Who may do what: every route of the OpenAPI document, for every role by token and session, and for no good ones."""

import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from api_stage import SECOND_NS, Stage, snapshot, stage
from fastapi.routing import APIRoute
from starlette.routing import BaseRoute, Route

from playout.api.auth import SESSION_COOKIE
from playout.model.people import Role
from playout.store import people, sessions, tokens

pytestmark = pytest.mark.anyio

DOCUMENT = json.loads((Path(__file__).parent.parent.parent / "docs" / "openapi.json").read_text(encoding="utf-8"))
ROUTES = {f"{method.upper()} {path}" for path, methods in DOCUMENT["paths"].items() for method in methods}
HAS = {
    "viewer": {"look"},
    "operator": {"look", "override", "take_down", "schedule"},
    "approver": {"look", "override", "take_down", "schedule", "approve", "free_text"},
    "ict": {"look", "override", "take_down", "schedule", "emergency", "free_text"},
    "admin": {"look", "override", "take_down", "schedule", "approve", "free_text", "emergency", "people"},
}
"""The table of rights, written down a second time."""
LOCKED_OUT = [
    "nobody",
    "guess",
    "expired",
    "revoked",
    "session as token",
    "token as session",
    "disabled",
    "old session",
]
HERE, ELSEWHERE = "http://localhost", "https://evil.example"


@dataclass(frozen=True, slots=True)
class Row:
    """The right that a route needs (empty: none), and what whoever has it gets."""

    right: str
    status: int = 200
    url: str = ""
    body: str = ""
    elsewhere: int = 0
    """What whoever has the right on another screen only gets; 0: the same."""
    by_session: int = 0
    """What a session gets that has the right; 0: the same."""


NOTICE = '{"kind": "text", "title": "t", "source": "s", "texts": [{"language": "vi", "body": "b"}]}'
ORDER = '{"notice": "cam-lua", "reason": "gas", "screens": ["main"]}'
PAGES = {
    "GET /": Row("look"),
    "GET /console/{name}": Row("look", 200, "/console/console.js"),
}
"""For people with a browser, not for programs."""
MATRIX = PAGES | {
    "GET /healthz": Row(""),
    "GET /readyz": Row(""),
    "GET /api/v1/status": Row("look"),
    "GET /api/v1/events": Row("look"),
    "GET /api/v1/session": Row("look"),
    "POST /api/v1/session": Row("", 422),
    "POST /api/v1/session/first": Row("", 422),
    "DELETE /api/v1/session": Row("look", 400, by_session=204),
    "GET /api/v1/on-air": Row("look"),
    "GET /api/v1/as-run": Row("look"),
    "GET /api/v1/screens/{screen}/preview.jpg": Row("look", 200, "/api/v1/screens/main/preview.jpg"),
    "GET /api/v1/screens/{screen}/preview.mjpg": Row("look", 200, "/api/v1/screens/main/preview.mjpg"),
    "GET /api/v1/notices": Row("look"),
    "POST /api/v1/notices/check": Row("schedule", body=NOTICE),
    "GET /api/v1/schedule": Row("look"),
    "PUT /api/v1/schedule": Row("schedule", 428, elsewhere=403),
    "POST /api/v1/schedule/check": Row("schedule", body='{"schedule": {}}'),
    "GET /api/v1/schedule/export": Row("look"),
    "GET /api/v1/schedule/gaps": Row("look"),
    "GET /api/v1/schedule/plan": Row("look", 200, "/api/v1/schedule/plan?day=2026-09-02"),
    "GET /api/v1/schedule/plan.png": Row("look", 200, "/api/v1/schedule/plan.png?day=2026-09-02"),
    "GET /api/v1/schedule/revisions": Row("look"),
    "GET /api/v1/schedule/revisions/{number}": Row("look", 200, "/api/v1/schedule/revisions/1"),
    "GET /api/v1/schedule/revisions/{number}/difference": Row("look", 200, "/api/v1/schedule/revisions/1/difference"),
    "POST /api/v1/schedule/revisions/{number}/restore": Row(
        "schedule", 428, "/api/v1/schedule/revisions/1/restore", elsewhere=403
    ),
    "GET /api/v1/overrides": Row("look"),
    "POST /api/v1/overrides": Row("override", 201, body=ORDER, elsewhere=403),
    "GET /api/v1/overrides/{claim}": Row("look", 404, "/api/v1/overrides/none"),
    "DELETE /api/v1/overrides/{claim}": Row("take_down", 404, "/api/v1/overrides/none"),
}


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[Stage]:
    async with stage(tmp_path) as made:
        for screen, player in made.screens.items():
            player.state = snapshot(screen)
            player.show(1)
        made.services.stopping.set()  # moving pictures end at once
        yield made


def test_every_route_of_the_document_has_a_row() -> None:
    assert set(MATRIX) - set(PAGES) == ROUTES


async def test_every_route_of_the_application_has_a_row(here: Stage) -> None:
    assert _routes(here.app.routes) == set(MATRIX)


@pytest.mark.parametrize("name", MATRIX)
async def test_whoever_may_not_come_in_is_told_so(here: Stage, name: str) -> None:
    row = MATRIX[name]
    for who, headers in _locked_out(here).items():
        await _expect(here, name, row, who, headers, 401 if row.right else row.status)


@pytest.mark.parametrize("name", MATRIX)
async def test_each_role_may_do_what_it_has_the_right_to(here: Stage, name: str) -> None:
    row = MATRIX[name]
    for role, rights in HAS.items():
        expected = row.status if not row.right or row.right in rights else 403
        await _expect(here, name, row, f"{role}, by token", here.token(Role(role)), expected)
        cookie = _signed_in(here, Role(role))
        by_session = row.by_session or expected
        await _expect(here, name, row, f"{role}, by session", {**cookie, "origin": HERE}, by_session)
        theirs = here.token(Role(role), f"{role} of main", ("main",))
        only_side = here.token(Role(role), f"{role} of side", ("side",))
        whole_wall = name in {"PUT /api/v1/schedule", "POST /api/v1/schedule/revisions/{number}/restore"}
        outside = row.elsewhere or expected
        await _expect(here, name, row, f"{role}, of main", theirs, outside if whole_wall else expected)
        await _expect(here, name, row, f"{role}, of side", only_side, outside)


@pytest.mark.parametrize("name", MATRIX)
async def test_a_session_changes_nothing_from_elsewhere(here: Stage, name: str) -> None:
    row, looks = MATRIX[name], name.startswith("GET ")
    cookie = _signed_in(here, Role.ADMIN)
    for origin in (
        "",
        ELSEWHERE,
        "null",
        f"{HERE}.evil.example",
        f"{HERE}:8080",
        "https://localhost",
        f"{HERE}, {HERE}",
    ):
        headers = {**cookie, "origin": origin} if origin else cookie
        is_let_in = looks or (not row.right and not origin)
        await _expect(here, name, row, f"from {origin}", headers, row.status if is_let_in else 403)


@pytest.mark.parametrize("name", MATRIX)
async def test_a_one_time_link_only_looks(here: Stage, name: str) -> None:
    with here.store.write() as db:
        secret = sessions.redeem(db, sessions.create_link(db, here.clock.utc_ns()), here.clock.utc_ns())
    headers = {"cookie": f"{SESSION_COOKIE}={secret}", "origin": HERE}
    row = MATRIX[name]
    await _expect(
        here, name, row, "link", headers, (row.by_session or row.status) if row.right in {"", "look"} else 403
    )


async def test_a_claim_of_another_screen_stays(here: Stage) -> None:
    async with here.client(here.token(Role.OPERATOR)) as client:
        made = await client.post("/api/v1/overrides", content=ORDER)
        everywhere = await client.post("/api/v1/overrides", json={"notice": "gio-mo-cua", "reason": "r"})
    async with here.client(here.token(Role.OPERATOR, "side", ("side",))) as client:
        for answer in (made, everywhere):
            refused = await client.delete(answer.headers["location"])
            assert refused.status_code == 403
            assert "main" in refused.json()["detail"]
            assert "side" in refused.json()["remedy"]
        assert (await client.post("/api/v1/overrides", json={"notice": "cam-lua", "reason": "r"})).status_code == 403
        own = await client.post("/api/v1/overrides", json={"notice": "cam-lua", "reason": "r", "screens": ["side"]})
        assert own.status_code == 201
        assert (await client.delete(own.headers["location"])).status_code == 200
    async with here.client(here.token(Role.OPERATOR, "main", ("main",))) as client:
        ended = await client.delete(made.headers["location"])
    assert ended.status_code == 200
    assert not ended.json()["had_ended"]


async def test_a_new_role_holds_within_a_second(here: Stage) -> None:
    async with here.client({**_signed_in(here, Role.OPERATOR), "origin": HERE}) as client:
        assert (await client.post("/api/v1/overrides", content=ORDER)).status_code == 201
        with here.store.write() as db:
            people.set_role(db, "of-operator", Role.VIEWER, ())
        here.clock.move(1)
        assert (await client.post("/api/v1/overrides", content=ORDER)).status_code == 403
        with here.store.write() as db:
            people.set_enabled(db, "of-operator", here.clock.utc_ns(), enabled=False)
        here.clock.move(1)
        assert (await client.get("/api/v1/overrides")).status_code == 401


async def _expect(here: Stage, name: str, row: Row, who: str, headers: Mapping[str, str], status: int) -> None:
    method, path = name.split(" ")
    async with here.client(headers) as client:
        answer = await client.request(method, row.url or path, content=row.body)
    assert answer.status_code == status, (who, answer.text)
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "default-src 'self'" in answer.headers["content-security-policy"]
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
    assert "access-control-allow-origin" not in answer.headers
    if status in {401, 403} and name != "GET /":
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["remedy"]


def _locked_out(here: Stage) -> dict[str, dict[str, str]]:
    """Headers of everybody who must not come in."""
    now_ns = here.clock.utc_ns()
    session, token = _signed_in(here, Role.ADMIN), here.token(Role.ADMIN, "good")
    disabled = _signed_in(here, Role.ICT)
    with here.store.write() as db:
        people.set_enabled(db, "of-ict", now_ns, enabled=False)
        expired = tokens.create(db, "expired", Role.ADMIN, 0, now_ns)
        revoked = tokens.create(db, "revoked", Role.ADMIN, 0)
        tokens.revoke(db, "revoked", now_ns)
        old = sessions.sign_in(db, "of-admin", now_ns - sessions.SESSION_NS - SECOND_NS)
    made = {
        "nobody": {},
        "guess": {"authorization": "Bearer guess"},
        "expired": {"authorization": f"Bearer {expired}"},
        "revoked": {"authorization": f"Bearer {revoked}"},
        "session as token": {"authorization": f"Bearer {session['cookie'].partition('=')[2]}"},
        "token as session": {"cookie": f"{SESSION_COOKIE}={token['authorization'].partition(' ')[2]}"},
        "disabled": disabled,
        "old session": {"cookie": f"{SESSION_COOKIE}={old}"},
    }
    assert list(made) == LOCKED_OUT
    return {who: {**headers, "origin": HERE} for who, headers in made.items()}


def _signed_in(here: Stage, role: Role) -> dict[str, str]:
    """Headers of a new person's session."""
    login = f"of-{role}"
    with here.store.write() as db:
        people.add(db, people.Person(login, login, role, (), here.clock.utc_ns()), "no password")
        secret = sessions.sign_in(db, login, here.clock.utc_ns())
    return {"cookie": f"{SESSION_COOKIE}={secret}"}


def _routes(routes: list[BaseRoute]) -> set[str]:
    """Method and path of every route, whatever included it."""
    found: set[str] = set()
    for route in routes:
        if isinstance(route, (APIRoute, Route)):
            found |= {f"{method} {route.path}" for method in (route.methods or set()) - {"HEAD"}}
        else:
            found |= {f"{method} {path}" for path, method in _included(route)}
    return found


def _included(route: BaseRoute) -> list[tuple[str, str]]:
    context = getattr(route, "original_router", None)
    assert context is not None, f"an unknown kind of route: {route!r}"
    return [(path, method) for name in _routes(context.routes) for method, path in [name.split(" ", 1)]]
