"""An open-loop load, so many requests a second: `python -m benchmarks.load PORT TOKEN RATE SECONDS`.

Requests go out when they are due, over connections that are kept; one that finds the answer before it still under way
queues behind it, and its waiting counts from the moment it was due. Prints one JSON object.
"""

import json
import select
import socket
import sys
import time
from collections import deque

from benchmarks.rig import percentile

CONNECTIONS = 64
LATE_S = 0.05
"""Answered later than this counts as late."""
_DRAIN_S = 1.0
_ROOM = 1 << 16
_ANSWER, _GOOD = b"HTTP/1.1 ", b"HTTP/1.1 200"


class Connection:
    """One kept connection with the moments its unanswered requests were due at."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket.setblocking(False)
        self._due, self._unsent, self._tail = deque[float](), b"", b""

    def ask(self, request: bytes, due_s: float) -> None:
        """Sends a request, as far as the server takes it now."""
        self._due.append(due_s)
        self._unsent += request
        try:
            self._unsent = self._unsent[self.socket.send(self._unsent) :]
        except BlockingIOError:
            return  # the rest goes with the next one

    def take(self, waits_s: list[float]) -> int:
        """Adds the waits of what has been answered; returns how many of these answers were not good."""
        data = self._tail + self.socket.recv(_ROOM)
        now_s = time.monotonic()
        answers, good = data.count(_ANSWER), data.count(_GOOD)
        waits_s.extend([now_s - self._due.popleft() for _ in range(answers)])
        # A first line that is cut in two is counted when its other half has come.
        cut = data.rfind(b"H", -len(_GOOD) + 1)
        self._tail = data[cut:] if cut >= 0 else b""
        return answers - good


def run(port: int, token: str, rate: int, seconds: float) -> dict[str, float]:
    """Offers the load and says what came of it."""
    request = f"GET /api/v1/status HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAuthorization: Bearer {token}\r\n\r\n".encode()
    poll, connections = select.epoll(), dict[int, Connection]()
    for _ in range(CONNECTIONS):
        connection = Connection(port)
        connections[connection.socket.fileno()] = connection
        poll.register(connection.socket, select.EPOLLIN)
    ring = list(connections.values())
    waits_s, bad, offered, total = list[float](), 0, 0, int(rate * seconds)
    start_s = time.monotonic()
    while time.monotonic() - start_s < seconds + _DRAIN_S and len(waits_s) < total:
        due = min(total, int((time.monotonic() - start_s) * rate))
        for number in range(offered, due):
            ring[number % CONNECTIONS].ask(request, start_s + number / rate)
        offered = due
        for descriptor, _ in poll.poll(0.001):
            bad += connections[descriptor].take(waits_s)
    return {
        "offered": offered,
        "answered": len(waits_s),
        "bad": bad,
        "late": sum(wait > LATE_S for wait in waits_s),
        "per_s": len(waits_s) / seconds,
        "p50_ms": percentile(waits_s, 50) * 1000,
        "p99_ms": percentile(waits_s, 99) * 1000,
    }


if __name__ == "__main__":
    print(json.dumps(run(int(sys.argv[1]), sys.argv[2], int(sys.argv[3]), float(sys.argv[4]))))
