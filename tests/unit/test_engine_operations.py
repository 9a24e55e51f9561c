"""Orders at the machine: who may give which, and what is kept of what they say."""

import os
from collections.abc import Callable, Mapping

import pytest
from engine_stage import NOW_NS, RunningClock

from playout.engine.operations import COMMANDS, OPERATIONS, Operations
from playout.errors import NotAllowed
from playout.ipc.sockets import Peer
from playout.model.boot import Boot
from playout.model.claim import Claim, ContentKind

PEER = Peer(1, os.getuid(), os.getgid())


class FakePreparer:
    def __init__(self) -> None:
        self.local: tuple[Claim, ...] = ()
        self.reloaded: list[int] = []

    def claim_locally(self, claims: tuple[Claim, ...], answered: Callable[[Mapping[str, object]], None]) -> None:
        self.local = claims
        answered({"ok": True})

    def reload(self, generation: int, answered: Callable[[Mapping[str, object]], None]) -> None:
        self.reloaded.append(generation)
        answered({"ok": True})


class FakeJournal:
    def asked(self, message: Mapping[str, object], answered: Callable[[Mapping[str, object]], None]) -> None:
        answered({"ok": True, "rows": [message["since"]]})


class Stage:
    def __init__(self) -> None:
        self.preparer, self.answers = FakePreparer(), list[Mapping[str, object]]()
        self.operations = Operations("main", self.preparer, FakeJournal(), RunningClock())  # pyright: ignore

    def order(self, allowed: frozenset[str] = OPERATIONS, **message: object) -> Mapping[str, object]:
        self.operations.handle(message, PEER, allowed, None, self.answers.append)
        return self.answers.pop()


def test_a_panic_is_black_sticky_and_signed() -> None:
    stage = Stage()
    stage.order(op="panic", by="Lan", reason="test")
    (claim,) = stage.preparer.local
    assert (claim.content.kind, claim.sticky, claim.expires_ns) == (ContentKind.BLANK, True, None)
    assert claim.author.startswith("Lan (")
    assert claim.reason == "test"


def test_an_order_given_twice_keeps_its_first_moment_and_does_not_end_the_other() -> None:
    stage = Stage()
    stage.order(op="fallback")
    stage.order(op="panic")
    stage.order(op="panic", by="Lan")
    assert {claim.content.kind for claim in stage.preparer.local} == {ContentKind.SLATE, ContentKind.BLANK}
    assert {claim.issued_ns for claim in stage.preparer.local} == {NOW_NS}
    assert max(stage.preparer.local, key=lambda claim: claim.order(Boot())).content.kind is ContentKind.BLANK


@pytest.mark.parametrize("allowed", [COMMANDS, OPERATIONS])
def test_what_was_on_air_is_told_at_both_doors(allowed: frozenset[str]) -> None:
    assert Stage().order(allowed, op="asrun", since=7)["rows"] == [7]


@pytest.mark.parametrize("by", [{}, {"by": ""}, {"by": " \n\t"}, {"by": "\ud800"}])
def test_a_panic_is_ended_only_by_a_name(by: dict[str, str]) -> None:
    stage = Stage()
    stage.order(op="panic")
    with pytest.raises(NotAllowed, match="named person"):
        stage.order(op="clear", **by)
    assert len(stage.preparer.local) == 1
    stage.order(op="clear", by="Lan")
    assert stage.preparer.local == ()


def test_a_fallback_is_ended_by_anybody() -> None:
    stage = Stage()
    stage.order(op="fallback")
    stage.order(op="clear")
    assert stage.preparer.local == ()


def test_what_is_said_can_be_stored_and_forges_no_line_of_the_log() -> None:
    stage = Stage()
    stage.order(op="panic", by="Lan\n2026 ERROR \ud800" + "x" * 500, reason="\x1b[2J" * 500)
    (claim,) = stage.preparer.local
    assert claim.author.startswith("Lan2026 ERROR xxx")
    assert len(claim.author) < 200
    assert claim.reason == "[2J" * 166 + "[2"
    stage.order(op="panic", by=["Lan"], reason={"a": 1})
    assert stage.preparer.local[0].reason == ""
    assert (claim.author + claim.reason).isprintable()


@pytest.mark.parametrize("op", ["generation", "dance", "", None, ["panic"], {"a": 1}])
def test_what_a_socket_does_not_take_is_refused_with_what_it_takes(op: object) -> None:
    with pytest.raises(NotAllowed, match="this socket takes asrun, clear, fallback, panic, status"):
        Stage().order(op=op)


@pytest.mark.parametrize(("told", "taken"), [(7, 7), ("7", 0), (None, 0), ([], 0)])
def test_a_generation_is_a_number(told: object, taken: int) -> None:
    stage = Stage()
    stage.order(COMMANDS, op="generation", generation=told)
    assert stage.preparer.reloaded == [taken]


def test_a_player_that_shows_nothing_yet_says_so() -> None:
    assert Stage().order(op="status") == {"ok": False, "reason": "the player has shown nothing yet"}


def test_a_panic_said_again_keeps_its_moment_also_on_the_clock_of_the_boot() -> None:
    stage = Stage()
    stage.order(op="panic", by="Lan")
    (first,) = stage.preparer.local
    stage.order(op="panic", by="Lan")
    (again,) = stage.preparer.local
    assert (again.boot_id, again.renewals) == ("boot", 1)
    assert (again.issued_ns, again.boot_issued_ns) == (first.issued_ns, first.boot_issued_ns)
