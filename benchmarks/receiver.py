"""A receiver of DDP that costs the machine little: bursts as the kernel took them in, each with the kernel's own time.

The player's bursts of datagrams stay together on loopback (UDP_GRO), so that one call takes 16 of them.
"""

import socket
import struct
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from types import TracebackType

import numpy as np

from benchmarks.rig import SIZE
from playout.model.frame import Pixels

FRAME_BYTES = SIZE.width * SIZE.height * 3
_HEADER = struct.Struct(">BBBBIH")
_PUSH = 0x01
_SO_RCVBUFFORCE = 33
"""Source: Linux include/uapi/asm-generic/socket.h; so is the next."""
_SO_TIMESTAMPNS = 35
_UDP_GRO = 104
"""Source: Linux include/uapi/linux/udp.h."""
_BUFFER_BYTES = 32 << 20
_LONGEST = 1 << 16
_PATIENCE_S = 0.1


@dataclass(frozen=True, slots=True)
class Burst:
    """Datagrams of `size` bytes each (the last may be shorter) and when they came in (UTC, ns)."""

    at_ns: int
    data: bytes
    size: int

    @property
    def offset(self) -> int:
        """Where in the frame its first byte belongs."""
        return int(_HEADER.unpack_from(self.data)[4])

    @property
    def is_last(self) -> bool:
        """Whether its last datagram ends a frame."""
        return bool(self.data[(len(self.data) - 1) // self.size * self.size] & _PUSH)

    @property
    def pixels(self) -> bytes:
        """The payload of all its datagrams."""
        parts = range(0, len(self.data), self.size)
        return b"".join([self.data[at + _HEADER.size : at + self.size] for at in parts])


@dataclass(frozen=True, slots=True, eq=False)
class Received:
    """A whole frame, and when its first and its last datagram came in (UTC, ns)."""

    first_ns: int
    last_ns: int
    pixels: Pixels

    @property
    def due_ns(self) -> int:
        """The instant in its timecode: 64 blocks of 10 pixels in the first rows."""
        bits = self.pixels[8, 5 : 5 + 64 * 10 : 10, 1] > 100
        return int.from_bytes(np.packbits(bits).tobytes(), "big")


class Receiver:
    """Takes what comes in on a port of its own. Open it with `with`."""

    def __enter__(self) -> "Receiver":
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        try:
            self._socket.setsockopt(socket.SOL_SOCKET, _SO_RCVBUFFORCE, _BUFFER_BYTES)
        except PermissionError:
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _BUFFER_BYTES)
        self._socket.setsockopt(socket.SOL_SOCKET, _SO_TIMESTAMPNS, 1)
        with suppress(OSError):  # an older kernel gives each datagram by itself, which costs more and is as right
            self._socket.setsockopt(socket.SOL_UDP, _UDP_GRO, 1)
        self._socket.bind(("127.0.0.1", 0))
        self._socket.settimeout(_PATIENCE_S)
        self.port = int(self._socket.getsockname()[1])
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._socket.close()

    def bursts(self, seconds: float) -> Iterator[Burst]:
        """What comes in for so long."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            with suppress(TimeoutError):
                yield self._take()

    def drop(self) -> None:
        """Forgets what has come in so far."""
        self._socket.setblocking(False)
        with suppress(BlockingIOError):
            while True:
                self._socket.recv(_LONGEST)
        self._socket.settimeout(_PATIENCE_S)

    def _take(self) -> Burst:
        data, notes, _, _ = self._socket.recvmsg(_LONGEST, 128)
        at_ns, size = 0, len(data)
        for level, kind, value in notes:
            if (level, kind) == (socket.SOL_SOCKET, _SO_TIMESTAMPNS):
                seconds, ns = struct.unpack("ll", value)
                at_ns = seconds * 10**9 + ns
            elif (level, kind) == (socket.SOL_UDP, _UDP_GRO):
                (size,) = struct.unpack("i", value)
        return Burst(at_ns, data, size)


def frames(bursts: Iterator[Burst]) -> Iterator[Received]:
    """Puts whole frames together; one with a gap is left out."""
    room, filled, first_ns = bytearray(FRAME_BYTES), 0, 0
    for burst in bursts:
        offset, pixels = burst.offset, burst.pixels
        if offset == 0:
            first_ns, filled = burst.at_ns, 0
        elif offset != filled:
            filled = -1
            continue
        room[offset : offset + len(pixels)] = pixels
        filled += len(pixels)
        if burst.is_last and filled == FRAME_BYTES:
            picture = np.frombuffer(bytes(room), np.uint8).reshape(SIZE.height, SIZE.width, 3)
            yield Received(first_ns, burst.at_ns, picture)
