"""The preparer: the thread that turns inputs into scenes, so that the tick never resolves, parses or draws.

It answers three needs: new inputs (a generation, or a claim made on the machine), the programme after the one on air,
and the programme of an instant that nothing prepared covers. Each answer is one `Prepared` value. What cannot be drawn
is answered with a stand-in and tried again; no failure ends the thread. With time left it looks further ahead and asks
for the pictures that will be needed, because the media program may be slow or on its way back.
"""

import gc
import logging
import queue
import threading
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from playout.clock import SECOND_NS, Clock
from playout.engine.priority import raise_priority
from playout.errors import PlayoutError, StoreError
from playout.ipc.air import Air, AirReader, inputs
from playout.ipc.local import local_damage, read_local, write_local
from playout.model.claim import Claim
from playout.model.frame import Size
from playout.model.inputs import Conditions, Inputs
from playout.model.panel import Site
from playout.model.programme import Programme
from playout.render.scene import Scene
from playout.render.standin import stand_in
from playout.resolve import resolve

__all__ = ["LEAD_NS", "Answered", "Builder", "Prepared", "Preparer"]

_log = logging.getLogger(__name__)
LEAD_NS = 5 * SECOND_NS
"""How long before a change its scene is drawn."""
_FORESEEN = 6
"""Programmes after the next one whose pictures are asked for."""
_PRIORITY = 10
_FIRST_AIR_S = 2.0
"""How long a start waits for the first generation before the slate shows."""
_POLL_S = 0.05
_BREATH_S = 0.1
"""Pause before it looks further ahead: the tick needs the interpreter for what was just prepared."""
_AGAIN_S = 2.0
"""Pause after which what failed is tried again."""
_TOLD = 100
"""Different failures that are remembered as logged."""

Answered = Callable[[Mapping[str, object]], None]
"""Takes the answer to a command; may be called from any thread."""


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """A programme with its scene, right from `from_ns` until the programme's own end under these inputs.

    `now` asks to be put on air at once; otherwise it is what comes next. New inputs that leave the programme as it is
    bring what comes next along as `following`, so that there is never a moment without it.
    """

    inputs: Inputs
    programme: Programme
    scene: Scene
    from_ns: int
    now: bool
    answered: Answered | None = None
    following: "Prepared | None" = None


class Builder(Protocol):
    """What draws the scenes."""

    def build(self, programme: Programme, inputs: Inputs, from_ns: int) -> Scene:
        """The scene of a programme of these inputs, to be shown from `from_ns` (UTC) on."""
        ...

    def foresee(self, programme: Programme) -> None:
        """Asks for the pictures of a programme that comes later."""
        ...

    def warm(self, inputs: Inputs) -> None:
        """Readies one more notice of the revision for an order that may show it."""
        ...


class Preparer:
    """Prepares programmes for one screen; hands each to `ready`, which may be called from its thread."""

    def __init__(
        self,
        screen: str,
        size: Size,
        site: Site,
        air_folder: Path,
        local_file: Path,
        make_builder: Callable[[], Builder],
        ready: Callable[[Prepared], None],
        clock: Clock,
        conditions: Callable[[], Conditions] = Conditions,
    ) -> None:
        self._screen, self._size, self._site, self._conditions = screen, size, site, conditions
        self._reader, self._file = AirReader(air_folder), local_file
        self._make_builder, self._ready, self._clock = make_builder, ready, clock
        self._jobs: queue.Queue[Callable[[], None] | None] = queue.Queue()
        self._reloads: deque[tuple[int, Answered]] = deque()
        self._thread = threading.Thread(target=self._run, name="preparer", daemon=True)
        self._air: Air | None = None
        self._local: tuple[Claim, ...] = ()
        self._inputs = Inputs(screen, site)
        self._builder: Builder | None = None
        self._scenes: deque[Scene] = deque(maxlen=2)
        """What was drawn last, the newest at the end: mostly the programme on air and the one after it."""
        self._unforeseen_ns: int | None = None
        """End of what is prepared, where nobody has looked at what comes after it."""
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
        self._reloads.append((generation, answered))
        self._jobs.put(self._reload)

    def claim_locally(self, claims: tuple[Claim, ...], answered: Answered) -> None:
        """Replaces the claims made on this machine: shown first, then made durable, then answered."""
        self._jobs.put(lambda: self._claim_locally(claims, answered))

    def reconsider(self) -> None:
        """Takes up the conditions as they are now: clock, power, what was lost."""
        self._jobs.put(lambda: self._take(None))

    def look_around(self) -> None:
        """Takes up the conditions where they are others than those of the inputs."""
        if self._conditions() != self._inputs.conditions:
            self.reconsider()

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
                job = self._jobs.get(timeout=_AGAIN_S if self._unforeseen_ns is None else _BREATH_S)
            except queue.Empty:
                job = self._tend if self._unforeseen_ns is None else self._foresee

    def _begin(self) -> None:
        self._local = read_local(self._file)
        self._concern("local", local_damage(self._file))
        self._air = self._first_air()
        self._take(None)

    def _tend(self) -> None:
        """Tries again what failed before; with nothing to do it readies one more notice for an order to come."""
        if self._unsaved:
            self._save()
        if self._failed:
            self._prepare(self._clock.utc_ns(), now=True)
        self._refresh()
        if self._builder is not None and not self._failed and self._jobs.empty():
            self._builder.warm(self._inputs)

    def _first_air(self) -> Air | None:
        deadline_ns = self._clock.monotonic_ns() + int(_FIRST_AIR_S * SECOND_NS)
        waiting = threading.Event()
        while (air := self._reader.read()) is None and self._clock.monotonic_ns() < deadline_ns:
            waiting.wait(_POLL_S)
        return air

    def _reload(self) -> None:
        """Takes up the newest generation for everybody who asked by now.

        Keeps what it holds where the newest on disk is damaged: the one before it may show what has ended.
        """
        asked: list[tuple[int, Answered]] = []
        while self._reloads:
            asked.append(self._reloads.popleft())
        if not asked:
            return  # it came along with an earlier one
        generation = min(number for number, _ in asked)

        def answer(told: Mapping[str, object]) -> None:
            for _, answered in asked:
                answered(told)

        held = self._air
        gc.disable()  # what is made of a revision stays for long: to look through it would hold up the tick
        try:
            air = self._reader.read()
            if air is not None and air != held and (held is None or air.generation >= min(generation, held.generation)):
                self._air = air
            self._take(answer)
            if self._air is not None and (held is None or self._air.revision is not held.revision):
                gc.freeze()
        finally:
            gc.enable()

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
        self._inputs = inputs(self._air, self._screen, self._local, self._site).under(self._conditions())
        self._prepare(self._clock.utc_ns(), now=True, answered=answered)

    def _refresh(self) -> None:
        if any(scene.awaits_picture for scene in self._scenes):
            self._prepare(self._clock.utc_ns(), now=True)

    def _prepare(self, at_ns: int, *, now: bool, answered: Answered | None = None) -> None:
        self._failed = False
        programme = self._programme(at_ns)
        drawn = tuple(self._scenes)
        scene = self._scene(programme, at_ns)
        following = None
        if now and scene in drawn and programme.until_ns - at_ns <= LEAD_NS:
            following = self._draw_ahead(programme.until_ns)
        if now or not self._failed:  # what failed ahead of its time is tried again when it is due
            self._ready(Prepared(self._inputs, programme, scene, at_ns, now, answered, following))
        self._unforeseen_ns = programme.until_ns

    def _draw_ahead(self, at_ns: int) -> Prepared | None:
        """What comes next, if it can be drawn by now."""
        programme = self._programme(at_ns)
        scene = self._scene(programme, at_ns)
        if self._failed:
            return None
        return Prepared(self._inputs, programme, scene, at_ns, now=False)

    def _foresee(self) -> None:
        """Asks for the pictures of the programmes to come."""
        at_ns, self._unforeseen_ns = self._unforeseen_ns, None
        if at_ns is not None and self._builder is not None and not self._failed:
            for _ in range(_FORESEEN):
                programme = resolve(self._inputs, at_ns)
                self._builder.foresee(programme)
                at_ns = programme.until_ns

    def _programme(self, at_ns: int) -> Programme:
        """What is on air; where that cannot be told, what holds without control: the local claims, or the slate."""
        try:
            programme = resolve(self._inputs, at_ns)
        except Exception as error:  # noqa: BLE001 -- see `_run`
            self._failed = True
            self._tell("resolving failed", error)
            self._concern("resolve", f"what is on air cannot be told: {error!r}; import the schedules again")
            alone = Inputs(self._screen, self._site, claims=self._local)
            return resolve(alone.under(self._conditions()), at_ns)
        self._concern("resolve")
        return programme

    def _scene(self, programme: Programme, at_ns: int) -> Scene:
        """The scene of a programme; the one drawn before where nothing in it changed."""
        for scene in self._scenes:
            if scene.programme == programme and not scene.awaits_picture:
                return scene
        try:
            if self._builder is None:
                self._builder = self._make_builder()
            scene = self._builder.build(programme, self._inputs, at_ns)
        except Exception as error:  # noqa: BLE001 -- see `_run`
            self._failed = True
            self._scenes.clear()
            self._tell("drawing failed", error)
            why = str(error) if isinstance(error, PlayoutError) else f"{error!r} (see the log of the player)"
            return stand_in(programme, self._size, f"the built-in picture stands in: {why}")
        self._scenes.append(scene)
        return scene
