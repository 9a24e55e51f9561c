"""Judges how a programme is put together: every finding says where, what, and what to do."""

from collections.abc import Iterator, Mapping
from itertools import combinations

from playout.check.finding import Finding, Severity
from playout.check.notices import check_colours
from playout.check.wall import used_notices
from playout.model.frame import Size
from playout.model.notice import Kind, Notice
from playout.model.schedule import Layout, Schedule, ZoneKind
from playout.store.references import unknown_references

__all__ = ["ITEMS_MAX", "check_schedule"]

ITEMS_MAX = 20_000
"""Most items of all playlists together: twice what the sign was measured with."""


def check_schedule(schedule: Schedule, notices: Mapping[str, Notice], screens: Mapping[str, Size]) -> list[Finding]:
    """Findings on layouts, playlists and references. `screens` gives each screen's size in pixels.

    The notices themselves are judged by `reading.check_notice`, and what comes when by `calendar.check_calendar`.
    """
    used = used_notices(schedule)
    findings = [*_references(schedule, notices), *_kinds(schedule, notices), *_layouts(schedule, screens)]
    findings += [*_crawls(schedule), *_size(schedule)]
    for name in notices:
        if name not in used:
            message = "no playlist, daypart or filler uses this notice"
            remedy = "put it into a playlist, or keep it for overrides"
            findings.append(Finding("notice.unused", Severity.INFO, f"notices[{name}]", message, remedy))
    return findings


def _size(schedule: Schedule) -> Iterator[Finding]:
    """More items than a player can hold and look through in time."""
    items = sum(len(playlist.items) for playlist in schedule.playlists)
    if items > ITEMS_MAX:
        message, remedy = f"all playlists together have {items} items", f"keep them to {ITEMS_MAX}"
        yield Finding(
            "schedule.large", Severity.ERROR, "playlists", message, remedy, measured=items, required=ITEMS_MAX
        )


def _references(schedule: Schedule, notices: Mapping[str, Notice]) -> Iterator[Finding]:
    playlists = {playlist.id for playlist in schedule.playlists}
    layouts = {layout.id for layout in schedule.layouts}
    for line in unknown_references(schedule, notices, playlists, layouts):
        where, _, message = line.partition(": ")
        yield Finding("reference.unknown", Severity.ERROR, where, message, "correct the name, or add what it names")


def _kinds(schedule: Schedule, notices: Mapping[str, Notice]) -> Iterator[Finding]:
    """A crawl moves through a crawl zone, everything else stands in the main zone."""
    for playlist in schedule.playlists:
        if not playlist.items:
            where, remedy = f"playlists[{playlist.id}]", "add items, or remove the playlist"
            yield Finding("playlist.empty", Severity.ERROR, where, "the playlist has no items", remedy)
        for number, item in enumerate(playlist.items):
            if (notice := notices.get(item.notice)) is not None and notice.kind is Kind.CRAWL:
                where, remedy = f"playlists[{playlist.id}].items[{number}]", "name it as the crawl of a daypart"
                message = f"{item.notice!r} is a crawl and cannot stand in a playlist"
                yield Finding("playlist.crawl", Severity.ERROR, where, message, remedy)
    for where, _, crawl in _layout_and_crawl(schedule):
        if (notice := notices.get(crawl)) is not None and notice.kind is not Kind.CRAWL:
            message = f"{crawl!r} is of kind {notice.kind}, not a crawl"
            yield Finding("crawl.kind", Severity.ERROR, where, message, "name a notice of kind crawl")


def _layouts(schedule: Schedule, screens: Mapping[str, Size]) -> Iterator[Finding]:
    for layout in schedule.layouts:
        where = f"layouts[{layout.id}]"
        mains = sum(zone.kind is ZoneKind.MAIN for zone in layout.zones)
        if mains != 1:
            message = f"the layout has {mains} main zones"
            yield Finding("layout.main", Severity.ERROR, where, message, "give it exactly one zone of kind main")
        for number, zone in enumerate(layout.zones):
            yield from check_colours({"colour": zone.colour, "ground": zone.ground}, f"{where}.zones[{number}]")
        yield from _overlay_zones(layout, where)
        for name, size in screens.items():
            yield from _overlapping_zones(layout, f"{where} on {name}", size)


def _overlay_zones(layout: Layout, where: str) -> Iterator[Finding]:
    names = [zone.id for zone in layout.zones if zone.kind is ZoneKind.OVERLAY]
    for name in sorted(name for name in set(names) if not name or names.count(name) > 1):
        message = f"two overlay zones are called {name!r}" if name else "an overlay zone has no id"
        remedy = "give each overlay zone an id of its own: overlays ask for it by that"
        yield Finding("layout.overlay", Severity.ERROR, where, message, remedy)


def _overlapping_zones(layout: Layout, where: str, size: Size) -> Iterator[Finding]:
    for (first, one), (second, other) in combinations(enumerate(layout.zones), 2):
        if ZoneKind.OVERLAY in (one.kind, other.kind):
            continue  # it is there to cover others
        a, b = one.rect(size), other.rect(size)
        wide = min(a.x + a.width, b.x + b.width) - max(a.x, b.x)
        high = min(a.y + a.height, b.y + b.height) - max(a.y, b.y)
        if wide > 0 and high > 0:
            message = f"zones {first} ({one.kind}) and {second} ({other.kind}) overlap by {wide} x {high} pixels"
            remedy = "move one of them, unless it is meant to cover the other"
            yield Finding("layout.overlap", Severity.WARNING, where, message, remedy)


def _crawls(schedule: Schedule) -> Iterator[Finding]:
    with_crawl = {layout.id for layout in schedule.layouts if any(z.kind is ZoneKind.CRAWL for z in layout.zones)}
    for where, layout, crawl in _layout_and_crawl(schedule):
        if crawl and layout not in with_crawl:
            message = f"the crawl {crawl!r} has no crawl zone to run through in layout {layout!r}"
            remedy = "choose a layout with a crawl zone, or take the crawl out"
            yield Finding("crawl.zone", Severity.WARNING, where, message, remedy)


def _layout_and_crawl(schedule: Schedule) -> Iterator[tuple[str, str, str]]:
    """Each place that names a crawl: where it is, its layout, its crawl."""
    for daypart in schedule.dayparts:
        yield f"dayparts[{daypart.id}].crawl", daypart.layout, daypart.crawl
    yield "filler_crawl", schedule.filler_layout, schedule.filler_crawl
    yield "closed.crawl", schedule.closed.layout, schedule.closed.crawl
