"""Errors as `application/problem+json`: what failed, on what value, what to do; never a traceback.

Source: RFC 9457.
"""

import json
import logging
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import cast

from fastapi import FastAPI, HTTPException, Request, Response
from starlette.exceptions import HTTPException as StarletteHTTPException

from playout.api.services import Services
from playout.errors import NotAllowed, PlayoutError, StoreDamaged, StoreError

__all__ = ["SECURITY_HEADERS", "Unprocessable", "install", "problem"]

_log = logging.getLogger(__name__)

SECURITY_HEADERS: Mapping[str, str] = {
    "content-security-policy": "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cache-control": "no-store",
}
"""Sent with every answer."""


class Unprocessable(HTTPException):
    """A request that can be read but not carried out; `problems` has one line for each mistake."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__(HTTPStatus.UNPROCESSABLE_ENTITY, "the request cannot be carried out; see problems")
        self.problems = tuple(problems)


def problem(
    status: int, detail: str, problems: Sequence[str] = (), headers: Mapping[str, str] | None = None
) -> Response:
    """A problem document."""
    title = HTTPStatus(status).phrase
    body: dict[str, object] = {"type": "about:blank", "title": title, "status": status, "detail": detail}
    if problems:
        body["problems"] = list(problems)
    text = json.dumps(body, ensure_ascii=False)
    return Response(text, status, headers, media_type="application/problem+json")


def install(app: FastAPI) -> None:
    """Lets every error of the application end as a problem document."""
    app.add_exception_handler(StarletteHTTPException, _on_http)
    app.add_exception_handler(PlayoutError, _on_ours)
    app.add_exception_handler(Exception, _on_unforeseen)


def _on_http(_request: Request, error: Exception) -> Response:
    assert isinstance(error, StarletteHTTPException)
    problems = error.problems if isinstance(error, Unprocessable) else ()
    return problem(error.status_code, error.detail, problems, error.headers)


def _on_ours(request: Request, error: Exception) -> Response:
    match error:
        case StoreDamaged():
            _log.critical("database damaged, control ends to open the last good backup error=%s", error)
            cast(Services, request.app.state.services).stopping.set()
            return problem(HTTPStatus.SERVICE_UNAVAILABLE, str(error))
        case NotAllowed():
            return problem(HTTPStatus.FORBIDDEN, str(error))
        case StoreError():
            _log.error("store failed error=%s", error)
            return problem(HTTPStatus.SERVICE_UNAVAILABLE, str(error))
        case _:
            _log.error("request failed error=%s", error)
            return problem(HTTPStatus.INTERNAL_SERVER_ERROR, str(error))


def _on_unforeseen(_request: Request, _error: Exception) -> Response:
    """The traceback goes to the log by the server; the caller learns no more than where to look."""
    return problem(
        HTTPStatus.INTERNAL_SERVER_ERROR,
        "something unforeseen failed; see the log of control",
        headers=SECURITY_HEADERS,
    )
