"""The channel: one `poll()` on the timer and the sockets, and what happens on each tick.

On the tick a prepared scene is composed, sent through the LED stage and left in the output's mailbox. Everything slow
(resolve, drawing, files) is the preparer's. A claim that stops what is on air *now*, and each one of bands 5 and 6, is
sent out of turn, and cuts short a frame that is just being sent; the clock keeps its beat.
"""

import logging
import os
import select
from collections import deque
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from playout import __version__
from playout.clock import SECOND_NS, Clock
from playout.engine.asrun import AsRunJournal
from playout.engine.doors import Door, Doors
from playout.engine.lateness import Lateness
from playout.engine.operations import Operations
from playout.engine.output import Output
from playout.engine.preparer import Answered, Prepared, Preparer
from playout.engine.timer import AbsoluteTimer, TickGrid
from playout.engine.waker import Waker
from playout.errors import DriverError
from playout.ipc.frames import FramePublisher
from playout.ipc.notify import notify
from playout.ipc.sockets import Peer
from playout.led.pipeline import LedStage
from playout.model.claim import Band, Stop
from playout.model.frame import Frame, Pixels, Size
from playout.model.panel import Screen
from playout.model.snapshot import LinkState, Snapshot
from playout.render.compose import Compositor
from playout.render.scene import Scene
from playout.render.standin import stand_in

__all__ = ["Channel"]

_log = logging.getLogger(__name__)
_PUBLISHED_PER_S = 10
_HUNG_NS = 5 * SECOND_NS
"""An output that did not turn for so long no longer lets the watchdog be fed."""
_GIVE_UP_NS = 15 * SECOND_NS
"""A thread that did not turn for so long ends the player, which is then started again."""
_NAMED = 64
"""Of so many claims that share the screen an answer tells."""
_STALE_LOOKS = 20
"""In so many looks one after the other: a machine that slept wakes its threads in any order."""


class Channel:
    """Plays one screen until it is stopped. `run` is called by one thread, `ready` and `stop` by any."""

    def __init__(
        self,
        screen: Screen,
        compositor: Compositor,
        stage: LedStage,
        output: Output,
        publisher: FramePublisher,
        doors: tuple[Door, ...],
        clock: Clock,
    ) -> None:
        self._screen, self._compositor, self._stage, self._output = screen, compositor, stage, output
        self._publisher, self._clock = publisher, clock
        self._wake = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)
        self._doors = Doors(doors, lambda: os.eventfd_write(self._wake, 1))
        self._arrivals: deque[Prepared] = deque()
        self._timer = AbsoluteTimer()
        self._grid = TickGrid(screen.fps, clock)
        self._lateness = Lateness()
        self._on_air: Prepared | None = None
        self._next: Prepared | None = None
        self._noted: Prepared | None = None
        self._stand_in: Scene | None = None
        self._demanded_ns: int | None = None
        self._stale_looks = 0
        self._stopping = False
        self._sent_early = -1
        self._coming = ""
        self._started_ns = clock.utc_ns()
        self._snapshot: Snapshot | None = None

    def ready(self, prepared: Prepared) -> None:
        """Takes what the preparer has drawn; may be called from any thread."""
        self._arrivals.append(prepared)
        os.eventfd_write(self._wake, 1)

    def stop(self) -> None:
        """Ends `run` after the step at hand; may be called from a signal handler."""
        self._stopping = True
        os.eventfd_write(self._wake, 1)

    def run(self, preparer: Preparer, operations: Operations, waker: Waker, journal: AsRunJournal) -> None:
        """Plays until `stop`. Raises: DriverError when a thread hangs."""
        self._preparer, self._operations, self._waker, self._journal = preparer, operations, waker, journal
        poll = select.poll()
        for descriptor in (self._timer.fd, self._wake):
            poll.register(descriptor, select.POLLIN)
        self._doors.open(poll)
        self._timer.arm(self._grid.deadline_ns)
        while not self._stopping:
            for descriptor, _ in poll.poll():
                if descriptor == self._timer.fd:
                    os.read(descriptor, 8)
                    self._tick()
                    self._timer.arm(self._grid.deadline_ns)
                elif descriptor == self._wake:
                    os.eventfd_read(descriptor)
                    self._take_arrivals()
                    self._doors.send_answers(poll)
                else:
                    self._doors.attend(descriptor, poll, self._handle)
        self._timer.close()

    def _tick(self) -> None:
        grid = self._grid
        late_ns = self._clock.monotonic_ns() - grid.deadline_ns
        if grid.tick != self._sent_early:
            self._adopt_due(grid.due_ns)
            self._send()
        if grid.tick % max(1, self._screen.fps // _PUBLISHED_PER_S) == 0:
            self._look_after_threads()
            self._publish()
        missed = grid.advance()
        if self._on_air is not None:
            self._lateness.add(late_ns, missed)
        if grid.tick % self._screen.fps == 0:
            self._follow_clock()
            self._preparer.look_around()

    def _follow_clock(self) -> None:
        """Follows a step of the wall clock: what was drawn by the new clock is never shown by the old one."""
        if self._grid.resync():
            _log.warning("the wall clock was set; instants follow it")
            self._noted = None

    def _send(self, *, urgent: bool = False, due_ns: int = 0) -> None:
        """Composes the picture of the coming tick and leaves it for the output, to be sent at its time or at once."""
        if self._on_air is None:
            return
        grid = self._grid
        try:
            pixels = self._draw(self._on_air.scene)
        except Exception as error:
            if self._on_air.scene is self._stand_in:
                raise  # nothing simpler is left to show: whoever started the player starts it again
            _log.exception("composing failed claim=%s", self._on_air.programme.claim)
            reason = f"the built-in picture stands in: {error!r} (see the log of the player)"
            height, width = self._compositor.canvas.shape[:2]
            self._stand_in = stand_in(self._on_air.programme, Size(width, height), reason)
            self._on_air = replace(self._on_air, scene=self._stand_in)
            pixels = self._draw(self._stand_in)
        self._output.put(Frame(grid.tick, grid.due_ns, pixels, urgent), due_ns or grid.deadline_ns, self._coming)
        self._coming = ""
        if self._noted is not self._on_air:
            self._noted = self._on_air
            # Out of turn on a late tick: nothing is told to have begun before it was the answer.
            early_ns = max(0, min(self._on_air.programme.entered_ns, self._clock.utc_ns()) - grid.due_ns)
            began_ns, began_mono_ns = grid.due_ns + early_ns, grid.deadline_ns + early_ns
            self._journal.shown(self._on_air, grid.tick, began_ns, began_mono_ns, self._output.health)

    def _draw(self, scene: Scene) -> Pixels:
        dirty = self._compositor.compose(scene, self._grid.due_ns)
        self._stage.dim(scene.programme.luminance)
        return self._stage.apply(self._compositor.canvas, dirty)

    def _adopt_due(self, at_ns: int) -> None:
        """Goes over to the next programme when its time has come, or asks for one that covers this instant."""
        if _covers(self._on_air, at_ns):
            return
        if self._next is not None and _covers(self._next, at_ns):
            self._adopt(self._next)
        elif self._demanded_ns is None or self._clock.monotonic_ns() - self._demanded_ns > SECOND_NS:
            self._demanded_ns = self._clock.monotonic_ns()
            self._preparer.demand()

    def _adopt(self, prepared: Prepared) -> None:
        before = self._on_air
        self._on_air, self._next, self._demanded_ns = prepared, prepared.following, None
        programme = prepared.programme
        if before is None or before.programme.claim != programme.claim:
            self._coming = programme.claim
        if before is None or before.programme != programme:
            page = programme.page
            _log.info(
                "on air claim=%s notice=%s language=%s rule=%s generation=%d",
                programme.claim, page.notice.id if page else "-", page.language if page else "-",
                programme.because.rule, prepared.inputs.generation,
            )  # fmt: skip
        if self._next is None:
            self._waker.wake_before(programme.until_ns)

    def _handle(self, message: Mapping[str, Any], peer: Peer, allowed: frozenset[str], answered: Answered) -> None:
        self._operations.handle(message, peer, allowed, self._snapshot, answered)

    def _take_arrivals(self) -> None:
        self._follow_clock()
        while self._arrivals:
            prepared = self._arrivals.popleft()
            if prepared.now:
                self._pre_empt(prepared)
            elif self._on_air is not None and prepared.inputs is self._on_air.inputs:
                self._next = prepared

    def _pre_empt(self, prepared: Prepared) -> None:
        before = self._on_air
        at_once = _is_urgent(prepared) or _is_urgent(before) or _stops_now(prepared)
        early_ns = prepared.programme.entered_ns - self._grid.due_ns
        if not at_once and 0 < early_ns < SECOND_NS and _covers(before, self._grid.due_ns):
            self._next = prepared  # the tick is behind the clock: what it draws still belongs to the page before
        else:
            self._adopt(prepared)
        is_new = before is None or before.scene is not prepared.scene
        if at_once and is_new and self._sent_early != self._grid.tick:
            # Out of turn: it takes the number of the coming tick, which then stays silent.
            self._send(urgent=True, due_ns=self._clock.monotonic_ns())
            self._sent_early = self._grid.tick
        if before is None:
            notify("READY=1")
        if prepared.answered is not None:
            programme = prepared.programme
            prepared.answered(
                {
                    "ok": True, "screen": self._screen.id, "generation": prepared.inputs.generation,
                    "tick": self._grid.tick, "claim": programme.claim, "band": int(programme.band),
                    "on_air": programme.because.on_air[:_NAMED],
                    "until_ns": programme.until_ns, "rule": programme.because.rule,
                }
            )  # fmt: skip

    def _look_after_threads(self) -> None:
        """Feeds the watchdog while every thread turns. Raises: DriverError when one hangs for good."""
        now_ns = self._clock.monotonic_ns()
        sending_ns, preparing_ns = now_ns - self._output.turned_ns, now_ns - self._preparer.turned_ns
        self._stale_looks = self._stale_looks + 1 if max(sending_ns, preparing_ns) > _GIVE_UP_NS else 0
        if self._stale_looks > _STALE_LOOKS:
            hung = "output" if sending_ns > preparing_ns else "preparer"
            raise DriverError(f"the thread {hung!r} hangs", hint="the player ends, to be started again")
        if self._on_air is not None and sending_ns < _HUNG_NS and preparing_ns < _GIVE_UP_NS:
            notify("WATCHDOG=1")

    def _publish(self) -> None:
        """Publishes snapshot and picture for everybody who only looks."""
        if self._on_air is None:
            return
        self._snapshot = self._make_snapshot(self._on_air)
        self._journal.looked(self._snapshot, self._grid.due_ns, self._grid.deadline_ns)
        self._publisher.snapshot(self._snapshot)
        self._publisher.picture(self._grid.tick, self._compositor.picture())

    def _make_snapshot(self, on_air: Prepared) -> Snapshot:
        programme, page, size = on_air.programme, on_air.programme.page, self._compositor.canvas.shape
        text = next((text for text in page.notice.texts if text.language == page.language), None) if page else None
        revision = on_air.inputs.revision
        return Snapshot(
            screen=self._screen.id, at_ns=self._clock.utc_ns(), started_ns=self._started_ns, pid=os.getpid(),
            version=__version__, tick=self._grid.tick, fps=self._screen.fps, width=size[1], height=size[0],
            missed_ticks=self._lateness.missed, lateness_p99_us=self._lateness.p99_us(),
            generation=on_air.inputs.generation, revision=revision.number if revision else 0,
            band=int(programme.band), claim=programme.claim, kind=programme.kind.value,
            notice=page.notice.id if page else "", title=page.notice.title if page else "",
            language=page.language if page else "", proofread=text.proofread if text else None,
            page=page.number if page else 0, pages=page.count if page else 0,
            entered_ns=programme.entered_ns, until_ns=programme.until_ns, because=programme.because,
            watts=self._stage.watts, sink=self._screen.sink, health=self._output.health,
            conditions=on_air.inputs.conditions, warnings=self._warnings(on_air),
        )  # fmt: skip

    def _warnings(self, on_air: Prepared) -> tuple[str, ...]:
        health, found = self._output.health, [*self._preparer.warnings, *on_air.scene.findings, *self._journal.warnings]
        if on_air.scene.awaits_picture:
            found.append("shown without its picture until the media program has decoded it")
        if health.state is LinkState.DOWN:
            found.insert(0, f"{self._screen.sink}: {health.detail}")
        found += on_air.programme.because.warnings
        if on_air.inputs.generation == 0:
            found.append("no schedule has come from control yet: is it running?")
        return tuple(found)


def _is_urgent(prepared: Prepared | None) -> bool:
    """Whether it is the first picture, or one of band 5 or 6."""
    return prepared is None or prepared.programme.band >= Band.EMERGENCY


def _stops_now(prepared: Prepared) -> bool:
    """Whether it is a claim that was made to interrupt at once."""
    return any(claim.id == prepared.programme.claim and claim.stop is Stop.NOW for claim in prepared.inputs.claims)


def _covers(prepared: Prepared | None, at_ns: int) -> bool:
    """Whether the programme is the answer for that instant; a tick may be drawn a little after it was due."""
    return prepared is not None and prepared.from_ns - SECOND_NS <= at_ns < prepared.programme.until_ns
