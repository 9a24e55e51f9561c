"""Whether what somebody wants on air can be read there: asked before anything is saved."""

from collections.abc import Iterator
from dataclasses import asdict
from http import HTTPStatus
from typing import Any

from playout.api.problems import Refused
from playout.api.reports import Reports
from playout.check.finding import Finding, Severity
from playout.check.report import Report, check_dwell
from playout.errors import PlayoutError
from playout.model.claim import Band, Content, ContentKind
from playout.model.notice import Notice
from playout.model.schedule import Revision

__all__ = ["told", "vet"]


async def vet(
    reports: Reports, content: Content, revision: Revision | None, band: Band, overlay: str = ""
) -> tuple[Finding, ...]:
    """What is found in the notices of a content, for whoever puts it on air in that band, or overlay zone, to tell.

    Up to band 4 any error refuses the content. An emergency is refused only where no language of it can be read; where
    it cannot be judged that is told, and it goes on air. Raises: Refused (422 with every finding; 503 where it cannot
    be judged now).
    """
    revision, found, judged = revision or Revision(0, 0), list[Finding](), list[Report]()
    notices = list(_notices(content, revision))
    for notice in notices:
        try:
            report = await reports.of(notice, revision, band, content.layout, overlay)
        except PlayoutError as error:
            message = f"notice {notice.id!r} cannot be judged now: {error.message}"
            if band < Band.EMERGENCY:
                raise Refused(HTTPStatus.SERVICE_UNAVAILABLE, message, error.hint) from error
            where = f"notices[{notice.id}]"
            found.append(Finding("check.unavailable", Severity.WARNING, where, message, "look at the sign"))
        else:
            judged.append(report)
            found += report.findings
            found += _items(notice, report, content, revision, band)
    errors = [finding for finding in found if finding.severity is Severity.ERROR]
    if band >= Band.EMERGENCY:
        is_refused = bool(notices) and len(judged) == len(notices) and all(each.is_refused(band) for each in judged)
    else:
        is_refused = bool(errors)
    if is_refused:
        raise Refused(
            HTTPStatus.UNPROCESSABLE_ENTITY,
            "it cannot be read on this sign; see findings",
            "correct what the findings say, import it, and send this again; or take another notice",
            problems=[f"{finding.where}: {finding.message}; {finding.remedy}" for finding in errors],
            findings=[told(finding) for finding in found],
        )
    return tuple(found)


def told(finding: Finding) -> dict[str, Any]:
    """A finding as callers see it."""
    return asdict(finding)


def _notices(content: Content, revision: Revision) -> Iterator[Notice]:
    """The notices of a content and its moving line, each once."""
    names = [content.crawl] if content.crawl else []
    match content.kind:
        case ContentKind.NOTICE:
            names.append(content.ref)
        case ContentKind.PLAYLIST:
            names += [
                item.notice for each in revision.schedule.playlists if each.id == content.ref for item in each.items
            ]
        case _:
            pass
    yield from (revision.notices[name] for name in dict.fromkeys(names) if name in revision.notices)


def _items(notice: Notice, report: Report, content: Content, revision: Revision, band: Band) -> Iterator[Finding]:
    """Items of a playlist whose own time is too short for the notice."""
    for playlist in revision.schedule.playlists:
        if content.kind is ContentKind.PLAYLIST and playlist.id == content.ref:
            for number, item in enumerate(playlist.items):
                if item.notice == notice.id:
                    where = f"playlists[{playlist.id}].items[{number}].dwell_s"
                    yield from check_dwell(report.reading_s, item.dwell_s, where, band)
