"""HTTP/1.1 for callers that may not mean well: a request has to come within ten seconds, its head within 32 kB.

uvicorn itself waits for ever for the first request, for the rest of one, and for whoever does not read what he asked
for, so that a few hundred silent connections would lock everybody out. What never becomes a request is refused with a
problem document too.
"""

from asyncio import BaseTransport, TimerHandle
from http import HTTPStatus

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from playout.api.live import ABORT
from playout.api.problems import SECURITY_HEADERS, problem

__all__ = ["CONNECTIONS_MAX", "HEAD_MAX", "READ_S", "REQUEST_S", "ImpatientProtocol"]

CONNECTIONS_MAX = 256
"""Connections at a time; a further one is told so and closed."""

REQUEST_S = 10.0
"""How long a whole request, or the first byte of the first one, may take."""
READ_S = 10.0
"""How long a reader may leave 64 kB of an answer lying, or the rest of the last one."""
HEAD_MAX = 32 * 1024
"""Longest request line with headers, in bytes; also the longest piece within or after a body that is none of it."""
_HEAD_END = b"\r\n\r\n"


class ImpatientProtocol(HttpToolsProtocol):
    """One connection. Between requests uvicorn's own keep-alive time holds."""

    _deadline: TimerHandle | None = None
    _reading: TimerHandle | None = None
    """Until when the caller has to have read on."""
    _is_awaited = True
    """Whether a request has begun, or the first one has to, that is not whole yet."""
    _is_in_head = True
    _head_bytes = 0
    _tail = b""
    """The last bytes of the head so far: its end may be cut in two."""

    def connection_made(self, transport: BaseTransport) -> None:
        """Begins to wait for the first request, unless too many others are there."""
        super().connection_made(transport)  # pyright: ignore[reportArgumentType] -- narrowed by uvicorn
        if len(self.connections) > CONNECTIONS_MAX:
            self._is_awaited = False
            self._refuse(
                HTTPStatus.SERVICE_UNAVAILABLE,
                f"{CONNECTIONS_MAX} connections are open already",
                "try again in a moment, and close connections that are not used",
            )
        self._wait_or_rest()

    def connection_lost(self, exc: Exception | None) -> None:
        """Waits for nothing any more."""
        self._is_awaited = False
        self._wait_or_rest()
        self._no_longer_wait_for_reader()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Reads on, unless the head has grown too long. A request that comes in one piece needs no timer.

        What comes of a body together with the end of its head does not count as head.
        """
        if self._is_in_head:
            end = (self._tail + data).find(_HEAD_END)
            self._tail = data[-3:]
            self._head_bytes += len(data) if end < 0 else end
            if self._head_bytes > HEAD_MAX:
                self.transport.abort()
                return
            super().data_received(data)
        else:
            self._head_bytes += len(data)  # trailers and the like; what is of a body sets it back
            super().data_received(data)
            if self._head_bytes > HEAD_MAX:
                self.transport.abort()
        self._wait_or_rest()

    def on_message_begin(self) -> None:
        """A request begins. The one before has to be answered by then: a thousand could lie in one piece of data."""
        if self.cycle and not self.cycle.response_complete:
            self.transport.abort()
            raise ValueError("requests in a row")  # ends the parsing of this piece
        self._is_awaited, self._is_in_head, self._head_bytes = True, True, 0
        super().on_message_begin()
        self.scope["extensions"] = {ABORT: {"call": self.transport.abort}}

    def on_headers_complete(self) -> None:
        """Its head is there."""
        self._is_in_head, self._head_bytes, self._tail = False, 0, b""
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """A part of its body is there."""
        self._head_bytes = 0
        super().on_body(body)

    def on_message_complete(self) -> None:
        """All of it is there."""
        self._is_awaited = False
        super().on_message_complete()

    def on_response_complete(self) -> None:
        """All of the answer was handed over; if that was the last one, it has to be read too."""
        super().on_response_complete()
        if self.transport.is_closing():
            self._wait_for_reader()

    def timeout_keep_alive_handler(self) -> None:
        """Nothing more was asked."""
        super().timeout_keep_alive_handler()
        self._wait_for_reader()

    def pause_writing(self) -> None:
        """The caller does not read."""
        super().pause_writing()
        self._wait_for_reader()

    def resume_writing(self) -> None:
        """The caller has read on."""
        self._no_longer_wait_for_reader()
        super().resume_writing()

    def send_400_response(self, msg: str) -> None:
        """Refuses what cannot be read as HTTP."""
        if self.transport.is_closing():
            return
        self._refuse(HTTPStatus.BAD_REQUEST, msg, "speak HTTP/1.1, with TLS where api.certificate is set")

    def _refuse(self, status: HTTPStatus, detail: str, remedy: str) -> None:
        """Answers without the application, and closes."""
        answer = problem(status, detail, remedy=remedy, headers={**SECURITY_HEADERS, "connection": "close"})
        head = [b"HTTP/1.1 %d %s" % (status, status.phrase.encode())]
        head += [b"%s: %s" % header for header in answer.raw_headers]
        self.transport.write(b"\r\n".join([*head, b"", bytes(answer.body)]))
        self.transport.close()
        self._wait_for_reader()

    def _wait_for_reader(self) -> None:
        if self._reading is None:
            self._reading = self.loop.call_later(READ_S, self.transport.abort)

    def _no_longer_wait_for_reader(self) -> None:
        if self._reading is not None:
            self._reading.cancel()
            self._reading = None

    def _wait_or_rest(self) -> None:
        if self._is_awaited and self._deadline is None:
            self._deadline = self.loop.call_later(REQUEST_S, self._give_up)
        elif not self._is_awaited and self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _give_up(self) -> None:
        self._deadline = None
        self.transport.abort()
