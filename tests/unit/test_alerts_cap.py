"""The reader of CAP 1.2: what it takes, what it refuses and why, and that nothing else ever comes of any bytes."""

import subprocess
import sys
import tracemalloc
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element, SubElement, tostring

import pytest
from alert_stage import EXAMPLES, LATER, alert, example, swapped, utc
from hypothesis import given, settings
from hypothesis import strategies as st
from peers import missing, need_program

from playout.alerts import MAX_BYTES, Certainty, Circle, Key, MsgType, Severity, Status, Urgency, read_alert
from playout.alerts.message import Alert, Category, Named, Point, ResponseType, Scope
from playout.errors import AlertError

CAP = "urn:oasis:names:tc:emergency:cap:1.2"
NAMES = sorted(path.stem for path in EXAMPLES.glob("*.xml"))


def refusal(data: bytes, now: datetime = LATER) -> AlertError:
    with pytest.raises(AlertError) as caught:
        read_alert(data, now)
    assert caught.value.message
    assert caught.value.hint
    return caught.value


def test_an_alert_in_three_languages() -> None:
    read = alert("flood")
    assert read.key == Key("dubao@thuyvan.example.vn", "urn:oid:2.49.0.0.704.0.2026.10.5.7.30.0", utc(7, 30))
    assert (read.status, read.msg_type, read.scope) == (Status.ACTUAL, MsgType.ALERT, Scope.PUBLIC)
    assert read.incidents == ("lũ sông Pô Cô", "pocô-2026-10")
    assert read.codes == ("profile:CAP-VN:0.1",)
    assert [info.language for info in read.infos] == ["vi-VN", "en", "km-KH"]
    vi, en, km = read.infos
    assert (vi.urgency, vi.severity, vi.certainty) == (Urgency.IMMEDIATE, Severity.SEVERE, Certainty.LIKELY)
    assert vi.categories == (Category.MET,)
    assert vi.response_types == (ResponseType.AVOID, ResponseType.PREPARE)
    assert (vi.effective, vi.onset, vi.expires) == (utc(7, 30), utc(9), utc(12))
    assert en.effective == utc(7, 30)
    assert en.description == "Streams & rivers rise fast; levels > alarm 2."
    assert km.event == "ការព្រមានអំពីទឹកជំនន់"
    assert vi.parameters == (Named("awareness_level", "3; orange; Severe"),)
    assert vi.event_codes == (Named("OET:v1.2", "OET-080"),)
    (area,) = vi.areas
    assert area.description == "Huyện Đức Cơ, tỉnh Gia Lai"
    assert area.polygons[0][:2] == (Point(13.60, 107.45), Point(13.60, 107.70))
    assert area.geocodes == (Named("GSO", "633"),)


def test_order_white_space_prefix_signature_and_resource_do_no_harm() -> None:
    read = alert("spill-out-of-order")
    assert read.identifier == "spill-1"
    (info,) = read.infos
    assert (info.language, info.severity, info.expires) == ("en-US", Severity.EXTREME, None)
    assert info.areas[0].description == "Five kilometres around the gate"
    assert info.areas[0].circles == (Circle(Point(13.6833, 107.5333), 5.5),)


def test_references_are_keys_whatever_offset_they_are_written_in() -> None:
    assert alert("flood-cancel").references == (alert("flood").key, alert("flood-update").key)


def test_a_byte_order_mark_and_comments_do_no_harm() -> None:
    assert read_alert(b"\xef\xbb\xbf" + example("exercise") + b"<!-- end -->", LATER) == alert("exercise")


def test_what_a_terminal_would_obey_is_taken_out() -> None:
    shown = read_alert(swapped("flood", ("Huyện Đức Cơ", "\u202eHuyện\u009b2J Đức Cơ")), LATER)
    assert shown.infos[0].areas[0].description == "Huyện2J Đức Cơ, tỉnh Gia Lai"


def xml(inside: str, root: str = f'<alert xmlns="{CAP}">') -> bytes:
    return f"{root}{inside}</alert>".encode()


POINTS = "13.60,107.45 13.60,107.70 13.90,107.70 13.90,107.45 13.60,107.45"
REFUSED: dict[str, tuple[bytes, str, str]] = {
    "nothing": (b"", "xml", ""),
    "no xml": (b"flood!", "xml", ""),
    "cut off": (example("flood")[:-20], "xml", ""),
    "two roots": (example("exercise") * 2, "xml", ""),
    "not utf-8": (b"\xff\xfe<", "encoding", "byte 0"),
    "utf-16": (example("exercise").decode().encode("utf-16"), "encoding", ""),
    "says latin-1": (b'<?xml version="1.0" encoding="iso-8859-1"?>' + example("exercise"), "encoding", "iso-8859-1"),
    "too large": (example("flood") + b" " * MAX_BYTES, "size", "512 kB"),
    "too many": (xml("<info/>" * 21_000), "size", "elements"),
    "too many places": (swapped("flood", (POINTS, "1,1 2,2 3,1 " * 2_500 + "1,1")), "size", "20000 places"),
    "too deep": (xml("<x:a>" * 20, f'<alert xmlns="{CAP}" xmlns:x="y">'), "size", "deep"),
    "cap 1.1": (swapped("flood", ("cap:1.2", "cap:1.1")), "version", "CAP 1.1"),
    "cap 1.0": (swapped("flood", (CAP, "http://www.incident.com/cap/1.0")), "version", "CAP 1.0"),
    "no namespace": (swapped("flood", (f' xmlns="{CAP}"', "")), "namespace", "none"),
    "other namespace": (swapped("flood", (CAP, "urn:x")), "namespace", "urn:x"),
    "info elsewhere": (swapped("exercise", ("<info>", '<info xmlns="urn:x">')), "namespace", "<info>"),
    "other root": (f'<feed xmlns="{CAP}"/>'.encode(), "structure", "<feed>"),
    "long namespace": (xml("", f'<alert xmlns="{CAP}" xmlns:p="{"n" * 300}">'), "size", "namespace"),
    "hidden long namespace": (xml("", f"""<alert a="xmlns='" xmlns:p="a'{"n" * 300}">"""), "size", "namespace"),
    "misspelt": (swapped("flood", ("expires>", "expire>")), "structure", "<expire>"),
    "said twice": (swapped("flood", ("<scope>", "<status>Actual</status><scope>")), "structure", "twice"),
    "text between": (swapped("exercise", ("<info>", "<info>x")), "structure", "text"),
    "elements in text": (swapped("exercise", ("drill-17", "<b>1</b>")), "structure", "text only"),
    "foreign in text": (swapped("exercise", ("drill-17", 'drill<b xmlns="u"/>-17')), "structure", "text only"),
    "cap in text": (swapped("exercise", ("drill-17", "<note>1</note>")), "structure", "text only"),
    "status": (swapped("flood", (">Actual<", ">actual<")), "value", "'actual'"),
    "severity": (swapped("flood", (">Severe<", ">Catastrophic<")), "value", "alert.info[0].severity"),
    "certainty of cap 1.0": (swapped("flood", (">Likely<", ">Very Likely<")), "value", "Very Likely"),
    "language": (swapped("flood", (">vi-VN<", ">tiếng Việt<")), "value", "language"),
    "sender": (swapped("flood", ("<sender>dubao@", "<sender>du bao@")), "value", "sender"),
    "reference": (swapped("flood-update", (",2026-10-05T07:30:00+07:00", "")), "value", "references"),
    "no offset": (swapped("flood", ("12:00:00+07:00", "12:00:00")), "time", "offset"),
    "no time": (swapped("flood", ("2026-10-05T12:00:00+07:00", "noon")), "time", "'noon'"),
    "no day": (swapped("flood", ("2026-10-05T12", "2026-02-30T12")), "time", "expires"),
    "year 1": (swapped("flood", ("2026-10-05T12:00:00+07:00", "0001-01-01T00:00:00+14:00")), "time", "far away"),
    "offset": (swapped("flood", ("12:00:00+07:00", "12:00:00+99:00")), "time", "expires"),
    "future": (swapped("flood", ("<sent>2026", "<sent>2027")), "time", "still to come"),
    "long event": (swapped("flood", ("Flash Flood Warning", "F" * 300)), "size", "300 characters"),
    "open polygon": (swapped("flood", (POINTS, POINTS[:-13])), "area", "not closed"),
    "short polygon": (swapped("flood", (POINTS, "1,1 2,2 1,1")), "area", "3 points"),
    "flat polygon": (swapped("flood", (POINTS, "1,1 2,2 2,2 1,1")), "area", "a line"),
    "latitude": (swapped("flood", ("13.90,107.70", "90.1,107.70")), "area", "from -90 to 90"),
    "longitude": (swapped("flood", ("13.90,107.70", "13,181")), "area", "from -180 to 180"),
    "nan": (swapped("flood", ("13.90,107.70", "nan,inf")), "area", "'nan'"),
    "other digits": (swapped("flood", ("13.90,107.70", "១៣,107")), "area", "no number"),
    "three numbers": (swapped("flood", ("13.90,107.70", "13,107,5")), "area", "no place"),
    "circle": (swapped("exercise", ("13.68,107.53 2", "13.68,107.53")), "area", "no circle"),
    "radius": (swapped("exercise", ("13.68,107.53 2", "13.68,107.53 -2")), "area", "-2"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_wrong_is_refused_with_its_reason(name: str) -> None:
    data, rule, said = REFUSED[name]
    error = refusal(data)
    assert error.rule == rule, error
    assert said in error.message


@pytest.mark.parametrize("name", ["identifier", "sender", "sent", "status", "msgType", "scope"])
@pytest.mark.parametrize("instead", ["", "<{name}/>", "<{name}>  </{name}>"])
def test_an_alert_without_what_the_standard_demands_is_refused(name: str, instead: str) -> None:
    assert refusal(without("flood", name, instead)).rule == "missing"


@pytest.mark.parametrize("name", ["category", "event", "urgency", "severity", "certainty", "areaDesc", "valueName"])
def test_so_is_an_info_or_an_area(name: str) -> None:
    assert refusal(without("flood", name, "")).rule == "missing"


def without(example_name: str, element: str, instead: str) -> bytes:
    text = example(example_name).decode()
    start, end = text.index(f"<{element}>"), text.index(f"</{element}>") + len(element) + 3
    return (text[:start] + instead.format(name=element) + text[end:]).encode()


# What would reach outside, or eat the machine

_HEAD = '<?xml version="1.0"?>'
_BODY = example("flood").decode().split("?>", 1)[1].replace("Nguy cơ", "&x;")


def hostile(folder: Path) -> dict[str, str]:
    """Files that make a careless reader open a file or a connection, or grow without end."""
    secret = folder / "secret.txt"
    lol = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    url = "http://127.0.0.1:9/evil.dtd"
    return {
        "doctype": f"{_HEAD}<!DOCTYPE alert>{_BODY}",
        "xxe-file": f'{_HEAD}<!DOCTYPE alert [<!ENTITY x SYSTEM "file://{secret}">]>{_BODY}',
        "xxe-url": f'{_HEAD}<!DOCTYPE alert [<!ENTITY x SYSTEM "{url}">]>{_BODY}',
        "laughs": f'{_HEAD}<!DOCTYPE alert [<!ENTITY l0 "ha">{lol}<!ENTITY x "&l9;">]>{_BODY}',
        "quadratic": f'{_HEAD}<!DOCTYPE alert [<!ENTITY x "{"a" * 50_000}">]>{_BODY.replace("&x;", "&x;" * 10_000)}',
        "parameter": f'{_HEAD}<!DOCTYPE alert [<!ENTITY % p SYSTEM "file://{secret}"> %p;]>{_BODY}',
        "external-dtd": f'{_HEAD}<!DOCTYPE alert SYSTEM "{url}">{_BODY}',
        "external-file": f'{_HEAD}<!DOCTYPE alert SYSTEM "file://{secret}">{_BODY}',
        "public-dtd": f'{_HEAD}<!DOCTYPE alert PUBLIC "-//X//EN" "{url}">{_BODY}',
        "undefined": f"{_HEAD}{_BODY}",
        "xinclude": f'{_HEAD}<alert xmlns="{CAP}" xmlns:xi="http://www.w3.org/2001/XInclude">'
        f'<xi:include href="file://{secret}" parse="text"/></alert>',
        "stylesheet": f'{_HEAD}<?xml-stylesheet href="{url}"?>{_BODY.replace("&x;", "")}',
    }


RULES = {"undefined": "xml", "xinclude": "missing"}


def test_hostile_files_are_refused(tmp_path: Path) -> None:
    for name, text in hostile(tmp_path).items():
        if name == "stylesheet":
            assert read_alert(text.encode(), LATER).infos  # an instruction that nobody follows
        else:
            assert refusal(text.encode()).rule == RULES.get(name, "doctype"), name


_READER = """
import os, random, sys
from datetime import datetime
from pathlib import Path
from playout.alerts import read_alert
from playout.errors import AlertError

now = datetime.fromisoformat("2026-10-05T11:30:00+07:00")
texts = [Path(name).read_bytes() for name in sys.argv[3:]]
read_alert(texts[0], now)
try:  # everything that a refusal takes is loaded too
    read_alert(b"<x", now)
except AlertError as error:
    str(error)

def mark(name):
    try:
        os.stat("/marker-" + name)
    except OSError:
        pass

def all_texts():  # and so many with random damage; the seed is fixed, so that a failure comes again
    yield from texts
    draw = random.Random(12)
    pieces = texts[1:] + [b"<!DOCTYPE a SYSTEM 'file:///etc/hostname'>", b"&x;", b"<info>", b"]]>", b"\\xff", b"99"]
    for _ in range(int(sys.argv[2])):
        data = bytearray(texts[0])
        for _ in range(draw.randint(1, 6)):
            at, length = draw.randrange(len(data) + 1), draw.randint(0, 30)
            piece = draw.choice([b"", data[at // 2 :][: length * 10], draw.randbytes(length), draw.choice(pieces)])
            data[at : at + draw.choice([0, length])] = piece
        yield bytes(data)

mark("begin")
for text in all_texts():
    try:
        read_alert(text, now)
    except AlertError as error:
        print(error.rule)
if sys.argv[1] == "careless":
    os.stat("/etc/hostname")
mark("end")
"""


@pytest.mark.parametrize("reader", ["ours", "careless"])
def test_nothing_outside_is_opened(tmp_path: Path, reader: str) -> None:
    """Between two marks strace sees every call about a file or the network; `careless` makes one."""
    assert (seen_outside(tmp_path, reader, 100) == []) == (reader == "ours")


@pytest.mark.soak
@pytest.mark.timeout(900)
def test_ten_thousand_broken_alerts_open_nothing(tmp_path: Path) -> None:
    assert seen_outside(tmp_path, "ours", 10_000) == []


def seen_outside(tmp_path: Path, reader: str, broken: int) -> list[str]:
    """What strace saw while hostile files, and so many that are broken at random, were read."""
    strace = need_program("strace", "strace")
    (tmp_path / "secret.txt").write_text("secret")
    files = [EXAMPLES / "flood.xml"]
    for name, text in hostile(tmp_path).items():
        files.append(tmp_path / f"{name}.xml")
        files[-1].write_text(text, encoding="utf-8")
    trace = tmp_path / "trace"
    program = [sys.executable, "-c", _READER, reader, broken, *files]
    command = [strace, "-f", "-e", "trace=file,network", "-o", trace, *program]
    ran = subprocess.run(list(map(str, command)), capture_output=True, text=True, check=False)
    if not trace.exists() or "PTRACE" in ran.stderr:
        missing(f"strace may not trace here: {ran.stderr[-200:]}")
    assert ran.returncode == 0, ran.stderr
    rules = ran.stdout.split()
    assert rules.count("doctype") >= 9
    assert len(rules) > broken / 2  # most are refused
    lines = trace.read_text(encoding="utf-8", errors="replace").splitlines()
    begin, end = (next(n for n, line in enumerate(lines) if f"/marker-{mark}" in line) for mark in ("begin", "end"))
    return lines[begin + 1 : end]


@pytest.mark.parametrize(
    "text",
    [
        f'<alert xmlns="{CAP}" xmlns:p="{"n" * 250_000}" ' + " ".join(f'p:a{n}=""' for n in range(20_000)) + "/>",
        f'<alert xmlns="{CAP}">' + "<info>" * 60_000,
        f'<alert xmlns="{CAP}"><note>' + "x" * 500_000 + "</note></alert>",
        f'<alert xmlns="{CAP}">' + "<info><area><polygon>" + "1,1 " * 120_000 + "</polygon></area></info></alert>",
        f'<alert xmlns="{CAP}" ' + " ".join(f'xmlns:p{n}="{"n" * 200}"' for n in range(2_000)) + "/>",
        "xmlns" * 100_000,
        f'<alert xmlns="{CAP}">' + "<code>1</code>" * 35_000,
    ],
    ids=["namespaces", "deep", "text", "points", "prefixes", "words", "many"],
)
def test_memory_stays_bounded(text: str) -> None:
    """Measured: 6 MB at most for these; a namespace written in front of each of 20,000 names would take 5 GB."""
    data = text.encode()[:MAX_BYTES]
    tracemalloc.start()
    try:
        refusal(data)
        assert tracemalloc.get_traced_memory()[1] < 100_000_000
    finally:
        tracemalloc.stop()


def test_the_largest_alert_takes_little_memory() -> None:
    """Measured: 4 MB for a polygon of 20,000 places."""
    points = "1,1 2,1 " * 9_999 + "2,2 1,1"
    data = swapped("flood-update", (POINTS, points))
    tracemalloc.start()
    try:
        (polygon,) = read_alert(data, LATER).infos[0].areas[0].polygons
        assert tracemalloc.get_traced_memory()[1] < 100_000_000
    finally:
        tracemalloc.stop()
    assert len(polygon) == 20_000


# Any bytes

_PIECES = [
    b"<!DOCTYPE a>", b"<!ENTITY x SYSTEM 'file:///etc/passwd'>", b"&x;", b"&#0;", b"&#1114111;", b"<![CDATA[", b"]]>",
    b"<info>", b"</info>", b"xmlns:a='b'", b"\x00", b"\xff", b"\xed\xa0\x80", b"<", b">", b"\"", b"'", b"&amp;",
    b"<area>", b"</area>", b"<?xml version='1.1'?>", b"encoding='utf-7'", b"-00:00", b"Z", b"99", b"1e999", b",", b" ",
    "០១".encode(), "\u202e".encode(), b"<a:b/>", b"<cap:alert>",
]  # fmt: skip


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    """An example with some of its bytes cut, doubled, swapped, or replaced."""
    data = bytearray(example(draw(st.sampled_from(NAMES))))
    for _ in range(draw(st.integers(1, 6))):
        at = draw(st.integers(0, max(len(data) - 1, 0)))
        length = draw(st.integers(0, 40))
        match draw(st.integers(0, 4)):
            case 0:
                del data[at : at + length]
            case 1:
                data[at:at] = draw(st.sampled_from(_PIECES))
            case 2:
                data[at : at + length] = draw(st.binary(max_size=8))
            case 3:
                other = draw(st.integers(0, max(len(data) - 1, 0)))
                data[at:at] = data[other : other + length * 10]
            case _:
                data[at : at + 1] = draw(st.binary(min_size=1, max_size=1))
    return bytes(data)


def comes_to_something(data: bytes) -> None:
    try:
        read: Alert | AlertError = read_alert(data, LATER)
    except AlertError as error:
        read = error
    assert read.sent.tzinfo is UTC if isinstance(read, Alert) else read.message and read.rule


@given(mutated())
@settings(max_examples=400, deadline=None)
def test_mutations_give_an_alert_or_a_refusal(data: bytes) -> None:
    comes_to_something(data)


@given(st.binary(max_size=400) | st.text(max_size=200).map(str.encode))
@settings(max_examples=200, deadline=None)
def test_any_bytes_give_an_alert_or_a_refusal(data: bytes) -> None:
    comes_to_something(data)


@pytest.mark.soak
@pytest.mark.timeout(900)
@given(mutated())
@settings(max_examples=10_000, deadline=None)
def test_ten_thousand_mutations(data: bytes) -> None:
    comes_to_something(data)


# Judged by a reader that others wrote


def by_others(data: bytes) -> Any:
    """The message as cap-tools reads it."""
    try:
        from cap_tools.models import Alert as Theirs  # noqa: PLC0415 -- may be missing
        from xsdata.formats.dataclass.parsers import XmlParser  # noqa: PLC0415
    except ImportError:
        missing("cap-tools is not installed (PyPI package cap-tools)")
    return XmlParser().from_bytes(data, Theirs)


def same(ours: Alert, theirs: Any) -> None:
    assert (ours.identifier, ours.sender) == (theirs.identifier, theirs.sender)
    assert ours.sent == theirs.sent.to_datetime()
    assert [ours.status, ours.msg_type, ours.scope] == [
        theirs.status.value, theirs.msg_type.value, theirs.scope.value,
    ]  # fmt: skip
    assert len(ours.infos) == len(theirs.infos)
    for mine, other in zip(ours.infos, theirs.infos, strict=True):
        assert mine.language == (other.language or "en-US")
        assert mine.event == other.event.strip()
        assert [each.value for each in mine.categories] == [each.value for each in other.categories]
        assert [each.value for each in mine.response_types] == [each.value for each in other.response_types]
        assert [mine.urgency, mine.severity, mine.certainty] == [
            other.urgency.value, other.severity.value, other.certainty.value,
        ]  # fmt: skip
        for name in ("effective", "onset", "expires"):
            moment = getattr(other, name)
            assert getattr(mine, name) == (moment.to_datetime() if moment else None)
        assert mine.headline == (other.headline or "").strip()
        assert mine.description == (other.description or "").strip()
        assert [area.description for area in mine.areas] == [area.area_desc.strip() for area in other.areas]
        assert [(code.name, code.value) for area in mine.areas for code in area.geocodes] == [
            (code.value_name.value, code.value.value) for area in other.areas for code in area.geocodes
        ]


@pytest.mark.parametrize("name", [name for name in NAMES if "order" not in name])
def test_the_examples_say_the_same_to_others(name: str) -> None:
    same(alert(name), by_others(example(name)))


_WORDS = st.text("aBc ýạក្រ<&>\"',.ngủ", min_size=1, max_size=20).map(str.strip).filter(bool)
_TIMES = st.datetimes(datetime(2020, 1, 1), datetime(2026, 10, 1)).map(  # noqa: DTZ001 -- the offset is drawn apart
    lambda moment: moment.replace(microsecond=0).isoformat()
)
_STAMPS = st.builds(str.__add__, _TIMES, st.sampled_from(["+07:00", "-00:00", "+05:30", "-11:00"]))


@st.composite
def messages(draw: st.DrawFn) -> bytes:
    """A message in the order of the schema, so that others read it too."""
    root = Element("alert", xmlns=CAP)

    def put(parent: Element, name: str, text: str) -> None:
        SubElement(parent, name).text = text

    def one(kind: type[StrEnum]) -> str:
        return draw(st.sampled_from([each.value for each in kind]))

    put(root, "identifier", draw(st.from_regex(r"[a-zA-Z0-9.:-]{1,20}", fullmatch=True)))
    put(root, "sender", draw(st.from_regex(r"[a-z]{1,9}@[a-z]{1,9}", fullmatch=True)))
    put(root, "sent", draw(_STAMPS))
    for name, kind in (("status", Status), ("msgType", MsgType), ("scope", Scope)):
        put(root, name, one(kind))
    for _ in range(draw(st.integers(0, 3))):
        info = SubElement(root, "info")
        if language := draw(st.sampled_from(["", "vi-VN", "km", "en-GB"])):
            put(info, "language", language)
        for _ in range(draw(st.integers(1, 2))):
            put(info, "category", one(Category))
        put(info, "event", draw(_WORDS))
        for _ in range(draw(st.integers(0, 2))):
            put(info, "responseType", one(ResponseType))
        for name, kind in (("urgency", Urgency), ("severity", Severity), ("certainty", Certainty)):
            put(info, name, one(kind))
        for name in ("effective", "onset", "expires"):
            if draw(st.booleans()):
                put(info, name, draw(_STAMPS))
        for name in ("headline", "description"):
            if draw(st.booleans()):
                put(info, name, draw(_WORDS))
        for _ in range(draw(st.integers(0, 2))):
            area = SubElement(info, "area")
            put(area, "areaDesc", draw(_WORDS))
            if draw(st.booleans()):
                code = SubElement(area, "geocode")
                put(code, "valueName", "GSO")
                put(code, "value", draw(st.from_regex(r"[0-9]{1,5}", fullmatch=True)))
    return tostring(root, encoding="utf-8")


@given(messages())
@settings(max_examples=150, deadline=None)
def test_any_message_says_the_same_to_others(data: bytes) -> None:
    same(read_alert(data, LATER), by_others(data))
