"""A day before it comes: what is on air when, agreeing with `resolve`, and every page of it drawn once."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import cast

import numpy as np
from text_stage import FONTS

from playout.model.claim import Band, Claim, Content, ContentKind
from playout.model.frame import Pixels
from playout.model.inputs import Inputs
from playout.model.notice import Kind, Notice, Text
from playout.model.panel import Site
from playout.model.schedule import Daypart, Item, Layout, Playlist, Revision, Schedule, Zone, ZoneKind
from playout.plan import contact_sheet, plan_day
from playout.preflight import Artist
from playout.resolve import resolve
from playout.text.engine import TextEngine

S = 10**9
SITE = replace(Site(), timezone="Europe/Berlin", languages=("vi", "en"))
NOTICES = {
    name: Notice(name, Kind.TEXT, f"Tên {name}", "s", dwell_s=10, texts=(Text("vi", "Chào"), Text("en", "Hello")))
    for name in ("a", "b", "c")
}
SCHEDULE = Schedule(
    layouts=(Layout("full", (Zone(ZoneKind.MAIN),)),),
    playlists=(Playlist("day", items=(Item("a"), Item("b", 20))), Playlist("all", items=(Item("c"),))),
    dayparts=(Daypart("work", "day", time(8), time(12), layout="full"),),
    filler="all",
)
INPUTS = Inputs("main", SITE, Revision(4, 0, SCHEDULE, NOTICES))


def ns(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp()) * S


def test_a_day_has_its_slots_with_every_page_once() -> None:
    plan = plan_day(INPUTS, date(2026, 6, 1))
    table = plan.table()
    assert [(slot["from"], slot["to"], slot["claims"], slot["playlists"]) for slot in table["slots"]] == [
        ("00:00:00", "08:00:20", ["filler"], ["all"]),  # a daypart lets the item end that is on air
        ("08:00:20", "12:00:00", ["daypart work"], ["day"]),
        ("12:00:00", "24:00:00", ["filler"], ["all"]),
    ]
    assert (table["revision"], table["slots"][1]["layout"], table["slots"][1]["band"]) == (4, "full", "schedule")
    pages = table["slots"][1]["pages"]
    assert [(page["notice"], page["language"], page["first"]) for page in pages] == [
        ("b", "vi", "08:00:20"),
        ("b", "en", "08:00:40"),
        ("a", "vi", "08:01:00"),
        ("a", "en", "08:01:10"),
    ]
    assert sum(page["shown_s"] for page in pages) == 4 * 3600 - 20
    assert [page["times"] for page in pages] == [240, 240, 239, 239]


def test_it_is_what_resolve_says_at_every_instant() -> None:
    claim = Claim(
        "override-1", (), Band.OPERATOR, Content(ContentKind.NOTICE, "b"), ns("2026-06-01T09:00:00+02:00"),
        ns("2026-06-01T09:00:00+02:00"), ns("2026-06-01T09:10:03+02:00"),
    )  # fmt: skip
    inputs = replace(INPUTS, claims=(claim,))
    plan = plan_day(inputs, date(2026, 6, 1))
    assert len(plan.slots) == 5
    for slot in plan.slots:
        for at_ns in (slot.start_ns, (slot.start_ns + slot.end_ns) // 2, slot.end_ns - 1):
            assert resolve(inputs, at_ns).because.winner in slot.claims
    assert all(one.end_ns == other.start_ns for one, other in zip(plan.slots, plan.slots[1:], strict=False))


def test_a_day_has_23_or_25_hours_where_the_clock_changes() -> None:
    for day, hours in ((date(2026, 3, 29), 23), (date(2026, 10, 25), 25), (date(2026, 6, 1), 24)):
        slots = plan_day(INPUTS, day).slots
        assert slots[-1].end_ns - slots[0].start_ns == hours * 3600 * S
    assert plan_day(INPUTS, date(2026, 3, 29)).table()["slots"][-1]["to"] == "24:00:00"


def test_a_sign_without_a_schedule_shows_the_built_in_picture_all_day() -> None:
    (slot,) = plan_day(Inputs("main", SITE), date(2026, 6, 1)).table()["slots"]
    assert (slot["claims"], slot["kind"], slot["playlists"]) == (["fallback"], "slate", [])
    (page,) = slot["pages"]
    assert (page["notice"], page["title"], page["language"]) == ("", "slate", "")


class Painter:
    """Draws every instant in a colour of its own, and remembers them."""

    def __init__(self) -> None:
        self.drawn: list[int] = []

    def picture(self, at_ns: int) -> Pixels:
        self.drawn.append(at_ns)
        return np.full((480, 672, 3), (255, len(self.drawn), 0), np.uint8)


def test_the_sheet_has_every_page_when_it_has_come_in_and_its_words_below() -> None:
    painter, engine = Painter(), TextEngine(FONTS)
    plan = plan_day(INPUTS, date(2026, 6, 1))
    sheet = contact_sheet(plan, cast(Artist, painter), engine, "Lệ Thanh")
    shown = [each for slot in plan.slots for each in slot.showings]
    assert painter.drawn == [each.first_ns + 2 * S for each in shown]
    colours = {tuple(pixel) for pixel in sheet.reshape(-1, 3)[::7].tolist()}
    assert {(255, number, 0) for number in range(1, len(shown) + 1)} <= colours
    red = (sheet[..., 0] == 255) & (sheet[..., 2] == 0)
    words = (sheet > 100).all(axis=2) & ~red
    below = np.nonzero(red.any(axis=1))[0].max()
    assert words[below + 1 :].sum() > 200, "labels under the last row"
    assert words[: np.nonzero(red.any(axis=1))[0].min()].sum() > 200, "the heading"


def test_of_a_day_with_too_many_pages_the_first_are_drawn() -> None:
    many = {f"n{number}": replace(NOTICES["a"], id=f"n{number}") for number in range(150)}
    schedule = Schedule(playlists=(Playlist("all", items=tuple(Item(name) for name in many)),), filler="all")
    painter = Painter()
    plan = plan_day(replace(INPUTS, revision=Revision(1, 0, schedule, many)), date(2026, 6, 1))
    contact_sheet(plan, cast(Artist, painter), TextEngine(FONTS), "x")
    assert len(painter.drawn) == 240
    first = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=painter.drawn[0] / S)
    assert first.isoformat().startswith("2026-05-31T22:00:02")
