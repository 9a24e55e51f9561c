"""The OpenAPI document of the control API: `python -m playout.api.openapi FILE`, kept as `docs/openapi.json`.

Who may call a route, and the errors that come with that, are read off the route itself, so that nobody can forget to
write them down. What else it refuses stands in its `responses`, made by `errors`.
"""

import dataclasses
import json
import sys
from collections.abc import Iterator, Mapping
from http import HTTPStatus
from pathlib import Path
from typing import Any, cast

from fastapi import APIRouter
from fastapi.dependencies.models import Dependant
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute
from pydantic import TypeAdapter

from playout import __version__
from playout.api import answers, orders, problems, shapes, status
from playout.api.app import ROUTERS
from playout.api.auth import LOOKING, SESSION_COOKIE
from playout.api.documented import errors
from playout.api.routes.status import DESCRIBED
from playout.api.services import Needs
from playout.config import describe
from playout.model import snapshot
from playout.model.people import Right

__all__ = ["document"]

_TITLE = "playout: the controller of an outdoor LED sign"
_DESCRIPTION = "Instants are ISO 8601 in UTC with nanoseconds. See docs/api.md for what the fields mean to an operator."
_SCHEMES = {
    "token": {"type": "http", "scheme": "bearer", "description": "Made by `playout token create`."},
    "session": {
        "type": "apiKey",
        "in": "cookie",
        "name": SESSION_COOKIE,
        "description": "Opened by signing in, or by a one-time link to look only. Changes need an own Origin.",
    },
}
_ANYWHERE = (HTTPStatus.MISDIRECTED_REQUEST, HTTPStatus.INTERNAL_SERVER_ERROR)
_WITH_STATE = (HTTPStatus.UNAUTHORIZED, HTTPStatus.SERVICE_UNAVAILABLE)
_WITH_BODY = (HTTPStatus.REQUEST_ENTITY_TOO_LARGE, HTTPStatus.UNPROCESSABLE_ENTITY)
_MODULES = (answers, orders, problems, shapes, snapshot, status)
"""Where the shapes are whose fields are described by the docstrings under them."""


def document() -> dict[str, Any]:
    """The document of this version."""
    routers = [DESCRIBED, *ROUTERS]
    routes = [route for router in routers for route in _routes(router) if route.include_in_schema]
    found = get_openapi(
        title=_TITLE, version=__version__, description=_DESCRIPTION, routes=routes, separate_input_output_schemas=False
    )
    for route in routes:
        for method in route.methods or ():
            _complete(found["paths"][route.path][method.lower()], method, route)
    components = found.setdefault("components", {})
    components["securitySchemes"] = _SCHEMES
    schemas: dict[str, Any] = components.setdefault("schemas", {})
    schemas["Problem"] = TypeAdapter(problems.Problem).json_schema()
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    _tidy(found["paths"], schemas)
    _tidy(list(schemas.values()), schemas)
    _describe(schemas)
    components["schemas"] = dict(sorted(schemas.items()))
    return found


def _routes(router: APIRouter) -> Iterator[APIRoute]:
    return (route for route in router.routes if isinstance(route, APIRoute))


def _complete(operation: dict[str, Any], method: str, route: APIRoute) -> None:
    """Adds who may call it and every error it may answer with."""
    rights = [call.right for call in _calls(route.dependant) if isinstance(call, Needs)]
    responses = cast(dict[str, Any], operation["responses"])
    statuses: list[int] = [*_ANYWHERE]
    if rights:
        statuses += _WITH_STATE
        operation["security"] = [{"token": []}, {"session": []}]
        operation["x-rights"] = sorted(rights)
    if set(rights) - {Right.LOOK} or (rights and method not in LOOKING):
        statuses.append(HTTPStatus.FORBIDDEN)
    if "{" in route.path:
        statuses.append(HTTPStatus.NOT_FOUND)
    if method in {"POST", "PUT", "PATCH"}:
        statuses += _WITH_BODY
    if "HTTPValidationError" in str(responses.pop("422", "")):
        statuses.append(HTTPStatus.UNPROCESSABLE_ENTITY)
    responses = {**{str(code): answer for code, answer in errors(*statuses).items()}, **responses}
    operation["responses"] = dict(sorted(responses.items()))
    summary, _, rest = (route.endpoint.__doc__ or "").partition("\n\n")
    operation["summary"] = " ".join(summary.split())
    operation["description"] = " ".join(rest.split()) or operation["summary"]
    noun = route.endpoint.__module__.rpartition(".")[2]
    operation["tags"], operation["operationId"] = [noun], f"{noun}_{route.name}"


def _calls(dependant: Dependant) -> Iterator[object]:
    for each in dependant.dependencies:
        yield each.call
        yield from _calls(each)


def _tidy(part: Any, schemas: dict[str, Any]) -> None:
    """Moves schemas that a route brought along to where all of them are, and drops titles that only repeat names."""
    if isinstance(part, dict):
        held = cast(dict[str, Any], part)
        schemas.update(held.pop("$defs", {}))
        if isinstance(held.get("title"), str):
            del held["title"]
        for value in held.values():
            _tidy(value, schemas)
    elif isinstance(part, list):
        for value in cast(list[Any], part):
            _tidy(value, schemas)


def _describe(schemas: Mapping[str, Any]) -> None:
    """Adds what stands under the fields of our classes."""
    for module in _MODULES:
        for name, schema in schemas.items():
            kind = getattr(module, name, None)
            if isinstance(kind, type) and dataclasses.is_dataclass(kind) and kind.__module__ == module.__name__:
                properties: dict[str, Any] = schema["properties"]
                describe({**properties, **{f"{key}_": value for key, value in properties.items()}}, kind)


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(json.dumps(document(), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
