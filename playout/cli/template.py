"""`playout template`: notices with slots, filled with approved words."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from playout.cli.options import JsonOption
from playout.cli.output import errors_told, print_json, print_table, writing
from playout.errors import ContentError
from playout.paths import find_paths

__all__ = ["app"]

SchedulesOption = Annotated[
    Path | None, typer.Option("--schedules", help="Folder of schedule files; otherwise the shipped one.")
]

app = typer.Typer(name="template", no_args_is_help=True, help="Notices with slots, filled with approved words.")


@app.command("list")
def template_list(schedules: SchedulesOption = None, as_json: JsonOption = False) -> None:
    """List the templates with their slots, and what may be put into each."""
    with errors_told():
        from playout.filling import allowed
        from playout.store.files import read_folder

        book = read_folder(schedules or find_paths().schedules).book
        told: list[dict[str, Any]] = [
            {
                "id": template.id, "title": template.pattern.title,
                "languages": [text.language for text in template.pattern.texts],
                "slots": {name: allowed(slot, book.places) for name, slot in template.slots.items()},
            }
            for template in book.templates.values()
        ]  # fmt: skip
        if as_json:
            print_json(told)
            return
        rows = [[t["id"], t["title"], "\n".join(f"{name}: {rule}" for name, rule in t["slots"].items())] for t in told]
        print_table(["template", "title", "slots"], rows)


@app.command("fill")
def template_fill(
    template: Annotated[str, typer.Argument(help="Its id; `playout template list` tells them.")],
    values: Annotated[list[str] | None, typer.Argument(help="slot=value for each slot.")] = None,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Notice file to write, TOML.")] = None,
    schedules: SchedulesOption = None,
    as_json: JsonOption = False,
) -> None:
    """Fill a template, and show or write the notice that comes out; put under notices/ it is imported as any other."""
    with errors_told():
        from playout.filling import fill
        from playout.problems import did_you_mean
        from playout.store.files import read_folder
        from playout.store.noticefile import write_notice

        book = read_folder(schedules or find_paths().schedules).book
        if template not in book.templates:
            raise ContentError(f"no template is called {template!r}", hint=did_you_mean(template, book.templates))
        if unclear := [value for value in values or [] if "=" not in value]:
            raise ContentError(f"{unclear[0]!r} names no slot", hint="write slot=value")
        given = {slot.strip(): value for slot, _, value in (each.partition("=") for each in values or [])}
        notice = fill(book.templates[template], given, book.phrases, book.places)
        if output is not None:
            with writing(output):
                output.write_text(write_notice(notice), encoding="utf-8")
        if as_json:
            print_json(asdict(notice))
            return
        rows = [[t.language, t.heading, t.body, "yes" if t.proofread else "no"] for t in notice.texts]
        typer.echo(f"{notice.id}: {notice.title}")
        print_table(["language", "heading", "body", "proof-read"], rows)
