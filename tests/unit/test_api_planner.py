"""Plans made by a program: its answer, its failures and its slowness become answers, and it ends with the caller."""

import asyncio
import sys
from datetime import date
from pathlib import Path

import pytest

from playout.api.planner import Planner
from playout.api.problems import Refused

DAY = date(2026, 9, 2)
SAYS = "import json, sys; print(json.dumps({'words': sys.argv[1:]}))"
FAILS = "import sys; sys.exit('playout: no fonts (install them)')"
HANGS = "import time, os; open(PATH, 'w').write(str(os.getpid())); time.sleep(60)"


def planner(script: str, timeout_s: float = 60.0) -> Planner:
    return Planner([sys.executable, "-c", script], ["--state", "x"], timeout_s)


def test_it_asks_for_the_day_and_the_screen() -> None:
    told = asyncio.run(planner(SAYS).table("side", DAY))
    assert told == {"words": ["plan", "--day", "2026-09-02", "--screen", "side", "--json", "--state", "x"]}
    told = asyncio.run(planner(SAYS).gaps("side", 30))
    assert told == {"words": ["gaps", "--days", "30", "--screen", "side", "--json", "--state", "x"]}
    drawn = asyncio.run(planner("import sys; sys.stdout.buffer.write(b'\\x89PNG\\0')").sheet("side", DAY))
    assert drawn == b"\x89PNG\0"


def test_what_it_says_when_it_fails_is_told() -> None:
    with pytest.raises(Refused) as caught:
        asyncio.run(planner(FAILS).table("main", DAY))
    assert caught.value.status_code == 503
    assert "no fonts (install them)" in caught.value.detail


def test_one_that_hangs_is_ended(tmp_path: Path) -> None:
    path = tmp_path / "pid"
    with pytest.raises(Refused, match="was not made within") as caught:
        asyncio.run(planner(HANGS.replace("PATH", repr(str(path))), 2.0).table("main", DAY))
    assert caught.value.status_code == 503
    if path.exists():  # a busy machine may not even have begun it
        assert not Path(f"/proc/{path.read_text()}").exists()


def test_there_are_never_more_than_three_at_once() -> None:
    async def ask() -> list[object]:
        slow = planner("import time; time.sleep(0.3); print('{}')")
        return await asyncio.gather(*(slow.table("main", DAY) for _ in range(5)), return_exceptions=True)

    answers = asyncio.run(ask())
    assert [answer for answer in answers if answer == {}] == [{}, {}, {}]
    assert sum(isinstance(answer, Refused) for answer in answers) == 2
