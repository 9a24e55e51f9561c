"""`playout check`: everything that is wrong, before it is on the wall."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from playout.cli.options import ConfigOption, JsonOption, StateOption, load
from playout.cli.output import EXIT_FINDINGS, errors_told, print_findings, print_json, print_table
from playout.clock import SystemClock
from playout.programs import EXIT_CONFIG

__all__ = ["app"]

app = typer.Typer()


@app.command()
def check(
    schedules: Annotated[
        Path | None, typer.Argument(help="Folder of schedule files; otherwise the shipped one.")
    ] = None,
    config: ConfigOption = None,
    state: StateOption = None,
    as_json: JsonOption = False,
) -> None:
    """Tell everything that is wrong, before it is on the wall."""
    with errors_told():
        settings, paths = load(config, state)
        from playout.preflight import check_all

        told = check_all(settings, paths, schedules or paths.schedules, SystemClock())
        found = told.findings
        if as_json:
            print_json(asdict(told))
        else:
            rows = [
                [name, *(f"{code} {metres:.0f} m" for code, metres in far.items())] for name, far in told.legible_to_m
            ]
            print_table(["notice", *(["legible to"] * max((len(row) - 1 for row in rows), default=0))], rows)
            rows = [
                [a.screen, a.language, f"{a.shown_s / 3600:.1f} h", f"{a.longest_gap_s:.0f} s"] for a in told.airtime
            ]
            print_table(["screen", "language", "in 24 hours from now", "longest absence"], rows)
            print_findings(found)
            errors = sum(finding.severity == "error" for finding in found)
            typer.echo(f"{len(found)} findings, {errors} errors" if found else "nothing found")
        if any(finding.code == "config" for finding in found):
            raise typer.Exit(EXIT_CONFIG)
        if any(finding.severity == "error" for finding in found):
            raise typer.Exit(EXIT_FINDINGS)
