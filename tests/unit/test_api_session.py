"""Signing in and out: the cookie, the first admin, and guesses that wait without holding up anybody else."""

import asyncio
from http.cookies import SimpleCookie
from itertools import pairwise

import httpx
import pytest
from api_stage import SECOND_NS, Stage
from hypothesis import given
from hypothesis import strategies as st

from playout.api.auth import SESSION_COOKIE
from playout.api.patience import ACCOUNT_S, ADDRESS_S, Patience, network
from playout.model.people import Role
from playout.store import journal, people
from playout.store.people import Person

pytestmark = pytest.mark.anyio

HERE = {"origin": "http://localhost"}
URL, FIRST = "/api/v1/session", "/api/v1/session/first"
PASSWORD = "cửa khẩu Lệ Thanh"
HASHED = people.hash_password(PASSWORD)
RIGHT, WRONG = {"name": "anh", "password": PASSWORD}, {"name": "anh", "password": "a wrong password"}


def add(here: Stage, login: str = "anh", role: Role = Role.OPERATOR) -> None:
    with here.store.write() as db:
        people.add(db, Person(login, "Nguyễn Văn Anh", role, ("main",), here.clock.utc_ns()), HASHED)


def entries(here: Stage) -> list[str]:
    with here.store.read() as db:
        return [f"{entry.who} {entry.what}" for entry in reversed(journal.newest(db, 20))]


def problem(answer: httpx.Response, status: int) -> str:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["remedy"]
    assert "set-cookie" not in answer.headers
    assert "cửa khẩu" not in answer.text
    return answer.json()["detail"]


async def test_a_person_signs_in_changes_something_and_signs_out(here: Stage) -> None:
    add(here)
    async with here.client() as client:
        answer = await client.post(URL, json={"name": " Anh ", "password": PASSWORD})
        assert answer.json() == {
            "name": "anh", "shown": "Nguyễn Văn Anh", "role": "operator", "screens": ["main"], "by": "session",
            "rights": ["look", "override", "schedule", "take_down"],
        }  # fmt: skip
        assert (await client.get(URL)).json() == answer.json()
        order = {"notice": "cam-lua", "reason": "gas", "screens": ["main"]}
        made = await client.post("/api/v1/overrides", json=order, headers=HERE)
        assert made.status_code == 201
        shown = made.headers["location"]
        assert problem(await client.delete(shown), 403) == "the header Origin is not that of this site"
        assert (await client.delete(shown, headers=HERE)).status_code == 200
        secret = client.cookies[SESSION_COOKIE]
        left = await client.delete(URL, headers=HERE)
        assert left.status_code == 204
        assert SESSION_COOKIE not in client.cookies
        client.cookies.set(SESSION_COOKIE, secret)
        assert (await client.get(URL)).status_code == 401
    assert entries(here)[-4:] == [
        "anh session.create", "anh override.add", "anh override.end", "anh session.end",
    ]  # fmt: skip


async def test_the_cookie_is_for_this_site_only(here: Stage) -> None:
    add(here)
    async with here.client() as client:
        by_json = await client.post(URL, json=RIGHT)
        by_form = await client.post(URL, data=RIGHT, headers=HERE)
    assert (by_form.status_code, by_form.headers["location"]) == (303, "/")
    for answer in (by_json, by_form):
        (cookie,) = SimpleCookie(answer.headers["set-cookie"]).values()
        assert (cookie["httponly"], cookie["samesite"], cookie["secure"]) == (True, "strict", "")
        assert (cookie["path"], cookie["max-age"], cookie["domain"]) == ("/", "43200", "")


@pytest.mark.parametrize(
    "sent",
    [WRONG, {"name": "nobody", "password": PASSWORD}, {"name": "anh", "password": PASSWORD + " "}],
)
async def test_what_is_wrong_is_not_told(here: Stage, sent: dict[str, str]) -> None:
    add(here)
    async with here.client() as client:
        assert problem(await client.post(URL, json=sent), 401) == "name or password is wrong"


async def test_a_disabled_person_stays_out_with_the_right_password(here: Stage) -> None:
    add(here)
    with here.store.write() as db:
        people.set_enabled(db, "anh", 1, enabled=False)
    async with here.client() as client:
        assert problem(await client.post(URL, json=RIGHT), 401) == "name or password is wrong"


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"", "application/json"),
        (b"[]", "application/json"),
        (b'{"name": "anh"}', "application/json"),
        (b'{"name": "anh", "password": 5}', "application/json"),
        (b'{"name": "anh", "password": "x", "role": "admin"}', "application/json"),
        (b'{"name": "\\ud800", "password": "x"}', "application/json"),
        (b"name=anh", "application/x-www-form-urlencoded"),
        (b"name=anh&password=%ff", "application/x-www-form-urlencoded"),
        (b"\xff", "application/x-www-form-urlencoded"),
        (b"a=&" * 100, "application/x-www-form-urlencoded"),
        (b'{"name": "anh", "password": "' + b"x" * 1001 + b'"}', "application/json"),
    ],
)
async def test_what_cannot_be_read(here: Stage, content: bytes, kind: str) -> None:
    async with here.client() as client:
        answer = await client.post(URL, content=content, headers={"content-type": kind})
    assert answer.status_code in {401, 422}
    assert answer.headers["content-type"] == "application/problem+json"
    assert (answer.status_code == 401) is (content.endswith(b"%ff")), "a byte that is no letter is a wrong password"


async def test_json_is_json_whatever_a_program_calls_it(here: Stage) -> None:
    add(here)
    headers = {"content-type": "application/x-www-form-urlencoded"}
    async with here.client() as client:
        answer = await client.post(URL, json=RIGHT, headers=headers)
    assert answer.status_code == 200
    assert answer.json()["name"] == "anh"


async def test_a_page_elsewhere_signs_nobody_in(here: Stage) -> None:
    add(here)
    async with here.client() as client:
        for origin in ("https://evil.example", "null", "http://localhost:99"):
            problem(await client.post(URL, data=RIGHT, headers={"origin": origin}), 403)


async def test_the_first_admin_needs_the_code_of_the_log(here: Stage) -> None:
    code = here.services.sign_in.new_code()
    sent = {"code": code.lower(), "name": "binh", "shown": "Bình", "password": PASSWORD}
    async with here.client() as client:
        problem(await client.post(FIRST, json={**sent, "code": "AAAA-AAAA-AAAA-AAAA"}), 401)
        weak = await client.post(FIRST, json={**sent, "password": "short"})
        assert "12 to 200" in weak.json()["problems"][0]
        assert "is no login name" in (await client.post(FIRST, json={**sent, "name": "Bình"})).text
        answer = await client.post(FIRST, json=sent)
        assert (answer.json()["role"], answer.json()["shown"]) == ("admin", "Bình")
        assert (await client.get("/api/v1/status")).status_code == 200
        assert "used up" in problem(await client.post(FIRST, json={**sent, "name": "chi"}), 401)
    assert here.services.sign_in.new_code() == ""
    assert "binh user.first" in entries(here)


async def test_a_code_is_no_good_once_there_is_an_admin(here: Stage) -> None:
    code = here.services.sign_in.new_code()
    add(here, "chi", Role.ADMIN)
    async with here.client() as client:
        answer = await client.post(FIRST, json={"code": code, "name": "binh", "password": PASSWORD})
    assert problem(answer, 409) == "there is an admin by now"
    with here.store.read() as db:
        assert people.find(db, "binh") is None


async def test_without_a_code_an_empty_one_opens_nothing(here: Stage) -> None:
    add(here, "chi", Role.ADMIN)
    assert here.services.sign_in.new_code() == ""
    async with here.client() as client:
        for code in ("-", " "):
            problem(await client.post(FIRST, json={"code": code, "name": "binh", "password": PASSWORD}), 401)


async def test_who_guesses_waits_and_nobody_else_does(here: Stage) -> None:
    add(here)
    add(here, "binh")
    async with here.client() as guessing, here.client(here.token(Role.VIEWER)) as looking:
        for _ in range(9):
            problem(await guessing.post(URL, json=WRONG), 401)
        assert here.waited == [0.5, 1.0, 2.0, 4.0, 8.0, 10.0]
        assert (await looking.get("/api/v1/status")).status_code == 200
        assert len(here.waited) == 6
    transport = httpx.ASGITransport(here.app, client=("192.0.2.9", 5))
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as elsewhere:
        assert (await elsewhere.post(URL, json={**RIGHT, "name": "binh"})).status_code == 200
        assert len(here.waited) == 6
        assert (await elsewhere.post(URL, json=RIGHT)).status_code == 200
        assert here.waited[6:] == [ACCOUNT_S]
        assert (await elsewhere.post(URL, json=RIGHT)).status_code == 200
        assert len(here.waited) == 7


async def test_one_address_has_few_tries_at_once(here: Stage) -> None:
    add(here)
    gate = asyncio.Event()

    async def held() -> None:
        await gate.wait()

    async with here.client() as client:
        for _ in range(3):
            await client.post(URL, json=WRONG)
        here.wait_with = held
        tries = [asyncio.create_task(client.post(URL, json=WRONG)) for _ in range(6)]
        done, waiting = await asyncio.wait(tries, return_when=asyncio.FIRST_COMPLETED)
        while len(done) < 2:
            more, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
            done |= more
        assert {each.result().status_code for each in done} == {429}
        assert len(waiting) == 4
        transport = httpx.ASGITransport(here.app, client=("192.0.2.9", 5))
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as elsewhere:
            code = here.services.sign_in.new_code()
            answer = await elsewhere.post(FIRST, json={"code": code, "name": "chi", "password": PASSWORD})
            assert answer.status_code == 200
        gate.set()
        assert {(await each).status_code for each in waiting} == {401}
        assert (await client.post(URL, json=RIGHT)).status_code == 200


def test_waits_grow_to_a_limit_and_are_forgotten() -> None:
    patience = Patience()
    waits: list[float] = []
    for _ in range(40):
        waits.append(patience.wait_s("192.0.2.1", "anh", 5))
        patience.failed("192.0.2.1", "anh", 5)
    assert waits[:3] == [0, 0, 0]
    assert all(one <= other for one, other in pairwise(waits))
    assert waits[-1] == ADDRESS_S
    assert patience.wait_s("192.0.2.2", "anh", 5) == ACCOUNT_S
    assert patience.wait_s("192.0.2.1", "binh", 5) == ADDRESS_S
    assert patience.wait_s("192.0.2.2", "binh", 5) == 0
    patience.succeeded("anh")
    assert patience.wait_s("192.0.2.2", "anh", 5) == 0
    assert patience.wait_s("192.0.2.1", "anh", 5) == ADDRESS_S
    assert patience.wait_s("192.0.2.1", "anh", 5 + 900 * SECOND_NS) == 0


def test_a_flood_of_names_and_addresses_fills_no_memory() -> None:
    patience = Patience()
    for number in range(10_000):
        patience.failed(f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}", f"name{number}", number)
    assert len(patience) == 2 * 4096


@given(st.ip_addresses())
def test_an_ipv6_link_is_one_caller(address: object) -> None:
    found = network(str(address))
    assert found == str(address) or found.endswith("/64")
    assert network(found) == found
    assert network("2001:db8::1") == network("2001:db8::ffff:2") != network("2001:db8:0:1::1")
