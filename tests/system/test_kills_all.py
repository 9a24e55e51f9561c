"""Player, control and media killed at random moments: what was acknowledged stays, and nothing is half applied."""

from collections.abc import Callable
from pathlib import Path

import pytest
from system.killing import FPS, SCREEN, kill_at_random
from system.rig import Sign

KILLS, SEED = 30, 6

pytestmark = [pytest.mark.system, pytest.mark.timeout(600)]


def test_killed_thirty_times(make_sign: Callable[..., Sign], tmp_path: Path) -> None:
    journal = tmp_path / "journal"
    sign = make_sign(SCREEN.format(fps=FPS, journal=journal))
    kill_at_random(sign, tmp_path, journal, KILLS, SEED)
