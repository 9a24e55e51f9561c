"""Which claims count, and from when to when: after a boot of the host, with a wrong clock, without control.

Every instant is what the wall clock of these inputs says. A claim made in this boot runs by CLOCK_BOOTTIME, whatever
happens to the wall clock; one from before the boot by UTC, if that can be trusted and somebody wanted it to return.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from playout.model.claim import BY_HAND, Band, Claim, Content, ContentKind
from playout.model.inputs import Inputs
from playout.model.recovery import AfterLoss, Show

__all__ = ["FOREVER_NS", "Aside", "Recovered", "Standing", "is_from_before", "recoveries", "standing"]

FOREVER_NS = 1 << 62
"""An instant after all others."""
_KINDS = {Show.BLANK: ContentKind.BLANK, Show.NOTICE: ContentKind.NOTICE, Show.PLAYLIST: ContentKind.PLAYLIST}


@dataclass(frozen=True, slots=True)
class Aside:
    """A claim that is in its time on `[start, end)` and does not count all the same."""

    claim: str
    start_ns: int
    end_ns: int
    why: str


@dataclass(frozen=True, slots=True)
class Standing:
    """When a claim counts (`[start, end)`, nothing where they are equal), and when it is set aside."""

    start_ns: int
    end_ns: int
    aside: Aside | None = None


@dataclass(frozen=True, slots=True)
class Recovered:
    """What the site shows after a loss, on `[start, end)`."""

    id: str
    content: Content
    start_ns: int
    end_ns: int


def standing(claim: Claim, inputs: Inputs) -> Standing:
    """When a claim counts under these inputs."""
    start_ns, end = claim.window(inputs.boot)
    end_ns = FOREVER_NS if end is None else max(start_ns, end)
    if why := _why_never(claim, inputs):
        return Standing(start_ns, start_ns, Aside(claim.id, start_ns, end_ns, why))
    lost_ns = _link_lost_ns(inputs)
    if lost_ns < end_ns and claim.band in (Band.NOTICE, Band.OPERATOR) and not claim.sticky:
        cut_ns = max(start_ns, lost_ns)
        return Standing(start_ns, cut_ns, Aside(claim.id, cut_ns, end_ns, "control is lost, and it is not sticky"))
    return Standing(start_ns, end_ns)


def recoveries(inputs: Inputs) -> Iterator[Recovered]:
    """What shows because of a loss; nothing where the schedule goes on."""
    loss, policy = inputs.power_loss, inputs.recovery
    if loss is not None and (content := _content(_after_power_loss(inputs))) is not None:
        start_ns = inputs.boot.utc_ns(loss.back_boot_ns)
        yield Recovered("power recovery", content, start_ns, start_ns + round(policy.stands_s * 1e9))
    if inputs.link_lost_boot_ns is not None and (content := _content(policy.after_link_loss)) is not None:
        yield Recovered("link loss", content, _link_lost_ns(inputs), FOREVER_NS)


def is_from_before(claim: Claim, inputs: Inputs) -> bool:
    """Whether the host was booted since the claim was made."""
    return bool(inputs.boot.id) and claim.boot_id != inputs.boot.id


def _why_never(claim: Claim, inputs: Inputs) -> str:
    """Why a claim does not count at all; empty where it does."""
    if claim.is_panic:
        return ""
    if is_from_before(claim, inputs):
        if not inputs.trust.trusted:
            return "made before the host was started, and the clock is not trusted"
        was_on_air = claim.start_ns < inputs.boot.utc_ns(0)  # one that was only coming is no old message
        if was_on_air and not claim.sticky and _after_power_loss(inputs).show is not Show.UNCHANGED:
            return "made before the host was started, and it is not sticky"
        return ""
    if inputs.trust.trusted or claim.expires_ns is None or claim.band is Band.SAFETY:
        return ""
    if claim.source in BY_HAND and (claim.band is Band.EMERGENCY or claim.start_ns <= claim.issued_ns):
        return ""  # somebody wanted it at once; how long it lasts, the clock of the boot tells
    return "it has a date, and the clock is not trusted"


def _after_power_loss(inputs: Inputs) -> AfterLoss:
    loss, policy = inputs.power_loss, inputs.recovery
    is_short = loss is not None and loss.lasted_ns is not None and loss.lasted_ns <= policy.short_loss_s * 1e9
    return policy.after_short_loss if is_short else policy.after_long_loss


def _link_lost_ns(inputs: Inputs) -> int:
    """From when on the policy for a lost link holds."""
    if inputs.link_lost_boot_ns is None or inputs.recovery.after_link_loss.show is Show.UNCHANGED:
        return FOREVER_NS
    return inputs.boot.utc_ns(inputs.link_lost_boot_ns) + round(inputs.recovery.link_loss_s * 1e9)


def _content(choice: AfterLoss) -> Content | None:
    kind = _KINDS.get(choice.show)
    return None if kind is None else Content(kind, choice.ref)
