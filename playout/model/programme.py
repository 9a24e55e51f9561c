"""A programme: the answer of `resolve`, what is on air and why."""

from dataclasses import dataclass, field

from playout.model.claim import Band, ContentKind
from playout.model.notice import Notice
from playout.model.schedule import Layout, Transition

__all__ = ["Because", "Crawl", "Page", "Programme"]


@dataclass(frozen=True, slots=True)
class Because:
    """Why this is on air: the claim that won, those that lost to it (greatest first), and the rule."""

    winner: str
    losers: tuple[str, ...]
    rule: str


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
class Programme:
    """What one screen shows. `page` is None for the slate and for blank.

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
