"""`playout token`: who may speak to the control API."""

from typing import Annotated

import typer

from playout.cli.options import ConfigOption, JsonOption, StateOption, account, load
from playout.cli.output import errors_told, print_json
from playout.clock import SECOND_NS, SystemClock, to_iso
from playout.errors import ConfigError

__all__ = ["app"]

_DAY_NS = 24 * 3600 * SECOND_NS

app = typer.Typer(name="token", no_args_is_help=True, help="Tokens for the control API.")


@app.command("create")
def token_create(
    name: Annotated[str, typer.Argument(help="Whose token, or for which program.")],
    scope: Annotated[str, typer.Option("--scope", help="read, or operate to take things on air.")] = "read",
    days: Annotated[int, typer.Option("--days", min=1, max=3650, help="Days until it expires.")] = 365,
    config: ConfigOption = None,
    state: StateOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make a bearer token. It is shown once and never stored."""
    with errors_told():
        _, paths = load(config, state)
        from playout.store import journal, open_store, tokens

        if scope not in set(tokens.Scope):
            raise ConfigError(f"no scope is called {scope!r}", hint=f"choose from {', '.join(tokens.Scope)}")
        now_ns = SystemClock().utc_ns()
        expires_ns = now_ns + days * _DAY_NS
        with open_store(paths.database) as store, store.write() as db:
            secret = tokens.create(db, name, tokens.Scope(scope), now_ns, expires_ns)
            journal.add(db, now_ns, account(), "token.create", name=name, scope=scope)
        if as_json:
            print_json({"name": name, "scope": scope, "expires": to_iso(expires_ns), "token": secret})
        else:
            typer.echo(secret)
