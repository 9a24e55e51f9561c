"""`playout text`: how texts are drawn, and who can read them."""

from dataclasses import asdict, replace
from pathlib import Path
from typing import Annotated

import typer

from playout.cli.options import ConfigOption, JsonOption, StateOption, load
from playout.cli.output import EXIT_FINDINGS, errors_told, print_findings, print_json, print_table
from playout.paths import find_paths

__all__ = ["app"]

app = typer.Typer(name="text", no_args_is_help=True, help="How texts are drawn.")


@app.command()
def explain(
    text: Annotated[str, typer.Argument(help="The words.")],
    lang: Annotated[str, typer.Option("--lang", help="Language code: vi, en, km, lo, zh, jra, bdq.")] = "vi",
    as_json: JsonOption = False,
) -> None:
    """How a text is seen: normalised form, runs with font and glyphs, breaks, characters no font has."""
    with errors_told():
        from playout.text.engine import TextEngine
        from playout.vetting import load_vetted_fonts

        paths = find_paths()
        told = TextEngine(load_vetted_fonts(paths.fonts, paths.fonts_tried)).explain(text, lang)
        if as_json:
            print_json(told)
            return
        rows = [[_visible(r["text"]), r["family"], r["script"], " ".join(map(str, r["glyphs"]))] for r in told["runs"]]
        print_table(["run", "font", "script", "glyphs"], rows)
        typer.echo("breaks: " + "|".join(map(_visible, told["pieces"])))
        for finding in told["findings"]:
            typer.echo(finding)


@app.command("check")
def text_check(
    file: Annotated[Path, typer.Argument(help="A notice file.")],
    emergency: Annotated[bool, typer.Option("--emergency", help="Judge it as an emergency.")] = False,
    config: ConfigOption = None,
    state: StateOption = None,
    as_json: JsonOption = False,
) -> None:
    """Judge one notice: who can read it, from how far, and what is wrong with it."""
    with errors_told():
        settings, paths = load(config, state)
        from playout.intake import Intake
        from playout.model.claim import Band
        from playout.preflight import current_schedule
        from playout.store.files import read_single

        intake, band = Intake(settings, paths), Band.EMERGENCY if emergency else Band.NOTICE
        draft = intake.settle(replace(read_single(file), schedule=current_schedule(paths)))
        (notice,) = draft.notices.values()
        report = intake.report(notice, draft, band)
        if as_json:
            told = {"notice": notice.id, "refused": report.is_refused(band), "arrange": notice.arrange.value}
            print_json({**told, "dwell_s": notice.dwell_s, **asdict(report)})
        else:
            rows = [[language, f"{metres:.0f} m"] for language, metres in report.legible_to_m.items()]
            print_table(["language", "legible to"], rows)
            print_findings(report.findings)
            typer.echo("refused" if report.is_refused(band) else "may go on air")
        if report.is_refused(band):
            raise typer.Exit(EXIT_FINDINGS)


def _visible(text: str) -> str:
    """The text with what a terminal would obey, or not show, spelt out: `<U+202E>`."""
    return "".join(each if each.isprintable() else f"<U+{ord(each):04X}>" for each in text)
