"""The preparer: there is always an answer, and no failure ends its thread."""

import queue
from collections.abc import Callable, Generator, Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from engine_stage import NOW_NS, PANIC, REVISION, SITE, SIZE, RunningClock

from playout.engine.preparer import LEAD_NS, Prepared, Preparer
from playout.errors import ContentError
from playout.ipc.air import Air, write_air
from playout.ipc.local import read_local, write_local
from playout.model.claim import ContentKind
from playout.model.inputs import Inputs
from playout.model.panel import Site
from playout.model.programme import Programme
from playout.render.scene import Scene
from playout.render.slate import draw_slate
from playout.resolve import resolve

WAIT_S = 10


class FakeBuilder:
    """Draws everything grey; fails while it is given an error."""

    def __init__(self) -> None:
        self.error: Exception | None = None
        self.foreseen: queue.Queue[Programme] = queue.Queue()

    def foresee(self, programme: Programme) -> None:
        self.foreseen.put(programme)

    def warm(self, inputs: Inputs) -> None: ...

    def build(self, programme: Programme, inputs: Inputs, from_ns: int) -> Scene:
        if self.error is not None:
            raise self.error
        return Scene(programme, np.full((SIZE.height, SIZE.width, 3), 99, np.uint8))


class Stage:
    """A preparer with its surroundings; `next` is what it hands over."""

    def __init__(self, folder: Path) -> None:
        self.builder = FakeBuilder()
        self.making_fails: Exception | None = None
        self.air, self.local = folder / "air", folder / "local-main.json"
        self.clock = RunningClock()
        self.handed: queue.Queue[Prepared] = queue.Queue()
        self.answers: queue.Queue[Mapping[str, object]] = queue.Queue()
        self.preparer = Preparer(
            "main",
            SIZE,
            SITE,
            self.air,
            self.local,
            self._make,
            self.handed.put,
            self.clock,
        )

    def _make(self) -> FakeBuilder:
        if self.making_fails is not None:
            raise self.making_fails
        return self.builder

    def next(self) -> Prepared:
        return self.handed.get(timeout=WAIT_S)

    def hand_over(self, generation: int, site: Site = SITE) -> None:
        write_air(self.air, Air(generation, site, REVISION))

    def reload(self, generation: int) -> Prepared:
        self.preparer.reload(generation, self.answers.put)
        return self.next()


@pytest.fixture
def stage(tmp_path: Path) -> Generator[Stage, None, None]:
    made = Stage(tmp_path)
    made.hand_over(5)
    yield made
    made.preparer.stop()


def is_slate(prepared: Prepared) -> bool:
    return bool(np.array_equal(prepared.scene.base, draw_slate(SIZE)))


def test_the_first_answer_is_the_programme_of_the_moment(stage: Stage) -> None:
    stage.preparer.start()
    first = stage.next()
    assert (first.now, first.inputs.generation, first.programme.claim) == (True, 5, "filler")
    assert (first.scene.base == 99).all()


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (ContentError("no font", hint="install it"), "no font (install it)"),
        (KeyError("x"), "KeyError('x') (see the log"),
    ],
)
def test_without_a_builder_the_slate_stands_in_until_there_is_one(stage: Stage, error: Exception, told: str) -> None:
    stage.making_fails = error
    stage.preparer.start()
    first = stage.next()
    assert is_slate(first)
    assert told in first.scene.findings[0]
    stage.making_fails = None
    stage.preparer.demand()
    assert (stage.next().scene.base == 99).all()


def test_black_stays_black_when_nothing_can_be_drawn(stage: Stage) -> None:
    write_local(stage.local, (PANIC,))
    stage.making_fails = ContentError("no font")
    stage.preparer.start()
    first = stage.next()
    assert first.programme.kind is ContentKind.BLANK
    assert not first.scene.base.any()


def test_a_scene_that_fails_now_gives_the_slate_and_one_that_is_not_due_yet_is_tried_again_then(stage: Stage) -> None:
    stage.preparer.start()
    first = stage.next()
    stage.builder.error = ZeroDivisionError()
    stage.preparer.prepare(first.programme.until_ns)
    stage.preparer.demand()
    second = stage.next()
    assert second.now, "what failed ahead of its time was handed over"
    assert is_slate(second)
    stage.builder.error = None
    stage.preparer.demand()
    assert (stage.next().scene.base == 99).all()


def test_where_nothing_can_be_resolved_the_slate_shows_and_orders_at_the_machine_hold(stage: Stage) -> None:
    stage.hand_over(6, replace(SITE, timezone="Mars/Olympus"))
    stage.preparer.start()
    first = stage.next()
    assert first.programme.kind is ContentKind.SLATE
    assert "cannot be told" in stage.preparer.warnings[0]
    stage.preparer.claim_locally((PANIC,), stage.answers.put)
    while stage.next().programme.kind is not ContentKind.BLANK:
        continue
    assert stage.answers.get(timeout=WAIT_S)["ok"]
    stage.hand_over(7)
    stage.preparer.claim_locally((), stage.answers.put)
    stage.preparer.reload(7, stage.answers.put)
    while stage.next().programme.claim != "filler":
        continue
    assert stage.preparer.warnings == ()


def test_a_damaged_generation_never_brings_back_an_older_one(stage: Stage) -> None:
    stage.hand_over(6)
    stage.preparer.start()
    assert stage.next().inputs.generation == 6
    newest = max(stage.air.glob("*.json"))
    newest.write_bytes(newest.read_bytes()[:20])
    assert stage.reload(6).inputs.generation == 6
    assert stage.reload(7).inputs.generation == 6
    for file in stage.air.glob("*.json"):
        file.unlink()
    stage.hand_over(1)
    assert stage.reload(1).inputs.generation == 1, "control began anew"


def test_what_could_not_be_saved_is_on_air_and_told(stage: Stage) -> None:
    stage.local.mkdir()
    stage.preparer.start()
    stage.next()
    stage.preparer.claim_locally((PANIC,), stage.answers.put)
    assert stage.next().programme.kind is ContentKind.BLANK
    answer = stage.answers.get(timeout=WAIT_S)
    assert answer["ok"]
    assert "cannot be written" in str(answer["not_saved"])
    assert "NOT SAVED" in stage.preparer.warnings[0]
    stage.local.rmdir()
    stage.preparer.claim_locally((PANIC,), stage.answers.put)
    assert "not_saved" not in stage.answers.get(timeout=WAIT_S)
    assert stage.preparer.warnings == ()
    assert read_local(stage.local) == (PANIC,)


def test_a_damaged_file_of_local_claims_is_told(stage: Stage) -> None:
    write_local(stage.local, (PANIC,))
    stage.local.write_bytes(stage.local.read_bytes()[:30])
    stage.preparer.start()
    assert stage.next().programme.claim == "filler"
    assert "a panic or fallback ordered at this machine may be lost" in stage.preparer.warnings[0]


def test_what_comes_next_comes_along_with_new_inputs_that_change_nothing(stage: Stage) -> None:
    stage.clock.now_ns = resolve(Inputs("main", SITE, REVISION), NOW_NS).until_ns - LEAD_NS + 1
    stage.preparer.start()
    first = stage.next()
    assert first.following is None, "the first picture waits for nothing"
    second = stage.reload(6)
    assert second.scene is first.scene
    assert second.following is not None
    assert second.following.inputs is second.inputs
    assert second.following.programme == resolve(second.inputs, second.programme.until_ns)
    stage.preparer.claim_locally((PANIC,), stage.answers.put)
    assert stage.next().following is None, "what changes the picture waits for nothing"


def test_those_who_asked_while_it_was_busy_are_answered_together(stage: Stage) -> None:
    for generation in (3, 4, 5):
        stage.preparer.reload(generation, stage.answers.put)
    stage.preparer.start()
    first, taken = stage.next(), stage.next()
    assert first.answered is None
    assert taken.answered is not None
    taken.answered({"ok": True})
    assert stage.answers.qsize() == 3
    stage.preparer.demand()
    assert stage.next().answered is None, "the generation was taken up once"


def test_pictures_of_what_comes_later_are_asked_for(stage: Stage) -> None:
    stage.preparer.start()
    stage.next()
    stage.preparer.demand()
    second = stage.next()
    first, later = (stage.builder.foreseen.get(timeout=5) for _ in range(2))
    assert first.entered_ns >= second.programme.until_ns
    assert later.entered_ns > second.programme.until_ns


def test_a_receiver_that_raises_does_not_end_the_thread(tmp_path: Path) -> None:
    handed: queue.Queue[Prepared] = queue.Queue()
    left = [RuntimeError("the channel is not there yet")] * 2

    def ready(prepared: Prepared) -> None:
        if left:
            raise left.pop()
        handed.put(prepared)

    make: Callable[[], FakeBuilder] = FakeBuilder
    write_air(tmp_path / "air", Air(1, SITE, REVISION))
    preparer = Preparer("main", SIZE, SITE, tmp_path / "air", tmp_path / "local", make, ready, RunningClock())
    preparer.start()
    for _ in range(3):
        preparer.demand()
    assert handed.get(timeout=WAIT_S).from_ns == NOW_NS
    preparer.stop()
