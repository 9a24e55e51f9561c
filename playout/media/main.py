"""The loop of the media program: one request at a time, each answered or refused with a reason."""

import hashlib
import logging
import select
import signal
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from playout.errors import ContentError, LinkError, ProtocolError
from playout.ipc.decoded import decoded_path
from playout.ipc.notify import notify
from playout.ipc.sockets import listen, receive, send
from playout.media.still import decode
from playout.model.frame import Size
from playout.model.notice import Fit
from playout.paths import Paths

__all__ = ["run"]

_log = logging.getLogger(__name__)
_TURN_MS = 1000
_SHA256_DIGITS = 64
_MAX_EDGE_PX = 16384
_KEPT = 512
"""Decoded pictures that stay in the runtime folder."""


def run(paths: Paths) -> int:
    """Serves requests until SIGTERM; returns the exit code."""
    stopping: list[int] = []
    signal.signal(signal.SIGTERM, lambda number, _: stopping.append(number))
    signal.signal(signal.SIGINT, lambda number, _: stopping.append(number))
    try:
        paths.decoded.mkdir(parents=True, exist_ok=True)
        server = listen(paths.media_socket)
    except (OSError, LinkError) as error:
        _log.critical("media cannot start error=%s", error)
        return 78
    for leftover in paths.decoded.glob(".*"):
        leftover.unlink(missing_ok=True)
    notify("READY=1")
    _log.info("media ready socket=%s", paths.media_socket)
    with server:
        while not stopping:
            notify("WATCHDOG=1")
            if select.select([server], [], [], _TURN_MS / 1000)[0]:
                connection, _ = server.accept()
                with connection:
                    connection.settimeout(2.0)
                    try:
                        message = receive(connection)
                    except ProtocolError as error:
                        send(connection, {"ok": False, "reason": str(error)})
                        continue
                    if message is not None:
                        send(connection, _answer(paths, message))
    return 0


def _answer(paths: Paths, message: Mapping[str, Any]) -> dict[str, Any]:
    try:
        sha256, size = str(message["sha256"]), Size(int(message["width"]), int(message["height"]))
        fit = Fit(message["fit"])
        hexadecimal = len(sha256) == _SHA256_DIGITS and not set(sha256) - set("0123456789abcdef")
        if message["op"] != "decode" or not hexadecimal or not 0 < max(size.width, size.height) <= _MAX_EDGE_PX:
            raise ValueError(message)
    except (KeyError, ValueError, TypeError, OverflowError):
        return {"ok": False, "reason": "the request is not understood"}
    target = decoded_path(paths.decoded, sha256, size, fit)
    try:
        _check_stored(paths.media / sha256)
        pixels = decode(paths.media / sha256, size, fit)
    except ContentError as error:
        return {"ok": False, "reason": str(error)}
    except MemoryError:
        return {"ok": False, "reason": f"{sha256}: takes more memory than there is (supply a smaller picture)"}
    temporary = target.with_name(f".{target.name}")
    try:
        temporary.write_bytes(pixels.tobytes())
        temporary.replace(target)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        return {"ok": False, "reason": f"{target}: cannot be written: {error.strerror} (free some space)"}
    _prune(paths.decoded)
    return {"ok": True, "path": target.name}


def _check_stored(path: Path) -> None:
    """Compares a picture of the store with the SHA-256 it is named by. Raises: ContentError."""
    try:
        with path.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise ContentError(
            f"{path.name}: cannot be read: {error.strerror}", hint="import the schedules again, with their pictures"
        ) from error
    if found != path.name:
        raise ContentError(f"{path.name}: damaged in the store", hint="import the schedules again, with their pictures")


def _prune(folder: Path) -> None:
    """Drops the decoded pictures that were made longest ago."""
    files = sorted(folder.glob("*.rgb"), key=lambda path: path.stat().st_mtime_ns)
    for path in files[:-_KEPT]:
        path.unlink(missing_ok=True)
