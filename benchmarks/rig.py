"""A sign of its own for a benchmark, in a folder that goes away, and how machine and figures are told."""

import json
import os
import platform
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from importlib.util import cache_from_source
from pathlib import Path
from types import TracebackType
from typing import Any

import playout
from playout.clock import SystemClock, to_iso
from playout.config import Config, load_config
from playout.ipc.frames import FrameReader
from playout.model.frame import Size
from playout.model.snapshot import Snapshot
from playout.paths import Paths, find_paths, shipped

SIZE, FPS = Size(672, 480), 60
PERIOD_NS = 10**9 // FPS
MEASURED = """
filler = "loop"
filler_layout = "measure"
filler_crawl = "crawl"

[[layouts]]
id = "measure"
zones = [
    { kind = "timecode", height = 0.04, width = 0.95239 },
    { kind = "main", y = 0.04, height = 0.86 },
    { kind = "crawl", y = 0.9, height = 0.1, width = 0.8 },
    { kind = "clock", x = 0.8, y = 0.9, height = 0.1, width = 0.2 },
]

[[playlists]]
id = "loop"
items = [{ notice = "welcome" }, { notice = "landscape-lake" }]
"""
"""A schedule of two shipped notices, each with a picture, in which each frame carries its own instant."""
_CLOCK = SystemClock()
_HERTZ = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Row:
    """One figure: its unit, what the same machine needs at least (`floor`), and what is wanted."""

    what: str
    value: float
    unit: str
    floor: float | None = None
    floor_is: str = ""
    target: float | None = None
    """The figure must not be above it; None where it is only told."""
    note: str = ""


def print_rows(rows: Iterable[Row]) -> None:
    """Prints the figures as a table."""
    print(f"{'figure':50}{'':>10}  {'unit':6}{'floor':>8}{'ratio':>7}{'target':>8}", flush=True)
    for row in rows:
        floor = "" if row.floor is None else f"{row.floor:.1f}"
        ratio = f"{row.value / row.floor:.1f}" if row.floor else ""
        target = "" if row.target is None else f"{row.target:g}"
        verdict = "" if row.target is None else "met" if row.value <= row.target else "MISSED"
        words = "; ".join(filter(None, (row.floor_is and f"floor: {row.floor_is}", row.note)))
        line = f"{row.what:50}{row.value:10.1f}  {row.unit:6}{floor:>8}{ratio:>7}{target:>8} {verdict:7} {words}"
        print(line.rstrip(), flush=True)


def print_machine() -> None:
    """Prints what the figures were measured on, and how busy it was."""
    cpuinfo = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    model = next((line.partition(": ")[2] for line in cpuinfo if line.startswith("model name")), platform.machine())
    is_compiled = Path(cache_from_source(str(playout.__file__))).exists()
    print(f"{to_iso(_CLOCK.utc_ns())[:16]}  {model}, {os.cpu_count()} cores, Linux {platform.release()}", end=", ")
    print(f"Python {platform.python_version()}, bytecode {'kept' if is_compiled else 'not kept'}", end=", ")
    print("load average " + " ".join(f"{load:.1f}" for load in os.getloadavg()), flush=True)


def percentile(values: Sequence[float], percent: float) -> float:
    """The value that so many percent of the values do not exceed."""
    return sorted(values)[min(len(values) - 1, int(len(values) * percent / 100))]


def until(what: str, predicate: Callable[[], Any], timeout_s: float = 60.0) -> Any:
    """Polls until the predicate gives something true. Raises: TimeoutError naming what never came."""
    deadline = time.monotonic() + timeout_s
    while time.monotonic() < deadline:
        if result := predicate():
            return result
        time.sleep(0.01)
    raise TimeoutError(f"not within {timeout_s:g} s: {what}")


def spawn(module: str, *words: str) -> subprocess.Popen[str]:
    """Starts a module of the benchmarks beside this one."""
    return subprocess.Popen([sys.executable, "-m", module, *words], stdout=subprocess.PIPE, text=True)


def result_of(process: subprocess.Popen[str]) -> dict[str, float]:
    """The JSON object that such a module prints at its end."""
    told, _ = process.communicate(timeout=120)
    return dict(json.loads(told))


def cpu_s(pid: int) -> float:
    """CPU that a process has used, in seconds (proc(5), stat: utime and stime)."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _HERTZ


def memory_mib(pid: int, key: str) -> float:
    """`VmRSS` or `VmHWM` of a process in MiB (proc(5), status)."""
    lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{key}:")) / 1024


def _where_it_is_day() -> str:
    """A time zone in which it is about ten in the morning, so that the programme of the day plays at any hour."""
    ahead = 10 - int(_CLOCK.utc_ns() // (3600 * 10**9) % 24)
    return f"Etc/GMT{-ahead:+d}"  # these names count westwards


class Sign:
    """One installation with one DDP screen. Open it with `with`; its programs end with it.

    `schedule` replaces the shipped `schedule.toml`; the notices are the shipped ones.
    """

    def __init__(self, port: int, schedule: str = "") -> None:
        self._ddp_port, self._schedule = port, schedule
        self._running: list[subprocess.Popen[bytes]] = []
        self.token = ""

    def __enter__(self) -> "Sign":
        self._temporary = tempfile.TemporaryDirectory(prefix="playout-bench-")
        self.folder = Path(self._temporary.name)
        with socket.create_server(("127.0.0.1", 0)) as probe:
            self.port = int(probe.getsockname()[1])
        file = self.folder / "playout.toml"
        file.write_text(
            f'[[screens]]\nid = "main"\nsink = "ddp"\nfps = {FPS}\ngamma = 2.2\nluminance = 0.8\n'
            f'options = {{ host = "127.0.0.1", port = {self._ddp_port} }}\n'
            f'[site]\ntimezone = "{_where_it_is_day()}"\n[api]\nport = {self.port}\n',
            encoding="utf-8",
        )
        self.paths: Paths = find_paths(file, self.folder / "state")
        self.config: Config = load_config(file)
        self._reader = FrameReader(self.paths.frames("main"))
        schedules = self.folder / "schedules"
        shutil.copytree(shipped("schedules"), schedules)
        if self._schedule:
            (schedules / "schedule.toml").write_text(self._schedule, encoding="utf-8")
        self.call("import", str(schedules))
        self.token = self.call("token", "create", "benchmark", "--scope", "operate").strip()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
        self._temporary.cleanup()

    def command(self, *words: str) -> list[str]:
        """The command line of `playout WORDS...` for this sign."""
        return [
            sys.executable, "-m", "playout", *words,
            "--config", str(self.paths.config), "--state", str(self.paths.state),
        ]  # fmt: skip

    def call(self, *words: str) -> str:
        """Runs `playout WORDS...` to its end and returns what it printed. Raises: CalledProcessError."""
        return subprocess.run(self.command(*words), check=True, timeout=60, stdout=subprocess.PIPE, text=True).stdout

    def start(self, *words: str) -> subprocess.Popen[bytes]:
        """Starts `playout WORDS...`; of what it logs only errors are let through."""
        env = {**os.environ, "PLAYOUT_LOG": "ERROR"}
        process = subprocess.Popen(self.command(*words), env=env, stdout=subprocess.DEVNULL)
        self._running.append(process)
        return process

    def play(self, pictures: int = 0) -> tuple[subprocess.Popen[bytes], subprocess.Popen[bytes]]:
        """Starts media, control and the player, and waits until it has so many pictures; returns player and control."""
        self.start("media")
        control, player = self.start("control"), self.start("player", "--screen", "main")
        until("the player is on air", self.is_ready)
        until("the pictures have come", lambda: len(list(self.paths.decoded.glob("*.rgb"))) >= pictures)
        time.sleep(2)
        return player, control

    def stop(self) -> None:
        """Ends what this sign started."""
        for process in self._running:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
        for process in self._running:
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self._running.clear()

    def request(self, path: str, body: dict[str, Any] | None = None, method: str = "GET") -> dict[str, Any]:
        """The JSON that the API answers with. Raises: OSError, HTTPError among them."""
        return dict(json.loads(self.read(path, body, method)))

    def read(self, path: str, body: dict[str, Any] | None = None, method: str = "GET") -> bytes:
        """What the API answers with. Raises: OSError, HTTPError among them."""
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        data = None if body is None else json.dumps(body).encode()
        asked = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", data, headers, method=method)
        with urllib.request.urlopen(asked, timeout=10) as answer:
            return bytes(answer.read())

    def is_ready(self) -> bool:
        """Whether the player shows something that control has given it."""
        snapshot = self._reader.snapshot()
        try:
            return snapshot is not None and snapshot.generation > 0 and bool(self.request("/readyz"))
        except OSError:
            return False

    def snapshot(self) -> Snapshot:
        """What the player published last. Raises: RuntimeError."""
        snapshot = self._reader.snapshot()
        if snapshot is None:
            raise RuntimeError("no player has published anything")
        return snapshot
