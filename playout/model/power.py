"""Where the power comes from, as far as it decides what is on air."""

from dataclasses import dataclass
from enum import StrEnum

__all__ = ["UNKNOWN_KEEPS_NS", "PowerMode", "PowerState"]

UNKNOWN_KEEPS_NS = 300 * 10**9
"""How long the last mode goes on to hold once the sources are silent."""


class PowerMode(StrEnum):
    """What feeds the sign."""

    MAINS = "mains"
    UPS = "ups"
    """On battery: essential content only, nothing that moves."""
    GENERATOR = "generator"
    LOW = "low"
    """The battery runs out: the winning emergency or nothing."""
    SHUTDOWN = "shutdown"
    """The host is being shut down: blank."""
    RETURNING = "returning"
    """First supply after dark; the content is that of mains."""
    UNKNOWN = "unknown"
    """The sources are silent: the last mode for five minutes, then as on battery."""


@dataclass(frozen=True, slots=True)
class PowerState:
    """The power as the sources tell it."""

    mode: PowerMode = PowerMode.MAINS
    is_assumed: bool = True
    """Whether no source is configured, so that mains is taken for granted."""
    since_boot_ns: int = 0
    """CLOCK_BOOTTIME at which this mode began."""
    before: PowerMode | None = None
    """The mode that held before it became unknown; None after a boot of the host."""
    detail: str = ""
    """What the sources say, for people."""

    def policy(self, boot_ns: int) -> PowerMode:
        """The mode whose rules hold at an instant of CLOCK_BOOTTIME; never unknown."""
        if self.mode is not PowerMode.UNKNOWN:
            return self.mode
        if self.before not in (None, PowerMode.UNKNOWN) and boot_ns < self.since_boot_ns + UNKNOWN_KEEPS_NS:
            return self.before
        return PowerMode.UPS

    @property
    def changes_boot_ns(self) -> int | None:
        """CLOCK_BOOTTIME at which the rules change by themselves; None where they do not."""
        if self.mode is PowerMode.UNKNOWN and self.before not in (None, PowerMode.UNKNOWN):
            return self.since_boot_ns + UNKNOWN_KEEPS_NS
        return None
