"""What the screens have shown: rows of their as-run journals."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request

from playout.api.auth import Caller
from playout.api.documented import errors
from playout.api.instant import instant_ns
from playout.api.problems import Refused
from playout.api.recorded import ask_journals
from playout.api.services import reader, services
from playout.clock import SECOND_NS, to_iso
from playout.problems import did_you_mean

__all__ = ["router"]

router = APIRouter()
_BACK_NS = 3600 * SECOND_NS
"""How far back it is looked without `from`."""


@router.get("/api/v1/as-run", responses=errors(400, 404))
async def as_run(
    request: Request,
    _caller: Annotated[Caller, Depends(reader)],
    begin: Annotated[str, Query(alias="from")] = "",
    to: str = "",
    screen: str = "",
    after: str = "",
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> dict[str, Any]:
    """Rows that were on air within `[from, to)`, of one screen or of all, in pages."""
    here = services(request)
    if screen and screen not in here.screens:
        raise Refused(404, f"no screen is called {screen!r}", did_you_mean(screen, here.screens))
    if after and not screen:
        raise Refused(400, "after: belongs to one screen", "name it with screen=")
    to_ns = instant_ns("to", to) if to else here.clock.utc_ns()
    from_ns = instant_ns("from", begin) if begin else to_ns - _BACK_NS
    if from_ns >= to_ns:
        raise Refused(400, f"from: {to_iso(from_ns)} does not lie before {to_iso(to_ns)}", "ask for an earlier one")
    question: dict[str, Any] = {"from": from_ns, "to": to_ns, "limit": limit}
    if after:
        question["after"] = _place(after)
    answers = await ask_journals(here.publisher, [screen] if screen else list(here.screens), question)
    return {"from": to_iso(from_ns), "to": to_iso(to_ns), "screens": [_page(answer) for answer in answers]}


def _page(answer: dict[str, Any]) -> dict[str, Any]:
    """One screen's page. `next` is to be given as `after`; null where there are no more rows."""
    following = answer.get("next")
    return {
        "screen": answer["screen"],
        "journal": answer.get("journal"),
        "rows": answer.get("rows", []),
        "runs": answer.get("runs", {}),
        "next": following and "{}-{}".format(*following),
        "detail": answer.get("detail", ""),
    }


def _place(after: str) -> list[int]:
    """The place in a journal that `next` named. Raises: Refused (400)."""
    start, dash, number = after.rpartition("-")
    try:
        if dash:
            return [int(start), int(number)]
    except ValueError:
        pass
    raise Refused(400, f"after: {after!r} is no place in a journal", "give it as it came in `next`")
