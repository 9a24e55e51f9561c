"""UDP: many datagrams in one call where the kernel can cut them itself, one call each where it cannot."""

import errno
import fcntl
import ipaddress
import socket
import struct
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from playout.errors import LinkError

__all__ = ["UdpLink"]

_UDP_SEGMENT = 103
"""Socket option: size of the datagrams that a longer send is cut into. Source: Linux include/uapi/linux/udp.h."""
_MAX_SEGMENTS = 64
"""Datagrams in one such call. Source: Linux include/linux/udp.h, UDP_MAX_SEGMENTS of every kernel that has it."""
_MAX_BYTES = 65_507
"""Largest UDP payload over IPv4: 65,535 less 20 of IP and 8 of UDP. Source: RFC 768, RFC 791."""
_SIOCGIFADDR = 0x8915
"""Address of a network interface. Source: netdevice(7)."""
_CANNOT_SEGMENT = frozenset({errno.EIO, errno.EINVAL, errno.ENOTSUP, errno.EOPNOTSUPP})
"""What the kernel answers where the device below cannot check-sum. Source: Linux net/ipv4/udp.c, udp_send_skb."""
_HINTS = {
    errno.ENETUNREACH: "no route: check the cable and the address of this host",
    errno.EHOSTUNREACH: "nobody answers there: check the cable and that the device is on",
    errno.ENETDOWN: "the network interface is down: bring it up",
    errno.EACCES: "the system forbids it: check the firewall, and that the address is no broadcast address",
    errno.EPERM: "the system forbids it: check the firewall",
    errno.EMSGSIZE: "the datagram is too long for the path: send fewer pixels in one",
    errno.ENOBUFS: "the interface takes no more: check the speed of the link",
}


class UdpLink:
    """Datagrams to one address. Its socket is not connected, so a peer that does not listen is no failure."""

    def __init__(
        self,
        host: str,
        port: int,
        *,
        segments: bool = True,
        make_socket: Callable[[int], socket.socket] = lambda family: socket.socket(family, socket.SOCK_DGRAM),
    ) -> None:
        self._host = host
        self._port = port
        self._may_segment = segments
        self._make_socket = make_socket
        self._socket: socket.socket | None = None
        self._target: tuple[Any, ...] = (host, port)
        self._segment_size = 0

    def open(self) -> None:
        """Looks the address up and opens the socket. Raises: LinkError."""
        self.close()
        try:
            found = socket.getaddrinfo(self._host, self._port, type=socket.SOCK_DGRAM)
            family, _, _, _, self._target = found[0]
            self._socket = self._make_socket(family)
        except OSError as error:
            raise LinkError(
                f"udp {self._host}:{self._port} cannot be opened: {error.strerror}",
                hint="check the address, and the name service if it is a name",
            ) from error

    def send_burst(self, data: memoryview, segment_size: int) -> int:
        """Sends `data` cut into datagrams of `segment_size` bytes; returns their number. Raises: LinkError."""
        if self._socket is None:
            raise LinkError(f"udp {self._host}:{self._port} is closed", hint="open it first")
        try:
            if self._may_segment:
                self._send_segmented(self._socket, data, segment_size)
            else:
                self._send_each(self._socket, data, segment_size)
        except OSError as error:
            raise LinkError(
                f"udp {self._host}:{self._port} cannot be sent to: {error.strerror}",
                hint=_HINTS.get(error.errno or 0, "check the network"),
            ) from error
        return -(-len(data) // segment_size)

    def bits_per_second(self) -> float:
        """Speed of the interface that leads to the host, as its driver states it; infinite where none is stated."""
        with suppress(OSError, ValueError):
            name = _interface_towards(self._target)
            speed = float(Path(f"/sys/class/net/{name}/speed").read_text(encoding="ascii"))
            return speed * 1e6 if speed > 0 else float("inf")
        return float("inf")

    def close(self) -> None:
        """Closes the socket."""
        if self._socket is not None:
            with suppress(OSError):
                self._socket.close()
        self._socket = None
        self._segment_size = 0

    def _send_segmented(self, sock: socket.socket, data: memoryview, segment_size: int) -> None:
        """Lets the kernel cut; from the first refusal on, also in the middle of a burst, cuts here."""
        step = segment_size * max(1, min(_MAX_SEGMENTS, _MAX_BYTES // segment_size))
        sent = 0
        try:
            if segment_size != self._segment_size:
                sock.setsockopt(socket.SOL_UDP, _UDP_SEGMENT, segment_size)
                self._segment_size = segment_size
            while sent < len(data):
                sock.sendto(data[sent : sent + step], self._target)
                sent += step
        except OSError as error:
            if error.errno not in _CANNOT_SEGMENT:
                raise
            self._may_segment = False
            with suppress(OSError):
                sock.setsockopt(socket.SOL_UDP, _UDP_SEGMENT, 0)
            self._send_each(sock, data[sent:], segment_size)

    def _send_each(self, sock: socket.socket, data: memoryview, segment_size: int) -> None:
        for start in range(0, len(data), segment_size):
            sock.sendto(data[start : start + segment_size], self._target)


def _interface_towards(target: tuple[Any, ...]) -> str:
    """Name of the interface whose address the kernel would send from. Raises: OSError or ValueError."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect((str(ipaddress.IPv4Address(target[0])), target[1]))
        own = socket.inet_aton(probe.getsockname()[0])
        for _, name in socket.if_nameindex():
            with suppress(OSError):
                request = struct.pack("256s", name.encode())
                if fcntl.ioctl(probe, _SIOCGIFADDR, request)[20:24] == own:
                    return name
    raise ValueError("no interface has that address")
