"""Alerts from outside, in the Common Alerting Protocol: read with suspicion, then judged.

Pure: no file, no network, no clock. What airs a verdict is elsewhere.
"""

from playout.alerts.cap import read_alert
from playout.alerts.elements import MAX_BYTES
from playout.alerts.judge import (
    Air,
    Ignore,
    Known,
    Origin,
    Queue,
    Verdict,
    Withdraw,
    judge,
    remember,
)
from playout.alerts.message import Alert, Area, Certainty, Circle, Info, Key, MsgType, Severity, Status, Urgency
from playout.alerts.policy import AlertPolicy, Proof, Rule, Source, read_policy

__all__ = [
    "MAX_BYTES",
    "Air",
    "Alert",
    "AlertPolicy",
    "Area",
    "Certainty",
    "Circle",
    "Ignore",
    "Info",
    "Key",
    "Known",
    "MsgType",
    "Origin",
    "Proof",
    "Queue",
    "Rule",
    "Severity",
    "Source",
    "Status",
    "Urgency",
    "Verdict",
    "Withdraw",
    "judge",
    "read_alert",
    "read_policy",
    "remember",
]
