"""The page of the sign: for people, by a one-time link, to look only."""

from collections.abc import Mapping
from http import HTTPStatus
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from playout.api.auth import Caller, give_session
from playout.api.problems import Refused
from playout.api.services import reader, services
from playout.api.words import WORDS

__all__ = ["router"]

router = APIRouter(include_in_schema=False)
_FOLDER = Path(__file__).parent.parent / "console"
_TEMPLATES = Environment(loader=FileSystemLoader(_FOLDER), autoescape=True, undefined=StrictUndefined)
_ASSETS: Mapping[str, str] = {"console.js": "text/javascript", "console.css": "text/css"}


@router.get("/", response_class=Response)
async def page(request: Request, link: str = "") -> Response:
    """The page; with a link's code it opens a session first, and without one it says how to get in."""
    here = services(request)
    if link:
        secret = await here.guard.redeem(link)
        return _door(used_link=True) if secret is None else _let_in(secret, secure=here.is_secure)
    if here.guard.caller(request.scope["headers"]) is None:
        return _door(used_link=False)
    text = _TEMPLATES.get_template("page.html").render(words=WORDS, site=here.config.site, screens=here.screens)
    return Response(text, media_type="text/html")


@router.get("/console/{name}", response_class=Response)
async def asset(name: str, _caller: Annotated[Caller, Depends(reader)]) -> Response:
    """The page's script and style sheet."""
    if name not in _ASSETS:
        raise Refused(404, f"there is no {name!r}", f"the page has {', '.join(_ASSETS)}")
    return Response((_FOLDER / name).read_bytes(), media_type=_ASSETS[name])


def _door(*, used_link: bool) -> Response:
    text = _TEMPLATES.get_template("door.html").render(words=WORDS, used_link=used_link)
    return Response(text, HTTPStatus.UNAUTHORIZED, media_type="text/html")


def _let_in(secret: str, *, secure: bool) -> Response:
    """Sends the browser to the page without the code, so that it stays in no history."""
    response = RedirectResponse("/", HTTPStatus.SEE_OTHER)
    give_session(response, secret, secure=secure)
    return response
