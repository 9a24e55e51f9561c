"""The preparer: the thread that turns inputs into scenes, so that the tick never resolves, parses or draws.

It answers three needs: new inputs (a generation, or a claim made on the machine), the programme after the one on air,
and the programme of an instant that nothing prepared covers. Each answer is one `Prepared` value.
"""

import logging
import queue
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from playout.clock import SECOND_NS, Clock
from playout.engine.priority import raise_priority
from playout.errors import StoreError
from playout.ipc.air import Air, inputs, read_air
from playout.ipc.local import read_local, write_local
from playout.model.claim import Claim
from playout.model.inputs import Inputs
from playout.model.panel import Site
from playout.model.programme import Programme
from playout.render.scene import Scene, SceneBuilder
from playout.resolve import resolve

__all__ = ["Answered", "Prepared", "Preparer"]

_log = logging.getLogger(__name__)
_PRIORITY = 10
_FIRST_AIR_S = 2.0
"""How long a start waits for the first generation before the slate shows."""
_POLL_S = 0.05

Answered = Callable[[Mapping[str, object]], None]
"""Takes the answer to a command; may be called from any thread."""


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """A programme with its scene, right from `from_ns` until the programme's own end under these inputs.

    `now` asks to be put on air at once; otherwise it is what comes next.
    """

    inputs: Inputs
    programme: Programme
    scene: Scene
    from_ns: int
    now: bool
    answered: Answered | None = None


class Preparer:
    """Prepares programmes for one screen; hands each to `ready`, which may be called from its thread."""

    def __init__(
        self,
        screen: str,
        site: Site,
        air_folder: Path,
        local_file: Path,
        make_builder: Callable[[], SceneBuilder],
        ready: Callable[[Prepared], None],
        clock: Clock,
    ) -> None:
        self._screen, self._site, self._folder, self._file = screen, site, air_folder, local_file
        self._make_builder, self._ready, self._clock = make_builder, ready, clock
        self._jobs: queue.Queue[Callable[[], None] | None] = queue.Queue()
        self._thread = threading.Thread(target=self._run, name="preparer", daemon=True)
        self._air: Air | None = None
        self._local: tuple[Claim, ...] = ()
        self._inputs = Inputs(screen, site)
        self._last: Scene | None = None
        self.warnings: tuple[str, ...] = ()
        """What was wrong with the last scene."""

    def start(self) -> None:
        """Starts the thread; the first answer is the programme of that moment."""
        self._thread.start()

    def stop(self) -> None:
        """Ends the thread after the job at hand."""
        self._jobs.put(None)
        if self._thread.is_alive():
            self._thread.join(timeout=2.0)

    @property
    def local(self) -> tuple[Claim, ...]:
        """Claims made on this machine."""
        return self._local

    def reload(self, answered: Answered | None = None) -> None:
        """Takes up the newest generation."""
        self._jobs.put(lambda: self._reload(answered))

    def claim_locally(self, claims: tuple[Claim, ...], answered: Answered) -> None:
        """Replaces the claims made on this machine: shown first, then made durable, then answered."""
        self._jobs.put(lambda: self._claim_locally(claims, answered))

    def prepare(self, at_ns: int) -> None:
        """Draws the programme of a coming instant."""
        self._jobs.put(lambda: self._prepare(at_ns, now=False))

    def demand(self) -> None:
        """Draws the programme of this moment and puts it on air."""
        self._jobs.put(lambda: self._prepare(self._clock.utc_ns(), now=True))

    def refresh(self) -> None:
        """Draws the programme of this moment again if its picture was missing."""
        self._jobs.put(self._refresh)

    def _run(self) -> None:
        raise_priority(_PRIORITY)
        self._builder = self._make_builder()
        self._local = read_local(self._file)
        self._air = self._first_air()
        self._take(None)
        while (job := self._jobs.get()) is not None:
            job()

    def _first_air(self) -> Air | None:
        deadline_ns = self._clock.monotonic_ns() + int(_FIRST_AIR_S * SECOND_NS)
        waiting = threading.Event()
        while (air := read_air(self._folder)) is None and self._clock.monotonic_ns() < deadline_ns:
            waiting.wait(_POLL_S)
        return air

    def _reload(self, answered: Answered | None) -> None:
        air = read_air(self._folder)
        if air is not None and (self._air is None or air.generation != self._air.generation):
            self._air = air
        self._take(answered)

    def _claim_locally(self, claims: tuple[Claim, ...], answered: Answered) -> None:
        self._local = claims
        self._take(None)
        try:
            write_local(self._file, claims)
            answered({"ok": True, "screen": self._screen, "claims": [claim.id for claim in claims]})
        except StoreError as error:
            _log.error("local claims not saved error=%s", error)
            answered({"ok": True, "screen": self._screen, "claims": [c.id for c in claims], "not_saved": str(error)})

    def _take(self, answered: Answered | None) -> None:
        self._inputs = inputs(self._air, self._screen, self._local, self._site)
        self._prepare(self._clock.utc_ns(), now=True, answered=answered)

    def _refresh(self) -> None:
        if self._last is not None and self._last.awaits_picture:
            self._prepare(self._clock.utc_ns(), now=True)

    def _prepare(self, at_ns: int, *, now: bool, answered: Answered | None = None) -> None:
        programme = resolve(self._inputs, at_ns)
        scene = self._scene(programme, at_ns)
        self._ready(Prepared(self._inputs, programme, scene, at_ns, now, answered))

    def _scene(self, programme: Programme, at_ns: int) -> Scene:
        """The scene of a programme; the last one again where nothing in it changed."""
        last = self._last
        if last is not None and last.programme == programme and not last.awaits_picture:
            return last
        self._last = self._builder.build(programme, self._inputs, at_ns)
        self.warnings = self._last.findings
        return self._last
