"""Errors as `application/problem+json`: what failed, on what value, what to do; never a traceback.

Source: RFC 9457.
"""

import asyncio
import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from http import HTTPStatus
from typing import Any, cast

from fastapi import FastAPI, HTTPException, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException as StarletteHTTPException
from starlette.routing import Match

from playout.errors import NotAllowed, PlayoutError, StoreDamaged, StoreError

__all__ = ["MEDIA_TYPE", "SECURITY_HEADERS", "Problem", "Refused", "Unprocessable", "install", "problem"]

_log = logging.getLogger(__name__)
MEDIA_TYPE = "application/problem+json"
_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")

SECURITY_HEADERS: Mapping[str, str] = {
    "content-security-policy": "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-store",
}
"""Sent with every answer."""


class Refused(HTTPException):
    """A request that is not carried out: why, and what the caller can do about it."""

    def __init__(
        self,
        status: int,
        detail: str,
        remedy: str,
        *,
        problems: Sequence[str] = (),
        findings: Sequence[Mapping[str, Any]] = (),
        members: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(status, detail, headers)
        self.remedy, self.problems, self.findings = remedy, tuple(problems), tuple(findings)
        self.members = members or {}


class Unprocessable(Refused):
    """A request that can be read but not carried out; `problems` has one line for each mistake."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__(
            HTTPStatus.UNPROCESSABLE_ENTITY,
            "the request cannot be carried out; see problems",
            "mend every line of problems and send it again",
            problems=problems,
        )


@dataclass(frozen=True, slots=True)
class Problem:
    """A problem document; `remedy`, `problems` and `findings` are left out where there is nothing to say."""

    type: str
    """`about:blank`: the status says what kind of problem it is."""
    title: str
    """The phrase that belongs to the status."""
    status: int
    """The status of the answer."""
    detail: str
    """What failed, and on what value."""
    remedy: str = ""
    """What to do about it."""
    problems: tuple[str, ...] = ()
    """One line for each mistake, where there may be several."""
    findings: tuple[Mapping[str, Any], ...] = ()
    """What the check of notices found, where that is why."""


def problem(
    status: int,
    detail: str,
    problems: Sequence[str] = (),
    headers: Mapping[str, str] | None = None,
    *,
    remedy: str = "",
    findings: Sequence[Mapping[str, Any]] = (),
    members: Mapping[str, Any] | None = None,
) -> Response:
    """The answer with a problem document; `members` are further ones that belong to this kind of problem."""
    title = HTTPStatus(status).phrase
    body = asdict(Problem("about:blank", title, status, detail, remedy, tuple(problems), tuple(findings)))
    told = {key: value for key, value in body.items() if value} | dict(members or {})
    text = json.dumps(told, ensure_ascii=False, default=str)
    return Response(text, status, headers, media_type=MEDIA_TYPE)


def install(app: FastAPI) -> None:
    """Lets every error of the application end as a problem document."""
    app.add_exception_handler(StarletteHTTPException, _on_http)
    app.add_exception_handler(RequestValidationError, _on_invalid)
    app.add_exception_handler(PlayoutError, _on_ours)
    app.add_exception_handler(Exception, _on_unforeseen)


def _on_http(request: Request, error: Exception) -> Response:
    assert isinstance(error, StarletteHTTPException)
    if isinstance(error, Refused):
        return problem(
            error.status_code,
            error.detail,
            error.problems,
            error.headers,
            remedy=error.remedy,
            findings=error.findings,
            members=error.members,
        )
    match error.status_code:
        case HTTPStatus.NOT_FOUND:
            detail, remedy = f"there is nothing at {request.url.path}", "docs/openapi.json has every route"
            return problem(error.status_code, detail, remedy=remedy)
        case HTTPStatus.METHOD_NOT_ALLOWED:
            allowed = ", ".join(_allowed(request))
            detail, remedy = f"{request.method} is not taken at {request.url.path}", f"it takes {allowed}"
            return problem(error.status_code, detail, headers={"allow": allowed}, remedy=remedy)
        case _:
            return problem(error.status_code, error.detail, (), error.headers)


def _allowed(request: Request) -> list[str]:
    """The methods that the path takes; the router's own word names those of one of its routes only."""
    routes = cast(FastAPI, request.app).router.routes
    return [
        method
        for method in _METHODS
        if any(route.matches({**request.scope, "method": method})[0] is Match.FULL for route in routes)
    ]


def _on_invalid(_request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    refused = Unprocessable([_line(each["loc"], each["msg"]) for each in error.errors()])
    return problem(refused.status_code, refused.detail, refused.problems, remedy=refused.remedy)


def _line(place: Sequence[int | str], message: str) -> str:
    """One mistake: `limit: input should be less than or equal to 5`; the place begins with the part of the request."""
    path = ".".join(str(step) for step in place[1:]) or str(place[0])
    return f"{path}: {message[:1].lower()}{message[1:]}"


def _on_ours(request: Request, error: Exception) -> Response:
    assert isinstance(error, PlayoutError)
    match error:
        case StoreDamaged():
            _log.critical("database damaged, control ends to open the last good backup error=%s", error)
            stopping: asyncio.Event = request.app.state.services.stopping
            stopping.set()
            status = HTTPStatus.SERVICE_UNAVAILABLE
        case NotAllowed():
            status = HTTPStatus.FORBIDDEN
        case StoreError():
            _log.error("store failed error=%s", error)
            status = HTTPStatus.SERVICE_UNAVAILABLE
        case _:
            _log.error("request failed error=%s", error)
            status = HTTPStatus.INTERNAL_SERVER_ERROR
    return problem(status, error.message, remedy=error.hint)


def _on_unforeseen(_request: Request, _error: Exception) -> Response:
    """The traceback goes to the log by the server; the caller learns no more than where to look."""
    return problem(
        HTTPStatus.INTERNAL_SERVER_ERROR,
        "something unforeseen failed",
        headers=SECURITY_HEADERS,
        remedy="see the log of control",
    )
