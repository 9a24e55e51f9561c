"""`playout restore`: what `playout backup` has written, put back."""

from pathlib import Path
from typing import Annotated

import typer

from playout.cli.options import ConfigOption, JsonOption, StateOption
from playout.cli.output import errors_told, print_json
from playout.clock import to_iso

__all__ = ["app"]

app = typer.Typer()


@app.command()
def restore(
    file: Annotated[Path, typer.Argument(help="A file that `playout backup` has written.")],
    check: Annotated[bool, typer.Option("--check", help="Only say what is in it, and whether it is whole.")] = False,
    config: ConfigOption = None,
    state: StateOption = None,
    as_json: JsonOption = False,
) -> None:
    """Put a backup back, on this machine or a bare one. What is there now is kept beside it."""
    with errors_told():
        from playout import backup
        from playout.store.archive import read_list

        notes: tuple[str, ...] = ()
        if check:
            archive = read_list(file)
            told = {"file": str(file)}
        else:
            done = backup.restore(file, config, state)
            archive, notes = done.archive, done.notes
            told = {"state": str(done.places.state), "config": str(done.places.config)}
        head = {"made": to_iso(archive.made_ns), "version": archive.version, "files": len(archive.files)}
        if as_json:
            print_json({**told, **head, "notes": notes})
            return
        typer.echo("whole" if check else f"restored to {told['state']}")
        for key, value in head.items():
            typer.echo(f"{key}: {value}")
        for note in notes:
            typer.echo(note)
