"""`playout token`: programs that may speak to the control API."""

import re
from typing import Annotated

import typer

from playout.cli.options import (
    ConfigOption,
    JsonOption,
    RoleOption,
    ScreensOption,
    StateOption,
    account,
    load,
    role_named,
    screens_named,
)
from playout.cli.output import errors_told, print_json, print_table
from playout.clock import SECOND_NS, SystemClock, to_iso
from playout.errors import ConfigError, NotAllowed

__all__ = ["app"]

_UNITS_NS = {"h": 3600 * SECOND_NS, "d": 24 * 3600 * SECOND_NS}
_LASTS = re.compile(r"([1-9][0-9]{0,4})([hd])")
_LONGEST_NS = 3650 * _UNITS_NS["d"]

app = typer.Typer(name="token", no_args_is_help=True, help="Tokens for the control API.")


@app.command("create")
def token_create(
    name: Annotated[str, typer.Argument(help="For which program.")],
    role: RoleOption = "viewer",
    screens: ScreensOption = "",
    expires: Annotated[str, typer.Option("--expires", help="How long it is good: 12h, 90d.")] = "365d",
    config: ConfigOption = None,
    state: StateOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make a bearer token. It is shown once and never stored."""
    with errors_told():
        settings, paths = load(config, state)
        from playout.store import journal, open_store, tokens

        given, reaches, lasts_ns = role_named(role), screens_named(screens, settings), _lasts_ns(expires)
        now_ns = SystemClock().utc_ns()
        expires_ns = now_ns + lasts_ns
        with open_store(paths.database) as store, store.write() as db:
            secret = tokens.create(db, name, given, now_ns, expires_ns, reaches)
            told = {"name": name, "role": role, "screens": reaches, "expires": to_iso(expires_ns)}
            journal.add(db, now_ns, account(), "token.create", **told)
        if as_json:
            print_json({**told, "token": secret})
        else:
            typer.echo(secret)


@app.command("list")
def token_list(config: ConfigOption = None, state: StateOption = None, as_json: JsonOption = False) -> None:
    """List the tokens that are in use, and when they end."""
    with errors_told():
        _, paths = load(config, state)
        from playout.store import open_store, tokens

        now_ns = SystemClock().utc_ns()
        with open_store(paths.database) as store, store.read() as db:
            found = [token for token in tokens.listing(db) if token.is_valid(now_ns)]
        rows = [
            {
                "name": token.name,
                "role": token.role,
                "screens": token.screens,
                "expires": None if token.expires_ns is None else to_iso(token.expires_ns),
            }
            for token in found
        ]
        if as_json:
            print_json(rows)
        else:
            print_table(
                ["name", "role", "screens", "expires"],
                [[t.name, t.role, ", ".join(t.screens) or "all", _day(t.expires_ns)] for t in found],
            )


@app.command("revoke")
def token_revoke(
    name: Annotated[str, typer.Argument(help="Name of the token.")],
    config: ConfigOption = None,
    state: StateOption = None,
) -> None:
    """End a token: within a second it opens nothing."""
    with errors_told():
        _, paths = load(config, state)
        from playout.store import journal, open_store, tokens

        now_ns = SystemClock().utc_ns()
        with open_store(paths.database) as store, store.write() as db:
            if not tokens.revoke(db, name, now_ns):
                raise NotAllowed(f"no token is called {name!r}", hint="`playout token list` tells which there are")
            journal.add(db, now_ns, account(), "token.revoke", name=name)


def _lasts_ns(text: str) -> int:
    found = _LASTS.fullmatch(text)
    lasts_ns = int(found[1]) * _UNITS_NS[found[2]] if found else 0
    if not 0 < lasts_ns <= _LONGEST_NS:
        raise ConfigError(f"--expires {text!r} is no time a token may last", hint="12h, 90d, at most 3650d")
    return lasts_ns


def _day(expires_ns: int | None) -> str:
    return "never" if expires_ns is None else to_iso(expires_ns)[:16].replace("T", " ") + " UTC"
