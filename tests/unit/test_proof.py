"""The proof program's answers: reports as the check makes them, and reasons where there are none."""

import io
import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter

from playout.check.reading import check_notice
from playout.check.report import Report
from playout.check.wall import Wall
from playout.intake import SuppliedPictures
from playout.model.claim import Band
from playout.model.frame import Size
from playout.model.notice import Kind, Notice, Text
from playout.model.panel import Panel, Site
from playout.paths import shipped
from playout.proof import Desk, serve
from playout.text.engine import TextEngine
from playout.text.fonts import load_fonts

WALL = Wall(Panel(), Site(languages=("vi",)), (Size(672, 480),))
NOTICE = Notice("n", Kind.TEXT, "n", "test", dwell_s=20.0, texts=(Text("vi", "Cấm \U0001f6c3 lửa", "", True),))
REPORT = TypeAdapter(Report)


def asked(notice: Any, *, draft: bool = False, **rest: Any) -> dict[str, Any]:
    wall = TypeAdapter(Wall).dump_python(WALL, mode="json")
    table = TypeAdapter(Notice).dump_python(notice, mode="json") if isinstance(notice, Notice) else notice
    return {"kind": "check", "notice": table, "wall": wall, "bands": [3, 5], "draft": draft, **rest}


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    return Desk(shipped("fonts"), tmp_path_factory.mktemp("media"))


def test_reports_come_as_the_check_makes_them(desk: Desk) -> None:
    answer = json.loads(json.dumps(desk.answer(asked(NOTICE))))
    engine = TextEngine(load_fonts(shipped("fonts")))
    for band, told in zip((Band.NOTICE, Band.EMERGENCY), answer["reports"], strict=True):
        expected = check_notice(NOTICE, WALL, engine, SuppliedPictures(Path(), {}), band)
        assert REPORT.validate_python(told) == expected
    assert answer["fonts"] == engine.fonts_sha256
    assert (answer["ok"], answer["problems"]) == (True, [])


def test_a_draft_is_read_as_a_file_is_and_settled(desk: Desk) -> None:
    table = {
        "id": "n",
        "kind": "text",
        "title": " n ",
        "source": "s",
        "texts": [{"language": "vi", "body": "Lu\u031b\u0309a"}],
    }
    answer = desk.answer(asked(table, draft=True))
    settled = answer["notice"]
    assert (settled["title"], settled["arrange"], settled["dwell_s"]) == ("n", "pages", 3.0)
    assert settled["texts"][0]["body"] == "L\u1eeda"
    assert answer["reports"][0]["legible_to_m"]


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ({"kind": "text"}, "title: missing"),
        ({"kind": "text", "title": "t", "source": "s", "text": []}, "text: unknown key; did you mean 'texts'?"),
        ({"kind": "text", "title": "t", "source": "s", "texts": [{"language": "xx", "body": "b"}]}, "unknown language"),
        ({"kind": "text", "title": "t", "source": "s", "dwell_s": 1}, "dwell_s"),
    ],
)
def test_a_table_that_is_no_notice_is_told_with_its_mistakes(desk: Desk, table: Mapping[str, Any], words: str) -> None:
    answer = desk.answer(asked({"id": "n", **table}, draft=True))
    assert answer["ok"]
    assert any(words in line for line in answer["problems"])


def test_a_table_without_end_is_refused(desk: Desk) -> None:
    deep: dict[str, Any] = {}
    for _ in range(5000):
        deep = {"x": deep}
    assert desk.answer(asked(deep, draft=True))["problems"]


def test_a_picture_that_is_not_in_the_store_is_a_finding(desk: Desk) -> None:
    answer = desk.answer(asked(replace(NOTICE, picture="f" * 64)))
    assert "picture" in {finding["code"] for finding in answer["reports"][0]["findings"]}


def test_without_fonts_there_is_a_reason_and_a_remedy(tmp_path: Path) -> None:
    answer = Desk(tmp_path, tmp_path).answer(asked(NOTICE))
    assert not answer["ok"]
    assert answer["reason"]
    assert answer["remedy"]


def test_what_nobody_foresaw_is_answered_too(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    answer = desk.answer({"kind": "dance"})
    assert not answer["ok"]
    assert "request failed" in caplog.text


def test_it_answers_line_by_line_and_ends_with_its_input(desk: Desk) -> None:
    answers = io.BytesIO()
    lines = b"".join(json.dumps(asked(NOTICE)).encode() + b"\n" for _ in range(2))
    serve(desk, io.BytesIO(lines), answers)
    assert [json.loads(line)["ok"] for line in answers.getvalue().splitlines()] == [True, True]
