"""What tests of the control program share."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from api_stage import Stage


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
async def here(tmp_path: Path) -> "AsyncIterator[Stage]":
    """A control program of its own."""
    from api_stage import stage  # noqa: PLC0415 -- other tests do without all that it loads

    async with stage(tmp_path) as made:
        yield made
