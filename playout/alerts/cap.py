"""Reads CAP 1.2 from bytes that anybody may have written: an Alert comes out, or a refusal with its reason and remedy.

Lenient on what does no harm (order of elements, white space, foreign extensions such as signatures, `Z` for UTC),
strict on what decides about airing. Nothing outside the bytes is read: every document type is refused, and with it
entities; resources are passed over unread. Memory is bounded by `MAX_BYTES`, by the number and depth of elements, and
by the length of namespaces, which the parser writes in front of every name.

Source: OASIS, Common Alerting Protocol Version 1.2, clauses 3.2 (elements), 3.3.2 (DateTime) and 3.4 (XML schema).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from math import isfinite
from typing import Any, NoReturn, TypeVar
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException, DTDForbidden
from defusedxml.ElementTree import DefusedXMLParser

from playout.alerts.message import (
    Alert,
    Area,
    Category,
    Certainty,
    Circle,
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
from playout.errors import AlertError
from playout.problems import did_you_mean

__all__ = ["MAX_BYTES", "NAMESPACE", "read_alert"]

MAX_BYTES = 512 * 1024
"""Largest message; of 27 that publishers show as samples the largest has 143 kB."""
NAMESPACE = "urn:oasis:names:tc:emergency:cap:1.2"

_OTHER_VERSIONS = {
    "urn:oasis:names:tc:emergency:cap:1.1": "1.1",
    "http://www.incident.com/cap/1.0": "1.0",
}
_MAX_ELEMENTS = 20_000
_MAX_DEPTH = 16
_MAX_POINTS = 20_000
"""Places of all polygons: reading so many takes some tenths of a second."""
_MAX_NAMESPACE = 256
_MAX_NAME = 512
_FUTURE = timedelta(minutes=5)
"""How far the publisher's clock may go before ours."""
_EARTH_HALF_ROUND_KM = 20_038.0

_LONG_NAMESPACE = re.compile(
    rf"xmlns(?::[^\s=]{{1,64}})?\s*=\s*(?:\"[^\"]{{{_MAX_NAMESPACE + 1}}}|'[^']{{{_MAX_NAMESPACE + 1}}})"
    r"|xmlns:[^\s=]{65}"
)
_ENCODING = re.compile(r"\A\s*<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([A-Za-z0-9._-]{1,40})[\"']")
_TIME = re.compile(
    r"(?P<moment>[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2})(?:\.[0-9]{1,12})?"
    r"(?P<offset>Z|[+-][0-9]{2}:[0-9]{2})?"
)
_NUMBER = re.compile(r"[+-]?(?:[0-9]{1,5}(?:\.[0-9]{0,20})?|\.[0-9]{1,20})")
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(?:[-_][A-Za-z0-9]{1,8}){0,6}")
_INVISIBLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_QUOTED = re.compile(r'"([^"]*)"|(\S+)')

# What may stand in each element, and how long its text may be; None: something with elements of its own.
_NAME, _LINE, _TEXT, _LONG = 256, 1_000, 8_000, 64_000
_LEAF: Mapping[str, int | None] = {"valueName": _NAME, "value": _LINE}
_ELEMENTS: Mapping[str, Mapping[str, int | None]] = {
    "alert": {
        "identifier": _NAME, "sender": _NAME, "sent": _NAME, "status": _NAME, "msgType": _NAME, "source": _LINE,
        "scope": _NAME, "restriction": _TEXT, "addresses": _LONG, "code": _LINE, "note": _TEXT, "references": _LONG,
        "incidents": _LONG, "info": None,
    },
    "info": {
        "language": _NAME, "category": _NAME, "event": _NAME, "responseType": _NAME, "urgency": _NAME,
        "severity": _NAME, "certainty": _NAME, "audience": _TEXT, "eventCode": None, "effective": _NAME,
        "onset": _NAME, "expires": _NAME, "senderName": _LINE, "headline": _LINE, "description": _LONG,
        "instruction": _LONG, "web": _TEXT, "contact": _TEXT, "parameter": None, "resource": None, "area": None,
    },
    "eventCode": _LEAF,
    "parameter": {"valueName": _NAME, "value": _LONG},
    "geocode": _LEAF,
    "area": {
        "areaDesc": _TEXT, "polygon": MAX_BYTES, "circle": _NAME, "geocode": None, "altitude": _NAME,
        "ceiling": _NAME,
    },
}  # fmt: skip
_REPEATED = frozenset(
    {"code", "info", "category", "responseType", "eventCode", "parameter", "resource", "area", "polygon", "circle",
     "geocode"}
)  # fmt: skip
_UNREAD = frozenset({"resource"})
"""May be large (pictures in base64) and is of no use to a sign; nothing is ever fetched."""
_VOCABULARY = frozenset(_ELEMENTS).union(*_ELEMENTS.values())

_Choice = TypeVar("_Choice", bound=StrEnum)


def read_alert(data: bytes, now: datetime) -> Alert:
    """The alert in these bytes; `now` is aware, and an alert that was sent later than it is refused.

    Raises: AlertError, with the rule that it breaks, for whatever else the bytes may be.
    """
    return _alert(_tree(_decoded(data)), now)


# From bytes to elements


@dataclass(slots=True)
class _Element:
    """An element of CAP: its name, its text, what is in it."""

    name: str
    pieces: list[str] = field(default_factory=list[str])
    children: list["_Element"] = field(default_factory=list["_Element"])

    @property
    def text(self) -> str:
        return "".join(self.pieces).strip()


class _Builder:
    """What the parser tells its findings to; refuses as soon as a bound is passed."""

    def __init__(self) -> None:
        self.root: _Element | None = None
        self._open: list[_Element] = []
        self._passed_over = 0
        self._count = 0
        self._points = 0

    def start(self, tag: str, _attributes: Mapping[str, str]) -> None:
        """An element begins; `tag` is `{namespace}name`."""
        self._count += 1
        if self._count > _MAX_ELEMENTS:
            _refuse("size", f"more than {_MAX_ELEMENTS} elements", "send fewer areas, or larger ones")
        if len(self._open) + self._passed_over >= _MAX_DEPTH:
            _refuse("size", f"elements lie more than {_MAX_DEPTH} deep", "send CAP 1.2 as its schema has it")
        if len(tag) > _MAX_NAME:
            _refuse("size", "the name of an element is too long", "send CAP 1.2 as its schema has it")
        if self._passed_over:
            self._passed_over += 1
            return
        namespace, name = tag[1:].split("}", 1) if tag.startswith("{") else ("", tag)
        if not self._open:
            _check_root(namespace, name)
            self.root = _Element(name)
            self._open.append(self.root)
        elif namespace != NAMESPACE and self._open[-1].name in _ELEMENTS:
            if name in _VOCABULARY:
                _refuse("namespace", f"<{name}> is in the namespace {namespace[:80]!r}", f"put it into {NAMESPACE!r}")
            self._passed_over = 1
        else:
            self._child(name)

    def end(self, _tag: str) -> None:
        """The element last begun ends."""
        if self._passed_over:
            self._passed_over -= 1
        else:
            element = self._open.pop()
            if element.name == "polygon":
                self._points += element.text.count(",")
                if self._points > _MAX_POINTS:
                    _refuse("size", f"polygons of more than {_MAX_POINTS} places", "send simpler ones")

    def data(self, text: str) -> None:
        """Some of the text of the element last begun."""
        if not self._passed_over:
            self._open[-1].pieces.append(text)

    def close(self) -> None:
        """The document ends."""

    def _child(self, name: str) -> None:
        parent = self._open[-1]
        if (allowed := _ELEMENTS.get(parent.name)) is None:
            _refuse("structure", f"<{parent.name}> holds <{name[:80]}>, but takes text only", "send text there")
        if name not in allowed:
            remedy = did_you_mean(name[:80], allowed)
            _refuse("structure", f"<{name[:80]}> is no element of <{parent.name}> in CAP 1.2", remedy)
        if name not in _REPEATED and any(child.name == name for child in parent.children):
            _refuse("structure", f"<{parent.name}> has <{name}> twice", "say it once, so that it is clear what holds")
        element = _Element(name)
        if name in _UNREAD:
            self._passed_over = 1
            return
        parent.children.append(element)
        self._open.append(element)


def _decoded(data: bytes) -> str:
    if len(data) > MAX_BYTES:
        _refuse("size", f"larger than {MAX_BYTES // 1024} kB", "send it without resources inside, or with fewer areas")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise AlertError(
            f"not UTF-8 (byte {error.start})", hint="send the message as XML in UTF-8", rule="encoding"
        ) from error
    if (stated := _ENCODING.match(text)) and stated[1].casefold() not in {"utf-8", "utf8", "us-ascii", "ascii"}:
        _refuse("encoding", f"says that it is in {stated[1]}", "send the message as XML in UTF-8")
    if _LONG_NAMESPACE.search(text):
        _refuse("size", f"a namespace is longer than {_MAX_NAMESPACE} characters", "send CAP 1.2 as its schema has it")
    return text


def _tree(text: str) -> _Element:
    builder = _Builder()
    parser: Any = DefusedXMLParser(target=builder, forbid_dtd=True, forbid_entities=True, forbid_external=True)
    try:
        parser.feed(text)
        parser.close()
    except DTDForbidden as error:
        hint = "send it without <!DOCTYPE>; CAP has none"
        raise AlertError("has a document type", hint=hint, rule="doctype") from error
    except DefusedXmlException as error:
        raise AlertError("has entities", hint="send it without them; CAP has none", rule="doctype") from error
    except ParseError as error:
        raise AlertError(f"not well-formed XML: {error}", hint="send it as it was published", rule="xml") from error
    if builder.root is None:
        _refuse("xml", "has no element", "send a CAP 1.2 <alert>")
    return builder.root


def _check_root(namespace: str, name: str) -> None:
    if version := _OTHER_VERSIONS.get(namespace):
        _refuse("version", f"is CAP {version}", "ask the publisher for CAP 1.2; older versions are not read")
    if namespace != NAMESPACE:
        got = f"{namespace[:80]!r}" if namespace else "none"
        _refuse("namespace", f"the namespace is {got}, not that of CAP 1.2", f"declare xmlns={NAMESPACE!r}")
    if name != "alert":
        _refuse("structure", f"begins with <{name[:80]}>, not with <alert>", "send one <alert> a message")


# From elements to values


class _Reading:
    """What is in one element, asked for by name; `where` tells the place in refusals."""

    def __init__(self, element: _Element, where: str) -> None:
        if element.text:
            _refuse("structure", f"{where}: there is text between the elements", "take it out")
        self.where = where
        self._of: dict[str, list[_Element]] = {}
        for child in element.children:
            self._of.setdefault(child.name, []).append(child)
            limit = _ELEMENTS[element.name][child.name]
            if limit is not None and len(child.text) > limit:
                told = f"{where}.{child.name}: {len(child.text)} characters, {limit} are allowed"
                _refuse("size", told, "send a shorter text")

    def texts(self, name: str) -> list[str]:
        """Every text of that name, without those that say nothing."""
        found = [_INVISIBLE.sub("", child.text) for child in self._of.get(name, ())]
        return [text for text in found if text]

    def text(self, name: str) -> str:
        """The text, or nothing."""
        return next(iter(self.texts(name)), "")

    def must(self, name: str) -> str:
        """The text of an element that the standard demands."""
        if not (text := self.text(name)):
            _refuse("missing", f"{self.where} has no {name}", "ask the publisher; CAP 1.2 demands it")
        return text

    def choice(self, name: str, kind: type[_Choice]) -> _Choice:
        """One of the words that the standard has for it."""
        return _choice(self.must(name), f"{self.where}.{name}", kind)

    def choices(self, name: str, kind: type[_Choice]) -> tuple[_Choice, ...]:
        """All of them."""
        return tuple(_choice(text, f"{self.where}.{name}", kind) for text in self.texts(name))

    def time(self, name: str) -> datetime | None:
        """A time in UTC, if it is given."""
        return _time(text, f"{self.where}.{name}") if (text := self.text(name)) else None

    def inner(self, name: str) -> list["_Reading"]:
        """Every element of that name which holds others."""
        return [_Reading(child, f"{self.where}.{name}[{n}]") for n, child in enumerate(self._of.get(name, ()))]

    def named(self, name: str) -> tuple[Named, ...]:
        """Values under names."""
        return tuple(Named(each.must("valueName"), each.text("value")) for each in self.inner(name))


def _alert(root: _Element, now: datetime) -> Alert:
    reading = _Reading(root, "alert")
    sent = _time(reading.must("sent"), "alert.sent")
    if sent > now + _FUTURE:
        told = (
            f"alert.sent: {sent.isoformat()} is still to come (it is {now.astimezone(UTC).isoformat('T', 'seconds')})"
        )
        _refuse("time", told, "check the clocks of publisher and sign")
    return Alert(
        identifier=_token(reading.must("identifier"), "alert.identifier"),
        sender=_token(reading.must("sender"), "alert.sender"),
        sent=sent,
        status=reading.choice("status", Status),
        msg_type=reading.choice("msgType", MsgType),
        scope=reading.choice("scope", Scope),
        source=reading.text("source"),
        note=reading.text("note"),
        references=tuple(_reference(triple) for triple in reading.text("references").split()),
        incidents=tuple(quoted or bare for quoted, bare in _QUOTED.findall(reading.text("incidents"))),
        codes=tuple(reading.texts("code")),
        infos=tuple(_info(info) for info in reading.inner("info")),
    )


def _info(reading: _Reading) -> Info:
    language = reading.text("language") or "en-US"
    if not _LANGUAGE.fullmatch(language):
        told = f"{reading.where}.language: {language[:40]!r} is no language code"
        _refuse("value", told, "write it as RFC 3066 does, like vi-VN")
    categories = reading.choices("category", Category)
    if not categories:
        reading.must("category")
    return Info(
        language=language.replace("_", "-"),
        categories=categories,
        event=reading.must("event"),
        response_types=reading.choices("responseType", ResponseType),
        urgency=reading.choice("urgency", Urgency),
        severity=reading.choice("severity", Severity),
        certainty=reading.choice("certainty", Certainty),
        event_codes=reading.named("eventCode"),
        effective=reading.time("effective"),
        onset=reading.time("onset"),
        expires=reading.time("expires"),
        sender_name=reading.text("senderName"),
        headline=reading.text("headline"),
        description=reading.text("description"),
        instruction=reading.text("instruction"),
        web=reading.text("web"),
        contact=reading.text("contact"),
        parameters=reading.named("parameter"),
        areas=tuple(_area(area) for area in reading.inner("area")),
    )


def _area(reading: _Reading) -> Area:
    return Area(
        description=reading.must("areaDesc"),
        polygons=tuple(_polygon(text, f"{reading.where}.polygon") for text in reading.texts("polygon")),
        circles=tuple(_circle(text, f"{reading.where}.circle") for text in reading.texts("circle")),
        geocodes=reading.named("geocode"),
    )


def _choice(text: str, where: str, kind: type[_Choice]) -> _Choice:
    try:
        return kind(text)
    except ValueError as error:
        known = [each.value for each in kind]
        raise AlertError(
            f"{where}: {text[:40]!r} is no such word of CAP 1.2", hint=did_you_mean(text[:40], known), rule="value"
        ) from error


def _time(text: str, where: str) -> datetime:
    """An instant in UTC. Source: CAP 1.2, 3.3.2; `Z` and fractions of a second are more than it allows, and clear."""
    found = _TIME.fullmatch(text)
    if not found:
        _refuse("time", f"{where}: {text[:40]!r} is no time", "write it like 2026-10-05T14:30:00+07:00")
    if not found["offset"]:
        _refuse("time", f"{where}: {text} has no offset from UTC", "write it like 2026-10-05T14:30:00+07:00")
    try:
        moment = datetime.fromisoformat(found["moment"] + found["offset"])
    except ValueError as error:
        raise AlertError(f"{where}: {text[:40]!r} is no time: {error}", hint="correct it", rule="time") from error
    if not 1990 <= moment.year <= 2199:
        _refuse("time", f"{where}: {text} lies too far away", "give a time from 1990 to 2199")
    return moment.astimezone(UTC)


def _token(text: str, where: str) -> str:
    if wrong := re.search(r"[\s,<&]", text):
        told = f"{where}: {text[:40]!r} has {wrong[0]!r} in it"
        _refuse("value", told, "ask the publisher; CAP 1.2 allows no spaces, commas, < and & there")
    return text


def _reference(triple: str) -> Key:
    parts = triple.split(",")
    if len(parts) != 3 or not all(parts):
        told = f"alert.references: {triple[:80]!r} is no reference"
        _refuse("value", told, "write sender,identifier,sent for each, with spaces between them")
    return Key(parts[0], parts[1], _time(parts[2], "alert.references"))


def _number(text: str, low: float, high: float, where: str) -> float:
    value = float(text) if _NUMBER.fullmatch(text) else float("nan")
    if not isfinite(value) or not low <= value <= high:
        _refuse("area", f"{where}: {text[:40]!r} is no number from {low:g} to {high:g}", "ask the publisher")
    return value


def _point(text: str, where: str) -> Point:
    parts = text.split(",")
    if len(parts) != 2:
        _refuse("area", f"{where}: {text[:40]!r} is no place", "write latitude,longitude in degrees")
    return Point(_number(parts[0], -90, 90, where), _number(parts[1], -180, 180, where))


def _polygon(text: str, where: str) -> tuple[Point, ...]:
    points = tuple(_point(pair, where) for pair in text.split())
    if len(points) < 4:
        _refuse("area", f"{where}: {len(points)} points", "give at least four, of which the last is the first again")
    if points[0] != points[-1]:
        _refuse("area", f"{where}: is not closed", "end it with its first point")
    if len(set(points)) < 3:
        _refuse("area", f"{where}: is a line or a point", "give at least three places that differ")
    return points


def _circle(text: str, where: str) -> Circle:
    parts = text.split()
    if len(parts) != 2:
        _refuse("area", f"{where}: {text[:40]!r} is no circle", "write latitude,longitude and the radius in km")
    return Circle(_point(parts[0], where), _number(parts[1], 0, _EARTH_HALF_ROUND_KM, where))


def _refuse(rule: str, told: str, remedy: str) -> NoReturn:
    raise AlertError(told, hint=remedy, rule=rule)
