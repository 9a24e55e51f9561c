"""Whatever has happened before, a player that is started at this moment shows what the one that ran all along shows."""

import sqlite3
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from oracle import Oracle
from resolve_stage import ORIGIN, REVISION, SCHEDULE, SITE, S, bands, choices, claim, contents

from playout.engine.conditions import PlayerConditions
from playout.ipc.air import Air, inputs, read_air, write_air
from playout.ipc.alive import write_alive
from playout.ipc.local import read_local, write_local
from playout.model.boot import Boot
from playout.model.claim import Band, Claim, Content, ContentKind, Mode, Stop
from playout.model.inputs import Inputs
from playout.model.power import PowerMode, PowerState
from playout.model.recovery import PowerLoss, Recovery
from playout.model.schedule import Revision
from playout.model.trust import ClockTrust
from playout.resolve import resolve, takeover_ns
from playout.resolve.admit import admit
from playout.store import claims as stored

SCHEMA = Path(stored.__file__).parent / "schema" / "0001.sql"


@dataclass
class Host:
    """The clocks of a machine."""

    utc: int = ORIGIN
    boot_began: int = ORIGIN - 5000 * S
    """In time that never steps, as `passed`."""
    passed: int = ORIGIN
    boots: int = 0

    def utc_ns(self) -> int:
        return self.utc

    def boottime_ns(self) -> int:
        return self.passed - self.boot_began

    def monotonic_ns(self) -> int:
        return self.boottime_ns()

    def boot_id(self) -> str:
        return f"boot {self.boots}"

    def go_on(self, seconds: int) -> None:
        self.utc += seconds * S
        self.passed += seconds * S


@dataclass
class World:
    """A machine with a control that admits and publishes, and a player that has run since the boot."""

    folder: Path
    recovery: Recovery = field(default_factory=Recovery)
    host: Host = field(default_factory=Host)
    trust: ClockTrust = field(default_factory=ClockTrust)
    power: PowerState = field(default_factory=PowerState)
    loss: PowerLoss | None = None
    revision: Revision = REVISION
    ids: int = 0

    def __post_init__(self) -> None:
        self.db = sqlite3.connect(":memory:")
        self.db.executescript(SCHEMA.read_text("utf-8"))
        self.air = Air(0, SITE)
        self.folder.mkdir(exist_ok=True)
        write_alive(self.folder, self.host)
        self.publish()
        self.start()

    @property
    def boot(self) -> Boot:
        return Boot(self.host.boot_id(), self.host.utc - self.host.boottime_ns())

    @property
    def local(self) -> Path:
        return self.folder / "local.json"

    def conditions(self) -> PlayerConditions:
        made = PlayerConditions(self.host, self.folder, self.recovery, self.loss)
        made.trust, made.power = self.trust, self.power
        return made

    def fresh(self) -> Inputs:
        """What a player finds that is started now."""
        return inputs(read_air(self.folder), "main", read_local(self.local), SITE).under(self.conditions()())

    def start(self) -> None:
        self.running, self.held = self.conditions(), self.fresh()

    def look_around(self) -> None:
        """What a running player does each second: it takes up new conditions, and nothing else."""
        self.running.trust, self.running.power = self.trust, self.power
        if (now := self.running()) != self.held.conditions:
            self.held = self.held.under(now)

    def take(self) -> None:
        """What it does when it is told of a generation, or of an order at the machine."""
        found = inputs(read_air(self.folder), "main", read_local(self.local), SITE)
        self.held = found.under(self.running())

    def publish(self) -> None:
        before, now = self.air, self.host.utc
        outgoing, takes_over = before.outgoing, before.takes_over_ns
        if before.revision is not None and before.revision.number != self.revision.number:
            outgoing, takes_over = before.revision, takeover_ns([self.fresh()], now)
        elif now >= takes_over + 60 * S:
            outgoing, takes_over = None, 0
        current = stored.current(self.db, now, boot=self.boot)
        self.air = Air(before.generation + 1, SITE, self.revision, outgoing, takes_over, current)
        write_air(self.folder, self.air)

    def order(self, wanted: Claim, later: int, lasts: int) -> None:
        now = self.host.utc
        self.ids += 1
        start = now + later * S
        made = replace(
            wanted,
            id=f"c{self.ids}",
            issued_ns=now,
            start_ns=start,
            expires_ns=start + lasts * S,
        )
        admission = admit(made, self.fresh(), now, wait=True)
        if not admission.is_admitted:
            return
        if admission.renews:
            stored.renew(self.db, admission.claim)
        else:
            stored.add(self.db, admission.claim)
        self.publish()
        self.take()

    def end(self, number: int) -> None:
        current = stored.current(self.db, self.host.utc, boot=self.boot)
        if current:
            stored.end(self.db, current[number % len(current)], self.host.utc, self.boot)
            self.publish()
            self.take()

    def panic(self) -> None:
        made = claim("panic", 0, None, Band.SAFETY, content=Content(ContentKind.BLANK), sticky=True, source="local")
        write_local(self.local, (replace(made, issued_ns=self.host.utc).bound(self.boot),))
        self.take()

    def clear(self) -> None:
        write_local(self.local, ())
        self.take()

    def revise(self) -> None:
        number = self.revision.number + 1
        self.revision = Revision(number, self.host.utc, SCHEDULE, REVISION.notices)
        self.publish()
        self.take()

    def let_pass(self, seconds: int) -> None:
        self.host.go_on(seconds)

    def step(self, seconds: int) -> None:
        self.host.utc += seconds * S

    def doubt(self, trusted: bool) -> None:
        self.trust = ClockTrust(trusted, "" if trusted else "no time server")

    def feed(self, mode: PowerMode) -> None:
        before = self.power.mode if self.power.mode is not PowerMode.UNKNOWN else self.power.before
        self.power = PowerState(mode, False, self.host.boottime_ns(), before)

    def greet(self) -> None:
        write_alive(self.folder, self.host)

    def reboot(self, dark: int) -> None:
        """The host is off for a time; everything in memory is gone."""
        self.host.go_on(dark)
        self.host.boots += 1
        self.host.boot_began = self.host.passed - 20 * S
        self.loss = PowerLoss(20 * S, dark * S)
        self.power = PowerState(PowerMode.MAINS, False)
        self.start()


Action = tuple[Callable[..., None], tuple[Any, ...]]


def doing(method: Callable[..., None], *given: st.SearchStrategy[Any]) -> st.SearchStrategy[Action]:
    """A method of the world with its arguments."""
    return st.tuples(st.just(method), st.tuples(*given))


@st.composite
def wishes(draw: st.DrawFn) -> Claim:
    """What somebody might want."""
    mode = draw(st.sampled_from(Mode))
    return claim(
        "c", 0, None, draw(bands), content=draw(contents), stop=draw(st.sampled_from(Stop)), mode=mode,
        zone=draw(st.sampled_from(["top", "bottom"])) if mode is Mode.OVERLAY else "",
        source=draw(st.sampled_from(["api", "cap"])), sticky=draw(st.booleans()), essential=draw(st.booleans()),
        rank=draw(st.sampled_from([0, 0, 1])),
    )  # fmt: skip


peaceful = st.one_of(
    doing(World.order, wishes(), st.sampled_from([0, 0, 0, 7, 60]), st.sampled_from([20, 90, 600])),
    doing(World.order, wishes(), st.just(0), st.just(600)),
    doing(World.let_pass, st.integers(1, 120)),
    doing(World.let_pass, st.integers(1, 20)),
    doing(World.end, st.integers(0, 5)),
    doing(World.panic),
    doing(World.clear),
    doing(World.greet),
)
anything = st.one_of(
    peaceful,
    peaceful,
    peaceful,
    doing(World.step, st.integers(-7200, 7200)),
    doing(World.feed, st.sampled_from(PowerMode)),
    doing(World.doubt, st.booleans()),
    doing(World.start),
    doing(World.revise),
    doing(World.reboot, st.integers(5, 200)),
)
policies = st.builds(
    Recovery, after_short_loss=choices, after_long_loss=choices, after_link_loss=choices, link_loss_s=st.just(60.0)
)
phases = [phase for phase in Phase if phase is not Phase.explain]  # which traces every line, and takes minutes
quick = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow], phases=phases)


@quick
@given(policies, st.lists(anything, min_size=4, max_size=16))
def test_a_fresh_start_gives_what_runs(policy: Recovery, actions: list[Action]) -> None:
    with tempfile.TemporaryDirectory(dir=_memory()) as folder:
        world = World(Path(folder), policy)
        for act, given_ in actions:
            act(world, *given_)
            world.look_around()
            for after in (0, 1, 17):
                at_ns = world.host.utc + after * S
                fresh = resolve(world.fresh(), at_ns)
                assert resolve(world.held, at_ns) == fresh
            assert fresh.claim == Oracle(world.fresh()).at(at_ns).claim


@quick
@given(st.lists(peaceful, min_size=2, max_size=12), st.integers(5, 200))
def test_a_boot_of_the_host_differs_only_by_what_does_not_return(actions: list[Action], dark: int) -> None:
    with tempfile.TemporaryDirectory(dir=_memory()) as one, tempfile.TemporaryDirectory(dir=_memory()) as other:
        booted, ran = World(Path(one)), World(Path(other))
        for act, given_ in actions:
            act(booted, *given_)
            act(ran, *given_)
        booted.reboot(dark)
        ran.let_pass(dark)
        boot_ns = booted.boot.utc_ns(0)
        returns = tuple(
            each
            for each in ran.held.claims
            if each.sticky or each.start_ns >= boot_ns  # a panic blank is sticky; what was still to come is not old
        )
        expected = replace(ran.held, claims=returns)
        for after in (0, 30, 300):
            at_ns = booted.host.utc + after * S
            came, meant = resolve(booted.held, at_ns), resolve(expected, at_ns)
            assert (came.claim, came.page, came.overlays, came.kind) == (
                meant.claim, meant.page, meant.overlays, meant.kind
            )  # fmt: skip
            assert {*came.because.on_air} <= {each.id for each in returns} | {"filler", "fallback"} | {
                f"daypart {each.id}" for each in SCHEDULE.dayparts
            }


def _memory() -> Path | None:
    """A folder that needs no disk, where there is one."""
    return shared if (shared := Path("/dev/shm")).is_dir() else None
