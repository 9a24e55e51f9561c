"""The server around the application: its socket, its patience, its certificate, and what it tells systemd."""

import asyncio
import json
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from uvicorn.server import ServerState

from playout.api.protocol import CONNECTIONS_MAX, HEAD_MAX, READ_S, REQUEST_S, ImpatientProtocol
from playout.api.server import bind
from playout.api.tls import load_context
from playout.config import Api
from playout.errors import ConfigError
from playout.ipc.notify import notify


def test_a_port_in_use_is_said_with_a_remedy() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(ConfigError, match=f"port {port}: Address already in use") as caught:
            bind(Api(port=port))
    assert "another api.port" in caught.value.hint


@pytest.mark.parametrize("api", [Api("0.0.0.0"), Api("192.0.2.7", certificate="c.pem"), Api("::", key="k.pem")])
def test_without_tls_only_this_machine_is_served(api: Api) -> None:
    with pytest.raises(ConfigError, match=r"needs api\.certificate and api\.key"):
        bind(api)


def test_a_certificate_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    api = Api(certificate=str(tmp_path / "none.pem"), key=str(tmp_path / "none.key"))
    with pytest.raises(ConfigError, match=r"none\.pem"):
        load_context(api)


def test_systemd_hears_the_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as receiver:
        receiver.bind(str(tmp_path / "notify"))
        receiver.setblocking(False)
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
        notify("READY=1")
        assert receiver.recv(100) == b"READY=1"
        monkeypatch.delenv("NOTIFY_SOCKET")
        notify("WATCHDOG=1")
        with pytest.raises(BlockingIOError):
            receiver.recv(100)
    monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "gone"))
    notify("STOPPING=1")


async def _never(scope: object, receive: object, send: object) -> None:
    await asyncio.Event().wait()


class Timer:
    """A time-out that runs when the test says so."""

    def __init__(self, delay_s: float, call: Callable[[], None]) -> None:
        self.delay_s, self.call, self.is_set = delay_s, call, True

    def cancel(self) -> None:
        self.is_set = False


class Loop:
    """What the protocol asks of an event loop, without time."""

    def __init__(self) -> None:
        self.timers: list[Timer] = []

    def call_later(self, delay_s: float, call: Callable[[], None]) -> Timer:
        self.timers.append(Timer(delay_s, call))
        return self.timers[-1]

    def create_task(self, coroutine: Any, **_options: Any) -> Any:
        coroutine.close()
        return asyncio.Future(loop=self._idle)

    @property
    def waiting(self) -> list[Timer]:
        return [timer for timer in self.timers if timer.is_set]

    def __enter__(self) -> "Loop":
        self._idle = asyncio.new_event_loop()
        return self

    def __exit__(self, *_error: object) -> None:
        self._idle.close()


class Transport(asyncio.Transport):
    """A connection that notes what was sent, and whether it was closed or cut."""

    is_cut = is_closed = False
    sent = b""

    def abort(self) -> None:
        self.is_cut = True

    def write(self, data: Any) -> None:
        self.sent += data

    def close(self) -> None:
        self.is_closed = True

    def pause_reading(self) -> None:
        """A fake has nothing that could wait."""

    def is_closing(self) -> bool:
        return self.is_closed or self.is_cut

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        return default


def _connect(loop: Loop, state: ServerState | None = None) -> tuple[ImpatientProtocol, Transport]:
    config = uvicorn.Config(_never, log_config=None, access_log=False)
    config.load()
    protocol = ImpatientProtocol(config, state or ServerState(), {}, loop)  # pyright: ignore[reportArgumentType]
    transport = Transport()
    protocol.connection_made(transport)
    return protocol, transport


def test_a_silent_connection_is_cut() -> None:
    with Loop() as loop:
        _, transport = _connect(loop)
        [timer] = loop.waiting
        assert timer.delay_s == REQUEST_S
        timer.call()
        assert transport.is_cut


def test_a_request_that_stalls_is_cut() -> None:
    with Loop() as loop:
        protocol, transport = _connect(loop)
        protocol.data_received(b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\nab")
        [timer] = loop.waiting
        timer.call()
        assert transport.is_cut


def test_a_whole_request_stops_the_waiting() -> None:
    with Loop() as loop:
        protocol, transport = _connect(loop)
        protocol.data_received(b"GET / HTTP/1.1\r\nHost: local")
        assert len(loop.waiting) == 1
        protocol.data_received(b"host\r\n\r\n")
        assert loop.waiting == []
        assert not transport.is_cut


def test_a_connection_that_closes_is_waited_for_no_more() -> None:
    with Loop() as loop:
        protocol, _ = _connect(loop)
        protocol.connection_lost(OSError())
        assert loop.waiting == []


def test_a_head_without_end_is_cut() -> None:
    with Loop() as loop:
        protocol, transport = _connect(loop)
        protocol.data_received(b"GET / HTTP/1.1\r\nX: ")
        sent = 0
        while not transport.is_cut and sent < 10 * HEAD_MAX:
            protocol.data_received(b"x" * 1024)
            sent += 1024
        assert HEAD_MAX - 1024 <= sent <= HEAD_MAX + 1024


@pytest.mark.parametrize("cut", [0, 1, 2, 3, 4])
def test_a_long_body_that_comes_with_the_end_of_its_head_is_no_head(cut: int) -> None:
    with Loop() as loop:
        protocol, transport = _connect(loop)
        head = f"PUT / HTTP/1.1\r\nHost: localhost\r\nContent-Length: {4 * HEAD_MAX}\r\n\r\n".encode()
        place = len(head) - cut
        protocol.data_received(head[:place])
        protocol.data_received(head[place:] + b"x" * 2 * HEAD_MAX)
        protocol.data_received(b"x" * 2 * HEAD_MAX)
        assert not transport.is_cut
        assert transport.sent == b""
        assert loop.waiting == []


def test_a_head_in_parts_that_look_like_its_end_is_cut() -> None:
    with Loop() as loop:
        protocol, transport = _connect(loop)
        protocol.data_received(b"GET / HTTP/1.1\r\nX: y\r")
        for _ in range(2 * HEAD_MAX // 1000):
            if not transport.is_cut:
                protocol.data_received(b"\nX: " + b"x" * 1000 + b"\r")
        assert transport.is_cut


def test_a_request_that_comes_whole_costs_no_timer() -> None:
    with Loop() as loop:
        protocol, transport = _connect(loop)
        loop.timers.clear()
        protocol.data_received(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert loop.timers == []
        assert not transport.is_cut


def _problem(transport: Transport) -> dict[str, Any]:
    """The problem document of an answer after which the connection was closed."""
    head, _, body = transport.sent.partition(b"\r\n\r\n")
    lines = head.decode().split("\r\n")
    assert {"content-type: application/problem+json", "connection: close", f"content-length: {len(body)}"} <= set(lines)
    assert transport.is_closed
    told = json.loads(body)
    assert lines[0] == f"HTTP/1.1 {told['status']} {told['title']}"
    return told


def test_what_is_no_http_is_refused_with_a_problem_document() -> None:
    with Loop() as loop:
        protocol, transport = _connect(loop)
        protocol.data_received(b"\x16\x03\x01 what a TLS client says\r\n\r\n")
        told = _problem(transport)
        assert (told["status"], "TLS" in told["remedy"]) == (400, True)


def test_one_connection_too_many_is_told_so() -> None:
    with Loop() as loop:
        state = ServerState()
        within = [_connect(loop, state) for _ in range(CONNECTIONS_MAX)]
        assert [transport.sent for _, transport in within if transport.sent] == []
        protocol, transport = _connect(loop, state)
        assert _problem(transport)["status"] == 503
        protocol.connection_lost(None)
        within[0][0].connection_lost(None)
        _, transport = _connect(loop, state)
        assert not transport.is_closed


def test_trailers_without_end_are_cut() -> None:
    with Loop() as loop:
        protocol, transport = _connect(loop)
        protocol.data_received(b"POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n")
        assert not transport.is_cut
        protocol.data_received(b"0\r\nX: ")
        sent = 0
        while not transport.is_cut and sent < 10 * HEAD_MAX:
            protocol.data_received(b"x" * 1024)
            sent += 1024
        assert HEAD_MAX - 1024 <= sent <= HEAD_MAX + 1024


def test_a_body_in_small_chunks_is_not_cut() -> None:
    with Loop() as loop:
        protocol, transport = _connect(loop)
        protocol.data_received(b"POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n")
        for _ in range(HEAD_MAX):
            protocol.data_received(b"1\r\na\r\n")
        assert not transport.is_cut
        assert transport.sent == b""


def test_a_reader_who_does_not_read_is_cut() -> None:
    with Loop() as loop:
        protocol, transport = _connect(loop)
        protocol.data_received(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        protocol.pause_writing()
        protocol.pause_writing()
        [timer] = loop.waiting
        assert timer.delay_s == READ_S
        protocol.resume_writing()
        assert loop.waiting == []
        protocol.pause_writing()
        [timer] = loop.waiting
        timer.call()
        assert transport.is_cut


def test_who_leaves_the_end_of_the_last_answer_lying_is_cut() -> None:
    with Loop() as loop:
        protocol, transport = _connect(loop)
        protocol.data_received(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        protocol.timeout_keep_alive_handler()
        assert transport.is_closed
        assert not transport.is_cut
        [timer] = loop.waiting
        protocol.connection_lost(None)
        assert not timer.is_set
        timer.call()
        assert transport.is_cut


def test_a_request_before_the_last_one_is_answered_is_cut() -> None:
    with Loop() as loop:
        protocol, transport = _connect(loop)
        request = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"
        protocol.data_received(request)
        assert not transport.is_cut
        protocol.data_received(request)
        assert transport.is_cut


def test_a_request_after_the_last_one_was_answered_is_served() -> None:
    with Loop() as loop:
        protocol, transport = _connect(loop)
        request = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"
        protocol.data_received(request)
        protocol.cycle.response_complete = True
        protocol.data_received(request)
        assert not transport.is_cut
