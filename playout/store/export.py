"""A revision as the files it could have been imported from: `read_folder` reads the same schedule and notices again."""

import os
import re
import shutil
import tempfile
import zipfile
from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import IO

from playout.errors import StoreError
from playout.model.notice import Notice
from playout.model.schedule import Schedule
from playout.store.db import mapped, sync_folder
from playout.store.pictures import picture_suffix
from playout.store.tables import to_table, write_toml

__all__ = ["export_folder", "export_zip", "schedule_files"]

_SAFE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")


def schedule_files(
    schedule: Schedule, notices: Mapping[str, Notice], media: Path
) -> Iterator[tuple[str, bytes | Path]]:
    """Path inside the folder and content of each file; for a picture, the file that holds it.

    Raises: StoreError where a picture is not in the media folder.
    """
    yield "schedule.toml", write_toml(to_table(replace(schedule, calendars=()))).encode()
    ids = [calendar.id for calendar in schedule.calendars]
    for calendar, stem in zip(schedule.calendars, _stems(ids, "calendar"), strict=True):
        table = to_table(calendar)
        if stem == calendar.id:
            del table["id"]
        yield f"holidays/{stem}.toml", write_toml(table).encode()
    pictures: dict[str, str] = {}
    for notice, stem in zip(notices.values(), _stems(notices, "notice"), strict=True):
        table = to_table(notice)
        if notice.picture:
            if notice.picture not in pictures:
                source = media / notice.picture
                with mapped(source), source.open("rb") as file:
                    pictures[notice.picture] = f"pictures/{stem}{picture_suffix(file.read(16))}"
                yield pictures[notice.picture], source
            table["picture"] = f"../{pictures[notice.picture]}"
        if stem == notice.id:
            del table["id"]
        yield f"notices/{stem}.toml", write_toml(table).encode()


def export_folder(schedule: Schedule, notices: Mapping[str, Notice], media: Path, folder: Path) -> None:
    """Writes the files into a new or empty folder, which is there whole or not at all. Raises: StoreError."""
    beside = folder.with_name(f".{folder.name}.{os.getpid()}")
    with mapped(folder):
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise StoreError(f"{folder}: is there already, and not empty", hint="name a new folder")
        try:
            for part in ("holidays", "notices", "pictures"):
                (beside / part).mkdir(parents=True)
            for name, content in schedule_files(schedule, notices, media):
                if isinstance(content, Path):
                    shutil.copyfile(content, beside / name)
                else:
                    (beside / name).write_bytes(content)
            beside.replace(folder)
            sync_folder(folder.parent)
        except BaseException:
            with suppress(OSError):
                shutil.rmtree(beside)
            raise


def export_zip(schedule: Schedule, notices: Mapping[str, Notice], media: Path) -> IO[bytes]:
    """The files in one ZIP file, which is nowhere and gone when it is closed; it stands at its beginning.

    Equal content makes equal files. Raises: StoreError.
    """
    file = tempfile.TemporaryFile()  # noqa: SIM115 -- the caller closes it
    try:
        with mapped(Path(tempfile.gettempdir())), zipfile.ZipFile(file, "w") as packed:
            for name, content in schedule_files(schedule, notices, media):
                entry = zipfile.ZipInfo(name)
                entry.external_attr = 0o644 << 16
                if isinstance(content, Path):
                    with packed.open(entry, "w") as target, mapped(content), content.open("rb") as source:
                        shutil.copyfileobj(source, target)
                else:
                    packed.writestr(entry, content, zipfile.ZIP_DEFLATED)
        file.seek(0)
    except BaseException:
        file.close()
        raise
    return file


def _stems(ids: Collection[str], noun: str) -> list[str]:
    """A file name for each id: itself where that can be one on any file system, else a number."""
    taken: set[str] = set()
    stems: list[str] = []
    for number, name in enumerate(ids, 1):
        is_fit = _SAFE.fullmatch(name) and name.casefold() not in taken
        stem = name if is_fit else _free(f"{noun}-{number}", {*taken, *(each.casefold() for each in ids)})
        taken.add(stem.casefold())
        stems.append(stem)
    return stems


def _free(stem: str, taken: set[str]) -> str:
    while stem in taken:
        stem += "x"
    return stem
