"""`playout config`: the configuration file."""

import typer

from playout.cli.output import print_json
from playout.config import config_schema

__all__ = ["app"]

app = typer.Typer(name="config", no_args_is_help=True, help="The configuration file.")


@app.command("schema")
def schema() -> None:
    """Print the JSON Schema of the configuration file."""
    print_json(config_schema())
