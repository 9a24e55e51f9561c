"""`playout version`."""

import typer

from playout import __version__

__all__ = ["app"]

app = typer.Typer()


@app.command()
def version() -> None:
    """Print the version."""
    typer.echo(__version__)
