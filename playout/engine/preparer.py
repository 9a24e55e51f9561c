"""The preparer: the thread that turns inputs into scenes, so that the tick never resolves, parses or draws.

It answers three needs: new inputs (a generation, or a claim made on the machine), the programme after the one on air,
and the programme of an instant that nothing prepared covers. Each answer is one `Prepared` value. What cannot be drawn
is answered with a stand-in and tried again; no failure ends the thread.
"""

import logging
import queue
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from playout.clock import SECOND_NS, Clock
from playout.engine.priority import raise_priority
from playout.errors import PlayoutError, StoreError
from playout.ipc.air import Air, inputs, read_air
from playout.ipc.local import local_damage, read_local, write_local
from playout.model.claim import Claim
from playout.model.frame import Size
from playout.model.inputs import Inputs
from playout.model.panel import Site
from playout.model.programme import Programme
from playout.render.scene import Scene, SceneBuilder
from playout.render.standin import stand_in
from playout.resolve import resolve

__all__ = ["Answered", "Prepared", "Preparer"]

_log = logging.getLogger(__name__)
_PRIORITY = 10
_FIRST_AIR_S = 2.0
"""How long a start waits for the first generation before the slate shows."""
_POLL_S = 0.05
_AGAIN_S = 2.0
"""Pause after which what failed is tried again."""
_TOLD = 100
"""Different failures that are remembered as logged."""

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
        size: Size,
        site: Site,
        air_folder: Path,
        local_file: Path,
        make_builder: Callable[[], SceneBuilder],
        ready: Callable[[Prepared], None],
        clock: Clock,
    ) -> None:
        self._screen, self._size, self._site = screen, size, site
        self._folder, self._file = air_folder, local_file
        self._make_builder, self._ready, self._clock = make_builder, ready, clock
        self._jobs: queue.Queue[Callable[[], None] | None] = queue.Queue()
        self._thread = threading.Thread(target=self._run, name="preparer", daemon=True)
        self._air: Air | None = None
        self._local: tuple[Claim, ...] = ()
        self._inputs = Inputs(screen, site)
        self._builder: SceneBuilder | None = None
        self._last: Scene | None = None
        self._failed = False
        self._unsaved = False
        self._told: set[str] = set()
        self._concerns: dict[str, str] = {}
        self.warnings: tuple[str, ...] = ()
        """What a person should know that belongs to no scene; replaced whole."""
        self.turned_ns = clock.monotonic_ns()
        """When the thread last came round (monotonic ns)."""

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

    def reload(self, generation: int, answered: Answered) -> None:
        """Takes up the generation of that number, or a newer one."""
        self._jobs.put(lambda: self._reload(generation, answered))

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
        job: Callable[[], None] | None = self._begin
        while job is not None:
            try:
                job()
            except Exception as error:  # noqa: BLE001 -- whatever went wrong, the thread has to be there for the next
                self._tell("preparing failed", error)
            self.turned_ns = self._clock.monotonic_ns()
            try:
                job = self._jobs.get(timeout=_AGAIN_S)
            except queue.Empty:
                job = self._tend

    def _begin(self) -> None:
        self._local = read_local(self._file)
        self._concern("local", local_damage(self._file))
        self._air = self._first_air()
        self._take(None)

    def _tend(self) -> None:
        """Tries again what failed before."""
        if self._unsaved:
            self._save()
        if self._failed or (self._last is not None and self._last.awaits_picture):
            self._prepare(self._clock.utc_ns(), now=True)

    def _first_air(self) -> Air | None:
        deadline_ns = self._clock.monotonic_ns() + int(_FIRST_AIR_S * SECOND_NS)
        waiting = threading.Event()
        while (air := read_air(self._folder)) is None and self._clock.monotonic_ns() < deadline_ns:
            waiting.wait(_POLL_S)
        return air

    def _reload(self, generation: int, answered: Answered) -> None:
        """Keeps what it holds where the newest on disk is damaged: the one before it may show what has ended."""
        air, held = read_air(self._folder), self._air
        if air is not None and air != held and (held is None or air.generation >= min(generation, held.generation)):
            self._air = air
        self._take(answered)

    def _claim_locally(self, claims: tuple[Claim, ...], answered: Answered) -> None:
        self._local = claims
        self._take(None)
        answer = {"ok": True, "screen": self._screen, "claims": [claim.id for claim in claims]}
        if not_saved := self._save():
            answer["not_saved"] = not_saved
        answered(answer)

    def _save(self) -> str:
        """Makes the local claims durable; returns why that was not possible."""
        trouble = ""
        try:
            write_local(self._file, self._local)
        except StoreError as error:
            trouble = str(error)
            if not self._unsaved:
                _log.error("local claims not saved error=%s", error)
        self._unsaved = bool(trouble)
        self._concern("local", trouble and f"what was ordered at this machine is NOT SAVED: {trouble}")
        return trouble

    def _concern(self, topic: str, warning: str = "") -> None:
        """Sets or ends the warning on one topic."""
        self._concerns[topic] = warning
        self.warnings = tuple(filter(None, self._concerns.values()))

    def _tell(self, event: str, error: Exception) -> None:
        """Logs a failure the first time it is met."""
        words = f"{event} {type(error).__name__}: {error}"
        if words not in self._told:
            self._told = {words} if len(self._told) >= _TOLD else self._told | {words}
            known = isinstance(error, PlayoutError)
            _log.error("%s screen=%s error=%s", event, self._screen, error, exc_info=None if known else error)

    def _take(self, answered: Answered | None) -> None:
        self._inputs = inputs(self._air, self._screen, self._local, self._site)
        self._prepare(self._clock.utc_ns(), now=True, answered=answered)

    def _refresh(self) -> None:
        if self._last is not None and self._last.awaits_picture:
            self._prepare(self._clock.utc_ns(), now=True)

    def _prepare(self, at_ns: int, *, now: bool, answered: Answered | None = None) -> None:
        self._failed = False
        programme = self._programme(at_ns)
        scene = self._scene(programme, at_ns)
        if now or not self._failed:  # what failed ahead of its time is tried again when it is due
            self._ready(Prepared(self._inputs, programme, scene, at_ns, now, answered))

    def _programme(self, at_ns: int) -> Programme:
        """What is on air; where that cannot be told, what holds without control: the local claims, or the slate."""
        try:
            programme = resolve(self._inputs, at_ns)
        except Exception as error:  # noqa: BLE001 -- see `_run`
            self._failed = True
            self._tell("resolving failed", error)
            self._concern("resolve", f"what is on air cannot be told: {error!r}; import the schedules again")
            return resolve(Inputs(self._screen, self._site, claims=self._local), at_ns)
        self._concern("resolve")
        return programme

    def _scene(self, programme: Programme, at_ns: int) -> Scene:
        """The scene of a programme; the last one again where nothing in it changed."""
        last = self._last
        if last is not None and last.programme == programme and not last.awaits_picture:
            return last
        try:
            if self._builder is None:
                self._builder = self._make_builder()
            self._last = self._builder.build(programme, self._inputs, at_ns)
        except Exception as error:  # noqa: BLE001 -- see `_run`
            self._failed, self._last = True, None
            self._tell("drawing failed", error)
            why = str(error) if isinstance(error, PlayoutError) else f"{error!r} (see the log of the player)"
            return stand_in(programme, self._size, f"the built-in picture stands in: {why}")
        return self._last
