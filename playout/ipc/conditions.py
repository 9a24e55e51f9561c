"""The conditions as somebody sees them who is not the player: from what the player published, or from this machine."""

from dataclasses import replace

from playout.clock import Clock, boot_of
from playout.model.inputs import Conditions
from playout.model.recovery import Recovery
from playout.model.snapshot import Snapshot

__all__ = ["conditions_of"]


def conditions_of(snapshot: Snapshot | None, clock: Clock, recovery: Recovery) -> Conditions:
    """Those of a player's snapshot with the wall clock as it is now; without one a trusted clock and mains."""
    boot = boot_of(clock)
    if snapshot is None or snapshot.conditions.boot.id != boot.id:
        return Conditions(boot=boot, recovery=recovery)
    return replace(snapshot.conditions, boot=snapshot.conditions.boot.follow(boot.offset_ns))
