"""What a route says of itself in the OpenAPI document, besides its types."""

from http import HTTPStatus
from typing import Any

from pydantic import TypeAdapter

from playout.api.problems import MEDIA_TYPE

__all__ = ["SCHEMAS", "body", "errors", "media"]

SCHEMAS = "#/components/schemas/"
"""Where the shapes are in the document."""


def errors(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The `responses` of a route that answers with these problems, besides those that any route may have."""
    content = {MEDIA_TYPE: {"schema": {"$ref": f"{SCHEMAS}Problem"}}}
    return {int(status): {"description": HTTPStatus(status).phrase, "content": content} for status in statuses}


def media(kind: str, description: str) -> dict[int | str, dict[str, Any]]:
    """The `responses` of a route that answers with bytes of that media type."""
    return {200: {"description": description, "content": {kind: {"schema": {"type": "string"}}}}}


def body(kind: type, *, must_be_given: bool = True) -> dict[str, Any]:
    """The `openapi_extra` of a route that reads its body itself, as JSON of that type."""
    schema = TypeAdapter(kind).json_schema(ref_template=SCHEMAS + "{model}")
    defined = {**schema.pop("$defs", {}), kind.__name__: schema}
    reference = {"$ref": f"{SCHEMAS}{kind.__name__}", "$defs": defined}
    return {"requestBody": {"required": must_be_given, "content": {"application/json": {"schema": reference}}}}
