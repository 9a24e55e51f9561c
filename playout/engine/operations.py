"""What people and control may ask of a running player: messages over its two Unix sockets.

The command socket takes news from control (`generation`), `status` and `asrun`. The operations socket is for people on
the machine and works with control stopped: `panic`, `fallback`, `clear`, `status`, `asrun`. A panic ends only by a
clear that names a person, wherever it was made.
"""

import logging
import pwd
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from playout.clock import Clock, boot_of, to_iso
from playout.engine.asrun import AsRunJournal
from playout.engine.preparer import Answered, Preparer
from playout.errors import NotAllowed
from playout.ipc.sockets import Peer
from playout.model.claim import Band, Claim, Content, ContentKind, Stop
from playout.model.snapshot import Snapshot
from playout.model.trust import ClockTrust

__all__ = ["COMMANDS", "OPERATIONS", "Operations"]

_log = logging.getLogger(__name__)
COMMANDS = frozenset({"generation", "status", "asrun"})
"""What the command socket takes."""
OPERATIONS = frozenset({"panic", "fallback", "clear", "status", "asrun"})
"""What the operations socket takes."""
_RANK = {ContentKind.BLANK: 100, ContentKind.SLATE: 50}


class Operations:
    """Carries out the messages."""

    def __init__(self, screen: str, preparer: Preparer, journal: AsRunJournal, clock: Clock) -> None:
        self._screen, self._preparer, self._journal, self._clock = screen, preparer, journal, clock

    def handle(
        self,
        message: Mapping[str, Any],
        peer: Peer,
        allowed: frozenset[str],
        snapshot: Snapshot | None,
        answered: Answered,
    ) -> None:
        """Carries out one message and answers it, now or when it has been done. Raises: NotAllowed."""
        name = _words(message, "op", 100)
        if name not in allowed:
            raise NotAllowed(f"{name!r} is not taken here", hint=f"this socket takes {', '.join(sorted(allowed))}")
        match name:
            case "generation":
                told = message.get("generation")
                self._preparer.reload(told if isinstance(told, int) else 0, answered)
            case "status":
                answered(_status(snapshot))
            case "asrun":
                self._journal.asked(message, answered)
            case "clear":
                self._clear(_person(message, peer), bool(_words(message, "by", 100)), answered)
            case _:
                kind = ContentKind.BLANK if name == "panic" else ContentKind.SLATE
                self._claim(name, kind, _person(message, peer), _words(message, "reason", 500), answered)

    def _claim(self, name: str, kind: ContentKind, person: str, reason: str, answered: Answered) -> None:
        now_ns = self._clock.utc_ns()
        claim = Claim(
            id=f"local {name} {self._screen}", screens=(self._screen,), band=Band.SAFETY, rank=_RANK[kind],
            content=Content(kind), issued_ns=now_ns, start_ns=0, stop=Stop.NOW,
            sticky=kind is ContentKind.BLANK, author=person, reason=reason, source="local",
        )  # fmt: skip
        boot = boot_of(self._clock)
        claim = claim.bound(boot)
        others = tuple(each for each in self._preparer.local if each.id != claim.id)
        same = next((each for each in self._preparer.local if each.id == claim.id), None)
        if same is not None:  # said twice: a renewal keeps its first moment
            claim = claim.renewing(same, boot)
        _log.warning("local %s screen=%s by=%s reason=%s", name, self._screen, person, reason)
        self._preparer.claim_locally((*others, claim), answered)

    def _clear(self, person: str, named: bool, answered: Answered) -> None:
        if not named and any(claim.sticky for claim in self._preparer.local):
            raise NotAllowed("a panic blank is ended only by a named person", hint="playout ctl clear --by NAME")
        _log.warning("local clear screen=%s by=%s", self._screen, person)
        self._preparer.claim_locally((), answered)


def _person(message: Mapping[str, Any], peer: Peer) -> str:
    """Who asks: the name given, and the account the kernel vouches for."""
    try:
        account = pwd.getpwuid(peer.uid).pw_name
    except KeyError:
        account = f"uid {peer.uid}"
    given = _words(message, "by", 100)
    return f"{given} ({account})" if given else account


def _words(message: Mapping[str, Any], key: str, length: int) -> str:
    """What somebody wrote, without anything that could not be stored, or could forge a line of the log."""
    given = message.get(key)
    return "".join(filter(str.isprintable, given))[:length].strip() if isinstance(given, str) else ""


def _trust(clock: ClockTrust) -> str:
    return f"trusted ({clock.source})" if clock.trusted else f"NOT TRUSTED: {clock.reason}"


def _status(snapshot: Snapshot | None) -> dict[str, object]:
    if snapshot is None:
        return {"ok": False, "reason": "the player has shown nothing yet"}
    return {
        "ok": True, "screen": snapshot.screen, "tick": snapshot.tick, "generation": snapshot.generation,
        "band": snapshot.band, "claim": snapshot.claim, "kind": snapshot.kind, "notice": snapshot.notice,
        "language": snapshot.language, "time": to_iso(snapshot.at_ns), "clock": _trust(snapshot.conditions.trust),
        "clock_floor": to_iso(snapshot.conditions.trust.floor_ns),
        "sink": snapshot.sink, "link": snapshot.health.state.value,
        "detail": snapshot.health.detail, "missed_ticks": snapshot.missed_ticks, "warnings": list(snapshot.warnings),
        "aired": [asdict(aired) for aired in snapshot.health.aired],
    }  # fmt: skip
