"""Notices judged by the running control: refused before they are saved, whatever happens to the program that judges."""

import contextlib
import os
import re
import signal
import threading
from collections.abc import Generator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from system.rig import Sign, until, write_schedule

from playout.clock import SystemClock
from playout.store import open_store, revisions

pytestmark = pytest.mark.system

MAIN = '[[screens]]\nid = "main"\nsink = "memory"\nfps = 20\n'
GAS = {
    "kind": "text",
    "title": "Rò khí",
    "source": "test",
    "texts": [
        {"language": "vi", "body": "Rò khí \U0001f6c3"},
        {"language": "en", "body": "Gas leak"},
        {"language": "km", "body": "លេចធ្លាយឧស្ម័ន"},
    ],
}
SPARE = """
kind = "text"
title = "Dự phòng"
source = "test"
[[texts]]
language = "vi"
body = "Chỉ có tiếng Việt"
"""


def answers(sign: Sign) -> bool:
    """Whether control takes requests."""
    with contextlib.suppress(OSError):
        return sign.request("/healthz")[0] == 200
    return False


def check(sign: Sign) -> tuple[int, dict[str, Any]]:
    """Has the notice judged; on a busy machine the first time takes seconds."""

    def asked() -> tuple[int, dict[str, Any]] | None:
        with contextlib.suppress(OSError):
            return sign.request("/api/v1/notices/check", GAS)
        return None

    return until("a notice is judged", asked)


@pytest.fixture(scope="module")
def control(tmp_path_factory: pytest.TempPathFactory) -> Generator[Sign, None, None]:
    """Control alone, with a revision in which a notice lacks two languages."""
    sign, folder = Sign(tmp_path_factory.mktemp("sign"), MAIN), write_schedule(tmp_path_factory.mktemp("s") / "files")
    (folder / "notices" / "spare.toml").write_text(SPARE, encoding="utf-8")
    assert sign.call("import", str(folder)).returncode == 0
    sign.start("control")
    until("control answers", lambda: answers(sign))
    sign.make_token()
    yield sign
    sign.stop()


def test_a_notice_is_judged_and_an_override_of_an_unreadable_one_refused(control: Sign) -> None:
    status, told = check(control)
    assert (status, told["refused"], told["unreadable"]) == (200, True, ["vi"])
    (found,) = [finding for finding in told["findings"] if finding["severity"] == "error"]
    assert (found["code"], found["position"], found["language"]) == ("text.uncovered", 7, "vi")
    status, told = control.request("/api/v1/overrides", {"notice": "spare", "reason": "thử"})
    assert status == 422
    assert {finding["language"] for finding in told["findings"] if finding["code"] == "language.missing"} == {
        "en",
        "km",
    }
    assert control.request("/api/v1/overrides") == (200, {"overrides": []})
    assert control.request("/api/v1/overrides", {"notice": "words", "reason": "thử"})[0] == 201


def test_every_notice_is_judged_in_the_background(control: Sign) -> None:
    def judged() -> dict[str, Any] | None:
        notices = {each["id"]: each for each in control.request("/api/v1/notices")[1]["notices"]}
        return notices if all(each["findings"] is not None for each in notices.values()) else None

    notices = until("every notice is judged", judged)
    assert set(notices["words"]["legible_to_m"]) == {"vi", "en", "km"}
    assert [found["severity"] for found in notices["spare"]["findings"] if found["code"] == "language.missing"] == [
        "info", "info",
    ]  # fmt: skip


def test_the_judge_is_held_to_less_than_the_others(control: Sign) -> None:
    assert check(control)[0] == 200
    (judge,), (itself,) = control.pids("proof"), control.pids("control")
    limits = Path(f"/proc/{judge}/limits").read_text(encoding="ascii")
    assert re.search(r"Max address space +2147483648 +2147483648", limits)
    assert os.getpriority(os.PRIO_PROCESS, judge) > os.getpriority(os.PRIO_PROCESS, itself)
    maps = Path(f"/proc/{itself}/maps").read_text(encoding="utf-8")
    assert not any(library in maps for library in ("uharfbuzz", "icu4py", "cv2"))


def test_a_language_that_cannot_be_read_is_shown_nowhere(control: Sign) -> None:
    """The revision comes from where no check was, as one does that was made for other fonts."""
    control.start("player", "--screen", "main")
    until("the player shows words", lambda: control.shows(notice="words"))
    with open_store(control.paths.database) as store, store.write() as db:
        record = revisions.latest(db)
        assert record is not None
        words = record.revision.notices["words"]
        texts = tuple(replace(text, body="\U0001f6c3") if text.language == "en" else text for text in words.texts)
        notices = {**record.revision.notices, "words": replace(words, texts=texts)}
        now_ns = SystemClock().utc_ns()
        revisions.add(db, record.revision.schedule, notices, now_ns=now_ns, author="test", reason="test")
    told = "words: not shown in en, which cannot be read on this sign"
    until("it is left out", lambda: (s := control.shows(revision=2, notice="words", pages=2)) and told in s.warnings)
    for language in ("vi", "km", "vi"):
        until(f"{language} is shown", partial(control.shows, notice="words", language=language))
        assert (seen := control.snapshot()) is not None
        assert seen.language != "en"
    assert any("'words' cannot be read in 'en'" in line for line in control.request("/api/v1/status")[1]["warnings"])
    status, answer = control.request("/api/v1/overrides", {"notice": "words", "reason": "thử"})
    assert (status, answer["findings"][-1]["code"]) == (422, "text.uncovered")


def test_a_killed_judge_is_told_of_and_followed_by_another(control: Sign) -> None:
    """It is stopped before the question, so that it dies over it; a question that found the next one is asked again."""
    assert check(control)[0] == 200

    def died_over_it() -> dict[str, Any] | None:
        (pid,) = until("the program judges", lambda: control.pids("proof"))
        os.kill(pid, signal.SIGSTOP)
        got: list[tuple[int, dict[str, Any]]] = []
        asking = threading.Thread(target=lambda: got.append(control.request("/api/v1/notices/check", GAS)))
        asking.start()
        asking.join(0.5)
        os.kill(pid, signal.SIGKILL)
        asking.join(30)
        assert got, "the question hangs"
        return got[0][1] if got[0][0] == 503 else None

    told = until("a question was killed with the program", died_over_it)
    assert "has ended" in told["detail"]
    assert "send it again" in told["remedy"]
    assert check(control)[0] == 200


def test_the_judge_ends_with_control(control: Sign) -> None:
    assert check(control)[0] == 200
    (pid,) = control.pids("control")
    assert control.pids("proof")
    os.kill(pid, signal.SIGKILL)
    until("nobody is left", lambda: not control.pids("proof"))
