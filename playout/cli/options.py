"""What commands share of their arguments, and what they make of them."""

import os
from pathlib import Path
from typing import Annotated

import typer

from playout.clock import SECOND_NS, SystemClock, from_iso
from playout.config import Config, load_config
from playout.errors import ConfigError
from playout.model.people import Role
from playout.paths import Paths, find_paths
from playout.problems import did_you_mean

__all__ = [
    "AtOption",
    "ConfigOption",
    "JsonOption",
    "RoleOption",
    "ScreenOption",
    "ScreensOption",
    "StateOption",
    "account",
    "instant_ns",
    "load",
    "role_named",
    "screens_named",
]

ConfigOption = Annotated[Path | None, typer.Option("--config", help="Configuration file.")]
StateOption = Annotated[Path | None, typer.Option("--state", help="Folder for everything that must survive.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]
ScreenOption = Annotated[str, typer.Option("--screen", help="Screen; without it the first, or all.")]
AtOption = Annotated[str, typer.Option("--at", help="Instant: ISO 8601 with offset, ns since the epoch, or 'now'.")]
RoleOption = Annotated[str, typer.Option("--role", help=f"One of {', '.join(Role)}.")]
ScreensOption = Annotated[str, typer.Option("--screens", help="Screens to change, with commas; without it all.")]

_DAY_NS = 24 * 3600 * SECOND_NS
_LAST_NS = (2116 - 1970) * 365 * _DAY_NS


def load(config: Path | None, state: Path | None) -> tuple[Config, Paths]:
    """The configuration, and where everything lies. Raises: ConfigError."""
    paths = find_paths(config, state)
    return load_config(paths.config), paths


def instant_ns(text: str) -> int:
    """The instant that `--at` names, UTC ns. Raises: ConfigError."""
    if text == "now":
        return SystemClock().utc_ns()
    try:
        at_ns = from_iso(text)
    except (ValueError, OverflowError) as error:
        raise ConfigError(f"--at {text!r} is no instant: {error}", hint="2026-12-24T07:00:00+07:00") from error
    if not _DAY_NS <= at_ns < _LAST_NS:
        raise ConfigError(f"--at {text!r} lies too far away", hint="give an instant from 1970 to 2115")
    return at_ns


def account() -> str:
    """Who is at the prompt, for the journal."""
    return os.environ.get("SUDO_USER") or os.environ.get("USER") or f"uid {os.getuid()}"


def role_named(name: str) -> Role:
    """The role of that name. Raises: ConfigError."""
    if name not in set(Role):
        raise ConfigError(f"no role is called {name!r}", hint=f"choose from {', '.join(Role)}")
    return Role(name)


def screens_named(text: str, config: Config) -> tuple[str, ...]:
    """The screens that `--screens` names, in its order; none: all of them. Raises: ConfigError."""
    known = [screen.id for screen in config.screens]
    named = tuple(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))
    for name in named:
        if name not in known:
            raise ConfigError(f"--screens: no screen is called {name!r}", hint=did_you_mean(name, known))
    return named
