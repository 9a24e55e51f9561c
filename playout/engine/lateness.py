"""Lateness of the tick: the last 1,024 in µs, and the missed."""

__all__ = ["Lateness"]

_KEPT = 1024


class Lateness:
    """Counts how late the ticks come. One thread writes."""

    def __init__(self) -> None:
        self._last_us = [0] * _KEPT
        self._count = 0
        self.missed = 0
        """Ticks that were over before anything could be sent."""

    def add(self, late_ns: int, missed: int) -> None:
        """Records one tick."""
        self._last_us[self._count % _KEPT] = late_ns // 1000
        self._count += 1
        self.missed += missed

    def p99_us(self) -> int:
        """99th percentile of the last 1,024 ticks in µs."""
        known = sorted(self._last_us[: min(self._count, _KEPT)])
        return known[len(known) * 99 // 100] if known else 0
