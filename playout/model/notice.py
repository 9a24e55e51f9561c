"""A notice: what one agency wants said, in every language of the site."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Annotated, Any, ClassVar

from annotated_types import Ge, Le, MaxLen, MinLen

from playout.model.panel import EDGE

__all__ = ["Align", "Arrange", "Backing", "Fit", "Kind", "Notice", "Style", "Text"]


class Kind(StrEnum):
    """How a notice is drawn."""

    TEXT = "text"
    """Pages of words, one language a page, on a ground or over a picture."""
    PICTURE = "picture"
    """A picture alone, the same for every language."""
    CRAWL = "crawl"
    """One line that moves through a crawl zone, all languages one after the other."""


class Fit(StrEnum):
    """How a picture fills its zone."""

    COVER = "cover"
    """Fill the zone, cutting what stands over."""
    CONTAIN = "contain"
    """Show all of the picture, leaving bars of ground."""


class Arrange(StrEnum):
    """How the languages of a notice share the screen."""

    AUTO = "auto"
    """All on one page where they fit at the reading distance, else `pages`; decided when the notice is taken in."""
    PAGES = "pages"
    """One language a page, in turn."""
    STACKED = "stacked"
    """All on one page, one below the other."""
    SIDE = "side"
    """All on one page, side by side."""


class Align(StrEnum):
    """Horizontal place of the lines of a text block."""

    LEFT = "left"
    CENTRE = "centre"


class Backing(StrEnum):
    """What sets words off from the picture behind them. Without a picture there is nothing to set them off from."""

    PLATE = "plate"
    """A plate of the ground colour under each language's words, nearly opaque."""
    OUTLINE = "outline"
    """An outline of the ground colour around each letter, which leaves the picture to be seen."""


@dataclass(frozen=True, slots=True)
class Style:
    """Colours as `#rrggbb`, and how the lines stand."""

    __pydantic_config__: ClassVar[dict[str, Any]] = EDGE

    colour: str = "#ffffff"
    """Body text."""
    accent: str = "#ffd200"
    """Heading."""
    ground: str = "#000000"
    """Behind everything; also the plate or outline of words over a picture."""
    align: Align = Align.CENTRE
    backing: Backing = Backing.PLATE


@dataclass(frozen=True, slots=True)
class Text:
    """The words of a notice in one language."""

    __pydantic_config__: ClassVar[dict[str, Any]] = EDGE

    language: str
    """Language code: vi, en, km, lo, zh, jra, bdq."""
    body: Annotated[str, MinLen(1), MaxLen(2000)]
    """The words; a line break in the file is a line break on the wall."""
    heading: Annotated[str, MaxLen(200)] = ""
    """Larger line above the body."""
    proofread: bool = False
    """Whether a native reader has proof-read this text."""
    proofread_by: Annotated[str, MaxLen(200)] = ""
    """Who proof-read it."""
    revised: date | None = None
    """Day on which the words last changed; a translation older than its original is found by it."""


@dataclass(frozen=True, slots=True)
class Notice:
    """One notice. Its pages follow the order of the site's languages and all dwell the same time."""

    __pydantic_config__: ClassVar[dict[str, Any]] = EDGE

    id: Annotated[str, MinLen(1), MaxLen(64)]
    """Name used in playlists and overrides."""
    kind: Kind
    title: Annotated[str, MinLen(1), MaxLen(200)]
    """What it is called in lists, in Vietnamese."""
    source: Annotated[str, MinLen(1), MaxLen(400)]
    """The document it comes from: number, date, place in it."""
    agency: Annotated[str, MaxLen(200)] = ""
    """Who supplied it."""
    topic: Annotated[str, MaxLen(100)] = ""
    """Subject, as the site's rules name it."""
    reading_distance_m: Annotated[float, Ge(1), Le(1000)] = 50.0
    """Ground distance from which it must be readable in metres."""
    dwell_s: Annotated[float, Ge(3), Le(300)] | None = None
    """How long each page stands in seconds; without it the reading time of its longest language, set when taken in."""
    reading_s: Annotated[float, Ge(0), Le(300)] | None = None
    """Reading time of its longest language in seconds, set when taken in: pages that share are never cut below it."""
    essential: bool = False
    """Stays in its playlist while the sign runs from batteries."""
    original: Annotated[str, MaxLen(20)] = ""
    """Language the notice was written in; empty: the site's first."""
    arrange: Arrange = Arrange.AUTO
    texts: tuple[Text, ...] = ()
    picture: str = ""
    """SHA-256 of the background picture in the media store (in a TOML file: the path of the picture)."""
    fit: Fit = Fit.COVER
    style: Style = Style()
