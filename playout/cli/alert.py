"""`playout alert`: messages of the Common Alerting Protocol, and what would become of them."""

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from zoneinfo import ZoneInfo

import typer

from playout.cli.options import AtOption, ConfigOption, JsonOption, instant_ns, load
from playout.cli.output import EXIT_FINDINGS, errors_told, print_json
from playout.clock import SECOND_NS
from playout.errors import AlertError, ConfigError

if TYPE_CHECKING:
    from playout.alerts import Alert, AlertPolicy, Proof, Verdict

__all__ = ["app"]

app = typer.Typer(name="alert", no_args_is_help=True, help="Alerts in the Common Alerting Protocol (CAP 1.2).")


@app.callback()
def alert() -> None:
    """Alerts in the Common Alerting Protocol (CAP 1.2)."""


@app.command("check")
def alert_check(
    files: Annotated[list[Path], typer.Argument(help="Messages, in the order in which they come.")],
    policy: Annotated[
        Path | None, typer.Option("--policy", help="Policy to try, TOML; without it all is asked.")
    ] = None,
    source: Annotated[str, typer.Option("--from", help="As if proved to come from this source of the policy.")] = "",
    proof: Annotated[str, typer.Option("--proof", help="By which proof: feed, token or signature.")] = "feed",
    approved: Annotated[list[str] | None, typer.Option("--approved", help="A template, as if approved.")] = None,
    at: AtOption = "now",
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Tell what each message says, and what would become of it at this site and why. Nothing is aired or kept."""
    with errors_told():
        settings, _ = load(config, None)
        from playout.alerts import AlertPolicy, Known, Origin, judge, read_alert, remember

        now = datetime.fromtimestamp(instant_ns(at) // SECOND_NS, UTC)
        rules = _read_policy(policy) if policy else AlertPolicy()
        origin = Origin(source, _proof(proof)) if source else None
        known, told, refused = Known(), list[dict[str, Any]](), False
        for file in files:
            data = _read(file)
            try:
                alert = read_alert(data, now)
            except AlertError as error:
                refused = True
                told.append({"file": str(file), "refused": error.message, "rule": error.rule, "remedy": error.hint})
                if not as_json:
                    typer.echo(f"{file}: refused ({error.rule}): {error}")
                continue
            verdict = judge(alert, origin, rules, known, settings.site, now, approved=frozenset(approved or ()))
            known = remember(known, alert, origin, rules, now)
            does = {"verdict": type(verdict).__name__.lower(), **asdict(verdict)}
            told.append({"file": str(file), "alert": asdict(alert), "would": does})
            if not as_json:
                _print(file, alert, verdict, ZoneInfo(settings.site.timezone))
        if as_json:
            print_json(told)
        if refused:
            raise typer.Exit(EXIT_FINDINGS)


def _read(file: Path) -> bytes:
    """What is in the file, with one byte more than may be read. Raises: AlertError."""
    from playout.alerts import MAX_BYTES

    try:
        with file.open("rb") as opened:
            return opened.read(MAX_BYTES + 1)
    except OSError as error:
        raise AlertError(
            f"{file}: cannot be read: {error}", hint="name a file with one message", rule="file"
        ) from error


def _read_policy(file: Path) -> "AlertPolicy":
    from playout.alerts import read_policy

    try:
        data = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise ConfigError(f"{file}: cannot be read: {error}", hint="give a TOML file") from error
    return read_policy(data, str(file))


def _proof(name: str) -> "Proof":
    from playout.alerts import Proof

    try:
        return Proof(name)
    except ValueError as error:
        known = ", ".join(each.value for each in Proof)
        raise ConfigError(f"--proof {name!r} is no proof", hint=f"known: {known}") from error


def _print(file: Path, alert: "Alert", verdict: "Verdict", zone: ZoneInfo) -> None:
    def when(moment: datetime | None) -> str:
        return f"{moment.astimezone(zone):%d/%m/%Y %H:%M}" if moment else "nobody says when"

    typer.echo(f"{file}: {alert.status.value} {alert.msg_type.value}, scope {alert.scope.value}")
    typer.echo(f"  identifier  {alert.identifier}")
    typer.echo(f"  sender      {alert.sender} (its own claim)")
    typer.echo(f"  sent        {when(alert.sent)}")
    for key in alert.references:
        typer.echo(f"  refers to   {key}")
    for info in alert.infos:
        degree = f"{info.urgency.value}, {info.severity.value}, {info.certainty.value}"
        typer.echo(f"  [{info.language}] {' '.join(info.event.split())}: {degree}")
        typer.echo(f"      from {when(info.effective or alert.sent)} until {when(info.expires)}")
        for area in info.areas:
            typer.echo(f"      for {' '.join(area.description.split())}")
    for line in _told(verdict, when):
        typer.echo(line)
    typer.echo()


def _told(verdict: "Verdict", when: Callable[[datetime], str]) -> list[str]:
    from playout.alerts import Air, Ignore, Queue, Withdraw

    match verdict:
        case Air():
            filled = _pairs(verdict.values)
            span = f"from {when(verdict.starts)} until {when(verdict.ends)}"
            lines = [f"Would air the template {verdict.template!r}{filled}, {span}: {verdict.why}."]
            lines += [f"Takes the place of {key}." for key in verdict.replaces]
            return lines + [f"Besides: {remark}." for remark in verdict.remarks]
        case Queue():
            return [
                "Would wait for an operator:",
                *(f"  - {why}" for why in verdict.why),
                *(f"  - it means to end {key}" for key in verdict.replaces),
            ]
        case Withdraw():
            return [f"Would take down: {verdict.why}.", *(f"  - {key}" for key in verdict.alerts)]
        case Ignore():
            return [f"Would be ignored: {verdict.why}."]


def _pairs(values: Mapping[str, str]) -> str:
    return f" with {', '.join(f'{slot} = {value}' for slot, value in values.items())}" if values else ""
