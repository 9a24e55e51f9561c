"""Open to anybody: whether control lives, and whether every player reports. No other detail."""

from fastapi import APIRouter, Request, Response

from playout.api.answers import Well
from playout.api.documented import errors
from playout.api.problems import problem
from playout.api.services import services

__all__ = ["router"]

router = APIRouter()


@router.get("/healthz")
async def healthz() -> Well:
    """Control lives."""
    return Well()


@router.get("/readyz", response_model=Well, responses=errors(503))
async def readyz(request: Request) -> Response | Well:
    """Every player's snapshot is younger than two seconds; else 503 with the screens."""
    silent = services(request).status.silent_screens()
    if silent:
        problems = [f"{screen}: no report within 2 s" for screen in silent]
        return problem(503, "not every player reports", problems, remedy="look at the log of these players")
    return Well()
