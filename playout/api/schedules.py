"""The schedule's revisions: got with a tag, replaced by whoever has seen the newest, undone by one more revision."""

import asyncio
import hashlib
import re
import sqlite3
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from http import HTTPStatus
from pathlib import Path
from typing import IO, Any

from playout.api.document import document, read_comment, read_draft
from playout.api.judging import Judge, Judged, told
from playout.api.planner import Plans
from playout.api.problems import Refused
from playout.api.publish import Publisher, Reply
from playout.check.finding import Finding, Severity
from playout.clock import Clock, to_iso
from playout.errors import PlayoutError, StoreError
from playout.model.schedule import Revision
from playout.store import Store, journal, revisions
from playout.store.difference import difference
from playout.store.export import export_zip
from playout.store.files import Draft
from playout.store.imports import is_same
from playout.store.revisions import Head, Record

__all__ = ["CHANGES_MAX", "Schedules"]

CHANGES_MAX = 1000
"""Most changes that a difference tells."""
_NOTHING = Head(0, 0, "", "", None, None, "0")
"""What is there before the first revision."""
_TAG = re.compile(r'"([A-Za-z0-9-]{1,64})"')

Answer = dict[str, Any]


@dataclass(frozen=True, slots=True)
class _Wish:
    """A new revision that somebody asks for, having seen the one of tag `base`.

    `request` is the same when it is asked for again, and only then.
    """

    who: str
    base: str
    request: str
    restores: int | None = None


class Schedules:
    """What callers do with the schedule; belongs to the event loop. Every method may raise StoreError."""

    def __init__(
        self, store: Store, publisher: Publisher, judge: Judge, media: Path, clock: Clock, plans: Plans
    ) -> None:
        self.plans = plans
        self._store, self._publisher, self._judge, self._media, self._clock = store, publisher, judge, media, clock

    async def current(self) -> tuple[str, Answer]:
        """Tag and content of the newest revision; revision 0, which is empty, where there is none."""
        return await asyncio.to_thread(self._current)

    async def check(self, body: bytes) -> Answer:
        """Everything that would be found if the body were saved; nothing is stored. Raises: Refused (400, 503)."""
        sent = await asyncio.to_thread(read_draft, body, self._media, must_comment=False)
        if sent.mistakes:
            return {"would_be_refused": True, "findings": told(sent.mistakes)}
        judged = await self._judged(sent.draft)
        return {"would_be_refused": bool(judged.errors), "findings": told(judged.findings)}

    async def save(self, who: str, if_match: str, body: bytes) -> Answer:
        """Makes the body the next revision. Asked for again the answer is the same, and nothing is made twice.

        Raises: Refused (400, 409, 422, 428, 503).
        """
        base = _base(if_match)
        wish = _Wish(who, base, _fingerprint(who, base, "save", body))
        if (made := await asyncio.to_thread(self._made, wish)) is not None:
            return await self._put_on_air(made, is_new=False)
        await asyncio.to_thread(self._must_be_newest, base)
        sent = await asyncio.to_thread(read_draft, body, self._media, must_comment=True)
        mistakes, number = sent.mistakes, base.partition("-")[0]
        if sent.base is not None and str(sent.base) != number:
            said = f"the body is of revision {sent.base}, and If-Match of {number}"
            mistakes += (Finding("field", Severity.ERROR, "revision.number", said, "send the tag that came with it"),)
        _refuse(mistakes)
        return await self._store_and_publish(wish, sent.draft, sent.comment)

    async def restore(self, who: str, if_match: str, number: int, body: bytes) -> Answer | None:
        """Makes the content of an earlier revision the next one; None where there is no such revision.

        Raises: Refused (400, 409, 422, 428, 503).
        """
        base = _base(if_match)
        comment, mistakes = read_comment(body, f"back to revision {number}")
        _refuse(mistakes)
        wish = _Wish(who, base, _fingerprint(who, base, f"restore {number}", body), number)
        if (made := await asyncio.to_thread(self._made, wish)) is not None:
            return await self._put_on_air(made, is_new=False)
        record = await asyncio.to_thread(self._record, number)
        if record is None:
            return None
        await asyncio.to_thread(self._must_be_newest, base)
        return await self._store_and_publish(wish, _draft(record.revision), comment)

    async def history(self, before: int | None, limit: int) -> Answer:
        """Revisions without content, newest first; `next` is the `before` of the next page, null on the last."""
        heads = await asyncio.to_thread(self._heads, before, limit + 1)
        following = heads[limit - 1].number if len(heads) > limit else None
        return {"revisions": [_described(head) for head in heads[:limit]], "next": following}

    async def revision(self, number: int) -> Answer | None:
        """A revision with its content and what was found in it; None where there is none."""
        return await asyncio.to_thread(self._revision, number)

    async def difference(self, number: int, since: int | None) -> Answer | None:
        """What a revision has otherwise than another one, or than the one it was based on; None where one is gone."""
        return await asyncio.to_thread(self._difference, number, since)

    async def export(self, number: int | None) -> tuple[int, int, IO[bytes]] | None:
        """Number of a revision, without one of the newest, and size and content of its ZIP file, to be closed.

        None where there is no such revision.
        """
        return await asyncio.to_thread(self._export, number)

    async def _judged(self, draft: Draft) -> Judged:
        try:
            return await self._judge.judge(draft, self._clock.utc_ns())
        except StoreError:
            raise
        except PlayoutError as error:
            message = f"the notices cannot be judged now: {error.message}"
            raise Refused(HTTPStatus.SERVICE_UNAVAILABLE, message, error.hint or "try again") from error

    async def _store_and_publish(self, wish: _Wish, draft: Draft, comment: str) -> Answer:
        judged = await self._judged(draft)
        if judged.errors:
            _refuse(judged.findings)
        head, is_new = await asyncio.to_thread(self._add, wish, judged, comment)
        return await self._put_on_air(head, is_new=is_new)

    async def _put_on_air(self, head: Head, *, is_new: bool) -> Answer:
        """Hands a stored revision to the players, unless a newer one is there, and tells what came of it all."""
        replies: Mapping[str, Reply] = {}
        try:
            if is_new:
                replies = await self._publisher.publish()
        except StoreError as error:
            raise StoreError(
                f"revision {head.number} is saved, but the players could not be told: {error.message}",
                hint=f"{error.hint}; control tries again by itself",
            ) from error
        air = self._publisher.air
        takes_over_ns = air.takes_over_ns if air is not None and air.revision is not None else 0
        is_coming = is_new and takes_over_ns > self._clock.utc_ns()
        found, newest = await asyncio.to_thread(self._told, head.number)
        return {
            "revision": _described(head),
            "is_new": is_new,
            "newest": newest.number,
            "takes_over": to_iso(takes_over_ns) if is_coming else None,
            "screens": [
                {"screen": reply.screen, "state": "told" if reply.is_there else "no_player", "detail": reply.detail}
                for reply in replies.values()
            ],
            "findings": found,
        }

    def _current(self) -> tuple[str, Answer]:
        with self._store.read() as db:
            head = revisions.head(db) or _NOTHING
            record = revisions.record(db, head.number)
        content = document(record.revision if record is not None else Revision(0, 0))
        return head.tag, {"revision": _described(head), **content}

    def _must_be_newest(self, base: str) -> None:
        """Raises: Refused (409) with what changed since the revision that the caller has seen."""
        with self._store.read() as db:
            head = revisions.head(db) or _NOTHING
            if head.tag == base:
                return
            seen, newest = _seen(db, base), revisions.record(db, head.number)
        why, changes = "the revision that If-Match names is not in the history", None
        if seen is not None and newest is not None:
            why, changes = (
                f"revision {seen.revision.number} is not the newest",
                _changes(seen.revision, newest.revision),
            )
        raise Refused(
            HTTPStatus.CONFLICT,
            f"{why}; the newest is revision {head.number}, by {head.author}" if newest else f"{why}; there is none yet",
            "get the schedule again, make your change in that, and save it with its tag",
            headers={"etag": f'"{head.tag}"'},
            members={"current": _described(head), "difference": changes},
        )

    def _add(self, wish: _Wish, judged: Judged, comment: str) -> tuple[Head, bool]:
        """Stores the revision, and whether it is a new one: the same content as the newest makes none."""
        draft, now_ns = judged.draft, self._clock.utc_ns()
        with self._store.write() as db:
            if (made := revisions.made_by(db, wish.request)) is not None:
                return made, False
            head = revisions.head(db)
            if (head or _NOTHING).tag == wish.base:
                newest = revisions.latest(db)
                if head is not None and newest is not None and is_same(newest.revision, draft.schedule, draft.notices):
                    return head, False
                made = revisions.add(
                    db,
                    draft.schedule,
                    draft.notices,
                    now_ns=now_ns,
                    author=wish.who,
                    reason=comment,
                    restores=wish.restores,
                    request=wish.request,
                    findings=told(judged.findings),
                )
                what = "revision.add" if wish.restores is None else "revision.restore"
                journal.add(db, now_ns, wish.who, what, number=made.number, reason=comment, restores=wish.restores)
                stored = revisions.head(db, made.number)
                assert stored is not None
                return stored, True
        self._must_be_newest(wish.base)  # somebody was faster while it was judged
        raise AssertionError("the newest revision changed, and changed back")

    def _made(self, wish: _Wish) -> Head | None:
        with self._store.read() as db:
            return revisions.made_by(db, wish.request)

    def _record(self, number: int) -> Record | None:
        with self._store.read() as db:
            return revisions.record(db, number)

    def _heads(self, before: int | None, limit: int) -> tuple[Head, ...]:
        with self._store.read() as db:
            return revisions.heads(db, before, limit)

    def _told(self, number: int) -> tuple[list[Answer], Head]:
        """What was found in a revision, and the newest one."""
        with self._store.read() as db:
            return revisions.findings(db, number), revisions.head(db) or _NOTHING

    def _revision(self, number: int) -> Answer | None:
        with self._store.read() as db:
            head, record = revisions.head(db, number), revisions.record(db, number)
            found = revisions.findings(db, number)
        if head is None or record is None:
            return None
        return {"revision": _described(head), "findings": found, **document(record.revision)}

    def _difference(self, number: int, since: int | None) -> Answer | None:
        with self._store.read() as db:
            head = revisions.head(db, number)
            since = since if since is not None or head is None else head.based_on or 0
            new, old = revisions.record(db, number), revisions.record(db, since or 0)
        if new is None or (old is None and since):
            return None
        before = old.revision if old is not None else Revision(0, 0)
        return {"from": before.number, "to": number, **_changes(before, new.revision)}

    def _export(self, number: int | None) -> tuple[int, int, IO[bytes]] | None:
        with self._store.read() as db:
            record = revisions.latest(db) if number is None else revisions.record(db, number)
        if record is None:
            return None
        revision = record.revision
        file = export_zip(revision.schedule, revision.notices, self._media)
        size = file.seek(0, 2)
        file.seek(0)
        return revision.number, size, file


def _base(if_match: str) -> str:
    """The tag of the revision that the caller has seen. Raises: Refused (400, 428)."""
    if not if_match.strip() or if_match.strip() == "*":
        raise Refused(
            HTTPStatus.PRECONDITION_REQUIRED,
            "If-Match is missing" if not if_match.strip() else "If-Match: * names no revision",
            "send the ETag of the schedule that you changed, so that nobody's change is lost",
        )
    tag = _TAG.fullmatch(if_match.strip())
    if tag is None:
        raise Refused(
            400, f"If-Match: {if_match[:80]!r} is no tag of a schedule", 'send one ETag as you got it: "3-0f…"'
        )
    return tag[1]


def _fingerprint(who: str, base: str, what: str, body: bytes) -> str:
    return hashlib.sha256(b"\0".join((who.encode(), base.encode(), what.encode(), body))).hexdigest()


def _refuse(findings: tuple[Finding, ...]) -> None:
    """Raises: Refused (422) where there are any."""
    if findings:
        errors = [finding for finding in findings if finding.severity is Severity.ERROR]
        raise Refused(
            HTTPStatus.UNPROCESSABLE_ENTITY,
            f"the schedule cannot be stored: {len(errors)} errors; see findings",
            "mend every error and send the whole again; nothing was changed",
            findings=told(findings),
        )


def _seen(db: sqlite3.Connection, tag: str) -> Record | None:
    """The revision of a tag; None where the history has none."""
    number = tag.partition("-")[0]
    head = revisions.head(db, int(number)) if number.isdecimal() and len(number) < 10 else None
    return revisions.record(db, head.number) if head is not None and head.tag == tag else None


def _draft(revision: Revision) -> Draft:
    return Draft(revision.schedule, dict(revision.notices), {})


def _changes(old: Revision, new: Revision) -> Answer:
    changes = difference(old, new)
    return {"changes": [asdict(change) for change in changes[:CHANGES_MAX]], "count": len(changes)}


def _described(head: Head) -> Answer:
    """A revision without its content, as callers see it."""
    return {
        "number": head.number,
        "issued": to_iso(head.issued_ns) if head.number else None,
        "author": head.author,
        "comment": head.reason,
        "based_on": head.based_on,
        "restores": head.restores,
        "tag": head.tag,
    }
