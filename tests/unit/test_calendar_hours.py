"""Open and quiet hours: when the sign is closed, what it shows then, and what shows all the same."""

from dataclasses import replace
from datetime import UTC, date, datetime, time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playout.model.calendar import SunEvent, SunTime, Weekday
from playout.model.claim import Band, Claim, Content, ContentKind, Stop
from playout.model.inputs import Inputs
from playout.model.notice import Kind, Notice, Text
from playout.model.panel import Site
from playout.model.power import PowerMode, PowerState
from playout.model.schedule import (
    Closed,
    ClosedShow,
    Daypart,
    Hours,
    HoursUse,
    Item,
    Layout,
    Playlist,
    Revision,
    Schedule,
    Transition,
    Zone,
    ZoneKind,
)
from playout.resolve import HORIZON_NS, resolve
from playout.resolve.calendar import Almanac

S = 10**9
SITE = Site(languages=("vi",))
NOTICES = {
    "a": Notice("a", Kind.TEXT, "a", "test", dwell_s=10, texts=(Text("vi", "a"),)),
    "b": Notice("b", Kind.TEXT, "b", "test", dwell_s=10, texts=(Text("vi", "b"),)),
    "line": Notice("line", Kind.CRAWL, "line", "test", texts=(Text("vi", "chạy"),)),
}
OPEN = Hours("open", HoursUse.OPEN, time(5), time(23))
QUIET = Hours("quiet", HoursUse.QUIET, time(21), time(4), luminance=0.25, motion=False)
SCHEDULE = Schedule(
    layouts=(Layout("split", (Zone(ZoneKind.MAIN, height=0.9), Zone(ZoneKind.CRAWL, y=0.9, height=0.1))),),
    playlists=(Playlist("p", items=(Item("a"), Item("b"))), Playlist("q", items=(Item("b"),))),
    dayparts=(Daypart("all", "p", time(0), time(0), layout="split", crawl="line", rank=100),),
    filler="p",
)


def at(text: str) -> int:
    return int(datetime.fromisoformat(text).astimezone(UTC).timestamp()) * S


def inputs(*hours: Hours, closed: Closed = Closed(), **rest: object) -> Inputs:  # noqa: B008 -- a frozen value
    schedule = replace(SCHEDULE, hours=hours, closed=closed)
    return Inputs("main", SITE, Revision(1, 0, schedule, NOTICES), **rest)  # pyright: ignore[reportArgumentType]


def claim(band: Band, from_ns: int) -> Claim:
    content = Content(ContentKind.NOTICE, "b", "split", "line")
    return Claim("o", (), band, content, from_ns, from_ns, from_ns + 600 * S, stop=Stop.NOW)


def test_outside_its_open_hours_the_sign_is_closed() -> None:
    given_ = inputs(OPEN)
    evening = resolve(given_, at("2026-12-01T23:00:00+07:00") - 1)
    assert (evening.claim, evening.until_ns) == ("daypart all", at("2026-12-01T23:00:00+07:00"))
    night = resolve(given_, at("2026-12-01T23:30:00+07:00"))
    assert (night.claim, night.kind, night.page) == ("closed", ContentKind.BLANK, None)
    assert night.because.losers == ("daypart all", "filler", "fallback")
    assert resolve(given_, at("2026-12-02T04:59:59+07:00")) == resolve(given_, at("2026-12-02T00:00:00+07:00"))
    assert resolve(given_, at("2026-12-02T05:00:00+07:00")).claim == "daypart all"


@pytest.mark.parametrize(
    ("closed", "kind", "notice"),
    [
        (Closed(ClosedShow.SLATE), ContentKind.SLATE, ""),
        (Closed(ClosedShow.PLAYLIST, "q"), ContentKind.PLAYLIST, "b"),
        (Closed(ClosedShow.PLAYLIST, "gone"), ContentKind.PLAYLIST, "a"),  # nothing to show does not blank the sign
    ],
)
def test_what_a_closed_sign_shows(closed: Closed, kind: ContentKind, notice: str) -> None:
    programme = resolve(inputs(OPEN, closed=closed), at("2026-12-02T00:00:02+07:00"))
    assert (programme.kind, programme.page.notice.id if programme.page else "") == (kind, notice)


def test_what_people_put_on_air_shows_on_a_closed_sign() -> None:
    night = at("2026-12-02T01:00:00+07:00")
    for band in (Band.NOTICE, Band.OPERATOR, Band.EMERGENCY, Band.SAFETY):
        assert resolve(inputs(OPEN, claims=(claim(band, night),)), night + S).claim == "o"


def test_batteries_do_not_open_a_closed_sign() -> None:
    essential = {name: replace(notice, essential=name == "a") for name, notice in NOTICES.items()}
    given_ = inputs(OPEN, closed=Closed(ClosedShow.PLAYLIST, "q"), power=PowerState(PowerMode.UPS))
    assert given_.revision is not None
    given_ = replace(given_, revision=replace(given_.revision, notices=essential))
    assert resolve(given_, at("2026-12-02T12:00:00+07:00")).claim == "daypart all"
    assert resolve(given_, at("2026-12-02T01:00:00+07:00")).claim == "closed"


def test_open_hours_of_another_screen_close_nothing() -> None:
    programme = resolve(inputs(replace(OPEN, screens=("lane",))), at("2026-12-02T01:00:00+07:00"))
    assert programme.claim == "daypart all"


def test_quiet_hours_keep_light_and_motion_back_and_emergencies_do_not_know_them() -> None:
    given_ = inputs(QUIET)
    day = resolve(given_, at("2026-12-02T20:59:55+07:00"))
    assert (day.luminance, day.crawl is not None) == (1.0, True)
    assert day.until_ns == at("2026-12-02T21:00:00+07:00")
    night = resolve(given_, day.until_ns)
    assert (night.luminance, night.crawl) == (0.25, None)
    assert night.page is not None
    assert night.page.transition is Transition.CUT
    both = (QUIET, replace(QUIET, id="dark", start=time(22), luminance=0.1, motion=True))
    assert resolve(inputs(*both), at("2026-12-02T22:00:00+07:00")).luminance == 0.1
    loud = resolve(replace(given_, claims=(claim(Band.EMERGENCY, day.until_ns),)), day.until_ns + S)
    assert (loud.claim, loud.luminance, loud.crawl is not None) == ("o", 1.0, True)
    held = resolve(replace(given_, claims=(claim(Band.OPERATOR, day.until_ns),)), day.until_ns + S)
    assert (held.claim, held.luminance, held.crawl) == ("o", 0.25, None)


moments = st.one_of(
    st.builds(time, st.integers(0, 23), st.sampled_from([0, 30])),
    st.builds(SunTime, st.sampled_from(SunEvent), st.sampled_from([-360, -30, 0, 360])),
)
hours = st.builds(
    Hours, st.uuids().map(str), st.sampled_from(HoursUse), moments, moments, luminance=st.sampled_from([0.2, 0.5]),
    days=st.sets(st.sampled_from(Weekday), min_size=1).map(tuple),
)  # fmt: skip
PLACES = [("Europe/Paris", 48.9, 2.3), ("America/Santiago", -33.4, -70.7), ("Asia/Ho_Chi_Minh", 13.7, 107.5)]
FIRST = date(2026, 3, 26).toordinal()


@settings(max_examples=80, deadline=None)
@given(
    st.lists(hours, max_size=3), st.lists(st.integers(0, 7 * 86_400), min_size=1, max_size=5),
    st.sampled_from(PLACES),
)  # fmt: skip
def test_closed_and_quiet_exactly_as_their_windows_say(
    given_: list[Hours], asked: list[int], place: tuple[str, float, float]
) -> None:
    site = replace(SITE, timezone=place[0], latitude=place[1], longitude=place[2])
    wanted = replace(inputs(*given_), site=site)
    almanac = Almanac(site)
    spans = [
        (each, span)
        for each in given_
        for day in range(FIRST - 4, FIRST + 12)
        if (day + 6) % 7 in each.days and (span := almanac.window(day, each.start, each.end)) is not None
    ]
    has_open = any(each.use is HoursUse.OPEN for each in given_)
    for second in asked:
        now = almanac.midnight_ns(FIRST) + second * S

        def live(at_ns: int, use: HoursUse) -> list[float]:
            return [each.luminance for each, span in spans if each.use is use and span[0] <= at_ns < span[1]]

        programme = resolve(wanted, now)
        is_closed = has_open and not live(now, HoursUse.OPEN)
        begun = [end for each, (_, end) in spans if each.use is HoursUse.OPEN and end <= now]
        fresh = bool(begun) and now - max(begun) < 30 * S  # it may wait for the end of the item
        opened = [start for each, (start, _) in spans if each.use is HoursUse.OPEN and start <= now]
        if not fresh and not (opened and now - max(opened) < 30 * S):
            assert (programme.claim == "closed") == is_closed
        assert ("closed" in programme.because.losers) <= (programme.claim != "closed")
        assert programme.luminance == min(live(now, HoursUse.QUIET), default=1.0)
        if programme.until_ns < now + HORIZON_NS:
            assert resolve(wanted, programme.until_ns) != programme
        assert resolve(wanted, programme.until_ns - 1) == programme
