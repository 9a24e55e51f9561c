"""`playout import`: a folder of schedule files becomes the next revision."""

from pathlib import Path
from typing import Annotated

import typer

from playout.cli.options import ConfigOption, JsonOption, StateOption, account, load
from playout.cli.output import errors_told, print_json
from playout.clock import SystemClock

__all__ = ["app"]

app = typer.Typer()


@app.command("import")
def import_(
    schedules: Annotated[
        Path | None, typer.Argument(help="Folder of schedule files; otherwise the shipped one.")
    ] = None,
    author: Annotated[str, typer.Option("--author", help="Who imports, for the journal.")] = "",
    config: ConfigOption = None,
    state: StateOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make a folder of schedule files the next revision; a running control takes it up by itself."""
    with errors_told():
        settings, paths = load(config, state)
        from playout.intake import Intake
        from playout.store import open_store
        from playout.store.files import read_folder
        from playout.store.imports import import_draft

        intake, now_ns, who = Intake(settings, paths), SystemClock().utc_ns(), author or account()
        draft = intake.take(read_folder(schedules or paths.schedules))
        with open_store(paths.database) as store:
            revision = import_draft(store, draft, paths.media, now_ns=now_ns, author=who, reason="import")
        unread = sorted(f"{n.id} ({t.language})" for n in revision.notices.values() for t in n.texts if not t.proofread)
        if as_json:
            print_json({"revision": revision.number, "notices": len(revision.notices), "not_proofread": unread})
        else:
            typer.echo(f"revision {revision.number}: {len(revision.notices)} notices")
            if unread:
                typer.echo(f"not proof-read by a native reader: {', '.join(unread)}")
