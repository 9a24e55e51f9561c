"""The wire format of DDP: frames into packets and packets into fields. Pure.

Source: DDP specification of 3waylabs as quoted in FPP, src/channeloutput/DDP.cpp; values other receivers accept in
WLED, pull request 5547.
"""

import struct
from dataclasses import dataclass

import numpy as np

from playout.errors import ProtocolError
from playout.model.frame import Pixels, Size

__all__ = ["HEADER_BYTES", "RESERVED_DESTINATIONS", "FrameEncoder", "Packet", "decode_packet"]

HEADER_BYTES = 10
RESERVED_DESTINATIONS = frozenset({0, 246, 250, 251, 254, 255})
"""Reserved, JSON control, configuration, status, DMX and everybody: pixels sent to these do harm."""
_HEADER = struct.Struct(">BBBBIH")
"""Flags, sequence, data type, destination, offset in bytes, length in bytes."""
_VERSION_1 = 0x40
_VERSION_BITS = 0xC0
_TIMECODE = 0x10
_STORAGE_REPLY_QUERY = 0x0E
_PUSH = 0x01
_RGB_8_BIT = 0x0B
"""Type RGB (1) of 8 bits (3). Source: DDP specification, data type field `C R TTT SSS`."""
_LAST_SEQUENCE = 15
_BYTES_PER_PIXEL = 3


@dataclass(frozen=True, slots=True)
class Packet:
    """The fields of a packet that carries pixels. Sequence 0 means that it is not numbered."""

    push: bool
    sequence: int
    data_type: int
    destination: int
    offset: int
    payload: bytes


def decode_packet(data: bytes) -> Packet:
    """The fields of one datagram. Raises: ProtocolError if it is no whole DDP version 1 packet of pixels."""
    if len(data) < HEADER_BYTES:
        raise ProtocolError(f"a DDP packet of {len(data)} bytes has no whole header", hint="it takes 10 bytes or more")
    flags, sequence, data_type, destination, offset, length = _HEADER.unpack_from(data)
    if flags & _VERSION_BITS != _VERSION_1:
        raise ProtocolError(f"DDP flags 0x{flags:02x} are not of version 1", hint="look at what else uses this port")
    if flags & _STORAGE_REPLY_QUERY:
        raise ProtocolError(f"DDP flags 0x{flags:02x} are of a query, reply or storage", hint="it carries no pixels")
    start = HEADER_BYTES + (4 if flags & _TIMECODE else 0)
    if len(data) != start + length:
        raise ProtocolError(
            f"a DDP packet of {len(data)} bytes says that it has {start + length}", hint="it was cut or joined"
        )
    return Packet(bool(flags & _PUSH), sequence & 0x0F, data_type, destination, offset, data[start:])


class FrameEncoder:
    """Packets of a whole frame in one buffer whose headers are laid out once; only pixels are copied per frame."""

    def __init__(self, size: Size, pixels_per_packet: int, destination: int) -> None:
        total = size.width * size.height * _BYTES_PER_PIXEL
        payload = pixels_per_packet * _BYTES_PER_PIXEL
        self.packet_bytes = HEADER_BYTES + min(payload, total)
        self.packets = -(-total // payload)
        self._buffer = np.zeros(total + HEADER_BYTES * self.packets, np.uint8)
        whole = total // payload
        rows = self._buffer[: whole * self.packet_bytes].reshape(whole, self.packet_bytes)
        self._bodies = rows[:, HEADER_BYTES:]
        self._tail = self._buffer[whole * self.packet_bytes + HEADER_BYTES :]
        self._sequence = self._buffer[1 :: self.packet_bytes]
        for index in range(self.packets):
            offset = index * payload
            length = min(payload, total - offset)
            # The push stands on the last packet whether or not that one is full: without it receivers never show.
            flags = _VERSION_1 | (_PUSH if offset + length == total else 0)
            at = index * self.packet_bytes
            _HEADER.pack_into(self._buffer.data, at, flags, 0, _RGB_8_BIT, destination, offset, length)

    def encode_frame(self, pixels: Pixels, first_sequence: int = 0) -> memoryview:
        """All packets of a frame, each of `packet_bytes` but the last; valid until the next call.

        The packets are numbered 1 to 15 in a cycle from `first_sequence`; 0 leaves them without numbers.
        """
        flat = pixels.reshape(-1)
        self._bodies[:] = flat[: self._bodies.size].reshape(self._bodies.shape)
        self._tail[:] = flat[self._bodies.size :]
        if first_sequence:
            self._sequence[:] = (np.arange(self.packets) + first_sequence - 1) % _LAST_SEQUENCE + 1
        return self._buffer.data
