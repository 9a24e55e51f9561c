"""The outer edge of the API: which names it answers to, how much it reads, and the headers of every answer."""

from collections.abc import Iterable
from http import HTTPStatus

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from playout.api.auth import LOOKING
from playout.api.precedence import Precedence
from playout.api.problems import SECURITY_HEADERS, Refused, problem

__all__ = ["BODY_MAX", "LONG_BODY_MAX", "Edge", "allowed_hosts"]

BODY_MAX = 64 * 1024
"""Longest request body in bytes."""
LONG_BODY_MAX = 16 * 1024 * 1024
"""Longest body of a request that carries a whole schedule."""
_LONG = ("/api/v1/schedule", "/api/v1/schedule/check")
_TOO_LONG = "the body is too long"
_HEADERS = [(name.encode(), value.encode()) for name, value in SECURITY_HEADERS.items()]
_TLS_HEADERS = [*_HEADERS, (b"strict-transport-security", b"max-age=15552000")]
"""Under TLS a browser never asks without it again for half a year. Source: RFC 6797, 6.1."""


def allowed_hosts(bound: str, extra: Iterable[str]) -> frozenset[str]:
    """Names under which the API may be addressed: this machine's own, the one it is bound to, and the configured."""
    return frozenset(_bracketed(name).lower() for name in ("localhost", "127.0.0.1", "::1", bound, *extra))


class Edge:
    """Wraps the application. A foreign Host is refused, which stops pages elsewhere from rebinding their name to us.

    Whoever only looks lets an order that is under way go first.
    """

    def __init__(self, app: ASGIApp, hosts: frozenset[str], precedence: Precedence) -> None:
        self._app, self._hosts, self._precedence = app, hosts, precedence

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one request, or refuses it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        added = _TLS_HEADERS if scope["scheme"] == "https" else _HEADERS

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *added]
            await send(message)

        if scope["method"] in LOOKING:
            await self._precedence.after_orders()
        length, hosts = _two_headers(scope)
        if len(hosts) > 1:
            refusal = problem(HTTPStatus.BAD_REQUEST, "Host is given more than once", remedy="give one name")
            await refusal(scope, receive, send_with_headers)
        elif not self._hosts.issuperset(hosts) or not hosts:
            text, remedy = "this name is not served here", "add it to api.hosts, or use the one in the configuration"
            refusal = problem(HTTPStatus.MISDIRECTED_REQUEST, text, remedy=remedy)
            await refusal(scope, receive, send_with_headers)
        elif length > (most := LONG_BODY_MAX if scope["path"] in _LONG else BODY_MAX):
            refusal = problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, _TOO_LONG, remedy=_shorter(most))
            await refusal(scope, receive, send_with_headers)
        else:
            await self._app(scope, _Counted(receive, most), send_with_headers)


class _Counted:
    """Receives a body of which nobody told the length, up to the limit."""

    __slots__ = ("_most", "_receive", "_received")

    def __init__(self, receive: Receive, most: int) -> None:
        self._receive, self._received, self._most = receive, 0, most

    async def __call__(self) -> Message:
        message = await self._receive()
        self._received += len(message.get("body", b""))
        if self._received > self._most:
            raise Refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, _TOO_LONG, _shorter(self._most))
        return message


def _two_headers(scope: Scope) -> tuple[int, list[str]]:
    """Content-Length (0 where there is none) and every Host without its port."""
    length, hosts = 0, list[str]()
    for name, value in scope["headers"]:
        if name == b"host":
            hosts.append(_without_port(value.decode("latin-1").lower()))
        elif name == b"content-length" and value.isdigit():
            length = int(value)
    return length, hosts


def _without_port(host: str) -> str:
    name, colon, port = host.rpartition(":")
    return name if colon and port.isascii() and port.isdigit() else host


def _shorter(most: int) -> str:
    return f"send at most {most} bytes"


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host and not host.startswith("[") else host
