"""What is on air: examples a person can check, and properties over random inputs."""

from dataclasses import replace
from datetime import UTC, datetime, time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playout.model.claim import Band, Claim, Content, ContentKind, Stop
from playout.model.inputs import Inputs
from playout.model.notice import Kind, Notice, Text
from playout.model.panel import Site
from playout.model.programme import Programme
from playout.model.schedule import Daypart, Item, Layout, Playlist, Revision, Schedule, Weekday, Zone, ZoneKind
from playout.resolve import HORIZON_NS, resolve, takeover_ns

S = 10**9
LANGUAGES = ("vi", "en", "km")
SITE = Site(languages=LANGUAGES)


def notice(name: str, dwell_s: float = 10, languages: tuple[str, ...] = LANGUAGES) -> Notice:
    texts = tuple(Text(language, f"{name} {language}") for language in languages)
    return Notice(name, Kind.TEXT, name, "test", dwell_s=dwell_s, texts=texts)


def at(text: str) -> int:
    return int(datetime.fromisoformat(text).astimezone(UTC).timestamp()) * S


CRAWL = Notice("line", Kind.CRAWL, "line", "test", texts=(Text("vi", "chạy"), Text("en", "crawls")))
NOTICES = {each.id: each for each in (notice("a"), notice("b", 5), notice("c", 7, ("vi",)), CRAWL)}
LAYOUT = Layout("split", (Zone(ZoneKind.MAIN, height=0.9), Zone(ZoneKind.CRAWL, y=0.9, height=0.1)))
SCHEDULE = Schedule(
    layouts=(LAYOUT,),
    playlists=(
        Playlist("day", items=(Item("a"), Item("b"))),
        Playlist("night", items=(Item("c"),)),
        Playlist("filler", items=(Item("b"),)),
    ),
    dayparts=(
        Daypart("day", "day", time(6), time(18), layout="split", crawl="line"),
        Daypart("night", "night", time(22), time(5)),
    ),
    filler="filler",
)
REVISION = Revision(1, at("2026-01-01T00:00:00+07:00"), SCHEDULE, NOTICES)
INPUTS = Inputs("main", SITE, REVISION)


def claim(name: str, start: int, end: int | None, band: Band = Band.OPERATOR, **rest: object) -> Claim:
    fields = {"content": Content(ContentKind.NOTICE, "c"), "stop": Stop.NOW, "issued_ns": start, **rest}
    return Claim(id=name, screens=(), band=band, start_ns=start, expires_ns=end, **fields)  # pyright: ignore


def shown(programme: Programme) -> tuple[str, str, str]:
    page = programme.page
    return programme.claim, page.notice.id if page else "", page.language if page else ""


def test_nothing_at_all_shows_the_slate() -> None:
    programme = resolve(Inputs("main", SITE), 0)
    assert (programme.kind, programme.because.rule) == (ContentKind.SLATE, "alone")
    assert programme.until_ns == HORIZON_NS


def test_pages_rotate_through_the_languages_with_equal_dwell() -> None:
    start, seen = at("2026-11-22T06:01:30+07:00"), []
    programme = resolve(INPUTS, start)
    for _ in range(7):
        seen.append((*shown(programme)[1:], (programme.until_ns - start) // S))
        start = programme.until_ns
        programme = resolve(INPUTS, start)
    a, b = [("a", language, 10) for language in LANGUAGES], [("b", language, 5) for language in LANGUAGES]
    assert seen == [*a, *b, a[0]]


def test_a_restart_resumes_in_the_middle_of_the_item() -> None:
    first = resolve(INPUTS, at("2026-11-22T09:00:00+07:00"))
    later = resolve(INPUTS, at("2026-11-22T09:00:03+07:00"))
    assert later.page is not None
    assert first == later
    assert later.page.starts_ns <= at("2026-11-22T09:00:00+07:00")


def test_an_overnight_window_belongs_to_the_day_it_starts_on() -> None:
    friday = replace(SCHEDULE, dayparts=(Daypart("n", "night", time(22), time(5), days=(Weekday.FRI,)),), filler="")
    inputs = replace(INPUTS, revision=replace(REVISION, schedule=friday))
    assert resolve(inputs, at("2026-11-21T04:59:59+07:00")).claim == "daypart n"  # Saturday morning
    assert resolve(inputs, at("2026-11-21T05:00:00+07:00")).claim == "fallback"
    assert resolve(inputs, at("2026-11-21T22:30:00+07:00")).claim == "fallback"  # Saturday night


def test_layout_and_crawl_go_with_the_daypart() -> None:
    programme = resolve(INPUTS, at("2026-11-22T09:00:00+07:00"))
    assert programme.layout == LAYOUT
    assert programme.crawl is not None
    assert programme.crawl.languages == ("vi", "en")
    assert programme.crawl.phase_ns == at("2026-11-22T06:00:00+07:00")
    night = resolve(INPUTS, at("2026-11-22T23:00:00+07:00"))
    assert (night.crawl, night.layout.id) == (None, "")


def test_a_daypart_waits_for_the_end_of_the_item_but_not_for_what_only_comes_up() -> None:
    # The filler's item of 15 s began at 05:59:50; the day waits for its end at 06:00:05.
    phase = at("2026-11-22T05:59:50+07:00")
    inputs = replace(INPUTS, revision=replace(REVISION, issued_ns=phase))
    waiting = resolve(inputs, at("2026-11-22T06:00:01+07:00"))
    assert shown(waiting)[:2] == ("filler", "b")
    assert waiting.because.rule == "daypart day waits for the end of the item"
    taken = resolve(inputs, at("2026-11-22T06:00:05+07:00"))
    assert (taken.claim, taken.because.rule) == ("daypart day", "band")
    # One daypart follows another without a gap: no filler in between.
    night = Daypart("late", "night", time(18), time(22))
    follow = replace(SCHEDULE, dayparts=(*SCHEDULE.dayparts, night))
    inputs = replace(inputs, revision=replace(REVISION, schedule=follow))
    assert resolve(inputs, at("2026-11-22T18:00:00+07:00")).claim == "daypart late"


@pytest.mark.parametrize(
    ("stop", "start_s", "takes_s"),
    [(Stop.NOW, 2, 2), (Stop.PAGE, 2, 10), (Stop.ITEM, 2, 30), (Stop.PAGE, 31, 35), (Stop.ITEM, 31, 45)],
)
def test_a_newcomer_interrupts_as_it_says(stop: Stop, start_s: int, takes_s: int) -> None:
    six = at("2026-11-22T06:01:30+07:00")  # a loop of 45 s begins here
    inputs = replace(INPUTS, claims=(claim("o", six + start_s * S, six + 600 * S, stop=stop),))
    assert resolve(inputs, six + takes_s * S - 1).claim == "daypart day"
    taken = resolve(inputs, six + takes_s * S)
    assert (taken.claim, taken.entered_ns) == ("o", six + takes_s * S)


def test_an_item_too_long_to_wait_for_is_left_at_the_end_of_its_page() -> None:
    long = {**NOTICES, "a": notice("a", 9, LANGUAGES), "b": notice("b", 60, LANGUAGES)}
    inputs = replace(INPUTS, revision=replace(REVISION, notices=long))
    start = at("2026-11-22T06:00:00+07:00") + 28 * S  # one second into b, whose page stands for 60 s
    held = replace(inputs, claims=(claim("o", start, None, stop=Stop.ITEM),))
    assert resolve(held, start).claim == "o"


def test_pre_emption_suspends_and_never_cancels() -> None:
    start = at("2026-11-22T09:00:00+07:00")
    inputs = replace(INPUTS, claims=(claim("o", start, start + 60 * S),))
    assert resolve(inputs, start + 59 * S).claim == "o"
    back = resolve(inputs, start + 60 * S)
    assert back.page == resolve(INPUTS, start + 60 * S).page
    assert back.entered_ns == start + 60 * S


def test_because_names_winner_losers_and_rule() -> None:
    start = at("2026-11-22T09:00:00+07:00")
    older, newer = claim("x", start, None), claim("y", start + S, None)
    ranked = claim("z", start, None, rank=1)
    because = resolve(replace(INPUTS, claims=(older, newer)), start + 2 * S).because
    assert (because.winner, because.losers, because.rule) == (
        "y", ("x", "daypart day", "filler", "fallback"), "newest",
    )  # fmt: skip
    assert resolve(replace(INPUTS, claims=(newer, ranked)), start + 2 * S).because.rule == "rank"


def test_a_claim_on_something_unknown_shows_what_is_below_it() -> None:
    start = at("2026-11-22T09:00:00+07:00")
    lost = claim("o", start, None, content=Content(ContentKind.NOTICE, "gone"))
    programme = resolve(replace(INPUTS, claims=(lost,)), start + S)
    assert (programme.claim, programme.because.rule) == ("daypart day", "o has nothing that can be shown")


def test_panic_blank_covers_everything() -> None:
    start = at("2026-11-22T09:00:00+07:00")
    panic = claim("p", 0, None, Band.SAFETY, content=Content(ContentKind.BLANK), issued_ns=start)
    fire = claim("e", start, None, Band.EMERGENCY)
    assert resolve(replace(INPUTS, claims=(panic, fire)), start).kind is ContentKind.BLANK


def test_a_new_revision_takes_over_at_the_end_of_the_item() -> None:
    now = at("2026-11-22T06:00:31+07:00")
    takes = takeover_ns([INPUTS], now)
    assert takes == at("2026-11-22T06:00:45+07:00")
    other = replace(REVISION, number=2, schedule=replace(SCHEDULE, dayparts=(), filler="night"))
    both = replace(INPUTS, revision=other, outgoing=REVISION, takes_over_ns=takes)
    assert resolve(both, takes - 1) == resolve(INPUTS, takes - 1)
    assert resolve(both, takes).claim == "filler"


def test_another_screens_claims_and_dayparts_do_not_count() -> None:
    start = at("2026-11-22T09:00:00+07:00")
    elsewhere = replace(claim("o", start, None), screens=("lane",))
    schedule = replace(SCHEDULE, dayparts=tuple(replace(d, screens=("lane",)) for d in SCHEDULE.dayparts))
    inputs = replace(INPUTS, revision=replace(REVISION, schedule=schedule), claims=(elsewhere,))
    assert resolve(inputs, start).claim == "filler"
    assert resolve(replace(inputs, screen="lane"), start).claim == "o"


def test_a_window_in_a_gap_of_the_clock_is_kept_and_one_in_a_fold_is_not_shown_twice() -> None:
    paris = Site(timezone="Europe/Paris", languages=LANGUAGES)
    schedule = replace(SCHEDULE, dayparts=(Daypart("d", "day", time(2, 15), time(2, 45)),), filler="")
    inputs = Inputs("main", paris, replace(REVISION, schedule=schedule))
    assert resolve(inputs, at("2026-03-29T03:20:00+02:00")).claim == "daypart d"  # 02:20 does not exist that day
    assert resolve(inputs, at("2026-10-25T02:20:00+02:00")).claim == "daypart d"
    assert resolve(inputs, at("2026-10-25T02:20:00+01:00")).claim == "fallback"


# Random inputs. Dayparts are at least a minute long, as schedule files must have them.
ORIGIN = at("2026-03-27T00:00:00+00:00")  # two days before the clocks change in Paris
minutes = st.builds(time, st.integers(0, 23), st.sampled_from([0, 1, 30, 59]))
references = st.sampled_from(["day", "night", "filler", "none"])
dayparts = st.lists(
    st.builds(
        Daypart,
        id=st.uuids().map(str),
        playlist=references,
        start=minutes,
        end=minutes,
        days=st.sets(st.sampled_from(Weekday), min_size=1).map(lambda days: tuple(sorted(days))),
        layout=st.sampled_from(["", "split"]),
        crawl=st.sampled_from(["", "line", "a"]),
        rank=st.integers(0, 1),
    ),
    max_size=4,
)
seconds = st.integers(-3 * 3600, 40 * 3600)
contents = st.one_of(
    st.builds(Content, st.just(ContentKind.NOTICE), st.sampled_from(["a", "b", "c", "line", "gone"])),
    st.builds(Content, st.just(ContentKind.PLAYLIST), references),
    st.sampled_from([Content(ContentKind.SLATE), Content(ContentKind.BLANK)]),
)


@st.composite
def claims(draw: st.DrawFn) -> Claim:
    start = ORIGIN + draw(seconds) * S
    end = draw(st.one_of(st.none(), st.integers(1, 7200).map(lambda length: start + length * S)))
    return claim(
        draw(st.uuids().map(str)), start, end, draw(st.sampled_from([Band.OPERATOR, Band.EMERGENCY, Band.SAFETY])),
        content=draw(contents), stop=draw(st.sampled_from(Stop)), rank=draw(st.integers(0, 1)),
        issued_ns=start - draw(st.integers(0, 3)) * S,
    )  # fmt: skip


@st.composite
def random_inputs(draw: st.DrawFn) -> Inputs:
    def revision(number: int) -> Revision:
        schedule = replace(
            SCHEDULE, dayparts=tuple(draw(dayparts)), filler=draw(st.sampled_from(["", "filler", "none"]))
        )
        return Revision(number, ORIGIN - draw(st.integers(0, 100)) * S, schedule, NOTICES)

    zone = draw(st.sampled_from(["Europe/Paris", "America/Santiago", "Asia/Ho_Chi_Minh"]))
    outgoing = revision(1) if draw(st.booleans()) else None
    return Inputs(
        "main", Site(timezone=zone, languages=LANGUAGES), revision(2), outgoing,
        ORIGIN + draw(seconds) * S, tuple(draw(st.lists(claims(), max_size=4))),
    )  # fmt: skip


instants = seconds.flatmap(lambda second: st.integers(0, S - 1).map(lambda ns: ORIGIN + second * S + ns))


@settings(max_examples=200, deadline=None)
@given(random_inputs(), instants, st.floats(0, 1), st.randoms())
def test_constant_until_tight_and_independent_of_order(given_: Inputs, now: int, share: float, random) -> None:  # pyright: ignore
    programme = resolve(given_, now)
    between = min(now + int(share * (programme.until_ns - now)), programme.until_ns - 1)
    assert resolve(given_, between) == programme
    assert resolve(given_, between).entered_ns == programme.entered_ns
    assert programme.entered_ns <= now < programme.until_ns
    if programme.until_ns - now < HORIZON_NS:
        assert resolve(given_, programme.until_ns) != programme

    assert given_.revision is not None
    schedule = given_.revision.schedule
    parts, wanted = list(schedule.dayparts), list(given_.claims)
    random.shuffle(parts)
    random.shuffle(wanted)
    mixed = replace(schedule, dayparts=tuple(parts), playlists=schedule.playlists[::-1])
    shuffled = replace(given_, revision=replace(given_.revision, schedule=mixed), claims=tuple(wanted))
    assert resolve(shuffled, now) == programme
