"""Answers that last: a bounded number of places for those who watch or listen, and no patience with slow readers."""

import asyncio
import logging
from collections.abc import AsyncGenerator

from fastapi.responses import StreamingResponse
from starlette.types import Message, Receive, Scope, Send

__all__ = ["ABORT", "LONGEST_S", "LiveStream", "Places"]

_log = logging.getLogger(__name__)
LONGEST_S = 10 * 60
"""A stream ends after this; whoever wants to go on asks again, and shows token or session again."""
ABORT = "playout.abort"
"""Extension of the ASGI scope; its `call` cuts the connection, whatever is still to be sent over it."""
_SLOW_S = 5.0
"""A reader that takes longer for one part is let go."""


class Places:
    """A number of places; belongs to the event loop."""

    def __init__(self, places: int) -> None:
        self._free = places

    def enter(self) -> bool:
        """Takes a place; False where none is left."""
        if self._free == 0:
            return False
        self._free -= 1
        return True

    def leave(self) -> None:
        """Gives a place back."""
        self._free += 1


class LiveStream(StreamingResponse):
    """A stream that holds a place and gives it back however it ends.

    The server keeps 64 kB for a reader that does not read; after that the next part waits, at most five seconds.
    """

    def __init__(self, parts: AsyncGenerator[bytes, None], places: Places, media_type: str) -> None:
        super().__init__(parts, media_type=media_type)
        self._places = places

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Sends the parts until they end or nobody takes them."""

        async def send_soon(message: Message) -> None:
            async with asyncio.timeout(_SLOW_S):
                await send(message)

        try:
            await super().__call__(scope, receive, send_soon)
        except TimeoutError:
            _log.info("reader too slow path=%s", scope.get("path", ""))
            if abort := scope.get("extensions", {}).get(ABORT):
                abort["call"]()
                while (await receive())["type"] != "http.disconnect":
                    continue  # until the server has noticed: it would miss the end of the answer
        finally:
            self._places.leave()
