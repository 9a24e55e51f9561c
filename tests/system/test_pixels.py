"""From a schedule to pixels on the wire: what a receiver gets is what `render --at` draws for the same instant."""

import socket
import threading
import time
from collections.abc import Callable, Generator
from itertools import dropwhile
from pathlib import Path

import numpy as np
import pytest
from ddp.packet import Packet
from system.rig import Sign, until, write_schedule
from virtual_display import Display, start_display

from playout.model.frame import Pixels, Size
from playout.preflight import Artist

WIDTH, HEIGHT, FPS = 672, 480, 60
BYTES = WIDTH * HEIGHT * 3
SO_RCVBUFFORCE = 33
TRIES = 4

pytestmark = pytest.mark.system


def timecode(pixels: Pixels, row: int = 8) -> int:
    """The due time burned into the first and the last rows, from the middles of its 64 blocks of 10 pixels."""
    bits = pixels[row, 5 : 5 + 64 * 10 : 10, 1] > 100
    return int.from_bytes(np.packbits(bits).tobytes(), "big")


class Receiver:
    """Takes datagrams as they come; they are parsed after."""

    def __init__(self) -> None:
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        try:
            self.socket.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 64 << 20)
        except PermissionError:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8 << 20)
        self.socket.bind(("127.0.0.1", 0))
        self.socket.settimeout(0.2)
        self.packets: list[bytes] = []
        self._stop = threading.Event()

    @property
    def port(self) -> int:
        return int(self.socket.getsockname()[1])

    def record(self, seconds: float) -> list[bytes]:
        self.packets.clear()
        self._stop.clear()
        thread = threading.Thread(target=self._run)
        thread.start()
        time.sleep(seconds)
        self._stop.set()
        thread.join()
        return self.packets

    def _run(self) -> None:
        take, keep = self.socket.recv, self.packets.append
        while not self._stop.is_set():
            try:
                keep(take(2048))
            except TimeoutError:
                continue


def frames_of(packets: list[bytes]) -> Generator[Pixels, None, None]:
    """Whole frames, put together by python-led-ddp's own parser."""
    room, filled = bytearray(BYTES), 0
    for received in packets:
        packet = Packet.from_bytes(received)
        header, data = packet.header, packet.data
        assert len(data) == header.length
        if header.offset != filled:
            filled = 0
            if header.offset:
                continue
        room[filled : filled + len(data)] = data
        filled += len(data)
        if header.packet_type.push:
            if filled == BYTES:
                yield np.frombuffer(bytes(room), np.uint8).reshape(HEIGHT, WIDTH, 3)
            filled = 0


def recorded(receiver: Receiver) -> list[tuple[int, Pixels]]:
    """Frames of twelve seconds, each with its due time; the socket held what was sent before, the slate too."""
    since_ns = time.time_ns()  # noqa: TID251 -- a real service with a real clock
    received = [(timecode(frame), frame) for frame in frames_of(receiver.record(12))]
    return list(dropwhile(lambda each: not since_ns < each[0] < since_ns + 10**10, received))


def test_300_moving_frames_by_ddp_are_whole_in_order_and_as_rendered(
    make_sign: Callable[..., Sign], tmp_path: Path
) -> None:
    receiver = Receiver()
    sign = make_sign(
        f'[[screens]]\nid = "main"\nsink = "ddp"\nfps = {FPS}\ngamma = 2.2\nluminance = 0.9\n'
        f'options = {{ host = "127.0.0.1", port = {receiver.port} }}\n'
    )
    assert sign.call("import", str(write_schedule(tmp_path / "schedules"))).returncode == 0
    sign.start("run")
    until("the player is on air", sign.is_ready)
    until("the pictures have come in", lambda: sign.has_decoded(2))
    artist = Artist(sign.config, sign.paths, sign.config.screens[0])
    told: list[str] = []
    for _ in range(TRIES):  # a machine that is held up for a moment misses a tick, which breaks a run of frames
        pictures = recorded(receiver)
        dues = [due for due, _ in pictures]
        assert dues == sorted(set(dues))
        different = [due for due, frame in pictures if not np.array_equal(artist.wire(due), frame)]
        assert different == []
        indexes = [(due * FPS + FPS - 1) // 10**9 for due in dues]
        runs = np.split(np.arange(len(indexes)), np.flatnonzero(np.diff(indexes) != 1) + 1)
        longest = max(runs, key=len)
        told.append(f"{len(pictures)} frames, runs of {[len(run) for run in runs]}")
        if len(longest) >= 300:
            break
    else:
        raise AssertionError("; ".join(told))
    receiver.socket.close()
    moving = [not np.array_equal(pictures[i][1][40:], pictures[i + 1][1][40:]) for i in longest[:299]]
    assert all(moving)


@pytest.fixture
def display(tmp_path: Path) -> Generator[Display, None, None]:
    """A virtual screen of the size of the panel."""
    started = start_display(tmp_path / "x11", Size(WIDTH, HEIGHT))
    yield started
    started.stop()


def test_the_frame_buffer_of_a_display_equals_what_is_rendered(
    make_sign: Callable[..., Sign], tmp_path: Path, display: Display
) -> None:
    sign = make_sign(
        f'[[screens]]\nid = "tv"\nsink = "hdmi"\nfps = {FPS}\noptions = {{ video_driver = "x11" }}\n',
        {"DISPLAY": display.name, "SDL_AUDIODRIVER": "dummy"},
    )
    assert sign.call("import", str(write_schedule(tmp_path / "schedules"))).returncode == 0
    sign.start("run")
    until("the player is on air", sign.is_ready)
    until("the pictures have come in", lambda: sign.has_decoded(2, "tv"))
    whole: dict[int, Pixels] = {}
    deadline = time.monotonic() + 20
    while len(whole) < 150 and time.monotonic() < deadline:
        first, second = display.picture(), display.picture()
        if np.array_equal(first, second) and timecode(second) == timecode(second, HEIGHT - 8):  # not half of a frame
            whole[timecode(second)] = second
    assert len(whole) >= 60
    artist = Artist(sign.config, sign.paths, sign.config.screens[0])
    different = [due for due, picture in whole.items() if not np.array_equal(artist.wire(due), picture)]
    assert different == []
