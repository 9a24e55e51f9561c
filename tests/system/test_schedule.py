"""The schedule over the LAN, and all of a sign in one file: through the programs as they run on a sign."""

import http.client
import io
import json
import shutil
import signal
import socket
import sqlite3
import subprocess
import zipfile
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from peers import missing
from PIL import Image
from system.rig import Sign, until, write_schedule

from playout.ipc.air import read_air

MAIN = '[[screens]]\nid = "main"\nsink = "memory"\nfps = 20\n'
PATH = "/api/v1/schedule"

pytestmark = pytest.mark.system


class Operator:
    """Speaks to a sign's API."""

    def __init__(self, sign: Sign) -> None:
        self.sign = sign

    def ask(
        self, method: str, path: str, body: Mapping[str, Any] | None = None, tag: str = ""
    ) -> tuple[int, Mapping[str, str], bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.sign.port, timeout=120)
        headers = {"Authorization": f"Bearer {self.sign.token}", **({"If-Match": tag} if tag else {})}
        with closing(connection):
            connection.request(method, path, None if body is None else json.dumps(body).encode(), headers)
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read()

    def get(self) -> tuple[str, dict[str, Any]]:
        status, headers, body = self.ask("GET", PATH)
        assert status == 200
        return headers["etag"], json.loads(body)

    def save(self, body: Mapping[str, Any], tag: str) -> tuple[int, dict[str, Any]]:
        status, _, told = self.ask("PUT", PATH, {"comment": "why", **body}, tag)
        return status, json.loads(told)


@pytest.fixture
def sign(make_sign: Callable[..., Sign], tmp_path: Path) -> Sign:
    """A sign on air with a schedule of its own."""
    made = make_sign(MAIN)
    assert made.call("import", str(write_schedule(tmp_path / "schedules"))).returncode == 0
    made.make_token()
    made.start("run")
    until("the sign is on air", made.is_ready, 60)
    until("its schedule shows", lambda: made.shows(revision=1))
    return made


def test_a_schedule_is_changed_compared_and_undone_while_the_sign_plays(sign: Sign, tmp_path: Path) -> None:
    anh, player = Operator(sign), until("it plays", sign.snapshot).pid
    tag, body = anh.get()
    assert [notice["id"] for notice in body["notices"]] == ["line", "view", "words"]
    body["notices"][2]["texts"][0]["heading"] = "MỜI VÀO"
    body["schedule"]["playlists"][0]["items"] = [{"notice": "words"}]
    status, told = anh.save(body, tag)
    assert status == 200, told
    assert (told["revision"]["number"], told["screens"][0]["state"]) == (2, "told")
    assert {finding["severity"] for finding in told["findings"]} <= {"warning", "info"}
    until("it has taken over", lambda: sign.shows(revision=2, pid=player), 90)

    status, told = anh.save(body, tag)
    assert (status, told["is_new"]) == (200, False), "the same again"
    body["schedule"]["filler_crawl"] = ""
    status, told = anh.save(body, tag)
    assert status == 409
    places = {change["where"] for change in told["difference"]["changes"]}
    assert places == {"playlists[loop].items[1:2]", "notices[words].texts[vi].heading"}

    tag, body = anh.get()
    body["notices"][2]["texts"][1]["body"] = "x" * 1900
    body["schedule"]["playlists"][0]["items"].append({"notice": "vieww"})
    status, told = anh.save(body, tag)
    assert status == 422
    places = {finding["where"]: finding for finding in told["findings"] if finding["severity"] == "error"}
    assert "did you mean 'view'?" in places["playlists[loop].items[1].notice"]["message"]
    assert any(where.startswith("notices[words].texts[en]") for where in places), places
    status, _, checked = anh.ask("POST", f"{PATH}/check", body)
    assert (status, json.loads(checked)["findings"]) == (200, told["findings"])

    status, _, told_bytes = anh.ask("POST", f"{PATH}/revisions/1/restore", None, tag)
    assert (status, json.loads(told_bytes)["revision"]["number"]) == (200, 3)
    until("what was there is back", lambda: sign.shows(revision=3, pid=player), 90)
    assert anh.get()[1]["notices"][2]["texts"][0]["heading"] == "CHÀO MỪNG"

    status, _, packed = anh.ask("GET", f"{PATH}/export?revision=2")
    assert status == 200
    with zipfile.ZipFile(io.BytesIO(packed)) as files:
        files.extractall(tmp_path / "out")
    assert sign.call("import", str(tmp_path / "out")).returncode == 0
    until("the imported files are on air", lambda: sign.shows(revision=4, pid=player), 90)
    assert json.loads(anh.ask("GET", f"{PATH}/revisions/4/difference?from=2")[2])["count"] == 0
    sign.plays_on()
    assert not sign.says("Traceback")


def test_a_day_is_drawn_over_the_api(sign: Sign, tmp_path: Path) -> None:
    anh = Operator(sign)
    status, headers, picture = anh.ask("GET", f"{PATH}/plan.png?day=2026-09-02")
    assert (status, headers["content-type"]) == (200, "image/png"), picture
    pixels = np.asarray(Image.open(io.BytesIO(picture)).convert("RGB"))
    assert pixels.shape[1] > 1500
    assert pixels.std() > 20
    status, _, told = anh.ask("GET", f"{PATH}/plan?day=2026-09-02")
    (slot,) = json.loads(told)["slots"]
    assert (slot["claims"], {page["notice"] for page in slot["pages"]}) == (["filler"], {"words", "view"})
    assert sign.call("plan", "--day", "2026-09-02", "-o", str(tmp_path / "day.png")).returncode == 0
    assert (tmp_path / "day.png").read_bytes() == picture


def test_a_request_cut_off_leaves_nothing(sign: Sign) -> None:
    anh = Operator(sign)
    tag, body = anh.get()
    body["schedule"]["filler_crawl"] = ""
    sent = json.dumps({**body, "comment": "cut"}).encode()
    head = (
        f"PUT {PATH} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {sign.token}\r\n"
        f"If-Match: {tag}\r\nContent-Length: {len(sent)}\r\n\r\n"
    ).encode()
    for part in (head, head + sent[:1], head + sent[: len(sent) // 2], head + sent[:-1]):
        with socket.create_connection(("127.0.0.1", sign.port)) as connection:
            connection.sendall(part)
    assert anh.get()[0] == tag
    with socket.create_connection(("127.0.0.1", sign.port)) as connection:
        connection.sendall(head + sent)  # whole, but nobody waits for the answer: stored, or not
    status, told = anh.save({**body, "comment": "cut"}, tag)
    assert (status, told["revision"]["number"]) == (200, 2)
    assert anh.save({**body, "comment": "cut"}, tag)[1]["is_new"] is False
    assert anh.get()[1]["revision"]["number"] == 2
    sign.plays_on()


def test_a_database_that_somebody_holds_is_waited_for_and_then_refused(sign: Sign) -> None:
    anh = Operator(sign)
    tag, body = anh.get()
    body["schedule"]["filler_crawl"] = ""
    with closing(sqlite3.connect(sign.paths.database, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        status, told = anh.save(body, tag)
        assert status == 503
        assert "another program holds it" in told["remedy"]
        assert anh.get()[0] == tag
        sign.plays_on()
        other.execute("ROLLBACK")
    assert anh.save(body, tag)[0] == 200


def fill(file: Path) -> None:
    """Takes up all the space there is."""
    for size in (65536, 1):
        try:
            with file.open("ab", buffering=0) as stream:
                while True:
                    stream.write(b"x" * size)
        except OSError:
            continue


def test_a_full_disk_refuses_a_save_and_the_sign_plays_on(make_sign: Callable[..., Sign]) -> None:
    if shutil.which("unshare") is None or subprocess.run(["unshare", "-m", "true"], check=False).returncode:
        missing("unshare -m: mount namespaces are not permitted here")
    sign = make_sign(MAIN)
    state = sign.folder / "state"
    state.mkdir()
    mount = f'mount -t tmpfs -o size=32m none "{state}" && exec "$@"'
    process = sign.start("run", under=("unshare", "-m", "sh", "-c", mount, "sh"))
    until("the sign is on air", sign.is_ready, 60)
    sign.make_token(under=("nsenter", "-t", str(process.pid), "-m"))
    sign.state = Path(f"/proc/{process.pid}/root{state}")
    anh = Operator(sign)
    tag, body = anh.get()
    body["notices"] += [{**body["notices"][0], "id": f"copy-{number}", "title": "x" * 200} for number in range(60)]
    fill(sign.state / "filler")
    status, told = anh.save(body, tag)
    assert status == 503, told
    assert "free some space" in told["remedy"]
    assert anh.get()[0] == tag
    sign.plays_on()
    (sign.state / "filler").unlink()
    status, told = anh.save(body, tag)
    assert (status, told.get("is_new")) == (200, True)
    assert not sign.says("Traceback")


def test_a_sign_that_was_lost_is_the_same_after_a_restore_from_one_file(sign: Sign, tmp_path: Path) -> None:
    anh = Operator(sign)
    override = {"notice": "view", "reason": "test", "stop": "now", "duration_s": 3600}
    status, told = sign.request("/api/v1/overrides", override)
    assert status == 201
    claim = told["claim"]["id"]
    until("the override shows", lambda: sign.shows(claim=claim))
    tag, _ = anh.get()
    file = tmp_path / "sign.tar"
    assert sign.call("backup", str(file)).returncode == 0, "while it plays"
    generation = read_air(sign.paths.air)
    refused = sign.call("restore", str(file))
    assert refused.returncode == 1
    assert "run" in refused.stderr
    before = on_air(anh)

    sign.stop()
    shutil.rmtree(sign.state)
    config = sign.file.read_text(encoding="utf-8")
    sign.file.unlink()
    restored = sign.call("restore", str(file))
    assert restored.returncode == 0, restored.stderr
    assert sign.file.read_text(encoding="utf-8") == config
    assert read_air(sign.paths.air) == generation
    sign.start("run")
    until("the sign is on air again", sign.is_ready, 60)
    until("the override is back", lambda: sign.shows(claim=claim, revision=1))
    assert anh.get()[0] == tag, "the token and the history are the same"
    assert on_air(anh) == before
    assert not sign.says("store recovered")


def on_air(anh: Operator) -> list[Any]:
    """What decides now, without what changes from page to page."""
    status, _, told = anh.ask("GET", "/api/v1/on-air")
    assert status == 200
    return [
        {key: screen[key] for key in ("screen", "band", "claim", "layout", "playlist", "notice")}
        for screen in json.loads(told)["screens"]
    ]


def test_a_revision_saved_after_the_backup_is_taken_from_the_air_file(sign: Sign) -> None:
    anh = Operator(sign)
    tag, body = anh.get()
    (control,) = sign.pids("control")
    body["schedule"]["filler_crawl"] = ""
    assert anh.save(body, tag)[0] == 200
    until("it has taken over", lambda: sign.shows(revision=2), 90)
    subprocess.run(["kill", f"-{signal.SIGKILL}", str(control)], check=True)
    until("it has ended", lambda: control not in sign.pids("control"))
    for end in ("", "-wal"):
        path = sign.paths.database.with_name(f"state.db{end}")
        if path.exists():
            path.write_bytes(b"\xa5" * 20_000)
    until("control is back", lambda: sign.is_ready() and sign.says("last good backup was opened"), 60)
    _, now = until("it answers", anh.get)
    assert (now["revision"]["number"], now["schedule"]["filler_crawl"]) == (2, "")
    assert "the last good backup was opened" in " ".join(sign.request("/api/v1/status")[1]["warnings"])
    sign.plays_on()
