"""`playout drivers`: which drivers there are, and how far each has been proved."""

from typing import Any

import typer

from playout.cli.options import JsonOption
from playout.cli.output import print_json, print_table
from playout.config import describe
from playout.driver import DriverSpec

__all__ = ["app"]

app = typer.Typer()


@app.command()
def drivers(as_json: JsonOption = False) -> None:
    """List the drivers with their grade: how far each has been proved."""
    from playout.registry import find_drivers

    records = find_drivers()
    if as_json:
        print_json(
            [
                {
                    "name": r.name, "distribution": r.distribution, "status": r.status, "reason": r.reason,
                    "summary": r.spec.summary if r.spec else None, "grade": r.spec.grade.value if r.spec else None,
                    "evidence": r.spec.evidence if r.spec else None,
                    "options": _options(r.spec) if r.spec else None,
                }
                for r in records
            ]
        )  # fmt: skip
        return
    rows = [
        [r.name, r.status, r.spec.grade.value, r.spec.summary] if r.spec else [r.name, r.status, "", r.reason]
        for r in records
    ]
    print_table(["driver", "status", "grade", "what"], rows)


def _options(spec: DriverSpec) -> dict[str, Any]:
    schema = spec.options.model_json_schema()
    describe(schema["properties"], spec.options)
    return schema
