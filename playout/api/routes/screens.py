"""What a player shows, as a still and as a moving picture."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from playout.api.auth import Caller
from playout.api.documented import media
from playout.api.live import LiveStream
from playout.api.preview import BOUNDARY, moving_picture
from playout.api.problems import Refused
from playout.api.services import preview_of, reader, services

__all__ = ["router"]

router = APIRouter()
_MOVING = f"multipart/x-mixed-replace; boundary={BOUNDARY.decode()}"


@router.get(
    "/api/v1/screens/{screen}/preview.jpg",
    response_class=Response,
    responses=media("image/jpeg", "The picture."),
)
async def still(request: Request, screen: str, _caller: Annotated[Caller, Depends(reader)]) -> Response:
    """The picture on air as JPEG."""
    jpeg = await preview_of(request, screen).jpeg()
    if jpeg is None:
        raise Refused(503, f"{screen}: no player has shown a picture yet", "start it with `playout run`")
    return Response(jpeg, media_type="image/jpeg")


@router.get(
    "/api/v1/screens/{screen}/preview.mjpg",
    response_class=Response,
    responses=media("multipart/x-mixed-replace", "Pictures as JPEG, until the stream ends."),
)
async def moving(request: Request, screen: str, _caller: Annotated[Caller, Depends(reader)]) -> Response:
    """The pictures on air, about ten a second."""
    preview, here = preview_of(request, screen), services(request)
    if not here.viewers.enter():
        raise Refused(503, "all places to watch live are taken", "use preview.jpg", headers={"retry-after": "10"})
    return LiveStream(moving_picture(preview, here.clock, here.stopping), here.viewers, _MOVING)
