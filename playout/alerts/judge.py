"""Decides what becomes of an alert: on air, to the operators, an earlier one withdrawn, or nothing, and why.

A pure function of the alert, what its channel proves, the policy, what came before, the site, and the instant. What an
alert says in words never reaches the wall: a template of the site is filled from its typed fields.
"""

from collections.abc import Mapping, Set
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from playout.alerts.area import is_inside
from playout.alerts.message import (
    Alert,
    Certainty,
    Info,
    Key,
    MsgType,
    Named,
    Point,
    ResponseType,
    Scope,
    Severity,
    Status,
    Urgency,
)
from playout.alerts.policy import AlertField, AlertPolicy, Degree, Proof, Rule
from playout.model.panel import Site

__all__ = ["Air", "Ignore", "Known", "Origin", "Queue", "Record", "Verdict", "Withdraw", "judge", "remember"]

_FORGOTTEN_AFTER = timedelta(days=60)
"""Older messages are not remembered, and therefore not taken either."""
_MAX_RECORDS = 10_000
_DAY = timedelta(hours=24)
_URGENCY, _SEVERITY, _CERTAINTY = tuple(Urgency), tuple(Severity), tuple(Certainty)


@dataclass(frozen=True, slots=True)
class Origin:
    """Who sent a message, as the channel it came by has proved."""

    source: str
    proof: Proof


@dataclass(frozen=True, slots=True)
class Record:
    """A message that came before. `source` is the proved one; empty: none was proved."""

    key: Key
    source: str
    msg_type: MsgType
    references: tuple[Key, ...] = ()


@dataclass(frozen=True, slots=True)
class Known:
    """The messages that came before, of status Actual."""

    records: frozenset[Record] = frozenset()


@dataclass(frozen=True, slots=True)
class Air:
    """Shows the template, filled with `values` by slot, from `starts` to `ends` (UTC), in the place of `replaces`."""

    template: str
    values: Mapping[str, str]
    starts: datetime
    ends: datetime
    severity: Severity
    why: str
    replaces: tuple[Key, ...] = ()
    remarks: tuple[str, ...] = ()
    """What else the message says that does not air."""


@dataclass(frozen=True, slots=True)
class Queue:
    """Operators decide. What is on air stays; `replaces` are the earlier alerts that the message means to end."""

    why: tuple[str, ...]
    replaces: tuple[Key, ...] = ()


@dataclass(frozen=True, slots=True)
class Withdraw:
    """These earlier alerts end; those that are still to come will not air."""

    alerts: tuple[Key, ...]
    why: str


@dataclass(frozen=True, slots=True)
class Ignore:
    """Nothing is done."""

    why: str


Verdict = Air | Queue | Withdraw | Ignore


@dataclass(frozen=True, slots=True)
class _Found:
    """What one info block comes to."""

    air: Air | None = None
    queue: str = ""
    ignore: str = ""


@dataclass(frozen=True, slots=True)
class _Case:
    """What an info block is judged by."""

    alert: Alert
    policy: AlertPolicy
    site: Site
    approved: Set[str]
    now: datetime
    proved: bool
    doubts: tuple[str, ...] = field(default=())


def judge(
    alert: Alert,
    origin: Origin | None,
    policy: AlertPolicy,
    known: Known,
    site: Site,
    now: datetime,
    *,
    approved: Set[str] = frozenset(),
) -> Verdict:
    """What becomes of the alert at `now` (aware). `approved` are the templates that may air without a person's word."""
    if alert.status is not Status.ACTUAL:
        return Ignore(f"its status is {alert.status.value}: only what is Actual may air")
    if alert.msg_type in {MsgType.ACK, MsgType.ERROR}:
        return Ignore(f"it is an answer to another message ({alert.msg_type.value})")
    if alert.sent < now - _FORGOTTEN_AFTER:
        return Ignore(f"it was sent more than {_FORGOTTEN_AFTER.days} days ago")
    source, doubts = _trusted(alert, origin, policy)
    if _is_duplicate(alert.key, source, known):
        return Ignore("it came before")
    replaces = _meant(alert, source, known)
    if alert.msg_type is MsgType.CANCEL:
        return _judge_cancel(alert, source, doubts, replaces, known)
    if ended_by := _ended_by(alert.key, source, known):
        why = f"a later message has ended it already ({ended_by})"
        return Withdraw(replaces, why) if replaces and source else Ignore(why)
    if alert.msg_type is MsgType.UPDATE:
        doubts += _doubts_of_references(alert, source, known)
    if alert.scope is not Scope.PUBLIC:
        doubts += (f"its scope is {alert.scope.value}: it is not meant for everybody",)
    return _judge_infos(_Case(alert, policy, site, approved, now, bool(source), doubts), replaces)


def remember(known: Known, alert: Alert, origin: Origin | None, policy: AlertPolicy, now: datetime) -> Known:
    """What is known once this alert has been judged; what is too old to be taken is forgotten, oldest first."""
    if alert.status is not Status.ACTUAL:
        return known
    source, _ = _trusted(alert, origin, policy)
    references = alert.references if alert.msg_type in {MsgType.UPDATE, MsgType.CANCEL} else ()
    records = {each for each in known.records if each.key.sent >= now - _FORGOTTEN_AFTER}
    if not any(each.key == alert.key and each.source == source for each in records):
        records.add(Record(alert.key, source, alert.msg_type, references))
    if len(records) > _MAX_RECORDS:  # those whom nobody vouches for go first
        kept = sorted(records, key=lambda each: (bool(each.source), each.key.sent), reverse=True)
        records = set(kept[:_MAX_RECORDS])
    return Known(frozenset(records))


# Who says so, and about what


def _trusted(alert: Alert, origin: Origin | None, policy: AlertPolicy) -> tuple[str, tuple[str, ...]]:
    """The source that is proved and trusted, or nothing and why."""
    if origin is None:
        return "", ("nothing proves who sent it",)
    source = policy.source(origin.source)
    if source is None:
        return "", (f"the policy has no source {origin.source!r}",)
    if origin.proof not in source.proofs:
        return "", (f"for {source.id!r} the policy takes no proof by {origin.proof.value}",)
    if source.senders and alert.sender not in source.senders:
        return "", (f"{source.id!r} may not speak for the sender {alert.sender!r}",)
    return source.id, ()


def _is_duplicate(key: Key, source: str, known: Known) -> bool:
    """Whether it came before by as good a channel; what is unproved never stands in the way of what is proved."""
    return any(record.key == key and (record.source or not source) for record in known.records)


def _meant(alert: Alert, source: str, known: Known) -> tuple[Key, ...]:
    """What an Update or Cancel ends: its references and what these had replaced, without those of other sources."""
    if alert.msg_type not in {MsgType.UPDATE, MsgType.CANCEL}:
        return ()
    by_key = {record.key: record for record in known.records if record.source == source}
    foreign = _foreign(source, known)
    found: dict[Key, None] = {}
    waiting = list(alert.references)
    while waiting:
        key = waiting.pop(0)
        if key not in found and key not in foreign and key != alert.key:
            found[key] = None
            waiting += by_key[key].references if key in by_key else ()
    return tuple(found)


def _foreign(source: str, known: Known) -> set[Key]:
    """What has come by other sources only, so that this one cannot end it."""
    own = {record.key for record in known.records if record.source == source}
    return {record.key for record in known.records if record.source and record.source != source} - own


def _ended_by(key: Key, source: str, known: Known) -> Key | None:
    """The Update or Cancel of the same source that came first, the latest of them."""
    enders = [record.key for record in known.records if record.source == source and key in record.references]
    return max(enders, key=lambda each: (each.sent, each.identifier), default=None) if source else None


def _doubts_of_references(alert: Alert, source: str, known: Known) -> tuple[str, ...]:
    if not alert.references:
        return (f"this {alert.msg_type.value} does not say to which alert it belongs",)
    foreign = _foreign(source, known)
    return tuple(f"{key} came from another source" for key in alert.references if key in foreign)


def _judge_cancel(
    alert: Alert, source: str, doubts: tuple[str, ...], replaces: tuple[Key, ...], known: Known
) -> Verdict:
    doubts += _doubts_of_references(alert, source, known)
    if not source or not replaces:
        return Queue(doubts or ("it names no earlier alert",), replaces)
    return Withdraw(replaces, f"{source!r} has cancelled" + "".join(f"; {doubt}" for doubt in doubts))


# What it says


def _judge_infos(case: _Case, replaces: tuple[Key, ...]) -> Verdict:
    """The verdict on all info blocks. Each is judged; those that would air must agree."""
    alert = case.alert
    if not alert.infos:
        return Queue((*case.doubts, "it does not say what happens (it has no info)"), replaces)
    spoken = {_primary(language) for language in case.site.languages}
    read = [info for info in alert.infos if _primary(info.language) in spoken]
    if not read:
        languages = ", ".join(sorted({info.language for info in alert.infos}))
        case = replace(case, doubts=(*case.doubts, f"it is in none of the site's languages ({languages})"))
    found = [_judge_info(info, case) for info in read or alert.infos]
    airs = [each.air for each in found if each.air]
    queued = list(dict.fromkeys(each.queue for each in found if each.queue))
    ignored = list(dict.fromkeys(each.ignore for each in found if each.ignore))
    if airs:
        first = airs[0]
        if any((each.template, each.values) != (first.template, first.values) for each in airs):
            return Queue(("its parts would fill templates differently, which must be one message",), replaces)
        starts, ends = min(each.starts for each in airs), min(each.ends for each in airs)
        return replace(first, starts=starts, ends=ends, replaces=replaces, remarks=tuple(queued + ignored))
    if queued:
        return Queue((*case.doubts, *queued), replaces)
    if case.proved and replaces:
        return Withdraw(replaces, f"it updates them, and: {'; '.join(ignored)}")
    return Ignore("; ".join(ignored))


def _judge_info(info: Info, case: _Case) -> _Found:
    policy, now = case.policy, case.now
    place = Point(case.site.latitude, case.site.longitude)
    inside = is_inside(info.areas, place, frozenset(code.named for code in policy.codes))
    if inside is False:
        return _Found(ignore="it is for another area: " + "; ".join(area.description[:80] for area in info.areas[:5]))
    starts = max(info.effective or case.alert.sent, case.alert.sent)
    latest = starts + timedelta(hours=policy.longest_h)
    ends = min(info.expires, latest) if info.expires else latest
    if ends <= now:
        told = "it has expired" if info.expires and info.expires <= now else f"it is older than {policy.longest_h:g} h"
        return _Found(ignore=f"{told} ({ends.isoformat(timespec='minutes')})")
    if ends <= starts:
        return _Found(queue=f"it ends ({ends.isoformat()}) before it begins ({starts.isoformat()})")
    if below := _below(info, policy.tell, unknown_counts=False):
        return _Found(ignore=f"{below}: operators are not told of less")
    if reasons := _reasons_to_ask(info, inside, starts, case):
        return _Found(queue="; ".join(reasons))
    rule = _rule(info, policy)
    if rule is None:
        return _Found(queue=f"the policy has no template for the event {info.event!r}")
    if rule.template not in case.approved:
        return _Found(queue=f"the template {rule.template!r} is not approved")
    values, problems = _values(info, rule, case)
    if problems:
        return _Found(queue="; ".join(problems))
    if case.doubts:
        return _Found(queue=f"{info.event!r} would fill the template {rule.template!r}")
    why = f"{info.event!r} is {info.urgency.value}, {info.severity.value}, {info.certainty.value}, and for the site"
    return _Found(air=Air(rule.template, values, max(starts, now), ends, info.severity, why))


def _reasons_to_ask(info: Info, inside: bool | None, starts: datetime, case: _Case) -> list[str]:
    """Why a person must look at a block that may be for the site."""
    reasons: list[str] = []
    if inside is None:
        reasons.append("it cannot be told whether it is for the site")
    if ResponseType.ALL_CLEAR in info.response_types:
        reasons.append("it says that all is clear")
    if below := _below(info, case.policy.air, unknown_counts=True):
        reasons.append(below)
    if starts > case.now + timedelta(hours=case.policy.ahead_h):
        reasons.append(f"it begins more than {case.policy.ahead_h:g} h ahead")
    return reasons


def _below(info: Info, least: Degree, *, unknown_counts: bool) -> str:
    """In which scale the block does not reach the degree, in words; what is Unknown reaches none if it counts."""
    scales = (
        ("urgency", info.urgency, _URGENCY, least.urgency),
        ("severity", info.severity, _SEVERITY, least.severity),
        ("certainty", info.certainty, _CERTAINTY, least.certainty),
    )
    for name, value, scale, bound in scales:
        if scale.index(value) > scale.index(bound) and (unknown_counts or value.value != "Unknown"):
            return f"its {name} is {value.value}, less than {bound.value}"
    return ""


def _rule(info: Info, policy: AlertPolicy) -> Rule | None:
    event = _folded(info.event)
    codes: set[Named] = set(info.event_codes)
    for rule in policy.rules:
        if event in map(_folded, rule.events) or any(code.named in codes for code in rule.codes):
            return rule
    return None


def _values(info: Info, rule: Rule, case: _Case) -> tuple[dict[str, str], list[str]]:
    """What goes into each slot, and why that cannot be told. Nothing is made up: a time must be the alert's own."""
    values: dict[str, str] = {}
    problems: list[str] = []
    zone = ZoneInfo(case.site.timezone)
    words = {AlertField.URGENCY: info.urgency, AlertField.SEVERITY: info.severity, AlertField.CERTAINTY: info.certainty}
    for slot, what in rule.slots.items():
        if what is AlertField.EVENT:
            values[slot] = rule.phrase
        elif word := words.get(what):
            if phrase := case.policy.phrases.get(word.value):
                values[slot] = phrase
            else:
                problems.append(f"the policy has no phrase for {word.value!r} (slot {slot!r})")
        else:
            name, _, form = what.value.partition("_")
            moment = {"onset": info.onset, "expires": info.expires, "sent": case.alert.sent}[name]
            if moment is None:
                problems.append(f"it has no {name} for the slot {slot!r}")
            elif form == "date":
                values[slot] = f"{moment.astimezone(zone):%Y-%m-%d}"
            elif abs(moment - case.now) >= _DAY and AlertField(f"{name}_date") not in rule.slots.values():
                problems.append(f"its {name} is on another day, and the template tells the time alone")
            else:
                values[slot] = f"{moment.astimezone(zone):%H:%M}"
    return values, problems


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())


def _primary(language: str) -> str:
    return language.split("-", 1)[0].casefold()
