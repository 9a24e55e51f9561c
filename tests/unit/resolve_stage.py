"""Content and random inputs for tests of what is on air."""

from dataclasses import replace
from datetime import UTC, datetime, time

from hypothesis import strategies as st

from playout.model.boot import Boot
from playout.model.claim import Band, Claim, Content, ContentKind, Mode, Stop
from playout.model.inputs import Inputs
from playout.model.notice import Kind, Notice, Text
from playout.model.panel import Site
from playout.model.power import PowerMode, PowerState
from playout.model.recovery import AfterLoss, PowerLoss, Recovery, Show
from playout.model.schedule import Daypart, Item, Layout, Playlist, Revision, Schedule, Weekday, Zone, ZoneKind
from playout.model.trust import ClockTrust

S = 10**9
LANGUAGES = ("vi", "en", "km")
SITE = Site(languages=LANGUAGES)


def at(text: str) -> int:
    """UTC ns of an ISO 8601 instant."""
    return int(datetime.fromisoformat(text).astimezone(UTC).timestamp()) * S


def notice(
    name: str,
    dwell_s: float = 10,
    languages: tuple[str, ...] = LANGUAGES,
    *,
    essential: bool = False,
    reading_s: float | None = None,
) -> Notice:
    """A notice of words in these languages."""
    texts = tuple(Text(language, f"{name} {language}") for language in languages)
    return Notice(name, Kind.TEXT, name, "test", dwell_s=dwell_s, texts=texts, essential=essential, reading_s=reading_s)


CRAWL = Notice("line", Kind.CRAWL, "line", "test", texts=(Text("vi", "chạy"), Text("en", "crawls")))
NOTICES = {
    each.id: each
    for each in (
        notice("a"),
        notice("b", 5, essential=True),
        notice("c", 7, ("vi",)),
        notice("fire", 9, reading_s=4),
        notice("flood", 12, ("vi", "en"), reading_s=8.5, essential=True),
        notice("storm", 30, ("km", "vi"), reading_s=7),
        CRAWL,
    )
}
SPLIT = Layout("split", (Zone(ZoneKind.MAIN, height=0.9), Zone(ZoneKind.CRAWL, y=0.9, height=0.1)))
STRIPS = Layout(
    "strips",
    (
        Zone(ZoneKind.MAIN),
        Zone(ZoneKind.OVERLAY, "top", height=0.2),
        Zone(ZoneKind.OVERLAY, "bottom", y=0.8, height=0.2),
    ),
)
SCHEDULE = Schedule(
    layouts=(SPLIT, STRIPS),
    playlists=(
        Playlist("day", items=(Item("a"), Item("b"))),
        Playlist("night", items=(Item("c"),)),
        Playlist("filler", items=(Item("b"),)),
        Playlist("alarms", items=(Item("fire"), Item("flood", 6))),
    ),
    dayparts=(
        Daypart("day", "day", start=time(6), end=time(18), layout="split", crawl="line"),
        Daypart("night", "night", start=time(22), end=time(5)),
    ),
    filler="filler",
)
REVISION = Revision(1, at("2026-01-01T00:00:00+07:00"), SCHEDULE, NOTICES)
INPUTS = Inputs("main", SITE, REVISION)


def claim(name: str, start: int, end: int | None, band: Band = Band.OPERATOR, **rest: object) -> Claim:
    """A claim that shows the notice c at once."""
    fields = {"content": Content(ContentKind.NOTICE, "c"), "stop": Stop.NOW, "issued_ns": start, **rest}
    return Claim(id=name, screens=(), band=band, start_ns=start, expires_ns=end, **fields)  # pyright: ignore


# Random inputs. Dayparts are at least a minute long, as schedule files must have them.
ORIGIN = at("2026-03-27T00:00:00+00:00")
"""Two days before the clocks change in Paris."""
BOOTS = (Boot(), Boot("now", ORIGIN - 5000 * S), Boot("now", ORIGIN + 1800 * S))
SOURCES = ("api", "local", "feed")
minutes = st.builds(time, st.integers(0, 23), st.sampled_from([0, 1, 30, 59]))
references = st.sampled_from(["day", "night", "filler", "alarms", "none"])
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
near = st.integers(0, 240)
contents = st.sampled_from(
    [Content(ContentKind.NOTICE, name) for name in (*NOTICES, "gone")]
    + [Content(ContentKind.PLAYLIST, name) for name in ("day", "night", "alarms", "none")]
    + [Content(ContentKind.SLATE), Content(ContentKind.BLANK), Content(ContentKind.TESTCARD, "bars")]
)
bands = st.sampled_from([Band.NOTICE, Band.OPERATOR, Band.OPERATOR, Band.EMERGENCY, Band.EMERGENCY, Band.SAFETY])
choices = st.sampled_from(
    [AfterLoss(show) for show in (Show.SCHEDULE, Show.UNCHANGED, Show.BLANK)]
    + [AfterLoss(Show.NOTICE, "a"), AfterLoss(Show.PLAYLIST, "day")]
)


@st.composite
def claims(draw: st.DrawFn, starts: st.SearchStrategy[int] = seconds) -> Claim:
    """Any claim that can be there, made in this boot or before it."""
    start = ORIGIN + draw(starts) * S
    end = draw(st.one_of(st.none(), st.integers(1, 600).map(lambda length: start + length * S)))
    made = claim(
        draw(st.uuids().map(str)), start, end, draw(bands),
        content=draw(contents), stop=draw(st.sampled_from(Stop)), rank=draw(st.sampled_from([0, 0, 0, 1])),
        issued_ns=start - draw(st.integers(0, 3)) * S, mode=draw(st.sampled_from(Mode)),
        zone=draw(st.sampled_from(["", "top", "bottom", "gone"])), essential=draw(st.booleans()),
        sticky=draw(st.booleans()), source=draw(st.sampled_from(SOURCES)),
        languages=draw(st.sampled_from([(), ("vi",), ("en", "km")])),
    )  # fmt: skip
    return draw(st.sampled_from([made, made.bound(Boot("before", ORIGIN)), *(made.bound(boot) for boot in BOOTS)]))


@st.composite
def powers(draw: st.DrawFn) -> PowerState:
    """Any power."""
    since = 5000 * S + draw(st.integers(-400, 400)) * S
    return PowerState(draw(st.sampled_from(PowerMode)), False, since, draw(st.sampled_from([None, *PowerMode])))


@st.composite
def random_inputs(draw: st.DrawFn, starts: st.SearchStrategy[int] = seconds, most: int = 4) -> Inputs:
    """Any inputs; mostly with mains and a good clock."""

    def revision(number: int) -> Revision:
        schedule = replace(
            SCHEDULE, dayparts=tuple(draw(dayparts)), filler=draw(st.sampled_from(["", "filler", "none"]))
        )
        return Revision(number, ORIGIN - draw(st.integers(0, 100)) * S, schedule, NOTICES)

    zone = draw(st.sampled_from(["Europe/Paris", "America/Santiago", "Asia/Ho_Chi_Minh"]))
    outgoing = revision(1) if draw(st.booleans()) else None
    usual = Inputs(
        "main", Site(timezone=zone, languages=LANGUAGES), revision(2), outgoing,
        ORIGIN + draw(starts) * S, tuple(draw(st.lists(claims(starts), max_size=most))),
        boot=draw(st.sampled_from(BOOTS)),
    )  # fmt: skip
    if draw(st.booleans()):
        return usual
    lost = st.one_of(st.none(), st.integers(0, 400).map(lambda length: length * S))
    loss = st.builds(PowerLoss, st.just(5000 * S), lost)
    return replace(
        usual,
        trust=draw(st.sampled_from([ClockTrust(), ClockTrust(False, "no time source")])),
        power=draw(powers()),
        recovery=Recovery(
            after_short_loss=draw(choices),
            after_long_loss=draw(choices),
            after_link_loss=draw(choices),
            link_loss_s=30,
        ),
        power_loss=draw(st.one_of(st.none(), loss)),
        link_lost_boot_ns=draw(st.one_of(st.none(), st.just(5000 * S))),
    )


instants = seconds.flatmap(lambda second: st.integers(0, S - 1).map(lambda ns: ORIGIN + second * S + ns))
close = st.integers(0, 300 * S).map(lambda ns: ORIGIN + ns)
