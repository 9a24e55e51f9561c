"""A claim: the one record of anything that may own a screen."""

from dataclasses import dataclass, replace
from enum import IntEnum, StrEnum
from typing import Annotated, Any, ClassVar

from annotated_types import Ge, Le, MaxLen, MinLen

from playout.model.boot import SAME_NS, Boot
from playout.model.panel import EDGE

__all__ = ["BY_HAND", "TEST_CARDS", "Band", "Claim", "Content", "ContentKind", "Mode", "Stop"]

BY_HAND = frozenset({"api", "console", "contact", "local"})
"""Sources behind which a person stands; any other is a feed."""


class Band(IntEnum):
    """Levels of importance. Inside a band, `rank` decides."""

    FALLBACK = 0
    FILLER = 1
    SCHEDULE = 2
    NOTICE = 3
    OPERATOR = 4
    EMERGENCY = 5
    SAFETY = 6


class Mode(StrEnum):
    """How a claim joins what else wants the screen."""

    REPLACE = "replace"
    """It owns all zones."""
    OVERLAY = "overlay"
    """It lies in a zone of its own above the content of its own or a lower band."""
    SHARE = "share"
    """Its pages alternate with those of its equals: same band, same rank."""


class Stop(StrEnum):
    """How the newcomer interrupts what is on air."""

    ITEM = "item"
    """Waits for the end of the item if that comes within 30 s, else as `page`."""
    PAGE = "page"
    """Waits for the end of the page if that comes within 10 s, else as `now`."""
    NOW = "now"


class ContentKind(StrEnum):
    """What a claim shows."""

    NOTICE = "notice"
    PLAYLIST = "playlist"
    SLATE = "slate"
    """The built-in fallback picture."""
    BLANK = "blank"
    """Black, on purpose."""
    TESTCARD = "testcard"
    """A pattern by which technicians judge the panel."""


TEST_CARDS = ("white", "red", "green", "blue", "grey", "bars", "ramp", "grid")
"""Test cards by name. The plain ones are the lamp test."""


@dataclass(frozen=True, slots=True)
class Content:
    """What a claim shows: `ref` is the id of the notice or playlist, or the name of the test card."""

    __pydantic_config__: ClassVar[dict[str, Any]] = EDGE

    kind: ContentKind
    ref: str = ""
    layout: str = ""
    """Id of the layout; without one the main zone fills the screen."""
    crawl: str = ""
    """Id of the notice that runs through the layout's crawl zone."""


@dataclass(frozen=True, slots=True)
class Claim:
    """Anything that may own a screen. All instants are UTC in ns since the Unix epoch; intervals are half-open.

    In the boot of the host in which it was made (`boot_id`) the `boot_*` instants count instead, on CLOCK_BOOTTIME: a
    step of the wall clock neither extends nor ends it, nor makes it older than what it replaced.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = EDGE

    id: Annotated[str, MinLen(1), MaxLen(200)]
    screens: tuple[str, ...]
    """Screens it wants; empty: all."""
    band: Band
    content: Content
    issued_ns: int
    """When it was made; a renewal keeps it."""
    start_ns: int
    expires_ns: int | None = None
    """First instant at which it no longer counts; None: until cleared."""
    rank: Annotated[int, Ge(0), Le(100)] = 0
    """Order inside the band; the higher wins."""
    hold: Annotated[int, Ge(0), Le(6)] | None = None
    """Lowest band that may interrupt it at once; None: its own."""
    mode: Mode = Mode.REPLACE
    zone: str = ""
    """Id of the zone an overlay lies in."""
    stop: Stop = Stop.PAGE
    boot_id: str = ""
    """Boot of the host in which it was made."""
    boot_issued_ns: int | None = None
    boot_start_ns: int | None = None
    boot_expires_ns: int | None = None
    sticky: bool = False
    """Returns after a loss of power."""
    essential: bool = False
    """Stays on air while the sign runs from batteries."""
    languages: tuple[str, ...] = ()
    """Languages it is restricted to; empty: the site's."""
    author: str = ""
    approver: str = ""
    reason: Annotated[str, MaxLen(500)] = ""
    source: str = ""
    """Where it came from: api, local, schedule."""
    renewals: Annotated[int, Ge(0)] = 0
    """How often a person has renewed it."""

    @property
    def holds(self) -> int:
        """Lowest band that may interrupt it at once."""
        return self.band if self.hold is None else self.hold

    @property
    def is_panic(self) -> bool:
        """Whether it is the panic blank, which holds through any loss of power and any clock until it is cleared."""
        return self.band is Band.SAFETY and self.sticky and self.content.kind is ContentKind.BLANK

    def window(self, boot: Boot) -> tuple[int, int | None]:
        """Its interval `[start, end)` as the wall clock of this boot tells it; no end means until cleared."""
        start_ns = self._told(self.start_ns, self.boot_start_ns, boot)
        if self.expires_ns is None:
            return start_ns, None
        return start_ns, self._told(self.expires_ns, self.boot_expires_ns, boot)

    def order(self, boot: Boot) -> tuple[int, int, int, str]:
        """Key of the total order: the greatest wins."""
        return (self.band, self.rank, self._told(self.issued_ns, self.boot_issued_ns, boot), self.id)

    def is_live(self, at_ns: int, boot: Boot) -> bool:
        """Whether `at_ns` lies in its interval."""
        start_ns, end_ns = self.window(boot)
        return start_ns <= at_ns and (end_ns is None or at_ns < end_ns)

    def bound(self, boot: Boot) -> "Claim":
        """The claim as made in this boot: its instants on CLOCK_BOOTTIME too."""
        if not boot.id:
            return self
        return replace(
            self,
            boot_id=boot.id,
            boot_issued_ns=boot.boot_ns(self.issued_ns),
            boot_start_ns=boot.boot_ns(self.start_ns),
            boot_expires_ns=None if self.expires_ns is None else boot.boot_ns(self.expires_ns),
        )

    def renewing(self, old: "Claim", boot: Boot) -> "Claim":
        """This claim, bound to this boot, as the renewal of an older one, whose name, age and running time it keeps."""
        renewed = replace(self, id=old.id, issued_ns=old.issued_ns, renewals=old.renewals + 1)
        if old.boot_id != boot.id:
            return renewed.bound(boot)
        return replace(
            renewed, start_ns=old.start_ns, boot_issued_ns=old.boot_issued_ns, boot_start_ns=old.boot_start_ns
        )

    def ended(self, at_ns: int, boot: Boot) -> "Claim":
        """The claim, ended at an instant; itself where it had ended before."""
        end_ns = self.window(boot)[1]
        if end_ns is not None and end_ns <= at_ns:
            return self
        is_ours = bool(boot.id) and self.boot_id == boot.id
        return replace(self, expires_ns=at_ns, boot_expires_ns=boot.boot_ns(at_ns) if is_ours else None)

    def _told(self, utc_ns: int, boot_ns: int | None, boot: Boot) -> int:
        if boot_ns is None or not boot.id or boot.id != self.boot_id:
            return utc_ns
        told_ns = boot.utc_ns(boot_ns)
        return utc_ns if abs(told_ns - utc_ns) < SAME_NS else told_ns
