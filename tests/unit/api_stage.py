"""A whole control program without its server: real store, real publisher and real routes, fake clock and players."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import date
from pathlib import Path
from typing import Any

import httpx
import numpy as np
from proof_stage import FakeProof

from playout.api.app import create_app
from playout.api.audit import HeadPublisher
from playout.api.auth import Guard
from playout.api.events import EventLog
from playout.api.judging import Judge
from playout.api.live import Places
from playout.api.preview import Preview
from playout.api.publish import Publisher
from playout.api.reports import Reports
from playout.api.schedules import Schedules
from playout.api.services import Services
from playout.api.signin import SignIn
from playout.api.status import Status
from playout.api.watch import Watcher
from playout.config import Api, Config
from playout.errors import LinkError
from playout.model.frame import Pixels
from playout.model.notice import Kind, Notice, Text
from playout.model.panel import Screen
from playout.model.people import Role
from playout.model.programme import Because
from playout.model.schedule import Item, Layout, Playlist, Schedule
from playout.model.snapshot import Health, LinkState, Snapshot
from playout.paths import Paths
from playout.resolve import resolve
from playout.store import Store, open_store, revisions, tokens

SECOND_NS = 10**9
NOW_NS = 1_800_000_000 * SECOND_NS

NOTICES = {
    "gio-mo-cua": Notice("gio-mo-cua", Kind.TEXT, "Giờ mở cửa", "TB 12/2026", texts=(Text("vi", "07:00–19:30"),)),
    "cam-lua": Notice("cam-lua", Kind.TEXT, "Cấm lửa", "TB 13/2026", texts=(Text("vi", "Cấm lửa", proofread=True),)),
    "chao": Notice("chao", Kind.CRAWL, "Chào mừng", "TB 14/2026", texts=(Text("vi", "Chào mừng"),)),
}
SCHEDULE = Schedule(
    layouts=(Layout("day-du"),),
    playlists=(Playlist("ban-ngay", items=(Item("gio-mo-cua", 8), Item("cam-lua", 8))),),
    filler="ban-ngay",
)


class FakeClock:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.now_ns, self._stepped_ns = NOW_NS, 0

    def utc_ns(self) -> int:
        return self.now_ns + self._stepped_ns

    def monotonic_ns(self) -> int:
        return self.now_ns - NOW_NS

    def boottime_ns(self) -> int:
        return self.now_ns - NOW_NS + 5000 * SECOND_NS

    def boot_id(self) -> str:
        return "this-boot"

    def step(self, seconds: float) -> None:
        """Sets the wall clock."""
        self._stepped_ns += round(seconds * SECOND_NS)

    def move(self, seconds: float) -> None:
        self.now_ns += round(seconds * SECOND_NS)


class FakePlayers:
    """Players that resolve what control published, unless they are away."""

    def __init__(self, paths: Paths, clock: FakeClock) -> None:
        self.away: set[str] = set()
        self.heard: list[tuple[str, int]] = []
        self.answers: dict[str, dict[str, Any]] = {}
        self.journals: dict[str, Callable[[Mapping[str, Any]], dict[str, Any]]] = {}
        self._paths, self._clock = paths, clock
        self.publisher: Publisher | None = None

    def ask(self, path: Path, message: Mapping[str, Any], timeout_s: float) -> dict[str, Any]:
        screen = path.name.removeprefix("player-").removesuffix(".sock")
        if screen in self.away:
            raise LinkError(f"{path.name}: nobody answers")
        assert self.publisher is not None
        if message["op"] == "asrun":
            nothing = {"ok": True, "journal": "j", "rows": [], "runs": {}, "next": None}
            return self.journals.get(screen, lambda _: nothing)(message)
        self.heard.append((screen, message["generation"]))
        programme = resolve(self.publisher.inputs(screen), self._clock.utc_ns())
        return self.answers.get(screen) or {"ok": True, "claim": programme.claim, "on_air": programme.because.on_air}


class FakeScreen:
    """A player's published state and picture."""

    def __init__(self) -> None:
        self.state: Snapshot | None = None
        self.pixels: Pixels | None = None
        self.tick = 0
        self.pictures_taken = 0
        self.snapshots_taken = 0

    def snapshot(self) -> Snapshot | None:
        self.snapshots_taken += 1
        return self.state

    def picture(self) -> tuple[int, Pixels] | None:
        self.pictures_taken += 1
        return None if self.pixels is None else (self.tick, self.pixels)

    def show(self, level: int) -> None:
        """Puts a grey picture on."""
        self.tick += 1
        self.pixels = np.full((8, 16, 3), level, np.uint8)


class FakePlans:
    """A planner that has one slot for every day, and a picture of nothing."""

    async def table(self, screen: str, day: date) -> dict[str, Any]:
        page = {"notice": "n", "title": "t", "language": "vi", "first": "00:00:00", "times": 1, "shown_s": 8.0}
        slot = {
            "from": "00:00:00", "to": "24:00:00", "claims": ["filler"], "band": "filler", "kind": "playlist",
            "playlists": ["p"], "layout": "", "crawl": "", "rule": "alone", "pages": [page],
        }  # fmt: skip
        return {"screen": screen, "day": day.isoformat(), "timezone": "UTC", "revision": 1, "slots": [slot]}

    async def sheet(self, screen: str, day: date) -> bytes:
        return f"{screen} {day}".encode()

    async def gaps(self, screen: str, days: int) -> dict[str, Any]:
        gap = {"from": "a", "to": "b", "local": "c", "lasts_s": 1.5}
        return {"screen": screen, "revision": days, "from": "a", "to": "b", "gaps": [gap], "count": 1}


class Stage:
    """What a test works with."""

    def __init__(self, folder: Path, store: Store, api: Api | None = None) -> None:
        self.clock, self.store = FakeClock(), store
        self.waited: list[float] = []
        self.wait_with: Callable[[], Awaitable[None]] | None = None
        self.config = Config((Screen("main", "memory"), Screen("side", "memory")), api=api or Api())
        self.paths = Paths(folder / "playout.toml", folder, folder / "run", folder / "fonts", folder / "schedules")
        self.players = FakePlayers(self.paths, self.clock)
        self.screens = {screen.id: FakeScreen() for screen in self.config.screens}
        self.proof = FakeProof()
        self.reports = Reports(self.proof, self.config)
        self.publisher = self.new_publisher()
        self.events = EventLog("1-a")
        status = Status(self.screens, self.publisher, self.clock, store.warnings)
        self.warnings: tuple[str, ...] = ()
        self.watcher = Watcher(
            self.events, self.screens, self.publisher, lambda: (*status.warnings(), *self.warnings), self.clock
        )
        self.services = Services(
            config=self.config,
            clock=self.clock,
            store=store,
            guard=Guard(store, self.clock),
            sign_in=SignIn(store, self.clock, self.wait),
            publisher=self.publisher,
            heads=HeadPublisher(store, self.paths.audit_key, self.clock),
            schedules=Schedules(
                store, self.publisher, Judge(self.reports, self.config), self.paths.media, self.clock, FakePlans()
            ),
            reports=self.reports,
            status=status,
            previews={name: Preview(screen, self.clock) for name, screen in self.screens.items()},
            viewers=Places(4),
            events=self.events,
            watcher=self.watcher,
            listeners=Places(2),
            stopping=asyncio.Event(),
        )
        self.app = create_app(self.services)

    async def wait(self, seconds: float) -> None:
        """What those who sign in wait with."""
        self.waited.append(seconds)
        if self.wait_with is not None:
            await self.wait_with()

    def new_publisher(self) -> Publisher:
        self.publisher = self.players.publisher = Publisher(
            self.store, self.config, self.paths, self.clock, self.players.ask, self.reports.unreadable
        )
        return self.publisher

    def token(self, role: Role, name: str = "", screens: tuple[str, ...] = ()) -> dict[str, str]:
        """Headers of a new token."""
        with self.store.write() as db:
            secret = tokens.create(db, name or role.value, role, self.clock.utc_ns(), screens=screens)
        return {"authorization": f"Bearer {secret}"}

    def revise(self, schedule: Schedule = SCHEDULE, notices: Mapping[str, Notice] = NOTICES) -> None:
        """Commits a revision."""
        with self.store.write() as db:
            revisions.add(db, schedule, notices, now_ns=self.clock.utc_ns(), author="anh", reason="test")

    def client(self, headers: Mapping[str, str] | None = None, base: str = "http://localhost") -> httpx.AsyncClient:
        transport = httpx.ASGITransport(self.app, raise_app_exceptions=False)
        return httpx.AsyncClient(transport=transport, base_url=base, headers=headers)


@asynccontextmanager
async def stage(folder: Path, api: Api | None = None) -> AsyncIterator[Stage]:
    """A stage with a revision on air."""
    with open_store(folder / "state.db") as store:
        made = Stage(folder, store, api)
        made.revise()
        await made.publisher.publish()
        yield made
        made.services.sign_in.close()


def snapshot(screen: str = "main", at_ns: int = NOW_NS, generation: int = 1) -> Snapshot:
    """A player's state: the opening hours, not proof-read, over a link that is down."""
    return Snapshot(
        screen=screen, at_ns=at_ns, started_ns=at_ns - SECOND_NS, pid=7, version="0.1.0", tick=600, fps=60, width=672,
        height=480, missed_ticks=3, lateness_p99_us=120, generation=generation, revision=1, band=1, claim="filler",
        kind="playlist", notice="gio-mo-cua", title="Giờ mở cửa", language="vi", proofread=False, page=1, pages=1,
        entered_ns=at_ns, until_ns=at_ns + 8 * SECOND_NS, because=Because("filler", ("fallback",), "band"),
        watts=1234.5, sink="memory", health=Health(LinkState.DOWN, "plug the cable in", 10), warnings=("no clock",),
    )  # fmt: skip
