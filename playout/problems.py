"""Turns what pydantic found wrong into one line for each mistake: where, what, and what was probably meant."""

import dataclasses
from collections.abc import Collection, Mapping, Sequence
from difflib import get_close_matches
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

__all__ = ["did_you_mean", "explain_errors"]

_SECRET = ("token", "password", "secret")
_UNKNOWN_KEY = ("extra_forbidden", "unexpected_keyword_argument")
_MISSING = ("missing", "missing_argument")
_SHOWN_LENGTH = 40


def explain_errors(error: ValidationError, model: object, where: str) -> list[str]:
    """One line for each mistake: `where.key.path: message (got value)`.

    `model` is the type that was validated (pydantic model, dataclass, or a tuple or mapping of them); an unknown key
    is compared with its field names. Values are cut short, and those of secret keys are never shown.
    """
    errors = error.errors(include_url=False)
    return [_line(details, model, where) for details in errors if not _only_follows(details, errors)]


def did_you_mean(word: str, known: Collection[str]) -> str:
    """`did you mean 'x'?` if one of the known words is close, else the list of them."""
    close = get_close_matches(word.casefold(), known, n=1)
    return f"did you mean {close[0]!r}?" if close else f"known: {', '.join(sorted(known)) or 'none'}"


def _only_follows(details: ErrorDetails, errors: Sequence[ErrorDetails]) -> bool:
    """Whether a list counts as too short only because its entries were refused, which is told already."""
    place = details["loc"]
    return details["type"] == "too_short" and any(
        len(other["loc"]) > len(place) and other["loc"][: len(place)] == place for other in errors
    )


def _line(details: ErrorDetails, model: object, where: str) -> str:
    path, fields = _walk(model, details["loc"])
    place = ".".join(filter(None, (where, *path))) or "value"
    if details["type"] in _UNKNOWN_KEY:
        return f"{place}: unknown key; {did_you_mean(path[-1], fields)}"
    if details["type"] in _MISSING:
        return f"{place}: missing; it must be given"
    message = details["msg"].removeprefix("Value error, ")
    return f"{place}: {message[:1].lower()}{message[1:]} (got {_shown(path, details['input'])})"


def _shown(path: Sequence[str], value: object) -> str:
    """The value in few characters; what it contains is not shown, because a secret may be inside."""
    if any(word in key.casefold() for key in path for word in _SECRET):
        return "***"
    if isinstance(value, Mapping):
        return "a table"
    if isinstance(value, list | tuple | set | frozenset):
        return "a list"
    text = repr(value)
    return text if len(text) <= _SHOWN_LENGTH else f"{text[:_SHOWN_LENGTH]}…"


def _walk(model: object, location: Sequence[int | str]) -> tuple[list[str], Collection[str]]:
    """The path without the marks that pydantic adds for members of a union, and the fields beside its last step."""
    path: list[str] = []
    holder, here = None, model
    for step in location:
        if _is_mark(here, step):
            continue
        path.append(str(step))
        holder, here = here, _inside(here, step)
    return path, [name for member in _members(holder) for name in _fields(member)]


def _is_mark(here: object, step: int | str) -> bool:
    """Whether the step is the name of the union member that pydantic tried, or its `[key]` of a mapping."""
    members = _members(here)
    return step == "[key]" or (len(members) > 1 and step in [getattr(member, "__name__", "") for member in members])


def _inside(here: object, step: int | str) -> object:
    """The type one step into `here`; None if that cannot be told."""
    for member in _members(here):
        if step in (fields := _fields(member)):
            return fields[str(step)]
        arguments = get_args(member)
        match get_origin(member):
            case type() as origin if issubclass(origin, Mapping):
                return arguments[-1]
            case type() as origin if issubclass(origin, Sequence) and isinstance(step, int):
                return arguments[step] if step < len(arguments) and Ellipsis not in arguments else arguments[0]
            case _:
                continue
    return None


def _members(kind: object) -> list[object]:
    """The types that a value of `kind` may have, without the Annotated, Optional and Union around them."""
    if hasattr(kind, "__metadata__"):
        return _members(get_args(kind)[0])
    if get_origin(kind) in (Union, UnionType):
        return [inner for member in get_args(kind) if member is not NoneType for inner in _members(member)]
    return [kind]


def _fields(kind: object) -> dict[str, Any]:
    """Name and type of each field of a pydantic model or dataclass; nothing for any other type."""
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return {name: field.annotation for name, field in kind.model_fields.items()}
    if isinstance(kind, type) and dataclasses.is_dataclass(kind):
        hints = get_type_hints(kind, include_extras=True)
        return {field.name: hints[field.name] for field in dataclasses.fields(kind) if field.init}
    return {}
