"""Takes a folder of schedule files in as a new revision, all of it or nothing."""

from pathlib import Path

from playout.model.schedule import Revision
from playout.store import journal, revisions
from playout.store.files import Draft, read_folder
from playout.store.media import add_pictures
from playout.store.store import Store

__all__ = ["import_draft", "import_folder"]


def import_folder(
    store: Store, folder: Path, media: Path, *, now_ns: int, author: str, reason: str = "import"
) -> Revision:
    """Reads a folder and makes a revision of it. Raises: ScheduleError with every problem, StoreError."""
    return import_draft(store, read_folder(folder), media, now_ns=now_ns, author=author, reason=reason)


def import_draft(store: Store, draft: Draft, media: Path, *, now_ns: int, author: str, reason: str) -> Revision:
    """Makes a revision of a draft. Its pictures come first, so that no revision ever lacks one. Raises: StoreError."""
    add_pictures(media, draft.pictures)
    with store.write() as db:
        revision = revisions.add(db, draft.schedule, draft.notices, now_ns=now_ns, author=author, reason=reason)
        journal.add(db, now_ns, author, "revision.add", number=revision.number, reason=reason)
    return revision
