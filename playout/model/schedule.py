"""Schedules: layouts, playlists and dayparts, bound into immutable revisions."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Annotated, Any, ClassVar

from annotated_types import Ge, Gt, Le, MaxLen, MinLen

from playout.model.calendar import Calendar, Moment, Recurring, Weekday
from playout.model.frame import Rect, Size
from playout.model.notice import Notice
from playout.model.panel import EDGE

__all__ = [
    "Closed",
    "ClosedShow",
    "Daypart",
    "Hours",
    "HoursUse",
    "Item",
    "Layout",
    "Playlist",
    "Revision",
    "Schedule",
    "Transition",
    "Weekday",
    "Zone",
    "ZoneKind",
]


class Transition(StrEnum):
    """How a page replaces the one before it."""

    CUT = "cut"
    CROSSFADE = "crossfade"


class ZoneKind(StrEnum):
    """What a zone of a layout shows."""

    MAIN = "main"
    """The pages of the playlist."""
    CRAWL = "crawl"
    """The moving line of the daypart."""
    CLOCK = "clock"
    """The site's local time."""
    TIMECODE = "timecode"
    """The frame's due time as 64 black and white blocks, most significant first (for measuring)."""
    OVERLAY = "overlay"
    """Empty, until an overlay is shown in it above the others."""


@dataclass(frozen=True, slots=True)
class Zone:
    """A rectangle of the screen, in shares of its width and height (0 to 1)."""

    __pydantic_config__: ClassVar[dict[str, Any]] = EDGE

    kind: ZoneKind
    id: Annotated[str, MaxLen(64)] = ""
    """Name by which overlays ask for an overlay zone."""
    x: Annotated[float, Ge(0), Le(1)] = 0.0
    y: Annotated[float, Ge(0), Le(1)] = 0.0
    width: Annotated[float, Gt(0), Le(1)] = 1.0
    height: Annotated[float, Gt(0), Le(1)] = 1.0
    colour: str = "#ffffff"
    """Words of a clock or crawl, `#rrggbb`."""
    ground: str = "#000000"
    """Behind them."""
    speed_px_s: Annotated[int, Ge(1), Le(1000)] = 120
    """Speed of a crawl; rounded to whole pixels a frame."""

    def rect(self, size: Size) -> Rect:
        """The zone on a screen of this size; neighbouring zones share edges without gap or overlap."""
        left, top = round(self.x * size.width), round(self.y * size.height)
        right = min(size.width, round((self.x + self.width) * size.width))
        bottom = min(size.height, round((self.y + self.height) * size.height))
        return Rect(left, top, max(1, right - left), max(1, bottom - top))


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the zones are. Exactly one is a main zone."""

    __pydantic_config__: ClassVar[dict[str, Any]] = EDGE

    id: Annotated[str, MinLen(1), MaxLen(64)]
    zones: Annotated[tuple[Zone, ...], MinLen(1), MaxLen(16)] = (Zone(ZoneKind.MAIN),)


@dataclass(frozen=True, slots=True)
class Item:
    """One notice in a playlist."""

    __pydantic_config__: ClassVar[dict[str, Any]] = EDGE

    notice: str
    """Id of the notice."""
    dwell_s: Annotated[float, Ge(3), Le(300)] | None = None
    """How long each of its pages stands here; otherwise the notice's own time."""
    transition: Transition = Transition.CROSSFADE
    """How each of its pages comes in."""


@dataclass(frozen=True, slots=True)
class Playlist:
    """Notices in order, played in a loop."""

    __pydantic_config__: ClassVar[dict[str, Any]] = EDGE

    id: Annotated[str, MinLen(1), MaxLen(64)]
    title: Annotated[str, MaxLen(200)] = ""
    items: Annotated[tuple[Item, ...], MinLen(1), MaxLen(10_000)] = ()


@dataclass(frozen=True, slots=True)
class Daypart(Recurring):
    """A time of day with its playlist: `[start, end)` in local time; an end not after the start is on the next day.

    It belongs to the day on which it starts: the rules of `Recurring` speak of that day.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = EDGE

    id: Annotated[str, MinLen(1), MaxLen(64)]
    playlist: str
    """Id of the playlist."""
    start: Moment
    end: Moment
    layout: str = ""
    """Id of the layout; without one the main zone fills the screen."""
    crawl: str = ""
    """Id of the notice that runs through the crawl zone."""
    rank: Annotated[int, Ge(0), Le(100)] = 0
    """The higher one wins where two overlap."""


class HoursUse(StrEnum):
    """What hours are for."""

    OPEN = "open"
    """The sign works; where a screen has such hours, it is closed outside all of them."""
    QUIET = "quiet"
    """The sign keeps back: less light, or nothing that moves."""


@dataclass(frozen=True, slots=True)
class Hours(Recurring):
    """Hours of the sign itself, as rules of the same kind as a daypart's. Emergencies show in full at any hour."""

    __pydantic_config__: ClassVar[dict[str, Any]] = EDGE

    id: Annotated[str, MinLen(1), MaxLen(64)]
    use: HoursUse
    start: Moment
    end: Moment
    luminance: Annotated[float, Ge(0.02), Le(1)] = 1.0
    """Quiet hours: share of the screen's light."""
    motion: bool = True
    """Quiet hours: false shows no crawl and cuts from page to page."""


class ClosedShow(StrEnum):
    """What a closed sign shows."""

    BLANK = "blank"
    SLATE = "slate"
    """The built-in picture."""
    PLAYLIST = "playlist"


@dataclass(frozen=True, slots=True)
class Closed:
    """What a screen shows outside its open hours."""

    __pydantic_config__: ClassVar[dict[str, Any]] = EDGE

    show: ClosedShow = ClosedShow.BLANK
    playlist: str = ""
    """Id of the playlist, where it shows one."""
    layout: str = ""
    crawl: str = ""


@dataclass(frozen=True, slots=True)
class Schedule:
    """Everything the operators plan."""

    __pydantic_config__: ClassVar[dict[str, Any]] = EDGE

    layouts: Annotated[tuple[Layout, ...], MaxLen(500)] = ()
    playlists: Annotated[tuple[Playlist, ...], MaxLen(2_000)] = ()
    dayparts: Annotated[tuple[Daypart, ...], MaxLen(5_000)] = ()
    filler: str = ""
    """Playlist for the time no daypart covers; without one the fallback slate shows."""
    filler_layout: str = ""
    """Layout of the filler."""
    filler_crawl: str = ""
    """Notice that runs through the filler's crawl zone."""
    hours: Annotated[tuple[Hours, ...], MaxLen(500)] = ()
    """Open and quiet hours; without open ones the sign never closes."""
    closed: Closed = Closed()
    """What shows outside the open hours."""
    calendars: Annotated[tuple[Calendar, ...], MaxLen(100)] = ()
    """Calendars that rules name."""


@dataclass(frozen=True, slots=True)
class Revision:
    """One immutable state of schedule and notices. `issued_ns` (UTC, Unix epoch) is phase 0 of its filler.

    `compiled` is no part of the value: what is worked out from it for fast answers lives and goes with it.
    """

    number: int
    issued_ns: int
    schedule: Schedule = Schedule()
    notices: Mapping[str, Notice] = field(default_factory=dict[str, Notice])
    unreadable: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    """By notice, the languages that cannot be read on this sign, the least bad first, as control has found out."""
    compiled: dict[object, Any] = field(default_factory=dict[object, Any], init=False, compare=False, repr=False)
