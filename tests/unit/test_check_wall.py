"""Where a notice is judged: the sizes that its pages get, also those of the overlay zone that it is meant for."""

from dataclasses import replace

import numpy as np
import pytest

from playout.check.finding import Severity
from playout.check.reading import check_notice
from playout.check.wall import wall_for
from playout.config import Config
from playout.model.claim import Band
from playout.model.frame import Pixels, Size
from playout.model.notice import Arrange, Fit, Kind, Notice, Text
from playout.model.panel import Screen, Site
from playout.model.schedule import Layout, Schedule, Zone, ZoneKind
from playout.paths import shipped
from playout.text.engine import TextEngine
from playout.text.fonts import load_fonts

CONFIG = Config((Screen("main", "memory"),), Site(languages=("vi",)))
SCHEDULE = Schedule(
    (
        Layout("band", (Zone(ZoneKind.MAIN, height=0.5), Zone(ZoneKind.OVERLAY, "low", y=0.8, height=0.2))),
        Layout("thin", (Zone(ZoneKind.MAIN), Zone(ZoneKind.OVERLAY, "low", y=0.95, height=0.05))),
        Layout("other", (Zone(ZoneKind.MAIN), Zone(ZoneKind.OVERLAY, "high", height=0.5))),
    )
)
NOTICE = Notice(
    "n", Kind.TEXT, "n", "test", dwell_s=60, arrange=Arrange.PAGES,
    texts=(Text("vi", "Cửa khẩu tạm dừng thông quan đến 14 giờ", proofread=True),),
)  # fmt: skip


class NoPictures:
    def picture(self, sha256: str, size: Size, fit: Fit) -> Pixels:
        return np.zeros((size.height, size.width, 3), np.uint8)


def test_without_an_overlay_it_is_judged_in_every_main_zone_and_on_the_whole_screen() -> None:
    assert wall_for(NOTICE, CONFIG, SCHEDULE).sizes == (Size(672, 240), Size(672, 480))


@pytest.mark.parametrize(("zone", "sizes"), [("high", (Size(672, 240),)), ("low", (Size(672, 24), Size(672, 96)))])
def test_as_an_overlay_it_is_judged_in_all_zones_of_that_name_alone(zone: str, sizes: tuple[Size, ...]) -> None:
    wall = wall_for(NOTICE, CONFIG, SCHEDULE, overlay=zone)
    assert wall.sizes == sizes
    assert wall_for(NOTICE, CONFIG, SCHEDULE, overlay="nowhere") == wall_for(NOTICE, CONFIG, SCHEDULE)


def test_a_line_is_judged_in_the_zone_through_which_it_moves() -> None:
    [crawl] = wall_for(replace(NOTICE, kind=Kind.CRAWL), CONFIG, SCHEDULE, overlay="high").crawls
    assert crawl.zone.id == "high"


@pytest.mark.parametrize(("zone", "is_good"), [("", True), ("high", True), ("low", False)])
def test_what_can_be_read_on_a_page_may_be_too_large_for_an_overlay(zone: str, *, is_good: bool) -> None:
    engine = TextEngine(load_fonts(shipped("fonts")))
    wall = wall_for(NOTICE, CONFIG, SCHEDULE, overlay=zone)
    found = check_notice(NOTICE, wall, engine, NoPictures(), Band.OPERATOR).findings
    assert is_good == (not [each for each in found if each.severity is Severity.ERROR])
