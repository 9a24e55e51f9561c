"""What an alert says: the elements of CAP 1.2 as values.

Source: OASIS, Common Alerting Protocol Version 1.2, 1 July 2010, clause 3.2 (data dictionary).
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

__all__ = [
    "Alert",
    "Area",
    "Category",
    "Certainty",
    "Circle",
    "Info",
    "Key",
    "MsgType",
    "Named",
    "Point",
    "ResponseType",
    "Scope",
    "Severity",
    "Status",
    "Urgency",
]


class Status(StrEnum):
    """How an alert is to be handled (3.2.1)."""

    ACTUAL = "Actual"
    EXERCISE = "Exercise"
    SYSTEM = "System"
    TEST = "Test"
    DRAFT = "Draft"


class MsgType(StrEnum):
    """What an alert is (3.2.1)."""

    ALERT = "Alert"
    UPDATE = "Update"
    CANCEL = "Cancel"
    ACK = "Ack"
    ERROR = "Error"


class Scope(StrEnum):
    """Whom it is meant for (3.2.1)."""

    PUBLIC = "Public"
    RESTRICTED = "Restricted"
    PRIVATE = "Private"


class Category(StrEnum):
    """Kind of event (3.2.2)."""

    GEO = "Geo"
    MET = "Met"
    SAFETY = "Safety"
    SECURITY = "Security"
    RESCUE = "Rescue"
    FIRE = "Fire"
    HEALTH = "Health"
    ENV = "Env"
    TRANSPORT = "Transport"
    INFRA = "Infra"
    CBRNE = "CBRNE"
    OTHER = "Other"


class ResponseType(StrEnum):
    """What people should do (3.2.2)."""

    SHELTER = "Shelter"
    EVACUATE = "Evacuate"
    PREPARE = "Prepare"
    EXECUTE = "Execute"
    AVOID = "Avoid"
    MONITOR = "Monitor"
    ASSESS = "Assess"
    ALL_CLEAR = "AllClear"
    NONE = "None"


class Urgency(StrEnum):
    """How soon people should act (3.2.2), the most urgent first."""

    IMMEDIATE = "Immediate"
    EXPECTED = "Expected"
    FUTURE = "Future"
    PAST = "Past"
    UNKNOWN = "Unknown"


class Severity(StrEnum):
    """How bad it is (3.2.2), the worst first."""

    EXTREME = "Extreme"
    SEVERE = "Severe"
    MODERATE = "Moderate"
    MINOR = "Minor"
    UNKNOWN = "Unknown"


class Certainty(StrEnum):
    """How sure it is (3.2.2), the surest first."""

    OBSERVED = "Observed"
    LIKELY = "Likely"
    POSSIBLE = "Possible"
    UNLIKELY = "Unlikely"
    UNKNOWN = "Unknown"


@dataclass(frozen=True, slots=True)
class Key:
    """What tells one alert from all others; `sent` is in UTC."""

    sender: str
    identifier: str
    sent: datetime

    def __str__(self) -> str:
        """As it stands in `references`."""
        return f"{self.sender},{self.identifier},{self.sent.isoformat(timespec='seconds')}"


@dataclass(frozen=True, slots=True)
class Named:
    """A value under a name that the publisher's community agrees on: geocode, eventCode, parameter."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Point:
    """A place in WGS 84, degrees north and east."""

    latitude: float
    longitude: float


@dataclass(frozen=True, slots=True)
class Circle:
    """Everything within `radius_km` of a point."""

    centre: Point
    radius_km: float


@dataclass(frozen=True, slots=True)
class Area:
    """Where it holds. Of polygons, circles and geocodes each adds to the area; a polygon's last point is its first."""

    description: str
    polygons: tuple[tuple[Point, ...], ...] = ()
    circles: tuple[Circle, ...] = ()
    geocodes: tuple[Named, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Info:
    """One `info` block: what happens, mostly once a language. Times are in UTC."""

    language: str
    categories: tuple[Category, ...]
    event: str
    response_types: tuple[ResponseType, ...] = ()
    urgency: Urgency
    severity: Severity
    certainty: Certainty
    event_codes: tuple[Named, ...] = ()
    effective: datetime | None = None
    onset: datetime | None = None
    expires: datetime | None = None
    sender_name: str = ""
    headline: str = ""
    description: str = ""
    instruction: str = ""
    web: str = ""
    contact: str = ""
    parameters: tuple[Named, ...] = ()
    areas: tuple[Area, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """One message. `sender` is whatever its writer claims: only the channel it came by can prove an origin."""

    identifier: str
    sender: str
    sent: datetime
    status: Status
    msg_type: MsgType
    scope: Scope
    source: str = ""
    note: str = ""
    references: tuple[Key, ...] = ()
    incidents: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    infos: tuple[Info, ...] = ()

    @property
    def key(self) -> Key:
        """What tells it from all others."""
        return Key(self.sender, self.identifier, self.sent)
