"""When a claim comes on air, as `resolve` says: now, at the end of a page, later, or after another claim."""

from dataclasses import dataclass
from enum import StrEnum

from playout.model.claim import Claim
from playout.model.inputs import Inputs
from playout.resolve.resolve import resolve

__all__ = ["Outlook", "Prospect", "outlook"]

_LONGEST_WAIT_NS = 31 * 10**9
"""A little more than the longest time a newcomer waits for the end of an item."""


class Prospect(StrEnum):
    """Where a claim stands on one screen."""

    ON_AIR = "on_air"
    WAITS = "waits"
    """For the end of the page or item that is on air."""
    COMING = "coming"
    """Its start lies ahead."""
    HELD = "held"
    """Something greater has the screen, or the clock or the power does not allow it."""


@dataclass(frozen=True, slots=True)
class Outlook:
    """Where a claim stands; `from_ns` (UTC) is when it comes on air, `held_by` what is on air instead."""

    prospect: Prospect
    from_ns: int | None = None
    held_by: str = ""


def outlook(inputs: Inputs, claim: Claim, now_ns: int) -> Outlook:
    """Where a claim, which is one of these inputs', stands at an instant; a coming one is judged at its start."""
    start_ns = claim.window(inputs.boot)[0]
    begin_ns = at_ns = max(now_ns, start_ns)
    programme = resolve(inputs, at_ns)
    first = programme
    while claim.id not in programme.because.on_air and programme.until_ns - begin_ns <= _LONGEST_WAIT_NS:
        at_ns = programme.until_ns
        programme = resolve(inputs, at_ns)
    if claim.id not in programme.because.on_air:
        return Outlook(Prospect.HELD, held_by=first.claim)
    if start_ns > now_ns:
        return Outlook(Prospect.COMING, at_ns)
    return Outlook(Prospect.ON_AIR if at_ns == now_ns else Prospect.WAITS, at_ns)
