"""Who is let in: tokens, host names, one-time links, limits. Every route with every kind of caller: test_api_matrix."""

import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Annotated

import httpx
import pytest
from api_stage import SECOND_NS, Stage, snapshot, stage
from fastapi import Query

from playout.api.edge import BODY_MAX
from playout.api.links import one_time_link
from playout.config import Api
from playout.model.people import Role
from playout.store import tokens
from playout.store.sessions import LINK_NS, SESSION_NS

pytestmark = pytest.mark.anyio


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[Stage]:
    async with stage(tmp_path) as made:
        for screen, player in made.screens.items():
            player.state = snapshot(screen)
            player.show(1)
        made.services.stopping.set()  # moving pictures end at once
        yield made


def _link(here: Stage) -> str:
    """The path of a new one-time link."""
    return one_time_link(here.store, here.config, here.clock.utc_ns()).removeprefix("http://127.0.0.1:8080")


@pytest.mark.parametrize("header", ["Bearer guess", "Basic YTpi", "Bearer", "bearer  ", "Bearer \xff"])
async def test_a_wrong_token_opens_nothing(here: Stage, header: str) -> None:
    async with here.client() as client:
        answer = await client.get("/api/v1/status", headers={"authorization": header.encode("latin-1")})
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"
    assert answer.headers["content-type"] == "application/problem+json"
    assert "playout token create" in answer.json()["remedy"]


async def test_a_revoked_token_stops_within_a_second(here: Stage) -> None:
    async with here.client(here.token(Role.VIEWER, "guest")) as client:
        assert (await client.get("/api/v1/status")).status_code == 200
        with here.store.write() as db:
            tokens.revoke(db, "guest", here.clock.utc_ns())
        here.clock.move(1)
        assert (await client.get("/api/v1/status")).status_code == 401


async def test_a_token_ends_when_it_expires(here: Stage) -> None:
    with here.store.write() as db:
        secret = tokens.create(db, "short", Role.VIEWER, 0, here.clock.utc_ns() + 10 * SECOND_NS)
    async with here.client({"authorization": f"Bearer {secret}"}) as client:
        assert (await client.get("/api/v1/status")).status_code == 200
        here.clock.move(10)
        assert (await client.get("/api/v1/status")).status_code == 401


async def test_a_link_opens_one_read_only_session(here: Stage) -> None:
    link = _link(here)
    async with here.client() as client:
        answer = await client.get(link)
        assert answer.status_code == 303
        assert answer.headers["location"] == "/"
        cookie = answer.headers["set-cookie"]
        assert {"HttpOnly", "SameSite=strict", "Path=/"} <= set(cookie.split("; "))
        assert "Secure" not in cookie
        assert (await client.get("/api/v1/status")).status_code == 200
        here.clock.move(SESSION_NS / SECOND_NS)
        assert (await client.get("/api/v1/status")).status_code == 401
    async with here.client() as other:
        again = await other.get(link)
        assert again.status_code == 401
        assert "set-cookie" not in again.headers
        assert "older than 10 minutes" in again.text


async def test_a_link_is_good_for_ten_minutes(here: Stage) -> None:
    link = _link(here)
    here.clock.move(LINK_NS / SECOND_NS)
    async with here.client() as client:
        assert (await client.get(link)).status_code == 401


async def test_with_tls_the_session_stays_on_tls(tmp_path: Path) -> None:
    api = Api("192.0.2.7", 8443, ("bang.example",), "cert.pem", "key.pem")
    async with stage(tmp_path, api) as here:
        link = one_time_link(here.store, here.config, here.clock.utc_ns())
        assert link.startswith("https://bang.example:8443/?link=")
        async with here.client(base="https://bang.example:8443") as client:
            answer = await client.get(link)
    assert answer.status_code == 303
    assert "Secure" in answer.headers["set-cookie"].split("; ")


@pytest.mark.parametrize(
    "host", ["localhost", "127.0.0.1:8080", "[::1]:8080", "LOCALHOST", "bang.example", "192.0.2.7"]
)
async def test_names_that_are_served(tmp_path: Path, host: str) -> None:
    async with stage(tmp_path, Api("192.0.2.7", hosts=("bang.example",))) as here, here.client() as client:
        assert (await client.get("/healthz", headers={"host": host})).status_code == 200


@pytest.mark.parametrize("host", ["evil.example", "", "localhost.evil.example", "evil.example:8080", "localhost:x"])
async def test_a_foreign_name_is_refused_before_anything_else(here: Stage, host: str) -> None:
    async with here.client(here.token(Role.OPERATOR)) as client:
        for path in ("/healthz", "/api/v1/status", "/"):
            answer = await client.get(path, headers={"host": host})
            assert answer.status_code == 421
            assert "api.hosts" in answer.json()["remedy"]
            assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("given", ["2001:db8::7", "[2001:DB8::7]"])
async def test_an_ipv6_address_may_be_configured_with_brackets_and_without(tmp_path: Path, given: str) -> None:
    async with stage(tmp_path, Api(hosts=(given,))) as here, here.client() as client:
        for host, status in (("[2001:db8::7]", 200), ("[2001:DB8::7]:8080", 200), ("[2001:db8::8]", 421)):
            assert (await client.get("/healthz", headers={"host": host})).status_code == status


@pytest.mark.parametrize("hosts", [("localhost", "evil.example"), ("evil.example", "localhost"), ("localhost",) * 2])
async def test_two_host_names_are_refused(here: Stage, hosts: tuple[str, str]) -> None:
    async with here.client() as client:
        answer = await client.get("/healthz", headers=[("host", host) for host in hosts])
    assert answer.status_code == 400
    assert "more than once" in answer.json()["detail"]


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "OPTIONS", "DELETE"])
@pytest.mark.parametrize("path", ["/", "/healthz", "/api/v1/status", "/console/console.js", "/none"])
async def test_every_answer_has_the_strict_headers_and_none_of_cors(here: Stage, method: str, path: str) -> None:
    foreign = {
        "origin": "https://evil.example", "access-control-request-method": "POST",
        "access-control-request-headers": "authorization",
    }  # fmt: skip
    async with here.client(here.token(Role.OPERATOR)) as client:
        answer = await client.request(method, path, headers=foreign)
    assert answer.headers.get_list("x-content-type-options") == ["nosniff"]
    assert answer.headers.get_list("referrer-policy") == ["same-origin"]
    assert answer.headers.get_list("cross-origin-resource-policy") == ["same-origin"]
    assert answer.headers.get_list("cache-control") == ["no-store"]
    [policy] = answer.headers.get_list("content-security-policy")
    rules = dict(rule.split(maxsplit=1) for rule in policy.split("; "))
    assert (rules["default-src"], rules["base-uri"], rules["frame-ancestors"]) == ("'self'", "'none'", "'none'")
    assert not {"unsafe-inline", "unsafe-eval", "*", "data:", "http:", "https:"} & set(policy.replace("'", "").split())
    assert not [name for name in answer.headers if name.startswith("access-control-")]
    assert "strict-transport-security" not in answer.headers


async def test_under_tls_browsers_are_told_to_keep_to_it(tmp_path: Path) -> None:
    api = Api("192.0.2.7", 8443, ("bang.example",), "cert.pem", "key.pem")
    async with stage(tmp_path, api) as here, here.client(base="https://bang.example:8443") as client:
        for path in ("/healthz", "/none", "/"):
            assert (await client.get(path)).headers.get_list("strict-transport-security") == ["max-age=15552000"]


async def test_a_long_body_is_refused(here: Stage) -> None:
    async def endless() -> AsyncIterator[bytes]:
        while True:
            yield b" " * 1000

    async with here.client(here.token(Role.OPERATOR)) as client:
        told = await client.post("/api/v1/overrides", content=b" " * (BODY_MAX + 1))
        untold = await client.post("/api/v1/overrides", content=endless())
    for answer in (told, untold):
        assert answer.status_code == 413
        assert answer.headers["content-type"] == "application/problem+json"


async def test_errors_are_problem_documents(here: Stage) -> None:
    async with here.client(here.token(Role.OPERATOR)) as client:
        answers = [
            await client.get("/nothing"),
            await client.put("/api/v1/overrides"),
            await client.post("/api/v1/status"),
            await client.get("/api/v1/screens/none/preview.jpg"),
            await client.get("/console/../app.py"),
            await client.get("/console/page.html"),
        ]
    assert [answer.status_code for answer in answers] == [404, 405, 405, 404, 404, 404]
    for answer in answers:
        assert answer.headers["content-type"] == "application/problem+json"
        body = answer.json()
        assert set(body) == {"type", "title", "status", "detail", "remedy"}
        assert body["status"] == answer.status_code
    assert [answer.headers.get("allow") for answer in answers[1:3]] == ["GET, POST", "GET, HEAD"]
    assert answers[0].json()["detail"] == "there is nothing at /nothing"


async def test_what_the_framework_refuses_names_every_mistake(here: Stage) -> None:
    @here.app.get("/odd/{number}")
    async def odd(number: int, limit: Annotated[int, Query(le=5)]) -> None: ...

    async with here.client() as client:
        answer = await client.get("/odd/x?limit=9")
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["problems"] == [
        "number: input should be a valid integer, unable to parse string as an integer",
        "limit: input should be less than or equal to 5",
    ]


async def test_something_unforeseen_shows_no_traceback(here: Stage) -> None:
    here.screens["main"].state = "not a snapshot"  # pyright: ignore[reportAttributeAccessIssue] -- to make it fail
    async with here.client(here.token(Role.VIEWER)) as client:
        answer = await client.get("/api/v1/status")
    assert answer.status_code == 500
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert not re.search("Traceback|File|snapshot", answer.text)


async def test_a_store_that_fails_is_said_with_its_remedy(here: Stage) -> None:
    headers = here.token(Role.VIEWER)
    with here.store.write() as db:
        db.execute("ALTER TABLE tokens RENAME TO elsewhere")
    async with here.client(headers) as client:
        answer: httpx.Response = await client.get("/api/v1/status")
    assert answer.status_code == 503
    assert "state.db" in answer.json()["detail"]
    assert answer.json()["remedy"] == "see the log of control"
