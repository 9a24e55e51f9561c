"""`playout gaps`: when nothing is planned in the days to come."""

from datetime import UTC, datetime, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from playout.cli.options import ConfigOption, JsonOption, ScreenOption, StateOption, load
from playout.cli.output import errors_told, print_json, print_table
from playout.clock import SECOND_NS, SystemClock, to_iso

__all__ = ["app"]

app = typer.Typer()
_DAY_NS = 24 * 3600 * SECOND_NS
_TOLD = 1000


@app.command()
def gaps(
    days: Annotated[int, typer.Option("--days", help="How many days to look ahead.", min=1, max=366)] = 30,
    screen: ScreenOption = "",
    config: ConfigOption = None,
    state: StateOption = None,
    as_json: JsonOption = False,
) -> None:
    """Tell when nothing is planned: no daypart, no filler, no override. The built-in picture shows then."""
    with errors_told():
        settings, paths = load(config, state)
        from playout.plan import find_gaps
        from playout.preflight import current_inputs

        chosen, now_ns = settings.screen(screen or settings.screens[0].id), SystemClock().utc_ns()
        inputs, until_ns = current_inputs(settings, paths, chosen), now_ns + days * _DAY_NS
        found, zone = find_gaps(inputs, now_ns, until_ns), ZoneInfo(settings.site.timezone)
        told = {
            "screen": chosen.id,
            "revision": inputs.revision.number if inputs.revision is not None else 0,
            "from": to_iso(now_ns),
            "to": to_iso(until_ns),
            "gaps": [
                {
                    "from": to_iso(start_ns),
                    "to": to_iso(end_ns),
                    "local": f"{_local(start_ns, zone)} to {_local(end_ns, zone)}",
                    "lasts_s": (end_ns - start_ns) / SECOND_NS,
                }
                for start_ns, end_ns in found[:_TOLD]
            ],
            "count": len(found),
        }
        if as_json:
            print_json(told)
            return
        rows = [
            [_local(start_ns, zone), _local(end_ns, zone), f"{(end_ns - start_ns) / 3600 / SECOND_NS:.1f} h"]
            for start_ns, end_ns in found[:_TOLD]
        ]
        print_table(["from", "to", "lasts"], rows)
        what = f"{len(found)} gaps" if found else "no gap"
        typer.echo(f"{what} in {days} days on screen {chosen.id}, by revision {told['revision']}")


def _local(at_ns: int, zone: ZoneInfo) -> str:
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=at_ns // 1000)
    return f"{moment.astimezone(zone):%a %Y-%m-%d %H:%M:%S}".removesuffix(":00")
