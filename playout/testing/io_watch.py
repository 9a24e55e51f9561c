"""Sees whether code touches the outside world, through the interpreter's own audit events."""

import sys
import threading
from collections.abc import Generator
from contextlib import contextmanager
from functools import cache

__all__ = ["watch_io"]

_EVENTS = ("open", "socket.", "subprocess.", "os.", "ctypes.dlopen", "shutil.", "glob.", "import", "mmap.")
"""Audit events that mean input or output, by their first letters. Source: Python 3.11 library, audit events table."""


class _Watch:
    """Collects the events of the thread that looks."""

    def __init__(self) -> None:
        self._local = threading.local()

    def hear(self, event: str, _arguments: object) -> None:
        """The audit hook."""
        heard = getattr(self._local, "heard", None)
        if heard is not None and event.startswith(_EVENTS):
            heard.append(event)

    def start(self) -> list[str]:
        """From now on events of this thread are collected in the list."""
        self._local.heard = heard = list[str]()
        return heard

    def stop(self) -> None:
        """Ends it."""
        self._local.heard = None


@cache
def _installed() -> _Watch:
    """The one watch of the process: an audit hook can never be taken out again, so there must not be many."""
    watch = _Watch()
    sys.addaudithook(watch.hear)
    return watch


@contextmanager
def watch_io() -> Generator[list[str]]:
    """The audit events of input and output that this thread causes inside the block."""
    watch = _installed()
    heard = watch.start()
    try:
        yield heard
    finally:
        watch.stop()
