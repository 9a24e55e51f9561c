"""Sends frames as DDP over UDP, paced inside the frame period.

A burst, not the average rate, overruns the small buffer of a receiver: a whole frame at once into 128 KiB lost four
frames of five, the same frame in bursts of 16 packets lost none.
"""

from collections.abc import Callable
from typing import Annotated

import numpy as np
from annotated_types import Ge, Le, MinLen
from pydantic import field_validator

from playout.driver import Capabilities, DriverSpec, Grade, Latch, Options, Sent
from playout.errors import LinkError
from playout.link.datagram import DatagramLink
from playout.link.pace import MonotonicPace, Pace
from playout.link.udp import UdpLink
from playout.model.frame import Frame, Size
from playout_drivers.ddp.codec import RESERVED_DESTINATIONS, FrameEncoder

__all__ = ["SPEC", "DdpOptions", "DdpSink"]

_SECOND_NS = 1_000_000_000
_BURST_PACKETS = 16
_KEEP_ALIVE_NS = _SECOND_NS
"""Receivers of the WLED family leave the picture after 2.5 s without packets; a lost packet of a still heals in 1 s."""
_LONGEST_SLEEP_NS = 2_000_000
"""How long an urgent frame may have to wait for a look at it."""
_WIRE_OVERHEAD_BYTES = 66
"""UDP 8, IPv4 20, Ethernet 14, check sum, preamble and gap 24. Source: RFC 768, RFC 791, IEEE 802.3 clause 3."""


class DdpOptions(Options):
    """Settings of a DDP screen."""

    host: Annotated[str, MinLen(1)]
    """Name or address of the receiver."""
    port: Annotated[int, Ge(1), Le(65535)] = 4048
    """UDP port it listens on."""
    destination: Annotated[int, Ge(1), Le(249)] = 1
    """Destination id of the pixels in the receiver."""
    pixels_per_packet: Annotated[int, Ge(1), Le(480)] = 480
    """Pixels in one packet; 480 fill an Ethernet frame."""
    sequence: bool = False
    """Whether packets are numbered; 15 numbers are too few for receivers that drop what seems out of order."""
    spread: Annotated[float, Ge(0), Le(0.95)] = 0.75
    """Share of the frame period over which the packets of a frame are spread; 0 sends them at once."""

    @field_validator("destination")
    @classmethod
    def _carries_pixels(cls, destination: int) -> int:
        if destination in RESERVED_DESTINATIONS:
            raise ValueError("this destination is reserved for control; take 1")
        return destination


class DdpSink:
    """One receiver. Shows on push; nothing comes back, so all it can say is *sent*."""

    def __init__(
        self, options: DdpOptions, size: Size, fps: int, is_urgent: Callable[[], bool], link: DatagramLink, pace: Pace
    ) -> None:
        self._name = f"ddp {options.host}:{options.port}"
        self._size = size
        self._numbered = options.sequence
        self._encoder = FrameEncoder(size, options.pixels_per_packet, options.destination)
        self._period_ns = _SECOND_NS // fps
        self._spread_ns = int(options.spread * self._period_ns)
        self._is_urgent = is_urgent
        self._link = link
        self._pace = pace
        self._is_open = False
        self._packets_sent = 0

    def open(self) -> Capabilities:
        """Opens the socket. Raises: LinkError."""
        self._link.open()
        self._is_open = True
        pixel_bytes = self._size.width * self._size.height * 3
        wire_bits = 8 * (pixel_bytes + self._encoder.packets * (10 + _WIRE_OVERHEAD_BYTES))
        return Capabilities(
            size=self._size,
            colour_order=None,
            max_fps=self._link.bits_per_second() / wire_bits,
            latch=Latch.PUSH,
            keep_alive_ns=_KEEP_ALIVE_NS,
            holds_last_frame=False,
        )

    def show(self, frame: Frame, due_ns: int) -> Sent:
        """Sends the packets of a frame, spread from `due_ns` on.

        An urgent frame that waits cuts it short, unless it is urgent itself: one of the two must come through.
        Raises: LinkError.
        """
        return self._send(frame, due_ns)

    def blank(self) -> None:
        """Sends black. Raises: LinkError."""
        black = np.zeros((self._size.height, self._size.width, 3), np.uint8)
        self._send(Frame(-1, 0, black, urgent=True), self._pace.now_ns())

    def close(self) -> None:
        """Closes the socket; the receiver falls back to whatever it does without packets."""
        self._is_open = False
        self._link.close()

    def _send(self, frame: Frame, due_ns: int) -> Sent:
        if not self._is_open:
            raise LinkError(f"{self._name} is closed", hint="open it first")
        encoder = self._encoder
        data = encoder.encode_frame(frame.pixels, self._packets_sent % 15 + 1 if self._numbered else 0)
        burst = _BURST_PACKETS * encoder.packet_bytes if self._spread_ns else len(data)
        first_ns = self._pace.now_ns()
        # A frame that comes late keeps its spread, and a due time that is wrong cannot stall the output.
        start_ns = min(max(due_ns, first_ns), first_ns + self._period_ns)
        packets = sent = 0
        while sent < len(data) and self._wait(start_ns + self._spread_ns * sent // len(data), frame.urgent):
            packets += self._link.send_burst(data[sent : sent + burst], encoder.packet_bytes)
            sent = min(sent + burst, len(data))
        self._packets_sent += packets
        return Sent(frame.tick, packets, sent, first_ns, self._pace.now_ns(), abandoned=sent < len(data))

    def _wait(self, instant_ns: int, urgent: bool) -> bool:
        """Waits until the instant; False as soon as an urgent frame wants this one out of its way."""
        while urgent or not self._is_urgent():
            now_ns = self._pace.now_ns()
            if now_ns >= instant_ns:
                return True
            self._pace.sleep_until(min(instant_ns, now_ns + _LONGEST_SLEEP_NS))
        return False


def _make(options: DdpOptions, size: Size, fps: int, is_urgent: Callable[[], bool]) -> DdpSink:
    return DdpSink(options, size, fps, is_urgent, UdpLink(options.host, options.port), MonotonicPace())


SPEC = DriverSpec(
    name="ddp",
    summary="pixels in UDP packets (DDP), paced",
    grade=Grade.INDEPENDENT,
    evidence="python-led-ddp 1.0.1 parses 300 frames of 672 x 480 whole and in order over loopback",
    options=DdpOptions,
    make=_make,
)
