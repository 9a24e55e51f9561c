"""Whether a notice can be read: by whom, from how far, in the time it stands, against what is behind it.

Pure: a notice, the wall it is for and a text engine in, findings out. Errors stop a notice of bands 1 to 4; an
emergency loses the languages that cannot be read, and is refused only if none is left.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from math import ceil

from playout.check.contrast import NORMAL, STRONG, contrast_ratio
from playout.check.finding import Finding, Severity
from playout.model.claim import Band
from playout.model.frame import Size
from playout.model.notice import Arrange, Kind, Notice, Text
from playout.model.panel import Panel, Site
from playout.model.schedule import Schedule, Zone, ZoneKind
from playout.render.colour import parse_colour
from playout.render.page import LANGUAGE_MARK, PageLayout, Placed, Role, lay_out_page
from playout.render.plate import PictureSource, draw_ground
from playout.render.scene import crawl_em_px
from playout.text.breaks import graphemes
from playout.text.distance import legible_to_m, letter_px, reading_time_s
from playout.text.engine import TextEngine
from playout.text.findings import TextCode, TextFinding
from playout.text.fonts import language_fonts
from playout.text.languages import LANGUAGES
from playout.text.letters import letter_height_px

__all__ = ["MAX_CRAWL_EM_S", "Report", "Wall", "check_crawl", "check_notice", "main_sizes", "settle"]

MAX_CRAWL_EM_S = 6.0
"""Fastest crawl in em a second: each letter stays on a 672 px panel for some five seconds. A judgement."""
_EMERGENCY_READINGS = 2
"""How often an emergency page can be read while it stands."""
_LEAST_BAD = {TextCode.WORD_BROKEN}
_DWELL_STEP_S = 0.5


@dataclass(frozen=True, slots=True)
class Wall:
    """What a notice is judged against: the panel, the site, and every size in pixels its pages may get."""

    panel: Panel
    site: Site
    sizes: tuple[Size, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """What was found, and for each language the ground distance in metres up to which it can be read."""

    findings: tuple[Finding, ...]
    legible_to_m: Mapping[str, float]
    readable: tuple[str, ...]
    """Languages without an error."""

    def is_refused(self, band: Band) -> bool:
        """Whether the notice may not go on air in that band."""
        if band >= Band.EMERGENCY:
            return not self.readable
        return any(finding.severity is Severity.ERROR for finding in self.findings)


def main_sizes(schedule: Schedule, screen: Size) -> set[Size]:
    """Sizes in which pages are drawn: the main zones of every layout, and the whole screen."""
    zones = [zone for layout in schedule.layouts for zone in layout.zones if zone.kind is ZoneKind.MAIN]
    return {screen, *(zone.rect(screen).size for zone in zones)}


def check_notice(notice: Notice, wall: Wall, engine: TextEngine, pictures: PictureSource, band: Band) -> Report:
    """Judges one notice in every size it may get, as strictly as its band asks."""
    found: list[Finding] = []
    reach: dict[str, float] = {}
    if notice.kind is Kind.TEXT:
        for size in wall.sizes:
            for page in _pages(notice):
                layout = lay_out_page(notice, page, size, engine)
                found += _words(notice, layout, wall, size)
                found += _contrast(notice, layout, size, pictures, band)
                for placed in layout.blocks:
                    metres = legible_to_m(wall.panel, _letter_px(placed))
                    reach[placed.language] = min(metres, reach.get(placed.language, metres))
        found += _dwell(notice, band)
    found += _fonts(notice, engine)
    found += _ages(notice, wall.site)
    findings = tuple(dict.fromkeys(found))
    errors = {finding.language for finding in findings if finding.severity is Severity.ERROR}
    written = tuple(text.language for text in notice.texts)
    return Report(findings, reach, tuple(language for language in written if not errors & {language, ""}))


def check_crawl(notice: Notice, zone: Zone, size: Size, fps: int, wall: Wall, engine: TextEngine) -> list[Finding]:
    """Judges a moving line in the zone it runs through on a screen of that size."""
    em_px, where = crawl_em_px(zone.rect(size)), f"notices[{notice.id}]"
    findings: list[Finding] = []
    speed_em_s = max(1, round(zone.speed_px_s / fps)) * fps / em_px
    if speed_em_s > MAX_CRAWL_EM_S:
        findings.append(
            Finding(
                "crawl.fast", Severity.ERROR, where, f"the crawl moves {speed_em_s:.1f} em/s, faster than it is read",
                f"set speed_px_s of its zone to {int(MAX_CRAWL_EM_S * em_px)} or less, or make the zone higher",
                measured=round(speed_em_s, 2), required=MAX_CRAWL_EM_S,
            )
        )  # fmt: skip
    for text in notice.texts:
        here = f"{where}.texts[{text.language}]"
        line = engine.line(" ".join(text.body.split()), text.language, em_px)
        findings += [_worded(finding, here, text.language) for finding in line.findings]
        height_px = letter_height_px(text.body, text.language, em_px)
        findings += _too_small(notice, text.language, height_px, wall.panel, here)
    return findings


def settle(notice: Notice, wall: Wall, engine: TextEngine) -> Notice:
    """The notice with what its file left open decided: how long its pages stand, and how its languages share a page."""
    if notice.kind is not Kind.TEXT or not notice.texts:
        return notice
    arrange = _arrange(notice, wall, engine) if notice.arrange is Arrange.AUTO else notice.arrange
    needed_s = max(reading_time_s(_graphemes(text), text.language) for text in notice.texts)
    dwell_s = notice.dwell_s or ceil(needed_s / _DWELL_STEP_S) * _DWELL_STEP_S
    return replace(notice, arrange=arrange, dwell_s=min(dwell_s, 300.0))


def _pages(notice: Notice) -> list[str]:
    languages = [text.language for text in notice.texts]
    if notice.arrange in (Arrange.STACKED, Arrange.SIDE):
        return [LANGUAGE_MARK.join(languages)]
    return languages


def _arrange(notice: Notice, wall: Wall, engine: TextEngine) -> Arrange:
    """All languages on one page, in the better of two ways, if they fit in every size at the reading distance."""
    needed_px = letter_px(wall.panel, notice.reading_distance_m)
    best, best_px = Arrange.PAGES, 0.0
    if len(notice.texts) > 1:
        for arrange in (Arrange.STACKED, Arrange.SIDE):
            smallest_px = _smallest_px(replace(notice, arrange=arrange), wall, engine, max(needed_px, best_px))
            if smallest_px > best_px:
                best, best_px = arrange, smallest_px
    return best


def _smallest_px(notice: Notice, wall: Wall, engine: TextEngine, least_px: float) -> float:
    """Height of the smallest letters over all sizes; 0 as soon as some are under `least_px` or do not fit."""
    smallest_px = float("inf")
    for size in wall.sizes:
        for placed in lay_out_page(notice, _pages(notice)[0], size, engine).blocks:
            smallest_px = min(smallest_px, _letter_px(placed))
            if not placed.block.fits or placed.block.findings or smallest_px < least_px:
                return 0.0
    return smallest_px


def _words(notice: Notice, layout: PageLayout, wall: Wall, size: Size) -> Iterator[Finding]:
    for placed in layout.blocks:
        where = f"notices[{notice.id}].texts[{placed.language}].{placed.role}"
        yield from (_worded(finding, where, placed.language) for finding in placed.block.findings)
        if placed.role is Role.BODY or len(layout.blocks) == 1:
            yield from _too_small(
                notice, placed.language, _letter_px(placed), wall.panel, f"{where} on {size.width} x {size.height} px"
            )


def _worded(finding: TextFinding, where: str, language: str) -> Finding:
    severity = Severity.WARNING if finding.code in _LEAST_BAD else Severity.ERROR
    return Finding(
        finding.code.value, severity, where, finding.message, finding.remedy, language,
        finding.position, finding.measured, finding.required,
    )  # fmt: skip


def _too_small(notice: Notice, language: str, height_px: float, panel: Panel, where: str) -> Iterator[Finding]:
    required_px = letter_px(panel, notice.reading_distance_m)
    if height_px < required_px:
        yield Finding(
            "size.distance", Severity.ERROR, where,
            f"letters of {height_px:.0f} px are read up to {legible_to_m(panel, height_px):.0f} m,"
            f" not up to {notice.reading_distance_m:.0f} m, which takes {required_px:.0f} px",
            "shorten the text, give it more lines or pages, or declare a shorter reading_distance_m",
            language, None, round(height_px, 1), round(required_px, 1),
        )  # fmt: skip


def _letter_px(placed: Placed) -> float:
    return letter_height_px(" ".join(placed.block.lines), placed.language, placed.block.em_px)


def _contrast(notice: Notice, layout: PageLayout, size: Size, pictures: PictureSource, band: Band) -> Iterator[Finding]:
    required = STRONG if band >= Band.EMERGENCY else NORMAL
    ground = draw_ground(notice, layout, size, pictures).pixels
    for placed in layout.blocks:
        key = "accent" if placed.role is Role.HEADING else "colour"
        colour = notice.style.accent if placed.role is Role.HEADING else notice.style.colour
        ratio = contrast_ratio(parse_colour(colour), ground[placed.rect.slices])
        if ratio < required:
            yield Finding(
                "contrast.low", Severity.ERROR, f"notices[{notice.id}].style.{key}",
                f"{colour} stands out by {ratio:.1f}:1 where {required:g}:1 is needed",
                "take colours farther apart in brightness; white or yellow on black reads best",
                placed.language, None, round(ratio, 2), required,
            )  # fmt: skip


def _dwell(notice: Notice, band: Band) -> Iterator[Finding]:
    readings = _EMERGENCY_READINGS if band >= Band.EMERGENCY else 1
    for text in notice.texts:
        needed_s = readings * reading_time_s(_graphemes(text), text.language)
        if notice.dwell_s is not None and notice.dwell_s < needed_s:
            yield Finding(
                "dwell.short", Severity.ERROR, f"notices[{notice.id}].dwell_s",
                f"{notice.dwell_s:g} s are too short for the text in {text.language!r}, read in {needed_s:.1f} s",
                f"set dwell_s to {ceil(needed_s)}, leave it out, or shorten the text",
                text.language, None, notice.dwell_s, round(needed_s, 1),
            )  # fmt: skip


def _graphemes(text: Text) -> int:
    locale = LANGUAGES[text.language].locale if text.language in LANGUAGES else "en"
    return sum(len(graphemes("".join(part.split()), locale)) for part in (text.heading, text.body) if part.strip())


def _fonts(notice: Notice, engine: TextEngine) -> Iterator[Finding]:
    """Languages that the installed fonts cannot set."""
    for text in notice.texts:
        if text.language in LANGUAGES and (problem := language_fonts(engine.fonts, text.language)) is not None:
            yield _worded(problem, f"notices[{notice.id}].texts[{text.language}]", text.language)


def _ages(notice: Notice, site: Site) -> Iterator[Finding]:
    """Translations whose original was revised after them."""
    original = next((t for t in notice.texts if t.language == (notice.original or site.languages[0])), None)
    if original is None or original.revised is None:
        return
    for text in notice.texts:
        if text is not original and (text.revised is None or text.revised < original.revised):
            yield Finding(
                "translation.old", Severity.ERROR, f"notices[{notice.id}].texts[{text.language}]",
                f"the text in {text.language!r} is older than its original in {original.language!r},"
                f" revised on {original.revised}",
                "have the translation brought up to date, then set its `revised`",
                text.language,
            )  # fmt: skip
