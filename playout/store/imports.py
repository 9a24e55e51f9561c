"""Takes a folder of schedule files in as a new revision, all of it or nothing."""

from collections.abc import Mapping
from pathlib import Path

from playout.model.notice import Notice
from playout.model.schedule import Revision, Schedule
from playout.store import journal, revisions
from playout.store.files import Draft, read_folder
from playout.store.media import add_pictures
from playout.store.store import Store

__all__ = ["import_draft", "import_folder", "is_same"]


def import_folder(
    store: Store, folder: Path, media: Path, *, now_ns: int, author: str, reason: str = "import"
) -> Revision:
    """Reads a folder and makes a revision of it. Raises: ScheduleError with every problem, StoreError."""
    return import_draft(store, read_folder(folder), media, now_ns=now_ns, author=author, reason=reason)


def is_same(revision: Revision, schedule: Schedule, notices: Mapping[str, Notice]) -> bool:
    """Whether a revision has this content: one that repeats it would begin every loop anew for nothing."""
    return revision.schedule == schedule and dict(revision.notices) == dict(notices)


def import_draft(store: Store, draft: Draft, media: Path, *, now_ns: int, author: str, reason: str) -> Revision:
    """Makes a revision of a draft, unless the newest is the same; its pictures come first, so that none ever lacks one.

    Raises: StoreError.
    """
    add_pictures(media, draft.pictures)
    with store.write() as db:
        newest = revisions.latest(db)
        if newest is not None and is_same(newest.revision, draft.schedule, draft.notices):
            return newest.revision
        revision = revisions.add(db, draft.schedule, draft.notices, now_ns=now_ns, author=author, reason=reason)
        journal.add(db, now_ns, author, "revision.add", number=revision.number, reason=reason)
    return revision
