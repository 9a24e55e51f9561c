"""DDP: the codec against itself and against other people's parser, and the driver's pacing without waiting."""

import socket
import threading
from collections.abc import Callable
from contextlib import suppress

import numpy as np
import pytest
from ddp.packet import Packet as PeerPacket  # python-led-ddp, written by others
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from playout.driver import Latch
from playout.errors import LinkError, ProtocolError
from playout.link.memory import MemoryLink
from playout.link.pace import MonotonicPace
from playout.link.udp import UdpLink
from playout.model.frame import Frame, Size
from playout.testing.pace import ManualPace
from playout_drivers.ddp.codec import FrameEncoder, decode_packet
from playout_drivers.ddp.driver import DdpOptions, DdpSink

PANEL = Size(672, 480)
PACKETS = 672
PERIOD_NS = 1_000_000_000 // 60


def cut(data: memoryview, size: int) -> list[bytes]:
    return [bytes(data[start : start + size]) for start in range(0, len(data), size)]


@given(
    st.builds(Size, st.integers(1, 70), st.integers(1, 30)),
    st.integers(1, 480),
    st.sampled_from([1, 5, 249]),
    st.integers(0, 15),
    st.randoms(use_true_random=False),
)
def test_frames_survive_the_way_through_packets(size: Size, per_packet: int, destination: int, first: int, random):
    pixels = np.frombuffer(random.randbytes(size.width * size.height * 3), np.uint8).reshape(size.height, size.width, 3)
    encoder = FrameEncoder(size, per_packet, destination)
    packets = [decode_packet(data) for data in cut(encoder.encode_frame(pixels, first), encoder.packet_bytes)]
    assert len(packets) == encoder.packets
    assert b"".join(packet.payload for packet in packets) == pixels.tobytes()
    assert [packet.push for packet in packets] == [False] * (len(packets) - 1) + [True]
    at = 0
    for index, packet in enumerate(packets):
        assert (packet.offset, packet.destination, packet.data_type) == (at, destination, 0x0B)
        assert packet.sequence == ((first - 1 + index) % 15 + 1 if first else 0)
        at += len(packet.payload)


def test_our_panel_is_a_whole_number_of_packets_and_the_last_pushes():
    encoder = FrameEncoder(PANEL, 480, 1)
    packets = cut(encoder.encode_frame(np.zeros((480, 672, 3), np.uint8)), encoder.packet_bytes)
    assert [len(packet) for packet in packets] == [1450] * PACKETS
    assert packets[0][:10] == bytes.fromhex("40 00 0b 01 00000000 05a0")
    assert packets[-1][:10] == b"\x41\x00\x0b\x01" + (671 * 1440).to_bytes(4, "big") + (1440).to_bytes(2, "big")


@given(st.binary(max_size=40))
def test_any_bytes_are_a_packet_or_a_protocol_error(data: bytes):
    with suppress(ProtocolError):
        assert data.endswith(decode_packet(data).payload)


@pytest.mark.parametrize(
    "data",
    [b"", b"\x40" * 9, b"\x80" + bytes(9), b"\x42" + bytes(9), b"\x44" + bytes(9), b"\x40" + bytes(8) + b"\x01"],
    ids=["empty", "short", "version", "query", "reply", "cut"],
)
def test_what_is_no_packet_of_pixels_is_refused(data: bytes):
    with pytest.raises(ProtocolError):
        decode_packet(data)


def test_a_timecode_is_stepped_over():
    packet = decode_packet(b"\x51\x03\x0b\x01" + bytes(4) + b"\x00\x03" + b"time" + b"RGB")
    assert (packet.push, packet.sequence, packet.payload) == (True, 3, b"RGB")


@pytest.mark.parametrize("destination", [0, 246, 249 + 1, 251, 254, 255])
def test_control_destinations_are_refused(destination: int):
    with pytest.raises(ValidationError):
        DdpOptions(host="x", destination=destination)


class Rig:
    """A sink on a link and a clock of its own."""

    def __init__(self, is_urgent: Callable[[], bool] = lambda: False, **options: object) -> None:
        self.link = MemoryLink(bits_per_second=1e9)
        self.pace = ManualPace(now_ns=5_000_000_000)
        self.sink = DdpSink(DdpOptions(host="x", **options), PANEL, 60, is_urgent, self.link, self.pace)  # type: ignore[arg-type]
        self.capabilities = self.sink.open()

    def show(self, tick: int = 1, due_ns: int = 5_000_000_000, *, urgent: bool = False):
        return self.sink.show(Frame(tick, 0, np.full((480, 672, 3), tick, np.uint8), urgent), due_ns)


def test_bursts_are_spread_over_three_quarters_of_the_period():
    rig = Rig()
    sent = rig.show()
    assert rig.link.bursts == [16] * 42
    assert (sent.packets, sent.bytes, sent.abandoned) == (PACKETS, PACKETS * 1450, False)
    assert sent.last_ns - sent.first_ns == pytest.approx(0.75 * PERIOD_NS * 41 / 42, rel=0.001)
    gaps = np.diff([5_000_000_000, *rig.pace.sleeps])
    assert gaps.max() <= 0.75 * PERIOD_NS / 42 + 2


def test_without_spread_everything_goes_at_once():
    rig = Rig(spread=0)
    sent = rig.show()
    assert rig.link.bursts == [PACKETS]
    assert rig.pace.sleeps == []
    assert sent.last_ns == sent.first_ns


@pytest.mark.parametrize(("due_ns", "first_burst_ns"), [(0, 5_000_000_000), (5_000_400_000, 5_000_400_000)])
def test_pacing_starts_at_the_due_instant_and_a_late_frame_keeps_its_spread(due_ns: int, first_burst_ns: int):
    rig = Rig()
    sent = rig.show(due_ns=due_ns)
    assert sent.last_ns == pytest.approx(first_burst_ns + 0.75 * PERIOD_NS * 41 / 42, abs=2)


def test_a_due_instant_far_ahead_does_not_stall_the_output():
    rig = Rig()
    assert rig.show(due_ns=10**18).last_ns < 5_000_000_000 + 2 * PERIOD_NS


def test_an_urgent_frame_cuts_an_older_one_short_but_not_another_urgent_one():
    rig = Rig(is_urgent=lambda: rig.pace.now_ns() > 5_000_000_000 + PERIOD_NS // 4)
    cut_short = rig.show()
    assert cut_short.abandoned
    assert 0 < cut_short.packets < PACKETS // 2
    assert cut_short.bytes == cut_short.packets * 1450
    assert not any(decode_packet(data).push for data in rig.link.sent)
    whole = rig.show(2, urgent=True)
    assert not whole.abandoned
    assert decode_packet(rig.link.sent[-1]).push


def test_an_urgent_frame_does_not_wait_for_the_due_instant_of_an_older_one():
    rig = Rig(is_urgent=lambda: rig.pace.now_ns() >= 5_000_000_000 + 3_000_000)
    sent = rig.show(due_ns=5_000_000_000 + PERIOD_NS)
    assert (sent.packets, sent.abandoned) == (0, True)
    assert sent.last_ns <= 5_000_000_000 + 5_000_000


def test_numbers_run_on_from_frame_to_frame():
    rig = Rig(sequence=True)
    rig.show(1)
    rig.show(2)
    assert [decode_packet(data).sequence for data in rig.link.sent] == [i % 15 + 1 for i in range(2 * PACKETS)]


def test_gigabit_carries_122_frames_a_second():
    capabilities = Rig().capabilities
    assert capabilities.max_fps == pytest.approx(122.7, abs=0.05)
    assert capabilities.latch is Latch.PUSH


def test_blank_is_black_and_whole():
    rig = Rig()
    rig.sink.blank()
    assert len(rig.link.sent) == PACKETS
    assert not any(any(decode_packet(data).payload) for data in rig.link.sent)


def test_a_cut_wire_is_a_link_error():
    link = MemoryLink(fail=lambda: bool(link.sent))
    sink = DdpSink(DdpOptions(host="x"), PANEL, 60, lambda: False, link, ManualPace())
    sink.open()
    with pytest.raises(LinkError):
        sink.show(Frame(1, 0, np.zeros((480, 672, 3), np.uint8)), 0)


def test_other_peoples_parser_reads_300_numbered_frames_whole_and_in_order():
    """Over loopback through the kernel's segmentation; the receiver hands its parser every datagram."""
    frames = 300
    pictures = np.random.default_rng(7).integers(0, 256, (480, 672, 3), np.uint8)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as receiver:
        receiver.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 23)
        receiver.bind(("127.0.0.1", 0))
        receiver.settimeout(20)
        host, port = receiver.getsockname()
        sink = DdpSink(
            DdpOptions(host=host, port=port, spread=0), PANEL, 60, lambda: False, UdpLink(host, port), MonotonicPace()
        )
        sink.open()
        seen = threading.Semaphore(0)

        def send() -> None:
            for tick in range(frames):
                pictures[0, 0] = (tick >> 8, tick & 0xFF, 0)
                sink.show(Frame(tick, 0, pictures), 0)
                seen.acquire(timeout=20)

        sender = threading.Thread(target=send)
        sender.start()
        for tick in range(frames):
            received = bytearray()
            for index in range(PACKETS):
                packet = PeerPacket.from_bytes(receiver.recv(2000))
                header = packet.header
                assert (header.offset, header.length) == (index * 1440, 1440)
                assert header.packet_type.push == (index == PACKETS - 1)
                received += packet.data
            assert (received[0] << 8) + received[1] == tick
            assert received[3:] == pictures.tobytes()[3:]
            seen.release()
        sender.join(20)
        sink.close()
