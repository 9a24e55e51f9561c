"""A save over the API, with every finding, beside a sign that plays: `python -m benchmarks.schedule_api [--trials 5]`.

1,000 dayparts and 10,000 items of playlists over 140 notices, in a body of some 1.2 MB. The first save has every notice
judged; the others change one daypart and one notice each, as an operator does.
"""

import argparse
import json
import time
from http.client import HTTPConnection
from statistics import median
from typing import Any

from benchmarks.receiver import Receiver
from benchmarks.rig import Row, cpu_s, measured_sign, play, print_machine, print_rows
from tests.system.rig import Sign

DAYPARTS, PLAYLISTS, ITEMS, COPIES = 1000, 20, 500, 10
_PATH = "/api/v1/schedule"


class Console:
    """Asks over one connection."""

    def __init__(self, sign: Sign) -> None:
        self._connection = HTTPConnection("127.0.0.1", sign.port, timeout=600)
        self._headers = {"Authorization": f"Bearer {sign.token}"}

    def ask(self, method: str, path: str, body: bytes | None = None, tag: str = "") -> tuple[float, str, Any]:
        """Seconds to the last byte of the answer, its tag, and what it says."""
        headers = self._headers | ({"If-Match": tag} if tag else {})
        start_s = time.monotonic()
        self._connection.request(method, _PATH + path, body, headers)
        with self._connection.getresponse() as answer:
            text = answer.read()
            took_s = time.monotonic() - start_s
        told = json.loads(text)
        if answer.status >= 400:
            raise RuntimeError(f"{answer.status}: {str(told)[:2000]}")
        return took_s, answer.headers["ETag"] or "", told


def large(body: dict[str, Any]) -> dict[str, Any]:
    """The shipped programme many times over: every minute of the day has a daypart."""
    pages = [notice for notice in body["notices"] if notice["kind"] != "crawl"]
    copies = [{**each, "id": f"{each['id']}-{copy}"} for copy in range(COPIES) for each in pages]
    names = [each["id"] for each in copies]
    playlists = [
        {"id": f"list-{number}", "items": [{"notice": names[(number + place) % len(names)]} for place in range(ITEMS)]}
        for number in range(PLAYLISTS)
    ]
    dayparts = [
        {
            "id": f"part-{number}", "playlist": f"list-{number % PLAYLISTS}", "rank": number % 10,
            "start": f"{number // 60 % 24:02}:{number % 60:02}",
            "end": f"{(number // 60 + 1) % 24:02}:{number % 60:02}",
        }
        for number in range(DAYPARTS)
    ]  # fmt: skip
    schedule = {**body["schedule"], "playlists": playlists, "dayparts": dayparts, "filler": "list-0"}
    return {"schedule": schedule, "notices": [*body["notices"], *copies], "comment": "benchmark"}


def measure(trials: int) -> list[Row]:
    """Seconds for a save, a check, and getting it all, at the size that is promised."""
    save_s, check_s, get_s, got_s = (list[float]() for _ in range(4))
    with Receiver() as receiver, measured_sign(receiver.port) as sign:
        _, control = play(sign)
        console = Console(sign)
        _, tag, body = console.ask("GET", "")
        body = large(body)
        first_s, tag, _ = console.ask("PUT", "", json.dumps(body).encode(), tag)
        used_s = cpu_s(control.pid)
        for trial in range(trials):
            took_s, tag, body = console.ask("GET", "")
            got_s.append(took_s)
            body = {key: body[key] for key in ("schedule", "notices")} | {"comment": f"trial {trial}"}
            body["schedule"]["dayparts"][trial]["rank"] = 50
            body["notices"][trial]["title"] += f" ({trial})"
            sent = json.dumps(body).encode()
            check_s.append(console.ask("POST", "/check", sent)[0])
            took_s, tag, told = console.ask("PUT", "", sent, tag)
            save_s.append(took_s)
            body["schedule"]["dayparts"][trial]["rank"] = 51
        used_s = cpu_s(control.pid) - used_s
        history_s, _, _ = console.ask("GET", f"/revisions/{told['revision']['number']}/difference")
        sent_mb = len(sent) / 1e6
        get_s = got_s
    size = f"{DAYPARTS} dayparts, {PLAYLISTS * ITEMS} items, {len(body['notices'])} notices, {sent_mb:.1f} MB"
    return [
        Row("save with every finding, median", median(save_s) * 1000, "ms", target=2000, note=size),
        Row("save with every finding, slowest", max(save_s) * 1000, "ms", target=2000),
        Row("dry run with one notice that is new, median", median(check_s) * 1000, "ms"),
        Row("first save: every notice is judged", first_s * 1000, "ms"),
        Row("getting it all, median", median(get_s) * 1000, "ms"),
        Row("difference to the revision before", history_s * 1000, "ms"),
        Row("control's CPU for get, dry run and save", used_s / trials * 1000, "ms"),
        Row("findings told with a save", len(told["findings"]), ""),
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trials", type=int, default=5)
    print_machine()
    print_rows(measure(parser.parse_args().trials))
    print_machine()


if __name__ == "__main__":
    main()
