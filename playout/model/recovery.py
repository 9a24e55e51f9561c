"""What shows after a loss of power or of the control link: the site's policy, and what was lost.

Source: NTCIP 1203 v03, 5.7.8 to 5.7.15 (short and long power recovery, short power loss time, communications loss).
"""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Annotated, Any, ClassVar

from annotated_types import Ge, Le, MaxLen

from playout.model.panel import EDGE

__all__ = ["AfterLoss", "PowerLoss", "Recovery", "Show"]


class Show(StrEnum):
    """What shows after a loss."""

    SCHEDULE = "schedule"
    """The schedule goes on; of what people had ordered only the sticky returns."""
    UNCHANGED = "unchanged"
    """Everything that is still valid returns (NTCIP: current buffer)."""
    BLANK = "blank"
    """Black, on purpose."""
    NOTICE = "notice"
    PLAYLIST = "playlist"


@dataclass(frozen=True, slots=True)
class AfterLoss:
    """One choice: `{ show = "schedule" }`, or `{ show = "notice", ref = "welcome" }`."""

    __pydantic_config__: ClassVar[dict[str, Any]] = EDGE

    show: Show = Show.SCHEDULE
    ref: Annotated[str, MaxLen(64)] = ""
    """Id of the notice or playlist."""


@dataclass(frozen=True, slots=True)
class Recovery:
    """The site's policy after a loss."""

    __pydantic_config__: ClassVar[dict[str, Any]] = EDGE

    short_loss_s: Annotated[float, Ge(0), Le(86_400)] = 60.0
    """A loss of power of at most so many seconds is a short one; one of unknown length is long."""
    after_short_loss: AfterLoss = AfterLoss()
    """After a short loss of power."""
    after_long_loss: AfterLoss = AfterLoss()
    """After a long loss of power."""
    stands_s: Annotated[float, Ge(1), Le(86_400)] = 300.0
    """How long blank, notice or playlist stand after a loss of power before the schedule goes on."""
    link_loss_s: Annotated[float, Ge(1), Le(86_400)] = 300.0
    """How long control may be silent before it counts as lost."""
    after_link_loss: AfterLoss = field(default=AfterLoss(Show.UNCHANGED))
    """While control is lost; `schedule` sets aside what people ordered in bands 3 and 4 and is not sticky."""


@dataclass(frozen=True, slots=True)
class PowerLoss:
    """The loss of power that the boot of this host ended."""

    back_boot_ns: int
    """CLOCK_BOOTTIME at which the sign was back."""
    lasted_ns: int | None = None
    """How long the sign was dark; None where that cannot be told."""
