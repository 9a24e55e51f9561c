"""A claim: the one record of anything that may own a screen."""

from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import Annotated, Any, ClassVar

from annotated_types import Ge, Le, MaxLen, MinLen

from playout.model.panel import EDGE

__all__ = ["Band", "Claim", "Content", "ContentKind", "Mode", "Stop"]


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
    OVERLAY = "overlay"
    SHARE = "share"


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


@dataclass(frozen=True, slots=True)
class Content:
    """What a claim shows: `ref` is the id of the notice or playlist."""

    __pydantic_config__: ClassVar[dict[str, Any]] = EDGE

    kind: ContentKind
    ref: str = ""
    layout: str = ""
    """Id of the layout; without one the main zone fills the screen."""
    crawl: str = ""
    """Id of the notice that runs through the layout's crawl zone."""


@dataclass(frozen=True, slots=True)
class Claim:
    """Anything that may own a screen. All instants are UTC in ns since the Unix epoch; intervals are half-open."""

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
    hold: Annotated[int, Ge(0), Le(6)] = 0
    """Lowest band that may interrupt it at once."""
    mode: Mode = Mode.REPLACE
    zone: str = ""
    stop: Stop = Stop.PAGE
    boot_id: str = ""
    """Boot of the host in which it was made."""
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

    @property
    def order(self) -> tuple[int, int, int, str]:
        """Key of the total order: the greatest wins."""
        return (self.band, self.rank, self.issued_ns, self.id)

    def is_live(self, at_ns: int) -> bool:
        """Whether `at_ns` lies in `[start, expires)`."""
        return self.start_ns <= at_ns and (self.expires_ns is None or at_ns < self.expires_ns)
