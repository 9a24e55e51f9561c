"""The control program: opens the store, hands it to the players, answers people, and keeps house."""

import asyncio
import logging
import signal
import subprocess
import sys
from collections.abc import Callable
from secrets import token_hex

import uvloop

from playout.api.app import create_app
from playout.api.audit import HeadPublisher
from playout.api.auth import Guard
from playout.api.events import EventLog
from playout.api.judging import Judge
from playout.api.live import Places
from playout.api.planner import Planner
from playout.api.preview import Preview
from playout.api.proof import Proof
from playout.api.publish import Publisher
from playout.api.reports import Reports, keep_judged
from playout.api.schedules import Schedules
from playout.api.server import bind, make_server
from playout.api.services import Services
from playout.api.signin import SignIn
from playout.api.status import Status
from playout.api.tls import Tls
from playout.api.watch import Watcher, watch
from playout.clock import SECOND_NS, Clock, SystemClock
from playout.config import Config
from playout.errors import ConfigError, StoreDamaged, StoreError
from playout.ipc.air import newest_number
from playout.ipc.alive import EVERY_S, write_alive
from playout.ipc.frames import FrameReader
from playout.ipc.notify import notify
from playout.paths import Paths
from playout.store import Store, open_store, requests, revisions, sessions

__all__ = ["EXIT_CONFIG", "EXIT_STORE", "build", "import_first", "keep_house", "run", "tend"]

EXIT_CONFIG = 78
"""The configuration is wrong. Source: sysexits.h, EX_CONFIG."""
EXIT_STORE = 74
"""State cannot be read or written. Source: sysexits.h, EX_IOERR."""
_VIEWERS = 4
_LISTENERS = 32
_SWITCH_S = 0.0005
_TIDY_EVERY = 600
"""Rounds between two times of forgetting what has expired."""

_log = logging.getLogger(__name__)


def run(config: Config, paths: Paths) -> int:
    """Runs control until SIGTERM or SIGINT; returns its exit status. Belongs to the main thread."""
    sys.setswitchinterval(_SWITCH_S)  # an override is handed on by a thread that many requests must not hold up
    try:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(_run(config, paths, SystemClock()))
    except ConfigError as error:
        _log.critical("control cannot start: %s", error)
        return EXIT_CONFIG
    except StoreError as error:
        _log.critical("control cannot go on: %s", error)
        return EXIT_STORE
    return 0


async def _run(config: Config, paths: Paths, clock: Clock) -> None:
    with bind(config.api) as listener, open_store(paths.database) as store:
        for warning in store.warnings:
            _log.error("store recovered: %s", warning)
        where = ["--config", str(paths.config), "--state", str(paths.state)]
        tls = Tls(config.api, [sys.executable, "-m", "playout", "tls", "show", "--json", *where], clock)
        services = build(config, paths, store, clock, tls.warnings)
        services.publisher.start()
        import_first(store, paths)
        await tend(services, tidy=True, was_well=True)
        server = make_server(create_app(services), tls.context)

        def stop() -> None:
            notify("STOPPING=1")
            server.should_exit = True
            services.stopping.set()

        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, stop)
        watching = asyncio.create_task(watch(services.watcher, services.events, services.stopping))
        house = asyncio.create_task(keep_house(services, Alive(paths, clock)))
        house.add_done_callback(lambda _: stop())  # without housekeeping control must not seem to be well
        judging = asyncio.create_task(keep_judged(services.reports, services.publisher.newest, services.stopping))
        certificate = asyncio.create_task(tls.watch(services.stopping))
        if code := services.sign_in.new_code():
            _log.warning("no admin yet: whoever has this code becomes it, by POST /api/v1/session/first code=%s", code)
        _log.info("control listens host=%s port=%d", config.api.host, config.api.port)
        await server.serve([listener])
        stop()
        judging.cancel()
        services.sign_in.close()
        await services.reports.close()
        await watching
        await certificate
        await house


def build(
    config: Config, paths: Paths, store: Store, clock: Clock, warnings: Callable[[], tuple[str, ...]] = tuple
) -> Services:
    """Puts the parts together; each reader of a player's file has its own view of it.

    `warnings` tells what else a person should know of control.
    """
    screens = [screen.id for screen in config.screens]
    where = ["--config", str(paths.config), "--state", str(paths.state)]
    reports = Reports(Proof([sys.executable, "-m", "playout", "proof", *where]), config)
    planner = Planner([sys.executable, "-m", "playout"], where)
    publisher = Publisher(store, config, paths, clock, unreadable=reports.unreadable)
    readers = {screen: FrameReader(paths.frames(screen)) for screen in screens}
    # The number of the first generation that this run writes: it grows over restarts. The rest tells runs apart of
    # which none could write.
    events = EventLog(f"{newest_number(paths.air) + 1}-{token_hex(2)}")
    heads = HeadPublisher(store, paths.audit_key, clock)
    status = Status(readers, publisher, clock, store.warnings, lambda: (*warnings(), *heads.warnings()))
    return Services(
        config=config,
        clock=clock,
        store=store,
        guard=Guard(store, clock),
        sign_in=SignIn(store, clock),
        publisher=publisher,
        heads=heads,
        schedules=Schedules(store, publisher, Judge(reports, config), paths.media, clock, planner),
        reports=reports,
        status=status,
        previews={screen: Preview(FrameReader(paths.frames(screen)), clock) for screen in screens},
        viewers=Places(_VIEWERS),
        events=events,
        watcher=Watcher(events, readers, publisher, status.warnings, clock),
        listeners=Places(_LISTENERS),
        stopping=asyncio.Event(),
    )


def import_first(store: Store, paths: Paths) -> None:
    """Takes the shipped schedule into a store that has none; where it is wrong the slate shows. Raises: StoreError.

    Judging it takes fonts and pictures, which do not belong into this program: `playout import` does it.
    """
    with store.read() as db:
        if revisions.latest_number(db):
            return
    where = ["--config", str(paths.config), "--state", str(paths.state)]
    words = ["import", str(paths.schedules), "--author", "first start", *where]
    done = subprocess.run([sys.executable, "-m", "playout", *words], capture_output=True, text=True, check=False)
    if done.returncode:
        _log.error("schedule refused folder=%s: %s", paths.schedules, done.stderr.strip())
    else:
        _log.info("schedule imported folder=%s", paths.schedules)


class Alive:
    """Tells the watchdog each second, and the players every few seconds, that control lives."""

    def __init__(self, paths: Paths, clock: Clock) -> None:
        self._paths, self._clock, self._said_ns = paths, clock, -EVERY_S * SECOND_NS

    def __call__(self) -> None:
        """Called once each round of housekeeping."""
        notify("WATCHDOG=1")
        now_ns = self._clock.monotonic_ns()
        if now_ns - self._said_ns >= EVERY_S * SECOND_NS:
            self._said_ns = now_ns
            write_alive(self._paths.air, self._clock)


async def keep_house(services: Services, alive: Callable[[], None], interval_s: float = 1.0) -> None:
    """Until control stops: tends to the players each round, forgets what has expired, and shows that it lives.

    Publishes the head of the journal each minute in which it changed, and at the end.
    """
    rounds, is_well = 0, True
    while not services.stopping.is_set():
        alive()
        is_well = await tend(services, tidy=rounds % _TIDY_EVERY == 0, was_well=is_well)
        if services.heads.is_due:
            await asyncio.to_thread(services.heads.publish_news)
        rounds += 1
        try:
            await asyncio.wait_for(services.stopping.wait(), interval_s)
        except TimeoutError:
            continue
    await asyncio.to_thread(services.heads.publish_news)


async def tend(services: Services, *, tidy: bool, was_well: bool) -> bool:
    """Hands on what any process committed, drops ended claims, tells players again what they missed.

    Returns whether the store allowed it; only a change of that is logged. Raises: StoreDamaged.
    """
    try:
        await services.publisher.refresh()
        await services.publisher.remind(services.status.screens_behind())
        await asyncio.to_thread(services.store.back_up_when_due, services.clock.monotonic_ns())
        if tidy:
            await asyncio.to_thread(_tidy, services.store, services.clock.utc_ns())
    except StoreDamaged:
        raise
    except StoreError as error:
        if was_well:
            _log.error("house keeping failed, is tried each second: %s", error)
        return False
    return True


def _tidy(store: Store, now_ns: int) -> None:
    with store.write() as db:
        sessions.tidy(db, now_ns)
        requests.tidy(db, now_ns)
