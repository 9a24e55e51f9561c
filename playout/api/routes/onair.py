"""What is on air at an instant, now or to come, and why: the answer of `resolve`."""

import asyncio
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request

from playout.api.auth import Caller
from playout.api.problems import Refused
from playout.api.services import reader, services
from playout.clock import SECOND_NS, from_iso, to_iso
from playout.model.notice import Notice
from playout.model.programme import Programme
from playout.problems import did_you_mean
from playout.resolve import resolve

__all__ = ["router"]

router = APIRouter()
_LATE_NS = 2 * SECOND_NS
"""What a caller's clock and the way here may take from an instant meant as now."""
_FARTHEST_NS = 366 * 24 * 3600 * SECOND_NS


@router.get("/api/v1/on-air")
async def on_air(
    request: Request, _caller: Annotated[Caller, Depends(reader)], at: str = "", screen: str = ""
) -> dict[str, Any]:
    """The programme of one screen or of all at an instant."""
    known, publisher = services(request).screens, services(request).publisher
    if screen and screen not in known:
        raise Refused(404, f"no screen is called {screen!r}", did_you_mean(screen, known))
    at_ns = _instant(at, services(request).clock.utc_ns())
    inputs = [publisher.inputs(each) for each in ([screen] if screen else known)]
    programmes = await asyncio.to_thread(lambda: [resolve(each, at_ns) for each in inputs])
    return {"at": to_iso(at_ns), "screens": [_programme(each) for each in programmes]}


def _instant(text: str, now_ns: int) -> int:
    """The instant asked for. Raises: Refused (400)."""
    if not text:
        return now_ns
    try:
        at_ns = from_iso(text.replace(" ", "+") if "T" in text else text)  # in an address an unescaped + means a space
    except (ValueError, OverflowError) as error:
        remedy = "write it with its offset: 2026-01-01T07:00:00+07:00"
        raise Refused(400, f"at: {text!r} is no instant", remedy) from error
    if at_ns < now_ns - _LATE_NS:
        remedy = "what was shown comes from the as-run journal, which is not kept yet; ask for now or later"
        raise Refused(400, f"at: {text!r} lies in the past", remedy)
    if at_ns > now_ns + _FARTHEST_NS:
        raise Refused(400, f"at: {text!r} lies more than a year ahead", "ask for an earlier instant")
    return at_ns


def _programme(programme: Programme) -> dict[str, Any]:
    page, crawl = programme.page, programme.crawl
    return {
        "screen": programme.screen,
        "band": int(programme.band),
        "claim": programme.claim,
        "kind": programme.kind,
        "because": {
            "winner": programme.because.winner,
            "losers": list(programme.because.losers),
            "rule": programme.because.rule,
        },
        "entered": to_iso(programme.entered_ns),
        "until": to_iso(programme.until_ns),
        "layout": programme.layout.id,
        "playlist": page.playlist if page else "",
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
