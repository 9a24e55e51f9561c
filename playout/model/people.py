"""Who may do what: the roles of people and tokens, and the rights that each of them has."""

from collections.abc import Mapping
from enum import StrEnum

__all__ = ["RIGHTS", "Right", "Role"]


class Right(StrEnum):
    """One kind of thing that somebody may do."""

    LOOK = "look"
    """See everything that is shown, planned and recorded."""
    OVERRIDE = "override"
    """Put a notice, a playlist or a test card on air over the schedule."""
    TAKE_DOWN = "take_down"
    """Take off air what somebody put there."""
    SCHEDULE = "schedule"
    """Change the schedule and its notices."""
    APPROVE = "approve"
    """Clear what others wrote."""
    FREE_TEXT = "free_text"
    """Write words that nobody cleared before."""
    EMERGENCY = "emergency"
    """Put an emergency on air."""
    PEOPLE = "people"
    """Say who else may do what."""


class Role(StrEnum):
    """What somebody is on this sign. Each person and each token has one."""

    VIEWER = "viewer"
    """Looks only."""
    OPERATOR = "operator"
    """Runs the programme of the day."""
    APPROVER = "approver"
    """An operator who also clears what others wrote."""
    ICT = "ict"
    """An operator who also sends emergencies."""
    ADMIN = "admin"
    """Everything, and says who may do what: whoever gives rights away can take them too."""


_VIEWER = frozenset({Right.LOOK})
_OPERATOR = _VIEWER | {Right.OVERRIDE, Right.TAKE_DOWN, Right.SCHEDULE}

RIGHTS: Mapping[Role, frozenset[Right]] = {
    Role.VIEWER: _VIEWER,
    Role.OPERATOR: _OPERATOR,
    Role.APPROVER: _OPERATOR | {Right.APPROVE, Right.FREE_TEXT},
    Role.ICT: _OPERATOR | {Right.EMERGENCY, Right.FREE_TEXT},
    Role.ADMIN: frozenset(Right),
}
"""Which role has which rights."""
