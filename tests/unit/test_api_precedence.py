"""Orders go first, and nobody waits for them for long."""

import asyncio
from typing import Any

import pytest

from playout.api.edge import Edge
from playout.api.precedence import Precedence

pytestmark = pytest.mark.anyio
PATIENCE_S = 10


class Answered:
    """An application that notes which requests came to it."""

    def __init__(self) -> None:
        self.paths: list[str] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.paths.append(scope["path"])


async def ask(edge: Edge, method: str, path: str) -> None:
    async def nothing(_: Any = None) -> Any:
        return {}

    scope = {"type": "http", "scheme": "http", "method": method, "path": path, "headers": [(b"host", b"localhost")]}
    await edge(scope, nothing, nothing)


async def test_who_only_looks_waits_until_the_order_is_done_and_another_order_does_not() -> None:
    app, precedence = Answered(), Precedence()
    edge = Edge(app, frozenset({"localhost"}), precedence)
    with precedence.order():
        looking = [asyncio.create_task(ask(edge, method, "/look")) for method in ("GET", "HEAD")]
        await ask(edge, "POST", "/order")
        assert app.paths == ["/order"]
    await asyncio.wait_for(asyncio.gather(*looking), PATIENCE_S)
    assert app.paths == ["/order", "/look", "/look"]
    await ask(edge, "GET", "/later")
    assert app.paths[-1] == "/later"


async def test_an_order_that_takes_long_keeps_nobody() -> None:
    precedence = Precedence()
    with precedence.order():
        await asyncio.wait_for(precedence.after_orders(), PATIENCE_S)
    with precedence.order():
        waiting = asyncio.create_task(precedence.after_orders())
        await asyncio.sleep(0)
        assert not waiting.done(), "the next order is an order again"
    await asyncio.wait_for(waiting, PATIENCE_S)
