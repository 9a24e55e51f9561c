"""Finding drivers: entry points of the group `playout.drivers`, ours and others'.

A driver that cannot be loaded is a record with a status, never a crash; it fails only where a screen asks for it.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from importlib.metadata import EntryPoint, entry_points

from pydantic import ValidationError

from playout.driver import DriverSpec, FrameSink
from playout.errors import ConfigError, PlayoutError
from playout.model.frame import Size
from playout.model.panel import Screen
from playout.problems import did_you_mean, explain_errors

__all__ = ["GROUP", "DriverRecord", "DriverStatus", "build_sink", "find_drivers"]

GROUP = "playout.drivers"
"""Entry-point group under which a driver package offers its `DriverSpec`."""


class DriverStatus(StrEnum):
    """Whether a driver can be used."""

    OK = "ok"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class DriverRecord:
    """One entry point: what it offers, or the reason why it cannot."""

    name: str
    distribution: str
    status: DriverStatus
    reason: str = ""
    spec: DriverSpec | None = None


def find_drivers(entries: Iterable[EntryPoint] | None = None) -> list[DriverRecord]:
    """Every driver that is installed, by name; imports each of them. `entries` stands in for what is installed."""
    return [_load(point) for point in sorted(_points(entries), key=lambda point: point.name)]


def build_sink(
    screen: Screen, size: Size, is_urgent: Callable[[], bool], entries: Iterable[EntryPoint] | None = None
) -> FrameSink:
    """The sink of a screen, not opened yet; imports no other driver. Raises: ConfigError with every mistake."""
    where = f"screens.{screen.id}"
    points = _points(entries)
    named = [point for point in points if point.name == screen.sink]
    if not named:
        known = [point.name for point in points]
        raise ConfigError(f"{where}.sink: no driver is called {screen.sink!r}; {did_you_mean(screen.sink, known)}")
    if len(named) > 1:
        owners = " and ".join(map(_distribution, named))
        raise ConfigError(f"{where}.sink: the driver {screen.sink!r} comes with {owners}; remove one of them")
    record = _load(named[0])
    if record.spec is None:
        raise ConfigError(
            f"{where}.sink: the driver {screen.sink!r} of {record.distribution} cannot be loaded: {record.reason}",
            hint=f"install {record.distribution} again, or choose another driver",
        )
    spec = record.spec
    try:
        return spec.make(spec.options.model_validate(dict(screen.options)), size, screen.fps, is_urgent)
    except ValidationError as error:
        raise ConfigError(explain_errors(error, spec.options, f"{where}.options")) from error
    except PlayoutError as error:
        raise ConfigError(f"{where}.options: {error.message}", hint=error.hint) from error
    except Exception as error:
        raise ConfigError(
            f"{where}.sink: the driver {screen.sink!r} of {record.distribution} cannot be made:"
            f" {type(error).__name__}: {error}",
            hint="give this to whoever made the driver, or choose another",
        ) from error


def _points(entries: Iterable[EntryPoint] | None) -> list[EntryPoint]:
    return list(entry_points(group=GROUP) if entries is None else entries)


def _distribution(point: EntryPoint) -> str:
    return point.dist.name if point.dist is not None else "an unknown package"


def _load(point: EntryPoint) -> DriverRecord:
    distribution = _distribution(point)
    try:
        spec = point.load()
    except (Exception, SystemExit) as error:  # noqa: BLE001 -- anything may go wrong in a stranger's module
        return DriverRecord(point.name, distribution, DriverStatus.BROKEN, f"{type(error).__name__}: {error}")
    if not isinstance(spec, DriverSpec):
        return DriverRecord(point.name, distribution, DriverStatus.BROKEN, f"{point.value} is not a DriverSpec")
    return DriverRecord(point.name, distribution, DriverStatus.OK, "", spec)
