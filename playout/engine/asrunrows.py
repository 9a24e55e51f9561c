"""From what the player shows to the rows of the as-run journal: when a row begins, what it says, how it ends.

Nothing here waits, reads a clock or touches a file.
"""

import json
from dataclasses import dataclass, replace

from playout.clock import SECOND_NS
from playout.model.claim import ContentKind
from playout.model.frame import Size
from playout.model.inputs import Inputs
from playout.model.programme import Because, Overlay, Programme
from playout.model.snapshot import Health, LinkState, Snapshot
from playout.render.compose import Compositor
from playout.render.digest import content_digest, moves_of, row_digest
from playout.render.scene import Scene
from playout.store.asrun import Answer, AsRun, Ended, Moment

__all__ = ["UNRECORDED", "Rows", "Shown"]

UNRECORDED = "unrecorded"
"""Kind of a row that stands for those that could not be kept."""
_STEP_NS = SECOND_NS // 20
"""A clock that is off by more than this from where it would have gone was set."""
_NAMED = 20
"""Claims that are named in a list."""
_LONGEST = 1000
"""Characters of what is said in words."""


@dataclass(frozen=True, slots=True, eq=False)
class Shown:
    """A programme that came on air with the frame `tick`. Without `scene` its picture cannot be told any more."""

    programme: Programme
    inputs: Inputs
    scene: Scene | None
    tick: int
    due_ns: int
    """UTC instant the first frame is drawn for."""
    deadline_ns: int
    """The same on the monotonic clock."""
    health: Health
    """What the driver had done just then."""


class Rows:
    """The row that is open, and all that are not in the file as they are here. One thread uses it.

    Rows are numbered from 1 here; `most` is how many of them are kept.
    """

    def __init__(self, size: Size, most: int = 5000) -> None:
        self._size, self._most = size, most
        self._compositor: Compositor | None = None
        self._row: AsRun | None = None
        self._shown: Shown | None = None
        self._content = ""
        self._health = Health()
        self._sent_before = 0
        self._proof_tick: int | None = None
        self._newest = self._written = 0
        self._missing: dict[int, int] = {}
        self.unsaved: dict[int, AsRun] = {}
        """By their numbers, in order."""
        self._unproved: dict[int, AsRun] = {}
        self.lost = 0
        """Changes that no row tells of."""

    @property
    def row(self) -> AsRun | None:
        """The open row."""
        return self._row

    def shown(self, shown: Shown, start: Moment) -> None:
        """Something came on air: a row begins, unless nothing about it is new."""
        if self._row is not None and self._row.answer == Answer.WAITING and self._is_sent(shown.health):
            self._renew(self._seen(self._row))
        row, before = self._row, self._shown
        content = "" if shown.scene is None else _digest(shown.scene)
        made = self._make(shown, content, start)
        if row is not None and before is not None:
            stepped = abs(_on_its_clock(row, start) - start.utc_ns) > _STEP_NS
            same_scene = before.scene is shown.scene or content == self._content != ""
            same = before.programme == shown.programme and same_scene
            if same and not stepped and _circumstances(made) == _circumstances(row):
                self._shown = shown
                return
            if same_scene and row.answer == Answer.SENT and made.answer == Answer.WAITING:
                made = self._seen(made)
        if made.answer == Answer.WAITING:
            self._proof_tick = start.tick
        self._shown, self._content = shown, content
        self._begin(made, start)

    def looked(self, snapshot: Snapshot, at: Moment) -> None:
        """The driver's answer, as it was at an instant."""
        health, before, row = snapshot.health, self._health, self._row
        self._health = health
        if row is None or self._shown is None or at.tick < row.start_tick:
            return
        is_down, was_down = health.state is LinkState.DOWN, row.answer == Answer.DOWN
        if is_down != was_down:
            self._sent_before, self._proof_tick = before.frames_sent, None
            self._begin(self._make(self._shown, self._content, at), at)
        elif row.answer == Answer.WAITING and self._is_sent(health):
            self._renew(self._seen(row))

    def dropped(self, count: int, first: Moment) -> None:
        """So many changes came too fast to be kept, the first of them at that instant."""
        self.lost += count
        self._shown = None
        self._begin(_unrecorded(first, count), first)
        self._missing[self._newest] = count

    def stopped(self, at: Moment) -> None:
        """The player was told to stop."""
        if self._row is not None:
            self._renew(_ended(self._row, at, Ended.STOP))
            self._row = None

    def saved(self) -> None:
        """What was unsaved is in the file."""
        self._written = max(self.unsaved, default=self._written)
        self._unproved |= self.unsaved
        self.unsaved.clear()
        self._missing.clear()

    def proved(self) -> None:
        """What was saved can be read again."""
        self._unproved.clear()

    def forgotten(self) -> None:
        """The file was lost; the open row, and what was saved since it could last be read, goes into the next one."""
        if self._row is not None:
            self._unproved.setdefault(self._row.id, self._row)
        self.unsaved = dict(sorted((self._unproved | self.unsaved).items()))
        self._unproved.clear()

    def _make(self, shown: Shown, content: str, start: Moment) -> AsRun:
        """The row of what is shown, as it begins at an instant."""
        programme, scene, inputs = shown.programme, shown.scene, shown.inputs
        page, crawl = programme.page, programme.crawl
        is_down = self._health.state is LinkState.DOWN
        return AsRun(
            id=0, run=0, start_ns=start.utc_ns, start_boot_ns=start.boot_ns, start_tick=start.tick,
            end_ns=None, end_boot_ns=None, end_tick=None, ended=Ended.NOT_YET,
            generation=inputs.generation, revision=_revision(inputs, start.utc_ns),
            band=int(programme.band), claim=programme.claim,
            because=_because(programme.because),
            kind=programme.kind.value, notice=page.notice.id if page else "", title=page.notice.title if page else "",
            language=page.language if page else "", page=page.number if page else 0, pages=page.count if page else 0,
            layout=programme.layout.id, playlist=page.playlist if page else "",
            crawl=crawl.notice.id if crawl else "", crawl_languages="+".join(crawl.languages) if crawl else "",
            overlays=json.dumps([_overlay(each) for each in programme.overlays], ensure_ascii=False),
            remarks="; ".join(scene.findings)[:_LONGEST] if scene else "",
            sha256=self._picture(scene, content, start.utc_ns) if scene else "",
            moves=moves_of(scene) if scene else "",
            answer=Answer.DOWN if is_down else Answer.WAITING,
            detail=self._health.detail[:_LONGEST] if is_down else "",
            unseen="link down" if is_down else "not sent",
            clock_trusted=inputs.trust.trusted, clock_source=inputs.trust.source,
        )  # fmt: skip

    def _picture(self, scene: Scene, content: str, at_ns: int) -> str:
        if self._compositor is None:
            self._compositor = Compositor(self._size)
        try:
            return row_digest(scene, content, at_ns, self._compositor)
        except Exception:  # noqa: BLE001 -- the channel has met it too, and shows something else in a moment
            self._compositor = None
            return ""

    def _seen(self, row: AsRun) -> AsRun:
        """The row once its picture is on the wire."""
        is_blank = row.kind == ContentKind.BLANK
        return replace(row, answer=Answer.SENT, unseen="blank" if is_blank else "")

    def _is_sent(self, health: Health) -> bool:
        """Whether the driver has taken a frame of this row."""
        if health.state is not LinkState.UP:
            return False
        if self._proof_tick is not None:
            return health.last_sent_tick >= self._proof_tick
        return health.frames_sent > self._sent_before

    def _begin(self, row: AsRun, start: Moment) -> None:
        if self._row is not None:
            stepped = abs(_on_its_clock(self._row, start) - start.utc_ns) > _STEP_NS
            self._renew(_ended(self._row, start, Ended.STEP if stepped else Ended.NEXT))
        self._newest += 1
        self._renew(replace(row, id=self._newest))
        self._bound()

    def _renew(self, row: AsRun) -> None:
        self._row = self.unsaved[row.id] = row

    def _bound(self) -> None:
        """Lets one row stand for the oldest two where there are too many: what is newest is worth most."""
        while len(self.unsaved) > self._most:
            first, second = [number for number in self.unsaved if number > self._written][:2]
            one, other = self.unsaved[first], self.unsaved.pop(second)
            counts = [self._missing.pop(number, 0) for number in (first, second)]
            self.lost += counts.count(0)
            count = sum(max(1, each) for each in counts)
            self._missing[first] = count
            start = Moment(one.start_ns, one.start_boot_ns, one.start_tick)
            self.unsaved[first] = replace(
                _unrecorded(start, count), id=first, ended=other.ended,
                end_ns=other.end_ns, end_boot_ns=other.end_boot_ns, end_tick=other.end_tick,
            )  # fmt: skip


def _digest(scene: Scene) -> str:
    try:
        return content_digest(scene)
    except Exception:  # noqa: BLE001 -- a row without it is better than none
        return ""


def _circumstances(row: AsRun) -> tuple[object, ...]:
    """What makes a new row although the picture stays."""
    return row.revision, row.clock_trusted, row.clock_source, row.answer == Answer.DOWN


def _because(because: Because) -> str:
    told: dict[str, object] = {
        "losers": because.losers[:_NAMED], "rule": because.rule, "sharers": because.sharers[:_NAMED],
        "overlays": because.overlays[:_NAMED], "warnings": because.warnings[:_NAMED],
    }  # fmt: skip
    return json.dumps(told, ensure_ascii=False)


def _overlay(overlay: Overlay) -> dict[str, object]:
    page, crawl = overlay.page, overlay.crawl
    return {
        "claim": overlay.claim, "band": int(overlay.band), "zone": overlay.zone.id,
        "notice": page.notice.id if page else "", "title": page.notice.title if page else "",
        "language": page.language if page else "", "page": page.number if page else 0,
        "pages": page.count if page else 0, "crawl": crawl.notice.id if crawl else "",
        "crawl_languages": "+".join(crawl.languages) if crawl else "",
    }  # fmt: skip


def _revision(inputs: Inputs, at_ns: int) -> int:
    """Number of the revision that decides at an instant."""
    waits = inputs.outgoing is not None and at_ns < inputs.takes_over_ns
    revision = inputs.outgoing if waits else inputs.revision
    return revision.number if revision is not None else 0


def _on_its_clock(row: AsRun, at: Moment) -> int:
    """What the clock by which a row began would say at an instant."""
    return row.start_ns + at.boot_ns - row.start_boot_ns


def _ended(row: AsRun, at: Moment, how: Ended) -> AsRun:
    return replace(
        row, ended=how, end_ns=at.utc_ns if how is Ended.NEXT else max(row.start_ns, _on_its_clock(row, at)),
        end_boot_ns=max(row.start_boot_ns, at.boot_ns), end_tick=max(row.start_tick, at.tick),
    )  # fmt: skip


def _unrecorded(start: Moment, count: int) -> AsRun:
    return AsRun(
        id=0, run=0, start_ns=start.utc_ns, start_boot_ns=start.boot_ns, start_tick=start.tick,
        end_ns=None, end_boot_ns=None, end_tick=None, ended=Ended.NOT_YET, generation=0, revision=0, band=0, claim="",
        because='{"losers": [], "rule": ""}', kind=UNRECORDED, notice="", title="", language="", page=0, pages=0,
        layout="", playlist="", crawl="", crawl_languages="", overlays="[]",
        remarks=f"{count} changes could not be kept", sha256="", moves="", answer=Answer.UNKNOWN, detail="",
        unseen="unknown", clock_trusted=False, clock_source="",
    )  # fmt: skip
