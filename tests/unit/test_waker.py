"""The waker's end, also while a call is just under way."""

import threading

import pytest

from playout.clock import SystemClock
from playout.engine.waker import Waker


class StopsItsWaker:
    """Something to call that ends the waker which calls it."""

    def __init__(self) -> None:
        self.waker = Waker(self.stop, SystemClock())
        self.called = threading.Event()

    def stop(self, _at_ns: int) -> None:
        self.waker.stop()
        self.called.set()


def test_stopped_while_a_call_is_under_way_it_ends_quietly(monkeypatch: pytest.MonkeyPatch) -> None:
    failures: list[threading.ExceptHookArgs] = []
    monkeypatch.setattr(threading, "excepthook", failures.append)
    for _ in range(30):
        stopping = StopsItsWaker()
        stopping.waker.wake_before(SystemClock().utc_ns() + 5_020_000_000)  # the scheduler's, in 20 ms
        assert stopping.called.wait(10)
        for thread in threading.enumerate():
            if thread.name == "APScheduler":
                thread.join(10)
    assert failures == []


def test_what_is_near_is_called_at_once_every_time() -> None:
    called: list[int] = []
    waker = Waker(called.append, SystemClock())
    for at_ns in range(100):
        waker.wake_before(at_ns)
    assert called == list(range(100))
