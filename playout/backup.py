"""Everything of a sign in one file, and back: state, pictures, journals, configuration, keys, fonts, schedule files.

Written while the sign plays; put back only while nothing runs. What is put back is laid out and checked beside the old
first, and takes its place at the end; the old stays as `NAME.before-<n>`.
"""

import ctypes
import errno
import fcntl
import os
import shutil
import socket
import sqlite3
from collections.abc import Generator, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from playout import __version__
from playout.clock import Clock
from playout.config import Config, load_config
from playout.errors import ConfigError, NotAllowed, StoreError
from playout.ipc.air import read_air, write_air
from playout.paths import Paths, find_paths, shipped
from playout.store.archive import Archive, Source, extract, read_list, write_archive
from playout.store.db import back_up as copy_database
from playout.store.db import connect, is_sound, mapped, newest_version, sync_folder, version

__all__ = ["Places", "Restored", "back_up", "places_for", "restore"]

_SYSTEM_STATE, _SYSTEM_CONFIG = Path("/var/lib/playout"), Path("/etc/playout/playout.toml")
_SYSTEM_FONTS, _SYSTEM_SCHEDULES = Path("/etc/playout/fonts"), Path("/etc/playout/schedules")
_NOT_KEPT = (".lock", "-wal", "-shm", ".good", ".sock", ".frames")
"""What a running sign makes again."""
_CERTIFICATE, _KEY = "keys/certificate.pem", "keys/key.pem"
_EXCHANGE, _HERE = 2, -100
"""RENAME_EXCHANGE, AT_FDCWD. Source: renameat2(2), linux/fs.h, fcntl.h."""


@dataclass(frozen=True, slots=True)
class Places:
    """Where a backup is put back."""

    state: Path
    config: Path
    fonts: Path
    schedules: Path
    run: Path


@dataclass(frozen=True, slots=True)
class Restored:
    """What was put back, and what a person should know: what was kept aside, and what could not be done."""

    archive: Archive
    places: Places
    notes: tuple[str, ...]


def back_up(config: Config, paths: Paths, file: Path, clock: Clock) -> Archive:
    """Writes everything into one file, for its owner alone. The programs may run. Raises: StoreError."""
    if not paths.database.exists():
        raise StoreError(f"{paths.database}: is not there", hint="name the folder of the sign with --state")
    beside = file.absolute().parent / f".{file.name}.{os.getpid()}.parts"
    with mapped(file):
        beside.mkdir(mode=0o700)
        try:
            sources = [*_state(paths, beside), *_site(config, paths)]
            about = {"is_system": paths.state == _SYSTEM_STATE}
            return write_archive(file, sources, version=__version__, made_ns=clock.utc_ns(), about=about)
        finally:
            shutil.rmtree(beside, ignore_errors=True)


def places_for(archive: Archive, config: Path | None, state: Path | None) -> Places:
    """Where a backup is put back: the options first, then where programs on this machine look.

    An installed sign goes to /etc/playout and /var/lib/playout, also on a machine that has neither yet.
    Raises: ConfigError.
    """
    is_system = bool(archive.about.get("is_system"))
    found = find_paths(config, state)
    is_told = state is not None or os.environ.get("PLAYOUT_STATE") or os.environ.get("STATE_DIRECTORY")
    if is_system and not is_told:
        state = _SYSTEM_STATE
    if config is None and found.config == shipped("config") / "playout.toml":
        config = _SYSTEM_CONFIG
        if not is_system and any(entry.name.startswith("config/") for entry in archive.files):
            raise ConfigError(
                "the backup has a configuration, and there is no place for it",
                hint="say with --config where it shall go, and with --state where the state shall go",
            )
    fonts = _SYSTEM_FONTS if found.fonts == shipped("fonts") else found.fonts
    target = state or found.state
    run = Path("/run/playout") if target == _SYSTEM_STATE else target / "run"
    return Places(target.absolute(), (config or found.config).absolute(), fonts, _SYSTEM_SCHEDULES, run)


def restore(file: Path, config: Path | None, state: Path | None) -> Restored:
    """Puts a backup back. Whatever fails, all is as it was before. Raises: StoreError, ConfigError, NotAllowed."""
    archive = read_list(file)
    places = places_for(archive, config, state)
    with mapped(places.state):
        places.state.parent.mkdir(parents=True, exist_ok=True)
        with _nothing_runs(places), _laid_out(file, places.state) as folder:
            _check_state(folder / "state", places.state)
            return Restored(archive, places, tuple(_put_back(folder, places)))


def _state(paths: Paths, beside: Path) -> Iterator[Source]:
    """The state folder: databases by SQLite's backup, the newest generation whole, all else as it lies there."""
    (beside / "air" / "parts").mkdir(parents=True)
    if (air := read_air(paths.air)) is not None:  # before the database, which may then only be newer
        write_air(beside / "air", air)
    yield Source("state", paths.state)
    for path in sorted(_below(paths.state, paths.run, paths.air)):
        name, copy = f"state/{path.relative_to(paths.state)}", beside / "files" / path.relative_to(paths.state)
        if path.is_dir() or paths.media in path.parents:
            yield Source(name, path)
            continue
        copy.parent.mkdir(parents=True, exist_ok=True)
        if path.suffix == ".db":
            with closing(connect(path, reading=True)) as connection:
                copy_database(connection, copy)
        else:
            shutil.copyfile(path, copy)
        yield Source(name, copy, path)
    for path in sorted(((beside / "air"), *(beside / "air").rglob("*"))):
        original = paths.state / path.relative_to(beside)
        yield Source(f"state/{path.relative_to(beside)}", path, original if original.exists() else None)


def _below(folder: Path, *left_out: Path) -> Iterator[Path]:
    """Files and folders below a folder that must survive; no links, which may lead anywhere."""
    for path in folder.iterdir():
        is_passing = path.name.startswith(".") or path.name.endswith(_NOT_KEPT) or ".damaged-" in path.name
        if path in left_out or is_passing or path.is_symlink() or not (path.is_dir() or path.is_file()):
            continue
        yield path
        if path.is_dir():
            yield from _below(path, *left_out)


def _site(config: Config, paths: Paths) -> Iterator[Source]:
    """What lies outside of the state folder and is not of the package."""
    if paths.config != (shipped("config") / "playout.toml").absolute():
        yield Source("config/playout.toml", paths.config)
    for name, text in ((_CERTIFICATE, config.api.certificate), (_KEY, config.api.key)):
        if text:
            yield Source(name, Path(text))
    for name, folder in (("fonts", paths.fonts), ("schedules", paths.schedules)):
        if folder != shipped(name):
            yield Source(name, folder)
            for path in sorted(_below(folder)):
                yield Source(f"{name}/{path.relative_to(folder)}", path)


@contextmanager
def _nothing_runs(places: Places) -> Generator[None, None, None]:
    """Keeps programs from opening the store meanwhile. Raises: NotAllowed where one runs."""
    hint = "stop them: systemctl stop playout.target, or end `playout run`"
    for path in sorted(places.run.glob("*.sock")):
        if _answers(path):
            raise NotAllowed(f"the programs of the sign run: {path} answers", hint=hint)
    path = places.state / "state.db.lock"
    if not path.exists():
        yield
        return
    lock = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        os.close(lock)
        raise NotAllowed(f"the programs of the sign run: {places.state}/state.db is open", hint=hint) from error
    try:
        yield
    finally:
        os.close(lock)


def _answers(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as probe:
        try:
            descriptor = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
            try:
                probe.connect(f"/proc/self/fd/{descriptor}/{path.name}")
            finally:
                os.close(descriptor)
        except OSError as error:
            return error.errno == errno.EAGAIN
    return True


@contextmanager
def _laid_out(file: Path, state: Path) -> Generator[Path, None, None]:
    """The backup taken out beside the state folder, on the same file system."""
    folder = state.with_name(f".{state.name}.laid-out-{os.getpid()}")
    extract(file, folder)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _check_state(laid_out: Path, state: Path) -> None:
    """Raises: StoreError where the database cannot be used by this version, or the folder cannot be exchanged."""
    database = laid_out / "state.db"
    if not database.exists() or not is_sound(database):
        raise StoreError("the database in the backup is missing or damaged", hint="take another backup")
    with closing(sqlite3.connect(database)) as connection:
        found = version(connection)
    if found > newest_version():
        raise StoreError(f"the backup was made by a newer playout (schema {found})", hint="install that version")
    if state.is_mount():
        raise StoreError(f"{state}: is a mount point and cannot be exchanged", hint="give a folder in it with --state")
    if (lock := state / "state.db.lock").exists():  # one lock for whoever comes: the same file in the new folder
        os.link(lock, laid_out / lock.name)


def _put_back(folder: Path, places: Places) -> Iterator[str]:
    """Exchanges old and new, the state last; if any fails, those before it are exchanged back."""
    config = folder / "config" / "playout.toml"
    settings = load_config(config) if config.exists() else None
    wanted: list[tuple[Path, Path]] = [(folder / "fonts", places.fonts), (folder / "schedules", places.schedules)]
    wanted.append((config, places.config))
    if settings is not None:
        for name, text in ((_CERTIFICATE, settings.api.certificate), (_KEY, settings.api.key)):
            target = Path(text).absolute()
            if text and (folder / name).exists() and target.exists():
                if target.read_bytes() != (folder / name).read_bytes():
                    yield f"{target} is another one than in the backup, and was kept"
            elif text:
                wanted.append((folder / name, target))
    wanted.append((folder / "state", places.state))
    with ExitStack() as undo:
        for source, target in wanted:
            if source.exists() and (aside := _exchange(source, target, undo)) is not None:
                yield f"what was {target} before is {aside}"
        undo.pop_all()
    for target in {target.parent for _, target in wanted if target.exists()}:
        sync_folder(target)


def _exchange(source: Path, target: Path, undo: ExitStack) -> Path | None:
    """Puts a file or folder in the place of another, and returns where that is now."""
    target.parent.mkdir(parents=True, exist_ok=True)
    near = target.with_name(f".{target.name}.restore-{os.getpid()}")
    undo.callback(_remove, near)
    if source.stat().st_dev == target.parent.stat().st_dev:
        source.rename(near)
    else:
        _copy(source, near)
    if not target.exists():
        near.rename(target)
        undo.callback(target.rename, near)
        return None
    _swap(near, target)
    undo.callback(_swap, near, target)
    aside = _free(target)
    near.rename(aside)
    undo.callback(aside.rename, near)
    return aside


def _copy(source: Path, target: Path) -> None:
    """Copies a file or folder to another file system, with its owners."""
    if source.is_dir():
        shutil.copytree(source, target)
    else:
        shutil.copy2(source, target)
    for path in (source, *source.rglob("*")):
        status = path.stat()
        os.chown(target / path.relative_to(source), status.st_uid, status.st_gid)


def _remove(path: Path) -> None:
    with suppress(OSError):
        shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)


def _swap(one: Path, other: Path) -> None:
    """Exchanges two names at once: at no instant is either of them missing."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.renameat2(_HERE, os.fsencode(one), _HERE, os.fsencode(other), _EXCHANGE):
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), str(other))


def _free(path: Path) -> Path:
    number = 1
    while (aside := path.with_name(f"{path.name}.before-{number}")).exists():
        number += 1
    return aside
