"""Pages of a content at an instant: which notice, in which language, from when to when."""

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import accumulate

from playout.model.claim import Content, ContentKind
from playout.model.notice import Arrange, Kind, Notice
from playout.model.programme import Crawl, Page
from playout.model.schedule import Item, Layout, Revision, Zone, ZoneKind

__all__ = [
    "FULL",
    "UNSET_DWELL_S",
    "Loop",
    "Step",
    "languages_of",
    "layout_of",
    "left_out",
    "line_of",
    "loop_of",
    "overlay_zone",
]

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
class Step:
    """One item of a loop with its notice, the languages of its pages, and how long each of them stands."""

    item: Item
    notice: Notice
    languages: tuple[str, ...]
    dwell_ns: int

    @property
    def least_ns(self) -> int:
        """The shortest time in which its pages can still be read."""
        reading_s = self.notice.reading_s
        return self.dwell_ns if reading_s is None else min(self.dwell_ns, round(reading_s * 1e9))


class Loop:
    """A content unrolled into its steps; never changed once made."""

    __slots__ = (
        "_first_pages",
        "_starts_ns",
        "essential",
        "least_ns",
        "pages",
        "playlist",
        "slot_ns",
        "steps",
        "total_ns",
    )

    def __init__(self, steps: Iterable[Step], playlist: str) -> None:
        self.steps = tuple(steps)
        self.playlist = playlist
        ends_ns = list(accumulate(step.dwell_ns * len(step.languages) for step in self.steps))
        self.total_ns = ends_ns[-1]
        self._starts_ns = (0, *ends_ns[:-1])
        ends = list(accumulate(len(step.languages) for step in self.steps))
        self.pages = ends[-1]
        """How many pages it has."""
        self._first_pages = (0, *ends[:-1])
        self.slot_ns = max(step.dwell_ns for step in self.steps)
        """A time in which each of its pages stands as long as it should."""
        self.least_ns = max(step.least_ns for step in self.steps)
        """A time in which each of its pages can still be read."""
        kept = [step for step in self.steps if step.notice.essential]
        self.essential: Loop | None = self if len(kept) == len(self.steps) else Loop(kept, playlist) if kept else None
        """What is left of it while the sign runs from batteries."""

    def page_at(self, phase_ns: int, at_ns: int) -> Page:
        """The page on show at an instant, phase 0 of the loop being `phase_ns`.

        Position is computed from the time alone, so that playback resumes in the middle of an item after a restart.
        Where the loop has a single page, that page has no end.
        """
        into_ns = (at_ns - phase_ns) % self.total_ns
        place = bisect_right(self._starts_ns, into_ns) - 1
        step, item_ns = self.steps[place], at_ns - into_ns + self._starts_ns[place]
        number, alone = (at_ns - item_ns) // step.dwell_ns, self.pages == 1
        return Page(
            notice=step.notice,
            language=step.languages[number],
            number=number + 1,
            count=len(step.languages),
            transition=step.item.transition,
            starts_ns=phase_ns if alone else item_ns + number * step.dwell_ns,
            ends_ns=None if alone else item_ns + (number + 1) * step.dwell_ns,
            item_ends_ns=None if alone else item_ns + len(step.languages) * step.dwell_ns,
            playlist=self.playlist,
        )

    def page_number(self, number: int, starts_ns: int, ends_ns: int, round_ns: int) -> Page:
        """The page of that number (counted from 0, round and round) where each stands in a slot of its own.

        The slots of this loop come `round_ns` apart.
        """
        place = bisect_right(self._first_pages, number % self.pages) - 1
        step, language = self.steps[place], number % self.pages - self._first_pages[place]
        return Page(
            notice=step.notice,
            language=step.languages[language],
            number=language + 1,
            count=len(step.languages),
            transition=step.item.transition,
            starts_ns=starts_ns,
            ends_ns=ends_ns,
            item_ends_ns=ends_ns + (len(step.languages) - language - 1) * round_ns,
            playlist=self.playlist,
        )


def loop_of(
    content: Content, revision: Revision | None, wanted: tuple[str, ...], *, whatever: bool = False
) -> Loop | None:
    """The loop of a content without what nobody can read on this sign; None where nothing is left.

    With `whatever`, for emergencies, the least bad language of a notice stands in where none can be read.
    """
    if revision is None or content.kind not in (ContentKind.NOTICE, ContentKind.PLAYLIST):
        return None
    key = (Loop, content.kind, content.ref, wanted, whatever)
    if key not in revision.compiled:  # unrolled once for each revision, however many items there are
        revision.compiled[key] = _unroll(content, revision, wanted, whatever)
    return revision.compiled[key]


def line_of(
    name: str, revision: Revision | None, wanted: tuple[str, ...], phase_ns: int, *, whatever: bool = False
) -> Crawl | None:
    """The moving line of a notice of kind crawl; None where there is none of that name, or as with `loop_of`."""
    notice = revision.notices.get(name) if revision is not None else None
    if revision is None or notice is None or notice.kind is not Kind.CRAWL:
        return None
    languages = _languages(notice, revision, wanted, whatever)
    return Crawl(notice, languages, phase_ns) if languages else None


def left_out(notice: Notice, revision: Revision | None, wanted: tuple[str, ...]) -> tuple[str, ...]:
    """Languages of a notice that nobody can read on this sign."""
    bad = revision.unreadable.get(notice.id, ()) if revision is not None else ()
    return tuple(text.language for text in notice.texts if text.language in bad and text.language in wanted)


def layout_of(content: Content, revision: Revision | None) -> Layout:
    """The layout of a content; the whole screen where it names none that exists."""
    layouts = revision.schedule.layouts if revision is not None else ()
    return next((layout for layout in layouts if layout.id == content.layout), FULL)


def overlay_zone(name: str, layout: Layout, revision: Revision | None) -> Zone | None:
    """The overlay zone of that name: of the layout on show, or else of the first layout that has one."""
    others = sorted(revision.schedule.layouts, key=lambda each: each.id) if revision is not None else []
    zones = (zone for each in (layout, *others) for zone in each.zones)
    return next((zone for zone in zones if zone.kind is ZoneKind.OVERLAY and zone.id == name), None)


def _unroll(content: Content, revision: Revision, wanted: tuple[str, ...], whatever: bool) -> Loop | None:
    steps = [
        Step(item, notice, languages, round((item.dwell_s or notice.dwell_s or UNSET_DWELL_S) * 1e9))
        for item in _items(content, revision)
        if (notice := revision.notices.get(item.notice)) is not None
        and notice.kind is not Kind.CRAWL
        and (languages := _languages(notice, revision, wanted, whatever))
    ]
    return Loop(steps, content.ref if content.kind is ContentKind.PLAYLIST else "") if steps else None


def _languages(notice: Notice, revision: Revision, wanted: tuple[str, ...], whatever: bool) -> tuple[str, ...]:
    """Languages of its pages, those that can be read; with `whatever` the least bad where there is none."""
    bad = revision.unreadable.get(notice.id, ())
    kept = languages_of(notice, tuple(code for code in wanted if code not in bad))
    return kept or (languages_of(notice, tuple(code for code in bad if code in wanted)[:1]) if whatever else ())


def _items(content: Content, revision: Revision) -> tuple[Item, ...]:
    if content.kind is ContentKind.NOTICE:
        return (Item(content.ref),)
    found = next((playlist for playlist in revision.schedule.playlists if playlist.id == content.ref), None)
    return found.items if found is not None else ()
