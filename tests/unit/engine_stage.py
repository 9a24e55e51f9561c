"""Fakes for the parts of a player: a clock that runs by itself, sinks and builders that fail on demand."""

from playout.model.claim import Band, Claim, Content, ContentKind
from playout.model.frame import Size
from playout.model.notice import Kind, Notice, Text
from playout.model.panel import Site
from playout.model.schedule import Item, Playlist, Revision, Schedule

SECOND_NS = 10**9
NOW_NS = 1_800_000_000 * SECOND_NS
SIZE = Size(96, 48)
SITE = Site(languages=("en",))
NOTICES = {name: Notice(name, Kind.TEXT, "N", "test", texts=(Text("en", "Words"),)) for name in ("a", "b")}
REVISION = Revision(1, 1, Schedule(playlists=(Playlist("p", items=(Item("a"), Item("b"))),), filler="p"), NOTICES)
PANIC = Claim(
    "local panic main", ("main",), Band.SAFETY, Content(ContentKind.BLANK), NOW_NS, 0, sticky=True, source="local"
)


class RunningClock:
    """A clock on which a second passes whenever somebody looks at the monotonic one: nobody ever waits for it."""

    def __init__(self) -> None:
        self.passed = 0
        self.now_ns = NOW_NS

    def utc_ns(self) -> int:
        return self.now_ns

    def monotonic_ns(self) -> int:
        self.passed += 1
        return self.passed * SECOND_NS

    def boottime_ns(self) -> int:
        return 5000 * SECOND_NS

    def boot_id(self) -> str:
        return "boot"
