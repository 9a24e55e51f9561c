"""What a player shows, as a still and as a moving picture."""

import asyncio
import logging
from collections.abc import AsyncGenerator
from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Request, Response
from fastapi.responses import StreamingResponse
from starlette.types import Message, Receive, Scope, Send

from playout.api.auth import Caller
from playout.api.preview import BOUNDARY, Viewers, moving_picture
from playout.api.services import preview_of, reader, services

__all__ = ["live_stream", "router"]

router = APIRouter()
_log = logging.getLogger(__name__)
_SLOW_S = 5.0
"""A viewer that takes longer for one picture is let go."""


@router.get("/api/v1/screens/{screen}/preview.jpg", response_class=Response)
async def still(request: Request, screen: str, _caller: Annotated[Caller, Depends(reader)]) -> Response:
    """The picture on air as JPEG."""
    jpeg = await preview_of(request, screen).jpeg()
    if jpeg is None:
        raise HTTPException(503, f"{screen}: no player has shown a picture yet; start it with `playout run`")
    return Response(jpeg, media_type="image/jpeg")


@router.get("/api/v1/screens/{screen}/preview.mjpg", response_class=StreamingResponse)
async def moving(request: Request, screen: str, _caller: Annotated[Caller, Depends(reader)]) -> Response:
    """The pictures on air, about ten a second."""
    preview, here = preview_of(request, screen), services(request)
    if not here.viewers.enter():
        raise HTTPException(503, "all places to watch live are taken; use preview.jpg", {"retry-after": "10"})
    return live_stream(moving_picture(preview, here.clock, here.stopping), here.viewers)


def live_stream(parts: AsyncGenerator[bytes, None], viewers: Viewers) -> Response:
    """An answer that lasts; it gives the viewer's place back however it ends."""
    return _Live(parts, viewers)


class _Live(StreamingResponse):
    """A stream that holds a viewer's place and gives it back however it ends."""

    def __init__(self, content: AsyncGenerator[bytes, None], viewers: Viewers) -> None:
        super().__init__(content, media_type=f"multipart/x-mixed-replace; boundary={BOUNDARY.decode()}")
        self._viewers = viewers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_soon(message: Message) -> None:
            async with asyncio.timeout(_SLOW_S):
                await send(message)

        try:
            await super().__call__(scope, receive, send_soon)
        except TimeoutError:
            _log.info("viewer too slow")
        finally:
            self._viewers.leave()
