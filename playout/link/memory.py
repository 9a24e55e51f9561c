"""A datagram link that goes nowhere: it keeps what was sent, and fails when told to."""

from collections.abc import Callable

from playout.errors import LinkError

__all__ = ["MemoryLink"]


class MemoryLink:
    """Keeps every datagram in `sent`. `fail` (looked at before each burst) turns true while the wire is to be cut."""

    def __init__(self, fail: Callable[[], bool] = lambda: False, bits_per_second: float = float("inf")) -> None:
        self.sent: list[bytes] = []
        self.bursts: list[int] = []
        self.is_open = False
        self._fail = fail
        self._bits_per_second = bits_per_second

    def open(self) -> None:
        """Makes ready. Raises: LinkError while the wire is cut."""
        self._check()
        self.is_open = True

    def send_burst(self, data: memoryview, segment_size: int) -> int:
        """Keeps the datagrams and returns their number. Raises: LinkError when closed or cut."""
        self._check()
        if not self.is_open:
            raise LinkError("the link is closed", hint="open it first")
        packets = [bytes(data[start : start + segment_size]) for start in range(0, len(data), segment_size)]
        self.sent += packets
        self.bursts.append(len(packets))
        return len(packets)

    def bits_per_second(self) -> float:
        """The speed it was made with."""
        return self._bits_per_second

    def close(self) -> None:
        """Closes; what was sent stays."""
        self.is_open = False

    def _check(self) -> None:
        if self._fail():
            raise LinkError("the link was cut", hint="it was told to fail")
