"""How long somebody who guesses passwords has to wait: nobody is refused, each further guess takes longer."""

from collections import OrderedDict
from dataclasses import dataclass, field
from ipaddress import IPv6Address, IPv6Network, ip_address

from playout.clock import SECOND_NS

__all__ = ["ACCOUNT_S", "ADDRESS_S", "Patience", "network"]

ADDRESS_S = 10.0
"""The longest wait of an address that failed often."""
ACCOUNT_S = 2.0
"""The longest wait for an account that others failed to open: short, since its owner waits as long."""
_FREE = 3
"""Failures that cost no wait: people mistype."""
_FIRST_S = 0.5
_FORGOTTEN_NS = 900 * SECOND_NS
_KEPT = 4096


@dataclass(slots=True)
class _Failures:
    """Failures by what they have in common, the last ones only."""

    most_s: float
    _known: OrderedDict[str, tuple[int, int]] = field(default_factory=OrderedDict[str, tuple[int, int]])

    def count(self, key: str, now_ns: int) -> int:
        failures, last_ns = self._known.get(key, (0, 0))
        return failures if now_ns - last_ns < _FORGOTTEN_NS else 0

    def wait_s(self, key: str, now_ns: int) -> float:
        failures = self.count(key, now_ns)
        return 0.0 if failures < _FREE else min(self.most_s, _FIRST_S * 2.0 ** min(failures - _FREE, 16))

    def add(self, key: str, now_ns: int) -> None:
        failures = self.count(key, now_ns)
        self._known.pop(key, None)
        self._known[key] = failures + 1, now_ns
        if len(self._known) > _KEPT:
            self._known.popitem(last=False)

    def forget(self, key: str) -> None:
        self._known.pop(key, None)

    def __len__(self) -> int:
        return len(self._known)


class Patience:
    """Remembers who failed; a few thousand addresses and accounts at most. Instants are monotonic ns."""

    def __init__(self) -> None:
        self._addresses, self._accounts = _Failures(ADDRESS_S), _Failures(ACCOUNT_S)

    def wait_s(self, address: str, account: str, now_ns: int) -> float:
        """How long the next try has to wait, in seconds."""
        by_address = self._addresses.wait_s(network(address), now_ns)
        return max(by_address, self._accounts.wait_s(account, now_ns))

    def failed(self, address: str, account: str, now_ns: int) -> int:
        """Remembers a failure; returns how many there were from that address."""
        self._addresses.add(network(address), now_ns)
        self._accounts.add(account, now_ns)
        return self._addresses.count(network(address), now_ns)

    def succeeded(self, account: str) -> None:
        """Its owner came in. What an address did stays: one may guess between signing in to an account of one's own."""
        self._accounts.forget(account)

    def __len__(self) -> int:
        return len(self._addresses) + len(self._accounts)


def network(address: str) -> str:
    """What one caller has to himself: an IPv4 address, or the 2^64 addresses of an IPv6 link."""
    try:
        known = ip_address(address)
    except ValueError:
        return address
    return str(IPv6Network((known, 64), strict=False)) if isinstance(known, IPv6Address) else str(known)
