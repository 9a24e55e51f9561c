"""What can be told without the programs running: checks before anything is on the wall, and pictures of any instant."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from playout.check.airtime import check_parity
from playout.check.certificate import check_certificate
from playout.check.finding import Finding, Severity
from playout.clock import SECOND_NS, Clock, SystemClock
from playout.config import Config, screen_size
from playout.errors import ConfigError, ContentError, PlayoutError, StoreError
from playout.intake import Intake, SuppliedPictures
from playout.ipc.air import inputs, read_air
from playout.ipc.conditions import conditions_of
from playout.ipc.frames import FrameReader
from playout.ipc.local import read_local
from playout.led.pipeline import LedStage
from playout.model.frame import Mix, Pixels, Rect
from playout.model.inputs import Inputs
from playout.model.panel import Screen
from playout.model.schedule import Revision, Schedule
from playout.paths import Paths
from playout.registry import build_sink
from playout.render.compose import Compositor
from playout.render.scene import SceneBuilder
from playout.resolve import resolve
from playout.store import open_store, revisions
from playout.store.files import Draft, read_folder
from playout.text.engine import TextEngine
from playout.text.selftest import selftest
from playout.vetting import load_vetted_fonts

__all__ = [
    "Artist",
    "Checked",
    "ScreenAirtime",
    "check_all",
    "check_installation",
    "current_inputs",
    "current_schedule",
]

_DAY_NS = 24 * 3600 * SECOND_NS


def current_inputs(config: Config, paths: Paths, screen: Screen) -> Inputs:
    """The inputs of a screen as its player has them.

    Before control has run: what was imported for it, else the shipped schedules. Raises: StoreError, ScheduleError.
    """
    local = read_local(paths.local(screen.id))
    conditions = conditions_of(FrameReader(paths.frames(screen.id)).snapshot(), SystemClock(), config.recovery)
    air = read_air(paths.air)
    if air is not None:
        return inputs(air, screen.id, local, config.site).under(conditions)
    revision = _imported(paths)
    if revision is None:
        draft = Intake(config, paths).settle(read_folder(paths.schedules))
        revision = Revision(0, 0, draft.schedule, draft.notices)
    return Inputs(screen.id, config.site, revision, claims=local).under(conditions)


def current_schedule(paths: Paths) -> Schedule:
    """The schedule on air; before control has run what was imported for it, else the shipped one."""
    air = read_air(paths.air)
    revision = air.revision if air is not None else _imported(paths)
    return revision.schedule if revision is not None else read_folder(paths.schedules).schedule


def _imported(paths: Paths) -> Revision | None:
    """The newest revision in the store; None where there is none. Raises: StoreError."""
    if not paths.database.exists():
        return None
    with open_store(paths.database) as store, store.read() as db:
        record = revisions.latest(db)
    return None if record is None else record.revision


class Artist:
    """Draws what a screen shows at any instant, from the inputs its player has now. Raises: ContentError."""

    def __init__(self, config: Config, paths: Paths, screen: Screen) -> None:
        self._size = screen_size(config.panel, screen)
        self._inputs = current_inputs(config, paths, screen)
        zone, engine = ZoneInfo(config.site.timezone), TextEngine(load_vetted_fonts(paths.fonts, paths.fonts_tried))
        supplied = read_folder(paths.schedules).pictures if not self._inputs.generation else dict[str, Path]()
        pictures = SuppliedPictures(paths.media, supplied)
        self._builder = SceneBuilder(self._size, screen.fps, zone, engine, pictures)
        self._stage = LedStage(config.panel, screen, self._size)

    def picture(self, at_ns: int) -> Pixels:
        """The picture at an instant (UTC ns), RGB, before the LED stage."""
        return self._compose(at_ns)[0].picture()

    def wire(self, at_ns: int) -> Pixels:
        """The picture at an instant (UTC ns) as it goes on the wire."""
        compositor, dirty = self._compose(at_ns)
        return self._stage.apply(compositor.canvas, dirty).copy()

    def _compose(self, at_ns: int) -> tuple[Compositor, list[Rect | Mix]]:
        compositor = Compositor(self._size)
        scene = self._builder.build(resolve(self._inputs, at_ns), self._inputs, at_ns)
        self._stage.dim(scene.programme.luminance)
        return compositor, compositor.compose(scene, at_ns)


@dataclass(frozen=True, slots=True)
class ScreenAirtime:
    """One language on one screen in the 24 hours to come: seconds shown, and the longest absence."""

    screen: str
    language: str
    shown_s: float
    longest_gap_s: float


@dataclass(frozen=True, slots=True)
class Checked:
    """Everything that was found, how far each notice is read in each language, and each language's airtime."""

    findings: tuple[Finding, ...]
    legible_to_m: tuple[tuple[str, Mapping[str, float]], ...] = ()
    airtime: tuple[ScreenAirtime, ...] = ()


def check_all(config: Config, paths: Paths, folder: Path, clock: Clock) -> Checked:
    """Everything that can be wrong before it is on the wall: drivers, fonts, schedules, pictures, folders."""
    found = list(check_installation(config, paths, clock))
    try:
        draft = read_folder(folder)
    except PlayoutError as error:
        return Checked((*found, *(_error("schedule", str(folder), line) for line in str(error).splitlines())))
    try:
        intake = Intake(config, paths, clock)
    except ContentError:  # no fonts: told with the installation
        return Checked((*found, *_compare(draft, paths)))
    draft = intake.settle(draft)
    judged = intake.check(draft)
    shown: list[ScreenAirtime] = []
    for given, times in intake.airtimes(draft, clock.utc_ns(), clock.utc_ns() + _DAY_NS):
        found += check_parity(given, times)
        shown += [ScreenAirtime(given.screen, each.language, each.shown_s, each.longest_gap_s) for each in times]
    return Checked((*found, *judged.findings, *_compare(draft, paths)), judged.legible_to_m, tuple(shown))


def check_installation(config: Config, paths: Paths, clock: Clock) -> Iterator[Finding]:
    """What keeps the programs from starting: drivers and their options, fonts, the state folder."""
    for screen in config.screens:
        try:
            build_sink(screen, screen_size(config.panel, screen), lambda: False)
            LedStage(config.panel, screen, screen_size(config.panel, screen))
        except ConfigError as error:
            yield from (_error("config", f"screens.{screen.id}", line, error.hint) for line in error.problems)
    try:
        fonts = load_vetted_fonts(paths.fonts, paths.fonts_tried)
        selftest(fonts)
    except ContentError as error:
        yield _error("fonts", str(paths.fonts), error.message, error.hint)
    yield from _check_certificate(config, clock)
    yield from _check_state(paths, clock)


def _check_certificate(config: Config, clock: Clock) -> Iterator[Finding]:
    """The certificate of the API, where it has one."""
    api = config.api
    if not api.certificate:
        return
    from playout.authority import read_certificate  # noqa: PLC0415 -- the library behind it is large

    try:
        certificate = read_certificate(Path(api.certificate), Path(api.key))
    except ConfigError as error:
        yield _error("certificate", "api.certificate", error.message, error.hint)
    else:
        yield from check_certificate(certificate, api, clock.utc_ns())


def _compare(draft: Draft, paths: Paths) -> Iterator[Finding]:
    """Says when the files are not what is on air."""
    air = read_air(paths.air)
    stored = air.revision if air is not None else _imported(paths)
    if stored is not None and (stored.schedule != draft.schedule or dict(stored.notices) != dict(draft.notices)):
        yield Finding(
            "store.differs", Severity.WARNING, str(paths.state),
            f"the files differ from revision {stored.number}, the newest of the sign",
            "`playout import` makes them the next revision; or leave them if the store is right",
        )  # fmt: skip


def _check_state(paths: Paths, clock: Clock) -> Iterator[Finding]:
    folder = next(path for path in (paths.state, *paths.state.parents) if path.exists())
    probe_file = folder / f".playout-check-{clock.monotonic_ns()}"
    try:
        probe_file.touch()
        probe_file.unlink()
    except OSError as error:
        problem = StoreError(f"{folder}: cannot be written: {error.strerror}")
        yield _error("state", str(paths.state), str(problem), "correct its owner, or give another with --state")


def _error(code: str, where: str, message: str, remedy: str = "") -> Finding:
    return Finding(code, Severity.ERROR, where, message, remedy)
