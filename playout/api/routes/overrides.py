"""Overrides: an operator puts something on air over the schedule, and takes it off again."""

import asyncio
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Request, Response

from playout.api import overrides
from playout.api.answers import OverrideAired, OverrideEnded, OverrideList, OverrideMade, describe
from playout.api.auth import Caller
from playout.api.documented import body, errors
from playout.api.orders import Order
from playout.api.problems import Refused
from playout.api.services import Needs, reader, services
from playout.model.boot import Boot
from playout.model.claim import Claim
from playout.model.people import Right
from playout.store import Store, claims

__all__ = ["router"]

router = APIRouter(prefix="/api/v1/overrides")
_KEY_MAX = 200


@router.post(
    "",
    status_code=201,
    response_class=Response,
    responses={201: {"model": OverrideMade, "description": "Saved, and told to every player."}, **errors(400, 409)},
    openapi_extra=body(Order),
)
async def add(
    request: Request,
    caller: Annotated[Caller, Depends(Needs(Right.OVERRIDE))],
    idempotency_key: Annotated[str, Header()] = "",
) -> Response:
    """Puts a notice or playlist on air: 201 with the claim and what each screen did with it.

    The same content sent again while it is live renews it. 409 where what is on air may not be interrupted.
    """
    if len(idempotency_key) > _KEY_MAX:
        raise Refused(400, "Idempotency-Key: is too long", f"send at most {_KEY_MAX} characters")
    added = await overrides.add(services(request), caller, await request.body(), idempotency_key)
    location = {"location": f"{router.prefix}/{added.claim}"}
    return Response(added.answer, 201, location, media_type="application/json")


@router.get("", response_model=OverrideList)
async def listing(request: Request, _caller: Annotated[Caller, Depends(reader)]) -> dict[str, Any]:
    """The overrides that are live or coming."""
    here = services(request)
    now_ns = here.clock.utc_ns()
    boot = here.publisher.boot
    found = await asyncio.to_thread(_current, here.store, now_ns, boot)
    return {"overrides": [describe(claim, now_ns, boot) for claim in found]}


@router.get("/{claim}", response_model=OverrideAired)
async def one(request: Request, claim: str, _caller: Annotated[Caller, Depends(reader)]) -> dict[str, Any]:
    """One override, whether it has ended or not, and when it came on air: within 0.2 s of the first frame of it."""
    answer = await overrides.aired(services(request), claim)
    if answer is None:
        raise _unknown(claim)
    return answer


@router.delete("/{claim}", response_model=OverrideEnded)
async def end(
    request: Request, claim: str, caller: Annotated[Caller, Depends(Needs(Right.TAKE_DOWN))]
) -> dict[str, Any]:
    """Ends an override; says so where it had ended before."""
    answer = await overrides.end(services(request), caller, claim)
    if answer is None:
        raise _unknown(claim)
    return answer


def _unknown(claim: str) -> Refused:
    return Refused(404, f"there is no override {claim!r}", f"GET {router.prefix} lists them")


def _current(store: Store, now_ns: int, boot: Boot) -> tuple[Claim, ...]:
    with store.read() as db:
        return claims.current(db, now_ns, kept_ns=0, boot=boot)
