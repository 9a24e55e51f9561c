"""Day plans for callers: worked out and drawn by `playout plan`, one at a time, in what time the others leave.

A day has thousands of pages, and control has neither fonts nor pictures in its memory.
"""

import asyncio
import contextlib
import json
import os
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import Sequence
from datetime import date
from http import HTTPStatus
from typing import Any, Protocol

from playout.api.problems import Refused

__all__ = ["Planner", "Plans"]

_NICER = 10
_TIMEOUT_S = 120.0
_MOST_WAITING = 3
_SAID_MAX = 500


class Plans(Protocol):
    """Whoever makes day plans."""

    async def table(self, screen: str, day: date) -> dict[str, Any]:
        """What is on air when. Raises: Refused (503)."""
        ...

    async def sheet(self, screen: str, day: date) -> bytes:
        """Every page of the day, as a PNG file. Raises: Refused (503)."""
        ...

    async def gaps(self, screen: str, days: int) -> dict[str, Any]:
        """When nothing is planned in the days to come. Raises: Refused (503)."""
        ...


class Planner:
    """Runs the command with `plan` or `gaps` and the options; belongs to the event loop."""

    def __init__(self, command: Sequence[str], options: Sequence[str] = (), timeout_s: float = _TIMEOUT_S) -> None:
        self._command, self._options, self._timeout_s = command, options, timeout_s
        self._turn = asyncio.Lock()
        self._waiting = 0

    async def table(self, screen: str, day: date) -> dict[str, Any]:
        """What is on air when on a day. Raises: Refused (503)."""
        return json.loads(await self._run("plan", "--day", day.isoformat(), "--screen", screen, "--json"))

    async def sheet(self, screen: str, day: date) -> bytes:
        """Every page of the day, as a PNG file. Raises: Refused (503)."""
        return await self._run("plan", "--day", day.isoformat(), "--screen", screen, "--output", "-")

    async def gaps(self, screen: str, days: int) -> dict[str, Any]:
        """When nothing is planned in the days to come. Raises: Refused (503)."""
        return json.loads(await self._run("gaps", "--days", str(days), "--screen", screen, "--json"))

    async def _run(self, *words: str) -> bytes:
        if self._waiting >= _MOST_WAITING:
            raise Refused(
                HTTPStatus.SERVICE_UNAVAILABLE, "too many plans are being made", "wait a little, and ask again"
            )
        self._waiting += 1
        try:
            async with self._turn, asyncio.timeout(self._timeout_s):
                return await self._made([*words, *self._options])
        except TimeoutError as error:
            why = f"the plan was not made within {self._timeout_s:g} s"
            raise Refused(HTTPStatus.SERVICE_UNAVAILABLE, why, "ask again when the machine is less busy") from error
        finally:
            self._waiting -= 1

    async def _made(self, words: Sequence[str]) -> bytes:
        process = await asyncio.create_subprocess_exec(*self._command, *words, stdin=DEVNULL, stdout=PIPE, stderr=PIPE)
        try:
            with contextlib.suppress(ProcessLookupError):
                os.setpriority(os.PRIO_PROCESS, process.pid, _NICER)
            made, said = await process.communicate()
        finally:
            if process.returncode is None:  # nobody waits for it any more
                process.kill()
                await process.wait()
        if process.returncode:
            why = said.decode("utf-8", "replace").strip().splitlines()[-1:] or ["no reason was given"]
            detail = f"the plan could not be made: {why[0][:_SAID_MAX]}"
            raise Refused(
                HTTPStatus.SERVICE_UNAVAILABLE,
                detail,
                "see the log of control; `playout plan` and `playout gaps` tell more",
            )
        return made
