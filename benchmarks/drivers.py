"""CPU time of the drivers at 672 x 480, and what pacing does for a small receiver: `python -m benchmarks.drivers`."""

import multiprocessing
import resource
import socket
import time
from multiprocessing.synchronize import Event

import numpy as np

from playout.link.pace import MonotonicPace
from playout.link.udp import UdpLink
from playout.model.frame import Frame, Size
from playout_drivers.ddp.driver import DdpOptions, DdpSink

SIZE = Size(672, 480)
PACKETS = 672
SECOND_NS = 1_000_000_000


def drain(sock: socket.socket, stop: Event, nap_s: float, count: "multiprocessing.Queue[int]") -> None:
    """A receiver that reads a batch, naps, and at the end says how many datagrams it got."""
    sock.setblocking(False)
    received = 0
    while True:
        try:
            while True:
                sock.recv(2000)
                received += 1
        except BlockingIOError:
            if stop.is_set():
                break
        time.sleep(nap_s)
    count.put(received)


def send(frames: int, fps: int, spread: float, buffer_bytes: int, *, segments: bool = True) -> tuple[float, float]:
    """CPU ms a frame of the sender, and the share of the datagrams that arrived."""
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer_bytes // 2)  # the kernel doubles what it is asked
    sock.bind(("127.0.0.1", 0))
    host, port = sock.getsockname()
    stop = multiprocessing.Event()
    count: multiprocessing.Queue[int] = multiprocessing.Queue()
    receiver = multiprocessing.Process(target=drain, args=(sock, stop, 0.0005, count))
    receiver.start()
    time.sleep(0.2)
    options = DdpOptions(host=host, port=port, spread=spread)
    sink = DdpSink(options, SIZE, fps, lambda: False, UdpLink(host, port, segments=segments), MonotonicPace())
    sink.open()
    pixels = np.random.default_rng(1).integers(0, 256, (480, 672, 3), np.uint8)
    before, due_ns = cpu_s(), time.monotonic_ns()
    for tick in range(frames):
        sink.show(Frame(tick, 0, pixels), due_ns)
        due_ns += SECOND_NS // fps
        time.sleep(max(0, due_ns - time.monotonic_ns()) / SECOND_NS)
    used_ms = (cpu_s() - before) * 1000
    sink.close()
    stop.set()
    arrived = count.get(timeout=30)
    receiver.join()
    sock.close()
    return used_ms / frames, arrived / (frames * PACKETS)


def cpu_s() -> float:
    """User and system time of this process."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def main() -> None:
    """Prints one line for each way of sending."""
    print(f"{'DDP over loopback':44}{'CPU ms/frame':>14}{'arrived':>10}")
    for name, fps, spread, buffer_bytes, segments in (
        ("60 fps, at once, datagram by datagram", 60, 0.0, 1 << 23, False),
        ("60 fps, at once, segmented", 60, 0.0, 1 << 23, True),
        ("60 fps, paced, segmented", 60, 0.75, 1 << 23, True),
        ("60 fps, at once, receiver of 128 KiB", 60, 0.0, 1 << 17, True),
        ("60 fps, paced, receiver of 128 KiB", 60, 0.75, 1 << 17, True),
        ("30 fps, paced, receiver of 128 KiB", 30, 0.75, 1 << 17, True),
    ):
        used_ms, arrived = send(180, fps, spread, buffer_bytes, segments=segments)
        print(f"{name:44}{used_ms:14.2f}{arrived:10.2%}")


if __name__ == "__main__":
    main()
