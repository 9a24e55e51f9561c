"""What was on air, from the as-run journals of the players: they keep them, control only asks."""

import asyncio
from collections.abc import Mapping
from typing import Any

from playout.api.problems import Refused
from playout.api.publish import Publisher
from playout.errors import LinkError

__all__ = ["ask_journal", "ask_journals"]


async def ask_journal(publisher: Publisher, screen: str, question: Mapping[str, Any]) -> dict[str, Any]:
    """The answer of a screen's journal; `detail` says why there is none."""
    try:
        answer = await publisher.ask(screen, {"op": "asrun", **question})
    except LinkError as error:
        return {"screen": screen, "detail": f"the player does not answer: {error.message}"}
    if answer.get("ok") is not True:
        return {"screen": screen, "detail": f"the journal cannot be read: {answer.get('reason', 'no reason given')}"}
    return {"screen": screen, **answer}


async def ask_journals(publisher: Publisher, screens: list[str], question: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The answers of several. Raises: Refused (503) where there is none at all."""
    answers = await asyncio.gather(*(ask_journal(publisher, screen, question) for screen in screens))
    if not any("rows" in answer for answer in answers):
        remedy = "start the player, or read its journal at the machine: playout asrun"
        raise Refused(503, "; ".join(f"{answer['screen']}: {answer['detail']}" for answer in answers), remedy)
    return answers
