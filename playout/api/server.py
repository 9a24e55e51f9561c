"""The HTTP server: its socket, its limits, and an end that leaves time for nobody to hang on."""

import asyncio
import socket
import ssl
from collections.abc import Generator
from contextlib import contextmanager

import uvicorn
from fastapi import FastAPI

from playout.api.protocol import REQUEST_S, ImpatientProtocol
from playout.config import Api, is_loopback
from playout.errors import ConfigError
from playout.ipc.notify import notify

__all__ = ["Server", "bind", "make_server"]

_BACKLOG = 256


class Server(uvicorn.Server):
    """uvicorn without its signal handlers: it raises SIGTERM again at its end, so that nothing after it would run."""

    @contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        """Leaves signals to the control program."""
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begins to answer, and says so to systemd. A client's side of TLS has no longer time than a request."""
        config, self.servers = self.config, []

        def connected() -> ImpatientProtocol:
            return ImpatientProtocol(config, self.server_state, {})

        loop = asyncio.get_running_loop()
        patience_s = REQUEST_S if config.ssl else None
        for each in sockets or ():
            self.servers.append(
                await loop.create_server(
                    connected, sock=each, ssl=config.ssl, ssl_handshake_timeout=patience_s, backlog=_BACKLOG
                )
            )
        self.started = True
        notify("READY=1")


def bind(api: Api) -> socket.socket:
    """The listening socket. Raises: ConfigError where the address is taken, unknown or open without TLS."""
    if not is_loopback(api.host) and not (api.certificate and api.key):
        raise ConfigError(
            f"api.host: {api.host} can be reached from the network, which needs api.certificate and api.key",
            hint="give both, or listen on 127.0.0.1",
        )
    family = socket.AF_INET6 if ":" in api.host else socket.AF_INET
    try:
        return socket.create_server((api.host, api.port), family=family, backlog=_BACKLOG)
    except OSError as error:
        reason = (error.strerror or str(error)).partition(" (while")[0]
        raise ConfigError(
            f"api.host, api.port: cannot listen on {api.host} port {api.port}: {reason}",
            hint="end the program that uses this port, or set another api.port",
        ) from error


def make_server(app: FastAPI, context: ssl.SSLContext | None) -> Server:
    """The server of the application, not yet running; with a context it speaks TLS."""
    config = uvicorn.Config(
        app,
        http=ImpatientProtocol,
        ws="none",
        lifespan="off",
        interface="asgi3",
        log_config=None,
        access_log=False,
        server_header=False,
        date_header=False,
        proxy_headers=False,
        backlog=_BACKLOG,
        timeout_keep_alive=10,
        timeout_graceful_shutdown=2,
    )
    config.load()
    config.ssl = context
    return Server(config)
