"""Our values as plain tables, in the words operators write: one shape for schedule files and for the API.

`"06:00"` is a time of day, `"mon"` a day, `"crossfade"` a transition; what is left out has its default.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import date, datetime, time
from enum import IntEnum, StrEnum
from typing import Any, cast

from playout.model.calendar import SunTime

__all__ = ["Table", "to_table", "write_toml"]

Table = dict[str, Any]
"""A TOML table, or a JSON object."""

_BARE = re.compile(r"[A-Za-z0-9_-]+")


def to_table(value: object, *, whole: bool = False) -> Table:
    """A dataclass as a table. `whole` keeps defaults and None too, as callers of the API see it."""
    assert is_dataclass(value)
    return {
        field.name: _plain(each, whole=whole)
        for field in sorted(fields(value), key=lambda field: field.name != "id")
        if (each := getattr(value, field.name)) is not None or whole
        if whole or each != _default(field)
    }


def write_toml(table: Mapping[str, Any]) -> str:
    """The table as TOML that reads as the same table: simple keys first, then tables, then arrays of tables."""
    parts = ["".join(f"{_key(key)} = {_value(value)}\n" for key, value in table.items() if not _is_block(value))]
    for key, value in table.items():
        if isinstance(value, Mapping):
            parts.append(f"[{_key(key)}]\n{_body(cast(Table, value))}")
    for key, value in table.items():
        if _is_block(value) and not isinstance(value, Mapping):
            parts += [f"[[{_key(key)}]]\n{_body(entry)}" for entry in value]
    return "\n".join(part for part in parts if part)


def _default(field: Field[Any]) -> object:
    if field.default_factory is not MISSING:
        return field.default_factory()
    return field.default


def _plain(value: Any, *, whole: bool) -> Any:
    match value:
        case IntEnum():
            return value.name.lower()
        case StrEnum():
            return value.value
        case datetime() | date():
            return value
        case SunTime():
            return str(value)
        case time():
            return value.isoformat("minutes" if value.second == value.microsecond == 0 else "auto")
        case Mapping():
            return {str(key): _plain(each, whole=whole) for key, each in cast(Mapping[object, Any], value).items()}
        case tuple() | list():
            return [_plain(each, whole=whole) for each in cast(tuple[Any, ...], value)]
        case _:
            return to_table(value, whole=whole) if is_dataclass(value) else value


def _is_block(value: object) -> bool:
    """Whether a value gets lines of its own under a heading."""
    if isinstance(value, list):
        entries = cast(list[object], value)
        return bool(entries) and all(isinstance(entry, Mapping) for entry in entries)
    return isinstance(value, Mapping)


def _body(table: Mapping[str, Any]) -> str:
    return "".join(f"{_key(key)} = {_value(value)}\n" for key, value in table.items())


def _key(key: str) -> str:
    return key if _BARE.fullmatch(key) else _text(key)


def _value(value: Any) -> str:
    match value:
        case str():
            return _text(value)
        case date() | time():
            return value.isoformat()
        case list() if _is_block(cast(object, value)):
            return "[\n" + "".join(f"    {_inline(entry)},\n" for entry in cast(list[Table], value)) + "]"
        case list() | dict():
            return _inline(cast(object, value))
        case _:
            return json.dumps(value, allow_nan=False)


def _inline(value: Any) -> str:
    match value:
        case dict():
            return "{ " + ", ".join(_pairs(cast(Table, value))) + " }" if value else "{}"
        case list():
            return "[" + ", ".join(_inline(each) for each in cast(list[Any], value)) + "]"
        case _:
            return _value(value)


def _pairs(table: Table) -> Iterator[str]:
    for key, value in table.items():
        yield f"{_key(key)} = {_inline(value)}"


def _text(text: str) -> str:
    """JSON's strings are TOML's, but for DEL, which must be escaped."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
