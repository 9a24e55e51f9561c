"""Notices: those of the revision on air with who can read them, and the check of one that is nowhere yet."""

import asyncio
import json
from http import HTTPStatus
from typing import Annotated, Any, cast

from fastapi import APIRouter, Depends, Request

from playout.api.answers import NoticeChecked, NoticeList
from playout.api.auth import Caller
from playout.api.documented import table_body
from playout.api.problems import Refused, Unprocessable
from playout.api.reports import Reports
from playout.api.services import Needs, reader, services
from playout.api.vet import told
from playout.check.wall import used_notices
from playout.errors import PlayoutError
from playout.model.claim import Band
from playout.model.people import Right
from playout.model.schedule import Revision

__all__ = ["router"]

router = APIRouter(prefix="/api/v1/notices")
_NO_ID = "draft"


@router.get("", response_model=NoticeList)
async def listing(request: Request, _caller: Annotated[Caller, Depends(reader)]) -> dict[str, Any]:
    """The notices of the newest revision; `legible_to_m` and `findings` are null while one is not judged yet."""
    here = services(request)
    return await asyncio.to_thread(_listing, here.reports, here.publisher.newest() or Revision(0, 0))


@router.post(
    "/check",
    response_model=NoticeChecked,
    openapi_extra=table_body("The keys of a notice file, as docs/schedules.md has them."),
)
async def check(
    request: Request, _caller: Annotated[Caller, Depends(Needs(Right.SCHEDULE))], emergency: bool = False
) -> dict[str, Any]:
    """Judges a notice as in a schedule file, for the wall of this sign; saves nothing."""
    here, band = services(request), Band.EMERGENCY if emergency else Band.NOTICE
    record = here.publisher.record
    table = _table(await request.body())
    try:
        draft = await here.reports.of_draft(table, record.revision if record else Revision(0, 0), band)
    except PlayoutError as error:
        detail = f"the notice cannot be judged now: {error.message}"
        raise Refused(HTTPStatus.SERVICE_UNAVAILABLE, detail, error.hint) from error
    if isinstance(draft, list):
        raise Unprocessable(draft)
    report = draft.report
    return {
        "notice": draft.notice.id,
        "refused": report.is_refused(band),
        "arrange": draft.arrange,
        "dwell_s": draft.dwell_s,
        "legible_to_m": report.legible_to_m,
        "reading_s": report.reading_s,
        "readable": report.readable,
        "unreadable": report.unreadable,
        "findings": [told(finding) for finding in report.findings],
    }


def _listing(reports: Reports, revision: Revision) -> dict[str, Any]:
    used = used_notices(revision.schedule)
    notices: list[dict[str, Any]] = []
    for notice in revision.notices.values():
        report = reports.known(notice, revision)
        if report is not None and notice.id not in used:
            report = report.off_air()
        notices.append(
            {
                "id": notice.id,
                "title": notice.title,
                "kind": notice.kind,
                "languages": [text.language for text in notice.texts],
                "proofread": {text.language: text.proofread for text in notice.texts},
                "is_scheduled": notice.id in used,
                "legible_to_m": None if report is None else report.legible_to_m,
                "unreadable": None if report is None else report.unreadable,
                "findings": None if report is None else [told(finding) for finding in report.findings],
            }
        )
    return {"revision": revision.number, "notices": notices}


def _table(body: bytes) -> dict[str, Any]:
    """The keys of a notice. Raises: Unprocessable."""
    try:
        table = json.loads(body)
        json.dumps(table, ensure_ascii=False).encode()  # halves of characters could not be answered
    except (ValueError, RecursionError) as error:
        raise Unprocessable([f"the body is not JSON: {error}"]) from error
    if not isinstance(table, dict):
        raise Unprocessable(["the body is no JSON object; send the keys of a notice file, see docs/schedules.md"])
    return {"id": _NO_ID, **cast(dict[str, Any], table)}
