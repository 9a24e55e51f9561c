"""HTTP/1.1 for callers that may not mean well: a request has to come within ten seconds, its head within 32 kB.

uvicorn itself waits for ever for the first request and for the rest of one, so that a few hundred silent connections
would lock everybody out.
"""

from asyncio import BaseTransport, TimerHandle

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

__all__ = ["HEAD_MAX", "REQUEST_S", "ImpatientProtocol"]

REQUEST_S = 10.0
"""How long a whole request, or the first byte of the first one, may take."""
HEAD_MAX = 32 * 1024
"""Longest request line with headers, in bytes."""


class ImpatientProtocol(HttpToolsProtocol):
    """One connection. Between requests uvicorn's own keep-alive time holds."""

    _deadline: TimerHandle | None = None
    _is_awaited = True
    """Whether a request has begun, or the first one has to, that is not whole yet."""
    _is_in_head = True
    _head_bytes = 0

    def connection_made(self, transport: BaseTransport) -> None:
        """Begins to wait for the first request."""
        super().connection_made(transport)  # pyright: ignore[reportArgumentType] -- narrowed by uvicorn
        self._wait_or_rest()

    def connection_lost(self, exc: Exception | None) -> None:
        """Waits for nothing any more."""
        self._is_awaited = False
        self._wait_or_rest()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Reads on, unless the head has grown too long. A request that comes in one piece needs no timer."""
        if self._is_in_head:
            self._head_bytes += len(data)
        if self._head_bytes > HEAD_MAX:
            self.transport.abort()
            return
        super().data_received(data)
        self._wait_or_rest()

    def on_message_begin(self) -> None:
        """A request begins."""
        self._is_awaited, self._is_in_head, self._head_bytes = True, True, 0
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """Its head is there."""
        self._is_in_head, self._head_bytes = False, 0
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """All of it is there."""
        self._is_awaited = False
        super().on_message_complete()

    def _wait_or_rest(self) -> None:
        if self._is_awaited and self._deadline is None:
            self._deadline = self.loop.call_later(REQUEST_S, self._give_up)
        elif not self._is_awaited and self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _give_up(self) -> None:
        self._deadline = None
        self.transport.abort()
