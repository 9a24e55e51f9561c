"""Instants as callers write them in an address."""

from playout.api.problems import Refused
from playout.clock import from_iso

__all__ = ["instant_ns"]

_FARTHEST_NS = 1 << 62


def instant_ns(name: str, text: str) -> int:
    """UTC ns of an ISO 8601 instant with its offset, or of a number of ns. Raises: Refused (400)."""
    try:
        at_ns = from_iso(text.replace(" ", "+") if "T" in text else text)  # in an address an unescaped + means a space
    except (ValueError, OverflowError) as error:
        remedy = "write it with its offset: 2026-01-01T07:00:00+07:00"
        raise Refused(400, f"{name}: {text!r} is no instant", remedy) from error
    if abs(at_ns) > _FARTHEST_NS:
        raise Refused(400, f"{name}: {text!r} lies too far away", "ask for a nearer instant")
    return at_ns
