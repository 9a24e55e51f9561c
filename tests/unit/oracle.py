"""What is on air, said a second time and slowly: the written rules, one instant at a time, no index, no look ahead.

It takes nothing from playout but the plain values, and is there to be compared with `resolve`. Everything is worked out
from nothing at each instant; walking over pages one by one stands in for arithmetic.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from playout.model.claim import Claim, Content, ContentKind, Mode, Stop
from playout.model.inputs import Inputs
from playout.model.notice import Kind
from playout.model.power import PowerMode
from playout.model.recovery import AfterLoss, Show
from playout.model.schedule import Revision, ZoneKind

S = 10**9
NEVER = 10**19
Page = tuple[str, str, int, int]
"""Notice, language, how long it stands, how long it takes to read (ns)."""


@dataclass(eq=False)
class Candidate:
    """Somebody who wants the screen."""

    id: str
    band: int
    rank: int
    issued: int
    kind: ContentKind
    items: list[list[Page]]
    thrifty: list[list[Page]]
    line: str
    phase: int
    start: int
    end: int
    stop: Stop
    mode: Mode = Mode.REPLACE
    zone: str = ""
    essential: bool = False
    zones: frozenset[str] = frozenset()
    takes: int = -1

    @property
    def key(self) -> tuple[int, int, int, str]:
        return (self.band, self.rank, self.issued, self.id)


@dataclass(frozen=True)
class Answer:
    """What is on air. Overlays: claim, zone, notice, language (empty for a moving line)."""

    claim: str
    kind: ContentKind
    notice: str = ""
    language: str = ""
    sharers: frozenset[str] = frozenset()
    overlays: tuple[tuple[str, str, str, str], ...] = ()
    page_ends: int = field(default=NEVER, compare=False)
    item_ends: int = field(default=NEVER, compare=False)


class Oracle:
    """The answers for one value of the inputs."""

    def __init__(self, inputs: Inputs) -> None:
        self.inputs = inputs

    def at(self, t: int) -> Answer:
        """What is on air at an instant (UTC ns)."""
        everybody = list(_candidates(self.inputs, t))
        everybody.sort(key=lambda each: (each.start, each.key))
        for number, newcomer in enumerate(everybody):
            newcomer.takes = self._takes(newcomer, everybody[:number])
        return self._answer(everybody, t)

    def _answer(self, everybody: list[Candidate], t: int) -> Answer:
        power = _power(self.inputs, t)
        present = [each for each in everybody if each.takes <= t < each.end and _may_show(each, power)]
        group, phase = _group([each for each in present if each.mode is not Mode.OVERLAY], power)
        answer, owner = _turn(group, phase, power, t)
        above: list[tuple[tuple[int, int, int, str], tuple[str, str, str, str]]] = []
        if owner.band < 5:
            lowest = 5 if owner.kind is ContentKind.TESTCARD else owner.band
            overlays = [each for each in present if each.mode is Mode.OVERLAY and each.band >= lowest]
            overlays = [each for each in overlays if each.zone in each.zones and (each.items or each.line)]
            for zone in {each.zone for each in overlays}:
                best = max((each for each in overlays if each.zone == zone), key=lambda each: each.key)
                if best.line:
                    above.append((best.key, (best.id, zone, best.line, "")))
                else:
                    shown, _ = _turn([best], best.phase, power, t)
                    above.append((best.key, (best.id, zone, shown.notice, shown.language)))
            if power is PowerMode.LOW:
                above = sorted(above)[-1:]
        overlay_words = tuple(words for _, words in sorted(above))
        return Answer(
            answer.claim, answer.kind, answer.notice, answer.language, answer.sharers, overlay_words,
            answer.page_ends, answer.item_ends,
        )  # fmt: skip

    def _takes(self, newcomer: Candidate, earlier: list[Candidate]) -> int:
        """The newcomer waits for what was there a moment ago and would still be there now, but not too long."""
        start = newcomer.start
        if newcomer.stop is Stop.NOW:
            return start
        before = self._who(earlier, start - 1)
        lesser = [each for each in earlier if each.key < newcomer.key or _beside(newcomer, each)]
        after = self._who(lesser, start)
        if not before or before != after:
            return start
        stays = self._answer_of(lesser, start)
        last = min(each.end for each in earlier if each in after)
        if newcomer.stop is Stop.ITEM and min(stays.item_ends, last) - start <= 30 * S and stays.item_ends < NEVER:
            return min(stays.item_ends, last, newcomer.end)
        if min(stays.page_ends, last) - start <= 10 * S and stays.page_ends < NEVER:
            return min(stays.page_ends, last, newcomer.end)
        return start

    def _who(self, everybody: list[Candidate], t: int) -> set[Candidate]:
        power = _power(self.inputs, t)
        present = [each for each in everybody if each.takes <= t < each.end and _may_show(each, power)]
        return set(_group([each for each in present if each.mode is not Mode.OVERLAY], power)[0])

    def _answer_of(self, everybody: list[Candidate], t: int) -> Answer:
        power = _power(self.inputs, t)
        present = [each for each in everybody if each.takes <= t < each.end and _may_show(each, power)]
        group, phase = _group([each for each in present if each.mode is not Mode.OVERLAY], power)
        return _turn(group, phase, power, t)[0]


def _beside(newcomer: Candidate, other: Candidate) -> bool:
    if newcomer.mode is Mode.OVERLAY:
        return True
    equals = (newcomer.band, newcomer.rank) == (other.band, other.rank)
    return equals and (newcomer.band == 5 or newcomer.mode is Mode.SHARE or other.mode is Mode.SHARE)


def _power(inputs: Inputs, t: int) -> PowerMode:
    power = inputs.power
    if power.mode is not PowerMode.UNKNOWN:
        return power.mode
    known = power.before is not None and power.before is not PowerMode.UNKNOWN
    silent_for = (t - inputs.boot.offset_ns) - power.since_boot_ns
    return power.before if known and power.before is not None and silent_for < 300 * S else PowerMode.UPS


def _may_show(each: Candidate, power: PowerMode) -> bool:
    has_something = (
        bool(each.items) or each.kind in (ContentKind.SLATE, ContentKind.BLANK, ContentKind.TESTCARD) or bool(each.line)
    )
    if not has_something:
        return False
    if power is PowerMode.SHUTDOWN:
        return each.id == "power"
    if power is PowerMode.LOW:
        if each.mode is Mode.OVERLAY and each.line:
            return False
        return each.id == "power" or each.band >= 5
    if power is PowerMode.UPS and each.band in (1, 2, 3, 4):
        if each.line:
            return False
        return each.essential or bool(each.thrifty) or each.kind is ContentKind.BLANK
    return True


def _items_now(each: Candidate, power: PowerMode) -> list[list[Page]]:
    saving = power is PowerMode.UPS and each.band in (1, 2, 3, 4) and not each.essential
    return each.thrifty if saving else each.items


def _group(present: list[Candidate], power: PowerMode) -> tuple[list[Candidate], int]:
    """Those who share the screen, in the order in which they come, and since when they do."""
    if not present:
        return [], 0
    top = max(present, key=lambda each: each.key)
    if not top.items or power is PowerMode.LOW:
        return [top], top.phase
    equals = [each for each in present if (each.band, each.rank) == (top.band, top.rank) and each.items]
    if top.band == 5:
        group = equals
    else:
        owners = [each for each in equals if each.mode is Mode.REPLACE]
        group = [each for each in equals if each.mode is Mode.SHARE]
        if owners:
            group.append(max(owners, key=lambda each: each.key))
    if len(group) == 1:
        return group, group[0].phase
    since = {each.id: each.phase if each.phase < each.start else each.takes for each in group}
    group.sort(key=lambda each: (since[each.id], each.key), reverse=True)
    return group, max(since.values())


def _turn(group: list[Candidate], phase: int, power: PowerMode, t: int) -> tuple[Answer, Candidate]:
    """Whose turn it is at t, found by walking page after page."""
    first = group[0]
    if len(group) == 1:
        items = _items_now(first, power)
        if not items:
            return Answer(first.id, first.kind), first
        return _walk(first, items, t), first
    pages = [[page for item in _items_now(each, power) for page in item] for each in group]
    wanted = [max(page[2] for page in each) for each in pages]
    least = [max(min(page[2], page[3]) for page in each) for each in pages]
    slots = list(wanted)
    if first.band == 5 and sum(wanted) > 20 * S:
        if sum(least) >= 20 * S:
            slots = least
        else:
            slots = [a + (b - a) * (20 * S - sum(least)) // (sum(wanted) - sum(least))
                     for a, b in zip(least, wanted, strict=True)]  # fmt: skip
    round_length = sum(slots)
    rounds = (t - phase) // round_length
    now, turn = phase + rounds * round_length, 0
    while now + slots[turn] <= t:
        now, turn = now + slots[turn], turn + 1
    number = rounds % len(pages[turn])
    left_of_item = 0
    for item in _items_now(group[turn], power):
        if number < len(item):
            left_of_item = len(item) - number - 1
            break
        number -= len(item)
    notice, language, _, _ = pages[turn][rounds % len(pages[turn])]
    ends = now + slots[turn]
    others = frozenset(each.id for each in group if each is not group[turn])
    return (
        Answer(
            group[turn].id, group[turn].kind, notice, language, others, (), ends, ends + left_of_item * round_length
        ),
        first,
    )


def _walk(who: Candidate, items: list[list[Page]], t: int) -> Answer:
    total = sum(page[2] for item in items for page in item)
    now = who.phase + (t - who.phase) // total * total
    only = sum(len(item) for item in items) == 1
    for item in items:
        item_ends = now + sum(page[2] for page in item)
        for notice, language, dwell, _ in item:
            if now <= t < now + dwell:
                ends = (NEVER, NEVER) if only else (now + dwell, item_ends)
                return Answer(who.id, who.kind, notice, language, frozenset(), (), *ends)
            now += dwell
    raise AssertionError("t lies in the loop")


def _candidates(inputs: Inputs, t: int) -> Iterator[Candidate]:
    """Everybody who wants the screen around t."""
    site = inputs.site.languages
    yield Candidate("fallback", 0, 0, 0, ContentKind.SLATE, [], [], "", 0, 0, NEVER, Stop.NOW)
    silent_until = NEVER
    mode = inputs.power.mode
    if mode is PowerMode.UNKNOWN and inputs.power.before is not None:
        silent_until = inputs.power.since_boot_ns + 300 * S + inputs.boot.offset_ns
        mode = inputs.power.before
    if mode in (PowerMode.LOW, PowerMode.SHUTDOWN):
        yield Candidate("power", 0, 1, 0, ContentKind.BLANK, [], [], "", 0, 0, silent_until, Stop.NOW)
    switch = inputs.takes_over_ns if inputs.outgoing is not None else 0
    for revision, since, until in ((inputs.outgoing, 0, switch), (inputs.revision, switch, NEVER)):
        if revision is not None:
            yield from _schedule(inputs, revision, since, until, t)
        for claim in inputs.claims:
            if claim.screens and inputs.screen not in claim.screens:
                continue
            start, end, issued = _when(claim, inputs)
            if max(start, since) < min(end, until):
                wanted = tuple(each for each in site if each in claim.languages) or site
                yield Candidate(
                    claim.id, claim.band, claim.rank, issued, claim.content.kind,
                    _items(claim.content, revision, wanted, False), _items(claim.content, revision, wanted, True),
                    _line(claim, revision, wanted), start, max(start, since), min(end, until),
                    claim.stop if start >= since else Stop.NOW, claim.mode, claim.zone, claim.essential,
                    _overlay_zones(revision),
                )  # fmt: skip
        for name, content, start, end in _after_losses(inputs):
            if max(start, since) < min(end, until):
                yield Candidate(
                    name, 4, -1, start, content.kind, _items(content, revision, site, False),
                    _items(content, revision, site, True), "", start, max(start, since), min(end, until), Stop.NOW,
                    essential=True,
                )  # fmt: skip


def _schedule(inputs: Inputs, revision: Revision, since: int, until: int, t: int) -> Iterator[Candidate]:
    schedule, site = revision.schedule, inputs.site.languages
    if schedule.filler and since < until:
        content = Content(ContentKind.PLAYLIST, schedule.filler)
        yield Candidate(
            "filler", 1, 0, revision.issued_ns, content.kind, _items(content, revision, site, False),
            _items(content, revision, site, True), "", revision.issued_ns, since, until, Stop.NOW,
        )  # fmt: skip
    if not inputs.trust.trusted:
        return
    zone = ZoneInfo(inputs.site.timezone)
    today = datetime.fromtimestamp(t // S, UTC).astimezone(zone).date()
    for daypart in schedule.dayparts:
        if daypart.screens and inputs.screen not in daypart.screens:
            continue
        content = Content(ContentKind.PLAYLIST, daypart.playlist)
        for day in (today + timedelta(days=n) for n in (-2, -1, 0, 1)):
            if day.weekday() not in daypart.days:
                continue
            last = day if daypart.end > daypart.start else day + timedelta(days=1)
            start = int(datetime.combine(day, daypart.start, zone).timestamp()) * S
            end = int(datetime.combine(last, daypart.end, zone).timestamp()) * S
            if max(start, since) < min(end, until):
                yield Candidate(
                    f"daypart {daypart.id}", 2, daypart.rank, start, content.kind,
                    _items(content, revision, site, False), _items(content, revision, site, True), "", start,
                    max(start, since), min(end, until), Stop.ITEM if start >= since else Stop.NOW,
                )  # fmt: skip


def _when(claim: Claim, inputs: Inputs) -> tuple[int, int, int]:
    """From when to when a claim counts on the wall clock, and its age; nothing (start = end) where it does not."""
    boot, end = inputs.boot, NEVER if claim.expires_ns is None else claim.expires_ns
    start, issued, ours = claim.start_ns, claim.issued_ns, claim.boot_id == boot.id
    if boot.id and ours:
        start = _same(start, claim.boot_start_ns, boot.offset_ns)
        issued = _same(issued, claim.boot_issued_ns, boot.offset_ns)
        end = end if claim.expires_ns is None else _same(end, claim.boot_expires_ns, boot.offset_ns)
    panic = claim.band == 6 and claim.content.kind is ContentKind.BLANK and claim.sticky
    counts = True
    if boot.id and not ours:
        counts = inputs.trust.trusted and (claim.sticky or _unchanged(inputs) or claim.start_ns >= boot.offset_ns)
    elif not inputs.trust.trusted:
        hand_made = claim.source in ("api", "console", "contact", "local")
        at_once = claim.start_ns <= claim.issued_ns
        counts = claim.band == 6 or claim.expires_ns is None or (hand_made and (at_once or claim.band == 5))
    if not (panic or counts):
        return start, start, issued
    lost = _link_lost(inputs)
    if claim.band in (3, 4) and not claim.sticky:
        end = max(start, min(end, lost))
    return start, end, issued


def _same(utc: int, boottime: int | None, offset: int) -> int:
    if boottime is None or abs(boottime + offset - utc) < 10_000_000:
        return utc
    return boottime + offset


def _power_choice(inputs: Inputs) -> AfterLoss:
    lost, policy = inputs.power_loss, inputs.recovery
    if lost is not None and lost.lasted_ns is not None and lost.lasted_ns <= policy.short_loss_s * S:
        return policy.after_short_loss
    return policy.after_long_loss


def _unchanged(inputs: Inputs) -> bool:
    return _power_choice(inputs).show is Show.UNCHANGED


def _link_lost(inputs: Inputs) -> int:
    if inputs.link_lost_boot_ns is None or inputs.recovery.after_link_loss.show is Show.UNCHANGED:
        return NEVER
    return inputs.link_lost_boot_ns + inputs.boot.offset_ns + int(inputs.recovery.link_loss_s * S)


def _after_losses(inputs: Inputs) -> Iterator[tuple[str, Content, int, int]]:
    kinds = {Show.BLANK: ContentKind.BLANK, Show.NOTICE: ContentKind.NOTICE, Show.PLAYLIST: ContentKind.PLAYLIST}
    choice = _power_choice(inputs)
    if inputs.power_loss is not None and choice.show in kinds:
        back = inputs.power_loss.back_boot_ns + inputs.boot.offset_ns
        yield "power recovery", Content(kinds[choice.show], choice.ref), back, back + int(inputs.recovery.stands_s * S)
    choice = inputs.recovery.after_link_loss
    if inputs.link_lost_boot_ns is not None and choice.show in kinds:
        yield "link loss", Content(kinds[choice.show], choice.ref), _link_lost(inputs), NEVER


def _items(content: Content, revision: Revision | None, wanted: tuple[str, ...], thrifty: bool) -> list[list[Page]]:
    """Pages item by item; with `thrifty` those of essential notices only."""
    if revision is None or content.kind not in (ContentKind.NOTICE, ContentKind.PLAYLIST):
        return []
    names: list[tuple[str, float | None]] = [(content.ref, None)]
    if content.kind is ContentKind.PLAYLIST:
        names = [
            (item.notice, item.dwell_s)
            for playlist in revision.schedule.playlists
            if playlist.id == content.ref
            for item in playlist.items
        ]
    items: list[list[Page]] = []
    for name, dwell in names:
        notice = revision.notices.get(name)
        if notice is None or notice.kind is not Kind.TEXT or (thrifty and not notice.essential):
            continue
        stands = round((dwell or notice.dwell_s or 8) * S)
        reading = stands if notice.reading_s is None else round(notice.reading_s * S)
        written = {text.language for text in notice.texts}
        pages = [(name, language, stands, reading) for language in wanted if language in written]
        if pages:
            items.append(pages)
    return items


def _line(claim: Claim, revision: Revision | None, wanted: tuple[str, ...]) -> str:
    notice = revision.notices.get(claim.content.ref) if revision is not None else None
    if claim.mode is not Mode.OVERLAY or notice is None or notice.kind is not Kind.CRAWL:
        return ""
    return notice.id if any(text.language in wanted for text in notice.texts) else ""


def _overlay_zones(revision: Revision | None) -> frozenset[str]:
    layouts = revision.schedule.layouts if revision is not None else ()
    return frozenset(zone.id for layout in layouts for zone in layout.zones if zone.kind is ZoneKind.OVERLAY)
