"""The boot of the host: what ties its CLOCK_BOOTTIME to the wall clock."""

from dataclasses import dataclass

__all__ = ["SAME_NS", "Boot"]

SAME_NS = 10_000_000
"""Readings of the two clocks that differ by less than this are no step of the wall clock."""


@dataclass(frozen=True, slots=True)
class Boot:
    """One boot of the host. `offset_ns` is UTC less CLOCK_BOOTTIME: a step of the wall clock changes it, time does not.

    Without an `id` nothing is known of it, and only UTC counts.
    """

    id: str = ""
    offset_ns: int = 0

    def utc_ns(self, boot_ns: int) -> int:
        """What the wall clock says at an instant of CLOCK_BOOTTIME."""
        return boot_ns + self.offset_ns

    def boot_ns(self, utc_ns: int) -> int:
        """The instant of CLOCK_BOOTTIME at which the wall clock says this."""
        return utc_ns - self.offset_ns

    def follow(self, offset_ns: int) -> "Boot":
        """The same boot with the offset as measured now; itself where the wall clock was not stepped."""
        return self if abs(offset_ns - self.offset_ns) < SAME_NS else Boot(self.id, offset_ns)
