"""Pages of a content at an instant: which notice, in which language, from when to when."""

from dataclasses import dataclass

from playout.model.claim import Content, ContentKind
from playout.model.notice import Arrange, Kind, Notice
from playout.model.programme import Crawl, Page
from playout.model.schedule import Item, Layout, Revision

__all__ = ["FULL", "UNSET_DWELL_S", "Loop", "crawl_of", "languages_of", "layout_of", "loop_of"]

UNSET_DWELL_S = 8.0
"""How long a page stands where neither item nor notice says."""
FULL = Layout("")
"""One main zone over the whole screen."""


def languages_of(notice: Notice, wanted: tuple[str, ...]) -> tuple[str, ...]:
    """Languages of a notice's pages in their order: `vi` for one, `vi+en` for a page of both, empty for a picture."""
    if notice.kind is Kind.PICTURE:
        return ("",) if notice.picture else ()
    written = {text.language for text in notice.texts}
    languages = tuple(language for language in wanted if language in written)
    if notice.arrange in (Arrange.STACKED, Arrange.SIDE) and notice.kind is Kind.TEXT and languages:
        return ("+".join(languages),)
    return languages


@dataclass(frozen=True, slots=True, eq=False)
class Loop:
    """A content unrolled: its items with their notices, the languages of their pages and each page's time in ns."""

    steps: tuple[tuple[Item, Notice, tuple[str, ...], int], ...]
    total_ns: int
    playlist: str

    def page_at(self, phase_ns: int, at_ns: int) -> Page:
        """The page on show at an instant, phase 0 of the loop being `phase_ns`.

        Position is computed from the time alone, so that playback resumes in the middle of an item after a restart.
        Where the loop has a single page, that page has no end.
        """
        item_ns, place = at_ns - (at_ns - phase_ns) % self.total_ns, 0
        while at_ns >= (end_ns := item_ns + self.steps[place][3] * len(self.steps[place][2])):
            item_ns, place = end_ns, place + 1
        item, notice, languages, dwell_ns = self.steps[place]
        number = (at_ns - item_ns) // dwell_ns
        alone = len(self.steps) == 1 and len(languages) == 1
        return Page(
            notice=notice,
            language=languages[number],
            number=number + 1,
            count=len(languages),
            transition=item.transition,
            starts_ns=phase_ns if alone else item_ns + number * dwell_ns,
            ends_ns=None if alone else item_ns + (number + 1) * dwell_ns,
            item_ends_ns=None if alone else end_ns,
            playlist=self.playlist,
        )


def loop_of(content: Content, revision: Revision | None, wanted: tuple[str, ...]) -> Loop | None:
    """The loop of a content; None where nothing can be shown."""
    if revision is None or content.kind in (ContentKind.SLATE, ContentKind.BLANK):
        return None
    steps = tuple(
        (item, notice, languages, round((item.dwell_s or notice.dwell_s or UNSET_DWELL_S) * 1e9))
        for item in _items(content, revision)
        if (notice := revision.notices.get(item.notice)) is not None
        and notice.kind is not Kind.CRAWL
        and (languages := languages_of(notice, wanted))
    )
    total_ns = sum(dwell_ns * len(languages) for _, _, languages, dwell_ns in steps)
    return Loop(steps, total_ns, content.ref if content.kind is ContentKind.PLAYLIST else "") if steps else None


def crawl_of(content: Content, revision: Revision | None, wanted: tuple[str, ...], phase_ns: int) -> Crawl | None:
    """The moving line that goes with a content, if there is one."""
    notice = revision.notices.get(content.crawl) if revision is not None else None
    languages = languages_of(notice, wanted) if notice is not None and notice.kind is Kind.CRAWL else ()
    return Crawl(notice, languages, phase_ns) if notice is not None and languages else None


def layout_of(content: Content, revision: Revision | None) -> Layout:
    """The layout of a content; the whole screen where it names none that exists."""
    layouts = revision.schedule.layouts if revision is not None else ()
    return next((layout for layout in layouts if layout.id == content.layout), FULL)


def _items(content: Content, revision: Revision) -> tuple[Item, ...]:
    if content.kind is ContentKind.NOTICE:
        return (Item(content.ref),)
    found = next((playlist for playlist in revision.schedule.playlists if playlist.id == content.ref), None)
    return found.items if found is not None else ()
