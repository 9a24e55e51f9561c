"""The check of a notice: everything that can be found in it, drawn as it will be drawn and judged for its readers.

Pure: a notice, the wall it is for and a text engine in, a report out. Errors stop a notice of bands 1 to 4; an
emergency loses the languages that cannot be read, and is refused only if none is left.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from math import ceil

from playout.check.contrast import NORMAL, STRONG, contrast_ratio
from playout.check.crawls import check_crawl, crawl_letter_px
from playout.check.finding import Finding, NoticeCode, Severity
from playout.check.notices import check_record
from playout.check.report import Report, check_dwell
from playout.check.wall import Wall
from playout.check.words import check_distance, worded
from playout.errors import ContentError
from playout.model.claim import Band
from playout.model.frame import Size
from playout.model.notice import Arrange, Kind, Notice, Text
from playout.model.panel import Site
from playout.problems import did_you_mean
from playout.render.colour import parse_colour
from playout.render.page import LANGUAGE_MARK, PageLayout, Placed, Role, lay_out_page
from playout.render.plate import PictureSource, behind, draw_ground
from playout.text.breaks import graphemes
from playout.text.distance import legible_to_m, letter_px, reading_time_s
from playout.text.engine import TextEngine
from playout.text.findings import TextCode
from playout.text.fonts import language_fonts
from playout.text.languages import LANGUAGES
from playout.text.letters import letter_height_px

__all__ = ["check_notice", "settle"]

_NOT_WHOLE = frozenset(TextCode) - {TextCode.WORD_BROKEN, TextCode.CONTROL, TextCode.ORPHAN_MARK}
"""What keeps words from being read: some of them are not drawn, or cannot be told apart."""
_DWELL_STEP_S = 0.5
_LONGEST_DWELL_S = 300.0


def check_notice(notice: Notice, wall: Wall, engine: TextEngine, pictures: PictureSource, band: Band) -> Report:
    """Judges one notice, as strictly as its band asks, everywhere it may stand; each fault is told once, at its worst.

    Texts in languages that the site does not have are never shown, and not judged.
    """
    texts = _shown(notice, wall.site)
    found = list(check_record(notice, wall.site))
    coloured = not any(finding.code == NoticeCode.COLOUR for finding in found)
    found += _fonts(notice, texts, engine)
    texts = tuple(text for text in texts if text.language in LANGUAGES)
    found += _picture(notice, wall, pictures)
    reach: dict[str, float] = {}
    match notice.kind:
        case Kind.TEXT:
            shown = replace(notice, texts=texts)
            for size in wall.sizes:
                for page in _pages(shown):
                    layout = lay_out_page(shown, page, size, engine)
                    found += _words(shown, layout, wall, size)
                    found += _contrast(shown, layout, size, pictures, band) if coloured else ()
                    for placed in layout.blocks:
                        metres = legible_to_m(wall.panel, _letter_px(placed))
                        reach[placed.language] = min(metres, reach.get(placed.language, metres))
        case Kind.CRAWL:
            found += check_crawl(notice, texts, wall, engine, band)
            heights_px = {text.language: crawl_letter_px(text, wall) for text in texts}
            reach = {code: legible_to_m(wall.panel, px) for code, px in heights_px.items() if px is not None}
        case Kind.PICTURE:
            pass
    reading_s = {text.language: reading_time_s(_graphemes(text), text.language) for text in texts}
    if notice.kind is Kind.TEXT:
        found += check_dwell(reading_s, notice.dwell_s, f"notices[{notice.id}].dwell_s", band)
    found += _ages(notice, texts, wall.site)
    findings = tuple(_each_once(found))
    readable, unreadable = _divided(notice, findings, wall.site)
    return Report(findings, reach, reading_s, readable, unreadable)


def settle(notice: Notice, wall: Wall, engine: TextEngine) -> Notice:
    """The notice with what its file left open decided: how long its pages stand and at least must stand, and how its
    languages share a page."""
    texts = tuple(text for text in _shown(notice, wall.site) if text.language in LANGUAGES)
    if notice.kind is not Kind.TEXT or not texts:
        return notice
    shown = replace(notice, texts=texts)
    arrange = _arrange(shown, wall, engine) if notice.arrange is Arrange.AUTO else notice.arrange
    needed_s = max(reading_time_s(_graphemes(text), text.language) for text in texts)
    dwell_s = notice.dwell_s or ceil(needed_s / _DWELL_STEP_S) * _DWELL_STEP_S
    reading_s = min(needed_s, _LONGEST_DWELL_S)
    return replace(notice, arrange=arrange, dwell_s=min(dwell_s, _LONGEST_DWELL_S), reading_s=reading_s)


def _shown(notice: Notice, site: Site) -> tuple[Text, ...]:
    """The texts that the site shows, in its order; of two in one language the first."""
    by_language = {text.language: text for text in reversed(notice.texts)}
    return tuple(by_language[language] for language in site.languages if language in by_language)


def _pages(notice: Notice) -> list[str]:
    languages = [text.language for text in notice.texts]
    if notice.arrange in (Arrange.STACKED, Arrange.SIDE) and languages:
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
        yield from (worded(finding, where, placed.language) for finding in placed.block.findings)
        for found in check_distance(_letter_px(placed), notice.reading_distance_m, wall.panel, where, placed.language):
            yield replace(found, message=f"on {size.width} x {size.height} px {found.message}")


def _letter_px(placed: Placed) -> float:
    return letter_height_px(" ".join(placed.block.lines), placed.language, placed.block.em_px)


def _contrast(notice: Notice, layout: PageLayout, size: Size, pictures: PictureSource, band: Band) -> Iterator[Finding]:
    required = STRONG if band >= Band.EMERGENCY else NORMAL
    ground = draw_ground(notice, layout, size, pictures)
    for placed in layout.blocks:
        key = "accent" if placed.role is Role.HEADING else "colour"
        colour = notice.style.accent if placed.role is Role.HEADING else notice.style.colour
        ratio = contrast_ratio(parse_colour(colour), behind(placed, notice, ground))
        if ratio < required:
            yield Finding(
                NoticeCode.CONTRAST, Severity.ERROR, f"notices[{notice.id}].style.{key}",
                f"{colour} stands out by {ratio:.1f}:1 where {required:g}:1 is needed",
                "take colours farther apart in brightness; white or yellow on black reads best",
                placed.language, None, round(ratio, 2), required,
            )  # fmt: skip


def _picture(notice: Notice, wall: Wall, pictures: PictureSource) -> Iterator[Finding]:
    """A picture that is not there, or cannot be decoded; the words of a notice are shown without it."""
    for size in wall.sizes if notice.picture and notice.kind is not Kind.CRAWL else ():
        try:
            pictures.picture(notice.picture, size, notice.fit)
        except ContentError as error:
            remedy = error.hint or "supply the picture again"
            yield Finding(NoticeCode.PICTURE, Severity.ERROR, f"notices[{notice.id}].picture", error.message, remedy)
            return


def _graphemes(text: Text) -> int:
    locale = LANGUAGES[text.language].locale
    return sum(len(graphemes("".join(part.split()), locale)) for part in (text.heading, text.body) if part.strip())


def _fonts(notice: Notice, texts: tuple[Text, ...], engine: TextEngine) -> Iterator[Finding]:
    """Languages that the installed fonts cannot set, or that nobody knows how to set."""
    for text in texts:
        here = f"notices[{notice.id}].texts[{text.language}]"
        if text.language not in LANGUAGES:
            message, remedy = f"language {text.language!r} is not known", did_you_mean(text.language, LANGUAGES)
            yield Finding(TextCode.NO_FONT, Severity.ERROR, here, message, remedy, text.language)
        elif (problem := language_fonts(engine.fonts, text.language)) is not None:
            yield worded(problem, here, text.language)


def _ages(notice: Notice, texts: tuple[Text, ...], site: Site) -> Iterator[Finding]:
    """Translations whose original was revised after them."""
    original = next((t for t in notice.texts if t.language == (notice.original or site.languages[0])), None)
    if original is None or original.revised is None:
        return
    for text in texts:
        if text.language != original.language and (text.revised is None or text.revised < original.revised):
            yield Finding(
                NoticeCode.OLD, Severity.ERROR, f"notices[{notice.id}].texts[{text.language}]",
                f"the text in {text.language!r} is older than its original in {original.language!r},"
                f" revised on {original.revised}",
                "have the translation brought up to date, then set its `revised`",
                text.language,
            )  # fmt: skip


def _each_once(found: Iterable[Finding]) -> Iterator[Finding]:
    """One finding for each fault, place, language and position: of several sizes the worst.

    Where a language has no font at all, its characters are not told one by one.
    """
    worst: dict[tuple[str, str, str, int | None], Finding] = {}
    for finding in found:
        key = (finding.code, finding.where, finding.language, finding.position)
        if key not in worst or _shortfall(finding) > _shortfall(worst[key]):
            worst[key] = finding
    fontless = {finding.language for finding in worst.values() if finding.code == TextCode.NO_FONT}
    for finding in worst.values():
        if finding.code != TextCode.UNCOVERED or finding.language not in fontless:
            yield finding


def _shortfall(finding: Finding) -> float:
    if finding.measured is None or not finding.required:
        return 0.0
    return abs(finding.measured - finding.required) / finding.required


def _divided(notice: Notice, findings: tuple[Finding, ...], site: Site) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The languages that can be read, and the others, those with the fewest faults first."""
    if notice.kind is Kind.PICTURE:
        without = any(finding.code in (NoticeCode.NO_PICTURE, NoticeCode.PICTURE) for finding in findings)
        return ((), ("",)) if without else (("",), ())
    languages = [text.language for text in _shown(notice, site)]
    if any(finding.code == NoticeCode.COLOUR for finding in findings):
        return (), tuple(languages)
    faults = Counter(finding.language for finding in findings if _cannot_be_read(finding))
    unreadable = sorted((code for code in languages if faults[code]), key=lambda code: faults[code])
    return tuple(code for code in languages if not faults[code]), tuple(unreadable)


def _cannot_be_read(finding: Finding) -> bool:
    if finding.code == NoticeCode.CONTRAST:
        return finding.measured is not None and finding.measured < NORMAL
    return finding.code in _NOT_WHOLE
