"""The doors of a player: its listening sockets, and who has come in to ask something.

Whoever comes may mean no good or be slow: at most 32 stay connected, each asks one question, and nobody is waited for.
"""

import select
import socket
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from playout.engine.preparer import Answered
from playout.errors import NotAllowed, ProtocolError
from playout.ipc.sockets import Peer, peer_of, receive, send

__all__ = ["Door", "Doors", "Handle"]

_CONNECTIONS = 32
"""Connections at all doors; a new one puts out the oldest."""

Handle = Callable[[Mapping[str, Any], Peer, frozenset[str], Answered], None]
"""Carries out a message of a peer, of those allowed at its door, and answers it. Raises: NotAllowed."""


@dataclass(frozen=True, slots=True)
class Door:
    """A listening socket and the messages it takes."""

    socket: socket.socket
    allowed: frozenset[str]


class Doors:
    """Belongs to the thread that polls; `wake` is called from any thread when an answer is there to be sent."""

    def __init__(self, doors: tuple[Door, ...], wake: Callable[[], None]) -> None:
        self._doors = {door.socket.fileno(): door for door in doors}
        self._wake = wake
        self._connections: dict[int, tuple[socket.socket, frozenset[str]]] = {}
        self._answers: deque[tuple[socket.socket, Mapping[str, object]]] = deque()

    def open(self, poll: select.poll) -> None:
        """Has the doors watched."""
        for descriptor in self._doors:
            poll.register(descriptor, select.POLLIN)

    def attend(self, descriptor: int, poll: select.poll, handle: Handle) -> None:
        """Lets somebody in, or hears what somebody says."""
        if descriptor in self._doors:
            self._admit(self._doors[descriptor], poll)
        elif descriptor in self._connections:  # it may have been hung up while this round was under way
            self._listen(descriptor, poll, handle)

    def send_answers(self, poll: select.poll) -> None:
        """Sends the answers that have come, and hangs up."""
        while self._answers:
            connection, answer = self._answers.popleft()
            if connection.fileno() in self._connections:  # whoever asked may have gone meanwhile
                send(connection, answer)
                self._hang_up(connection.fileno(), poll)

    def _admit(self, door: Door, poll: select.poll) -> None:
        try:
            connection, _ = door.socket.accept()
        except OSError:
            return  # whoever it was has gone again
        if len(self._connections) >= _CONNECTIONS:
            self._hang_up(next(iter(self._connections)), poll)
        connection.setblocking(False)
        self._connections[connection.fileno()] = connection, door.allowed
        poll.register(connection.fileno(), select.POLLIN)

    def _listen(self, descriptor: int, poll: select.poll, handle: Handle) -> None:
        connection, allowed = self._connections[descriptor]

        def answered(answer: Mapping[str, object]) -> None:
            self._answers.append((connection, answer))
            self._wake()

        try:
            message = receive(connection)
            if message is None:
                self._hang_up(descriptor, poll)
                return
            handle(message, peer_of(connection), allowed, answered)
        except (NotAllowed, ProtocolError) as error:
            answered({"ok": False, "reason": str(error)})
        poll.modify(descriptor, 0)  # one question at a time; only its end is still heard of

    def _hang_up(self, descriptor: int, poll: select.poll) -> None:
        connection, _ = self._connections.pop(descriptor)
        poll.unregister(descriptor)
        connection.close()
