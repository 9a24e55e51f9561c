"""What a site lets alerts do: whom it trusts and by what proof, which events have a template, from what degree on."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Annotated, Any, ClassVar

from annotated_types import Ge, Le, MaxLen, MinLen
from pydantic import TypeAdapter, ValidationError

from playout.alerts.message import Certainty, Named, Severity, Urgency
from playout.errors import ConfigError
from playout.model.panel import EDGE
from playout.problems import explain_errors

__all__ = ["AlertField", "AlertPolicy", "Code", "Degree", "Proof", "Rule", "Source", "read_policy"]

_Id = Annotated[str, MinLen(1), MaxLen(64)]
_Word = Annotated[str, MinLen(1), MaxLen(256)]


class Proof(StrEnum):
    """How the channel proves who sent a message; the `sender` inside it proves nothing."""

    FEED = "feed"
    """Fetched over TLS from a server with a pinned authority."""
    TOKEN = "token"
    """Posted with a token of that source."""
    SIGNATURE = "signature"
    """Signed by a pinned certificate."""


class AlertField(StrEnum):
    """The typed parts of an alert that a template may be filled with. Its free text is not among them."""

    EVENT = "event"
    """The `phrase` of the rule that matched."""
    URGENCY = "urgency"
    SEVERITY = "severity"
    CERTAINTY = "certainty"
    """By `phrases` of the policy."""
    ONSET_TIME = "onset_time"
    ONSET_DATE = "onset_date"
    EXPIRES_TIME = "expires_time"
    EXPIRES_DATE = "expires_date"
    SENT_TIME = "sent_time"
    SENT_DATE = "sent_date"
    """In the site's local time, as the slots for times and dates take them."""


@dataclass(frozen=True, slots=True)
class Code:
    """A geocode of the site or a code of an event, as publishers write it."""

    __pydantic_config__: ClassVar[dict[str, Any]] = EDGE

    name: _Word
    value: _Word

    @property
    def named(self) -> Named:
        """As it stands in an alert."""
        return Named(self.name, self.value)


@dataclass(frozen=True, slots=True)
class Source:
    """Somebody whose alerts may air, and how they prove that they are theirs."""

    __pydantic_config__: ClassVar[dict[str, Any]] = EDGE

    id: _Id
    proofs: Annotated[frozenset[Proof], MinLen(1)]
    senders: Annotated[frozenset[_Word], MaxLen(100)] = frozenset()
    """What may stand in `sender`; empty: anything. It narrows, and proves nothing."""


@dataclass(frozen=True, slots=True)
class Rule:
    """Which template stands for which event."""

    __pydantic_config__: ClassVar[dict[str, Any]] = EDGE

    template: _Id
    events: Annotated[frozenset[_Word], MaxLen(100)] = frozenset()
    """Texts of `event`, in any language; case and spaces do not matter."""
    codes: Annotated[tuple[Code, ...], MaxLen(100)] = ()
    """Values of `eventCode`."""
    slots: Mapping[_Id, AlertField] = field(default_factory=dict[str, AlertField])
    """What goes into each slot of the template."""
    phrase: Annotated[str, MaxLen(64)] = ""
    """Id of the phrase that names the event, for a slot of `event`."""


@dataclass(frozen=True, slots=True)
class Degree:
    """The least that counts, in each of the three scales."""

    __pydantic_config__: ClassVar[dict[str, Any]] = EDGE

    urgency: Urgency = Urgency.EXPECTED
    severity: Severity = Severity.SEVERE
    certainty: Certainty = Certainty.LIKELY


_EVERYTHING = Degree(Urgency.PAST, Severity.MINOR, Certainty.UNLIKELY)


@dataclass(frozen=True, slots=True)
class AlertPolicy:
    """Everything a site decides about alerts. As it comes: nobody is trusted, all goes to the operators."""

    __pydantic_config__: ClassVar[dict[str, Any]] = EDGE

    sources: Annotated[tuple[Source, ...], MaxLen(100)] = ()
    rules: Annotated[tuple[Rule, ...], MaxLen(200)] = ()
    """The first that matches holds."""
    codes: Annotated[tuple[Code, ...], MaxLen(200)] = ()
    """Geocodes of the site."""
    air: Degree = field(default_factory=Degree)
    """From here on alerts air by themselves; below, operators decide."""
    tell: Degree = _EVERYTHING
    """Below this nobody is told. What is `Unknown` is always told."""
    phrases: Mapping[_Id, _Id] = field(default_factory=dict[str, str])
    """Id of the phrase for each word of urgency, severity and certainty that a template is filled with."""
    longest_h: Annotated[float, Ge(0.25), Le(24)] = 6.0
    """How long an alert stays on air at most, also where it does not say until when."""
    ahead_h: Annotated[float, Ge(0), Le(168)] = 24.0
    """How far ahead it may begin and still air by itself."""

    def source(self, name: str) -> Source | None:
        """The source of that id."""
        return next((source for source in self.sources if source.id == name), None)


_ADAPTER = TypeAdapter(AlertPolicy)
_NEED_PHRASES = {
    AlertField.URGENCY: Urgency,
    AlertField.SEVERITY: Severity,
    AlertField.CERTAINTY: Certainty,
}


def read_policy(data: object, where: str = "alerts") -> AlertPolicy:
    """The policy in what a TOML or JSON file held. Raises: ConfigError with every mistake."""
    try:
        policy = _ADAPTER.validate_python(data)
    except ValidationError as error:
        raise ConfigError(explain_errors(error, AlertPolicy, where)) from error
    if problems := _contradictions(policy, where):
        raise ConfigError(problems)
    return policy


def _contradictions(policy: AlertPolicy, where: str) -> list[str]:
    """What each key alone cannot tell."""
    problems: list[str] = []
    if len({source.id for source in policy.sources}) < len(policy.sources):
        problems.append(f"{where}.sources: two have the same id; give each its own")
    words = {word.value for scale in _NEED_PHRASES.values() for word in scale}
    problems += [
        f"{where}.phrases.{word}: is no word of CAP 1.2; give one of {', '.join(sorted(words))}"
        for word in policy.phrases
        if word not in words
    ]
    for number, rule in enumerate(policy.rules):
        if not rule.events and not rule.codes:
            problems.append(f"{where}.rules.{number}: matches nothing; give events or codes")
        if AlertField.EVENT in rule.slots.values() and not rule.phrase:
            problems.append(f"{where}.rules.{number}.phrase: missing; a slot is filled with the event")
    return problems
