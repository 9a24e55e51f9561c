"""Scenes: everything a programme needs on the tick, drawn before it is due."""

import sys
from contextlib import suppress
from dataclasses import dataclass
from datetime import tzinfo

import numpy as np

from playout.errors import ContentError
from playout.model.claim import Band, ContentKind, Stop
from playout.model.frame import Array, Pixels, Rect, Size
from playout.model.inputs import Inputs
from playout.model.notice import Kind, Notice, Text
from playout.model.programme import Crawl, Overlay, Page, Programme
from playout.model.schedule import Revision, Transition, Zone, ZoneKind
from playout.render.colour import paint_mask, parse_colour
from playout.render.plate import PictureSource, Plate, draw_plate
from playout.render.slate import draw_slate
from playout.render.testcard import draw_testcard
from playout.resolve import resolve
from playout.resolve.pages import languages_of
from playout.text.cache import ByteCache
from playout.text.engine import Line, TextEngine

__all__ = [
    "FADE_NS",
    "ClockFace",
    "Fade",
    "MovingLine",
    "Patch",
    "Scene",
    "SceneBuilder",
    "Timecode",
    "crawl_em_px",
    "crawl_line",
]

FADE_NS = 600_000_000
"""Length of a cross-fade."""
_CLOCK_CHARACTERS = "0123456789:"
_CLOCKS = 16
"""Clock zones whose digits are kept."""
_CRAWL_GAP_EM = 3
_RGB = 3
_PLATES_BYTES, _PLATES_SCREENS = 24 << 20, 4
_STRIPS_BYTES, _STRIPS_SCREENS = 16 << 20, 8
"""What is kept of pages and of crawls: so many bytes, or so many pictures of the whole screen where that is more."""


@dataclass(frozen=True, slots=True, eq=False)
class Fade:
    """A cross-fade of the main zone from one still picture into another, on `[starts_ns, ends_ns)` UTC."""

    rect: Rect
    before: Pixels
    after: Pixels
    starts_ns: int
    ends_ns: int


@dataclass(frozen=True, slots=True, eq=False)
class MovingLine:
    """A crawl: `strip` repeats after `period_px` and is longer by the zone's width, so that each frame is one slice.

    It moves by whole pixels: `speed_px_s` is a multiple of the frame rate.
    """

    rect: Rect
    strip: Pixels
    period_px: int
    speed_px_s: int
    phase_ns: int


@dataclass(frozen=True, slots=True, eq=False)
class ClockFace:
    """The site's time as HH:MM:SS, from one picture a character."""

    rect: Rect
    characters: dict[str, Pixels]
    zone: tzinfo


@dataclass(frozen=True, slots=True)
class Timecode:
    """The due time of the frame as 64 blocks, most significant bit first."""

    rect: Rect


@dataclass(frozen=True, slots=True, eq=False)
class Patch:
    """A still picture in a zone above the others; RGB, of the size of its rectangle."""

    rect: Rect
    pixels: Pixels


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """One programme, drawn. `base` is the whole screen without what moves and without overlays; RGB."""

    programme: Programme
    base: Pixels
    fade: Fade | None = None
    lines: tuple[MovingLine, ...] = ()
    clocks: tuple[ClockFace, ...] = ()
    timecodes: tuple[Timecode, ...] = ()
    overlays: tuple[Patch | MovingLine, ...] = ()
    """Above all the others, the last one on top."""
    findings: tuple[str, ...] = ()
    awaits_picture: bool = False


class SceneBuilder:
    """Draws scenes for one screen. One thread uses it; what was drawn lately is kept, bounded in bytes."""

    def __init__(self, size: Size, fps: int, zone: tzinfo, engine: TextEngine, pictures: PictureSource) -> None:
        self._size, self._fps, self._zone = size, fps, zone
        self._engine, self._pictures = engine, pictures
        screen_bytes = size.width * size.height * _RGB
        self._plates: ByteCache[tuple[Notice, str, Size], Plate] = ByteCache(
            max(_PLATES_BYTES, _PLATES_SCREENS * screen_bytes), _plate_bytes
        )
        self._strips: ByteCache[tuple[Notice, tuple[str, ...], Zone], Plate] = ByteCache(
            max(_STRIPS_BYTES, _STRIPS_SCREENS * screen_bytes), _plate_bytes
        )
        self._clocks: dict[tuple[Zone, Rect], ClockFace] = {}
        self._warmed: Revision | None = None
        self._cold: list[Notice] = []

    @property
    def bytes(self) -> int:
        """Memory of what is kept, the text engine's caches left out."""
        return self._plates.bytes + self._strips.bytes

    def build(self, programme: Programme, inputs: Inputs, from_ns: int) -> Scene:
        """The scene of a programme of these inputs, to be shown from `from_ns` (UTC) on.

        It fades from what was on air just before it came into sight, unless that is over by then, or it is to be seen
        at once.
        """
        is_entering = programme.page is not None and from_ns < programme.entered_ns + FADE_NS
        fades = is_entering and not _comes_at_once(programme, inputs)
        before = resolve(inputs, programme.entered_ns - 1) if fades else None
        base, plates = self._base(programme)
        overlays = [self._overlay(overlay, plates) for overlay in programme.overlays]
        zones = [(zone, zone.rect(self._size)) for zone in programme.layout.zones]
        crawl = programme.crawl
        lines = [
            (crawl, self._strip(crawl, zone, rect), zone, rect)
            for zone, rect in zones
            if zone.kind is ZoneKind.CRAWL and crawl is not None
        ]
        drawn = (*plates, *(strip for _, strip, _, _ in lines))
        return Scene(
            programme,
            base,
            self._fade(programme, before, base),
            tuple(self._line(*line) for line in lines),
            tuple(
                self._clock(zone, rect)
                for zone, rect in zones
                if zone.kind is ZoneKind.CLOCK and not programme.clock_hidden
            ),
            tuple(Timecode(rect) for zone, rect in zones if zone.kind is ZoneKind.TIMECODE),
            tuple(overlay for overlay in overlays if overlay is not None),
            tuple(finding for each in drawn for finding in each.findings),
            any(plate.awaits_picture for plate in plates),
        )

    def foresee(self, programme: Programme) -> None:
        """Asks for the pictures of a programme that comes later, unless it was drawn already."""
        mains = [(zone, programme.page) for zone in programme.layout.zones if zone.kind is ZoneKind.MAIN]
        above = [(overlay.zone, overlay.page) for overlay in programme.overlays]
        for zone, page in (*mains, *above):
            size = zone.rect(self._size).size
            if page is None or not page.notice.picture:
                continue
            if (page.notice, page.language, size) not in self._plates:
                with suppress(ContentError):  # told when it is drawn
                    self._pictures.picture(page.notice.picture, size, page.notice.fit)

    def warm(self, inputs: Inputs) -> None:
        """Draws the first page of one more notice of the revision, for the caches of words and pictures.

        So an order that shows it has little left to draw. Called again and again by somebody with time left.
        """
        revision = inputs.revision
        if revision is not self._warmed:
            self._warmed, self._cold = revision, list(revision.notices.values()) if revision is not None else []
        if not self._cold:
            return
        notice = self._cold.pop()
        for language in languages_of(notice, inputs.site.languages)[:1] if notice.kind is not Kind.CRAWL else ():
            draw_plate(notice, language, self._size, self._engine, self._pictures)

    def _base(self, programme: Programme) -> tuple[Pixels, list[Plate]]:
        if programme.kind is ContentKind.SLATE:
            return draw_slate(self._size), []
        if programme.kind is ContentKind.TESTCARD:
            return draw_testcard(programme.card, self._size), []
        base = np.zeros((self._size.height, self._size.width, 3), np.uint8)
        plates: list[Plate] = []
        if programme.page is None:
            return base, plates
        for zone in programme.layout.zones:
            rect = zone.rect(self._size)
            if zone.kind is ZoneKind.MAIN:
                plates.append(self._plate(programme.page, rect.size))
                base[rect.slices] = plates[-1].pixels
            elif zone.kind is not ZoneKind.OVERLAY:
                base[rect.slices] = parse_colour(zone.ground)
        return base, plates

    def _overlay(self, overlay: Overlay, plates: list[Plate]) -> Patch | MovingLine | None:
        """What lies in an overlay's zone; its plate goes to the others."""
        rect = overlay.zone.rect(self._size)
        if overlay.crawl is not None:
            plates.append(self._strip(overlay.crawl, overlay.zone, rect))
            return self._line(overlay.crawl, plates[-1], overlay.zone, rect)
        if overlay.page is None:
            return None
        plates.append(self._plate(overlay.page, rect.size))
        return Patch(rect, plates[-1].pixels)

    def _fade(self, programme: Programme, before: Programme | None, base: Pixels) -> Fade | None:
        """The fade between two pages of one layout; anything else is a cut."""
        page = programme.page
        if page is None or before is None or before.page is None or before.layout != programme.layout:
            return None
        if page.transition is Transition.CUT or max(programme.band, before.band) >= Band.EMERGENCY:
            return None
        mains = [zone.rect(self._size) for zone in programme.layout.zones if zone.kind is ZoneKind.MAIN]
        if len(mains) != 1:
            return None
        rect, start_ns = mains[0], programme.entered_ns
        plate = self._plate(before.page, rect.size)
        return Fade(rect, plate.pixels, base[rect.slices], start_ns, start_ns + FADE_NS)

    def _plate(self, page: Page, size: Size) -> Plate:
        return self._plates.get(
            (page.notice, page.language, size),
            lambda: draw_plate(page.notice, page.language, size, self._engine, self._pictures),
        )

    def _line(self, crawl: Crawl, strip: Plate, zone: Zone, rect: Rect) -> MovingLine:
        step_px = max(1, round(zone.speed_px_s / self._fps))
        period_px = strip.pixels.shape[1] - rect.width
        return MovingLine(rect, strip.pixels, period_px, step_px * self._fps, crawl.phase_ns)

    def _strip(self, crawl: Crawl, zone: Zone, rect: Rect) -> Plate:
        key = (crawl.notice, crawl.languages, zone)
        return self._strips.get(key, lambda: self._draw_strip(crawl, zone, rect))

    def _draw_strip(self, crawl: Crawl, zone: Zone, rect: Rect) -> Plate:
        """Every language one after the other behind an empty zone's width, then the head of the strip again."""
        texts = [text for language in crawl.languages for text in crawl.notice.texts if text.language == language]
        lines = [crawl_line(text, rect, len(texts), self._engine) for text in texts]
        gap = _CRAWL_GAP_EM * crawl_em_px(rect)
        period = rect.width + sum(line.mask.shape[1] + gap for line in lines)
        strip = np.empty((rect.height, period + rect.width, _RGB), np.uint8)
        colour, ground = parse_colour(zone.colour), parse_colour(zone.ground)
        strip[:] = np.tile(np.array(ground, np.uint8), (strip.shape[1], 1))
        baseline = max((line.baseline for line in lines), default=0)
        descent = max((line.mask.shape[0] - line.baseline for line in lines), default=0)
        top = (rect.height - baseline - descent) // 2
        x = rect.width
        for line in lines:
            paint_mask(strip, line.mask, colour, ground, x, top + baseline - line.baseline)
            x += line.mask.shape[1] + gap
        strip[:, period:] = strip[:, : rect.width]
        found = [(text, finding) for text, line in zip(texts, lines, strict=True) for finding in line.findings]
        return Plate(strip, tuple(f"{crawl.notice.id} ({text.language}): {finding}" for text, finding in found))

    def _clock(self, zone: Zone, rect: Rect) -> ClockFace:
        """The digits of a clock zone, drawn once."""
        face = self._clocks.get((zone, rect))
        if face is None:
            if len(self._clocks) >= _CLOCKS:
                self._clocks.clear()
            face = self._clocks[zone, rect] = self._draw_clock(zone, rect)
        return face

    def _draw_clock(self, zone: Zone, rect: Rect) -> ClockFace:
        em_px = min(round(rect.height * 0.62), round(rect.width / 5.4))
        lines = {character: self._engine.line(character, "en", em_px) for character in _CLOCK_CHARACTERS}
        height = max(line.mask.shape[0] for line in lines.values())
        baseline = max(line.baseline for line in lines.values())
        colour, ground = parse_colour(zone.colour), parse_colour(zone.ground)
        characters: dict[str, Array[np.uint8]] = {}
        for character, line in lines.items():
            width = (
                line.mask.shape[1] if character == ":" else max(lines[digit].mask.shape[1] for digit in "0123456789")
            )
            cell = np.empty((height, width + max(1, em_px // 12), 3), np.uint8)
            cell[:] = ground
            left = (cell.shape[1] - line.mask.shape[1]) // 2
            paint_mask(cell, line.mask, colour, ground, left, baseline - line.baseline)
            characters[character] = cell
        return ClockFace(rect, characters, self._zone)


def _comes_at_once(programme: Programme, inputs: Inputs) -> bool:
    """Whether a claim that interrupts at once has just begun: who says *now* wants to see it whole now."""
    return any(
        claim.id == programme.claim and claim.stop is Stop.NOW and claim.window(inputs.boot)[0] == programme.entered_ns
        for claim in inputs.claims
    )


def crawl_em_px(rect: Rect) -> int:
    """Size of a crawl's letters (Latin-equal em in pixels) at which lines with the tallest stacks fit its zone."""
    return max(8, round(rect.height / 1.9))


def crawl_line(text: Text, rect: Rect, languages: int, engine: TextEngine) -> Line:
    """The words of one language of a crawl in its zone, cut off where its strip would take too much memory."""
    em_px = crawl_em_px(rect)
    columns = max(_STRIPS_BYTES // (rect.height * _RGB), _STRIPS_SCREENS * rect.width) - 2 * rect.width
    longest_px = max(1, columns // languages - _CRAWL_GAP_EM * em_px)
    return engine.line(" ".join(text.body.split()), text.language, em_px, longest_px)


def _plate_bytes(plate: Plate) -> int:
    """Memory of a drawn page or strip; too much to be kept while its picture is still to come."""
    return sys.maxsize if plate.awaits_picture else plate.pixels.nbytes
