"""An output: the thread that owns one frame sink, and its supervision.

The tick leaves the newest frame in a one-place mailbox and never waits. A sink that fails, however it fails, is closed
and opened again after a pause, for ever; a still picture is repeated within the sink's keep-alive time.
"""

import logging
import random
import threading
from collections.abc import Callable
from dataclasses import replace

from playout.clock import SECOND_NS, Clock
from playout.driver import Capabilities, FrameSink
from playout.engine.priority import raise_priority
from playout.errors import DeviceFault, DriverError
from playout.model.frame import Frame
from playout.model.panel import Screen
from playout.model.snapshot import Aired, Health, LinkState

__all__ = ["Output"]

_log = logging.getLogger(__name__)
_FIRST_PAUSE_S, _LAST_PAUSE_S = 0.5, 4.0
_TURN_S = 0.5
"""Longest time the thread waits before it shows that it is alive."""
_PRIORITY = 19
_AIRED = 8
"""Claims whose first frames are remembered."""


class Output:
    """Sends the newest frame through one sink. `make_sink` gets the predicate that an urgent frame waits."""

    def __init__(self, screen: Screen, make_sink: Callable[[Callable[[], bool]], FrameSink], clock: Clock) -> None:
        self._screen, self._name, self._clock = screen, screen.id, clock
        self._sink = make_sink(self._urgent_waits)
        self._changed = threading.Condition()
        self._waiting: tuple[Frame, int] | None = None
        self._coming = ""
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name=f"output-{screen.id}", daemon=True)
        self._health = Health(detail="not opened yet")  # written by the output's thread alone
        self._replaced = 0  # written by whoever leaves frames
        self.turned_ns = clock.monotonic_ns()
        """When the thread last came round (monotonic ns)."""

    @property
    def health(self) -> Health:
        """What is known of the sink, as one value."""
        return replace(self._health, frames_replaced=self._replaced)

    def start(self) -> None:
        """Starts the thread, which opens the sink."""
        self._thread.start()

    def put(self, frame: Frame, due_ns: int, coming: str = "") -> None:
        """Leaves a frame to be sent at `due_ns` (monotonic); replaces one that was not taken yet.

        `coming` is the claim that comes on air with this frame: when it went out is told in `health`.
        """
        with self._changed:
            self._coming = coming or self._coming
            if self._waiting is not None and self._health.state is LinkState.UP:
                self._replaced += 1
            self._waiting = (frame, due_ns)
            self._changed.notify()

    def stop(self) -> None:
        """Ends the thread and closes the sink; the last frame stays on the wall where the panel holds it."""
        with self._changed:
            self._stopping = True
            self._changed.notify()
        if self._thread.is_alive():
            self._thread.join(timeout=2.0)

    def _urgent_waits(self) -> bool:
        waiting = self._waiting
        return waiting is not None and waiting[0].urgent

    def _run(self) -> None:
        raise_priority(_PRIORITY)
        pause_s = _FIRST_PAUSE_S
        while not self._stopping:
            try:
                capabilities = self._sink.open()
                self._check(capabilities)
                self._health = replace(self._health, state=LinkState.UP, detail="")
                _log.info("driver up name=%s", self._name)
                pause_s = _FIRST_PAUSE_S
                self._send_all(capabilities)
            except DriverError as error:
                self._lost(error, pause_s)
                pause_s = min(pause_s * 2, _LAST_PAUSE_S)
            except (Exception, SystemExit) as error:  # noqa: BLE001 -- a driver may be a stranger's; the sign goes on
                self._lost(self._foreign(error), pause_s)
                pause_s = min(pause_s * 2, _LAST_PAUSE_S)
            finally:
                self._close()

    def _check(self, capabilities: Capabilities) -> None:
        """Refuses a sink that would show wrong colours, and says when it is too slow. Raises: DeviceFault."""
        wanted, ours = capabilities.colour_order, self._screen.colour_order
        if wanted is not None and wanted is not ours:
            raise DeviceFault(
                f"{self._screen.sink} takes {wanted} pixels, the screen is set to {ours}",
                hint=f"set screens.{self._name}.colour_order to {wanted}",
            )
        if capabilities.max_fps < self._screen.fps:
            _log.warning("driver slow name=%s max_fps=%.1f fps=%d", self._name, capabilities.max_fps, self._screen.fps)

    def _foreign(self, error: BaseException) -> DriverError:
        """What a driver should have raised instead; the place of its mistake goes to the log, once."""
        if self._health.state is not LinkState.DOWN:
            _log.error("driver failed in an unforeseen way name=%s", self._name, exc_info=error)
        return DriverError(
            f"the driver {self._screen.sink} failed: {type(error).__name__}: {error}",
            hint="give the log to whoever made the driver; it is opened again meanwhile",
        )

    def _close(self) -> None:
        try:
            self._sink.close()
        except Exception as error:  # noqa: BLE001 -- as above, although a driver has promised that this never raises
            _log.warning("driver could not be closed name=%s error=%r", self._name, error)

    def _lost(self, error: DriverError, pause_s: float) -> None:
        if self._health.state is not LinkState.DOWN:  # a change is logged once, its repeats are counted
            _log.warning("driver lost name=%s error=%s", self._name, error)
        self._health = replace(
            self._health, state=LinkState.DOWN, detail=str(error), reopened=self._health.reopened + 1
        )
        self._close()
        wake_ns = self._clock.monotonic_ns() + int(pause_s * random.uniform(0.8, 1.2) * SECOND_NS)
        with self._changed:
            while not self._stopping and (left_ns := wake_ns - self._clock.monotonic_ns()) > 0:
                self.turned_ns = self._clock.monotonic_ns()
                self._changed.wait(min(_TURN_S, left_ns / SECOND_NS))

    def _send_all(self, capabilities: Capabilities) -> None:
        """Sends until told to stop. Raises: DriverError."""
        last: tuple[Frame, int] | None = None
        sent_ns = 0
        while True:
            with self._changed:
                self.turned_ns = self._clock.monotonic_ns()
                if self._waiting is None and not self._stopping:
                    self._changed.wait(_TURN_S)
                if self._stopping:
                    return
                taken, self._waiting = self._waiting, None
                coming = self._coming if taken is not None else ""
            if taken is None:
                if last is None or self._clock.monotonic_ns() - sent_ns < capabilities.keep_alive_ns:
                    continue
                taken = last[0], self._clock.monotonic_ns()
            elif (
                last is not None
                and taken[0].pixels is last[0].pixels
                and not taken[0].urgent
                and not coming
                and self._clock.monotonic_ns() - sent_ns < capabilities.keep_alive_ns
            ):
                continue  # nothing new to see, and the panel still holds it
            last, sent_ns = taken, self._clock.monotonic_ns()
            sent = self._sink.show(*taken)
            self._health = replace(
                self._health,
                frames_sent=self._health.frames_sent + 1,
                packets_sent=self._health.packets_sent + sent.packets,
                last_sent_tick=sent.tick,
            )
            if coming and not sent.abandoned:
                self._note(Aired(coming, sent.tick, self._utc_ns(sent_ns), self._utc_ns(sent.last_ns)))

    def _note(self, aired: Aired) -> None:
        """Tells of a claim's first frame."""
        self._health = replace(self._health, aired=(*self._health.aired, aired)[-_AIRED:])
        with self._changed:
            if self._coming == aired.claim:
                self._coming = ""

    def _utc_ns(self, monotonic_ns: int) -> int:
        return monotonic_ns + self._clock.utc_ns() - self._clock.monotonic_ns()
