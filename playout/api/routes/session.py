"""Signing in and out, and who one is."""

from http import HTTPStatus
from typing import Annotated, Any, TypeVar
from urllib.parse import parse_qsl

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import JSONResponse, RedirectResponse
from pydantic import TypeAdapter, ValidationError

from playout.api.answers import FirstAdmin, SessionTold, SignInSent
from playout.api.auth import SESSION_COOKIE, Caller, Shown, check_origin, give_session, take_session
from playout.api.documented import body, errors
from playout.api.problems import Refused, Unprocessable
from playout.api.services import reader, services
from playout.model.people import RIGHTS
from playout.problems import explain_errors

__all__ = ["router"]

router = APIRouter(prefix="/api/v1/session")
Sent = TypeVar("Sent")
_FORM = "application/x-www-form-urlencoded"
_SIGN_IN, _FIRST = TypeAdapter(SignInSent), TypeAdapter(FirstAdmin)


@router.get("", response_model=SessionTold)
async def who(caller: Annotated[Caller, Depends(reader)]) -> dict[str, Any]:
    """Who the caller is, and what they may do."""
    return _told(caller)


@router.post(
    "",
    response_class=Response,
    responses={200: {"model": SessionTold, "description": "Signed in, by a cookie."}, **errors(401, 403, 429, 503)},
    openapi_extra=body(SignInSent),
)
async def sign_in(request: Request) -> Response:
    """Opens a session of 12 hours: a cookie that scripts cannot read. Whoever fails often waits up to ten seconds.

    A form (`application/x-www-form-urlencoded`) is answered with 303 to the page of the sign.
    """
    sent = await _sent(request, _SIGN_IN, SignInSent)
    secret = await services(request).sign_in.open(sent.name, sent.password, _address(request))
    return await _let_in(request, secret)


@router.post(
    "/first",
    response_class=Response,
    responses={200: {"model": SessionTold, "description": "Signed in."}, **errors(401, 403, 409, 429, 503)},
    openapi_extra=body(FirstAdmin),
)
async def first(request: Request) -> Response:
    """Makes the first admin and signs them in; takes the code that control logs while there is no admin."""
    sent = await _sent(request, _FIRST, FirstAdmin)
    signing_in = services(request).sign_in
    secret = await signing_in.first(sent.code, sent.name, sent.shown, sent.password, _address(request))
    return await _let_in(request, secret)


@router.delete("", status_code=204, response_class=Response, responses=errors(400))
async def sign_out(request: Request, caller: Annotated[Caller, Depends(reader)]) -> Response:
    """Ends the session."""
    if caller.by is Shown.TOKEN:
        raise Refused(400, "a token has no session", "`playout token revoke` ends a token")
    here = services(request)
    await here.guard.sign_out(request.scope["headers"], caller)
    response = Response(status_code=HTTPStatus.NO_CONTENT)
    take_session(response, secure=here.is_secure)
    return response


async def _sent(request: Request, adapter: TypeAdapter[Sent], kind: type[Sent]) -> Sent:
    """The body, of a form or as JSON. Raises: Refused (403) from a page elsewhere, Unprocessable."""
    check_origin(request.scope["headers"], secure=services(request).is_secure, must_be_told=False)
    content = await request.body()
    try:
        if await _is_form(request):
            return adapter.validate_python(dict(parse_qsl(content.decode(), keep_blank_values=True, max_num_fields=10)))
        return adapter.validate_json(content)
    except ValidationError as error:
        raise Unprocessable(explain_errors(error, kind, "")) from error
    except ValueError as error:
        raise Unprocessable(["the form cannot be read; send name and password in UTF-8"]) from error


async def _is_form(request: Request) -> bool:
    """Whether the body is a form; what begins as JSON is JSON, also where a program says nothing or else of it."""
    if (await request.body()).lstrip()[:1] == b"{":
        return False
    return request.headers.get("content-type", "").partition(";")[0].strip().lower() == _FORM


async def _let_in(request: Request, secret: str) -> Response:
    here = services(request)
    if await _is_form(request):
        response: Response = RedirectResponse("/", HTTPStatus.SEE_OTHER)
    else:
        caller = here.guard.caller([(b"cookie", f"{SESSION_COOKIE}={secret}".encode())])
        if caller is None:
            raise Refused(HTTPStatus.UNAUTHORIZED, "the account was changed meanwhile", "sign in again")
        response = JSONResponse(_told(caller))
    give_session(response, secret, secure=here.is_secure)
    return response


def _told(caller: Caller) -> dict[str, Any]:
    return {
        "name": caller.name,
        "shown": caller.title or caller.name,
        "role": caller.role,
        "rights": sorted(RIGHTS[caller.role]),
        "screens": caller.screens,
        "by": caller.by,
    }


def _address(request: Request) -> str:
    return request.client.host if request.client else ""
