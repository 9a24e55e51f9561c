"""The supervisor: a program that cannot be started keeps no other from playing."""

import os
import signal
import sys
from pathlib import Path

from playout.clock import SystemClock
from playout.daemon import Program, supervise


def test_a_program_that_cannot_be_started_does_not_end_the_others(tmp_path: Path) -> None:
    handlers = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    missing = Program("missing", [str(tmp_path / "nowhere")])
    other = Program("other", [sys.executable, "-c", "import time; time.sleep(60)"])
    try:
        supervise([missing, other], SystemClock(), lambda: os.kill(os.getpid(), signal.SIGTERM))
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)
    assert missing.process is None
    assert missing.due_ns > 0
    assert other.process is not None
    assert other.process.returncode == -signal.SIGTERM
