"""A player whose wall clock a file sets: `player_with_clock.py CLOCK-FILE CONFIG STATE`.

The file says how many seconds the wall clock is off; it is read each time somebody asks.
"""

import sys
from pathlib import Path

from playout.clock import SECOND_NS, SystemClock
from playout.config import load_config
from playout.engine.main import run
from playout.paths import find_paths
from playout.programs import log_to_stderr


class SetClock(SystemClock):
    """The host's clocks, the wall clock moved."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def utc_ns(self) -> int:
        return super().utc_ns() + round(float(self._file.read_text(encoding="ascii")) * SECOND_NS)


if __name__ == "__main__":
    log_to_stderr()
    wall, config, state = map(Path, sys.argv[1:])
    settings = load_config(config)
    sys.exit(run(settings, find_paths(config, state), settings.screens[0].id, SetClock(wall)))
