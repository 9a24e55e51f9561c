"""The schedule: the newest revision, the next one, all there were, and what a change would come to."""

import asyncio
import json
from collections.abc import Iterator
from datetime import date
from typing import IO, Annotated, Any

from fastapi import APIRouter, Depends, Header, Query, Request, Response
from fastapi.responses import StreamingResponse
from starlette.background import BackgroundTask

from playout.api.auth import Caller
from playout.api.documented import body, errors, media
from playout.api.problems import Refused
from playout.api.services import Needs, reader, services
from playout.api.shapes import (
    Checked,
    DayPlan,
    Difference,
    Gaps,
    History,
    RevisionWhole,
    Saved,
    ScheduleGot,
    ScheduleSent,
    Undo,
)
from playout.model.people import Right
from playout.problems import did_you_mean

__all__ = ["router"]

router = APIRouter(prefix="/api/v1/schedule")
_changes = Needs(Right.SCHEDULE)
_PAGE_MAX = 200
_DAYS_MAX = 366
_FIRST_DAY, _LAST_DAY = date(1971, 1, 1), date(2115, 1, 1)
_CHUNK = 64 * 1024
_NUMBER_MAX = 2**31
Number = Annotated[int, Query(ge=0, le=_NUMBER_MAX)]


@router.get(
    "",
    response_class=Response,
    responses={200: {"model": ScheduleGot, "description": "The newest revision."}, 304: {"description": "Unchanged."}},
)
async def current(
    request: Request, _caller: Annotated[Caller, Depends(reader)], if_none_match: Annotated[str, Header()] = ""
) -> Response:
    """The newest revision: schedule and notices, with the ETag that a change of it has to name."""
    tag, content = await services(request).schedules.current()
    if f'"{tag}"' in (each.strip() for each in if_none_match.split(",")):
        return Response(status_code=304, headers={"etag": f'"{tag}"'})
    return await _json(content, tag)


@router.put("", response_model=Saved, responses=errors(400, 409, 428), openapi_extra=body(ScheduleSent))
async def save(
    request: Request,
    response: Response,
    caller: Annotated[Caller, Depends(_changes)],
    if_match: Annotated[str, Header()] = "",
) -> dict[str, Any]:
    """Makes the body the next revision, if it is in order and nobody has changed the schedule meanwhile."""
    here = services(request)
    caller.check_screens((), here.screens)
    answer = await here.schedules.save(caller.name, if_match, await request.body())
    response.headers["etag"] = f'"{answer["revision"]["tag"]}"'
    return answer


@router.post("/check", response_model=Checked, responses=errors(400), openapi_extra=body(ScheduleSent))
async def check(request: Request, _caller: Annotated[Caller, Depends(_changes)]) -> dict[str, Any]:
    """Everything that would be found if the body were saved; nothing is stored."""
    return await services(request).schedules.check(await request.body())


@router.get(
    "/export",
    response_class=StreamingResponse,
    responses={**media("application/zip", "Schedule files and pictures."), **errors(404)},
)
async def export(
    request: Request, _caller: Annotated[Caller, Depends(reader)], revision: Number | None = None
) -> StreamingResponse:
    """A revision, without a number the newest, as a ZIP file of what `playout import` reads."""
    exported = await services(request).schedules.export(revision)
    if exported is None:
        raise Refused(404, f"there is no revision {revision or 0}", "GET /api/v1/schedule/revisions lists them")
    number, size, file = exported
    headers = {"content-length": str(size), "content-disposition": f'attachment; filename="schedule-{number}.zip"'}
    return StreamingResponse(_chunks(file), 200, headers, "application/zip", BackgroundTask(file.close))


@router.get("/plan", response_model=DayPlan, responses=errors(400, 404))
async def plan(
    request: Request, day: date, _caller: Annotated[Caller, Depends(reader)], screen: str = ""
) -> dict[str, Any]:
    """What is on air when on a day, by what is known now; of the first screen, or of the one that is named."""
    return await services(request).schedules.plans.table(_screen(request, screen, day), day)


@router.get(
    "/plan.png",
    response_class=Response,
    responses={**media("image/png", "Every page of the day, once."), **errors(400, 404)},
)
async def sheet(request: Request, day: date, _caller: Annotated[Caller, Depends(reader)], screen: str = "") -> Response:
    """Every page of a day as it will look, with time, language, title and claim."""
    picture = await services(request).schedules.plans.sheet(_screen(request, screen, day), day)
    return Response(picture, media_type="image/png")


@router.get("/gaps", response_model=Gaps, responses=errors(404))
async def gaps(
    request: Request,
    _caller: Annotated[Caller, Depends(reader)],
    days: Annotated[int, Query(ge=1, le=_DAYS_MAX)] = 30,
    screen: str = "",
) -> dict[str, Any]:
    """When nothing is planned in the days to come, so that the built-in picture would show."""
    return await services(request).schedules.plans.gaps(_screen(request, screen, _FIRST_DAY), days)


@router.get("/revisions", response_model=History)
async def history(
    request: Request,
    _caller: Annotated[Caller, Depends(reader)],
    before: Number | None = None,
    limit: Annotated[int, Query(ge=1, le=_PAGE_MAX)] = 50,
) -> dict[str, Any]:
    """Revisions without their content, newest first."""
    return await services(request).schedules.history(before, limit)


@router.get(
    "/revisions/{number}",
    response_class=Response,
    responses={200: {"model": RevisionWhole, "description": "One revision."}},
)
async def revision(request: Request, number: int, _caller: Annotated[Caller, Depends(reader)]) -> Response:
    """One revision with its content and what was found in it."""
    answer = _there(await services(request).schedules.revision(_known(number)), number)
    return await _json(answer, answer["revision"]["tag"])


@router.get("/revisions/{number}/difference", response_model=Difference)
async def difference(
    request: Request,
    number: int,
    _caller: Annotated[Caller, Depends(reader)],
    since: Annotated[Number | None, Query(alias="from")] = None,
) -> dict[str, Any]:
    """What a revision has otherwise than the one it was based on, or than the one that `from` names."""
    return _there(await services(request).schedules.difference(_known(number), since), number)


@router.post(
    "/revisions/{number}/restore",
    response_model=Saved,
    responses=errors(400, 409, 428),
    openapi_extra=body(Undo, must_be_given=False),
)
async def restore(
    request: Request,
    response: Response,
    number: int,
    caller: Annotated[Caller, Depends(_changes)],
    if_match: Annotated[str, Header()] = "",
) -> dict[str, Any]:
    """Makes the content of an earlier revision the next one: an undo that is itself in the history."""
    here = services(request)
    caller.check_screens((), here.screens)
    sent = await request.body()
    answer = _there(await here.schedules.restore(caller.name, if_match, _known(number), sent), number)
    response.headers["etag"] = f'"{answer["revision"]["tag"]}"'
    return answer


async def _json(content: dict[str, Any], tag: str) -> Response:
    """A long answer, encoded beside the event loop."""
    text = await asyncio.to_thread(json.dumps, content, ensure_ascii=False, separators=(",", ":"), default=str)
    return Response(text, 200, {"etag": f'"{tag}"'}, media_type="application/json")


def _screen(request: Request, screen: str, day: date) -> str:
    """The screen that is meant. Raises: Refused (400, 404)."""
    known = services(request).screens
    if screen and screen not in known:
        raise Refused(404, f"no screen is called {screen!r}", did_you_mean(screen, known))
    if not _FIRST_DAY <= day < _LAST_DAY:
        raise Refused(400, f"day: {day} lies too far away", "ask for a day from 1971 to 2114")
    return screen or known[0]


def _chunks(file: IO[bytes]) -> Iterator[bytes]:
    while chunk := file.read(_CHUNK):
        yield chunk


def _known(number: int) -> int:
    """A number that the database can look up."""
    return number if 0 < number <= _NUMBER_MAX else 0


def _there(answer: dict[str, Any] | None, number: int) -> dict[str, Any]:
    if answer is None:
        raise Refused(404, f"there is no revision {number}", "GET /api/v1/schedule/revisions lists them")
    return answer
