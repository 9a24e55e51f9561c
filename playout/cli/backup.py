"""`playout backup`: everything of the sign in one file."""

from pathlib import Path
from typing import Annotated

import typer

from playout.cli.options import ConfigOption, JsonOption, StateOption, load
from playout.cli.output import errors_told, print_json
from playout.clock import SystemClock

__all__ = ["app"]

app = typer.Typer()


@app.command()
def backup(
    file: Annotated[Path, typer.Argument(help="File to write; keep it safe, the keys of the sign are in it.")],
    config: ConfigOption = None,
    state: StateOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write state, pictures, journals, configuration, keys, fonts and schedule files into one file."""
    with errors_told():
        settings, paths = load(config, state)
        from playout.backup import back_up

        archive = back_up(settings, paths, file, SystemClock())
        size = sum(entry.size for entry in archive.files)
        if as_json:
            print_json({"file": str(file), "files": len(archive.files), "bytes": size})
        else:
            typer.echo(f"{file}: {len(archive.files)} files, {size / 1e6:.1f} MB")
