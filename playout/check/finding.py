"""A finding: what a check says about content, and what a person should do about it."""

from dataclasses import dataclass
from enum import StrEnum

__all__ = ["Finding", "NoticeCode", "Severity"]


class Severity(StrEnum):
    """What a finding means for taking the content on air."""

    ERROR = "error"
    """It is refused."""
    WARNING = "warning"
    """It is taken, and a person should look."""
    INFO = "info"
    """Worth knowing."""


class NoticeCode(StrEnum):
    """What may be found in a notice, besides what the text engine finds in its words (`text.*`). Stable."""

    EMPTY = "notice.empty"
    """It has no words."""
    NO_PICTURE = "notice.picture"
    """It is to be a picture and has none."""
    PICTURE = "picture"
    """Its picture is not there, or cannot be decoded."""
    COLOUR = "colour"
    """A colour is not written `#rrggbb`."""
    MISSING = "language.missing"
    """It lacks a language that every reader at the site is owed."""
    TWICE = "language.twice"
    """Two texts are in one language."""
    UNUSED = "language.unused"
    """A text is in a language that the site does not have."""
    UNREAD = "text.not-proofread"
    """No native reader has proof-read a text."""
    DISTANCE = "size.distance"
    """Its letters are too small for the reading distance it declares."""
    CONTRAST = "contrast.low"
    """Its words do not stand out from what is behind them."""
    DWELL = "dwell.short"
    """A page goes before it can be read."""
    OLD = "translation.old"
    """A translation is older than the text it was made from."""
    FLASH = "flash"
    """It flashes more than three times in one second."""
    FAST = "crawl.fast"
    """A moving line moves faster than it can be read."""


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
