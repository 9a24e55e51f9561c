"""`playout run`: the whole sign on this machine."""

import typer

from playout.cli.options import ConfigOption, StateOption, load
from playout.cli.output import errors_told
from playout.clock import SystemClock
from playout.config import Config
from playout.errors import ConfigError, ContentError, ScheduleError
from playout.paths import Paths
from playout.programs import log_to_stderr

__all__ = ["app"]

app = typer.Typer()


@app.command()
def run(config: ConfigOption = None, state: StateOption = None) -> None:
    """Run the whole sign on this machine: a player for each screen, media and control."""
    with errors_told():
        log_to_stderr()
        settings, paths = load(config, state)
        from playout.daemon import programs, supervise

        clock = SystemClock()
        link = _first_start(settings, paths, clock)
        address = link.split("?")[0].rstrip("/")
        supervise(
            programs(settings, paths),
            clock,
            lambda: typer.echo(f"\nThe sign: {link}\n(good once, for 10 minutes; later: {address})\n"),
        )


def _first_start(config: Config, paths: Paths, clock: SystemClock) -> str:
    """Checks drivers, fills an empty store from the schedule files, and makes the one-time link."""
    from playout.api.links import one_time_link
    from playout.intake import Intake
    from playout.preflight import check_installation
    from playout.store import open_store, revisions
    from playout.store.files import read_folder
    from playout.store.imports import import_draft

    found = list(check_installation(config, paths, clock))
    lines = {f"{f.message} ({f.remedy})" if f.remedy else f.message: f.code for f in found}
    if set(lines.values()) - {"fonts"}:
        raise ConfigError(list(lines))
    for line in lines:  # a sign without its fonts shows the built-in picture, which is better than nothing
        typer.echo(f"playout: {line}", err=True)
    with open_store(paths.database) as store:
        for warning in store.warnings:
            typer.echo(f"playout: {warning}", err=True)
        with store.read() as db:
            empty = revisions.latest_number(db) == 0
        if empty:
            try:
                draft = Intake(config, paths).take(read_folder(paths.schedules))
                import_draft(store, draft, paths.media, now_ns=clock.utc_ns(), author="first start", reason="import")
            except (ContentError, ScheduleError) as error:  # the built-in picture shows until this is mended
                typer.echo(f"playout: nothing imported yet: {error}", err=True)
        return one_time_link(store, config, clock.utc_ns())
