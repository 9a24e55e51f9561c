"""A finding: what a check says about content, and what a person should do about it."""

from dataclasses import dataclass
from enum import StrEnum

__all__ = ["Finding", "Severity"]


class Severity(StrEnum):
    """What a finding means for taking the content on air."""

    ERROR = "error"
    """It is refused."""
    WARNING = "warning"
    """It is taken, and a person should look."""
    INFO = "info"
    """Worth knowing."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found. `code` is stable and machine-readable; message and remedy are for people."""

    code: str
    severity: Severity
    where: str
    """What it is about: `notices[welcome].texts[km]`, `dayparts[day].crawl`."""
    message: str
    remedy: str
    language: str = ""
    position: int | None = None
    """Code point index in the text, counted from 0."""
    measured: float | None = None
    required: float | None = None
    """What `measured` must reach, or must not pass; both in the unit that the message names."""
