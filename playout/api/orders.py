"""An operator's order to put something on air, checked against what there is and turned into a claim."""

from collections.abc import Collection
from dataclasses import dataclass
from secrets import token_hex
from typing import Annotated, Any, ClassVar

from annotated_types import Ge, Gt, Le, MaxLen, MinLen
from pydantic import TypeAdapter, ValidationError

from playout.api.problems import Unprocessable
from playout.clock import SECOND_NS, Clock, from_iso
from playout.model.claim import Band, Claim, Content, ContentKind, Mode, Stop
from playout.model.notice import Kind
from playout.model.panel import EDGE
from playout.model.schedule import Revision
from playout.problems import did_you_mean, explain_errors
from playout.resolve.admit import OPERATOR_NS, TEST_NS

__all__ = ["DEFAULT_NS", "LONGEST_NS", "Order", "make_claim", "read_order"]

DEFAULT_NS = OPERATOR_NS
"""How long an override lasts where nobody says."""
LONGEST_NS = 7 * 24 * 3600 * SECOND_NS
"""The longest it may last."""
_FARTHEST_NS = 366 * 24 * 3600 * SECOND_NS
_LATE_NS = 60 * SECOND_NS


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """The body of a request for an override. Instants are ISO 8601 with an offset, or UTC ns as text."""

    __pydantic_config__: ClassVar[dict[str, Any]] = EDGE

    reason: Annotated[str, MinLen(1), MaxLen(500)]
    """Why, for the journal."""
    notice: str = ""
    """Id of the notice to show; this or `playlist`."""
    playlist: str = ""
    """Id of the playlist to show."""
    layout: str = ""
    """Id of the layout; without one the main zone fills the screen."""
    crawl: str = ""
    """Id of the notice that runs through the layout's crawl zone."""
    screens: tuple[str, ...] = ()
    """Screens it is for; empty: all."""
    stop: Stop = Stop.PAGE
    """How it interrupts what is on air."""
    start: str = ""
    """When it begins; empty: now."""
    expires: str = ""
    """When it ends; this or `duration_s`; without either it lasts four hours."""
    duration_s: Annotated[float, Gt(0), Le(LONGEST_NS / SECOND_NS)] | None = None
    """How long it lasts in seconds."""
    rank: Annotated[int, Ge(0), Le(100)] = 0
    """Among overrides the higher one wins."""
    testcard: str = ""
    """Name of a test card to show for at most ten minutes, instead of `notice` or `playlist`."""
    mode: Mode = Mode.REPLACE
    """How it joins what else wants the screen: `replace`, `overlay` in a zone of its own, or `share` by turns."""
    zone: Annotated[str, MaxLen(64)] = ""
    """Id of the overlay zone; for overlays only."""
    hold: Annotated[int, Ge(0), Le(6)] | None = None
    """Lowest band that may interrupt it at once; without it its own, 4."""
    wait: bool = False
    """Whether it is taken in also where what is on air may not be interrupted: then it comes when that has ended."""
    essential: bool = False
    """Stays on air while the sign runs from batteries."""
    sticky: bool = False
    """Returns after the host was started again, if it has not ended by then."""


_ORDER = TypeAdapter(Order)


def read_order(body: bytes) -> Order:
    """The order in a request's body. Raises: Unprocessable with every mistake."""
    try:
        return _ORDER.validate_json(body)
    except ValidationError as error:
        raise Unprocessable(explain_errors(error, Order, "")) from error


def make_claim(order: Order, revision: Revision | None, screens: Collection[str], author: str, clock: Clock) -> Claim:
    """The claim of an order. Raises: Unprocessable with every mistake."""
    problems = _unknown_screens(order, screens)
    now_ns = clock.utc_ns()
    content = _content(order, revision, problems)
    start_ns, expires_ns = _window(order, now_ns, problems)
    if problems:
        raise Unprocessable(problems)
    return Claim(
        id=f"override-{token_hex(6)}",
        screens=tuple(dict.fromkeys(order.screens)),
        band=Band.OPERATOR,
        content=content,
        issued_ns=now_ns,
        start_ns=start_ns,
        expires_ns=expires_ns,
        rank=order.rank,
        hold=order.hold,
        mode=order.mode,
        zone=order.zone,
        stop=order.stop,
        sticky=order.sticky,
        essential=order.essential,
        boot_id=clock.boot_id(),
        author=author,
        reason=order.reason,
        source="api",
    )


def _unknown_screens(order: Order, screens: Collection[str]) -> list[str]:
    return [
        f"screens: no screen is called {name!r}; {did_you_mean(name, screens)}"
        for name in order.screens
        if name not in screens
    ]


def _content(order: Order, revision: Revision | None, problems: list[str]) -> Content:
    if [order.notice, order.playlist, order.testcard].count("") != 2:
        problems.append("notice, playlist, testcard: give one of them")
    revision = revision or Revision(0, 0)
    notices = revision.notices
    crawls = [each.id for each in notices.values() if each.kind is Kind.CRAWL]
    known = {
        "notice": [each for each in notices if order.mode is Mode.OVERLAY or each not in crawls],
        "crawl": crawls,
        "playlist": [each.id for each in revision.schedule.playlists],
        "layout": [each.id for each in revision.schedule.layouts],
    }
    for key, names in known.items():
        name: str = getattr(order, key)
        if name and name not in names:
            problems.append(f"{key}: revision {revision.number} has no {key} {name!r}; {did_you_mean(name, names)}")
    if order.testcard:
        return Content(ContentKind.TESTCARD, order.testcard)
    kind = ContentKind.NOTICE if order.notice else ContentKind.PLAYLIST
    return Content(kind, order.notice or order.playlist, order.layout, order.crawl)


def _window(order: Order, now_ns: int, problems: list[str]) -> tuple[int, int]:
    """Start and end; what is wrong with them goes to `problems`."""
    start_ns = _instant("start", order.start, problems) if order.start else now_ns
    if start_ns is None:
        return now_ns, now_ns
    if start_ns < now_ns - _LATE_NS:
        problems.append("start: lies in the past; leave it out to begin now")
    if start_ns > now_ns + _FARTHEST_NS:
        problems.append("start: lies more than a year ahead; plan it in the schedule")
    if order.expires and order.duration_s is not None:
        problems.append("expires, duration_s: give one of them")
    if not order.expires:
        usual_ns = TEST_NS if order.testcard else DEFAULT_NS
        lasts_ns = usual_ns if order.duration_s is None else round(order.duration_s * SECOND_NS)
        return start_ns, start_ns + lasts_ns
    expires_ns = _instant("expires", order.expires, problems)
    if expires_ns is None:
        return start_ns, start_ns
    if expires_ns <= max(start_ns, now_ns):
        problems.append("expires: must lie in the future, after the start")
    if expires_ns > start_ns + LONGEST_NS:
        problems.append("expires: more than 7 days after the start; plan it in the schedule")
    return start_ns, expires_ns


def _instant(key: str, text: str, problems: list[str]) -> int | None:
    try:
        return from_iso(text)
    except (ValueError, OverflowError):
        problems.append(f"{key}: {text!r} is no instant; write it with its offset: 2026-01-01T07:00:00+07:00")
        return None
