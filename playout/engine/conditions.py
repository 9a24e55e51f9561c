"""The conditions under which this player resolves: its boot, what the boot ended, and whether control is there."""

from dataclasses import replace

from playout.clock import SECOND_NS, Clock, boot_of, boot_offset_ns
from playout.model.inputs import Conditions
from playout.model.power import PowerState
from playout.model.recovery import PowerLoss, Recovery
from playout.model.trust import ClockTrust

__all__ = ["SILENT_NS", "PlayerConditions"]

SILENT_NS = 15 * SECOND_NS
"""Control says something every five seconds; after so long without a word it is lost."""


class PlayerConditions:
    """Called for the conditions as they are now, by any thread. The same value as long as nothing changes."""

    def __init__(self, clock: Clock, recovery: Recovery, power_loss: PowerLoss | None = None) -> None:
        self._clock = clock
        self._heard_ns = clock.boottime_ns()
        self._boot = boot_of(clock)
        self._recovery, self._power_loss = recovery, power_loss
        self.trust = ClockTrust()
        """What is known of the wall clock; replaced whole by whoever looks after it."""
        self.power = PowerState()
        """What is known of the power; replaced whole by whoever looks after it."""

    def heard(self) -> None:
        """Control has said something."""
        self._heard_ns = self._clock.boottime_ns()

    def __call__(self) -> Conditions:
        """The conditions now."""
        self._boot = self._boot.follow(boot_offset_ns(self._clock))
        heard_ns, loss = self._heard_ns, self._power_loss
        if loss is not None and not self.trust.trusted:
            loss = replace(loss, lasted_ns=None)  # how long it lasted, only a clock that is right can tell
        is_silent = self._clock.boottime_ns() - heard_ns > SILENT_NS
        return Conditions(self._boot, self.trust, self.power, self._recovery, loss, heard_ns if is_silent else None)
