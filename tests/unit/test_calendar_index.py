"""The index: it gives the same answers as all windows of all days would."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from playout.model.calendar import Weekday
from playout.model.claim import Band, Claim, Content, ContentKind, Stop
from playout.model.inputs import Inputs
from playout.model.notice import Kind, Notice, Text
from playout.model.panel import Site
from playout.model.programme import Programme
from playout.model.schedule import Daypart, Item, Playlist, Revision, Schedule
from playout.resolve import HORIZON_NS, programmes, resolve
from playout.resolve.arbiter import FOREVER_NS, Bid
from playout.resolve.index import plan_of
from playout.resolve.pages import loop_of
from playout.resolve.resolve import _claimed, _fallback, _filler, _Timeline  # pyright: ignore[reportPrivateUsage]

S = 10**9
ORIGIN = int(datetime(2026, 3, 27, tzinfo=UTC).timestamp()) * S  # two days before the clocks change in Paris
DAYS_BACK = 9


def notice(name: str, dwell_s: float, *languages: str) -> Notice:
    return Notice(name, Kind.TEXT, name, "test", dwell_s=dwell_s, texts=tuple(Text(each, name) for each in languages))


NOTICES = {each.id: each for each in (notice("a", 10, "vi", "en"), notice("b", 25, "vi", "en"), notice("c", 7, "vi"))}
PLAYLISTS = (
    Playlist("many", items=(Item("a"), Item("b"))),
    Playlist("one", items=(Item("c"),)),
    Playlist("empty", items=(Item("gone"),)),
)
names = st.sampled_from([playlist.id for playlist in PLAYLISTS])
moments = st.builds(time, st.integers(0, 23), st.sampled_from([0, 0, 1, 30]), st.sampled_from([0, 0, 5, 20, 35]))


@st.composite
def dayparts(draw: st.DrawFn) -> Daypart:
    start = draw(moments)
    end = draw(
        st.one_of(
            moments, st.integers(1, 90).map(lambda s: (datetime.combine(date.min, start) + timedelta(seconds=s)).time())
        )
    )
    days = draw(st.one_of(st.just(tuple(Weekday)), st.sets(st.sampled_from(Weekday), min_size=1).map(tuple)))
    return Daypart(draw(st.uuids().map(str)), draw(names), start, end, rank=draw(st.integers(0, 2)), days=days)


seconds = st.integers(-3 * 3600, 40 * 3600)


@st.composite
def claims(draw: st.DrawFn) -> Claim:
    start = ORIGIN + draw(seconds) * S
    content = draw(
        st.one_of(st.builds(Content, st.just(ContentKind.PLAYLIST), names), st.just(Content(ContentKind.BLANK)))
    )
    return Claim(
        draw(st.uuids().map(str)), (), draw(st.sampled_from([Band.FILLER, Band.SCHEDULE, Band.OPERATOR])), content,
        start - draw(st.integers(0, 3)) * S, start, start + draw(st.integers(1, 7200)) * S,
        rank=draw(st.integers(0, 2)), stop=draw(st.sampled_from(Stop)),
    )  # fmt: skip


@st.composite
def many_inputs(draw: st.DrawFn) -> Inputs:
    def revision(number: int) -> Revision:
        parts = tuple(draw(st.lists(dayparts(), max_size=8)))
        filler = draw(st.sampled_from(["", "many", "one", "empty"]))
        return Revision(
            number, ORIGIN - draw(st.integers(0, 100)) * S, Schedule((), PLAYLISTS, parts, filler=filler), NOTICES
        )

    zone = draw(st.sampled_from(["Europe/Paris", "America/Santiago", "Asia/Ho_Chi_Minh"]))
    outgoing = revision(1) if draw(st.booleans()) else None
    return Inputs(
        "main", Site(timezone=zone, languages=("vi", "en")), revision(2), outgoing,
        ORIGIN + draw(seconds) * S, tuple(draw(st.lists(claims(), max_size=3))),
    )  # fmt: skip


def uncompiled(inputs: Inputs, at_ns: int) -> Programme:
    """The answer from every window of the days around, with nothing left out."""
    switch_ns = inputs.takes_over_ns if inputs.outgoing is not None else 0
    bids = [_fallback(inputs)]
    languages = inputs.site.languages
    today = date(1970, 1, 1).toordinal() + at_ns // (86400 * S)
    for revision, from_ns, to_ns in ((inputs.outgoing, 0, switch_ns), (inputs.revision, switch_ns, FOREVER_NS)):
        for each in inputs.claims:
            bids += _claimed(each, inputs, revision, each.window(inputs.boot), (from_ns, to_ns))  # pyright: ignore
        bids += _filler(inputs, revision, from_ns, to_ns)
        if revision is None:
            continue
        plan = plan_of(revision, inputs.site, "main")
        for part, content, windows in (*plan._by_clock, *plan._by_sun):  # pyright: ignore[reportPrivateUsage]
            for day in range(today - DAYS_BACK, today + 4):
                span = windows.on(day)
                if span is None or max(span[0], from_ns) >= min(span[1], to_ns):
                    continue
                start_ns, stop = max(span[0], from_ns), Stop.ITEM if span[0] >= from_ns else Stop.NOW
                bids.append(
                    Bid(
                        f"daypart {part.id}", (Band.SCHEDULE, part.rank, span[0], part.id), Band.SCHEDULE, content,
                        revision, languages, loop_of(content, revision, languages), stop,
                        span[0], start_ns, min(span[1], to_ns), start_ns,
                    )
                )  # fmt: skip
    return next(_Timeline(inputs, at_ns + HORIZON_NS, bids, ()).answers(at_ns))


instants = seconds.map(lambda second: ORIGIN + second * S)


@settings(max_examples=80, deadline=None)
@given(many_inputs(), st.lists(instants, min_size=1, max_size=4), st.data())
def test_the_index_answers_as_all_windows_would(inputs: Inputs, asked: list[int], data: st.DataObject) -> None:
    for at_ns in asked:
        answer, wanted = resolve(inputs, at_ns), uncompiled(inputs, at_ns)
        assert (answer, answer.until_ns) == (wanted, wanted.until_ns)
        later = answer.until_ns + data.draw(st.sampled_from([-1, 0, 1, S]))
        assert resolve(inputs, later) == uncompiled(inputs, later)


# A crowd: everything starts, and much ends, within a minute and a half, where starts wait for one another.
SIX = int(datetime.fromisoformat("2026-03-28T06:00:00+07:00").timestamp())
close = st.integers(0, 18).map(
    lambda fives: (datetime.fromtimestamp(SIX, UTC) + timedelta(hours=7, seconds=5 * fives)).time()
)


@st.composite
def crowds(draw: st.DrawFn) -> Inputs:
    def daypart(name: str) -> Daypart:
        start, end = draw(close), draw(st.one_of(close, st.just(time(9))))
        return Daypart(name, draw(names), start, end if end != start else time(9), rank=draw(st.integers(0, 3)))

    parts = tuple(daypart(name) for name in "rstuvw"[: draw(st.integers(2, 6))])
    schedule = Schedule((), PLAYLISTS, parts, filler=draw(st.sampled_from(["", "many", "one"])))
    claim = draw(claims())
    start = (SIX + draw(st.integers(-30, 90))) * S
    claim = replace(claim, issued_ns=start, start_ns=start, expires_ns=start + draw(st.integers(1, 90)) * S)
    wanted = (claim,) if draw(st.booleans()) else ()
    return Inputs("main", Site(languages=("vi", "en")), Revision(1, ORIGIN, schedule, NOTICES), claims=wanted)


@settings(max_examples=250, deadline=None)
@given(crowds(), st.lists(st.integers(-10, 150), min_size=1, max_size=6))
def test_the_index_answers_as_all_windows_would_in_a_crowd(inputs: Inputs, asked: list[int]) -> None:
    for second in asked:
        answer, wanted = resolve(inputs, (SIX + second) * S), uncompiled(inputs, (SIX + second) * S)
        assert (answer, answer.until_ns) == (wanted, wanted.until_ns)


@settings(max_examples=15, deadline=None)
@given(many_inputs(), instants)
def test_programmes_are_the_answers_one_after_the_other(inputs: Inputs, start_ns: int) -> None:
    at_ns = start_ns
    for number, (from_ns, programme) in enumerate(programmes(inputs, start_ns, start_ns + 8 * 3600 * S)):
        assert from_ns == at_ns
        if number % 7 == 0:
            wanted = resolve(inputs, at_ns)
            assert (programme, programme.until_ns) == (wanted, wanted.until_ns)
        at_ns = programme.until_ns
    assert at_ns >= start_ns + 8 * 3600 * S
