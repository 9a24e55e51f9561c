"""Reads the templates of a folder, and the phrases and places they are filled with."""

import re
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, cast

from pydantic import TypeAdapter, ValidationError

from playout.model.notice import Kind
from playout.model.template import (
    ChoiceSlot,
    DateSlot,
    NumberSlot,
    Phrase,
    PlaceSlot,
    Slot,
    Template,
    TemplateBook,
    TimeSlot,
)
from playout.problems import did_you_mean, explain_errors
from playout.store.noticefile import Table, read_notice, read_table
from playout.text.languages import LANGUAGES

__all__ = ["read_templates"]

_PHRASES = TypeAdapter(dict[str, Phrase])
_SLOTS: Mapping[str, type[Slot]] = MappingProxyType(
    {"time": TimeSlot, "date": DateSlot, "number": NumberSlot, "choice": ChoiceSlot, "place": PlaceSlot}
)
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]*")
_ID_LENGTH = 64 - len("@01234567")


def read_templates(folder: Path, problems: list[str]) -> TemplateBook:
    """Reads `templates/*.toml`, `phrases.toml` and `places.toml`; all may be missing. Mistakes go to the problems."""
    templates: dict[str, Template] = {}
    files: dict[str, str] = {}
    for path in sorted((folder / "templates").glob("*.toml")):
        where = f"templates/{path.name}"
        table = read_table(path, where, problems)
        if table is None:
            continue
        name = str(table.setdefault("id", path.stem))
        if name in files:
            problems.append(f"{where}: id: {name!r} is already the id of {files[name]}; ids must differ")
        files.setdefault(name, where)
        if (template := _read_template(table, where, problems)) is not None:
            templates[name] = template
    return TemplateBook(
        templates, _read_phrases(folder, "phrases", problems), _read_phrases(folder, "places", problems)
    )


def _read_template(table: Table, where: str, problems: list[str]) -> Template | None:
    slots = _read_slots(table.pop("slots", None), where, problems)
    if table.pop("picture", ""):
        problems.append(f"{where}: picture: a template has no picture; take it out")
    pattern = read_notice(table, where, problems)
    if pattern is None:
        return None
    if pattern.kind is not Kind.TEXT:
        problems.append(f'{where}: kind: a template cannot be a {pattern.kind}; write kind = "text"')
    if len(pattern.id) > _ID_LENGTH or not _NAME.fullmatch(pattern.id):
        rule = f"take a-z, 0-9, - and _, at most {_ID_LENGTH} characters"
        problems.append(f"{where}: id: {pattern.id!r} cannot be the id of a template; {rule}")
    return Template(pattern, slots)


def _read_slots(entries: object, where: str, problems: list[str]) -> dict[str, Slot]:
    """The slots that are in order."""
    if not isinstance(entries, dict) or not entries:
        problems.append(f"{where}: slots: missing; a template has at least one slot, as [slots.NAME]")
        return {}
    slots: dict[str, Slot] = {}
    for name, entry in cast(dict[str, Any], entries).items():
        here = f"{where}: slots.{name}"
        if not _NAME.fullmatch(name):
            problems.append(f"{here}: {name!r} cannot be the name of a slot; take a-z, 0-9, - and _")
        elif not isinstance(entry, dict):
            problems.append(f"{here}: not a table; write [slots.{name}]")
        elif (slot := _read_slot(cast(Table, entry), here, problems)) is not None:
            slots[name] = slot
    return slots


def _read_slot(entry: Table, where: str, problems: list[str]) -> Slot | None:
    kind = str(entry.pop("kind", ""))
    if kind not in _SLOTS:
        problems.append(f"{where}.kind: no kind of slot is called {kind!r}; {did_you_mean(kind, _SLOTS)}")
        return None
    try:
        return TypeAdapter(_SLOTS[kind]).validate_python(entry)
    except ValidationError as error:
        problems += [f"{where}.{line}" for line in explain_errors(error, _SLOTS[kind], "")]
        return None


def _read_phrases(folder: Path, noun: str, problems: list[str]) -> dict[str, Phrase]:
    where = f"{noun}.toml"
    if not (folder / where).exists():
        return {}
    table = read_table(folder / where, where, problems)
    if table is None:
        return {}
    try:
        phrases = _PHRASES.validate_python(table)
    except ValidationError as error:
        problems += [f"{where}: {line}" for line in explain_errors(error, dict[str, Phrase], "")]
        return {}
    for name, phrase in phrases.items():
        for language in phrase.words:
            if language not in LANGUAGES:
                hint = did_you_mean(language, LANGUAGES)
                problems.append(f"{where}: {name}.words: unknown language {language!r}; {hint}")
    return phrases
