"""What tests of alerts share: messages, a policy, a site, an instant."""

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from playout.alerts import (
    Alert,
    AlertPolicy,
    Known,
    Origin,
    Proof,
    Verdict,
    judge,
    read_alert,
    read_policy,
    remember,
)
from playout.model.panel import Site

EXAMPLES = Path(__file__).parents[1] / "cap"
HERE = timezone(timedelta(hours=7))
NOW = datetime(2026, 10, 5, 8, 30, tzinfo=HERE)
LATER = datetime(2026, 10, 5, 11, 30, tzinfo=HERE)
SITE = Site()
PROVED = Origin("hydromet", Proof.FEED)
OTHER = Origin("rescue", Proof.TOKEN)
APPROVED = frozenset({"flood", "spill"})

POLICY_DATA: dict[str, Any] = {
    "sources": [
        {"id": "hydromet", "proofs": ["feed"], "senders": ["dubao@thuyvan.example.vn"]},
        {"id": "rescue", "proofs": ["token", "signature"]},
    ],
    "rules": [
        {
            "template": "flood",
            "events": ["cảnh báo  LŨ quét"],
            "codes": [{"name": "OET:v1.2", "value": "OET-080"}],
            "slots": {"what": "event", "from": "onset_time", "until": "expires_time", "how": "severity"},
            "phrase": "flash-flood",
        },
        {"template": "spill", "events": ["Chemical spill"]},
    ],
    "codes": [{"name": "GSO", "value": "64"}],
    "phrases": {"Extreme": "extreme", "Severe": "severe"},
}
POLICY = read_policy(POLICY_DATA)


def example(name: str) -> bytes:
    """The bytes of an example."""
    return (EXAMPLES / f"{name}.xml").read_bytes()


def alert(name: str) -> Alert:
    """An example, read."""
    return read_alert(example(name), LATER)


def swapped(name: str, *pairs: tuple[str, str]) -> bytes:
    """An example with words replaced; each must be there."""
    text = example(name).decode()
    for old, new in pairs:
        assert old in text, old
        text = text.replace(old, new)
    return text.encode()


class Desk:
    """Judges messages one after the other, as they come, and remembers them."""

    def __init__(self, policy: AlertPolicy = POLICY, site: Site = SITE) -> None:
        self.policy, self.site, self.known = policy, site, Known()

    def take(self, data: bytes, origin: Origin | None = PROVED, now: datetime = NOW) -> Verdict:
        """The verdict on the next message."""
        read = read_alert(data, max(now, LATER))
        verdict = judge(read, origin, self.policy, self.known, self.site, now, approved=APPROVED)
        self.known = remember(self.known, read, origin, self.policy, now)
        return verdict


def utc(hour: int, minute: int = 0) -> datetime:
    """That time of the local day of the examples."""
    return datetime(2026, 10, 5, hour, minute, tzinfo=HERE).astimezone(UTC)
