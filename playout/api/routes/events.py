"""The stream of events, for programs and pages that want to know at once."""

from typing import Annotated

from fastapi import APIRouter, Depends, Header, Request, Response

from playout.api.auth import Caller, Headers
from playout.api.documented import media
from playout.api.events import stream
from playout.api.live import LiveStream
from playout.api.problems import Refused
from playout.api.services import Services, reader, services
from playout.errors import StoreError

__all__ = ["router"]

router = APIRouter()


@router.get(
    "/api/v1/events", response_class=Response, responses=media("text/event-stream", "Events, until the stream ends.")
)
async def events(
    request: Request, _caller: Annotated[Caller, Depends(reader)], last_event_id: Annotated[str, Header()] = ""
) -> Response:
    """Every change as a server-sent event; with `Last-Event-ID` what was missed comes first, or `reset`."""
    here, headers = services(request), request.scope["headers"]
    if not here.listeners.enter():
        raise Refused(
            503, "all places to listen are taken", "ask for /api/v1/status each second", headers={"retry-after": "10"}
        )
    parts = stream(here.events, last_event_id, lambda: _may_listen(here, headers), here.stopping, here.clock)
    return LiveStream(parts, here.listeners, "text/event-stream")


def _may_listen(here: Services, headers: Headers) -> bool:
    """Whether the caller may still look; where the store cannot tell, who was let in stays."""
    try:
        return here.guard.caller(headers) is not None
    except StoreError:
        return True
