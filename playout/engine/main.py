"""A player, built in one function and stopped in reverse."""

import gc
import logging
import signal
import sys
from contextlib import ExitStack
from zoneinfo import ZoneInfo

from playout import __released__
from playout.clock import Clock, SystemClock, boot_of, from_iso
from playout.config import Config, screen_size
from playout.engine.asrun import AsRunJournal
from playout.engine.channel import Channel
from playout.engine.conditions import PlayerConditions
from playout.engine.doors import Door
from playout.engine.operations import COMMANDS, OPERATIONS, Operations
from playout.engine.output import Output
from playout.engine.pictures import DecodedPictures
from playout.engine.preparer import Preparer
from playout.engine.priority import raise_priority
from playout.engine.trust import ClockWatch, HostProbe
from playout.engine.waker import Waker
from playout.ipc.frames import FramePublisher
from playout.ipc.notify import notify
from playout.ipc.sockets import listen
from playout.led.cv import single_thread
from playout.led.pipeline import LedStage
from playout.paths import Paths
from playout.registry import build_sink
from playout.render.compose import Compositor
from playout.render.scene import SceneBuilder
from playout.store.asrun import read_loss, read_marks
from playout.text.engine import TextEngine
from playout.text.selftest import selftest
from playout.vetting import load_vetted_fonts

__all__ = ["run"]

_log = logging.getLogger(__name__)
_SWITCH_S = 0.0005
_PRIORITY = 20


def run(config: Config, paths: Paths, screen_id: str, clock: Clock | None = None) -> int:
    """Plays one screen until SIGTERM; returns the exit code. Without a clock it takes the host's.

    Raises: ConfigError, LinkError, StoreError.
    """
    clock = clock or SystemClock()
    screen = config.screen(screen_id)
    size = screen_size(config.panel, screen)
    single_thread()
    sys.setswitchinterval(_SWITCH_S)  # the tick gets the interpreter back sooner from a scene being drawn

    def make_builder() -> SceneBuilder:
        fonts = load_vetted_fonts(paths.fonts, paths.fonts_tried)
        selftest(fonts)
        return SceneBuilder(size, screen.fps, ZoneInfo(config.site.timezone), TextEngine(fonts), pictures)

    output = Output(screen, lambda urgent_waits: build_sink(screen, size, urgent_waits), clock)
    with ExitStack() as stack:
        publisher = stack.enter_context(FramePublisher(paths.frames(screen.id), size))
        doors = (
            Door(stack.enter_context(listen(paths.command_socket(screen.id))), COMMANDS),
            Door(stack.enter_context(listen(paths.operations_socket(screen.id))), OPERATIONS),
        )
        channel = Channel(
            screen, Compositor(size), LedStage(config.panel, screen, size), output, publisher, doors, clock
        )
        boot, journal_file = boot_of(clock), paths.asrun(screen.id)
        loss = read_loss(journal_file, boot, clock.boottime_ns())
        conditions = PlayerConditions(clock, paths.air, config.recovery, loss)

        def doubt_or_trust() -> None:
            conditions.trust = watch.trust
            preparer.reconsider()

        released_ns = from_iso(f"{__released__}T00:00:00Z")
        marks = read_marks(journal_file, boot.id)
        watch = ClockWatch(HostProbe(clock), config.clock.trust, released_ns, marks, doubt_or_trust)
        watch.look()
        conditions.trust = watch.trust
        preparer = Preparer(
            screen.id,
            size,
            config.site,
            paths.air,
            paths.local(screen.id),
            make_builder,
            channel.ready,
            clock,
            conditions,
        )
        pictures = DecodedPictures(paths.decoded, paths.media_socket, preparer.refresh, clock)
        waker = Waker(preparer.prepare, clock)
        journal = AsRunJournal(journal_file, screen.id, size, clock, lambda: watch.is_synced)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda _number, _frame: channel.stop())
        for part in (output, pictures, preparer, journal, watch):
            part.start()
            stack.callback(part.stop)
        stack.callback(waker.stop)
        real_time = raise_priority(_PRIORITY)
        _log.info("player ready screen=%s size=%dx%d real_time=%s", screen.id, size.width, size.height, real_time)
        gc.freeze()  # what was imported is never looked through again
        channel.run(preparer, Operations(screen.id, preparer, journal, clock), waker, journal)
        notify("STOPPING=1")
    return 0
