"""Judges a whole schedule before it is stored: how it is put together here, its notices by the proof program."""

import asyncio
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from pydantic import TypeAdapter

from playout.api.reports import Reports
from playout.check.calendar import check_calendar
from playout.check.finding import Finding, Severity
from playout.check.report import Report, check_dwell
from playout.check.schedules import check_schedule
from playout.check.wall import Wall, used_notices, wall_for
from playout.config import Config, screen_size
from playout.model.claim import Band
from playout.model.notice import Arrange, Kind, Notice
from playout.model.schedule import Revision, Schedule
from playout.store.files import Draft

__all__ = ["FINDINGS_MAX", "Judge", "Judged", "told"]

FINDINGS_MAX = 1000
"""Most findings that are told of one schedule: the errors first."""
_SETTLED_KEPT = 2000
_NOTICE = TypeAdapter(Notice)


@dataclass(frozen=True, slots=True)
class Judged:
    """A schedule with what it left open decided, and everything that was found in it."""

    draft: Draft
    findings: tuple[Finding, ...]

    @property
    def errors(self) -> tuple[Finding, ...]:
        """The findings for which it is refused."""
        return tuple(finding for finding in self.findings if finding.severity is Severity.ERROR)


def told(findings: tuple[Finding, ...]) -> list[dict[str, Any]]:
    """Findings as callers see them, errors first, and no more of them than help anybody."""
    order = list(Severity)
    first = sorted(findings, key=lambda finding: order.index(finding.severity))[:FINDINGS_MAX]
    return [asdict(finding) for finding in first]


class Judge:
    """Judges schedules for one site; belongs to the event loop.

    A notice is judged once for all the schedules it stands in, so that a save waits for what changed, not for the rest.
    """

    def __init__(self, reports: Reports, config: Config) -> None:
        self._reports, self._config = reports, config
        self._settled: OrderedDict[tuple[Notice, Wall], tuple[Notice, Report]] = OrderedDict()

    async def judge(self, draft: Draft, now_ns: int) -> Judged:
        """Judges a draft, what comes when from `now_ns` (UTC) on. Raises: PlayoutError where notices cannot be now."""
        revision = Revision(0, 0, draft.schedule, draft.notices)
        screens = {screen.id: screen_size(self._config.panel, screen) for screen in self._config.screens}
        site = self._config.site
        found = await asyncio.to_thread(check_schedule, draft.schedule, draft.notices, screens)
        found += await asyncio.to_thread(check_calendar, draft.schedule, draft.notices, site, tuple(screens), now_ns)
        used, settled, reports = used_notices(draft.schedule), dict[str, Notice](), dict[str, Report]()
        for name, notice in draft.notices.items():
            settled[name], reports[name] = await self._of(notice, revision)
            found += (reports[name] if name in used else reports[name].off_air()).findings
        found += _items(draft.schedule, reports)
        return Judged(replace(draft, notices=settled), tuple(dict.fromkeys(found)))

    async def _of(self, notice: Notice, revision: Revision) -> tuple[Notice, Report]:
        if _is_settled(notice):
            return notice, await self._reports.of(notice, revision, Band.NOTICE)
        key = notice, wall_for(notice, self._config, revision.schedule)
        if key not in self._settled:
            made = await self._reports.of_draft(_NOTICE.dump_python(notice, mode="json"), revision, Band.NOTICE)
            assert not isinstance(made, list), made  # it was read before
            self._settled[key] = made.notice, made.report
            if len(self._settled) > _SETTLED_KEPT:
                self._settled.popitem(last=False)
        return self._settled[key]


def _is_settled(notice: Notice) -> bool:
    """Whether nothing is left open that has to be decided when it is taken in."""
    is_open = notice.arrange is Arrange.AUTO or notice.dwell_s is None
    return not (notice.kind is Kind.TEXT and notice.texts and is_open)


def _items(schedule: Schedule, reports: Mapping[str, Report]) -> Iterator[Finding]:
    """Items of playlists whose own time is too short for their notice."""
    for playlist in schedule.playlists:
        for number, item in enumerate(playlist.items):
            if item.dwell_s is not None and item.notice in reports:
                where = f"playlists[{playlist.id}].items[{number}].dwell_s"
                yield from check_dwell(reports[item.notice].reading_s, item.dwell_s, where, Band.NOTICE)
