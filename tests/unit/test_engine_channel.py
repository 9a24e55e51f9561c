"""The channel: what cannot be composed is stood in for, and a snapshot always fits."""

import queue
import threading
from collections.abc import Generator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from engine_stage import NOW_NS, REVISION, SITE, SIZE

from playout.clock import SystemClock
from playout.engine.channel import Channel
from playout.engine.preparer import Prepared
from playout.ipc.frames import FramePublisher, FrameReader
from playout.led.pipeline import LedStage
from playout.model.claim import Band, Claim, Content, ContentKind, Stop
from playout.model.frame import Frame, Rect
from playout.model.inputs import Inputs
from playout.model.panel import Panel, Screen
from playout.model.programme import Because
from playout.model.snapshot import Health, Snapshot
from playout.render.compose import Compositor
from playout.render.scene import MovingLine, Scene
from playout.render.slate import draw_slate
from playout.resolve import resolve

WAIT_S = 10
SCREEN = Screen("main", "memory", width=SIZE.width, height=SIZE.height, fps=100)


class FakeOutput:
    def __init__(self) -> None:
        self.frames: queue.Queue[Frame] = queue.Queue()
        self.came: dict[str, Frame] = {}
        self.offsets_ns: dict[int, int] = {}
        """Between a frame's instant and the moment it is to be sent, by tick: the same for all that keep the beat."""
        self.health = Health()
        self.hung_ns = 0

    @property
    def turned_ns(self) -> int:
        return SystemClock().monotonic_ns() - self.hung_ns

    def put(self, frame: Frame, due_ns: int, coming: str = "") -> None:
        if coming:
            self.came[coming] = frame
        self.offsets_ns[frame.tick] = frame.due_ns - due_ns
        self.frames.put(frame)


class FakePreparer:
    warnings = ("something else",)

    @property
    def turned_ns(self) -> int:
        return SystemClock().monotonic_ns()

    def demand(self) -> None: ...

    def look_around(self) -> None: ...


class FakeWaker:
    def wake_before(self, at_ns: int) -> None: ...


class FakeJournal:
    def __init__(self) -> None:
        self.came: list[tuple[Prepared, int, int]] = []
        self.looks: list[Snapshot] = []
        self.warnings = ("the journal waits",)

    def shown(self, on_air: Prepared, tick: int, due_ns: int, deadline_ns: int, health: Health) -> None:
        self.came.append((on_air, tick, due_ns))

    def looked(self, snapshot: Snapshot, due_ns: int, deadline_ns: int) -> None:
        self.looks.append(snapshot)


class Stage:
    def __init__(self, folder: Path) -> None:
        self.output, self.reader = FakeOutput(), FrameReader(folder / "frames")
        self.journal = FakeJournal()
        self.publisher = FramePublisher(folder / "frames", SIZE)
        stage = LedStage(Panel(), SCREEN, SIZE)
        self.channel = Channel(
            SCREEN,
            Compositor(SIZE),
            stage,
            self.output,  # pyright: ignore[reportArgumentType]
            self.publisher,
            (),
            SystemClock(),
        )
        self.thread = threading.Thread(target=self.channel.run, args=(FakePreparer(), None, FakeWaker(), self.journal))

    def play(self, scene: Scene, *claims: Claim) -> None:
        inputs = Inputs("main", SITE, REVISION, claims=claims)
        self.channel.ready(Prepared(inputs, scene.programme, scene, SystemClock().utc_ns(), now=True))


@pytest.fixture
def stage(tmp_path: Path) -> Generator[Stage, None, None]:
    made = Stage(tmp_path)
    with made.publisher:
        made.thread.start()
        yield made
        made.channel.stop()
        made.thread.join(WAIT_S)


def scene(line: MovingLine | None = None, level: int = 99, *claims: Claim) -> Scene:
    programme = resolve(Inputs("main", SITE, REVISION, claims=claims), SystemClock().utc_ns())
    grey = np.full((SIZE.height, SIZE.width, 3), level, np.uint8)
    return Scene(programme, grey, lines=(line,) if line else ())


def test_a_scene_that_cannot_be_composed_is_replaced_by_the_slate_and_the_ticks_go_on(stage: Stage) -> None:
    wrong = MovingLine(Rect(0, 0, 10, 10), np.zeros((99, 99, 3), np.uint8), 0, 60, 0)  # a period of no pixels
    stage.play(scene(wrong))
    frames = [stage.output.frames.get(timeout=WAIT_S) for _ in range(30)]
    ticks = [frame.tick for frame in frames]
    assert ticks == sorted(set(ticks))
    assert np.array_equal(frames[-1].pixels, draw_slate(SIZE))
    snapshot = stage.reader.snapshot()
    assert snapshot is not None
    assert snapshot.warnings[0] == "something else"
    assert "stands in: ZeroDivisionError" in snapshot.warnings[1]
    assert snapshot.warnings[2] == "the journal waits"
    stage.play(scene())
    while not (stage.output.frames.get(timeout=WAIT_S).pixels == 99).all():
        continue


@pytest.mark.parametrize(
    ("band", "stop", "is_early", "is_urgent"),
    [
        (Band.OPERATOR, Stop.NOW, True, True),
        (Band.EMERGENCY, Stop.NOW, True, True),
        (Band.OPERATOR, Stop.ITEM, False, False),
    ],
)
def test_only_what_stops_now_is_sent_before_its_tick(
    stage: Stage, band: Band, stop: Stop, is_early: bool, is_urgent: bool
) -> None:
    claim = Claim("c", (), band, Content(ContentKind.NOTICE, "b"), NOW_NS, 0, stop=stop)
    now = replace(scene(None, 7, claim).programme, claim="c", band=band)
    stage.play(scene())
    first = [stage.output.frames.get(timeout=WAIT_S) for _ in range(3)]
    stage.play(replace(scene(None, 7), programme=now), claim)
    while "c" not in stage.output.came:
        first.append(stage.output.frames.get(timeout=WAIT_S))
    frame = stage.output.came["c"]
    after = [stage.output.frames.get(timeout=WAIT_S) for _ in range(5)]
    assert (frame.pixels == 7).all()
    assert frame.urgent is is_urgent
    assert (stage.output.offsets_ns[frame.tick] != stage.output.offsets_ns[after[-1].tick]) is is_early
    ticks = [each.tick for each in [*first, *after]]
    assert ticks == sorted(set(ticks)), "a frame out of turn takes the number of the tick that stays silent"


def test_a_page_is_never_shown_before_its_time(stage: Stage) -> None:
    first, change_ns = scene(None, 10), SystemClock().utc_ns() + 300_000_000
    second = scene(None, 20)
    stage.play(replace(first, programme=replace(first.programme, until_ns=change_ns)))
    frames = [stage.output.frames.get(timeout=WAIT_S)]
    until_ns = change_ns + 60 * 10**9
    stage.play(replace(second, programme=replace(second.programme, entered_ns=change_ns, until_ns=until_ns)))
    while frames[-1].pixels[0, 0, 0] != 20:
        frames.append(stage.output.frames.get(timeout=WAIT_S))
    assert len(frames) > 3
    assert frames[-2].due_ns < change_ns <= frames[-1].due_ns


def test_while_a_thread_hangs_the_watchdog_is_not_fed(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    said: queue.Queue[str] = queue.Queue()
    monkeypatch.setattr("playout.engine.channel.notify", said.put)
    stage.play(scene())
    while said.get(timeout=WAIT_S) != "WATCHDOG=1":
        continue
    stage.output.hung_ns = 6 * 10**9
    looks = len(stage.journal.looks)
    while len(stage.journal.looks) < looks + 2:  # it looks at its threads just before
        stage.output.frames.get(timeout=WAIT_S)
    said.queue.clear()
    while len(stage.journal.looks) < looks + 6:
        stage.output.frames.get(timeout=WAIT_S)
    assert said.empty()
    stage.output.hung_ns = 0
    assert said.get(timeout=WAIT_S) == "WATCHDOG=1"


def test_a_tick_is_never_sent_twice(stage: Stage) -> None:
    stage.play(scene())
    claims = [
        Claim(f"c{n}", (), Band.EMERGENCY, Content(ContentKind.NOTICE, "b"), NOW_NS + n, 0, stop=Stop.NOW)
        for n in range(40)
    ]
    for number, claim in enumerate(claims):
        stage.play(scene(None, number, claim), claim)
    frames = [stage.output.frames.get(timeout=WAIT_S) for _ in range(5)]
    while not (frames[-1].pixels == 39).all():
        frames.append(stage.output.frames.get(timeout=WAIT_S))
    ticks = [frame.tick for frame in frames]
    assert ticks == sorted(set(ticks))


def test_the_journal_is_told_once_of_what_comes_on_air_and_of_its_first_frame(stage: Stage) -> None:
    scenes = [replace(scene(), base=np.full((SIZE.height, SIZE.width, 3), grey, np.uint8)) for grey in (10, 20, 30)]
    frames: list[Frame] = []
    for each in scenes:
        stage.play(each)
        while not frames or frames[-1].pixels[0, 0, 0] != each.base[0, 0, 0]:
            frames.append(stage.output.frames.get(timeout=WAIT_S))
    frames += [stage.output.frames.get(timeout=WAIT_S) for _ in range(30)]
    assert [on_air.scene for on_air, _, _ in stage.journal.came] == scenes
    first = {int(frame.pixels[0, 0, 0]): (frame.tick, frame.due_ns) for frame in reversed(frames)}
    assert [(tick, due_ns) for _, tick, due_ns in stage.journal.came] == [first[grey] for grey in (10, 20, 30)]
    ticks = [look.tick for look in stage.journal.looks]
    assert len(ticks) > 2
    assert ticks == sorted(set(ticks))


def test_what_counts_from_a_later_time_shows_all_the_same(stage: Stage) -> None:
    """A clock that was set back: the playlist, which counts from when it was issued, will have begun one day."""
    stage.play(scene())
    given = replace(scene(), base=np.full((SIZE.height, SIZE.width, 3), 33, np.uint8))
    stage.play(replace(given, programme=replace(given.programme, entered_ns=2**62)))
    while not (stage.output.frames.get(timeout=WAIT_S).pixels == 33).all():
        continue


def test_a_snapshot_with_too_much_to_say_still_fits(tmp_path: Path) -> None:
    health = Health(detail="ế" * 9000)
    said = Snapshot(
        "main", 1, 1, 1, "0", 1, 60, 32, 8, 0, 0, 0, 0, 0, "c", "slate", "", "", "", None, 0, 0, 0, 0,
        Because("c", tuple(f"override-{number:012}" for number in range(2000)), "band"), 1.5, "memory", health,
        tuple("ស្វាគមន៍" * 100 for _ in range(100)),
    )  # fmt: skip
    with FramePublisher(tmp_path / "frames", SIZE) as publisher:
        publisher.snapshot(said)
        read = FrameReader(tmp_path / "frames").snapshot()
        assert read is not None
        assert replace(read, because=said.because, warnings=said.warnings, health=health) == said
        assert len(read.warnings) == 8
        assert read.because.losers[0] == "override-000000000000"
