"""Control's sign of life: a small file beside the air files, by which players tell how long control has been silent.

It outlives a restart of a player, so that a fresh one knows the same. It counts in the boot in which it was written.
"""

import contextlib
from pathlib import Path

from playout.clock import SECOND_NS, Clock

__all__ = ["EVERY_S", "SILENT_NS", "read_alive", "write_alive"]

EVERY_S = 5
"""How often control writes it."""
SILENT_NS = 3 * EVERY_S * SECOND_NS
"""After so long without it control is lost."""
_NAME = "control.alive"


def write_alive(air: Path, clock: Clock) -> None:
    """Says that control lives. A disk that cannot be written is told by those who store something on it."""
    temporary = air / f".{_NAME}"
    with contextlib.suppress(OSError):
        temporary.write_text(f"{clock.boot_id()} {clock.boottime_ns()}\n", "ascii")
        temporary.replace(air / _NAME)


def read_alive(air: Path, boot_id: str) -> int:
    """CLOCK_BOOTTIME at which control last lived in this boot; 0 where it never did."""
    try:
        boot, at_ns = (air / _NAME).read_text("ascii").split()
        return int(at_ns) if boot == boot_id else 0
    except (OSError, ValueError):
        return 0
