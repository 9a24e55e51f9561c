"""`playout ctl`: orders to the players on this machine over their operations sockets; control has no part in them."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Annotated, Any

import typer

from playout.cli.options import JsonOption, ScreenOption, StateOption
from playout.cli.output import EXIT_FINDINGS, errors_told, print_json
from playout.errors import LinkError
from playout.paths import find_paths

__all__ = ["app"]

ByOption = Annotated[str, typer.Option("--by", help="Who you are.")]
ReasonOption = Annotated[str, typer.Option("--reason", help="Why, for the journal.")]

app = typer.Typer(
    name="ctl", no_args_is_help=True, help="Speak to the players on this machine; works with control stopped."
)


@app.command()
def panic(
    screen: ScreenOption = "",
    by: ByOption = "",
    reason: ReasonOption = "",
    state: StateOption = None,
    as_json: JsonOption = False,
) -> None:
    """Black, at once and until a named person clears it, on every screen or on one."""
    _ask_players("panic", screen, by, reason, state, as_json=as_json)


@app.command()
def fallback(
    screen: ScreenOption = "",
    by: ByOption = "",
    reason: ReasonOption = "",
    state: StateOption = None,
    as_json: JsonOption = False,
) -> None:
    """The built-in picture, at once and until cleared."""
    _ask_players("fallback", screen, by, reason, state, as_json=as_json)


@app.command()
def clear(screen: ScreenOption = "", by: ByOption = "", state: StateOption = None, as_json: JsonOption = False) -> None:
    """End panic and fallback; what the schedule says comes back. A panic wants --by NAME."""
    _ask_players("clear", screen, by, "", state, as_json=as_json)


@app.command()
def status(screen: ScreenOption = "", state: StateOption = None, as_json: JsonOption = False) -> None:
    """What the players show and how their links are."""
    _ask_players("status", screen, "", "", state, as_json=as_json)


def _ask_players(operation: str, screen: str, by: str, reason: str, state: Path | None, *, as_json: bool) -> None:
    """Asks every player on this machine, or one."""
    with errors_told():
        from playout.ipc.sockets import ask

        paths = find_paths(state=state)
        sockets = [paths.operations_socket(screen)] if screen else sorted(paths.run.glob("player-*.ops.sock"))
        if not sockets:
            raise LinkError(f"no player runs in {paths.run}", hint="start one, or give its folder with --state")
        message = {"op": operation, "by": by, "reason": reason}

        def asked(socket: Path) -> dict[str, Any]:
            try:
                return ask(socket, message, 5.0)
            except LinkError as error:
                return {"ok": False, "screen": socket.name, "reason": str(error)}

        with ThreadPoolExecutor(len(sockets)) as pool:  # a player that hangs delays no other screen
            answers = list(pool.map(asked, sockets))
        if as_json:
            print_json(answers)
        else:
            for answer in answers:
                typer.echo("  ".join(f"{key}={value}" for key, value in answer.items()))
        for answer in answers:
            if "not_saved" in answer:
                why = "it holds until the player ends, and is saved as soon as that is possible"
                typer.echo(f"playout: screen {answer['screen']}: done, but NOT SAVED: {why}", err=True)
        if not all(answer.get("ok") for answer in answers):
            raise typer.Exit(EXIT_FINDINGS)
