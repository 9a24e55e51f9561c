"""Player, control and media killed at random moments, while overrides and revisions come and go.

Each override and each revision has a picture of its own, still and without a fade, so that every frame tells by its
checksum what was on air. What was acknowledged must be seen from then on until the next order, whatever is killed in
between; a frame that is none of the known pictures would be one of which only a part was applied.
"""

import json
import os
import random
import re
import signal
import threading
import time
import uuid
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from system.rig import Sign, until

from playout.ipc.air import read_air

KILLS, SEED = 30, 6
SOAK_KILLS = int(os.environ.get("PLAYOUT_KILLS", "1000"))
SOAK_SEED = int(os.environ.get("PLAYOUT_SEED", "1"))
_A_KILL_S = 15
FPS = 20
SCREEN = '[[screens]]\nid = "main"\nsink = "memory"\nfps = {fps}\noptions = {{ journal = "{journal}" }}\n'
PROGRAMS = {"player": ("player", "--screen", "main"), "control": ("control",), "media": ("media",)}
PLAYLIST = '[[playlists]]\nid = "{name}"\nitems = [{{ notice = "{name}", transition = "cut" }}]\n'
NOTICE = """
kind = "text"
title = "{title}"
source = "test"
reading_distance_m = 30
arrange = "stacked"
texts = [{texts}]
"""
NAMES = ("none", "first", "second", "third")
REVISIONS = ("A", "B")
ROW = re.compile(r"(\d+) (\d+) ([0-9a-f]{8})")
SETTLED_NS = 150_000_000
"""Until so long after an answer a frame from before it may still be on its way to the journal."""
PATIENCE_S = 120.0


@dataclass(slots=True)
class Order:
    """An acknowledged override: between these instants (UTC, ns) nothing else may have been on air."""

    name: str
    acknowledged_ns: int
    until_ns: int = 1 << 62


@dataclass(slots=True)
class Work:
    """What two workers do to a sign, and what they were told."""

    sign: Sign
    folder: Path
    moments: random.Random
    stopping: threading.Event = field(default_factory=threading.Event)
    orders: list[Order] = field(default_factory=list)
    live: str = ""
    """The override that was acknowledged last and not ended."""
    imports: int = 0
    failure: BaseException | None = None

    def overrides(self) -> None:
        """One override after the other, each until it is acknowledged; then the one before it is ended."""
        while not self.stopping.is_set():
            shown = self.orders[-1].name if self.orders else ""
            name = self.moments.choice([each for each in NAMES[1:] if each != shown])
            if self.orders:
                self.orders[-1].until_ns = time.time_ns()  # noqa: TID251 -- a real service with a real clock
            made = self._insist("/api/v1/overrides", {"playlist": name, "reason": "test", "stop": "now"}, 201)
            self.orders.append(Order(name, time.time_ns()))  # noqa: TID251
            before, self.live = self.live, made["claim"]["id"]
            if before:
                self._insist(f"/api/v1/overrides/{before}", None, 200, "DELETE")
            self.stopping.wait(self.moments.uniform(0, 0.6))

    def revisions(self) -> None:
        """The two revisions in turns."""
        while not self.stopping.wait(2):
            name = REVISIONS[self.imports % len(REVISIONS)]
            done = self.sign.call("import", str(self.folder / name))
            assert done.returncode == 0, done.stderr
            self.imports += 1

    def _insist(self, path: str, body: dict[str, Any] | None, wanted: int, method: str = "") -> dict[str, Any]:
        """Asks until it is answered as wanted: control may be away, or be killed before it answers."""
        key = {"Idempotency-Key": uuid.uuid4().hex}

        def answer() -> dict[str, Any] | None:
            with suppress(OSError, ValueError):
                status, data = self.sign.ask(path, body, method, key)
                assert status in (wanted, 503), data
                return json.loads(data) if status == wanted else None
            return None

        return until(f"{path} is answered", answer, PATIENCE_S)

    def run(self, *what: str) -> list[threading.Thread]:
        threads = [threading.Thread(target=self._watched, args=(each,), name=each) for each in what]
        for thread in threads:
            thread.start()
        return threads

    def _watched(self, what: str) -> None:
        try:
            getattr(self, what)()
        except BaseException as error:  # noqa: BLE001 -- told by the main thread
            self.failure = error
            self.stopping.set()


def write_revision(folder: Path, revision: str) -> None:
    """A folder of schedule files in which each notice says its own name and the revision's."""
    (folder / "notices").mkdir(parents=True)
    playlists = "".join(PLAYLIST.format(name=name) for name in NAMES)
    (folder / "schedule.toml").write_text(f'filler = "{NAMES[0]}"\n{playlists}', encoding="utf-8")
    for number, name in enumerate(NAMES):
        texts = ", ".join(
            f'{{ language = "{language}", body = "{word} {number} {revision}" }}'
            for language, word in (("vi", "Tin"), ("en", "News"), ("km", "ព័ត៌មាន"))
        )
        text = NOTICE.format(title=f"{name} {revision}", texts=texts)
        (folder / "notices" / f"{name}.toml").write_text(text, encoding="utf-8")


def rows(journal: Path) -> list[tuple[int, int, str]]:
    """Tick, instant and checksum of every frame; a line that a kill has cut short is left out."""
    found = [ROW.fullmatch(line) for line in journal.read_text(encoding="ascii").splitlines()]
    return [(int(row[1]), int(row[2]), row[3]) for row in found if row]


def learn(work: Work, journal: Path) -> dict[str, str]:
    """The checksums of all pictures, each with the name of its notice."""
    sign, pictures = work.sign, dict[str, str]()
    for number, revision in enumerate(REVISIONS):
        if number:
            done = sign.call("import", str(work.folder / revision))
            assert done.returncode == 0, done.stderr
        until("the revision is taken up", lambda number=number: sign.shows(revision=number + 1), PATIENCE_S)
        for name in NAMES:
            claim = ""
            if name != NAMES[0]:
                body = {"playlist": name, "reason": "test", "stop": "now"}
                status, answer = until("it is judged", lambda body=body: _made(sign, body), PATIENCE_S)
                assert status == 201, answer
                claim = answer["claim"]["id"]
            until("it is shown", lambda name=name: sign.shows(notice=name), PATIENCE_S)
            pictures[until("it stands still", lambda: _still(journal))] = name
            if claim:
                assert sign.request(f"/api/v1/overrides/{claim}", method="DELETE")[0] == 200
    assert len(pictures) == len(REVISIONS) * len(NAMES), "two pictures look alike"
    return pictures


def _made(sign: Sign, body: dict[str, Any]) -> tuple[int, dict[str, Any]] | None:
    status, answer = sign.request("/api/v1/overrides", body)
    return None if status == 503 else (status, answer)


def _still(journal: Path) -> str | None:
    """The checksum of the last frames if it is one."""
    last = {crc for _, _, crc in rows(journal)[-FPS // 2 :]}
    return last.pop() if len(last) == 1 else None


def kill_at_random(sign: Sign, folder: Path, journal: Path, kills: int, seed: int) -> None:
    """Kills so many programs, and looks at every frame and every answer that there was."""
    for revision in REVISIONS:
        write_revision(folder / revision, revision)
    work = Work(sign, folder, random.Random(seed))
    done = sign.call("import", str(folder / REVISIONS[0]))
    assert done.returncode == 0, done.stderr
    sign.make_token()
    running = {name: sign.start(*words) for name, words in PROGRAMS.items()}
    until("the sign is on air", sign.is_ready, PATIENCE_S)
    pictures = learn(work, journal)
    first = len(rows(journal))

    threads = work.run("overrides", "revisions")
    for _ in range(kills):
        _wait(work)
        name = work.moments.choice(list(PROGRAMS))
        running[name].send_signal(signal.SIGKILL)
        running[name].wait()
        running[name] = sign.start(*PROGRAMS[name])
        if work.failure is not None:
            break
    until("the sign is on air again", sign.is_ready, PATIENCE_S)
    ordered = len(work.orders)
    until("there is one more order", lambda: work.failure or len(work.orders) > ordered, PATIENCE_S)
    work.stopping.set()
    for thread in threads:
        thread.join(2 * PATIENCE_S)
    if work.failure is not None:
        raise work.failure
    check_frames(rows(journal)[first:], work.orders, pictures)
    check_end(sign, work)


def _wait(work: Work) -> None:
    """Mostly until the sign has done something since the last kill, now and then not even until it has started."""
    if work.moments.random() < 0.8:
        ordered = len(work.orders)
        with suppress(AssertionError):
            until("an order", lambda: work.failure or len(work.orders) > ordered, 30)
        time.sleep(work.moments.uniform(0, 0.3))
    else:
        time.sleep(work.moments.uniform(0, 1))


def check_frames(frames: list[tuple[int, int, str]], orders: list[Order], pictures: dict[str, str]) -> None:
    """Every frame is a whole picture, no tick comes twice, what was acknowledged was on air until the next order."""
    strange = [frame for frame in frames if frame[2] not in pictures]
    assert not strange, f"{len(strange)} frames show none of the pictures, the first {strange[0]}"
    assert all(earlier[0] < later[0] for earlier, later in pairwise(frames)), "a tick was repeated or went back"
    lost: list[tuple[str, str, int]] = []
    for order in orders:
        held = range(order.acknowledged_ns + SETTLED_NS, order.until_ns)
        shown = [(order.name, pictures[crc], due_ns) for _, due_ns, crc in frames if due_ns in held]
        lost += [each for each in shown if each[1] != order.name]
    assert not lost, f"{len(lost)} frames show something else than was acknowledged, the first {lost[0]}"


def check_end(sign: Sign, work: Work) -> None:
    """The store, the air file and the log agree with what was acknowledged."""
    _, answer = sign.request("/api/v1/overrides")
    assert [claim["id"] for claim in answer["overrides"]] == [work.live]
    air = read_air(sign.paths.air)
    assert air is not None
    now_ns = time.time_ns()  # noqa: TID251
    assert [claim.id for claim in air.claims if claim.expires_ns is None or claim.expires_ns > now_ns] == [work.live]
    imported = work.imports + len(REVISIONS)
    until("the last import is on air", lambda: sign.shows(revision=imported))
    _, status = sign.request("/api/v1/status")
    assert not any("damaged" in warning or "missing" in warning for warning in status["warnings"])
    assert not sign.says("Traceback")


@pytest.mark.system
@pytest.mark.timeout(600)
def test_killed_thirty_times(make_sign: Callable[..., Sign], tmp_path: Path) -> None:
    journal = tmp_path / "journal"
    kill_at_random(make_sign(SCREEN.format(fps=FPS, journal=journal)), tmp_path, journal, KILLS, SEED)


@pytest.mark.soak
@pytest.mark.timeout(600 + SOAK_KILLS * _A_KILL_S)
def test_killed_a_thousand_times(make_sign: Callable[..., Sign], tmp_path: Path) -> None:
    journal = tmp_path / "journal"
    kill_at_random(make_sign(SCREEN.format(fps=FPS, journal=journal)), tmp_path, journal, SOAK_KILLS, SOAK_SEED)
