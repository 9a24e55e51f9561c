"""`playout user`: the people who may sign in."""

import sys
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
from playout.clock import SystemClock, to_iso

__all__ = ["app"]

LoginArgument = Annotated[str, typer.Argument(help="Login name: small letters and digits.")]

app = typer.Typer(name="user", no_args_is_help=True, help="People who may sign in to control.")


@app.command("add")
def user_add(
    login: LoginArgument,
    role: RoleOption,
    name: Annotated[str, typer.Option("--name", help="Name as others see it; without it the login.")] = "",
    screens: ScreensOption = "",
    config: ConfigOption = None,
    state: StateOption = None,
) -> None:
    """Add somebody. The password is asked for, or read from the first line of standard input."""
    with errors_told():
        settings, paths = load(config, state)
        from playout.store import journal, open_store, people

        now_ns = SystemClock().utc_ns()
        person = people.Person(login, name or login, role_named(role), screens_named(screens, settings), now_ns)
        hashed = people.hash_password(_password())
        with open_store(paths.database) as store, store.write() as db:
            people.add(db, person, hashed)
            journal.add(db, now_ns, account(), "user.add", login=login, role=role, screens=person.screens)


@app.command("list")
def user_list(config: ConfigOption = None, state: StateOption = None, as_json: JsonOption = False) -> None:
    """List everybody."""
    with errors_told():
        _, paths = load(config, state)
        from playout.store import open_store, people

        with open_store(paths.database) as store, store.read() as db:
            found = people.listing(db)
        if as_json:
            rows = [
                {
                    "login": person.login,
                    "name": person.name,
                    "role": person.role,
                    "screens": person.screens,
                    "enabled": person.is_enabled,
                    "created": to_iso(person.created_ns),
                }
                for person in found
            ]
            print_json(rows)
        else:
            print_table(
                ["login", "name", "role", "screens", "may sign in"],
                [
                    [p.login, p.name, p.role, ", ".join(p.screens) or "all", "yes" if p.is_enabled else "no"]
                    for p in found
                ],
            )


@app.command("enable")
def user_enable(login: LoginArgument, config: ConfigOption = None, state: StateOption = None) -> None:
    """Let somebody sign in again."""
    _set_enabled(login, config, state, enabled=True)


@app.command("disable")
def user_disable(login: LoginArgument, config: ConfigOption = None, state: StateOption = None) -> None:
    """Lock somebody out; whoever is signed in is out within a second."""
    _set_enabled(login, config, state, enabled=False)


@app.command("password")
def user_password(login: LoginArgument, config: ConfigOption = None, state: StateOption = None) -> None:
    """Set a new password; whoever is signed in by the old one has to sign in again."""
    with errors_told():
        _, paths = load(config, state)
        from playout.store import journal, open_store, people

        hashed = people.hash_password(_password())
        with open_store(paths.database) as store, store.write() as db:
            people.set_password(db, login, hashed)
            journal.add(db, SystemClock().utc_ns(), account(), "user.password", login=login)


@app.command("role")
def user_role(
    login: LoginArgument,
    role: Annotated[str, typer.Argument(help="The new role.")],
    screens: ScreensOption = "",
    config: ConfigOption = None,
    state: StateOption = None,
) -> None:
    """Change what somebody may do, and on which screens; it holds within a second."""
    with errors_told():
        settings, paths = load(config, state)
        from playout.store import journal, open_store, people

        given, reaches = role_named(role), screens_named(screens, settings)
        with open_store(paths.database) as store, store.write() as db:
            people.set_role(db, login, given, reaches)
            now_ns = SystemClock().utc_ns()
            journal.add(db, now_ns, account(), "user.role", login=login, role=role, screens=reaches)


def _set_enabled(login: str, config: ConfigOption, state: StateOption, *, enabled: bool) -> None:
    with errors_told():
        _, paths = load(config, state)
        from playout.store import journal, open_store, people

        now_ns = SystemClock().utc_ns()
        with open_store(paths.database) as store, store.write() as db:
            people.set_enabled(db, login, now_ns, enabled=enabled)
            journal.add(db, now_ns, account(), "user.enable" if enabled else "user.disable", login=login)


def _password() -> str:
    """Asked for twice at a terminal, else the first line of standard input."""
    if sys.stdin.isatty():
        return typer.prompt("Password", hide_input=True, confirmation_prompt=True)
    return sys.stdin.readline().rstrip("\r\n")
