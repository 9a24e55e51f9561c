"""`playout fonts`: which fonts there are, and in which order they are asked."""

from dataclasses import asdict

import typer

from playout.cli.options import JsonOption
from playout.cli.output import errors_told, print_json, print_table
from playout.paths import find_paths

__all__ = ["app"]

app = typer.Typer()


@app.command()
def fonts(as_json: JsonOption = False) -> None:
    """List the fonts in the order in which they are asked, and what is wrong with those that are not used."""
    with errors_told():
        from playout.text.catalogue import list_fonts
        from playout.vetting import FontVetting

        paths = find_paths()
        records = list_fonts(paths.fonts, FontVetting(paths.fonts_tried))
        if as_json:
            print_json([asdict(record) for record in records])
            return
        rows = [[r.name, " ".join(r.scripts[:6]), " ".join(r.languages), r.sha256[:12], r.problem] for r in records]
        print_table(["font", "scripts", "languages", "sha256", "problem"], rows)
