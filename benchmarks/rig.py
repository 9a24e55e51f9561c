"""A sign for a benchmark, in a folder that goes away, and how machine and figures are told."""

import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator, Iterable, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import cache_from_source
from pathlib import Path

import playout
from playout.clock import SystemClock, to_iso
from playout.model.frame import Size
from playout.paths import shipped
from tests.system.rig import Sign, until

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


@contextmanager
def measured_sign(port: int, schedule: str = "") -> Generator[Sign, None, None]:
    """A sign with one screen that sends DDP to a port of this machine; its programs and its folder go when it does.

    `schedule` replaces the shipped `schedule.toml`; the notices are the shipped ones. What its programs say is
    errors, and is printed at the end.
    """
    screens = (
        f'[[screens]]\nid = "main"\nsink = "ddp"\nfps = {FPS}\ngamma = 2.2\nluminance = 0.8\n'
        f'options = {{ host = "127.0.0.1", port = {port} }}\n[site]\ntimezone = "{_where_it_is_day()}"'
    )
    with tempfile.TemporaryDirectory(prefix="playout-bench-") as folder, _runtime_folder():
        sign = Sign(Path(folder), screens, {"PLAYOUT_LOG": "ERROR"})
        schedules = sign.folder / "schedules"
        shutil.copytree(shipped("schedules"), schedules)
        if schedule:
            (schedules / "schedule.toml").write_text(schedule, encoding="utf-8")
        imported = sign.call("import", str(schedules))
        if imported.returncode:
            raise RuntimeError(imported.stderr)
        sign.make_token()
        try:
            yield sign
        finally:
            sign.stop()
            if sign.log.exists():
                print(sign.log.read_text(encoding="utf-8"), end="", file=sys.stderr, flush=True)


@contextmanager
def _runtime_folder() -> Generator[None, None, None]:
    """What the players publish lies in memory, as it does under systemd: on a disk each write may wait for it."""
    memory = "/dev/shm" if Path("/dev/shm").is_dir() else None
    with tempfile.TemporaryDirectory(prefix="playout-bench-", dir=memory) as folder:
        os.environ["RUNTIME_DIRECTORY"] = folder
        try:
            yield
        finally:
            del os.environ["RUNTIME_DIRECTORY"]


def play(sign: Sign, pictures: int = 0) -> tuple[subprocess.Popen[bytes], subprocess.Popen[bytes]]:
    """Starts media, control and the player, and waits until it has so many pictures; returns player and control."""
    sign.start("media")
    control, player = sign.start("control"), sign.start("player", "--screen", "main")
    until("the player shows what control has given it", lambda: _is_playing(sign), 60)
    until("the pictures have come", lambda: len(list(sign.paths.decoded.glob("*.rgb"))) >= pictures)
    time.sleep(2)
    return player, control


def _is_playing(sign: Sign) -> bool:
    """Whether the player shows something that control has given it."""
    snapshot = sign.snapshot()
    return snapshot is not None and snapshot.generation > 0 and sign.is_ready()
