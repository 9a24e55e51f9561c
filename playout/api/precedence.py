"""Orders go first: while one is handed to the players, those who only look are kept waiting for a moment."""

import asyncio
from collections.abc import Generator
from contextlib import contextmanager

__all__ = ["LONGEST_S", "Precedence"]

LONGEST_S = 0.1
"""The longest that anybody waits for one order."""


class Precedence:
    """Belongs to the event loop. One order at a time is under way."""

    def __init__(self) -> None:
        self._free = asyncio.Event()
        self._free.set()

    async def after_orders(self) -> None:
        """Returns when no order is under way, or the one that is takes too long."""
        if not self._free.is_set():
            await self._free.wait()

    @contextmanager
    def order(self) -> Generator[None, None, None]:
        """An order is under way as long as the block runs."""
        self._free.clear()
        late = asyncio.get_running_loop().call_later(LONGEST_S, self._free.set)
        try:
            yield
        finally:
            late.cancel()
            self._free.set()
