"""What the routes of the schedule take and answer: the shapes that the OpenAPI document shows."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from annotated_types import MaxLen, MinLen
from pydantic import Field

from playout.check.finding import Finding
from playout.store.difference import Change

__all__ = [
    "Checked",
    "DayPlan",
    "Difference",
    "Gaps",
    "History",
    "RevisionHead",
    "RevisionWhole",
    "Saved",
    "ScheduleGot",
    "ScheduleSent",
    "ScreenTold",
    "Undo",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class RevisionHead:
    """A revision without its content."""

    number: int
    """0: there is none yet."""
    issued: str | None
    author: str
    comment: str
    based_on: int | None
    """The revision that its author had before him."""
    restores: int | None
    """The revision whose content came back with it."""
    tag: str
    """Names number and content; in quotes it is the ETag."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleGot:
    """The newest revision."""

    revision: RevisionHead
    schedule: Mapping[str, Any]
    """The keys of schedule.toml, all of them; see docs/schedules.md."""
    notices: tuple[Mapping[str, Any], ...]
    """The keys of a notice file each, by id; `picture` is the SHA-256 of one in the media store."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleSent:
    """A schedule to be saved or checked, as it was got, with a comment."""

    schedule: Mapping[str, Any]
    """The keys of schedule.toml; those left out have their defaults."""
    notices: Annotated[tuple[Mapping[str, Any], ...], MaxLen(5000)] = ()
    """The keys of a notice file each."""
    comment: Annotated[str, MinLen(1), MaxLen(500)] = ""
    """Why, for the history; must be given to save."""
    revision: Mapping[str, Any] | None = None
    """As it was got; its number must be that of If-Match."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Undo:
    """What is said of an undo."""

    comment: Annotated[str, MaxLen(500)] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScreenTold:
    """Whether the player of a screen has the revision."""

    screen: str
    state: str
    """`told`, or `no_player`: it takes the revision when it is back."""
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """What became of a schedule that was sent."""

    revision: RevisionHead
    is_new: bool
    """False: the same request, or the same content, was stored before."""
    newest: int
    """Number of the newest revision."""
    takes_over: str | None
    """When it comes on air; null: it is."""
    screens: tuple[ScreenTold, ...]
    findings: tuple[Finding, ...]
    """What a person should look at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What would become of a schedule if it were saved."""

    would_be_refused: bool
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """Revisions, newest first."""

    revisions: tuple[RevisionHead, ...]
    next: int | None
    """The `before` of the next page; null on the last."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RevisionWhole(ScheduleGot):
    """A revision with its content."""

    findings: tuple[Finding, ...]
    """What was found in it when it was stored."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What one revision has otherwise than another."""

    from_: Annotated[int, Field(alias="from")]
    to: int
    changes: tuple[Change, ...]
    """The first thousand."""
    count: int
    """How many there are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedPage:
    """A page that a slot shows. `notice` is empty for the built-in picture, a test card, or black."""

    notice: str
    title: str
    language: str
    """`vi`, or `vi+en` for a page of both; empty where no language matters."""
    first: str
    """When it is first shown, in the site's time."""
    times: int
    shown_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedSlot:
    """A stretch of a day in which the same claims have the screen."""

    from_: Annotated[str, Field(alias="from")]
    """In the site's time: `06:00:00`."""
    to: str
    """`24:00:00` at the end of the day."""
    claims: tuple[str, ...]
    band: str
    kind: str
    playlists: tuple[str, ...]
    layout: str
    crawl: str
    rule: str
    """Why these claims."""
    pages: tuple[PlannedPage, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DayPlan:
    """One local day of one screen, by a revision and the claims known now."""

    screen: str
    day: str
    timezone: str
    revision: int
    slots: tuple[PlannedSlot, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """A stretch in which nothing is planned. Instants are ISO 8601 in UTC."""

    from_: Annotated[str, Field(alias="from")]
    to: str
    local: str
    """The same for people, in the site's time: `Wed 2026-09-02 22:00 to Thu 2026-09-03 06:00`."""
    lasts_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Gaps:
    """When nothing is planned on one screen."""

    screen: str
    revision: int
    from_: Annotated[str, Field(alias="from")]
    to: str
    gaps: tuple[Gap, ...]
    """The first thousand."""
    count: int
    """How many there are."""
