"""`playout render`: the picture of a screen at an instant."""

from pathlib import Path
from typing import Annotated

import typer

from playout.cli.options import AtOption, ConfigOption, ScreenOption, StateOption, instant_ns, load
from playout.cli.output import errors_told, writing

__all__ = ["app"]

app = typer.Typer()


@app.command()
def render(
    output: Annotated[Path, typer.Option("--output", "-o", help="PNG file to write.")],
    at: AtOption = "now",
    screen: ScreenOption = "",
    led: Annotated[bool, typer.Option("--led", help="As it goes on the wire, after the LED stage.")] = False,
    config: ConfigOption = None,
    state: StateOption = None,
) -> None:
    """Draw what a screen shows at an instant, with the code that draws it on the wall."""
    with errors_told():
        settings, paths = load(config, state)
        from PIL import Image

        from playout.preflight import Artist

        chosen = settings.screen(screen or settings.screens[0].id)
        artist, instant = Artist(settings, paths, chosen), instant_ns(at)
        pixels = artist.wire(instant) if led else artist.picture(instant)
        with writing(output):
            Image.fromarray(pixels).save(output, "PNG")
