"""Overrides: committed first, then handed to the players, then answered with what each screen did."""

import asyncio
import hashlib
import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from playout.api.answers import describe
from playout.api.auth import Caller
from playout.api.orders import make_claim, read_order
from playout.api.problems import Refused, Unprocessable
from playout.api.publish import Handed, Reply
from playout.api.services import Services
from playout.api.vet import vet
from playout.clock import to_iso
from playout.errors import StoreError
from playout.model.claim import Claim
from playout.resolve.admit import Refusal, Rule, admit
from playout.resolve.outlook import Outlook, Prospect, outlook
from playout.store import claims, journal, requests
from playout.store.requests import Earlier

__all__ = ["Added", "add", "aired", "end"]


@dataclass(frozen=True, slots=True)
class Added:
    """Id of an override and the JSON that its first request was answered with."""

    claim: str
    answer: str


@dataclass(frozen=True, slots=True)
class _Key:
    """Tells a request that is sent again from a new one; `key` is empty where the caller gave none."""

    who: str
    key: str
    body_sha256: str


async def add(here: Services, caller: Caller, body: bytes, idempotency_key: str) -> Added:
    """Makes an override of a request's body; the same key and body again get the first answer.

    Nothing is saved of one that cannot be read on the sign. Raises: Refused, StoreError.
    """
    key = _Key(caller.name, idempotency_key, hashlib.sha256(body).hexdigest())
    known = await asyncio.to_thread(_find, here, key) if key.key else None
    if known is None:
        record = here.publisher.record
        revision = record.revision if record else None
        order = read_order(body)
        caller.check_screens(order.screens, here.screens)
        claim = make_claim(order, revision, here.screens, caller.name, here.clock)
        await vet(here.reports, claim.content, revision, claim.band, claim.zone)
        handed = await here.publisher.commit(lambda db: _add(here, db, claim, key, wait=order.wait))
    else:
        handed = await here.publisher.commit(lambda _: (known, not known.answer))
    earlier = handed.value
    if earlier.body_sha256 != key.body_sha256:
        raise Unprocessable(["Idempotency-Key: was used for another body; take a new key for a new override"])
    if earlier.answer:
        return Added(earlier.claim, earlier.answer)
    if handed.trouble is not None:
        raise StoreError(
            f"override {earlier.claim} is saved, but the players could not be told: {handed.trouble.message}",
            hint=f"{handed.trouble.hint}; control tries again by itself",
        ) from handed.trouble
    return Added(earlier.claim, await asyncio.to_thread(_answer, here, handed, key))


async def end(here: Services, caller: Caller, claim_id: str) -> dict[str, Any] | None:
    """Ends an override; one that has ended stays as it is. None where there never was one. Raises: StoreError."""
    now_ns = here.clock.utc_ns()
    boot = here.publisher.boot
    handed = await here.publisher.commit(lambda db: _end(here, db, caller, claim_id))
    claim = handed.value
    if claim is None:
        return None
    if handed.trouble is not None:
        raise handed.trouble
    return {
        "claim": describe(claim, now_ns, boot),
        "had_ended": not handed.is_news,
        "screens": [
            {"screen": reply.screen, "state": "released" if reply.is_there else "no_player", "now": reply.claim,
             "detail": reply.detail}
            for reply in handed.replies.values()
            if not claim.screens or reply.screen in claim.screens
        ],
    }  # fmt: skip


async def aired(here: Services, claim_id: str) -> dict[str, Any] | None:
    """An override and when it came on air on each screen, as the players tell; None where there never was one.

    Raises: StoreError.
    """
    claim = await asyncio.to_thread(_stored, here, claim_id)
    if claim is None:
        return None
    first = {screen: here.watcher.aired(screen, claim.id) for screen in claim.screens or here.screens}
    return {
        "claim": describe(claim, here.clock.utc_ns(), here.publisher.boot),
        "accepted_at": to_iso(claim.issued_ns),
        "screens": [
            {
                "screen": screen,
                "on_air_at": None if told is None else to_iso(told.shown_ns),
                "sent_at": None if told is None else to_iso(told.sent_ns),
            }
            for screen, told in first.items()
        ],
    }


def _answer(here: Services, handed: Handed[Earlier], key: _Key) -> str:
    """What each screen did, judged at the instant before, as each player did; kept for a request sent again."""
    claim_id = handed.value.claim
    claim = _stored(here, claim_id)
    if claim is None:
        raise StoreError(f"override {claim_id} is not in the database any more", hint="send it again")
    told = {
        "claim": describe(claim, handed.at_ns, here.publisher.boot),
        "screens": [
            _state(claim, handed.replies[name], outlook(here.publisher.inputs(name), claim, handed.at_ns))
            for name in claim.screens or here.screens
        ],
    }
    answer = json.dumps(told, ensure_ascii=False)
    _remember(here, key, answer)
    return answer


def _state(claim: Claim, reply: Reply, expected: Outlook) -> dict[str, Any]:
    """What one screen did with a claim: the player's word counts, `resolve` tells what comes next."""
    state, held_by = str(expected.prospect), expected.held_by
    if not reply.is_there:
        state = "no_player"
    elif claim.id in reply.on_air:
        state, held_by = str(Prospect.ON_AIR), ""
    elif expected.prospect is Prospect.ON_AIR:
        state, held_by = str(Prospect.HELD), reply.held_by or reply.claim
    return {
        "screen": reply.screen,
        "state": state,
        "from": None if expected.from_ns is None else to_iso(expected.from_ns),
        "held_by": held_by,
        "detail": reply.detail,
    }


def _stored(here: Services, claim_id: str) -> Claim | None:
    with here.store.read() as db:
        return claims.find(db, claim_id)


def _find(here: Services, key: _Key) -> Earlier | None:
    with here.store.read() as db:
        return requests.find(db, key.who, key.key)


def _add(here: Services, db: sqlite3.Connection, claim: Claim, key: _Key, *, wait: bool) -> tuple[Earlier, bool]:
    """Stores a claim, unless the same key has made one in between; whichever holds, and whether it has no answer.

    Raises: Refused where a screen does not take it in.
    """
    if key.key and (earlier := requests.find(db, key.who, key.key)) is not None:
        return earlier, not earlier.answer
    now_ns, boot = claim.issued_ns, here.publisher.boot
    current = claims.current(db, now_ns, boot=boot)
    admissions = [
        admit(claim, here.publisher.inputs(screen, current), now_ns, wait=wait)
        for screen in claim.screens or here.screens
    ]
    if refusals := list(dict.fromkeys(refusal for each in admissions for refusal in each.refusals)):
        raise _refused(refusals)
    kept, renews = admissions[0].claim, admissions[0].renews
    if key.key:
        requests.add(db, key.who, key.key, now_ns, key.body_sha256, kept.id)
    if renews:
        claims.renew(db, kept)
    else:
        claims.add(db, kept)
    what = "override.renew" if renews else "override.add"
    journal.add(db, now_ns, key.who, what, **describe(kept, now_ns, boot))
    return Earlier(key.body_sha256, kept.id, ""), True


def _refused(refusals: Sequence[Refusal]) -> Refused:
    """What the caller hears: 409 with the winner where it is only not its turn, else every mistake."""
    first = refusals[0]
    if first.rule in (Rule.HOLD, Rule.CLOCK):
        members = {"rule": first.rule.value, "winner": first.winner}
        return Refused(HTTPStatus.CONFLICT, first.message, first.remedy, members=members)
    return Unprocessable([str(refusal) for refusal in refusals])


def _remember(here: Services, key: _Key, answer: str) -> None:
    if key.key:
        with here.store.write() as db:
            requests.set_answer(db, key.who, key.key, answer)


def _end(here: Services, db: sqlite3.Connection, caller: Caller, claim_id: str) -> tuple[Claim | None, bool]:
    """The claim as it now is, and whether that is new."""
    claim = claims.find(db, claim_id)
    if claim is None:
        return None, False
    caller.check_screens(claim.screens, here.screens)
    now_ns, boot = here.clock.utc_ns(), here.publisher.boot
    ended = claims.end(db, claim, now_ns, boot)
    if ended != claim:
        journal.add(db, now_ns, caller.name, "override.end", claim=claim_id)
    return ended, ended != claim
