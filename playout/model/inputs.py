"""Inputs of `resolve`: everything that decides what is on air, frozen."""

from dataclasses import dataclass

from playout.model.claim import Claim
from playout.model.panel import Site
from playout.model.schedule import Revision

__all__ = ["Inputs"]


@dataclass(frozen=True, slots=True)
class Inputs:
    """One screen's inputs. Replaced whole, never changed.

    `outgoing` is the revision that `revision` replaces at `takes_over_ns` (UTC, ns); before that instant it still
    decides. `claims` holds the live and coming ones and those that ended in the last 60 s, so that a restart in
    between gives the same answer.
    """

    screen: str
    site: Site
    revision: Revision | None = None
    outgoing: Revision | None = None
    takes_over_ns: int = 0
    claims: tuple[Claim, ...] = ()
    generation: int = 0
