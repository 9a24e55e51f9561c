"""Reads a folder of schedule and notice files as operators write them; every mistake is told in one go."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, cast

from pydantic import TypeAdapter, ValidationError

from playout.errors import ContentError, ScheduleError
from playout.model.notice import Notice
from playout.model.schedule import Schedule
from playout.model.template import TemplateBook
from playout.problems import explain_errors
from playout.store.noticefile import Table, read_notice, read_table
from playout.store.pictures import hash_picture
from playout.store.references import repeated, unknown_references
from playout.store.rulefile import read_calendars, read_rule
from playout.store.templates import read_templates

__all__ = ["Draft", "read_folder", "read_schedule", "read_single"]

_SCHEDULE = TypeAdapter(Schedule)


@dataclass(frozen=True, slots=True)
class Draft:
    """What a folder holds. `pictures` maps each SHA-256 that a notice carries to the picture's file."""

    schedule: Schedule
    notices: Mapping[str, Notice]
    pictures: Mapping[str, Path]
    book: TemplateBook = field(default_factory=TemplateBook)


def read_folder(folder: Path) -> Draft:
    """Reads `schedule.toml`, `holidays/*.toml`, `notices/*.toml`, and the templates with their phrases of a folder.

    Texts come out in Unicode's composed form (NFC). Raises: ScheduleError with every problem of every file.
    """
    problems: list[str] = []
    notices, ids, pictures = _read_notices(folder, problems)
    table = read_table(folder / "schedule.toml", "schedule.toml", problems)
    calendars = read_calendars(folder, problems)
    schedule = Schedule()
    if table is not None:
        schedule = read_schedule(table, "schedule.toml: ", problems)
        everything = sorted((*schedule.calendars, *calendars), key=lambda calendar: calendar.id)
        schedule = replace(schedule, calendars=tuple(everything))
        again = repeated(calendar.id for calendar in everything)
        problems += [f"holidays: the id {name!r} comes twice; ids must differ" for name in again]
        unknown = unknown_references(schedule, ids, _ids(table, "playlists"), _ids(table, "layouts"))
        problems += [f"schedule.toml: {line}" for line in unknown]
    book = read_templates(folder, problems)
    if problems:
        raise ScheduleError(problems)
    return Draft(schedule, notices, pictures, book)


def read_single(path: Path) -> Draft:
    """One notice file as a draft of its own; its picture may lie in the folder above. Raises: ScheduleError."""
    problems: list[str] = []
    pictures: dict[str, Path] = {}
    notice = None
    table = read_table(path, path.name, problems)
    if table is not None:
        table.setdefault("id", path.stem)
        if (picture := _take_picture(table, path, path.resolve().parent.parent, problems)) is not None:
            pictures[table["picture"]] = picture
        notice = read_notice(table, path.name, problems)
    if problems or notice is None:
        raise ScheduleError(problems)
    return Draft(Schedule(), {notice.id: notice}, pictures)


def _read_notices(folder: Path, problems: list[str]) -> tuple[dict[str, Notice], set[str], dict[str, Path]]:
    """The notices that are in order, the ids of all, and the pictures."""
    notices: dict[str, Notice] = {}
    pictures: dict[str, Path] = {}
    files: dict[str, str] = {}
    for path in sorted((folder / "notices").glob("*.toml")):
        where = f"notices/{path.name}"
        table = read_table(path, where, problems)
        name = path.stem if table is None else str(table.setdefault("id", path.stem))
        if name in files:
            problems.append(f"{where}: id: {name!r} is already the id of {files[name]}; ids must differ")
        files.setdefault(name, where)
        if table is None:
            continue
        if (picture := _take_picture(table, path, folder, problems)) is not None:
            pictures[table["picture"]] = picture
        if (notice := read_notice(table, where, problems)) is not None:
            notices[name] = notice
    return notices, set(files), pictures


def _take_picture(table: Table, path: Path, folder: Path, problems: list[str]) -> Path | None:
    """Puts the picture's SHA-256 in the place of its path, and gives its file."""
    picture = table.get("picture")
    if not isinstance(picture, str) or not picture:
        return None
    try:
        file = _inside(folder, path.parent / picture)
        table["picture"] = hash_picture(file)
    except ContentError as error:
        problems.append(f"notices/{path.name}: picture: {picture}: {error}")
        return None
    return file


def _inside(folder: Path, file: Path) -> Path:
    """The file's real place. Raises: ContentError when that is outside the folder, which travels as a whole."""
    try:
        real = file.resolve()
    except (OSError, ValueError, RuntimeError) as error:  # a NUL in the name, a loop of links
        raise ContentError(f"no file can have this name: {error}", hint="write ../pictures/NAME") from error
    if not real.is_relative_to(folder.resolve()):
        raise ContentError(
            "the picture is outside the folder", hint="put it under pictures/ and write ../pictures/NAME"
        )
    return real


def read_schedule(table: Table, prefix: str, problems: list[str]) -> Schedule:
    """The schedule; where parts of it are wrong, the rest, so that its names can be checked in the same go.

    Each problem begins with the prefix. The table is changed.
    """
    for noun in ("layouts", "playlists", "dayparts", "hours", "calendars"):
        again = repeated(_ids(table, noun))
        problems += [f"{prefix}{noun}: the id {name!r} comes twice; ids must differ" for name in again]
    for noun in ("dayparts", "hours"):
        for rule in _tables(table, noun):
            read_rule(rule, f"{prefix}{noun}[{rule.get('id')}]", problems)
    try:
        return _SCHEDULE.validate_python(table)
    except ValidationError as error:
        problems += [f"{prefix}{line}" for line in explain_errors(error, Schedule, "")]
        return _SCHEDULE.validate_python(_without_errors(table, error))


def _tables(table: Table, key: str) -> list[Table]:
    entries = table.get(key)
    return [entry for entry in cast(list[Any], entries) if isinstance(entry, dict)] if isinstance(entries, list) else []


def _ids(table: Table, key: str) -> list[str]:
    return [str(entry["id"]) for entry in _tables(table, key) if "id" in entry]


def _without_errors(table: Table, error: ValidationError) -> Table:
    """The schedule without the entries (or whole keys) that an error lies in."""
    bad = {tuple(problem["loc"][:2]) for problem in error.errors()}
    keys = {place[0] for place in bad}
    return {
        key: [entry for number, entry in enumerate(cast(list[Any], value)) if (key, number) not in bad]
        if isinstance(value, list)
        else value
        for key, value in table.items()
        if (key,) not in bad and (key not in keys or isinstance(value, list))
    }
