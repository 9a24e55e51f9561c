"""A CAP message from bytes to elements: XML that anybody may have written, taken in with bounds on everything.

Nothing outside the bytes is read: every document type is refused, and with it entities; resources are passed over
unread. Memory is bounded by `MAX_BYTES`, by the number and depth of elements, and by the length of namespaces, which
the parser writes in front of every name.

Source: OASIS, Common Alerting Protocol Version 1.2, clauses 3.2 (elements) and 3.4 (XML schema).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NoReturn
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException, DTDForbidden
from defusedxml.ElementTree import DefusedXMLParser

from playout.errors import AlertError
from playout.problems import did_you_mean

__all__ = ["ELEMENTS", "MAX_BYTES", "NAMESPACE", "Element", "read_elements", "refuse"]

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

_LONG_NAMESPACE = re.compile(
    rf"xmlns(?::[^\s=]{{1,64}})?\s*=\s*(?:\"[^\"]{{{_MAX_NAMESPACE + 1}}}|'[^']{{{_MAX_NAMESPACE + 1}}})"
    r"|xmlns:[^\s=]{65}"
)
_ENCODING = re.compile(r"\A\s*<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([A-Za-z0-9._-]{1,40})[\"']")

# What may stand in each element, and how long its text may be; None: something with elements of its own.
_NAME, _LINE, _TEXT, _LONG = 256, 1_000, 8_000, 64_000
_LEAF: Mapping[str, int | None] = {"valueName": _NAME, "value": _LINE}
ELEMENTS: Mapping[str, Mapping[str, int | None]] = {
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
_VOCABULARY = frozenset(ELEMENTS).union(*ELEMENTS.values())


@dataclass(slots=True)
class Element:
    """An element of CAP: its name, its text, what is in it."""

    name: str
    pieces: list[str] = field(default_factory=list[str])
    children: list["Element"] = field(default_factory=list["Element"])

    @property
    def text(self) -> str:
        """Its own text without white space around it."""
        return "".join(self.pieces).strip()


class _Builder:
    """What the parser tells its findings to; refuses as soon as a bound is passed."""

    def __init__(self) -> None:
        self.root: Element | None = None
        self._open: list[Element] = []
        self._passed_over = 0
        self._count = 0
        self._points = 0

    def start(self, tag: str, _attributes: Mapping[str, str]) -> None:
        """An element begins; `tag` is `{namespace}name`."""
        self._count += 1
        if self._count > _MAX_ELEMENTS:
            refuse("size", f"more than {_MAX_ELEMENTS} elements", "send fewer areas, or larger ones")
        if len(self._open) + self._passed_over >= _MAX_DEPTH:
            refuse("size", f"elements lie more than {_MAX_DEPTH} deep", "send CAP 1.2 as its schema has it")
        if len(tag) > _MAX_NAME:
            refuse("size", "the name of an element is too long", "send CAP 1.2 as its schema has it")
        if self._passed_over:
            self._passed_over += 1
            return
        namespace, name = tag[1:].split("}", 1) if tag.startswith("{") else ("", tag)
        if not self._open:
            _check_root(namespace, name)
            self.root = Element(name)
            self._open.append(self.root)
        elif namespace != NAMESPACE and self._open[-1].name in ELEMENTS:
            if name in _VOCABULARY:
                refuse("namespace", f"<{name}> is in the namespace {namespace[:80]!r}", f"put it into {NAMESPACE!r}")
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
                    refuse("size", f"polygons of more than {_MAX_POINTS} places", "send simpler ones")

    def data(self, text: str) -> None:
        """Some of the text of the element last begun."""
        if not self._passed_over:
            self._open[-1].pieces.append(text)

    def close(self) -> None:
        """The document ends."""

    def _child(self, name: str) -> None:
        parent = self._open[-1]
        if (allowed := ELEMENTS.get(parent.name)) is None:
            refuse("structure", f"<{parent.name}> holds <{name[:80]}>, but takes text only", "send text there")
        if name not in allowed:
            remedy = did_you_mean(name[:80], allowed)
            refuse("structure", f"<{name[:80]}> is no element of <{parent.name}> in CAP 1.2", remedy)
        if name not in _REPEATED and any(child.name == name for child in parent.children):
            refuse("structure", f"<{parent.name}> has <{name}> twice", "say it once, so that it is clear what holds")
        element = Element(name)
        if name in _UNREAD:
            self._passed_over = 1
            return
        parent.children.append(element)
        self._open.append(element)


def _decoded(data: bytes) -> str:
    if len(data) > MAX_BYTES:
        refuse("size", f"larger than {MAX_BYTES // 1024} kB", "send it without resources inside, or with fewer areas")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise AlertError(
            f"not UTF-8 (byte {error.start})", hint="send the message as XML in UTF-8", rule="encoding"
        ) from error
    if (stated := _ENCODING.match(text)) and stated[1].casefold() not in {"utf-8", "utf8", "us-ascii", "ascii"}:
        refuse("encoding", f"says that it is in {stated[1]}", "send the message as XML in UTF-8")
    if _LONG_NAMESPACE.search(text):
        refuse("size", f"a namespace is longer than {_MAX_NAMESPACE} characters", "send CAP 1.2 as its schema has it")
    return text


def read_elements(data: bytes) -> Element:
    """The <alert> of a message with all that is in it, by the names of CAP 1.2. Raises: AlertError."""
    text, builder = _decoded(data), _Builder()
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
        refuse("xml", "has no element", "send a CAP 1.2 <alert>")
    return builder.root


def _check_root(namespace: str, name: str) -> None:
    if version := _OTHER_VERSIONS.get(namespace):
        refuse("version", f"is CAP {version}", "ask the publisher for CAP 1.2; older versions are not read")
    if namespace != NAMESPACE:
        got = f"{namespace[:80]!r}" if namespace else "none"
        refuse("namespace", f"the namespace is {got}, not that of CAP 1.2", f"declare xmlns={NAMESPACE!r}")
    if name != "alert":
        refuse("structure", f"begins with <{name[:80]}>, not with <alert>", "send one <alert> a message")


def refuse(rule: str, told: str, remedy: str) -> NoReturn:
    """Refuses the message. Raises: AlertError."""
    raise AlertError(told, hint=remedy, rule=rule)
