"""Taking content in: what a draft left open is decided, and everything in it is judged for the walls of this site."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from playout.check.airtime import Airtime, airtime
from playout.check.finding import Finding, Severity
from playout.check.joins import check_joins
from playout.check.reading import Report, Wall, check_crawl, check_notice, main_sizes, settle
from playout.check.schedules import check_schedule
from playout.check.templates import check_templates
from playout.config import Config, screen_size
from playout.errors import ContentError
from playout.media.still import decode
from playout.model.claim import Band
from playout.model.frame import Pixels, Size
from playout.model.inputs import Inputs
from playout.model.notice import Fit, Kind, Notice
from playout.model.schedule import Revision, Schedule, ZoneKind
from playout.paths import Paths
from playout.store.files import Draft
from playout.text.engine import TextEngine
from playout.text.fonts import load_fonts

__all__ = ["Intake", "Judgement", "SuppliedPictures"]

_DECODED = 24
_TRIAL = Size(64, 64)
"""Size at which pictures are decoded to see whether they can be."""


class SuppliedPictures:
    """Pictures decoded here and now: those of a draft, and those of the media store. Keeps the last few."""

    def __init__(self, media: Path, supplied: Mapping[str, Path]) -> None:
        self._media, self._supplied = media, supplied
        self._decode = lru_cache(maxsize=_DECODED)(decode)

    def picture(self, sha256: str, size: Size, fit: Fit) -> Pixels:
        """The picture at that size. Raises: ContentError."""
        return self._decode(self._supplied.get(sha256, self._media / sha256), size, fit)


@dataclass(frozen=True, slots=True)
class Judgement:
    """What was found in a draft, each once, and up to how many metres each notice is read in each language."""

    findings: tuple[Finding, ...]
    legible_to_m: tuple[tuple[str, Mapping[str, float]], ...]


class Intake:
    """Judges content for one site. Raises: ContentError where there are no fonts to judge with."""

    def __init__(self, config: Config, paths: Paths) -> None:
        self._config, self._paths = config, paths
        self._engine = TextEngine(load_fonts(paths.fonts))

    def settle(self, draft: Draft) -> Draft:
        """The draft with dwell and arrangement of its notices decided."""
        wall = self._wall(draft.schedule)
        return replace(
            draft, notices={name: settle(notice, wall, self._engine) for name, notice in draft.notices.items()}
        )

    def check(self, draft: Draft) -> Judgement:
        """Judges a settled draft."""
        sizes = self._screens()
        found = check_schedule(draft.schedule, draft.notices, self._config.site, sizes)
        found += _check_pictures(draft)
        wall = self._wall(draft.schedule)
        pictures = SuppliedPictures(self._paths.media, draft.pictures)
        reach: list[tuple[str, Mapping[str, float]]] = []
        for notice in draft.notices.values():
            report = check_notice(notice, wall, self._engine, pictures, Band.NOTICE)
            found += report.findings
            if report.legible_to_m:
                reach.append((notice.id, report.legible_to_m))
        found += self._check_crawls(draft, wall)
        for playlist in draft.schedule.playlists:
            site = self._config.site
            found += check_joins(playlist, draft.notices, site.languages, wall.sizes[0], self._engine, pictures)
        book = draft.book
        found += check_templates(book.templates, book.phrases, book.places, wall, self._engine, pictures)
        return Judgement(tuple(dict.fromkeys(found)), tuple(reach))

    def report(self, notice: Notice, draft: Draft, band: Band) -> Report:
        """The report on one notice of a draft."""
        pictures = SuppliedPictures(self._paths.media, draft.pictures)
        return check_notice(notice, self._wall(draft.schedule), self._engine, pictures, band)

    def airtimes(self, draft: Draft, start_ns: int, end_ns: int) -> Iterator[tuple[Inputs, list[Airtime]]]:
        """Each language's airtime on each screen over a span (UTC ns); counted once for screens that are alike."""
        revision, alike = (
            Revision(0, 0, draft.schedule, draft.notices),
            not any(d.screens for d in draft.schedule.dayparts),
        )
        times: list[Airtime] = []
        for screen in self._config.screens:
            given = Inputs(screen.id, self._config.site, revision)
            times = times if times and alike else airtime(given, start_ns, end_ns)
            yield given, times

    def _screens(self) -> dict[str, Size]:
        return {screen.id: screen_size(self._config.panel, screen) for screen in self._config.screens}

    def _wall(self, schedule: Schedule) -> Wall:
        sizes = {size for screen in self._screens().values() for size in main_sizes(schedule, screen)}
        ordered = sorted(sizes, key=lambda size: (size.width * size.height, size.width))
        return Wall(self._config.panel, self._config.site, tuple(ordered))

    def _check_crawls(self, draft: Draft, wall: Wall) -> Iterator[Finding]:
        schedule = draft.schedule
        zones = {
            layout.id: [zone for zone in layout.zones if zone.kind is ZoneKind.CRAWL] for layout in schedule.layouts
        }
        runs = {(daypart.layout, daypart.crawl) for daypart in schedule.dayparts}
        for layout, crawl in sorted(runs | {(schedule.filler_layout, schedule.filler_crawl)}):
            notice = draft.notices.get(crawl)
            if notice is not None and notice.kind is Kind.CRAWL:
                for screen in self._config.screens:
                    for zone in zones.get(layout, []):
                        size = screen_size(self._config.panel, screen)
                        yield from check_crawl(notice, zone, size, screen.fps, wall, self._engine)


def _check_pictures(draft: Draft) -> Iterator[Finding]:
    for path in draft.pictures.values():
        try:
            decode(path, _TRIAL, Fit.COVER)
        except ContentError as error:
            yield Finding("picture", Severity.ERROR, str(path), error.message, error.hint)
