"""Rows of the as-run journal: when one begins, what it says, how it ends."""

import hashlib
import json
from dataclasses import fields, replace

import numpy as np
import pytest
from asrun_stage import NOW_NS, SECOND_NS, moment
from engine_stage import REVISION, SITE, SIZE

from playout.engine.asrunrows import UNRECORDED, Rows, Shown
from playout.model.claim import Band, Claim, Content, ContentKind
from playout.model.frame import Rect
from playout.model.inputs import Inputs
from playout.model.programme import Overlay
from playout.model.schedule import Zone, ZoneKind
from playout.model.snapshot import Health, LinkState, Snapshot
from playout.model.trust import ClockTrust
from playout.render.compose import Compositor
from playout.render.digest import content_digest, row_digest
from playout.render.scene import MovingLine, Scene
from playout.resolve import resolve
from playout.store.asrun import AsRun, Moment

INPUTS = Inputs("main", SITE, REVISION, generation=7)
NOTHING = Health()
UP, DOWN = Health(LinkState.UP), Health(LinkState.DOWN, "no answer; look at the cable")


def still(grey: int = 99) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    return np.full((SIZE.height, SIZE.width, 3), grey, np.uint8)


def shown(
    second: float, grey: int = 99, inputs: Inputs = INPUTS, scene: Scene | None = None, health: Health = NOTHING
) -> Shown:
    at = moment(second)
    programme = resolve(inputs, at.utc_ns)
    return Shown(programme, inputs, scene or Scene(programme, still(grey)), at.tick, at.utc_ns, at.boot_ns, health)


def looked(rows: Rows, second: float, health: Health) -> None:
    resolved = resolve(INPUTS, moment(second).utc_ns)
    snapshot = Snapshot(
        "main", 0, 0, 1, "0", moment(second).tick, 60, 96, 48, 0, 0, 7, 1, 1, "filler", "playlist", "a", "N", "en",
        None, 1, 1, 0, 0, resolved.because, 0.0, "memory", health,
    )  # fmt: skip
    rows.looked(snapshot, moment(second))


def show(rows: Rows, second: float, grey: int = 99, at: Moment | None = None, **other: object) -> Shown:
    given = shown(second, grey, **other)  # pyright: ignore[reportArgumentType]
    rows.shown(given, at or moment(second))
    return given


def told(rows: Rows) -> list[AsRun]:
    return list(rows.unsaved.values())


def test_a_page_is_a_row_until_the_next_one_begins() -> None:
    rows = Rows(SIZE)
    show(rows, 0)
    show(rows, 8)
    first, second = told(rows)
    assert (first.notice, first.language, first.page, first.pages, first.kind) == ("a", "en", 1, 1, "playlist")
    because = json.loads(first.because)
    assert (first.claim, because["rule"], because["losers"]) == ("filler", "band", ["fallback"])
    assert (first.generation, first.revision, first.playlist) == (7, 1, "p")
    assert (first.start_ns, first.end_ns, first.ended) == (NOW_NS, NOW_NS + 8 * SECOND_NS, "next")
    assert (first.start_tick, first.end_tick) == (0, 480)
    assert (first.start_boot_ns, first.end_boot_ns) == (1000 * SECOND_NS, 1008 * SECOND_NS)
    assert (second.notice, second.start_ns, second.end_ns, second.ended) == ("b", NOW_NS + 8 * SECOND_NS, None, "")


def test_nothing_new_is_no_row() -> None:
    rows = Rows(SIZE)
    first = show(rows, 0)
    show(rows, 2, scene=first.scene)
    show(rows, 3, inputs=replace(INPUTS, generation=8))
    assert len(told(rows)) == 1
    show(rows, 4, grey=98)  # the picture has come in
    assert len(told(rows)) == 2
    show(rows, 5, grey=98, inputs=replace(INPUTS, revision=replace(REVISION, number=2)))
    assert [row.revision for row in told(rows)] == [1, 1, 2]


def test_trust_in_the_clock_is_in_each_row_and_its_change_begins_one() -> None:
    rows = Rows(SIZE)
    first = show(rows, 0, inputs=replace(INPUTS, trust=ClockTrust(source="ntp")))
    show(
        rows, 3, inputs=replace(INPUTS, trust=ClockTrust(trusted=False, reason="why", source="rtc")), scene=first.scene
    )
    assert [(row.clock_trusted, row.clock_source) for row in told(rows)] == [(True, "ntp"), (False, "rtc")]


def test_the_revision_is_the_one_that_decides() -> None:
    rows = Rows(SIZE)
    coming = replace(REVISION, number=2)
    inputs = Inputs("main", SITE, coming, REVISION, moment(4).utc_ns)
    show(rows, 0, inputs=inputs)
    show(rows, 5, inputs=inputs)
    assert [row.revision for row in told(rows)] == [1, 2]


def test_a_picture_counts_as_seen_once_the_driver_has_taken_it() -> None:
    rows = Rows(SIZE)
    show(rows, 0)
    looked(rows, 0.05, Health(LinkState.OPENING))
    assert (told(rows)[0].answer, told(rows)[0].unseen) == ("waiting", "not sent")
    looked(rows, 0.1, replace(UP, last_sent_tick=-1))
    assert told(rows)[0].answer == "waiting"
    looked(rows, 0.2, replace(UP, last_sent_tick=3))
    assert (told(rows)[0].answer, told(rows)[0].unseen) == ("sent", "")
    show(rows, 8, grey=50)
    looked(rows, 8.1, replace(UP, last_sent_tick=479))
    assert told(rows)[1].answer == "waiting", "that was the frame before it"
    looked(rows, 8.2, replace(UP, last_sent_tick=480))
    assert [row.answer for row in told(rows)] == ["sent", "sent"]


def test_a_page_too_short_to_be_looked_at_is_judged_when_the_next_one_comes() -> None:
    rows = Rows(SIZE)
    show(rows, 0)
    show(rows, 8, grey=50, health=replace(UP, last_sent_tick=3))
    show(rows, 16, grey=51, health=replace(UP, last_sent_tick=479))
    assert [row.answer for row in told(rows)] == ["sent", "waiting", "waiting"]


def test_a_lost_link_ends_the_row_and_its_return_too() -> None:
    rows = Rows(SIZE)
    show(rows, 0)
    looked(rows, 0.1, replace(UP, last_sent_tick=3, frames_sent=4))
    looked(rows, 2, replace(DOWN, last_sent_tick=99, frames_sent=99))
    looked(rows, 3, replace(DOWN, last_sent_tick=99, frames_sent=99))
    looked(rows, 4, replace(UP, last_sent_tick=99, frames_sent=99))
    assert told(rows)[2].answer == "waiting"
    looked(rows, 4.1, replace(UP, last_sent_tick=230, frames_sent=100))
    seen, away, back = told(rows)
    assert (seen.answer, seen.unseen, seen.end_ns) == ("sent", "", NOW_NS + 2 * SECOND_NS)
    assert (away.answer, away.unseen, away.detail) == ("down", "link down", "no answer; look at the cable")
    assert (away.notice, away.sha256, away.end_tick) == (seen.notice, seen.sha256, 240)
    assert (back.answer, back.unseen, back.detail) == ("sent", "", "")


def test_a_page_that_comes_while_the_link_is_down_is_not_seen() -> None:
    rows = Rows(SIZE)
    show(rows, 0)
    looked(rows, 1, DOWN)
    show(rows, 8)
    looked(rows, 8.1, DOWN)
    assert [(row.notice, row.unseen) for row in told(rows)] == [
        ("a", "not sent"), ("a", "link down"), ("b", "link down")
    ]  # fmt: skip


def test_black_on_purpose_is_sent_and_not_visible() -> None:
    rows = Rows(SIZE)
    blank = Claim("panic", (), Band.SAFETY, Content(ContentKind.BLANK), 0, 0)
    show(rows, 0, inputs=replace(INPUTS, claims=(blank,)))
    looked(rows, 0.1, replace(UP, last_sent_tick=0))
    (row,) = told(rows)
    assert (row.kind, row.band, row.answer, row.unseen) == ("blank", 6, "sent", "blank")


def test_the_same_picture_under_another_claim_needs_no_new_frame_to_be_seen() -> None:
    rows = Rows(SIZE)
    first = show(rows, 0)
    looked(rows, 0.1, replace(UP, last_sent_tick=0))
    override = Claim("o", (), Band.OPERATOR, Content(ContentKind.NOTICE, "a"), 0, 0)
    show(rows, 2, inputs=replace(INPUTS, claims=(override,)), scene=first.scene)
    assert [(row.claim, row.answer) for row in told(rows)] == [("filler", "sent"), ("o", "sent")]


@pytest.mark.parametrize("set_by", [-3600.0, 3600.0, 0.2, -0.2])
def test_a_clock_that_is_set_ends_the_row_by_its_own_clock(set_by: float) -> None:
    rows = Rows(SIZE)
    first = show(rows, 0)
    show(rows, 5, at=moment(5, utc=5 + set_by), scene=first.scene)
    before, after = told(rows)
    assert (before.ended, before.end_ns) == ("step", NOW_NS + 5 * SECOND_NS)
    assert after.start_ns == NOW_NS + round((5 + set_by) * SECOND_NS)
    assert after.start_boot_ns == before.end_boot_ns


def test_a_clock_that_is_slewed_ends_nothing() -> None:
    rows = Rows(SIZE)
    first = show(rows, 0)
    show(rows, 5, at=moment(5, utc=5.003), scene=first.scene)
    assert len(told(rows)) == 1
    show(rows, 8, at=moment(8, utc=8.003))
    assert [row.ended for row in told(rows)] == ["next", ""]
    assert told(rows)[0].end_ns == told(rows)[1].start_ns


def test_a_stop_ends_the_row() -> None:
    rows = Rows(SIZE)
    rows.stopped(moment(0))
    assert told(rows) == []
    show(rows, 0)
    rows.stopped(moment(3))
    assert (told(rows)[0].ended, told(rows)[0].end_ns) == ("stop", NOW_NS + 3 * SECOND_NS)
    assert rows.row is None


def test_the_digest_of_a_still_picture_is_that_of_its_bytes() -> None:
    rows = Rows(SIZE)
    show(rows, 0)
    assert told(rows)[0].sha256 == hashlib.sha256(still().tobytes()).hexdigest()
    assert told(rows)[0].moves == ""


def test_the_digest_of_a_moving_picture_covers_its_parts_phase_and_first_frame() -> None:
    strip = np.random.default_rng(1).integers(0, 256, (10, 296, 3), np.uint8)
    programme = resolve(INPUTS, NOW_NS)

    def scene(phase_ns: int = 0, last: int = 0) -> Scene:
        changed = strip.copy()
        changed[-1, 150, 0] = last
        return Scene(programme, still(), lines=(MovingLine(Rect(0, 0, 96, 10), changed, 200, 60, phase_ns),))

    def digest(scene: Scene, at_ns: int = NOW_NS) -> str:
        return row_digest(scene, content_digest(scene), at_ns, Compositor(SIZE))

    rows = Rows(SIZE)
    show(rows, 0, scene=scene())
    (row,) = told(rows)
    assert row.moves == "crawl"
    assert row.sha256 == digest(scene())
    others = [
        digest(scene(1)),
        digest(scene(last=1)),
        digest(scene(), NOW_NS + SECOND_NS // 60),
        content_digest(scene()),
    ]
    assert len({row.sha256, *others}) == 5


def test_every_part_of_a_scene_is_in_its_digest() -> None:
    """Whoever gives scenes a new part decides in `playout.render.digest` what it means for the digest."""
    told_elsewhere = {"programme", "findings", "awaits_picture"}
    known = {"base", "fade", "lines", "clocks", "timecodes", "overlays"}
    assert {field.name for field in fields(Scene)} == known | told_elsewhere


def test_what_lies_above_is_in_the_row() -> None:
    rows = Rows(SIZE)
    given = shown(0)
    zone = Zone(ZoneKind.OVERLAY, "strip")
    page = given.programme.page
    overlay = Overlay("flood", Band.NOTICE, zone, page, None)
    programme = replace(given.programme, overlays=(overlay,))
    rows.shown(Shown(programme, INPUTS, given.scene, 0, given.due_ns, given.deadline_ns, NOTHING), moment(0))
    (told_of,) = json.loads(told(rows)[0].overlays)
    assert (told_of["claim"], told_of["band"], told_of["zone"], told_of["notice"]) == ("flood", 3, "strip", "a")


def test_a_scene_that_cannot_be_composed_has_a_row_without_digest() -> None:
    rows = Rows(SIZE)
    wrong = MovingLine(Rect(0, 0, 10, 10), np.zeros((99, 99, 3), np.uint8), 0, 60, 0)
    show(rows, 0, scene=Scene(resolve(INPUTS, NOW_NS), still(), lines=(wrong,)))
    assert told(rows)[0].sha256 == ""
    show(rows, 8)
    assert told(rows)[1].sha256


def test_remarks_say_what_the_picture_lacks() -> None:
    rows = Rows(SIZE)
    show(rows, 0, scene=Scene(resolve(INPUTS, NOW_NS), still(), findings=("no picture", "no font")))
    assert told(rows)[0].remarks == "no picture; no font"


def test_what_came_too_fast_is_a_row_of_its_own() -> None:
    rows = Rows(SIZE)
    show(rows, 0)
    rows.dropped(7, moment(8))
    looked(rows, 9, UP)
    show(rows, 16)
    first, lost, after = told(rows)
    assert (first.end_ns, after.start_ns) == (NOW_NS + 8 * SECOND_NS, NOW_NS + 16 * SECOND_NS)
    assert (lost.kind, lost.remarks, lost.end_ns) == (UNRECORDED, "7 changes could not be kept", after.start_ns)
    assert lost.unseen
    assert rows.lost == 7


def test_too_many_rows_become_one_at_the_old_end_without_a_gap() -> None:
    rows = Rows(SIZE, most=4)
    show(rows, 0)
    rows.saved()
    for number in range(1, 10):
        show(rows, 8 * number)
    saved, lost, *rest = told(rows)
    assert saved.id == 1, "it is in the file and has to be ended there"
    assert (lost.kind, lost.remarks) == (UNRECORDED, "7 changes could not be kept")
    ends = [each.end_ns for each in (saved, lost, *rest)]
    assert ends == [*(each.start_ns for each in (lost, *rest)), None]
    assert [each.start_ns for each in (lost, *rest)] == [NOW_NS + 8 * n * SECOND_NS for n in (1, 8, 9)]
    assert rows.lost == 7
    assert [each.id for each in rest] == [9, 10]


def test_after_a_lost_file_the_open_row_is_written_again() -> None:
    rows = Rows(SIZE)
    show(rows, 0)
    show(rows, 8)
    rows.saved()
    assert told(rows) == []
    rows.proved()
    rows.forgotten()
    assert [row.id for row in told(rows)] == [2]


def test_what_could_not_be_read_again_after_it_was_saved_goes_into_the_next_file() -> None:
    rows = Rows(SIZE)
    show(rows, 0)
    rows.saved()
    rows.proved()
    for second in (8, 16):
        show(rows, second)
        rows.saved()
    rows.forgotten()
    assert [(row.id, row.ended) for row in told(rows)] == [(1, "next"), (2, "next"), (3, "")]
