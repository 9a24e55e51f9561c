"""Whether a moving line can be read in the zones it runs through: its letters, its speed, its colours, its flashes."""

from collections.abc import Iterator

import numpy as np

from playout.check.contrast import NORMAL, STRONG, contrast_ratio, luminance
from playout.check.finding import Finding, NoticeCode, Severity
from playout.check.flash import MAX_FLASHES, TILES, Sample, most_flashes, redness
from playout.check.wall import CrawlZone, Wall
from playout.check.words import check_distance, worded
from playout.model.claim import Band
from playout.model.frame import Array
from playout.model.notice import Notice, Text
from playout.render.colour import parse_colour
from playout.render.scene import crawl_em_px, crawl_line
from playout.text.engine import Line, TextEngine
from playout.text.findings import TextCode, TextFinding
from playout.text.letters import letter_height_px, smallest_em_px

__all__ = ["MAX_CRAWL_EM_S", "check_crawl", "crawl_letter_px"]

MAX_CRAWL_EM_S = 6.0
"""Fastest crawl in em a second: each letter stays on a 672 px panel for some five seconds. A judgement."""
_NOMINAL_EM_PX = 40
"""Size at which the words of a line are looked at that runs nowhere yet."""
_FLASHING_AREA = 0.25
"""Share of the panel under which a zone cannot flash. Source: WCAG 2.2, 2.3.1, see `flash`."""
_SAMPLES_S = 30
_LONGEST_S = 60


def check_crawl(notice: Notice, texts: tuple[Text, ...], wall: Wall, engine: TextEngine, band: Band) -> list[Finding]:
    """Judges a moving line in every zone of the wall; only for its words where it runs in none."""
    where = f"notices[{notice.id}]"
    if not wall.crawls:
        return [found for text in texts for found in _words(text, where, _nominal(text, engine))]
    found: list[Finding] = []
    for each in wall.crawls:
        em_px, rect = crawl_em_px(each.zone.rect(each.screen)), each.zone.rect(each.screen)
        found += _speed(each, em_px, where)
        found += _contrast(each, texts, where, band)
        lines = [crawl_line(text, rect, len(texts), engine) for text in texts]
        for text, line in zip(texts, lines, strict=True):
            here = f"{where}.texts[{text.language}].body"
            found += _words(text, where, line)
            found += _small(text, em_px, line.mask.shape[0], rect.height, here)
            height_px = letter_height_px(text.body, text.language, em_px)
            found += check_distance(height_px, notice.reading_distance_m, wall.panel, here, text.language)
        found += _flashes(each, lines, where)
    return found


def crawl_letter_px(text: Text, wall: Wall) -> float | None:
    """Height in px of the letters of a text where they are smallest; None where it runs nowhere."""
    sizes = [crawl_em_px(each.zone.rect(each.screen)) for each in wall.crawls]
    return letter_height_px(text.body, text.language, min(sizes)) if sizes else None


def _nominal(text: Text, engine: TextEngine) -> Line:
    return engine.line(" ".join(text.body.split()), text.language, _NOMINAL_EM_PX)


def _words(text: Text, where: str, line: Line) -> Iterator[Finding]:
    here = f"{where}.texts[{text.language}].body"
    yield from (worded(finding, here, text.language) for finding in line.findings)


def _small(text: Text, em_px: int, height_px: int, room_px: int, where: str) -> Iterator[Finding]:
    """Letters under the smallest of their script, and lines higher than their zone."""
    remedy = "make the crawl zone higher"
    smallest = smallest_em_px(text.language)
    if em_px < smallest:
        message = f"an em of {em_px} px is under the {smallest} px at which the letters stay apart"
        yield worded(TextFinding(TextCode.TOO_SMALL, message, remedy, None, em_px, smallest), where, text.language)
    if height_px > room_px:
        message = f"the line is {height_px} px high and its zone {room_px} px"
        yield worded(TextFinding(TextCode.OVERFLOW, message, remedy, None, height_px, room_px), where, text.language)


def _speed(each: CrawlZone, em_px: int, where: str) -> Iterator[Finding]:
    speed_em_s = _speed_px_s(each) / em_px
    if speed_em_s > MAX_CRAWL_EM_S:
        yield Finding(
            NoticeCode.FAST, Severity.ERROR, where,
            f"the crawl moves {speed_em_s:.1f} em/s, faster than it is read",
            f"set speed_px_s of its zone to {int(MAX_CRAWL_EM_S * em_px)} or less, or make the zone higher",
            measured=round(speed_em_s, 2), required=MAX_CRAWL_EM_S,
        )  # fmt: skip


def _speed_px_s(each: CrawlZone) -> int:
    """Speed as drawn: whole pixels a frame."""
    return max(1, round(each.zone.speed_px_s / each.fps)) * each.fps


def _contrast(each: CrawlZone, texts: tuple[Text, ...], where: str, band: Band) -> Iterator[Finding]:
    if (colours := _colours(each)) is None:
        return
    required, zone = STRONG if band >= Band.EMERGENCY else NORMAL, each.zone
    ratio = contrast_ratio(colours[1], np.array([[colours[0]]], np.uint8))
    if ratio < required:
        for text in texts:
            yield Finding(
                NoticeCode.CONTRAST, Severity.ERROR, where,
                f"{zone.colour} stands out from {zone.ground} by {ratio:.1f}:1 where {required:g}:1 is needed",
                "take colours of the crawl zone farther apart in brightness; white or yellow on black reads best",
                text.language, None, round(ratio, 2), required,
            )  # fmt: skip


def _colours(each: CrawlZone) -> tuple[tuple[int, int, int], tuple[int, int, int]] | None:
    """Ground and words; None where one is no colour, which is told of the layout."""
    try:
        return parse_colour(each.zone.ground), parse_colour(each.zone.colour)
    except ValueError:
        return None


def _flashes(each: CrawlZone, lines: list[Line], where: str) -> Iterator[Finding]:
    """Large letters that run by make dark and light follow each other, where the zone is a large part of the panel."""
    screen, rect = each.screen, each.zone.rect(each.screen)
    given = _colours(each)
    if given is None or not lines or rect.width * rect.height < _FLASHING_AREA * screen.width * screen.height:
        return
    colours = np.array(given, np.uint8)
    light, red = luminance(colours), redness(colours)
    ink = np.concatenate([_ink(None, each, rect.width), *(_ink(line, each, 0) for line in lines)], axis=1)
    zone = _tile_means(_zone_rows(each))
    speed_px_s = _speed_px_s(each)
    seconds = min(_LONGEST_S, ink.shape[1] / speed_px_s)
    samples: list[Sample] = []
    for number in range(int(seconds * _SAMPLES_S)):
        words = _words_shown(ink, round(number * speed_px_s / _SAMPLES_S), each)
        at_s = number / _SAMPLES_S
        samples.append(Sample(at_s, *(words * of[1] + (zone - words) * of[0] for of in (light, red))))
    flashes = most_flashes(samples)
    if flashes > MAX_FLASHES:
        yield Finding(
            NoticeCode.FLASH, Severity.ERROR, where,
            f"its letters run by so fast that the zone flashes {flashes} times in one second",
            "make speed_px_s of its zone less, or the zone smaller",
            measured=flashes, required=MAX_FLASHES,
        )  # fmt: skip


def _ink(line: Line | None, each: CrawlZone, width: int) -> Array[np.float64]:
    """For each row of tiles and each column of a line, the share of the tile's height that ink covers there."""
    rect = each.zone.rect(each.screen)
    mask = np.zeros((each.screen.height, line.mask.shape[1] if line is not None else width))
    if line is not None:
        ink = line.mask[: rect.height]
        top = rect.y + (rect.height - ink.shape[0]) // 2
        mask[top : top + ink.shape[0]] = ink / 255
    return _row_means(mask)


def _zone_rows(each: CrawlZone) -> Array[np.float64]:
    mask = np.zeros((each.screen.height, each.screen.width))
    mask[each.zone.rect(each.screen).slices] = 1
    return _row_means(mask)


def _words_shown(ink: Array[np.float64], left: int, each: CrawlZone) -> Array[np.float64]:
    """How much of each tile is words while the strip stands from its column `left` on in the zone."""
    rect = each.zone.rect(each.screen)
    rows = np.zeros((TILES[0], each.screen.width))
    seen = ink[:, left : left + rect.width]
    rows[:, rect.x : rect.x + seen.shape[1]] = seen
    return _tile_means(rows)


def _row_means(mask: Array[np.float64]) -> Array[np.float64]:
    return np.array([rows.mean(axis=0) for rows in np.array_split(mask, TILES[0], axis=0)])


def _tile_means(rows: Array[np.float64]) -> Array[np.float64]:
    return np.array([part.mean(axis=1) for part in np.array_split(rows, TILES[1], axis=1)]).T
