"""The wall: everything about a site that decides whether a notice can be read there."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace

from playout.config import Config, screen_size
from playout.model.frame import Size
from playout.model.notice import Kind, Notice
from playout.model.panel import Panel, Site
from playout.model.schedule import Layout, Schedule, Zone, ZoneKind

__all__ = ["CrawlZone", "Wall", "crawl_wall", "used_notices", "wall_for", "wall_of"]


@dataclass(frozen=True, slots=True)
class CrawlZone:
    """A zone through which a line moves, on a screen of that size and rate of frames a second."""

    zone: Zone
    screen: Size
    fps: int


@dataclass(frozen=True, slots=True)
class Wall:
    """What a notice is judged against: panel, site, the sizes in pixels its pages may get, the zones it may run in."""

    panel: Panel
    site: Site
    sizes: tuple[Size, ...]
    crawls: tuple[CrawlZone, ...] = ()


def wall_of(config: Config, schedule: Schedule) -> Wall:
    """The wall of pages: the main zones of every layout, and the whole of each screen, the smallest first."""
    whole = Zone(ZoneKind.MAIN)
    return Wall(config.panel, config.site, _sizes([whole, *_zones(schedule.layouts, ZoneKind.MAIN)], config))


def wall_for(notice: Notice, config: Config, schedule: Schedule, layout: str = "", overlay: str = "") -> Wall:
    """The wall of one notice, with the zones it runs through if it is a crawl; as an overlay only zones of that id."""
    if overlay and (zones := _zones(schedule.layouts, ZoneKind.OVERLAY, overlay)):
        return Wall(config.panel, config.site, _sizes(zones, config), _crawl_zones(config, zones))
    if notice.kind is Kind.CRAWL:
        return crawl_wall(notice.id, config, schedule, layout)
    return wall_of(config, schedule)


def crawl_wall(crawl: str, config: Config, schedule: Schedule, layout: str = "") -> Wall:
    """The wall of a crawl: it runs in `layout`; without one where the schedule has it run, else anywhere."""
    runs = {layout} if layout else _layouts_with(crawl, schedule)
    zones = _zones([each for each in schedule.layouts if each.id in runs], ZoneKind.CRAWL)
    return replace(wall_of(config, schedule), crawls=_crawl_zones(config, zones))


def used_notices(schedule: Schedule) -> frozenset[str]:
    """Ids of the notices that the schedule shows."""
    listed = {item.notice for playlist in schedule.playlists for item in playlist.items}
    listed |= {daypart.crawl for daypart in schedule.dayparts} | {schedule.filler_crawl, schedule.closed.crawl}
    return frozenset(listed) - {""}


def _layouts_with(crawl: str, schedule: Schedule) -> Collection[str]:
    runs = {daypart.layout for daypart in schedule.dayparts if daypart.crawl == crawl}
    runs |= {schedule.filler_layout} if schedule.filler_crawl == crawl else set()
    runs |= {schedule.closed.layout} if schedule.closed.crawl == crawl else set()
    return runs or {layout.id for layout in schedule.layouts}


def _zones(layouts: Iterable[Layout], kind: ZoneKind, name: str = "") -> list[Zone]:
    """The zones of a kind, with a name those of that id."""
    return [zone for layout in layouts for zone in layout.zones if zone.kind is kind and (not name or zone.id == name)]


def _sizes(zones: Iterable[Zone], config: Config) -> tuple[Size, ...]:
    """What the zones are on each screen, the smallest first."""
    screens = [screen_size(config.panel, screen) for screen in config.screens]
    sizes = {zone.rect(screen).size for zone in zones for screen in screens}
    return tuple(sorted(sizes, key=lambda size: (size.width * size.height, size.width)))


def _crawl_zones(config: Config, zones: Iterable[Zone]) -> tuple[CrawlZone, ...]:
    screens = [(screen_size(config.panel, screen), screen.fps) for screen in config.screens]
    return tuple(dict.fromkeys(CrawlZone(zone, size, fps) for zone in zones for size, fps in screens))
