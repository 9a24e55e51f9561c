"""The state of every screen, asked for often: a bare ASGI application without a router's work on each request."""

from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.types import Receive, Scope, Send

from playout.api.auth import Caller
from playout.api.services import Services, reader
from playout.api.status import StatusDocument

__all__ = ["DESCRIBED", "StatusRoute"]

DESCRIBED = APIRouter()
"""Says for the OpenAPI document what the route below answers; no request comes here."""


@DESCRIBED.get("/api/v1/status", response_model=StatusDocument)
async def status(_caller: Annotated[Caller, Depends(reader)]) -> None:
    """What every player reports and what control has handed them, at most 50 ms old."""


class StatusRoute:
    """Answers with the encoded document that all callers share."""

    def __init__(self, services: Services) -> None:
        self._guard, self._status = services.guard, services.status

    async def __call__(self, scope: Scope, _receive: Receive, send: Send) -> None:
        """Answers one request. Raises: Refused (401)."""
        self._guard.reader(scope["headers"])
        body = self._status.document()
        headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body if scope["method"] == "GET" else b""})
