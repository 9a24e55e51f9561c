"""Pages of a content at an instant: which notice, in which language, from when to when."""

from playout.model.claim import Content, ContentKind
from playout.model.notice import Arrange, Kind, Notice
from playout.model.programme import Crawl, Page
from playout.model.schedule import Item, Layout, Revision

__all__ = ["FULL", "UNSET_DWELL_S", "crawl_of", "languages_of", "layout_of", "page_at"]

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


def page_at(
    content: Content, revision: Revision | None, wanted: tuple[str, ...], phase_ns: int, at_ns: int
) -> Page | None:
    """The page on show at an instant, phase 0 of the loop being `phase_ns`; None where nothing can be shown.

    Position is computed from the time alone, so that playback resumes in the middle of an item after a restart. Where
    the loop has a single page, that page has no end.
    """
    if revision is None:
        return None
    items = _items(content, revision)
    loop = [
        (item, notice, languages, round((item.dwell_s or notice.dwell_s or UNSET_DWELL_S) * 1e9))
        for item in items
        if (notice := revision.notices.get(item.notice)) is not None
        and notice.kind is not Kind.CRAWL
        and (languages := languages_of(notice, wanted))
    ]
    if not loop:
        return None
    total_ns = sum(dwell_ns * len(languages) for _, _, languages, dwell_ns in loop)
    item_ns = at_ns - (at_ns - phase_ns) % total_ns
    place = 0
    while at_ns >= (end_ns := item_ns + loop[place][3] * len(loop[place][2])):
        item_ns, place = end_ns, place + 1
    item, notice, languages, dwell_ns = loop[place]
    number = (at_ns - item_ns) // dwell_ns
    alone = len(loop) == 1 and len(languages) == 1
    return Page(
        notice=notice,
        language=languages[number],
        number=number + 1,
        count=len(languages),
        transition=item.transition,
        starts_ns=phase_ns if alone else item_ns + number * dwell_ns,
        ends_ns=None if alone else item_ns + (number + 1) * dwell_ns,
        item_ends_ns=None if alone else end_ns,
        playlist=content.ref if content.kind is ContentKind.PLAYLIST else "",
    )


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
