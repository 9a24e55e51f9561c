"""The as-run journal of one screen: what it showed, from when to when, and why. The player alone writes it.

A commit survives the end of the player, however that comes; a cut of power may take the last seconds of rows, never the
file (SQLite documentation, "PRAGMA synchronous", NORMAL in WAL mode).
"""

import json
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from dataclasses import astuple, dataclass, fields
from enum import StrEnum
from pathlib import Path
from typing import Any

from playout.clock import to_iso
from playout.model.boot import Boot
from playout.model.recovery import PowerLoss
from playout.store.db import connect, is_sound, migrate, move_aside

__all__ = [
    "Answer",
    "AsRun",
    "AsRunFile",
    "Ended",
    "Marks",
    "Moment",
    "Run",
    "read_loss",
    "read_marks",
    "row_as_json",
]

_SCHEMA = Path(__file__).parent / "schema" / "asrun"
_TIMEOUT_S = 1.0
"""How long a locked journal is waited for; what is to be written waits in memory."""
_LOOKED_BACK = 100
"""Rows looked through for the one that covers an instant: more than one starts before it where a clock was set back."""


@dataclass(frozen=True, slots=True)
class Moment:
    """One instant: UTC ns, CLOCK_BOOTTIME ns, and the number of the frame."""

    utc_ns: int
    boot_ns: int
    tick: int


@dataclass(frozen=True, slots=True)
class Run:
    """One start of the player."""

    boot_id: str
    pid: int
    version: str
    start: Moment


class Ended(StrEnum):
    """How a row ended."""

    NOT_YET = ""
    NEXT = "next"
    """The next row began at that instant."""
    STEP = "step"
    """The clock of the host was set; the end is what the clock would have said without that."""
    STOP = "stop"
    """The player was told to stop; a panel that holds its picture shows it on."""
    LOST = "lost"
    """The player or the power was lost; the end is when the player last said that it was alive."""


class Answer(StrEnum):
    """What the driver said to the picture."""

    WAITING = "waiting"
    """Nothing yet."""
    SENT = "sent"
    """On the wire. No driver so far is told by its device that a picture was displayed."""
    DOWN = "down"
    """The link is down."""
    UNKNOWN = "unknown"
    """Not recorded."""


@dataclass(frozen=True, slots=True)
class AsRun:
    """One row. `sha256` is hex; what it covers is told by `playout.render.digest`."""

    id: int
    run: int
    start_ns: int
    start_boot_ns: int
    start_tick: int
    end_ns: int | None
    end_boot_ns: int | None
    end_tick: int | None
    ended: str
    generation: int
    revision: int
    band: int
    claim: str
    because: str
    """JSON: losers (greatest first), rule, sharers, overlays, warnings. The winner is the claim."""
    kind: str
    notice: str
    title: str
    language: str
    page: int
    pages: int
    layout: str
    playlist: str
    crawl: str
    crawl_languages: str
    overlays: str
    """JSON, an array: what lay above it, the last one on top."""
    remarks: str
    """What the picture lacked."""
    sha256: str
    moves: str
    """What moves in it: `fade crawl clock timecode`; empty: a still picture."""
    answer: str
    detail: str
    """What was wrong with the link."""
    unseen: str
    """Why nobody could see it; empty: it was visible."""
    clock_trusted: bool
    clock_source: str


@dataclass(frozen=True, slots=True)
class Marks:
    """What earlier runs of the player know of the clock: UTC ns and CLOCK_BOOTTIME ns."""

    floor_ns: int = 0
    """The latest instant that was written while the network kept the clock."""
    synced: tuple[int, int] | None = None
    """UTC and boot time at which it last did so in this boot."""


_COLUMNS = tuple(field.name for field in fields(AsRun))
_UPSERT = (
    f"INSERT INTO asrun ({', '.join(_COLUMNS)}) VALUES ({', '.join('?' * len(_COLUMNS))}) ON CONFLICT (id) DO UPDATE"
    f" SET {', '.join(f'{name} = excluded.{name}' for name in _COLUMNS[1:])}"
)
_SELECT = f"SELECT {', '.join(f'asrun.{name}' for name in _COLUMNS)} FROM asrun"
_COVERS = "(end_ns IS NULL OR end_ns > :at)"
_BEGIN_RUN = """
INSERT INTO runs (boot_id, pid, version, started_ns, started_boot_ns, alive_ns, alive_boot_ns, alive_tick)
VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (boot_id, pid, started_boot_ns) DO UPDATE SET version = version RETURNING id
"""
_CLOSE_LOST = f"""
UPDATE asrun SET ended = '{Ended.LOST}',
  end_ns = start_ns + max(0, runs.alive_boot_ns - start_boot_ns),
  end_boot_ns = max(start_boot_ns, runs.alive_boot_ns),
  end_tick = max(start_tick, runs.alive_tick)
FROM runs WHERE runs.id = asrun.run AND asrun.end_ns IS NULL AND asrun.run <> ?
"""


class AsRunFile:
    """An open journal; one thread uses it. All methods raise sqlite3.Error and OSError.

    Opening puts a damaged file aside, where it is kept, and begins a new one.
    """

    def __init__(self, path: Path, *, reading: bool = False) -> None:
        self.set_aside = ""
        """Name under which a damaged file was kept; empty if it was whole."""
        if not reading:
            path.parent.mkdir(parents=True, exist_ok=True)
            if path.exists() and not is_sound(path, _TIMEOUT_S):
                self.set_aside = move_aside(path)
        self._path = path
        self._db = connect(path, durable=False, timeout_s=_TIMEOUT_S, reading=reading)
        try:
            if not reading:
                migrate(self._db, path, _SCHEMA)
            self.id: str = self._db.execute("SELECT id FROM journal").fetchone()[0]
            """Which journal this is; another one numbers its rows anew."""
            self._inode = path.stat().st_ino
        except BaseException:
            self._db.close()
            raise

    def close(self) -> None:
        """Lets go of the file."""
        self._db.close()

    def is_in_place(self) -> bool:
        """Whether the file that is written is still the one at its path: nobody removed or replaced it."""
        try:
            return self._path.stat().st_ino == self._inode
        except FileNotFoundError:
            return False

    def begin(self, run: Run) -> tuple[int, int]:
        """Ends what earlier runs left open, and begins a run; returns its number and the highest of a row."""
        start = (run.start.utc_ns, run.start.boot_ns)
        with self._db:
            self._db.execute("BEGIN IMMEDIATE")
            row = (run.boot_id, run.pid, run.version, *start, *start, run.start.tick)
            number = int(self._db.execute(_BEGIN_RUN, row).fetchone()[0])
            self._db.execute(_CLOSE_LOST, (number,))
            highest = int(self._db.execute("SELECT coalesce(max(id), 0) FROM asrun").fetchone()[0])
        return number, highest

    def write(self, rows: Iterable[AsRun], run: int, alive: Moment, synced: Moment | None) -> None:
        """Adds rows, or renews those with the same number, and notes that the run is alive, all or nothing."""
        with self._db:
            self._db.execute("BEGIN IMMEDIATE")
            self._db.executemany(_UPSERT, [astuple(row) for row in rows])
            self._db.execute(
                "UPDATE runs SET alive_ns = ?, alive_boot_ns = ?, alive_tick = ? WHERE id = ?",
                (*astuple(alive), run),
            )
            if synced is not None:
                self._db.execute(
                    "UPDATE runs SET synced_ns = max(coalesce(synced_ns, 0), ?), synced_boot_ns = ? WHERE id = ?",
                    (synced.utc_ns, synced.boot_ns, run),
                )

    def prove(self) -> None:
        """Reads what was written with fresh eyes: a connection keeps what it has seen. Raises: sqlite3.Error."""
        with closing(connect(self._path, reading=True, timeout_s=_TIMEOUT_S)) as db:
            db.execute("SELECT id FROM journal").fetchone()
            db.execute(f"{_SELECT} ORDER BY id DESC LIMIT 1").fetchone()
            db.execute("SELECT * FROM runs ORDER BY id DESC LIMIT 1").fetchone()

    def since(self, number: int, limit: int) -> list[AsRun]:
        """Rows with higher numbers, in the order of their numbers."""
        return self._rows(f"{_SELECT} WHERE id > ? ORDER BY id LIMIT ?", (number, limit))

    def between(self, from_ns: int, to_ns: int, after: tuple[int, int], limit: int) -> list[AsRun]:
        """Rows that were on air within `[from, to)`, by start and number, after the row of that start and number."""
        covering = self._rows(
            f"{_SELECT} WHERE start_ns <= :at ORDER BY start_ns DESC LIMIT {_LOOKED_BACK}", {"at": from_ns}
        )
        starts = [row.start_ns for row in covering if row.end_ns is None or row.end_ns > from_ns]
        values = {"at": from_ns, "first": min(starts, default=from_ns), "to": to_ns}
        return self._rows(
            f"{_SELECT} WHERE (start_ns, id) > (:start, :id) AND start_ns >= :first AND start_ns < :to AND {_COVERS}"
            " ORDER BY start_ns, id LIMIT :limit",
            {**values, "start": after[0], "id": after[1], "limit": limit},
        )

    def at(self, at_ns: int) -> AsRun | None:
        """The row on air at an instant; where the clock was set back and it came twice, the later one."""
        found = self._rows(
            f"SELECT * FROM ({_SELECT} WHERE start_ns <= :at ORDER BY start_ns DESC LIMIT {_LOOKED_BACK})"
            f" WHERE {_COVERS} ORDER BY id DESC LIMIT 1",
            {"at": at_ns},
        )
        return found[0] if found else None

    def runs(self, numbers: Iterable[int]) -> dict[int, dict[str, Any]]:
        """The runs of those numbers, for people."""
        wanted = sorted(set(numbers))
        places = ", ".join("?" * len(wanted))
        found = self._db.execute(
            f"SELECT id, boot_id, pid, version, started_ns FROM runs WHERE id IN ({places})", wanted
        )
        return {
            number: {"boot_id": boot_id, "pid": pid, "version": version, "started": to_iso(started_ns)}
            for number, boot_id, pid, version, started_ns in found
        }

    def _rows(self, query: str, values: Any) -> list[AsRun]:
        return [AsRun(**dict(zip(_COLUMNS, row, strict=True))) for row in self._db.execute(query, values)]


def read_marks(path: Path, boot_id: str) -> Marks:
    """What a journal knows of the clock; nothing where there is none or it cannot be read."""
    if not path.exists():
        return Marks()
    try:
        with closing(connect(path, reading=True, timeout_s=_TIMEOUT_S)) as db:
            (floor_ns,) = db.execute("SELECT coalesce(max(synced_ns), 0) FROM runs").fetchone()
            synced = db.execute(
                "SELECT synced_ns, synced_boot_ns FROM runs WHERE boot_id = ? AND synced_ns IS NOT NULL"
                " ORDER BY synced_boot_ns DESC LIMIT 1",
                (boot_id,),
            ).fetchone()
    except (sqlite3.Error, OSError):
        return Marks()  # the journal itself tells what is wrong with it
    return Marks(floor_ns, synced)


def read_loss(path: Path, boot: Boot, now_boot_ns: int) -> PowerLoss | None:
    """The loss of power that this boot of the host ended, as the journal tells; None where it knows of no other boot.

    `now_boot_ns` is CLOCK_BOOTTIME now, at which the sign is back if this is its first start since.
    """
    if not path.exists():
        return None
    try:
        with closing(connect(path, reading=True, timeout_s=_TIMEOUT_S)) as db:
            last = db.execute(
                "SELECT alive_ns FROM runs WHERE boot_id <> ? ORDER BY id DESC LIMIT 1", (boot.id,)
            ).fetchone()
            (first_boot_ns,) = db.execute(
                "SELECT min(started_boot_ns) FROM runs WHERE boot_id = ?", (boot.id,)
            ).fetchone()
    except (sqlite3.Error, OSError):
        return None
    if last is None:
        return None
    back_boot_ns = now_boot_ns if first_boot_ns is None else min(first_boot_ns, now_boot_ns)
    lasted_ns = boot.utc_ns(back_boot_ns) - last[0]
    return PowerLoss(back_boot_ns, lasted_ns if lasted_ns >= 0 else None)


def row_as_json(row: AsRun) -> dict[str, Any]:
    """A row as it is handed to people: instants also in ISO 8601."""
    told: dict[str, Any] = {name: getattr(row, name) for name in _COLUMNS}
    return {
        **told,
        "start": to_iso(row.start_ns),
        "end": None if row.end_ns is None else to_iso(row.end_ns),
        "because": {"winner": row.claim, **json.loads(row.because)},
        "overlays": json.loads(row.overlays),
        "visible": not row.unseen,
        "clock_trusted": bool(row.clock_trusted),  # SQLite knows only numbers
    }
