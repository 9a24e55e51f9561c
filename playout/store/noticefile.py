"""A notice as a TOML file, read and written."""

import tomllib
import unicodedata
from pathlib import Path
from typing import Any, cast

from pydantic import TypeAdapter, ValidationError

from playout.model.notice import Notice
from playout.problems import did_you_mean, explain_errors
from playout.store.tables import Table, to_table, write_toml
from playout.text.languages import LANGUAGES

__all__ = ["Table", "read_notice", "read_table", "tidy", "write_notice"]

_NOTICE = TypeAdapter(Notice)


def read_table(path: Path, where: str, problems: list[str]) -> Table | None:
    """The tables of a TOML file, texts in NFC and trimmed; None where it cannot be read, which goes to the problems."""
    try:
        # Windows editors put a byte order mark in front, which TOML does not know.
        table = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        problems.append(f"{where}: cannot be read: {error.strerror}")
    except UnicodeDecodeError as error:
        problems.append(f"{where}: byte {error.start} is not UTF-8; save the file as UTF-8")
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        problems.append(f"{where}: {error}; the file must be TOML")
    else:
        # A picture's path must stay as the file system spells it.
        return {key: value if key == "picture" else tidy(value) for key, value in table.items()}
    return None


def read_notice(table: Table, where: str, problems: list[str]) -> Notice | None:
    """The notice of a table with its id; what is wrong with it goes to the problems."""
    try:
        notice = _NOTICE.validate_python(table)
    except ValidationError as error:
        problems += [f"{where}: {line}" for line in explain_errors(error, Notice, "")]
        return None
    for number, text in enumerate(notice.texts):
        if text.language not in LANGUAGES:
            hint = did_you_mean(text.language, LANGUAGES)
            problems.append(f"{where}: texts[{number}].language: unknown language {text.language!r}; {hint}")
    return notice


def write_notice(notice: Notice) -> str:
    """The notice as a file that reads as the same notice again; pictures are named by hash, which no file can be."""
    return write_toml(to_table(notice))


def tidy(value: Any) -> Any:
    """The value with every text in NFC and without white space around it."""
    match value:
        case str():
            return unicodedata.normalize("NFC", value).strip()
        case list():
            return [tidy(entry) for entry in cast(list[Any], value)]
        case dict():
            return {key: tidy(entry) for key, entry in cast(Table, value).items()}
        case _:
            return value
