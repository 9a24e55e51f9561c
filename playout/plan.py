"""A day on one screen before it comes: what is on air when, as `resolve` says, and a sheet with every page of it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from PIL import Image

from playout.clock import SECOND_NS
from playout.model.claim import Band, ContentKind
from playout.model.frame import Pixels
from playout.model.inputs import Inputs
from playout.model.programme import Programme
from playout.preflight import Artist
from playout.render.colour import blend_mask
from playout.resolve import programmes
from playout.text.engine import TextEngine

__all__ = ["DayPlan", "Showing", "Slot", "contact_sheet", "plan_day"]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_COLUMNS, _MOST = 6, 240
_THUMB_WIDTH, _THUMB_HEIGHT = 288, 206
_GAP, _LINE_PX, _EM_PX, _TITLE_PX = 14, 20, 15, 24
_INK, _PALE, _GROUND = (240, 240, 240), (170, 170, 170), (24, 26, 30)
_COME_IN_NS = 2 * SECOND_NS
"""How long after its beginning a page is drawn: what it came in with is over."""


@dataclass(frozen=True, slots=True)
class Showing:
    """One page that a slot shows: when first (UTC ns), how often, and for how many seconds in all.

    `notice` is empty for what is no page of a notice: the built-in picture, a test card, or black.
    """

    notice: str
    title: str
    language: str
    first_ns: int
    until_ns: int
    times: int
    shown_s: float


@dataclass(frozen=True, slots=True)
class Slot:
    """A stretch of time in which the same claims have the screen."""

    start_ns: int
    end_ns: int
    claims: tuple[str, ...]
    band: Band
    kind: ContentKind
    playlists: tuple[str, ...]
    layout: str
    crawl: str
    rule: str
    showings: tuple[Showing, ...]


@dataclass(frozen=True, slots=True)
class DayPlan:
    """One local day of one screen, by a revision and the claims known now."""

    screen: str
    day: date
    timezone: str
    revision: int
    slots: tuple[Slot, ...]

    def local(self, at_ns: int) -> str:
        """An instant as people at the sign read it: `06:00:08`, and `24:00:00` at the end of the day."""
        moment = (_EPOCH + timedelta(microseconds=at_ns // 1000)).astimezone(ZoneInfo(self.timezone))
        return f"{moment:%H:%M:%S}" if moment.date() == self.day else "24:00:00"

    def table(self) -> dict[str, Any]:
        """The plan as a caller gets it."""
        return {
            "screen": self.screen,
            "day": self.day.isoformat(),
            "timezone": self.timezone,
            "revision": self.revision,
            "slots": [self._slot(slot) for slot in self.slots],
        }

    def _slot(self, slot: Slot) -> dict[str, Any]:
        return {
            "from": self.local(slot.start_ns),
            "to": self.local(slot.end_ns),
            "claims": list(slot.claims),
            "band": slot.band.name.lower(),
            "kind": slot.kind.value,
            "playlists": list(slot.playlists),
            "layout": slot.layout,
            "crawl": slot.crawl,
            "rule": slot.rule,
            "pages": [
                {
                    "notice": each.notice,
                    "title": each.title,
                    "language": each.language,
                    "first": self.local(each.first_ns),
                    "times": each.times,
                    "shown_s": round(each.shown_s, 1),
                }
                for each in slot.showings
            ],
        }


def plan_day(inputs: Inputs, day: date) -> DayPlan:
    """What the screen of these inputs shows on a local day of the site, from midnight to midnight."""
    zone = ZoneInfo(inputs.site.timezone)
    start_ns, end_ns = _midnight_ns(day, zone), _midnight_ns(day + timedelta(days=1), zone)
    slots: list[Slot] = []
    stretch: list[tuple[int, int, Programme]] = []
    for at_ns, programme in programmes(inputs, start_ns, end_ns):
        if stretch and _key(stretch[-1][2]) != _key(programme):
            slots.append(_slot(stretch))
            stretch = []
        stretch.append((at_ns, min(programme.until_ns, end_ns), programme))
    slots.append(_slot(stretch))
    number = inputs.revision.number if inputs.revision is not None else 0
    return DayPlan(inputs.screen, day, inputs.site.timezone, number, tuple(slots))


def contact_sheet(plan: DayPlan, artist: Artist, engine: TextEngine, site: str) -> Pixels:
    """Every page of the day once: as it looks when it is first on air, with time, language, title and claim. RGB."""
    shown = [(slot, each) for slot in plan.slots for each in slot.showings]
    cells = [
        _cell(artist.picture(each.first_ns + min(_COME_IN_NS, (each.until_ns - each.first_ns) // 2)), lines, engine)
        for slot, each in shown[:_MOST]
        for lines in [_label(plan, slot, each)]
    ]
    told = f"{_MOST} of {len(shown)}" if len(shown) > _MOST else str(len(shown))
    heading = f"{plan.day.isoformat()} · {site} · {plan.screen} · revision {plan.revision} · {told} pages"
    return _sheet(cells, heading, engine)


def _key(programme: Programme) -> tuple[object, ...]:
    crawl = programme.crawl.notice.id if programme.crawl is not None else ""
    claims = tuple(sorted(programme.because.on_air))
    return claims, programme.band, programme.kind, programme.layout.id, crawl


def _slot(stretch: list[tuple[int, int, Programme]]) -> Slot:
    first = stretch[0][2]
    found: dict[tuple[str, str], Showing] = {}
    for at_ns, until_ns, programme in stretch:
        page = programme.page
        notice, language = (page.notice, page.language) if page is not None else (None, "")
        key = notice.id if notice is not None else "", language
        before = found.get(key)
        found[key] = Showing(
            key[0],
            notice.title if notice is not None else programme.card or programme.kind.value,
            language,
            before.first_ns if before is not None else at_ns,
            before.until_ns if before is not None else until_ns,
            (before.times if before is not None else 0) + 1,
            (before.shown_s if before is not None else 0.0) + (until_ns - at_ns) / SECOND_NS,
        )
    playlists = {each.page.playlist: None for _, _, each in stretch if each.page is not None and each.page.playlist}
    return Slot(
        start_ns=stretch[0][0],
        end_ns=stretch[-1][1],
        claims=tuple(dict.fromkeys(first.because.on_air)),
        band=first.band,
        kind=first.kind,
        playlists=tuple(playlists),
        layout=first.layout.id,
        crawl=first.crawl.notice.id if first.crawl is not None else "",
        rule=first.because.rule,
        showings=tuple(found.values()),
    )


def _midnight_ns(day: date, zone: ZoneInfo) -> int:
    """The instant at which a local day begins; where its midnight does not exist, the first instant after it."""
    moment = datetime.combine(day, time(), zone)
    return (moment.astimezone(UTC) - _EPOCH) // _MICROSECOND * 1000


def _label(plan: DayPlan, slot: Slot, each: Showing) -> Iterator[str]:
    yield "  ".join(filter(None, (plan.local(each.first_ns), each.language, f"{each.times}×")))
    yield each.title
    yield " + ".join(slot.claims)


def _cell(picture: Pixels, lines: Iterable[str], engine: TextEngine) -> Pixels:
    """A small picture with its words below."""
    height, width = picture.shape[:2]
    scale = min(_THUMB_WIDTH / width, _THUMB_HEIGHT / height)
    size = max(1, round(width * scale)), max(1, round(height * scale))
    small = np.asarray(Image.fromarray(picture).resize(size, Image.Resampling.BOX))
    words = list(lines)
    cell = np.full((_THUMB_HEIGHT + _LINE_PX * len(words) + 6, _THUMB_WIDTH, 3), _GROUND, np.uint8)
    cell[: small.shape[0], : small.shape[1]] = small
    for number, line in enumerate(words):
        _write(cell, line, _INK if number == 0 else _PALE, _THUMB_HEIGHT + 4 + number * _LINE_PX, _EM_PX, engine)
    return cell


def _sheet(cells: list[Pixels], heading: str, engine: TextEngine) -> Pixels:
    rows = -(-len(cells) // _COLUMNS)
    high = max((cell.shape[0] for cell in cells), default=0)
    top = _TITLE_PX * 2
    width = _GAP + _COLUMNS * (_THUMB_WIDTH + _GAP)
    sheet = np.full((top + rows * (high + _GAP) + _GAP, width, 3), _GROUND, np.uint8)
    _write(sheet[:, _GAP:], heading, _INK, _TITLE_PX // 2, _TITLE_PX, engine)
    for number, cell in enumerate(cells):
        x = _GAP + number % _COLUMNS * (_THUMB_WIDTH + _GAP)
        y = top + number // _COLUMNS * (high + _GAP)
        sheet[y : y + cell.shape[0], x : x + cell.shape[1]] = cell
    return sheet


def _write(picture: Pixels, text: str, colour: tuple[int, int, int], y: int, em_px: int, engine: TextEngine) -> None:
    """One line at the left edge, cut off at the right one."""
    line = engine.line(text, "vi", em_px)
    blend_mask(picture, line.mask[:, : picture.shape[1]], colour, 0, y)
