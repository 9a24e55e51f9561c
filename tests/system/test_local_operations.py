"""What people at the machine may order: with control stopped, over kills, and nothing overrules a panic."""

import json
import os
import signal
import socket
from collections.abc import Callable
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

import pytest
from system.rig import Sign, until, write_schedule

from playout.ipc.sockets import MAX_MESSAGE, ask
from playout.model.claim import ContentKind

SCREENS = "".join(f'[[screens]]\nid = "{name}"\nsink = "memory"\nfps = 20\n' for name in ("main", "side"))

pytestmark = pytest.mark.system


def end(sign: Sign, program: str, number: signal.Signals) -> None:
    for pid in sign.pids(program):
        with suppress(ProcessLookupError):
            os.kill(pid, number)


def is_black(sign: Sign, screen: str) -> bool:
    return sign.shows(screen, kind=ContentKind.BLANK) is not None and not sign.picture(screen).any()


def open_files(pid: int) -> int:
    return len(list(Path(f"/proc/{pid}/fd").iterdir()))


def order(sign: Sign, *words: str) -> list[dict[str, Any]]:
    """`playout ctl`, which has to succeed."""
    done = sign.call("ctl", *words, "--json")
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(done.stdout)


def test_a_panic_holds_against_everything_but_a_named_clear(make_sign: Callable[..., Sign], tmp_path: Path) -> None:
    sign = make_sign(SCREENS)
    assert sign.call("import", str(write_schedule(tmp_path / "schedules"))).returncode == 0
    sign.make_token()
    running = sign.start("run")
    until("the sign is on air", sign.is_ready)

    end(sign, "control", signal.SIGSTOP)
    order(sign, "panic", "--screen", "side", "--by", "Lan", "--reason", "test")
    until("one screen is black", lambda: is_black(sign, "side"))
    assert sign.picture("main").any()
    sign.plays_on("main")
    order(sign, "panic", "--by", "Lan")
    until("both are black", lambda: is_black(sign, "main") and is_black(sign, "side"))
    end(sign, "control", signal.SIGCONT)

    until("control answers", sign.is_ready)
    body = {"notice": "words", "reason": "test", "stop": "now", "rank": 100}
    status, answer = sign.request("/api/v1/overrides", body)
    assert (status, answer["rule"], answer["winner"]) == (409, "hold", "local panic main")
    status, answer = sign.request("/api/v1/overrides", {**body, "wait": True})
    assert status == 201
    assert {each["state"] for each in answer["screens"]} == {"held"}
    assert {each["held_by"] for each in answer["screens"]} == {"local panic main", "local panic side"}
    assert is_black(sign, "main")

    end(sign, "player", signal.SIGKILL)
    before = {screen: until("it is back", lambda: sign.snapshot(screen)).pid for screen in ("main", "side")}  # noqa: B023
    assert is_black(sign, "main")
    running.terminate()
    assert running.wait(20) == 0
    sign.start("run")
    for screen in before:
        until("the first picture after the restart is black", lambda: sign.snapshot(screen))  # noqa: B023
        assert is_black(sign, screen)

    refused = sign.call("ctl", "clear")
    assert refused.returncode == 1
    assert "ended only by a named person" in refused.stdout
    assert is_black(sign, "main")
    order(sign, "clear", "--by", "Lan", "--screen", "main")
    until("the override shows now", lambda: sign.shows("main", notice="words", band=4))
    assert is_black(sign, "side")
    order(sign, "clear", "--by", "Lan")
    until("there too", lambda: sign.shows("side", notice="words", band=4))


def test_orders_reach_a_player_that_is_alone_and_one_that_hangs_delays_no_other(
    make_sign: Callable[..., Sign],
) -> None:
    sign = make_sign(SCREENS)
    for screen in ("main", "side"):
        sign.start("player", "--screen", screen)
    for screen in ("main", "side"):
        until("it is on air", lambda: sign.snapshot(screen))  # noqa: B023
    assert [answer["kind"] for answer in order(sign, "status")] == ["slate", "slate"]
    order(sign, "fallback", "--by", "Lan")
    until("the order shows", lambda: sign.shows("main", claim="local fallback main"))
    order(sign, "clear")
    until("it has ended", lambda: sign.shows("main", claim="fallback"))

    snapshot = until("it is there", lambda: sign.snapshot("main"))
    os.kill(snapshot.pid, signal.SIGSTOP)
    panic = sign.start("ctl", "panic", "--by", "Lan")
    until("the other one is black long before the first has answered", lambda: is_black(sign, "side"), 4)
    assert panic.wait(20) == 1
    assert sign.says("no answer within 5 s")
    os.kill(snapshot.pid, signal.SIGCONT)
    until("it carries the order out when it can", lambda: is_black(sign, "main"))

    local = sign.paths.local("side")
    local.unlink()
    local.mkdir()  # what is there cannot be replaced
    done = sign.call("ctl", "panic", "--screen", "side", "--by", "Lan")
    assert done.returncode == 0
    assert "done, but NOT SAVED" in done.stderr
    assert is_black(sign, "side")
    until("it stays told", lambda: "NOT SAVED" in " ".join(sign.snapshot("side").warnings))  # pyright: ignore
    local.rmdir()
    until("it is saved as soon as it can be", lambda: local.is_file() and not sign.snapshot("side").warnings[:-1])  # pyright: ignore

    local.write_bytes(local.read_bytes()[:50])
    end(sign, "player", signal.SIGKILL)
    sign.start("player", "--screen", "side")
    snapshot = until("it plays without it", lambda: sign.shows("side", kind=ContentKind.SLATE))
    assert "local-side.json is damaged" in snapshot.warnings[0]
    order(sign, "clear", "--by", "Lan", "--screen", "side")
    until("the warning ends", lambda: "damaged" not in " ".join(sign.snapshot("side").warnings))  # pyright: ignore


@pytest.mark.parametrize("name", ["command_socket", "operations_socket"])
def test_garbage_at_the_doors_is_refused_and_the_ticks_go_on(make_sign: Callable[..., Sign], name: str) -> None:
    sign = make_sign(SCREENS)
    sign.start("player", "--screen", "main")
    pid = until("it is on air", sign.snapshot).pid
    path: Path = getattr(sign.paths, name)("main")
    assert ask(path, {"op": "status"}, 5.0)["ok"]
    descriptors = open_files(pid)

    def connect() -> socket.socket:
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        folder = os.open(path.parent, os.O_RDONLY)
        connection.connect(f"/proc/self/fd/{folder}/{path.name}")
        os.close(folder)
        connection.settimeout(10)
        return connection

    refused = {
        b"\xff\x00garbage": "is not JSON", b"[" * 60_000: "is not JSON", b"9" * 5000: "is not JSON",
        b"[1]": "is not a JSON object", b'{"op": "dance"}': "is not taken here", b"{}": "is not taken here",
        b'{"op": ["panic"]}': "is not taken here",
        b'{"op": ' + b"[" * 970 + b"]" * 970 + b"}": "is not taken here", b" " * (MAX_MESSAGE + 1): "is longer than",
    }  # fmt: skip
    for message, reason in refused.items():
        with connect() as connection:
            connection.send(message)
            answer = json.loads(connection.recv(MAX_MESSAGE))
            assert answer["ok"] is False
            assert reason in answer["reason"]
    for message in (b'{"op": "generation", "generation": "many"}', b'{"op": "panic", "by": "\\ud800\\n", "reason": 7}'):
        with connect() as connection:
            connection.send(message)
            assert json.loads(connection.recv(MAX_MESSAGE))["ok"] is (message.split(b'"')[3].decode() in _taken(name))

    with ExitStack() as stack:
        for number in range(200):
            connection = stack.enter_context(connect())
            with suppress(OSError):  # it may have been put out already
                if number % 3 == 0:
                    connection.send(b"")
                if number % 3 == 1:
                    connection.send(b'{"op": "status"}')  # and never reads the answer
        assert open_files(pid) <= descriptors + 40
        assert ask(path, {"op": "status"}, 5.0)["ok"]
        sign.plays_on()
    until("no descriptor is left", lambda: open_files(pid) <= descriptors)
    until("the ticks were kept", lambda: sign.shows(pid=pid, missed_ticks=0))


def _taken(name: str) -> set[str]:
    return {"generation"} if name == "command_socket" else {"panic"}
