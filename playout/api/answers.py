"""What the routes answer: the shapes that the OpenAPI document shows, and an override as callers see it."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Any, ClassVar, Literal

from annotated_types import MaxLen, MinLen
from pydantic import Field

from playout.check.finding import Finding
from playout.clock import to_iso
from playout.model.boot import Boot
from playout.model.claim import Claim, ContentKind, Mode, Stop
from playout.model.notice import Arrange, Kind
from playout.model.panel import EDGE
from playout.model.people import Right, Role
from playout.resolve.outlook import Prospect

__all__ = [
    "FirstAdmin",
    "NoPlayer",
    "NoticeChecked",
    "NoticeList",
    "OnAir",
    "Override",
    "OverrideAired",
    "OverrideEnded",
    "OverrideList",
    "OverrideMade",
    "Released",
    "SessionTold",
    "SignInSent",
    "Well",
    "describe",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInSent:
    """What somebody sends to sign in."""

    __pydantic_config__: ClassVar[dict[str, Any]] = EDGE

    name: Annotated[str, MinLen(1), MaxLen(64)]
    """Login name."""
    password: Annotated[str, MinLen(1), MaxLen(1000)]
    """Password; what a keyboard sends as several characters counts as one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstAdmin(SignInSent):
    """What makes the first admin of a sign."""

    code: Annotated[str, MinLen(1), MaxLen(64)]
    """The one-time code of control's log."""
    shown: Annotated[str, MaxLen(100)] = ""
    """Name as others see it; empty: the login name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionTold:
    """Who a caller is."""

    name: str
    """Login name, or name of the token; `link` for a one-time link."""
    shown: str
    """Name as others see it."""
    role: Role
    rights: tuple[Right, ...]
    """What the role may do."""
    screens: tuple[str, ...]
    """Screens that they may change; empty: all of them."""
    by: Literal["token", "session", "link"]
    """What they have shown."""


class NoPlayer(StrEnum):
    """Where nobody answered for a screen."""

    NO_PLAYER = "no_player"
    """No player answered; it takes the override when it is back."""


class Released(StrEnum):
    """What became of a screen that an override has left."""

    RELEASED = "released"


@dataclass(frozen=True, slots=True, kw_only=True)
class Override:
    """An override. Instants are ISO 8601 in UTC."""

    id: str
    is_live: bool
    band: int
    rank: int
    notice: str
    """Id of the notice, or empty."""
    playlist: str
    """Id of the playlist, or empty."""
    testcard: str
    """Name of the test card, or empty."""
    layout: str
    crawl: str
    screens: tuple[str, ...]
    """Screens it is for; empty: all."""
    mode: Mode
    zone: str
    """Id of the zone an overlay lies in, or empty."""
    hold: int
    """Lowest band that may interrupt it at once."""
    stop: Stop
    essential: bool
    """Whether it stays on air while the sign runs from batteries."""
    sticky: bool
    """Whether it returns after the host was started again."""
    renewals: int
    """How often it was renewed: sent again while it was live."""
    issued: str
    start: str
    expires: str | None
    author: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ScreenState:
    """What one screen did with an override."""

    screen: str
    state: Prospect | NoPlayer
    from_: Annotated[str | None, Field(alias="from")]
    """When it comes on air; null where nobody can tell."""
    held_by: str
    """The claim that has the screen, or empty."""
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OverrideMade:
    """An override, saved, and what each screen did with it."""

    claim: Override
    screens: tuple[ScreenState, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ScreenReleased:
    """What one screen shows now; empty where no player answered."""

    screen: str
    state: Released | NoPlayer
    now: str
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OverrideEnded:
    """The end of an override."""

    claim: Override
    had_ended: bool
    """Whether it had ended before."""
    screens: tuple[ScreenReleased, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OverrideList:
    """The overrides that are live or coming."""

    overrides: tuple[Override, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ScreenAired:
    """When an override came on air on one screen: what its player tells of the first frame, sent, never displayed."""

    screen: str
    on_air_at: str | None
    """When the driver was called; null where it has not come on air, or where nobody remembers."""
    sent_at: str | None
    """When the last packet of that frame had gone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OverrideAired:
    """An override, and when it came on air."""

    claim: Override
    accepted_at: str
    """When control took the request."""
    screens: tuple[ScreenAired, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Why:
    """Why this is on air: the winner, those that lost to it, greatest first, and the rule."""

    winner: str
    losers: tuple[str, ...]
    rule: str
    sharers: tuple[str, ...] = ()
    """Claims whose pages alternate with the winner's."""
    overlays: tuple[str, ...] = ()
    """Claims that lie above it in zones of their own."""
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TextOnAir:
    """The words of one language."""

    language: str
    heading: str
    body: str
    proofread: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeOnAir:
    """A notice with its words."""

    id: str
    title: str
    source: str
    agency: str
    texts: tuple[TextOnAir, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeNamed:
    """A notice whose words are no longer known."""

    id: str
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PageOnAir:
    """A page of a notice, and when it stands."""

    language: str
    number: int
    count: int
    starts: str
    ends: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OverlayOnAir:
    """What lies above the programme in a zone of its own."""

    claim: str
    band: int
    zone: str
    notice: NoticeOnAir | NoticeNamed | None
    page: PageOnAir | None
    crawl: NoticeOnAir | NoticeNamed | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgrammeOnAir:
    """What one screen shows, and until when."""

    screen: str
    told_by: Annotated[Literal["resolve", "journal"], Field(alias="from")]
    band: int
    claim: str
    kind: ContentKind
    because: Why
    entered: str
    until: str | None
    """Null for what the journal knows to have begun and not yet to have ended."""
    layout: str
    playlist: str
    notice: NoticeOnAir | NoticeNamed | None
    page: PageOnAir | None
    crawl: NoticeOnAir | NoticeNamed | None
    overlays: tuple[OverlayOnAir, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedOnAir(ProgrammeOnAir):
    """What one screen has shown."""

    as_run: Mapping[str, Any]
    """The row of the as-run journal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NotRecorded:
    """A screen of which nothing is known for that instant."""

    screen: str
    told_by: Annotated[Literal["journal"], Field(alias="from")]
    as_run: None
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OnAir:
    """The programmes of the screens at an instant."""

    at: str
    screens: tuple[RecordedOnAir | ProgrammeOnAir | NotRecorded, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeListed:
    """A notice of the newest revision, and who can read it."""

    id: str
    title: str
    kind: Kind
    languages: tuple[str, ...]
    proofread: Mapping[str, bool]
    """By language, whether a native reader has proof-read it."""
    is_scheduled: bool
    """Whether anything of the schedule shows it."""
    legible_to_m: Mapping[str, float] | None
    """By language, up to which distance it can be read; null while it is not judged yet, as the next two."""
    unreadable: tuple[str, ...] | None
    findings: tuple[Finding, ...] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeList:
    """The notices of the newest revision; 0 where there is none."""

    revision: int
    notices: tuple[NoticeListed, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeChecked:
    """What would be said of a notice that is nowhere yet."""

    notice: str
    refused: bool
    """Whether it could not be taken in as it is."""
    arrange: Arrange
    """How its languages share the screen."""
    dwell_s: float | None
    """How long each of its pages stands."""
    legible_to_m: Mapping[str, float]
    reading_s: Mapping[str, float]
    """By language, how long a passer-by takes to read it."""
    readable: tuple[str, ...]
    unreadable: tuple[str, ...]
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Well:
    """All is well."""

    status: Literal["ok"] = "ok"


def describe(claim: Claim, now_ns: int, boot: Boot) -> dict[str, Any]:
    """An override as callers see it (`Override`), with instants in ISO 8601, as the wall clock of this boot tells."""
    content, (start_ns, end_ns) = claim.content, claim.window(boot)
    return {
        "id": claim.id,
        "is_live": claim.is_live(now_ns, boot),
        "band": int(claim.band),
        "rank": claim.rank,
        "notice": content.ref if content.kind is ContentKind.NOTICE else "",
        "playlist": content.ref if content.kind is ContentKind.PLAYLIST else "",
        "testcard": content.ref if content.kind is ContentKind.TESTCARD else "",
        "layout": content.layout,
        "crawl": content.crawl,
        "screens": list(claim.screens),
        "mode": claim.mode,
        "zone": claim.zone,
        "hold": claim.holds,
        "stop": claim.stop,
        "essential": claim.essential,
        "sticky": claim.sticky,
        "renewals": claim.renewals,
        "issued": to_iso(claim.issued_ns),
        "start": to_iso(start_ns),
        "expires": None if end_ns is None else to_iso(end_ns),
        "author": claim.author,
        "reason": claim.reason,
    }
