"""The conditions under which this player resolves: its boot, what the boot ended, and whether control is there."""

from dataclasses import replace
from pathlib import Path

from playout.clock import Clock, boot_of, boot_offset_ns
from playout.ipc.alive import SILENT_NS, read_alive
from playout.model.inputs import Conditions
from playout.model.power import PowerState
from playout.model.recovery import PowerLoss, Recovery
from playout.model.trust import ClockTrust

__all__ = ["PlayerConditions"]


class PlayerConditions:
    """Called for the conditions as they are now, by any thread. The same value as long as nothing changes."""

    def __init__(self, clock: Clock, air: Path, recovery: Recovery, power_loss: PowerLoss | None = None) -> None:
        self._clock, self._air = clock, air
        self._boot = boot_of(clock)
        self._recovery, self._power_loss = recovery, power_loss
        self.trust = ClockTrust()
        """What is known of the wall clock; replaced whole by whoever looks after it."""
        self.power = PowerState()
        """What is known of the power; replaced whole by whoever looks after it."""

    def __call__(self) -> Conditions:
        """The conditions now."""
        self._boot = self._boot.follow(boot_offset_ns(self._clock))
        loss = self._power_loss
        if loss is not None and not self.trust.trusted:
            loss = replace(loss, lasted_ns=None)  # how long it lasted, only a clock that is right can tell
        alive_ns = read_alive(self._air, self._boot.id)
        is_lost = self._clock.boottime_ns() - alive_ns > SILENT_NS
        return Conditions(self._boot, self.trust, self.power, self._recovery, loss, alive_ns if is_lost else None)
