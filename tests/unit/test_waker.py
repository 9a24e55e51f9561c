"""The waker's end, also while a call is just under way."""

import threading

import pytest

from playout.engine.waker import Waker


class StopsItsWaker:
    """Something to call that ends the waker which calls it."""

    def __init__(self) -> None:
        self.waker = Waker(self.stop)
        self.called = threading.Event()

    def stop(self, _at_ns: int) -> None:
        self.waker.stop()
        self.called.set()


def test_stopped_while_a_call_is_under_way_it_ends_quietly(monkeypatch: pytest.MonkeyPatch) -> None:
    failures: list[threading.ExceptHookArgs] = []
    monkeypatch.setattr(threading, "excepthook", failures.append)
    for _ in range(30):
        stopping = StopsItsWaker()
        stopping.waker.wake_before(1)
        assert stopping.called.wait(10)
        for thread in threading.enumerate():
            if thread.name == "APScheduler":
                thread.join(10)
    assert failures == []
