"""The OpenAPI document: the one that is kept is this version's, and real answers are of the shapes it shows."""

import json
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
import schemathesis
from api_stage import Stage, snapshot
from schemathesis.core.failures import Failure
from test_api_matrix import MATRIX, PAGES

from playout.api.openapi import document
from playout.model.people import Role

FILE = Path(__file__).parent.parent.parent / "docs" / "openapi.json"
DOCUMENT = document()
SCHEMA = schemathesis.openapi.from_dict(DOCUMENT)
OPERATIONS = {
    f"{method.upper()} {path}": operation
    for path, operations in DOCUMENT["paths"].items()
    for method, operation in operations.items()
}


CHANGES_SESSIONS = {"POST /api/v1/session", "POST /api/v1/session/first", "DELETE /api/v1/session"}


def test_the_document_that_is_kept_is_this_versions() -> None:
    assert json.loads(FILE.read_text(encoding="utf-8")) == DOCUMENT, "run `make openapi`"


def test_the_document_is_openapi() -> None:
    SCHEMA.validate()


def test_every_route_is_in_it() -> None:
    assert set(OPERATIONS) == set(MATRIX) - set(PAGES)


@pytest.mark.parametrize("name", sorted(OPERATIONS))
def test_who_may_call_it_is_said(name: str) -> None:
    row, operation = MATRIX[name], OPERATIONS[name]
    shown = [list(scheme) for scheme in operation.get("security", [])]
    assert shown == ([["token"], ["session"]] if row.right else [])
    assert operation.get("x-rights", []) == ([row.right] if row.right else [])
    assert ("401" in operation["responses"]) is (bool(row.right) or "/session" in name)
    assert ("403" in operation["responses"]) is (row.right not in {"", "look"} or name in CHANGES_SESSIONS)


def test_fields_are_described_by_the_words_under_them() -> None:
    shapes = DOCUMENT["components"]["schemas"]
    assert shapes["Order"]["properties"]["rank"]["description"] == "Among overrides the higher one wins."
    assert shapes["ScreenState"]["properties"]["from"]["description"].startswith("When it comes on air")


def check(answer: httpx.Response, path: str, status: int) -> None:
    """Whether an answer is what the document says of that path."""
    assert answer.status_code == status, answer.text
    shown = OPERATIONS[f"{answer.request.method} {path}"]["responses"][str(status)]
    assert answer.headers["content-type"] in shown["content"]
    SCHEMA[path][answer.request.method].validate_response(answer)


@pytest.mark.anyio
async def test_answers_are_of_the_shapes_it_shows(here: Stage) -> None:
    here.screens["main"].state = snapshot()
    overrides, one = "/api/v1/overrides", "/api/v1/overrides/{claim}"
    async with here.client(here.token(Role.OPERATOR)) as client:
        check(await client.get("/api/v1/status"), "/api/v1/status", 200)
        check(await client.get("/api/v1/on-air"), "/api/v1/on-air", 200)
        check(await client.get("/api/v1/on-air?at=soon"), "/api/v1/on-air", 400)
        check(await client.get("/healthz"), "/healthz", 200)
        check(await client.get("/readyz"), "/readyz", 503)
        made = await client.post(overrides, json={"notice": "cam-lua", "reason": "gas", "stop": "now"})
        check(made, overrides, 201)
        check(await client.post(overrides, json={}), overrides, 422)
        check(await client.get(overrides), overrides, 200)
        address = made.headers["location"]
        check(await client.get(address), one, 200)
        check(await client.delete(address), one, 200)
        check(await client.delete(address), one, 200)
        check(await client.get(f"{overrides}/none"), one, 404)


@pytest.mark.parametrize(
    ("status", "body", "media_type"),
    [
        (200, {"status": "bad"}, "application/json"),
        (200, [], "application/json"),
        (200, {"status": "ok"}, "text/plain"),
        (404, {"status": "ok"}, "application/json"),
    ],
)
def test_an_answer_of_another_shape_would_be_found(status: int, body: object, media_type: str) -> None:
    request = httpx.Request("GET", "http://localhost/healthz")
    answer = httpx.Response(status, json=body, headers={"content-type": media_type}, request=request)
    answer.elapsed = timedelta()
    with pytest.raises((Failure, AssertionError, KeyError)):
        check(answer, "/healthz", status)
