"""`playout asrun`: what the screens have shown."""

from collections.abc import Generator
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer

from playout.cli.options import ConfigOption, JsonOption, ScreenOption, StateOption, instant_ns, load
from playout.cli.output import errors_told, print_json
from playout.clock import SECOND_NS, SystemClock
from playout.errors import ConfigError, LinkError, StoreError
from playout.paths import Paths

__all__ = ["app"]

_BACK_NS = 600 * SECOND_NS
_TIMEOUT_S = 10.0
_HEAD = ["screen", "start", "seconds", "what", "language", "claim", "visible", "SHA-256"]

app = typer.Typer()


@app.command()
def asrun(
    begin: Annotated[str, typer.Option("--from", help="From this instant on; without it the last ten minutes.")] = "",
    to: Annotated[str, typer.Option("--to", help="Up to this instant; without it up to now.")] = "",
    screen: ScreenOption = "",
    config: ConfigOption = None,
    state: StateOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say what was on air, from the journals of the players; works with control stopped."""
    with errors_told():
        settings, paths = load(config, state)
        to_ns = instant_ns(to) if to else SystemClock().utc_ns()
        from_ns = instant_ns(begin) if begin else to_ns - _BACK_NS
        if from_ns >= to_ns:
            raise ConfigError("--from does not lie before --to", hint="give an earlier instant")
        screens = [settings.screen(screen).id] if screen else [each.id for each in settings.screens]
        rows = [{"screen": each, **row} for each in screens for row in _rows(paths, each, from_ns, to_ns)]
        if as_json:
            print_json(rows)
            return
        zone = ZoneInfo(settings.site.timezone)
        lines = [_HEAD, *(_line(row, zone) for row in rows)]
        widths = [max(len(line[place]) for line in lines) for place in range(len(_HEAD))]
        for line in lines:  # no table: it would break the lines of a narrow terminal, and of a file
            typer.echo("  ".join(words.ljust(width) for words, width in zip(line, widths, strict=True)).rstrip())
        typer.echo(f"{len(rows)} rows")


def _line(row: dict[str, Any], zone: tzinfo) -> list[str]:
    """One line: its start in the time of the site, to the millisecond."""
    start = datetime.fromtimestamp(row["start_ns"] // SECOND_NS, UTC).astimezone(zone)
    lasted = f"{(row['end_ns'] - row['start_ns']) / SECOND_NS:.2f}" if row["end_ns"] is not None else "on air"
    ends = "" if row["ended"] in {"", "next"} else f" ({row['ended']})"
    what = f"{row['notice']} {row['page']}/{row['pages']}" if row["notice"] else row["kind"]
    visible = ("" if row["visible"] else row["unseen"]) or "yes"
    return [
        row["screen"], f"{start:%Y-%m-%d %H:%M:%S}.{row['start_ns'] % SECOND_NS // 1_000_000:03}", lasted + ends, what,
        row["language"], row["claim"], visible, row["sha256"][:12],
    ]  # fmt: skip


def _rows(paths: Paths, screen: str, from_ns: int, to_ns: int) -> Generator[dict[str, Any], None, None]:
    """The rows of one screen, from its player, or from its file where no player runs. Raises: StoreError."""
    from playout.ipc.sockets import ask

    question: dict[str, Any] = {"op": "asrun", "from": from_ns, "to": to_ns}
    while True:
        try:
            answer = ask(paths.operations_socket(screen), question, _TIMEOUT_S)
        except LinkError:
            after = tuple(question.get("after", ()))
            yield from _rows_of_file(paths.asrun(screen), from_ns, to_ns, after)
            return
        if answer.get("ok") is not True:
            raise StoreError(f"{screen}: {answer.get('reason')}", hint="see `playout ctl status`")
        yield from answer["rows"]
        if answer["next"] is None:
            return
        question["after"] = answer["next"]


def _rows_of_file(
    file: Path, from_ns: int, to_ns: int, after: tuple[int, ...]
) -> Generator[dict[str, Any], None, None]:
    from contextlib import closing

    from playout.store.asrun import AsRunFile, row_as_json
    from playout.store.db import mapped

    if not file.exists():
        raise StoreError(f"{file}: there is no such journal", hint="give the folder it lies in with --state")
    with mapped(file), closing(AsRunFile(file, reading=True)) as journal:
        start, number = after or (-(1 << 62), 0)
        while rows := journal.between(from_ns, to_ns, (start, number), 500):
            yield from map(row_as_json, rows)
            start, number = rows[-1].start_ns, rows[-1].id
