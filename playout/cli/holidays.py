"""`playout holidays`: the public holidays of a country, printed or put into a calendar file."""

from pathlib import Path
from typing import Annotated

import typer

from playout.cli.options import JsonOption
from playout.cli.output import errors_told, print_json, print_table, writing

__all__ = ["app"]

app = typer.Typer()


@app.command()
def holidays(
    year: Annotated[int, typer.Option("--year", min=1990, max=2099, help="First year.")],
    years: Annotated[int, typer.Option("--years", min=1, max=30, help="How many years.")] = 1,
    country: Annotated[str, typer.Option("--country", help="ISO 3166 code.")] = "VN",
    language: Annotated[str, typer.Option("--language", help="Of the names; otherwise the country's own.")] = "",
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Calendar file to renew, TOML; other years in it stay.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Tell the public holidays of a country with the days exchanged for them, and renew a calendar file with them."""
    with errors_told():
        from playout.store.holidays import YEARS, public_holidays, renewed
        from playout.store.tables import to_table

        wanted = range(year, min(year + years, YEARS.stop))
        calendar = public_holidays(country, wanted, language)
        if as_json:
            print_json(to_table(calendar, whole=True))
        else:
            print_table(["date", "", "kind", "name"], [
                [day.date.isoformat(), f"{day.date:%a}", day.kind.value, day.name] for day in calendar.days
            ])  # fmt: skip
        if output is not None:
            merged, text = renewed(calendar, wanted, output)
            with writing(output):
                output.parent.mkdir(parents=True, exist_ok=True)
                output.write_text(text, encoding="utf-8")
            if not as_json:
                typer.echo(f"{output}: {len(merged.days)} days, {len(calendar.days)} of them from {year} on renewed")
