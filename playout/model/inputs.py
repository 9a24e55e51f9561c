"""Inputs of `resolve`: everything that decides what is on air, frozen."""

from dataclasses import dataclass, field, replace

from playout.model.boot import Boot
from playout.model.claim import Claim
from playout.model.panel import Site
from playout.model.power import PowerState
from playout.model.recovery import PowerLoss, Recovery
from playout.model.schedule import Revision
from playout.model.trust import ClockTrust

__all__ = ["Conditions", "Inputs"]


@dataclass(frozen=True, slots=True)
class Conditions:
    """What holds for every screen of a machine, whatever anybody claims. Replaced whole, never changed."""

    boot: Boot = field(default_factory=Boot)
    trust: ClockTrust = field(default_factory=ClockTrust)
    power: PowerState = field(default_factory=PowerState)
    recovery: Recovery = field(default_factory=Recovery)
    power_loss: PowerLoss | None = None
    link_lost_boot_ns: int | None = None


@dataclass(frozen=True, slots=True)
class Inputs:
    """One screen's inputs. Replaced whole, never changed.

    `outgoing` is the revision that `revision` replaces at `takes_over_ns` (UTC, ns); before that instant it still
    decides. `claims` holds the live and coming ones and those that ended in the last 60 s, so that a restart in
    between gives the same answer. The instants that `resolve` is asked for, and those it answers, are the wall
    clock's; `boot` ties them to CLOCK_BOOTTIME, by which claims made in this boot begin and end.
    """

    screen: str
    site: Site
    revision: Revision | None = None
    outgoing: Revision | None = None
    takes_over_ns: int = 0
    claims: tuple[Claim, ...] = ()
    generation: int = 0
    boot: Boot = field(default_factory=Boot)
    trust: ClockTrust = field(default_factory=ClockTrust)
    power: PowerState = field(default_factory=PowerState)
    recovery: Recovery = field(default_factory=Recovery)
    power_loss: PowerLoss | None = None
    """What the boot of this host ended; None where nothing is known of a loss."""
    link_lost_boot_ns: int | None = None
    """CLOCK_BOOTTIME since which control is silent; None while it is there."""

    @property
    def conditions(self) -> Conditions:
        """The conditions that these inputs have."""
        return Conditions(self.boot, self.trust, self.power, self.recovery, self.power_loss, self.link_lost_boot_ns)

    def under(self, conditions: Conditions) -> "Inputs":
        """The same inputs under these conditions."""
        return replace(
            self,
            boot=conditions.boot,
            trust=conditions.trust,
            power=conditions.power,
            recovery=conditions.recovery,
            power_loss=conditions.power_loss,
            link_lost_boot_ns=conditions.link_lost_boot_ns,
        )
