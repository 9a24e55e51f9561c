"""The proof program as control sees it: one process, one request at a time, gone when nobody needs it."""

import asyncio
import contextlib
import json
import logging
from asyncio.subprocess import PIPE, Process
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from playout.errors import LinkError

__all__ = ["Asks", "Proof"]

_log = logging.getLogger(__name__)
_LONGEST_ANSWER = 16 << 20
_TIMEOUT_S = 20.0
_IDLE_S = 300.0
_MOST_WAITING = 8
_AGAIN = "nothing was changed; send it again"


class Asks(Protocol):
    """Whoever carries out what takes fonts and pictures."""

    async def ask(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """The answer to a request. Raises: LinkError when there is none."""
        ...

    async def close(self) -> None:
        """Ends."""
        ...


class Proof:
    """Starts the program on demand and ends it after five idle minutes; belongs to the event loop.

    A request that takes longer than `timeout_s` ends the program, so that the next one finds a new one.
    """

    def __init__(self, command: Sequence[str], timeout_s: float = _TIMEOUT_S, idle_s: float = _IDLE_S) -> None:
        self._command, self._timeout_s, self._idle_s = command, timeout_s, idle_s
        self._turn = asyncio.Lock()
        self._waiting = 0
        self._process: Process | None = None
        self._resting: asyncio.TimerHandle | None = None
        self._ending: asyncio.Task[None] | None = None

    async def ask(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """The answer to a request, which waits for those before it. Raises: LinkError when there is none."""
        if self._waiting >= _MOST_WAITING:
            raise LinkError("too many notices wait to be judged", hint=f"wait a little; {_AGAIN}")
        self._waiting += 1
        try:
            async with asyncio.timeout(self._timeout_s):
                await self._turn.acquire()
        except TimeoutError:
            raise LinkError(f"others have been judged for {self._timeout_s:g} s", hint=_AGAIN) from None
        finally:
            self._waiting -= 1
        try:
            return await self._ask(request)
        finally:
            self._turn.release()

    async def close(self) -> None:
        """Ends the program."""
        async with self._turn:
            await self._end()

    @property
    def pid(self) -> int | None:
        """The process, while there is one."""
        return None if self._process is None else self._process.pid

    async def _ask(self, request: Mapping[str, Any]) -> dict[str, Any]:
        self._rest(None)
        try:
            async with asyncio.timeout(self._timeout_s):
                answer = await self._exchange(request)
        except TimeoutError:
            await self._end()
            remedy = f"{_AGAIN}, or shorten the notice"
            raise LinkError(f"it takes more than {self._timeout_s:g} s", hint=remedy) from None
        except (OSError, ValueError) as error:  # it ended, could not be started, or said what is no answer
            await self._end()
            raise LinkError(f"the program that does it has ended: {error}", hint=_AGAIN) from error
        except BaseException:
            await self._end()  # its answer would be taken for that to the next request
            raise
        self._rest(self._idle_s)
        return answer

    async def _exchange(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """Raises: OSError, ValueError."""
        process = await self._started()
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(json.dumps(request).encode() + b"\n")
        await process.stdin.drain()
        line = await process.stdout.readline()
        if not line.endswith(b"\n"):
            raise ConnectionResetError("no answer came")
        return json.loads(line)

    async def _started(self) -> Process:
        """Raises: OSError."""
        if self._process is not None and self._process.returncode is not None:
            _log.warning("proof ended code=%d; it is started again", self._process.returncode)
            self._process = None
        if self._process is None:
            self._process = await asyncio.create_subprocess_exec(
                *self._command, stdin=PIPE, stdout=PIPE, limit=_LONGEST_ANSWER
            )
            _log.info("proof started pid=%d", self._process.pid)
        return self._process

    def _rest(self, idle_s: float | None) -> None:
        """Ends the program after a time without requests; None: not now."""
        if self._resting is not None:
            self._resting.cancel()
        self._resting = None
        if idle_s is not None:
            self._resting = asyncio.get_running_loop().call_later(idle_s, self._hang_up)

    def _hang_up(self) -> None:
        self._ending = asyncio.get_running_loop().create_task(self.close())

    async def _end(self) -> None:
        self._rest(None)
        process, self._process = self._process, None
        if process is not None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()
