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
        from playout.check.gaps import gaps as gaps_of
        from playout.preflight import current_inputs

        chosen, now_ns = settings.screen(screen or settings.screens[0].id), SystemClock().utc_ns()
        inputs, until_ns = current_inputs(settings, paths, chosen), now_ns + days * _DAY_NS
        found, zone = gaps_of(inputs, now_ns, until_ns), ZoneInfo(settings.site.timezone)
        told = {
            "screen": chosen.id,
            "revision": inputs.revision.number if inputs.revision is not None else 0,
            "from": to_iso(now_ns),
            "to": to_iso(until_ns),
            "gaps": [
                {
                    "from": to_iso(gap.start_ns),
                    "to": to_iso(gap.end_ns),
                    "local": f"{_local(gap.start_ns, zone)} to {_local(gap.end_ns, zone)}",
                    "lasts_s": (gap.end_ns - gap.start_ns) / SECOND_NS,
                }
                for gap in found[:_TOLD]
            ],
            "count": len(found),
        }
        if as_json:
            print_json(told)
            return
        rows = [
            [
                _local(gap.start_ns, zone),
                _local(gap.end_ns, zone),
                f"{(gap.end_ns - gap.start_ns) / 3600 / SECOND_NS:.1f} h",
                ", ".join(gap.empty),
            ]
            for gap in found[:_TOLD]
        ]
        print_table(["from", "to", "lasts", "nothing to show of"], rows)
        what = f"{len(found)} gaps" if found else "no gap"
        typer.echo(f"{what} in {days} days on screen {chosen.id}, by revision {told['revision']}")


def _local(at_ns: int, zone: ZoneInfo) -> str:
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=at_ns // 1000)
    return f"{moment.astimezone(zone):%a %Y-%m-%d %H:%M:%S}".removesuffix(":00")
