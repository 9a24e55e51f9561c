"""The one tree of errors: each says what failed, on which value, and what to do about it."""

from collections.abc import Sequence

__all__ = [
    "AlertError",
    "ConfigError",
    "ContentError",
    "DeviceFault",
    "DriverError",
    "LinkError",
    "NotAllowed",
    "PlayoutError",
    "PowerError",
    "ProtocolError",
    "ScheduleError",
    "StoreDamaged",
    "StoreError",
]


class PlayoutError(Exception):
    """Root of the tree. `code` is stable and machine-readable, `hint` is the remedy for a person."""

    code = "playout"

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} ({self.hint})" if self.hint else self.message


class _Listed(PlayoutError):
    """An error that carries every problem found, so that a person mends them all in one go."""

    def __init__(self, problems: Sequence[str] | str, *, hint: str = "") -> None:
        self.problems = (problems,) if isinstance(problems, str) else tuple(problems)
        super().__init__("\n".join(self.problems), hint=hint)


class ConfigError(_Listed):
    """The configuration is wrong; `problems` has one line for each mistake."""

    code = "config"


class ScheduleError(_Listed):
    """A schedule or notice file is wrong; that file is refused and the last good revision stays."""

    code = "schedule"


class ContentError(PlayoutError):
    """A notice, picture or font cannot be shown; the item is skipped."""

    code = "content"


class AlertError(PlayoutError):
    """A message is no alert that may be read; it is refused, and the next one may come. `rule` names what it breaks."""

    code = "alert"

    def __init__(self, message: str, *, hint: str = "", rule: str) -> None:
        super().__init__(message, hint=hint)
        self.rule = rule


class DriverError(PlayoutError):
    """An output failed; its supervisor reopens it and the other outputs play on."""

    code = "driver"


class LinkError(DriverError):
    """The wire is gone or was never there; retried for ever."""

    code = "link"


class ProtocolError(DriverError):
    """The device answered something that its protocol does not allow."""

    code = "protocol"


class DeviceFault(DriverError):
    """The device works but reports a fault of its own; a person has to look."""

    code = "device"


class StoreError(PlayoutError):
    """State could not be read or written; the sign plays on from what it holds."""

    code = "store"


class StoreDamaged(StoreError):
    """The database is damaged; control ends, and opens the last good backup when it is started again."""


class PowerError(PlayoutError):
    """A power source gave no usable reading; the mode is unknown, never mains."""

    code = "power"


class NotAllowed(PlayoutError):
    """The caller may not do this; the message names the rule."""

    code = "not_allowed"
