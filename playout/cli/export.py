"""`playout export`: a revision as a folder of schedule files."""

from pathlib import Path
from typing import Annotated

import typer

from playout.cli.options import ConfigOption, JsonOption, StateOption, load
from playout.cli.output import errors_told, print_json
from playout.errors import StoreError

__all__ = ["app"]

app = typer.Typer()


@app.command()
def export(
    folder: Annotated[Path, typer.Argument(help="Folder to write; it must be new or empty.")],
    number: Annotated[int | None, typer.Option("--revision", help="Its number; without it the newest.", min=1)] = None,
    config: ConfigOption = None,
    state: StateOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write a revision as the folder of files that `playout import` reads."""
    with errors_told():
        _, paths = load(config, state)
        from playout.store import open_store, revisions
        from playout.store.export import export_folder

        with open_store(paths.database) as store, store.read() as db:
            record = revisions.record(db, number) if number else revisions.latest(db)
        if record is None:
            raise StoreError(
                f"there is no revision {number}" if number else "nothing was imported yet",
                hint="the API lists them at /api/v1/schedule/revisions" if number else "playout import FOLDER",
            )
        revision = record.revision
        export_folder(revision.schedule, revision.notices, paths.media, folder)
        if as_json:
            print_json({"folder": str(folder), "revision": revision.number, "notices": len(revision.notices)})
        else:
            typer.echo(f"{folder}: revision {revision.number}, {len(revision.notices)} notices")
