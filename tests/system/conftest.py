"""Signs for system tests, stopped whatever happens."""

from collections.abc import Callable, Generator
from pathlib import Path

import pytest
from system.rig import Sign


@pytest.fixture
def make_sign(tmp_path: Path) -> Generator[Callable[..., Sign], None, None]:
    made: list[Sign] = []

    def make(screens: str, env: dict[str, str] | None = None) -> Sign:
        folder = tmp_path / f"sign{len(made)}"
        folder.mkdir()
        made.append(Sign(folder, screens, env))
        return made[-1]

    yield make
    for sign in made:
        sign.stop()
