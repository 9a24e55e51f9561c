"""The as-run journal of a player: a thread that writes down what was on air, and answers questions about it.

The tick leaves what came on air in a queue and never waits. Digests are made here, from the pictures of the scene that
the tick has composed from. Whatever happens to the file, the sign plays on: rows wait in memory, a damaged file is put
aside and a new one begun, and what could not be kept is counted and told.
"""

import json
import logging
import os
import queue
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

from playout import __version__
from playout.clock import SECOND_NS, Clock
from playout.engine.asrunrows import Rows, Shown
from playout.engine.preparer import Answered, Prepared
from playout.engine.priority import raise_priority
from playout.errors import StoreDamaged, StoreError
from playout.model.frame import Size
from playout.model.snapshot import Health, Snapshot
from playout.store.asrun import AsRun, AsRunFile, Moment, Run, row_as_json
from playout.store.db import mapped

__all__ = ["AsRunJournal"]

_log = logging.getLogger(__name__)
_PRIORITY = 5
"""Below all threads that must not be late; without any, a busy machine would let it hold the interpreter for long."""
_TURN_S = 0.1
_ALIVE_NS = SECOND_NS
"""How often the file is told that the player lives: a player that is killed loses no more than this."""
_AGAIN_NS = 2 * SECOND_NS
_PROVED_NS = 10 * SECOND_NS
"""How often it is tried whether what was written can be read; so long it stays in memory too."""
_TOLD_NS = 24 * 3600 * SECOND_NS
"""How long a warning stays that tells of a loss."""
_WAITING = 1000
"""What came on air and was not looked at yet; there is one a page."""
_SCENES = 16
"""Of these, how many keep their pictures."""
_ANSWER_MAX = 48 * 1024
_LIMIT = 500
_FARTHEST = 1 << 62


@dataclass(frozen=True, slots=True)
class _Dropped:
    count: int
    tick: int
    due_ns: int
    deadline_ns: int


@dataclass(frozen=True, slots=True)
class _Question:
    message: Mapping[str, Any]
    answered: Answered


class AsRunJournal:
    """Writes the journal of one screen. `shown`, `looked` and `asked` are called by the thread that ticks.

    `synced` tells whether the network keeps the clock right now.
    """

    def __init__(self, path: Path, screen: str, size: Size, clock: Clock, synced: Callable[[], bool]) -> None:
        self._path, self._screen, self._clock, self._synced = path, screen, clock, synced
        self._events: queue.SimpleQueue[Shown | _Dropped | _Question | None] = queue.SimpleQueue()
        self._look: tuple[Snapshot, int, int] | None = None
        self._dropped: _Dropped | None = None
        self._thread = threading.Thread(target=self._run, name="asrun", daemon=True)
        self._rows = Rows(size)
        self._file: AsRunFile | None = None
        self._began: tuple[int, int] | None = None
        """Number of this run, and of the row before its first one."""
        self._started = Moment(0, 0, 0)
        self._alive: Moment | None = None
        self._saved_ns = self._failed_ns = self._proved_ns = -_AGAIN_NS
        self._trouble = ""
        self._losses: dict[str, int] = {}
        self._met = ""
        self.warnings: tuple[str, ...] = ()
        """What a person should know; replaced whole."""

    def start(self) -> None:
        """Starts the thread."""
        self._thread.start()

    def stop(self) -> None:
        """Writes down that the player was told to stop, and ends the thread."""
        self._events.put(None)
        if self._thread.is_alive():
            self._thread.join(timeout=2.0)

    def shown(self, on_air: Prepared, tick: int, due_ns: int, deadline_ns: int, health: Health) -> None:
        """Something came on air with the frame of that number, due at those instants (UTC, monotonic).

        `health` is that of the output just then.
        """
        waiting = self._events.qsize()
        if waiting >= _WAITING:
            first = self._dropped or _Dropped(0, tick, due_ns, deadline_ns)
            self._dropped = replace(first, count=first.count + 1)
            return
        if self._dropped is not None:
            self._events.put(self._dropped)
            self._dropped = None
        scene = on_air.scene if waiting < _SCENES else None
        self._events.put(Shown(on_air.programme, on_air.inputs, scene, tick, due_ns, deadline_ns, health))

    def looked(self, snapshot: Snapshot, due_ns: int, deadline_ns: int) -> None:
        """The state of the player at its tick, due at those instants (UTC, monotonic)."""
        self._look = snapshot, due_ns, deadline_ns

    def asked(self, message: Mapping[str, Any], answered: Answered) -> None:
        """A question about what was on air."""
        self._events.put(_Question(message, answered))

    def _run(self) -> None:
        raise_priority(_PRIORITY)
        self._started = self._moment(self._clock.utc_ns(), self._clock.monotonic_ns(), 0)
        goes_on = True
        while goes_on:
            try:
                goes_on = self._turn()
            except Exception as error:  # noqa: BLE001 -- whatever went wrong, it has to be there for the next row
                if repr(error) != self._met:
                    self._met = repr(error)
                    _log.error("as-run journal failed screen=%s", self._screen, exc_info=error)
        if self._file is not None:
            self._file.close()

    def _turn(self) -> bool:
        """Takes in what has happened, writes it, answers; returns whether to go on."""
        questions: list[_Question] = []
        look = self._look  # first: whatever came on air before it is in the queue by now
        goes_on = True
        timeout_s = _TURN_S
        for _ in range(_WAITING):
            try:
                event = self._events.get(timeout=timeout_s) if timeout_s else self._events.get_nowait()
            except queue.Empty:
                break
            timeout_s = 0.0
            match event:
                case Shown():
                    self._rows.shown(event, self._moment(event.due_ns, event.deadline_ns, event.tick))
                case _Dropped():
                    self._rows.dropped(event.count, self._moment(event.due_ns, event.deadline_ns, event.tick))
                case _Question():
                    questions.append(event)
                case None:
                    goes_on = False
        if look is not None:
            snapshot, due_ns, deadline_ns = look
            self._alive = self._moment(due_ns, deadline_ns, snapshot.tick)
            self._rows.looked(snapshot, self._alive)
        if not goes_on:
            tick = self._alive.tick if self._alive is not None else 0
            self._rows.stopped(self._moment(self._clock.utc_ns(), self._clock.monotonic_ns(), tick))
        self._save(at_once=not goes_on)
        for question in questions:
            question.answered(self._answer(question.message))
        return goes_on

    def _moment(self, utc_ns: int, monotonic_ns: int, tick: int) -> Moment:
        return Moment(utc_ns, monotonic_ns + self._clock.boottime_ns() - self._clock.monotonic_ns(), tick)

    def _save(self, *, at_once: bool) -> None:
        """Writes what is not in the file yet, and each second that the player lives."""
        now_ns = self._clock.monotonic_ns()
        if self._trouble and now_ns - self._failed_ns < _AGAIN_NS and not at_once:
            return
        is_due = self._began is None or (self._alive is not None and now_ns - self._saved_ns >= _ALIVE_NS)
        if not (self._rows.unsaved or is_due):
            return
        try:
            with mapped(self._path):
                self._write(now_ns)
        except StoreDamaged as error:
            self._close()
            self._rows.forgotten()
            self._failed(StoreError(error.message), now_ns - _AGAIN_NS)  # at the next turn it is put aside
        except StoreError as error:
            self._failed(error, now_ns)
        else:
            self._saved_ns = now_ns
            if self._trouble:
                _log.warning("as-run journal written again screen=%s", self._screen)
            self._trouble = ""
        self._warn(now_ns)

    def _write(self, now_ns: int) -> None:
        """One transaction. Raises: sqlite3.Error, OSError, StoreError."""
        if self._file is not None and not self._file.is_in_place():
            self._close()
            self._rows.forgotten()
            self._lose(f"{self._path} was removed; a new one was begun")
        if self._file is None:
            self._file = AsRunFile(self._path)
            if self._file.set_aside:
                self._lose(f"{self._path} was damaged and is kept beside it as {self._file.set_aside}")
            self._begin(self._file)
        assert self._began is not None
        run, before = self._began
        row = self._rows.row
        alive = self._alive
        if row is not None and (alive is None or alive.boot_ns < row.start_boot_ns):
            alive = Moment(row.start_ns, row.start_boot_ns, row.start_tick)
        if alive is not None:
            rows = [replace(row, id=before + row.id, run=run) for row in self._rows.unsaved.values()]
            self._file.write(rows, run, alive, alive if self._synced() else None)
        self._rows.saved()
        if now_ns - self._proved_ns >= _PROVED_NS:
            self._file.prove()
            self._rows.proved()
            self._proved_ns = now_ns

    def _begin(self, file: AsRunFile) -> None:
        """Begins this run in a file; rows that have numbers keep them, whichever file they go to."""
        run, highest = file.begin(Run(self._clock.boot_id(), os.getpid(), __version__, self._started))
        self._began = run, self._began[1] if self._began else highest

    def _close(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None

    def _failed(self, error: StoreError, at_ns: int) -> None:
        if str(error) != self._trouble:
            _log.error("as-run journal not written screen=%s error=%s", self._screen, error)
        self._trouble, self._failed_ns = str(error), at_ns

    def _lose(self, words: str) -> None:
        _log.error("as-run journal: %s", words)
        self._losses[words] = self._clock.monotonic_ns()

    def _warn(self, now_ns: int) -> None:
        """Renews what a person should know."""
        self._losses = {words: ns for words, ns in self._losses.items() if now_ns - ns < _TOLD_NS}
        found = [f"as-run journal: {words}" for words in self._losses]
        if self._trouble:
            waiting = len(self._rows.unsaved)
            found.insert(0, f"as-run journal: not written, {waiting} rows wait in memory: {self._trouble}")
        if self._rows.lost:
            found.append(f"as-run journal: {self._rows.lost} changes could not be kept since the player started")
        self.warnings = tuple(found)

    def _answer(self, message: Mapping[str, Any]) -> dict[str, object]:
        """Rows since a number, of an interval, or of an instant, as many as one message holds."""
        if self._file is None:
            return {"ok": False, "screen": self._screen, "reason": self._trouble or "the journal is being opened"}
        try:
            with mapped(self._path):
                rows, is_by_start = _asked_for(self._file, message)
                told = _as_many_as_fit(rows[: _limit(message)])
                runs = self._file.runs(row.run for row in rows[: len(told)])
        except (StoreError, ValueError) as error:
            return {"ok": False, "screen": self._screen, "reason": str(error)}
        last = rows[len(told) - 1] if len(told) < len(rows) else None
        following = last and ([last.start_ns, last.id] if is_by_start else last.id)
        return {
            "ok": True, "screen": self._screen, "journal": self._file.id, "rows": told, "runs": runs, "next": following
        }  # fmt: skip


def _as_many_as_fit(rows: list[AsRun]) -> list[dict[str, Any]]:
    """The first rows as they are handed out, as many as one message holds."""
    told: list[dict[str, Any]] = []
    room = _ANSWER_MAX
    for row in rows:
        one = row_as_json(row)
        room -= len(json.dumps(one))
        if room < 0 and told:
            break
        told.append(one)
    return told


def _asked_for(file: AsRunFile, message: Mapping[str, Any]) -> tuple[list[AsRun], bool]:
    """The rows asked for, one more than the limit where there are more; whether they are in the order of their starts.

    Raises: ValueError, sqlite3.Error, OSError.
    """
    limit = _limit(message) + 1
    if "at" in message:
        row = file.at(_number(message, "at", 0))
        return [row] if row is not None else [], False
    if "since" in message:
        return file.since(_number(message, "since", 0), limit), False
    after = message.get("after") or [-_FARTHEST, 0]
    if not (isinstance(after, list) and len(cast(list[object], after)) == 2):
        raise ValueError("after: write it as it was given, [start, number]")
    start, number = (_number({"after": each}, "after", 0) for each in cast(list[object], after))
    from_ns, to_ns = _number(message, "from", -_FARTHEST), _number(message, "to", _FARTHEST)
    return file.between(from_ns, to_ns, (start, number), limit), True


def _limit(message: Mapping[str, Any]) -> int:
    return min(max(1, _number(message, "limit", _LIMIT)), _LIMIT)


def _number(message: Mapping[str, Any], key: str, default: int) -> int:
    """A whole number that SQLite can hold. Raises: ValueError."""
    given = message.get(key, default)
    if not isinstance(given, int) or not -_FARTHEST <= given <= _FARTHEST:
        raise ValueError(f"{key}: a whole number is wanted")
    return given
