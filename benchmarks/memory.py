"""Memory of player and control after a minute of play with API traffic: `python -m benchmarks.memory`."""

import argparse
import subprocess
import sys
import time

from benchmarks.receiver import Receiver
from benchmarks.rig import Row, measured_sign, memory_mib, play, print_machine, print_rows, result_of, spawn
from tests.system.rig import Sign

RATE = 500
_PLAYER_FLOOR, _CONTROL_FLOOR = "import numpy, cv2, pydantic, uharfbuzz", "import fastapi, uvicorn, uvloop"
_TOLD = "print(open('/proc/self/status').read().split('VmRSS:')[1].split()[0])"


def measure(seconds: float) -> list[Row]:
    """Resident memory at the end, and the most there ever was."""
    with Receiver() as receiver, measured_sign(receiver.port) as sign:
        player, control = play(sign)
        load = spawn("benchmarks.load", str(sign.port), sign.token, str(RATE), str(seconds))
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            _use(sign)
        result_of(load)
        found = [
            (name, memory_mib(pid, "VmRSS"), memory_mib(pid, "VmHWM"), limit, code)
            for name, pid, limit, code in (
                ("player", player.pid, 150, _PLAYER_FLOOR), ("control", control.pid, 120, _CONTROL_FLOOR),
            )
        ]  # fmt: skip
    rows = list[Row]()
    for name, resident, most, limit, code in found:
        floor = _floor_mib(code)
        rows.append(Row(f"memory: {name}, resident", resident, "MiB", floor, f"python -c '{code}'", limit))
        rows.append(Row(f"memory: {name}, most ever", most, "MiB", floor, "the same", limit))
    return rows


def _use(sign: Sign) -> None:
    """What people do within a second: an override, a look at the panel and at the plan, the end of the override."""
    order = {"notice": "landscape-lake", "reason": "benchmark", "stop": "now", "duration_s": 60}
    status, answer = sign.request("/api/v1/overrides", order)
    looked = [sign.ask(path)[0] for path in ("/api/v1/screens/main/preview.jpg", "/api/v1/overrides")]
    time.sleep(0.8)
    ended, _ = sign.ask(f"/api/v1/overrides/{answer['claim']['id']}", method="DELETE")
    if (status, *looked, ended) != (201, 200, 200, 200):
        raise RuntimeError(f"control answered {status}, {looked}, {ended}")


def _floor_mib(code: str) -> float:
    told = subprocess.run([sys.executable, "-c", f"{code}; {_TOLD}"], check=True, stdout=subprocess.PIPE, text=True)
    return int(told.stdout) / 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60)
    given = parser.parse_args()
    print_machine()
    print_rows(measure(given.seconds))


if __name__ == "__main__":
    main()
