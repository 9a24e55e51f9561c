"""One file that holds many: a tar that begins with a list of what is in it, each with its SHA-256.

The list comes first, and ends with its own SHA-256. Nothing is taken out of an archive before the whole of it has been
compared with its list: one that is damaged, cut short, foreign or of a newer format leaves nothing behind. Names in it
stay below the folder it is taken out into. Source: POSIX.1-2001, pax interchange format.
"""

import grp
import hashlib
import io
import json
import os
import pwd
import shutil
import tarfile
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Annotated, Any

from annotated_types import Ge, Le, MaxLen
from pydantic import TypeAdapter, ValidationError

from playout.errors import StoreError
from playout.store.db import mapped, sync_folder

__all__ = ["FORMAT", "Archive", "Entry", "Folder", "Source", "extract", "read_list", "write_archive"]

FORMAT = 1
"""Number of the format that is written; newer ones are refused."""
_LIST = "playout-backup.json"
_LIST_MAX = 64 << 20
_CHUNK = 1 << 20
_FOREIGN = "give a file that `playout backup` has written"
_DAMAGED = "take another backup: of this one nothing was used"
_NAME_MAX = 1000


@dataclass(frozen=True, slots=True)
class Source:
    """A file or folder that goes into an archive under a name; owner and mode are those of `like`, or its own."""

    name: str
    path: Path
    like: Path | None = None


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder of an archive."""

    name: Annotated[str, MaxLen(_NAME_MAX)]
    mode: Annotated[int, Ge(0), Le(0o7777)]
    owner: str
    group: str


@dataclass(frozen=True, slots=True)
class Entry:
    """A file of an archive; `size` in bytes."""

    name: Annotated[str, MaxLen(_NAME_MAX)]
    size: Annotated[int, Ge(0)]
    sha256: str
    mode: Annotated[int, Ge(0), Le(0o777)]
    owner: str
    group: str


@dataclass(frozen=True, slots=True)
class Archive:
    """The list of an archive. `made_ns` is UTC; `about` is what the writer wants to know again."""

    format: int
    version: str
    made_ns: int
    about: Mapping[str, Any]
    folders: tuple[Folder, ...]
    files: tuple[Entry, ...]


_ARCHIVE = TypeAdapter(Archive)


def write_archive(
    file: Path, sources: Iterable[Source], *, version: str, made_ns: int, about: Mapping[str, Any]
) -> Archive:
    """Writes an archive that is there whole or not at all, for its owner alone. Raises: StoreError.

    Nobody may change the sources meanwhile; one that does is found out.
    """
    found = list(sources)
    temporary = file.with_name(f".{file.name}.{os.getpid()}")
    with mapped(file):
        listed = Archive(
            FORMAT, version, made_ns, about,
            tuple(_folder(each) for each in found if each.path.is_dir()),
            tuple(_entry(each) for each in found if not each.path.is_dir()),
        )  # fmt: skip
        try:
            descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
            with (
                os.fdopen(descriptor, "wb") as out,
                tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as tar,
            ):
                _add(tar, _LIST, io.BytesIO(body := _encode(listed)), len(body), made_ns)
                paths = {each.name: each.path for each in found}
                for entry in listed.files:
                    with paths[entry.name].open("rb") as content:
                        _add(tar, entry.name, content, entry.size, made_ns)
                tar.close()
                out.flush()
                os.fsync(out.fileno())
            _compare(temporary, listed, None)
            temporary.replace(file)
            sync_folder(file.absolute().parent)
        finally:
            temporary.unlink(missing_ok=True)
    return listed


def read_list(file: Path) -> Archive:
    """The list of an archive, whose content is compared with it. Raises: StoreError."""
    with mapped(file):
        listed = _list(file)
        _compare(file, listed, None)
    return listed


def extract(file: Path, folder: Path) -> Archive:
    """Takes an archive out into a new folder, which is there whole or not at all.

    Files get their owners where this process may give them and they exist. Raises: StoreError.
    """
    with mapped(file):
        listed = _list(file)
        needed = sum(entry.size for entry in listed.files)
        if needed > (free := shutil.disk_usage(folder.parent).free):
            raise StoreError(
                f"{folder.parent}: {free >> 20} MB are free, and {needed >> 20} MB are needed", hint="free some space"
            )
        folder.mkdir(mode=0o700)
        try:
            for each in listed.folders:
                (folder / each.name).mkdir(parents=True, exist_ok=True)
            _compare(file, listed, folder)
            for each in (*listed.files, *reversed(listed.folders)):
                _give(folder / each.name, each)
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
    return listed


def _encode(listed: Archive) -> bytes:
    body = json.dumps(_ARCHIVE.dump_python(listed, mode="json"), ensure_ascii=False).encode()
    return body + b"\n" + hashlib.sha256(body).hexdigest().encode() + b"\n"


def _list(file: Path) -> Archive:
    """Raises: StoreError where the file is no archive of ours, damaged at its beginning, or of a newer format."""
    try:
        with tarfile.open(file, "r:") as tar:
            first = tar.next()
            content = tar.extractfile(first) if first is not None and first.name == _LIST and first.isreg() else None
            if first is None or content is None or first.size > _LIST_MAX:
                raise StoreError(f"{file}: is no backup of playout", hint=_FOREIGN)
            body, digest, _ = content.read().split(b"\n")
            if hashlib.sha256(body).hexdigest().encode() != digest:
                raise StoreError(f"{file}: its list is damaged", hint=_DAMAGED)
    except (tarfile.TarError, EOFError, ValueError) as error:
        raise StoreError(f"{file}: is no backup of playout: {error}", hint=_FOREIGN) from error
    number = json.loads(body).get("format")
    if number != FORMAT:
        raise StoreError(f"{file}: is of format {number}, this version reads {FORMAT}", hint="install a newer playout")
    try:
        listed = _ARCHIVE.validate_json(body)
    except ValidationError as error:
        raise StoreError(
            f"{file}: its list cannot be understood: {error.error_count()} mistakes", hint=_FOREIGN
        ) from error
    names = [each.name for each in (*listed.folders, *listed.files)]
    if unsafe := [name for name in names if not _is_safe(name)]:
        raise StoreError(f"{file}: {unsafe[0]!r} would lie outside of its folder", hint=_FOREIGN)
    if len(set(names)) != len(names):
        raise StoreError(f"{file}: two of its files have one name", hint=_FOREIGN)
    return listed


def _is_safe(name: str) -> bool:
    path = PurePosixPath(name)
    return (
        bool(name) and "\0" not in name and "\\" not in name and str(path) == name and not path.is_absolute()
        and not {"..", "."} & set(path.parts)
    )  # fmt: skip


def _compare(file: Path, listed: Archive, folder: Path | None) -> None:
    """Compares what is in an archive with its list, and writes it below a folder if one is given.

    Raises: StoreError where anything is missing, more, other than it was, or no plain file.
    """
    try:
        with tarfile.open(file, "r:") as tar:
            tar.next()
            for entry in listed.files:
                member = tar.next()
                content = tar.extractfile(member) if member is not None and member.isreg() else None
                if member is None or content is None or member.name != entry.name or member.size != entry.size:
                    raise StoreError(f"{file}: {entry.name} is missing or other than listed", hint=_DAMAGED)
                if _copy(content, None if folder is None else folder / entry.name) != entry.sha256:
                    raise StoreError(f"{file}: {entry.name} is damaged", hint=_DAMAGED)
            if (more := tar.next()) is not None:
                raise StoreError(f"{file}: {more.name!r} is not listed", hint=_FOREIGN)
    except (tarfile.TarError, EOFError) as error:
        raise StoreError(f"{file}: is damaged or cut short: {error}", hint=_DAMAGED) from error


def _copy(content: IO[bytes], target: Path | None) -> str:
    """SHA-256 of a content, which is written to the target durably if one is given."""
    digest = hashlib.sha256()
    if target is None:
        while chunk := content.read(_CHUNK):
            digest.update(chunk)
        return digest.hexdigest()
    target.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "wb") as out:
        while chunk := content.read(_CHUNK):
            digest.update(chunk)
            out.write(chunk)
        out.flush()
        os.fsync(out.fileno())
    return digest.hexdigest()


def _add(tar: tarfile.TarFile, name: str, content: IO[bytes], size: int, made_ns: int) -> None:
    member = tarfile.TarInfo(name)
    member.size, member.mode, member.mtime = size, 0o600, made_ns // 10**9
    tar.addfile(member, content)


def _folder(source: Source) -> Folder:
    status = (source.like or source.path).stat()
    return Folder(source.name, status.st_mode & 0o7777, _user(status.st_uid), _group(status.st_gid))


def _entry(source: Source) -> Entry:
    status = (source.like or source.path).stat()
    with source.path.open("rb") as content:
        digest = hashlib.file_digest(content, "sha256").hexdigest()
    owner, group = _user(status.st_uid), _group(status.st_gid)
    return Entry(source.name, source.path.stat().st_size, digest, status.st_mode & 0o777, owner, group)


def _user(number: int) -> str:
    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return ""


def _group(number: int) -> str:
    try:
        return grp.getgrgid(number).gr_name
    except KeyError:
        return ""


def _give(path: Path, to: Entry | Folder) -> None:
    """Owner, group and mode, as far as they exist and this process may set them."""
    with suppress(KeyError, PermissionError):
        os.chown(path, pwd.getpwnam(to.owner).pw_uid, -1)
    with suppress(KeyError, PermissionError):
        os.chown(path, -1, grp.getgrnam(to.group).gr_gid)
    path.chmod(to.mode)
