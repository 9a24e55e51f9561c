"""`playout plan`: a day on a screen, before it comes."""

import io
import sys
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from playout.cli.options import ConfigOption, JsonOption, ScreenOption, StateOption, load
from playout.cli.output import errors_told, print_json, print_table, writing
from playout.errors import ConfigError

__all__ = ["app"]

app = typer.Typer()
_FIRST, _LAST = date(1971, 1, 1), date(2115, 1, 1)


@app.command()
def plan(
    day: Annotated[str, typer.Option("--day", help="Day at the sign: 2026-09-02.")],
    screen: ScreenOption = "",
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="PNG file with every page of the day; - prints it.")
    ] = None,
    config: ConfigOption = None,
    state: StateOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say what is on air when on a day, and draw every page of it once, by what is known now."""
    with errors_told():
        settings, paths = load(config, state)
        wanted, chosen = _day(day), settings.screen(screen or settings.screens[0].id)
        from playout.plan import contact_sheet, plan_day
        from playout.preflight import Artist, current_inputs

        planned = plan_day(current_inputs(settings, paths, chosen), wanted)
        if output is not None:
            from PIL import Image

            from playout.text.engine import TextEngine
            from playout.vetting import load_vetted_fonts

            engine = TextEngine(load_vetted_fonts(paths.fonts, paths.fonts_tried))
            picture = contact_sheet(planned, Artist(settings, paths, chosen), engine, settings.site.name)
            file = io.BytesIO()
            Image.fromarray(picture).save(file, "PNG")
            if output == Path("-"):
                sys.stdout.buffer.write(file.getvalue())
                return
            with writing(output):
                output.write_bytes(file.getvalue())
        told = planned.table()
        if as_json:
            print_json(told)
            return
        rows: list[list[str]] = []
        for slot in told["slots"]:
            shown: dict[str, list[str]] = {}
            for page in slot["pages"]:
                shown.setdefault(page["notice"] or page["title"], []).append(page["language"])
            pages = "; ".join(
                f"{name} {' '.join(filter(None, languages))}".strip() for name, languages in shown.items()
            )
            claims, where = " + ".join(slot["claims"]), " ".join(filter(None, (slot["layout"], slot["crawl"])))
            rows.append([slot["from"], slot["to"], claims, " ".join(slot["playlists"]), where, pages])
        typer.echo(f"{told['screen']}, {told['day']} ({told['timezone']}), revision {told['revision']}")
        print_table(["from", "to", "on air", "playlist", "layout, crawl", "pages"], rows)


def _day(text: str) -> date:
    """Raises: ConfigError."""
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise ConfigError(f"--day {text!r} is no day", hint="write it as 2026-09-02") from error
    if not _FIRST <= day < _LAST:
        raise ConfigError(f"--day {text!r} lies too far away", hint="give a day from 1971 to 2114")
    return day
