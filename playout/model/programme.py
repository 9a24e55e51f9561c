"""A programme: the answer of `resolve`, what is on air and why."""

from dataclasses import dataclass, field

from playout.model.claim import Band, ContentKind
from playout.model.notice import Notice
from playout.model.schedule import Layout, Transition, Zone

__all__ = ["Because", "Crawl", "Overlay", "Page", "Programme"]


@dataclass(frozen=True, slots=True)
class Because:
    """Why this is on air: the claim that won, those that lost to it (greatest first), and the rule."""

    winner: str
    losers: tuple[str, ...]
    rule: str
    sharers: tuple[str, ...] = ()
    """Claims whose pages alternate with the winner's, in the order in which they come."""
    overlays: tuple[str, ...] = ()
    """Claims that lie above it in zones of their own."""
    warnings: tuple[str, ...] = ()
    """What a person should know of this answer."""

    @property
    def on_air(self) -> tuple[str, ...]:
        """Every claim that has a part in the picture."""
        return (self.winner, *self.sharers, *self.overlays)


@dataclass(frozen=True, slots=True)
class Page:
    """One page of one notice. `language` is `vi+en` for a page of both, and empty where no language matters.

    `starts_ns` and `ends_ns` (UTC, ns) are the page's, `item_ends_ns` is the end of the notice's last page.
    """

    notice: Notice
    language: str
    number: int
    count: int
    transition: Transition
    starts_ns: int
    ends_ns: int | None
    item_ends_ns: int | None
    playlist: str = ""


@dataclass(frozen=True, slots=True)
class Crawl:
    """A moving line and the instant (UTC, ns) at which it set out from the right edge."""

    notice: Notice
    languages: tuple[str, ...]
    phase_ns: int


@dataclass(frozen=True, slots=True)
class Overlay:
    """What lies above the winner in a zone of its own: a page, or a moving line."""

    claim: str
    band: Band
    zone: Zone
    page: Page | None
    crawl: Crawl | None


@dataclass(frozen=True, slots=True)
class Programme:
    """What one screen shows. `page` is None for the slate, for blank and for the test card of the name `card`.

    `overlays` lie above it, the last one on top. With `clock_hidden` the clock zones stay empty. `luminance` is the
    share of the screen's light, less than 1 in quiet hours.

    `entered_ns` (UTC) is the instant this content came into sight. The programme stays the same on
    `[any earlier instant of it, until_ns)` and differs at `until_ns`, unless `until_ns` is the horizon
    of 24 h or more. `until_ns` does not take part in comparison.
    """

    screen: str
    band: Band
    claim: str
    kind: ContentKind
    layout: Layout
    page: Page | None
    crawl: Crawl | None
    entered_ns: int
    because: Because
    until_ns: int = field(compare=False)
    overlays: tuple[Overlay, ...] = ()
    clock_hidden: bool = False
    card: str = ""
    luminance: float = 1.0
