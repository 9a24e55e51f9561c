"""Taking content in: what a draft left open is decided, and everything in it is judged for the walls of this site."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from playout.check.airtime import Airtime, airtime
from playout.check.calendar import check_calendar
from playout.check.finding import Finding, Severity
from playout.check.joins import check_joins
from playout.check.reading import check_notice, settle
from playout.check.report import Report, check_dwell
from playout.check.schedules import check_schedule
from playout.check.templates import check_templates
from playout.check.wall import used_notices, wall_for, wall_of
from playout.clock import Clock, SystemClock
from playout.config import Config, screen_size
from playout.errors import ScheduleError
from playout.media.still import decode
from playout.model.claim import Band
from playout.model.frame import Pixels, Size
from playout.model.inputs import Inputs
from playout.model.notice import Fit, Notice
from playout.model.schedule import Revision
from playout.paths import Paths
from playout.store.files import Draft
from playout.text.engine import TextEngine
from playout.vetting import load_vetted_fonts

__all__ = ["Intake", "Judgement", "SuppliedPictures"]

_DECODED = 24


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

    def __init__(self, config: Config, paths: Paths, clock: Clock | None = None) -> None:
        self._config, self._paths, self._clock = config, paths, clock or SystemClock()
        self._engine = TextEngine(load_vetted_fonts(paths.fonts, paths.fonts_tried))

    def settle(self, draft: Draft) -> Draft:
        """The draft with dwell and arrangement of its notices decided."""
        wall = wall_of(self._config, draft.schedule)
        return replace(
            draft, notices={name: settle(notice, wall, self._engine) for name, notice in draft.notices.items()}
        )

    def take(self, draft: Draft) -> Draft:
        """The draft settled, if nothing in it keeps it off the sign. Raises: ScheduleError with every error."""
        settled = self.settle(draft)
        errors = [found for found in self.check(settled).findings if found.severity is Severity.ERROR]
        if errors:
            raise ScheduleError([f"{found.where}: {found.message} ({found.remedy})" for found in errors])
        return settled

    def check(self, draft: Draft) -> Judgement:
        """Judges a settled draft."""
        schedule, used = draft.schedule, used_notices(draft.schedule)
        screens, now_ns = self._screens(), self._clock.utc_ns()
        found = check_schedule(schedule, draft.notices, screens)
        found += check_calendar(schedule, draft.notices, self._config.site, tuple(screens), now_ns)
        pictures = SuppliedPictures(self._paths.media, draft.pictures)
        reports = {notice.id: self._report(notice, draft, pictures, Band.NOTICE) for notice in draft.notices.values()}
        for name, report in reports.items():
            found += (report if name in used else report.off_air()).findings
        found += _check_items(draft, reports)
        wall = wall_of(self._config, schedule)
        drawable = {name: draft.notices[name] for name, report in reports.items() if report.readable}
        for playlist in schedule.playlists:
            languages = self._config.site.languages
            found += check_joins(playlist, drawable, languages, wall.sizes[0], self._engine, pictures)
        book = draft.book
        found += check_templates(book.templates, book.phrases, book.places, wall, self._engine, pictures)
        reach = ((name, report.legible_to_m) for name, report in reports.items() if report.legible_to_m)
        return Judgement(tuple(dict.fromkeys(found)), tuple(reach))

    def report(self, notice: Notice, draft: Draft, band: Band) -> Report:
        """The report on one notice of a draft."""
        return self._report(notice, draft, SuppliedPictures(self._paths.media, draft.pictures), band)

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

    def _report(self, notice: Notice, draft: Draft, pictures: SuppliedPictures, band: Band) -> Report:
        return check_notice(notice, wall_for(notice, self._config, draft.schedule), self._engine, pictures, band)


def _check_items(draft: Draft, reports: Mapping[str, Report]) -> Iterator[Finding]:
    """Items of playlists whose own time is too short for their notice."""
    for playlist in draft.schedule.playlists:
        for number, item in enumerate(playlist.items):
            if item.notice in reports:
                where = f"playlists[{playlist.id}].items[{number}].dwell_s"
                yield from check_dwell(reports[item.notice].reading_s, item.dwell_s, where, Band.NOTICE)
