"""A proof program without fonts: what it finds in a notice stands in the notice's words."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from pydantic import TypeAdapter

from playout.check.finding import Finding, Severity
from playout.check.report import Report
from playout.errors import LinkError

_REPORT = TypeAdapter(Report)


class FakeProof:
    """Finds in a notice what its words say.

    A text with a question mark cannot be read, one with `...` has an error and can, one with an exclamation mark kills
    the program; while it `is_broken` every text does. A notice has an error if its picture is `lost`.
    """

    def __init__(self) -> None:
        self.asked: list[Mapping[str, Any]] = []
        self.fonts = "a"
        self.is_broken = False
        self.lost: set[str] = set()

    async def close(self) -> None:
        self.is_broken = True

    async def ask(self, request: Mapping[str, Any]) -> dict[str, Any]:
        self.asked.append(request)
        notice = request["notice"]
        bodies = {text["language"]: text["body"] for text in notice["texts"]}
        if self.is_broken or any("!" in body for body in bodies.values()):
            raise LinkError("the program that does it has ended", hint="send it again")
        if "no fonts" in bodies.values():
            return {"ok": False, "reason": "no fonts", "remedy": "install them"}
        if "nonsense" in bodies.values():
            return {"ok": True, "problems": ["notice: nonsense"]}
        if "babble" in bodies.values():
            return {"ok": True, "problems": [], "reports": "many"}
        report = _report(notice["id"], bodies)
        if notice.get("picture") in self.lost:
            where = f"notices[{notice['id']}].picture"
            found = Finding("picture", Severity.ERROR, where, "not in the store", "import it again")
            report = replace(report, findings=(*report.findings, found), readable=(), unreadable=("",))
        made = _REPORT.dump_python(report, mode="json")
        reports = [made for _ in request["bands"]]
        return {"ok": True, "problems": [], "fonts": self.fonts, "notice": notice, "reports": reports}


def _report(name: str, bodies: Mapping[str, str]) -> Report:
    found: list[Finding] = []
    for language, body in bodies.items():
        where = f"notices[{name}].texts[{language}]"
        if "?" in body:
            found.append(Finding("text.uncovered", Severity.ERROR, where, "no font has it", "replace it", language, 3))
        if "..." in body:
            found.append(
                Finding("size.distance", Severity.ERROR, where, "too small", "shorten it", language, None, 20.0, 23.5)
            )
    bad = tuple(language for language, body in bodies.items() if "?" in body)
    good = tuple(language for language in bodies if language not in bad)
    return Report(tuple(found), dict.fromkeys(bodies, 50.0), dict.fromkeys(bodies, 5.0), good, bad)
