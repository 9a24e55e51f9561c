"""Sharing: the pages of several claims in turn, each claim seen again soon, no language ever left out.

A round has one page of each claim. A claim keeps the same slot in every round, so that where the rounds stand follows
from the time alone, and its languages stand equally long.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from playout.model.programme import Page
from playout.resolve.pages import Loop

__all__ = ["SEEN_EVERY_NS", "Cycle", "cycle_of"]

SEEN_EVERY_NS = 20 * 10**9
"""Within this time every emergency is seen, where the reading times of the others allow."""


@dataclass(frozen=True, slots=True)
class Cycle:
    """Loops in turn, each in its slot of a round; the first round began at `phase_ns` (UTC)."""

    loops: tuple[Loop, ...]
    slots_ns: tuple[int, ...]
    phase_ns: int

    @property
    def round_ns(self) -> int:
        """How long a round takes: the time between two pages of the same loop."""
        return sum(self.slots_ns)

    def page_at(self, at_ns: int) -> tuple[int, Page]:
        """Which loop has its turn at an instant, and its page."""
        round_ns = self.round_ns
        number, into_ns = divmod(at_ns - self.phase_ns, round_ns)
        starts_ns = at_ns - into_ns
        for place, slot_ns in enumerate(self.slots_ns):
            if at_ns < starts_ns + slot_ns:
                return place, self.loops[place].page_number(number, starts_ns, starts_ns + slot_ns, round_ns)
            starts_ns += slot_ns
        raise AssertionError("the slots fill the round")


def cycle_of(loops: Sequence[Loop], phase_ns: int, every_ns: int | None) -> Cycle:
    """The loops in turn. Where a round would take longer than `every_ns`, its slots shrink in proportion to what they
    have over the reading times, at most down to these."""
    slots = [loop.slot_ns for loop in loops]
    least = [loop.least_ns for loop in loops]
    if every_ns is not None and sum(slots) > every_ns:
        spare_ns, over_ns = max(0, every_ns - sum(least)), sum(slots) - sum(least)
        if over_ns:
            slots = [low + (slot - low) * spare_ns // over_ns for slot, low in zip(slots, least, strict=True)]
    return Cycle(tuple(loops), tuple(slots), phase_ns)
