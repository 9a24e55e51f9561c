"""A template: a notice with slots in its words, filled with times, numbers and approved phrases before it is shown."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, ClassVar

from annotated_types import Ge, Le, MaxLen, MinLen

from playout.model.notice import Notice
from playout.model.panel import EDGE

__all__ = [
    "ChoiceSlot",
    "DateSlot",
    "NumberSlot",
    "Phrase",
    "PlaceSlot",
    "Slot",
    "Template",
    "TemplateBook",
    "TimeSlot",
    "Wording",
]


@dataclass(frozen=True, slots=True)
class Wording:
    """A phrase in one language."""

    __pydantic_config__: ClassVar[dict[str, Any]] = EDGE

    text: Annotated[str, MinLen(1), MaxLen(200)]
    """The words, as they stand inside a sentence."""
    proofread: bool = False
    """Whether a native reader has proof-read them."""
    proofread_by: str = ""
    """Who did."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words that templates may use, in every language somebody worded them in; names of places are such phrases."""

    __pydantic_config__: ClassVar[dict[str, Any]] = EDGE

    source: Annotated[str, MinLen(1), MaxLen(400)]
    """The document it comes from, or who proposes it."""
    words: Annotated[Mapping[str, Wording], MinLen(1)]
    """By language."""
    approved_by: Annotated[str, MaxLen(200)] = ""
    """Who approved it; empty: not approved."""


@dataclass(frozen=True, slots=True)
class TimeSlot:
    """A time of day from 00:00 to 23:59, written alike in all languages."""

    __pydantic_config__: ClassVar[dict[str, Any]] = EDGE

    title: Annotated[str, MaxLen(100)] = ""
    """What it is called in forms, in Vietnamese."""


@dataclass(frozen=True, slots=True)
class DateSlot:
    """A day of the calendar, written as each language writes it."""

    __pydantic_config__: ClassVar[dict[str, Any]] = EDGE

    title: Annotated[str, MaxLen(100)] = ""


@dataclass(frozen=True, slots=True)
class NumberSlot:
    """A whole number from `min` to `max`, with a phrase for its unit."""

    __pydantic_config__: ClassVar[dict[str, Any]] = EDGE

    min: Annotated[int, Ge(-999_999_999), Le(999_999_999)]
    max: Annotated[int, Ge(-999_999_999), Le(999_999_999)]
    unit: str = ""
    """Id of a phrase; empty: a bare number."""
    title: Annotated[str, MaxLen(100)] = ""


@dataclass(frozen=True, slots=True)
class ChoiceSlot:
    """One of a few phrases."""

    __pydantic_config__: ClassVar[dict[str, Any]] = EDGE

    phrases: Annotated[tuple[str, ...], MinLen(1)]
    """Their ids."""
    title: Annotated[str, MaxLen(100)] = ""


@dataclass(frozen=True, slots=True)
class PlaceSlot:
    """A place of the site."""

    __pydantic_config__: ClassVar[dict[str, Any]] = EDGE

    places: tuple[str, ...] = ()
    """Their ids; empty: every place of the site."""
    title: Annotated[str, MaxLen(100)] = ""


Slot = TimeSlot | DateSlot | NumberSlot | ChoiceSlot | PlaceSlot
"""What may stand in a gap of a template. Words typed freely are not among them."""


@dataclass(frozen=True, slots=True)
class Template:
    """A notice whose texts hold `{slot}` where something is put in. `slots` is by name."""

    pattern: Notice
    slots: Mapping[str, Slot]

    @property
    def id(self) -> str:
        """Name used to fill it."""
        return self.pattern.id


@dataclass(frozen=True, slots=True)
class TemplateBook:
    """The templates of a site and the words they are filled with, each by id."""

    templates: Mapping[str, Template] = field(default_factory=dict[str, Template])
    phrases: Mapping[str, Phrase] = field(default_factory=dict[str, Phrase])
    places: Mapping[str, Phrase] = field(default_factory=dict[str, Phrase])
