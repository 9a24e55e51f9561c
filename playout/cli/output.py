"""What a command tells: tables for people, JSON for programs, errors with their remedy, exit codes."""

import json
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from pathlib import Path

import typer

from playout.check.finding import Finding
from playout.errors import ConfigError, PlayoutError
from playout.programs import EXIT_CONFIG

__all__ = ["EXIT_FINDINGS", "errors_told", "print_findings", "print_json", "print_table", "writing"]

EXIT_FINDINGS = 1
"""Something is wrong, and was told."""


@contextmanager
def errors_told() -> Generator[None, None, None]:
    """An error of ours becomes its message and remedy; an operator never sees a traceback."""
    try:
        yield
    except ConfigError as error:
        typer.echo(f"playout: {error}", err=True)
        raise typer.Exit(EXIT_CONFIG) from error
    except PlayoutError as error:
        typer.echo(f"playout: {error}", err=True)
        raise typer.Exit(EXIT_FINDINGS) from error
    except UnicodeEncodeError as error:
        typer.echo("playout: an argument is not UTF-8 (set the terminal to UTF-8)", err=True)
        raise typer.Exit(EXIT_FINDINGS) from error


@contextmanager
def writing(file: Path) -> Generator[None, None, None]:
    """What the system says against writing a file becomes an error of ours. Raises: PlayoutError."""
    try:
        yield
    except OSError as error:
        raise PlayoutError(f"{file}: cannot be written: {error}", hint="give another file with -o") from error


def print_json(value: object) -> None:
    """Prints a value as JSON."""
    typer.echo(json.dumps(value, ensure_ascii=False, indent=2, default=str))


def print_findings(findings: Iterable[Finding]) -> None:
    """Prints findings as a table; nothing where there are none."""
    print_table(
        ["severity", "where", "what", "what to do"],
        [[f.severity.value, f.where, f.message, f.remedy] for f in findings],
    )


def print_table(head: list[str], rows: list[list[str]]) -> None:
    """Prints a table; nothing where it has no rows."""
    if rows:
        from rich import box
        from rich.console import Console
        from rich.markup import escape
        from rich.table import Table

        table = Table(*head, box=box.SIMPLE, show_header=any(head))
        for row in rows:
            table.add_row(*map(escape, row))
        Console().print(table)
