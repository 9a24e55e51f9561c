"""The proof program: does for control what takes fonts and pictures, which control does not load.

Control starts it and speaks to it over its standard input and output, one JSON object a line, one request at a time. A
request has a `kind`; its answer says `ok`, or the `reason` why it could not be carried out. The program ends with its
input. It takes what time the others leave, and no more than 2 GB of addresses.
"""

import contextlib
import json
import logging
import os
import resource
import signal
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, BinaryIO

from pydantic import TypeAdapter

from playout.check.reading import check_notice, settle
from playout.check.report import Report
from playout.check.wall import Wall
from playout.errors import PlayoutError
from playout.intake import SuppliedPictures
from playout.model.claim import Band
from playout.model.notice import Notice
from playout.paths import Paths
from playout.store.noticefile import read_notice, tidy
from playout.text.engine import TextEngine
from playout.text.selftest import selftest
from playout.vetting import load_vetted_fonts

__all__ = ["Desk", "run", "serve"]

_log = logging.getLogger(__name__)
_NICER = 5
_ADDRESSES = 2 << 30
_MOST_FINDINGS = 500
"""Findings of one report that are told: more help nobody."""
_WALL = TypeAdapter(Wall)
_REPORT = TypeAdapter(Report)
_NOTICE = TypeAdapter(Notice)

Request = Mapping[str, Any]
Answer = dict[str, Any]


def run(paths: Paths) -> int:
    """Serves control until it hangs up; returns the exit code."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for control, which then hangs up
    with contextlib.suppress(PermissionError):
        os.nice(_NICER)
    resource.setrlimit(resource.RLIMIT_AS, (_ADDRESSES, _ADDRESSES))
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a library prints goes to the log, not between the answers
    # What was not taken any more is written once again at the close.
    with contextlib.suppress(BrokenPipeError), open(0, "rb", closefd=False) as requests, answers:
        serve(Desk(paths.fonts, paths.media, paths.fonts_tried), requests, answers)
    return 0


def serve(desk: "Desk", requests: BinaryIO, answers: BinaryIO) -> None:
    """Answers one request after the other until there are no more, or nobody to answer."""
    for line in requests:
        answer = desk.answer(json.loads(line))
        try:
            answers.write(json.dumps(answer).encode() + b"\n")
            answers.flush()
        except BrokenPipeError:
            return


class Desk:
    """Carries out requests by kind. Fonts are loaded with the first one that needs them."""

    def __init__(self, fonts: Path, media: Path, fonts_tried: Path | None = None) -> None:
        self._fonts, self._media, self._fonts_tried = fonts, media, fonts_tried
        self._engine: TextEngine | None = None
        self._kinds: Mapping[str, Callable[[Request], Answer]] = {"check": self._check}

    def answer(self, request: Request) -> Answer:
        """The answer to a request; never raises for what was asked."""
        try:
            return {"ok": True, **self._kinds[request["kind"]](request)}
        except PlayoutError as error:
            return {"ok": False, "reason": error.message, "remedy": error.hint}
        except MemoryError:
            remedy = "supply a smaller picture"
            return {"ok": False, "reason": "it takes more memory than may be used for it", "remedy": remedy}
        except RecursionError:
            return {"ok": True, "problems": ["notice: nested too deeply; see docs/schedules.md"]}
        except Exception as error:  # noqa: BLE001 -- one bad draft must not end it for the others
            _log.exception("request failed kind=%r", request.get("kind"))
            return {"ok": False, "reason": f"something unforeseen failed: {error!r}", "remedy": "see the log"}

    def _check(self, request: Request) -> Answer:
        """Judges a notice for `wall` in each of `bands`; one that is a `draft` is read as a file's and settled."""
        wall, is_draft = _WALL.validate_python(request["wall"]), request["draft"]
        table, problems = request["notice"], list[str]()
        notice = read_notice(tidy(table) if is_draft else table, "notice", problems)
        if notice is None or problems:
            return {"problems": problems}
        engine = self._ready()
        pictures = SuppliedPictures(self._media, {})
        notice = settle(notice, wall, engine) if is_draft else notice
        reports = [check_notice(notice, wall, engine, pictures, Band(band)) for band in request["bands"]]
        return {
            "problems": [],
            "fonts": engine.fonts_sha256,
            "notice": _NOTICE.dump_python(notice, mode="json"),
            "reports": [
                _REPORT.dump_python(replace(report, findings=report.findings[:_MOST_FINDINGS]), mode="json")
                for report in reports
            ],
        }

    def _ready(self) -> TextEngine:
        """Raises: ContentError without fonts."""
        if self._engine is None:
            fonts = load_vetted_fonts(self._fonts, self._fonts_tried)
            selftest(fonts)
            self._engine = TextEngine(fonts)
        return self._engine
