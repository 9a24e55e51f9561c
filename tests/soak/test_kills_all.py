"""Player, control and media killed again and again: `PLAYOUT_KILLS` times, 1,000 unless it says otherwise."""

import os
from collections.abc import Callable, Generator
from pathlib import Path

import pytest
from system.killing import FPS, SCREEN, kill_at_random
from system.rig import Sign

KILLS = int(os.environ.get("PLAYOUT_KILLS", "1000"))
SEED = int(os.environ.get("PLAYOUT_SEED", "1"))
_A_KILL_S = 15

pytestmark = [pytest.mark.soak, pytest.mark.timeout(600 + KILLS * _A_KILL_S)]


@pytest.fixture
def make_sign(tmp_path: Path) -> Generator[Callable[[str], Sign], None, None]:
    made: list[Sign] = []

    def make(screens: str) -> Sign:
        made.append(Sign(tmp_path, screens))
        return made[-1]

    yield make
    for sign in made:
        sign.stop()


def test_killed_a_thousand_times(make_sign: Callable[[str], Sign], tmp_path: Path) -> None:
    journal = tmp_path / "journal"
    kill_at_random(make_sign(SCREEN.format(fps=FPS, journal=journal)), tmp_path, journal, KILLS, SEED)
