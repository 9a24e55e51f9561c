"""What is on air at an instant and why: now and later by `resolve`, before now by the as-run journal."""

import asyncio
from collections.abc import Mapping
from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request

from playout.api.answers import OnAir
from playout.api.auth import Caller
from playout.api.documented import errors
from playout.api.instant import instant_ns
from playout.api.problems import Refused
from playout.api.recorded import ask_journals
from playout.api.services import Services, reader, services
from playout.clock import SECOND_NS, to_iso
from playout.model.notice import Notice
from playout.model.programme import Crawl, Page, Programme
from playout.problems import did_you_mean
from playout.resolve import resolve
from playout.store import revisions

__all__ = ["router"]

router = APIRouter()
_LATE_NS = 2 * SECOND_NS
"""What a caller's clock and the way here may take from an instant meant as now."""
_FARTHEST_NS = 366 * 24 * 3600 * SECOND_NS


@router.get("/api/v1/on-air", response_model=OnAir, responses=errors(400, 404))
async def on_air(
    request: Request, _caller: Annotated[Caller, Depends(reader)], at: str = "", screen: str = ""
) -> dict[str, Any]:
    """The programme of one screen or of all at an instant."""
    here = services(request)
    if screen and screen not in here.screens:
        raise Refused(404, f"no screen is called {screen!r}", did_you_mean(screen, here.screens))
    screens, now_ns = [screen] if screen else list(here.screens), here.clock.utc_ns()
    at_ns = instant_ns("at", at) if at else now_ns
    if at_ns > now_ns + _FARTHEST_NS:
        raise Refused(400, f"at: {at!r} lies more than a year ahead", "ask for an earlier instant")
    if at_ns < now_ns - _LATE_NS:
        return {"at": to_iso(at_ns), "screens": await _recorded(here, screens, at_ns)}
    inputs = [here.publisher.inputs(each) for each in screens]
    programmes = await asyncio.to_thread(lambda: [resolve(each, at_ns) for each in inputs])
    return {"at": to_iso(at_ns), "screens": [{"from": "resolve", **_programme(each)} for each in programmes]}


async def _recorded(here: Services, screens: list[str], at_ns: int) -> list[dict[str, Any]]:
    """What the journals say of an instant. Raises: Refused (503) where none answers."""
    answers = await ask_journals(here.publisher, screens, {"at": at_ns})
    rows: list[dict[str, Any]] = [row for answer in answers for row in answer.get("rows", [])]
    numbers = {int(row["revision"]) for row in rows}
    notices = await asyncio.to_thread(lambda: {number: _notices(here, number) for number in numbers})
    told: list[dict[str, Any]] = []
    for answer in answers:
        found: list[dict[str, Any]] = answer.get("rows", [])
        missing = answer.get("detail", "nothing is recorded for that instant: the player was not running")
        told.append(
            {"from": "journal", **_row(answer["screen"], found[0], notices[found[0]["revision"]])}
            if found
            else {"from": "journal", "screen": answer["screen"], "as_run": None, "detail": missing}
        )
    return told


def _notices(here: Services, number: int) -> Mapping[str, Notice]:
    """The notices of a revision; none where the store does not know it. Raises: StoreError."""
    newest = here.publisher.record
    if newest is not None and newest.revision.number == number:
        return newest.revision.notices
    with here.store.read() as db:
        record = revisions.record(db, number)
    return record.revision.notices if record is not None else {}


def _row(screen: str, row: dict[str, Any], notices: Mapping[str, Notice]) -> dict[str, Any]:
    """A row in the form of a programme; what was shown and how it went is in `as_run`."""
    overlays: list[dict[str, Any]] = row["overlays"]
    return {
        "screen": screen,
        "band": row["band"],
        "claim": row["claim"],
        "kind": row["kind"],
        "because": row["because"],
        "entered": row["start"],
        "until": row["end"],
        "layout": row["layout"],
        "playlist": row["playlist"],
        **_shown(row, row, notices),
        "overlays": [
            {"claim": each["claim"], "band": each["band"], "zone": each["zone"], **_shown(each, row, notices)}
            for each in overlays
        ],
        "as_run": row,
    }


def _shown(part: dict[str, Any], row: dict[str, Any], notices: Mapping[str, Notice]) -> dict[str, Any]:
    """Notice, page and crawl of a row or of one of its overlays, in the words of its revision."""

    def notice(name: str, title: str) -> dict[str, Any] | None:
        if not name:
            return None
        return _notice(notices[name]) if name in notices else {"id": name, "title": title}

    page = {
        "language": part["language"], "number": part["page"], "count": part["pages"],
        "starts": row["start"], "ends": row["end"],
    }  # fmt: skip
    return {
        "notice": notice(part["notice"], part["title"]),
        "page": page if part["notice"] else None,
        "crawl": notice(part["crawl"], ""),
    }


def _programme(programme: Programme) -> dict[str, Any]:
    return {
        "screen": programme.screen,
        "band": int(programme.band),
        "claim": programme.claim,
        "kind": programme.kind,
        "because": asdict(programme.because),
        "entered": to_iso(programme.entered_ns),
        "until": to_iso(programme.until_ns),
        "layout": programme.layout.id,
        "playlist": programme.page.playlist if programme.page else "",
        **_shows(programme.page, programme.crawl),
        "overlays": [
            {"claim": each.claim, "band": int(each.band), "zone": each.zone.id, **_shows(each.page, each.crawl)}
            for each in programme.overlays
        ],
    }


def _shows(page: Page | None, crawl: Crawl | None) -> dict[str, Any]:
    return {
        "notice": _notice(page.notice) if page else None,
        "page": None
        if page is None
        else {
            "language": page.language,
            "number": page.number,
            "count": page.count,
            "starts": to_iso(page.starts_ns),
            "ends": None if page.ends_ns is None else to_iso(page.ends_ns),
        },
        "crawl": _notice(crawl.notice) if crawl else None,
    }


def _notice(notice: Notice) -> dict[str, Any]:
    return {
        "id": notice.id,
        "title": notice.title,
        "source": notice.source,
        "agency": notice.agency,
        "texts": [
            {"language": text.language, "heading": text.heading, "body": text.body, "proofread": text.proofread}
            for text in notice.texts
        ],
    }
