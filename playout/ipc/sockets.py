"""Small messages between the programs: one JSON object a packet over Unix sockets."""

import contextlib
import json
import os
import socket
import struct
import time
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

from playout.errors import LinkError, ProtocolError

__all__ = ["MAX_MESSAGE", "Peer", "ask", "listen", "peer_of", "receive", "send"]

MAX_MESSAGE = 64 * 1024
"""Longest message in bytes."""
_BACKLOG = 128
_AGAIN_S = 0.01


class Peer:
    """Who is at the other end, as the kernel says (unix(7), SO_PEERCRED)."""

    __slots__ = ("gid", "pid", "uid")

    def __init__(self, pid: int, uid: int, gid: int) -> None:
        self.pid, self.uid, self.gid = pid, uid, gid


def peer_of(connection: socket.socket) -> Peer:
    """The process that connected."""
    data = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
    return Peer(*struct.unpack("3i", data))


@contextmanager
def _short(path: Path) -> Generator[str, None, None]:
    """An address for the path that fits into the 108 bytes of a socket address, however deep it lies."""
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        yield f"/proc/self/fd/{folder}/{path.name}"
    finally:
        os.close(folder)


def listen(path: Path, mode: int = 0o660) -> socket.socket:
    """A listening, non-blocking SOCK_SEQPACKET socket at the path, in place of a dead one. Raises: LinkError."""
    server = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET | socket.SOCK_NONBLOCK)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        with _short(path) as address:
            server.bind(address)
        path.chmod(mode)
        server.listen(_BACKLOG)
    except OSError as error:
        server.close()
        raise LinkError(f"{path}: cannot listen: {error.strerror}", hint="correct the folder's owner") from error
    return server


def send(connection: socket.socket, message: Mapping[str, Any]) -> None:
    """Sends one message; a peer that has gone away or takes nothing is no error."""
    with contextlib.suppress(OSError):
        connection.send(json.dumps(message).encode())


def receive(connection: socket.socket) -> dict[str, Any] | None:
    """One message; None where the peer has gone. Raises: ProtocolError where it is no JSON object or too long."""
    try:
        data, _, flags, _ = connection.recvmsg(MAX_MESSAGE)
    except OSError:
        return None
    if not data:
        return None
    if flags & socket.MSG_TRUNC:
        raise ProtocolError(f"the message is longer than {MAX_MESSAGE} bytes", hint="send one JSON object")
    try:
        message = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise ProtocolError(f"the message is not JSON: {error}", hint="send one JSON object") from error
    if not isinstance(message, dict):
        raise ProtocolError("the message is not a JSON object", hint='send for example {"op": "status"}')
    return cast(dict[str, Any], message)


def _connect(connection: socket.socket, path: Path, timeout_s: float) -> None:
    """Connects; waits for a place where others have taken all of them (unix(7), EAGAIN). Raises: OSError."""
    with _short(path) as address:
        for _ in range(int(timeout_s / _AGAIN_S)):
            with contextlib.suppress(BlockingIOError):
                connection.connect(address)
                return
            time.sleep(_AGAIN_S)
    raise TimeoutError("too many others ask")


def ask(path: Path, message: Mapping[str, Any], timeout_s: float) -> dict[str, Any]:
    """Sends a message and waits for the answer. Raises: LinkError when nobody answers in time."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as connection:
        connection.settimeout(timeout_s)
        try:
            _connect(connection, path, timeout_s)
            connection.send(json.dumps(message).encode())
            answer = receive(connection)
        except (OSError, ProtocolError) as error:
            raise LinkError(f"{path.name}: nobody answers: {error}", hint="is the program running?") from error
    if answer is None:
        raise LinkError(f"{path.name}: no answer within {timeout_s:g} s", hint="is the program hung? see its log")
    return answer
