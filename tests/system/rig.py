"""A whole sign for tests and benchmarks: its own folders and port, the real programs, and eyes on what they do."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

from playout.config import Config, load_config
from playout.ipc.frames import FrameReader
from playout.model.frame import Pixels
from playout.model.snapshot import Snapshot
from playout.paths import Paths, find_paths

SCHEDULE = """
filler = "loop"
filler_layout = "measure"
filler_crawl = "line"

[[layouts]]
id = "measure"
zones = [
    { kind = "timecode", height = 0.04, width = 0.95239 },
    { kind = "main", y = 0.04, height = 0.82 },
    { kind = "crawl", y = 0.86, height = 0.1, width = 0.8 },
    { kind = "clock", x = 0.8, y = 0.86, height = 0.1, width = 0.2 },
    { kind = "timecode", y = 0.96, height = 0.04, width = 0.95239 },
]

[[playlists]]
id = "loop"
items = [{ notice = "words" }, { notice = "view", transition = "cut" }]
"""
LINE = """
kind = "crawl"
title = "Dòng chữ"
source = "test"
reading_distance_m = 30
[[texts]]
language = "vi"
body = "Cửa khẩu quốc tế Lệ Thanh kính chào quý khách"
[[texts]]
language = "en"
body = "Lệ Thanh International Border Gate welcomes you"
[[texts]]
language = "km"
body = "ច្រកទ្វារព្រំដែនអន្តរជាតិ ឡេថាញ់ សូមស្វាគមន៍"
"""
WORDS = """
kind = "text"
title = "Chào mừng"
source = "test"
dwell_s = 3
arrange = "pages"
picture = "../pictures/highland-dawn.jpg"
[[texts]]
language = "vi"
heading = "CHÀO MỪNG"
body = "Lệ Thanh"
[[texts]]
language = "en"
heading = "WELCOME"
body = "Lệ Thanh"
[[texts]]
language = "km"
heading = "សូមស្វាគមន៍"
body = "ឡេថាញ់"
"""
VIEW = """
kind = "picture"
title = "Hồ"
source = "test"
dwell_s = 3
picture = "../pictures/crater-lake.jpg"
"""
CLOCK = '[clock]\ntrust = "always"\n'
"""What the machine of a build says of its clock is not what is tested here."""
ROOT = Path(__file__).parent.parent.parent


def free_port() -> int:
    """A TCP port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def until(what: str, predicate: Callable[[], Any], timeout_s: float = 30.0) -> Any:
    """Polls until the predicate gives something true; fails by name at the deadline."""
    deadline = time.monotonic() + timeout_s
    while time.monotonic() < deadline:
        if result := predicate():
            return result
        time.sleep(0.01)
    raise AssertionError(f"not within {timeout_s:g} s: {what}")


def write_schedule(folder: Path) -> Path:
    """A folder of schedule files in which everything moves."""
    (folder / "notices").mkdir(parents=True)
    shutil.copytree(ROOT / "schedules" / "pictures", folder / "pictures")
    (folder / "schedule.toml").write_text(SCHEDULE, encoding="utf-8")
    for name, text in (("line", LINE), ("words", WORDS), ("view", VIEW)):
        (folder / "notices" / f"{name}.toml").write_text(text, encoding="utf-8")
    return folder


class Sign:
    """One installation in a folder. `screens` is the TOML of its screens."""

    def __init__(self, folder: Path, screens: str, env: dict[str, str] | None = None) -> None:
        self.folder, self.state, self.port = folder, folder / "state", free_port()
        self.env = {**os.environ, "PLAYOUT_LOG": "INFO", **(env or {})}
        self.file = folder / "playout.toml"
        self.file.write_text(f"{screens}\n[api]\nport = {self.port}\n{CLOCK}", encoding="utf-8")
        self.log = folder / "log"
        self._running: list[subprocess.Popen[bytes]] = []
        self.token = ""

    @property
    def paths(self) -> Paths:
        return find_paths(self.file, self.state)

    @property
    def config(self) -> Config:
        return load_config(self.file)

    def start(self, *words: str, under: tuple[str, ...] = ()) -> subprocess.Popen[bytes]:
        """Starts `playout WORDS...` in the background, perhaps under another command; its output goes to the log."""
        return self.start_command(*under, *self._command(*words))

    def start_command(self, *command: str) -> subprocess.Popen[bytes]:
        """Starts any command in the background; its output goes to the log."""
        with self.log.open("ab") as log:
            process = subprocess.Popen(command, stdout=log, stderr=log, env=self.env)
        self._running.append(process)
        return process

    def call(self, *words: str, under: tuple[str, ...] = ()) -> subprocess.CompletedProcess[str]:
        """Runs `playout WORDS...` to its end, perhaps under another command."""
        command = [*under, *self._command(*words)]
        return subprocess.run(command, capture_output=True, text=True, env=self.env, timeout=60, check=False)

    def _command(self, *words: str) -> list[str]:
        options = [] if words[0] in {"text", "drivers"} else ["--state", str(self.state)]
        if words[0] not in {"text", "drivers", "ctl"}:
            options += ["--config", str(self.file)]
        return [sys.executable, "-m", "playout", *words, *options]

    def stop(self) -> None:
        """Ends what this sign started."""
        for process in reversed(self._running):
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
        for process in reversed(self._running):
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self._running.clear()

    def request(self, path: str, body: dict[str, Any] | None = None, method: str = "") -> tuple[int, dict[str, Any]]:
        """Asks the API; returns status and JSON."""
        status, answer = self.ask(path, body, method)
        return status, json.loads(answer)

    def ask(
        self, path: str, body: dict[str, Any] | None = None, method: str = "", headers: dict[str, str] | None = None
    ) -> tuple[int, bytes]:
        """Asks the API; returns status and what it answers with. Raises: OSError where nobody answers."""
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json", **(headers or {})}
        data = json.dumps(body).encode() if body is not None else None
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}{path}", data, headers, method=method or ("POST" if data else "GET")
        )
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read()

    def is_ready(self) -> bool:
        """Whether every player shows something and control says so."""
        try:
            return self.request("/readyz")[0] == 200
        except OSError:
            return False

    def make_token(self, role: str = "operator", under: tuple[str, ...] = ()) -> None:
        """A token for `request`."""
        made = self.call("token", "create", "test", "--role", role, under=under)
        assert made.returncode == 0, made.stderr
        self.token = made.stdout.strip()

    def snapshot(self, screen: str = "main") -> Snapshot | None:
        """What a player says of itself, if one runs."""
        snapshot = FrameReader(self.paths.frames(screen)).snapshot()
        if snapshot is None or not Path(f"/proc/{snapshot.pid}").exists():
            return None
        return snapshot

    def picture(self, screen: str = "main") -> Pixels:
        """What a player shows."""
        found = FrameReader(self.paths.frames(screen)).picture()
        assert found is not None
        return found[1]

    def has_decoded(self, pictures: int, screen: str = "main") -> bool:
        """Whether so many pictures were decoded and the player's page does not wait for one."""
        snapshot = self.snapshot(screen)
        decoded = len(list(self.paths.decoded.glob("*.rgb")))
        return decoded >= pictures and snapshot is not None and not snapshot.warnings

    def shows(self, screen: str = "main", **wanted: object) -> Snapshot | None:
        """The snapshot of a player if its fields are as wanted."""
        snapshot = self.snapshot(screen)
        is_so = snapshot is not None and all(getattr(snapshot, key) == value for key, value in wanted.items())
        return snapshot if is_so else None

    def plays_on(self, screen: str = "main") -> None:
        """Polls until the player has drawn a second's worth of further ticks, none of them by a new process."""
        first = until(f"screen {screen} is on air", lambda: self.snapshot(screen))

        def has_gone_on() -> bool:
            now = self.snapshot(screen)
            return now is not None and now.pid == first.pid and now.tick >= first.tick + first.fps

        until(f"the ticks of {screen} go on", has_gone_on, 10)

    def says(self, words: str) -> bool:
        """Whether the log has these words."""
        return words in self.log.read_text(encoding="utf-8")

    def pids(self, program: str) -> list[int]:
        """Processes of this sign that run a program (player, control, media)."""
        found: list[int] = []
        for entry in Path("/proc").iterdir():
            try:
                words = (entry / "cmdline").read_bytes().split(b"\0") if entry.name.isdigit() else []
            except OSError:
                continue
            if program.encode() in words and str(self.state).encode() in words:
                found.append(int(entry.name))
        return found
