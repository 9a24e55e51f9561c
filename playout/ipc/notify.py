"""Tells systemd how a program is. Source: sd_notify(3), a datagram to the socket named by NOTIFY_SOCKET."""

import logging
import os
import socket

__all__ = ["notify"]

_log = logging.getLogger(__name__)


def notify(state: str) -> None:
    """Sends `READY=1`, `WATCHDOG=1` or `STOPPING=1`; does nothing where nobody asked for it, and never raises."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address:
        return
    if address.startswith("@"):
        address = "\0" + address[1:]
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK | socket.SOCK_CLOEXEC) as sender:
            sender.sendto(state.encode(), address)
    except OSError as error:
        _log.warning("notify failed state=%s error=%s", state, error)
