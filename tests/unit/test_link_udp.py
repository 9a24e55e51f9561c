"""UDP over loopback: whole datagrams, with and without the kernel's segmentation."""

import errno
import socket
from collections.abc import Iterator

import pytest

from playout.errors import LinkError
from playout.link.udp import UdpLink


@pytest.fixture
def receiver() -> Iterator[socket.socket]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 22)
        sock.bind(("127.0.0.1", 0))
        sock.settimeout(5)
        yield sock


def received(sock: socket.socket, count: int) -> list[bytes]:
    return [sock.recv(65_535) for _ in range(count)]


@pytest.mark.parametrize("segments", [True, False])
@pytest.mark.parametrize(("size", "length"), [(1450, 1450 * 100), (100, 250), (7, 7 * 64 + 3), (500, 20), (9, 9)])
def test_burst_arrives_as_datagrams_in_order(receiver: socket.socket, segments: bool, size: int, length: int):
    data = bytes(index * 7 % 251 for index in range(length))
    link = UdpLink(*receiver.getsockname(), segments=segments)
    link.open()
    count = link.send_burst(memoryview(data), size)
    link.close()
    expected = [data[start : start + size] for start in range(0, length, size)]
    assert count == len(expected)
    assert received(receiver, count) == expected


def test_segment_size_may_change_between_bursts(receiver: socket.socket):
    link = UdpLink(*receiver.getsockname())
    link.open()
    for size in (10, 300, 20):
        link.send_burst(memoryview(bytes(300)), size)
    link.close()
    assert [len(data) for data in received(receiver, 30 + 1 + 15)] == [10] * 30 + [300] + [20] * 15


class RefusingSocket(socket.socket):
    """A socket above a device without check-sum offload: it takes the option, and fails the n-th segmented send."""

    def __init__(self, code: int, good_sends: int) -> None:
        super().__init__(socket.AF_INET, socket.SOCK_DGRAM)
        self.code = code
        self.left = good_sends
        self.segment = 0

    def setsockopt(self, level, option, value):  # type: ignore[override]
        if (level, option) == (socket.SOL_UDP, 103):
            self.segment = value
        super().setsockopt(level, option, value)

    def sendto(self, data, target):  # type: ignore[override]
        if self.segment and len(data) > self.segment:
            if self.left == 0:
                raise OSError(self.code, "refused")
            self.left -= 1
        return super().sendto(data, target)


@pytest.mark.parametrize("code", [errno.EIO, errno.EINVAL, errno.EOPNOTSUPP])
def test_refused_segmentation_in_mid_burst_loses_and_repeats_nothing(receiver: socket.socket, code: int):
    link = UdpLink(*receiver.getsockname(), make_socket=lambda _family: RefusingSocket(code, good_sends=1))
    data = bytes(index % 251 for index in range(1000 * 130))
    link.open()
    assert link.send_burst(memoryview(data), 1000) == 130
    assert b"".join(received(receiver, 130)) == data
    link.send_burst(memoryview(data[:3000]), 1000)
    assert b"".join(received(receiver, 3)) == data[:3000]
    link.close()


def test_nobody_listening_is_no_failure():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind(("127.0.0.1", 0))
        host, port = sock.getsockname()
    link = UdpLink(host, port)
    link.open()
    for _ in range(20):
        link.send_burst(memoryview(bytes(100)), 10)
    link.close()


def test_failures_name_the_remedy():
    with pytest.raises(LinkError, match="is closed"):
        UdpLink("127.0.0.1", 9).send_burst(memoryview(b"x"), 1)
    broadcast = UdpLink("255.255.255.255", 9)
    broadcast.open()
    with pytest.raises(LinkError, match="no broadcast address"):
        broadcast.send_burst(memoryview(b"x"), 1)
    broadcast.close()
    near = UdpLink("127.0.0.1", 9, segments=False)
    near.open()
    with pytest.raises(LinkError, match="too long for the path"):
        near.send_burst(memoryview(bytes(70_000)), 70_000)
    near.close()


def test_close_at_any_time_and_open_again(receiver: socket.socket):
    link = UdpLink(*receiver.getsockname())
    link.close()
    link.open()
    link.open()
    link.close()
    link.close()
    link.open()
    link.send_burst(memoryview(b"again"), 5)
    link.close()
    assert receiver.recv(10) == b"again"


def test_speed_of_loopback_is_not_stated():
    link = UdpLink("127.0.0.1", 9)
    link.open()
    assert link.bits_per_second() == float("inf")
    link.close()
