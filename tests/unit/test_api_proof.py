"""The proof program as control sees it: it may end, hang or talk nonsense at any time, and control goes on."""

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from playout.api.proof import Proof
from playout.errors import LinkError

pytestmark = pytest.mark.anyio

PROGRAM = """
import json, os, sys
for line in sys.stdin:
    request = json.loads(line)
    match request["do"]:
        case "answer":
            print(json.dumps({"pid": os.getpid(), "said": request.get("say")}), flush=True)
        case "die":
            os.kill(os.getpid(), 9)
        case "hang":
            open(request["mark"], "w").close()
            os.read(0, 1)
        case "babble":
            print("what?", flush=True)
"""


@pytest.fixture
async def proof() -> AsyncIterator[Proof]:
    made = Proof([sys.executable, "-c", PROGRAM], timeout_s=30)
    yield made
    await made.close()


async def test_control_itself_loads_neither_fonts_nor_pictures() -> None:
    code = "import sys, playout.api.main as _; print(*{name.partition('.')[0] for name in sys.modules})"
    loaded = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout.split()
    assert "playout" in loaded
    assert not {"uharfbuzz", "icu4py", "fontTools", "cv2", "PIL"} & set(loaded)


async def test_it_starts_with_the_first_request_and_stays(proof: Proof) -> None:
    assert proof.pid is None
    answers = [await proof.ask({"do": "answer", "say": word}) for word in ("Lệ Thanh", "\ud800")]
    assert [answer["said"] for answer in answers] == ["Lệ Thanh", "\ud800"]
    assert {answer["pid"] for answer in answers} == {proof.pid}


async def test_requests_take_turns_and_get_their_own_answers(proof: Proof) -> None:
    answers = await asyncio.gather(*(proof.ask({"do": "answer", "say": number}) for number in range(8)))
    assert [answer["said"] for answer in answers] == list(range(8))


async def test_one_that_dies_over_a_request_is_told_and_the_next_finds_another(proof: Proof) -> None:
    first = proof.pid or (await proof.ask({"do": "answer"}))["pid"]
    with pytest.raises(LinkError, match="has ended") as caught:
        await proof.ask({"do": "die"})
    assert "send it again" in caught.value.hint
    assert (await proof.ask({"do": "answer"}))["pid"] != first


async def test_one_that_died_while_idle_is_started_again_unnoticed(proof: Proof) -> None:
    first = (await proof.ask({"do": "answer"}))["pid"]
    assert proof._process is not None  # pyright: ignore[reportPrivateUsage]
    proof._process.kill()  # pyright: ignore[reportPrivateUsage]
    await proof._process.wait()  # pyright: ignore[reportPrivateUsage]
    assert (await proof.ask({"do": "answer"}))["pid"] != first


async def test_one_that_hangs_is_ended(tmp_path: Path) -> None:
    proof = Proof([sys.executable, "-c", PROGRAM], timeout_s=0.5)
    with pytest.raises(LinkError, match=r"more than 0\.5 s"):
        await proof.ask({"do": "hang", "mark": str(tmp_path / "mark")})
    assert proof.pid is None


async def test_nonsense_is_no_answer(proof: Proof) -> None:
    with pytest.raises(LinkError, match="has ended"):
        await proof.ask({"do": "babble"})
    assert (await proof.ask({"do": "answer", "say": 1}))["said"] == 1


async def test_one_that_cannot_be_started_is_told() -> None:
    proof = Proof(["/nowhere/python"])
    with pytest.raises(LinkError, match="No such file"):
        await proof.ask({"do": "answer"})


async def test_a_request_given_up_leaves_no_answer_to_the_next(proof: Proof, tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    asking = asyncio.create_task(proof.ask({"do": "hang", "mark": str(mark)}))
    async with asyncio.timeout(30):
        while not mark.exists():
            await asyncio.sleep(0)
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    assert (await proof.ask({"do": "answer", "say": 2}))["said"] == 2


async def test_more_than_a_few_do_not_wait(proof: Proof, tmp_path: Path) -> None:
    hung = asyncio.create_task(proof.ask({"do": "hang", "mark": str(tmp_path / "mark")}))
    waiting = [asyncio.create_task(proof.ask({"do": "answer"})) for _ in range(9)]
    done, _ = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
    (refused,) = done
    assert isinstance(refused.exception(), LinkError)
    assert "wait" in str(refused.exception())
    hung.cancel()
    answers = await asyncio.gather(*waiting, return_exceptions=True)
    assert sum(isinstance(answer, LinkError) for answer in answers) == 1


async def test_it_ends_when_nobody_needs_it() -> None:
    proof = Proof([sys.executable, "-c", PROGRAM], idle_s=0)
    await proof.ask({"do": "answer"})
    async with asyncio.timeout(30):
        while proof.pid is not None:
            await asyncio.sleep(0)
    assert (await proof.ask({"do": "answer", "say": 3}))["said"] == 3
    await proof.close()
