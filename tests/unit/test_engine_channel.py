"""The channel: what cannot be composed is stood in for, and a snapshot always fits."""

import queue
import threading
from collections.abc import Generator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from engine_stage import REVISION, SITE, SIZE

from playout.clock import SystemClock
from playout.engine.channel import Channel
from playout.engine.preparer import Prepared
from playout.ipc.frames import FramePublisher, FrameReader
from playout.led.pipeline import LedStage
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
        self.health = Health()

    @property
    def turned_ns(self) -> int:
        return SystemClock().monotonic_ns()

    def put(self, frame: Frame, due_ns: int) -> None:
        self.frames.put(frame)


class FakePreparer:
    warnings = ("something else",)

    @property
    def turned_ns(self) -> int:
        return SystemClock().monotonic_ns()

    def demand(self) -> None: ...


class FakeWaker:
    def wake_before(self, at_ns: int) -> None: ...


class Stage:
    def __init__(self, folder: Path) -> None:
        self.output, self.reader = FakeOutput(), FrameReader(folder / "frames")
        self.publisher = FramePublisher(folder / "frames", SIZE)
        stage = LedStage(Panel(), SCREEN, SIZE)
        self.channel = Channel(
            SCREEN,
            Compositor(SIZE),
            stage,
            self.output,
            self.publisher,
            (),
            SystemClock(),  # pyright: ignore
        )
        self.thread = threading.Thread(target=self.channel.run, args=(FakePreparer(), None, FakeWaker()))

    def play(self, scene: Scene) -> None:
        inputs = Inputs("main", SITE, REVISION)
        self.channel.ready(Prepared(inputs, scene.programme, scene, SystemClock().utc_ns(), now=True))


@pytest.fixture
def stage(tmp_path: Path) -> Generator[Stage, None, None]:
    made = Stage(tmp_path)
    with made.publisher:
        made.thread.start()
        yield made
        made.channel.stop()
        made.thread.join(WAIT_S)


def scene(line: MovingLine | None = None) -> Scene:
    programme = resolve(Inputs("main", SITE, REVISION), SystemClock().utc_ns())
    grey = np.full((SIZE.height, SIZE.width, 3), 99, np.uint8)
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
    stage.play(scene())
    while not (stage.output.frames.get(timeout=WAIT_S).pixels == 99).all():
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
