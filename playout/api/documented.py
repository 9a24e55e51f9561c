"""What a route says of itself in the OpenAPI document, besides its types."""

from collections.abc import Mapping
from typing import Any

from pydantic import TypeAdapter

from playout.api.problems import MEDIA_TYPE

__all__ = ["SCHEMAS", "body", "errors", "media", "table_body"]

SCHEMAS = "#/components/schemas/"
"""Where the shapes are in the document."""
_MEANINGS: Mapping[int, str] = {
    400: "A parameter or header is wrong.",
    401: "No valid token.",
    403: "The role has not the right, or not for this screen; or a session on a page from elsewhere.",
    404: "There is no such thing.",
    409: "It does not fit what is there.",
    412: "Somebody else has changed it meanwhile.",
    413: "The body is too long.",
    421: "The machine is not served under this name.",
    422: "The request can be read, but not carried out; `problems` has every mistake.",
    428: "The request must say which version it changes.",
    429: "Too many at once.",
    500: "A mistake of ours.",
    503: "Not possible now: state cannot be written, a player is away, or all places are taken.",
}


def errors(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The `responses` of a route that answers with these problems, besides those that any route may have."""
    content = {MEDIA_TYPE: {"schema": {"$ref": f"{SCHEMAS}Problem"}}}
    return {int(status): {"description": _MEANINGS[status], "content": content} for status in statuses}


def media(kind: str, description: str) -> dict[int | str, dict[str, Any]]:
    """The `responses` of a route that answers with bytes of that media type."""
    return {200: {"description": description, "content": {kind: {"schema": {"type": "string"}}}}}


def body(kind: type, *, must_be_given: bool = True) -> dict[str, Any]:
    """The `openapi_extra` of a route that reads its body itself, as JSON of that type."""
    schema = TypeAdapter(kind).json_schema(ref_template=SCHEMAS + "{model}")
    defined = {**schema.pop("$defs", {}), kind.__name__: schema}
    return _request({"$ref": f"{SCHEMAS}{kind.__name__}", "$defs": defined}, must_be_given)


def table_body(description: str) -> dict[str, Any]:
    """The `openapi_extra` of a route that takes a JSON object whose keys are told elsewhere."""
    return _request({"type": "object", "description": description}, must_be_given=True)


def _request(schema: dict[str, Any], must_be_given: bool) -> dict[str, Any]:
    return {"requestBody": {"required": must_be_given, "content": {"application/json": {"schema": schema}}}}
