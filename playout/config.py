"""The configuration file: read once, checked whole, every mistake reported at once."""

import ast
import inspect
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from ipaddress import ip_address
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any, ClassVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from annotated_types import Ge, Le, MinLen
from pydantic import TypeAdapter, ValidationError

from playout.errors import ConfigError
from playout.model.frame import Size
from playout.model.panel import EDGE, Panel, Screen, Site
from playout.model.recovery import AfterLoss, Recovery, Show
from playout.problems import explain_errors

__all__ = [
    "Api",
    "ClockBelief",
    "ClockSettings",
    "Config",
    "config_schema",
    "describe",
    "is_loopback",
    "load_config",
    "screen_size",
]

_ID = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-")


@dataclass(frozen=True, slots=True)
class Api:
    """Where the control API listens."""

    __pydantic_config__: ClassVar[dict[str, Any]] = EDGE

    host: str = "127.0.0.1"
    """Address to listen on; anything but loopback needs a certificate."""
    port: Annotated[int, Ge(1), Le(65535)] = 8080
    """TCP port."""
    hosts: tuple[str, ...] = ()
    """Further names under which browsers may address it."""
    certificate: str = ""
    """Path of the TLS certificate chain (PEM)."""
    key: str = ""
    """Path of its private key (PEM)."""


class ClockBelief(StrEnum):
    """When the wall clock may decide what is on air; below what has passed for sure it never may."""

    NETWORK = "network"
    """While a time server keeps it, or if one did in this boot and it was not set since."""
    RTC = "rtc"
    """Also if the machine has a clock that runs while it is off, or is the guest of one."""
    ALWAYS = "always"
    """Also without either: people look after it."""


@dataclass(frozen=True, slots=True)
class ClockSettings:
    """The clock of the machine."""

    __pydantic_config__: ClassVar[dict[str, Any]] = EDGE

    trust: ClockBelief = ClockBelief.RTC
    """When it may decide what is on air: `network` (a time server keeps it), `rtc` (or the machine has a clock that
    runs while it is off), `always` (people look after it)."""


@dataclass(frozen=True, slots=True)
class Config:
    """Everything a site decides once."""

    __pydantic_config__: ClassVar[dict[str, Any]] = EDGE

    screens: Annotated[tuple[Screen, ...], MinLen(1)]
    site: Site = field(default_factory=Site)
    panel: Panel = field(default_factory=Panel)
    api: Api = field(default_factory=Api)
    recovery: Recovery = field(default_factory=Recovery)
    clock: ClockSettings = field(default_factory=ClockSettings)

    def screen(self, name: str) -> Screen:
        """The screen of that id. Raises: ConfigError."""
        for screen in self.screens:
            if screen.id == name:
                return screen
        known = ", ".join(screen.id for screen in self.screens)
        raise ConfigError(f"no screen is called {name!r}", hint=f"the configuration has: {known}")


_ADAPTER = TypeAdapter(Config)


def config_schema() -> dict[str, Any]:
    """JSON Schema of the configuration file; each key is described by the docstring under its field."""
    schema = _ADAPTER.json_schema()
    for kind in (Site, Panel, Screen, Api, Recovery, AfterLoss, ClockSettings):
        describe(schema["$defs"][kind.__name__]["properties"], kind)
    return schema


def describe(properties: dict[str, Any], kind: type) -> None:
    """Adds the docstrings under the fields of a class to the properties of its JSON Schema.

    Pydantic could do so too, but would read the source at every start.
    """
    for name, words in _field_docs(kind).items():
        properties[name]["description"] = words


def screen_size(panel: Panel, screen: Screen) -> Size:
    """Pixels of a screen: its own, or the panel's where it gives none."""
    return Size(screen.width or panel.size.width, screen.height or panel.size.height)


def is_loopback(host: str) -> bool:
    """Whether nobody but this machine can reach that address."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def load_config(path: Path) -> Config:
    """Reads and checks the file. Raises: ConfigError with every problem."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(
            f"{path}: cannot be read: {error}", hint="give another file with --config, or correct its owner and mode"
        ) from error
    try:
        data = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise ConfigError(f"{path}: not TOML: {error}", hint="correct that line") from error
    try:
        config = _ADAPTER.validate_python(data)
    except ValidationError as error:
        raise ConfigError([f"{path}: {line}" for line in explain_errors(error, Config, "")]) from error
    if problems := _contradictions(config):
        raise ConfigError([f"{path}: {line}" for line in problems])
    return config


def _field_docs(kind: type) -> dict[str, str]:
    """The docstrings under the fields of a class."""
    (definition,) = ast.parse(inspect.getsource(kind)).body
    body = definition.body if isinstance(definition, ast.ClassDef) else []
    return {
        field.target.id: inspect.cleandoc(words.value.value)
        for field, words in pairwise(body)
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name)
        if isinstance(words, ast.Expr) and isinstance(words.value, ast.Constant) and isinstance(words.value.value, str)
    }


def _contradictions(config: Config) -> list[str]:
    """What each key alone cannot tell."""
    problems: list[str] = []
    panel, api = config.panel, config.api
    if abs(panel.cabinet_px * panel.pitch_mm - panel.cabinet_mm) > 0.001 * panel.cabinet_mm:
        problems.append(
            f"panel.pitch_mm: {panel.pitch_mm} does not divide a cabinet of {panel.cabinet_mm} mm;"
            " give the pitch as the maker prints it"
        )
    if panel.nearest_reader_m >= panel.farthest_reader_m:
        problems.append("panel.nearest_reader_m: must be less than panel.farthest_reader_m")
    try:
        ZoneInfo(config.site.timezone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        problems.append(f"site.timezone: no such zone {config.site.timezone!r}; write it like 'Asia/Ho_Chi_Minh'")
    problems += _wrong_recovery(config.recovery)
    seen: set[str] = set()
    for screen in config.screens:
        if set(screen.id) - _ID:
            problems.append(f"screens.{screen.id}.id: only letters, digits and '-' are allowed")
        if screen.id in seen:
            problems.append(f"screens.{screen.id}.id: two screens have this id")
        seen.add(screen.id)
    if bool(api.certificate) != bool(api.key):
        problems.append("api.certificate and api.key: give both or neither")
    if not is_loopback(api.host) and not api.certificate:
        problems.append(
            f"api.host: {api.host} can be reached from the network, which needs api.certificate and api.key;"
            " without them only 127.0.0.1 is allowed"
        )
    return problems


def _wrong_recovery(recovery: Recovery) -> Iterator[str]:
    for key in ("after_short_loss", "after_long_loss", "after_link_loss"):
        choice: AfterLoss = getattr(recovery, key)
        if bool(choice.ref) != (choice.show in (Show.NOTICE, Show.PLAYLIST)):
            yield f"recovery.{key}.ref: the id of what to show, with show = 'notice' or 'playlist' and only with these"
