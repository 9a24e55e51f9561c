"""The reports on notices that control keeps, so that at three in the morning nobody waits for a check.

The proof program makes them: for the revision on air in the background, for anything else when it is asked for. A
report is kept by the notice's whole content and the wall it was made for; other fonts drop them all.
"""

import asyncio
import contextlib
import logging
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import TypeAdapter, ValidationError

from playout.api.proof import Asks
from playout.check.finding import NoticeCode
from playout.check.report import Report
from playout.check.wall import Wall, crawl_wall, wall_for
from playout.config import Config
from playout.errors import ContentError, PlayoutError
from playout.model.claim import Band
from playout.model.notice import Arrange, Notice
from playout.model.schedule import Revision

__all__ = ["Draft", "Reports", "keep_judged"]

_log = logging.getLogger(__name__)
_BANDS = (Band.NOTICE, Band.EMERGENCY)
_KEPT = 5000
"""Notices whose reports are kept."""
_GIVE_UP = 3
"""Failures one after the other that end a round of judging."""


@dataclass(frozen=True, slots=True)
class _Made:
    """An answer of the proof program: what is wrong with the table, or the notice and a report for each band."""

    problems: list[str]
    fonts: str = ""
    notice: Notice | None = None
    reports: tuple[Report, ...] = ()


_MADE = TypeAdapter(_Made)
_NOTICE = TypeAdapter(Notice)
_WALL = TypeAdapter(Wall)


@dataclass(frozen=True, slots=True)
class Draft:
    """A notice that is nowhere yet, with what it left open decided as it would be when it is taken in."""

    notice: Notice
    report: Report

    @property
    def arrange(self) -> Arrange:
        """How its languages share the screen."""
        return self.notice.arrange

    @property
    def dwell_s(self) -> float | None:
        """How long each of its pages stands, in seconds."""
        return self.notice.dwell_s


class Reports:
    """Belongs to the event loop."""

    def __init__(self, proof: Asks, config: Config) -> None:
        self._proof, self._config = proof, config
        self._kept: OrderedDict[tuple[Notice, Wall], tuple[Report, Report]] = OrderedDict()
        self._fonts = ""
        self._judged: tuple[Revision, Mapping[str, tuple[str, ...]]] | None = None

    async def of(self, notice: Notice, revision: Revision, band: Band, layout: str = "", overlay: str = "") -> Report:
        """The report on a notice of a revision; on a crawl in `layout`, or without one wherever it runs.

        With `overlay` as it is in overlay zones of that id. Raises: LinkError, ContentError where it cannot be judged
        now.
        """
        key = notice, wall_for(notice, self._config, revision.schedule, layout, overlay)
        if key not in self._kept or _may_heal(self._kept[key][0]):
            made = await self._check(_NOTICE.dump_python(notice, mode="json"), key[1], _BANDS, is_draft=False)
            if made.problems:
                raise ContentError("; ".join(made.problems), hint="import it again")
            self._keep(key, made)
        self._kept.move_to_end(key)
        return self._kept[key][band >= Band.EMERGENCY]

    def known(self, notice: Notice, revision: Revision) -> Report | None:
        """The report on a notice of a revision where it is there already."""
        found = self._kept.get((notice, wall_for(notice, self._config, revision.schedule)))
        return None if found is None else found[0]

    async def of_draft(self, table: Mapping[str, Any], revision: Revision, band: Band) -> Draft | list[str]:
        """The report on a notice as a table, or what is wrong with the table. Raises: LinkError, ContentError."""
        wall = crawl_wall(str(table.get("id", "")), self._config, revision.schedule)
        made = await self._check(table, wall, (band,), is_draft=True)
        if made.problems or made.notice is None:
            return made.problems
        return Draft(made.notice, made.reports[0])

    def unreadable(self, revision: Revision) -> Mapping[str, tuple[str, ...]] | None:
        """By notice, the languages that cannot be read, the least bad first; None while that is not known."""
        return self._judged[1] if self._judged is not None and _is_same(self._judged[0], revision) else None

    async def learn(self, revision: Revision) -> bool:
        """Judges every notice of a revision that was not judged yet; returns whether that is the last word on all.

        A picture that cannot be shown is no reason to skip its notice: the player shows something in its place.
        """
        found: dict[str, tuple[str, ...]] = {}
        failures, is_whole = 0, True
        for notice in revision.notices.values():
            try:
                report = await self.of(notice, revision, Band.NOTICE)
            except PlayoutError as error:
                failures, is_whole = failures + 1, False
                _log.error("notice not judged id=%s error=%s", notice.id, error)
                if failures == _GIVE_UP:
                    return False
                continue
            failures, is_whole = 0, is_whole and not _may_heal(report)
            if words := tuple(language for language in report.unreadable if language):
                found[notice.id] = words
        if self.unreadable(revision) != found:
            for name, languages in found.items():
                _log.warning("notice cannot be read id=%s languages=%s", name, ",".join(languages))
        self._judged = revision, found
        return is_whole

    async def close(self) -> None:
        """Ends the program that makes them."""
        await self._proof.close()

    async def _check(self, notice: Mapping[str, Any], wall: Wall, bands: tuple[Band, ...], *, is_draft: bool) -> _Made:
        request = {
            "kind": "check",
            "notice": notice,
            "wall": _WALL.dump_python(wall, mode="json"),
            "bands": bands,
            "draft": is_draft,
        }
        answer = await self._proof.ask(request)
        if not answer.get("ok"):
            raise ContentError(str(answer.get("reason")), hint=str(answer.get("remedy", "")))
        try:
            return _MADE.validate_python({key: value for key, value in answer.items() if key != "ok"})
        except ValidationError as error:
            remedy = "control and the proof program are of different builds: start control again"
            raise ContentError("the answer is not understood", hint=remedy) from error

    def _keep(self, key: tuple[Notice, Wall], made: _Made) -> None:
        if made.fonts != self._fonts:
            self._kept.clear()
            self._judged, self._fonts = None, made.fonts
        usual, urgent = made.reports
        self._kept[key] = usual, usual if urgent == usual else urgent
        while len(self._kept) > _KEPT:
            self._kept.popitem(last=False)


def _may_heal(report: Report) -> bool:
    """Whether it may come out otherwise next time: a picture that is not in the store may be supplied."""
    return any(finding.code == NoticeCode.PICTURE for finding in report.findings)


def _is_same(one: Revision, other: Revision) -> bool:
    return (one.number, one.issued_ns) == (other.number, other.issued_ns)


async def keep_judged(
    reports: Reports,
    current: Callable[[], Revision | None],
    stopping: asyncio.Event,
    interval_s: float = 1.0,
    again_s: float = 30.0,
) -> None:
    """Judges each new revision in the background until control stops; after a failure again after a while."""
    is_whole = True
    while not stopping.is_set():
        revision, pause_s = current(), interval_s
        if revision is not None and (not is_whole or reports.unreadable(revision) is None):
            is_whole = await reports.learn(revision)
            pause_s = interval_s if is_whole else again_s
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stopping.wait(), pause_s)
