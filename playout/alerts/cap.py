"""Reads CAP 1.2 from bytes that anybody may have written: an Alert comes out, or a refusal with its reason and remedy.

Lenient on what does no harm (order of elements, white space, foreign extensions such as signatures, `Z` for UTC),
strict on what decides about airing. `elements` bounds what the bytes may hold.

Source: OASIS, Common Alerting Protocol Version 1.2, clauses 3.2 (elements), 3.3.2 (DateTime) and 3.4 (XML schema).
"""

import re
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from math import isfinite
from typing import TypeVar

from playout.alerts.elements import ELEMENTS, Element, read_elements, refuse
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

__all__ = ["read_alert"]

_FUTURE = timedelta(minutes=5)
"""How far the publisher's clock may go before ours."""
_EARTH_HALF_ROUND_KM = 20_038.0

_TIME = re.compile(
    r"(?P<moment>[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2})(?:\.[0-9]{1,12})?"
    r"(?P<offset>Z|[+-][0-9]{2}:[0-9]{2})?"
)
_NUMBER = re.compile(r"[+-]?(?:[0-9]{1,5}(?:\.[0-9]{0,20})?|\.[0-9]{1,20})")
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(?:[-_][A-Za-z0-9]{1,8}){0,6}")
_INVISIBLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_QUOTED = re.compile(r'"([^"]*)"|(\S+)')

_Choice = TypeVar("_Choice", bound=StrEnum)


def read_alert(data: bytes, now: datetime) -> Alert:
    """The alert in these bytes; `now` is aware, and an alert that was sent later than it is refused.

    Raises: AlertError, with the rule that it breaks, for whatever else the bytes may be.
    """
    return _alert(read_elements(data), now)


class _Reading:
    """What is in one element, asked for by name; `where` tells the place in refusals."""

    def __init__(self, element: Element, where: str) -> None:
        if element.text:
            refuse("structure", f"{where}: there is text between the elements", "take it out")
        self.where = where
        self._of: dict[str, list[Element]] = {}
        for child in element.children:
            self._of.setdefault(child.name, []).append(child)
            limit = ELEMENTS[element.name][child.name]
            if limit is not None and len(child.text) > limit:
                told = f"{where}.{child.name}: {len(child.text)} characters, {limit} are allowed"
                refuse("size", told, "send a shorter text")

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
            refuse("missing", f"{self.where} has no {name}", "ask the publisher; CAP 1.2 demands it")
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


def _alert(root: Element, now: datetime) -> Alert:
    reading = _Reading(root, "alert")
    sent = _time(reading.must("sent"), "alert.sent")
    if sent > now + _FUTURE:
        told = (
            f"alert.sent: {sent.isoformat()} is still to come (it is {now.astimezone(UTC).isoformat('T', 'seconds')})"
        )
        refuse("time", told, "check the clocks of publisher and sign")
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
        refuse("value", told, "write it as RFC 3066 does, like vi-VN")
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
        refuse("time", f"{where}: {text[:40]!r} is no time", "write it like 2026-10-05T14:30:00+07:00")
    if not found["offset"]:
        refuse("time", f"{where}: {text} has no offset from UTC", "write it like 2026-10-05T14:30:00+07:00")
    try:
        moment = datetime.fromisoformat(found["moment"] + found["offset"])
    except ValueError as error:
        raise AlertError(f"{where}: {text[:40]!r} is no time: {error}", hint="correct it", rule="time") from error
    if not 1990 <= moment.year <= 2199:
        refuse("time", f"{where}: {text} lies too far away", "give a time from 1990 to 2199")
    return moment.astimezone(UTC)


def _token(text: str, where: str) -> str:
    if wrong := re.search(r"[\s,<&]", text):
        told = f"{where}: {text[:40]!r} has {wrong[0]!r} in it"
        refuse("value", told, "ask the publisher; CAP 1.2 allows no spaces, commas, < and & there")
    return text


def _reference(triple: str) -> Key:
    parts = triple.split(",")
    if len(parts) != 3 or not all(parts):
        told = f"alert.references: {triple[:80]!r} is no reference"
        refuse("value", told, "write sender,identifier,sent for each, with spaces between them")
    return Key(parts[0], parts[1], _time(parts[2], "alert.references"))


def _number(text: str, low: float, high: float, where: str) -> float:
    value = float(text) if _NUMBER.fullmatch(text) else float("nan")
    if not isfinite(value) or not low <= value <= high:
        refuse("area", f"{where}: {text[:40]!r} is no number from {low:g} to {high:g}", "ask the publisher")
    return value


def _point(text: str, where: str) -> Point:
    parts = text.split(",")
    if len(parts) != 2:
        refuse("area", f"{where}: {text[:40]!r} is no place", "write latitude,longitude in degrees")
    return Point(_number(parts[0], -90, 90, where), _number(parts[1], -180, 180, where))


def _polygon(text: str, where: str) -> tuple[Point, ...]:
    points = tuple(_point(pair, where) for pair in text.split())
    if len(points) < 4:
        refuse("area", f"{where}: {len(points)} points", "give at least four, of which the last is the first again")
    if points[0] != points[-1]:
        refuse("area", f"{where}: is not closed", "end it with its first point")
    if len(set(points)) < 3:
        refuse("area", f"{where}: is a line or a point", "give at least three places that differ")
    return points


def _circle(text: str, where: str) -> Circle:
    parts = text.split()
    if len(parts) != 2:
        refuse("area", f"{where}: {text[:40]!r} is no circle", "write latitude,longitude and the radius in km")
    return Circle(_point(parts[0], where), _number(parts[1], 0, _EARTH_HALF_ROUND_KM, where))
