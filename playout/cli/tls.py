"""`playout tls`: the certificate of the control API, made by an authority of the sign's own."""

import os
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from playout.check.certificate import Certificate, check_certificate, days_left, served_names
from playout.cli.options import ConfigOption, JsonOption, StateOption, load
from playout.cli.output import EXIT_FINDINGS, errors_told, print_findings, print_json
from playout.clock import SystemClock, to_iso
from playout.errors import ConfigError
from playout.paths import Paths

__all__ = ["app"]

_SYSTEM = Path("/etc/playout")

app = typer.Typer(name="tls", no_args_is_help=True, help="The certificate of the control API.")

FolderOption = Annotated[
    Path | None, typer.Option("--folder", help="Where keys and certificates are; root's is /etc/playout/tls.")
]


@app.command("create")
def tls_create(
    host: Annotated[
        list[str] | None, typer.Option("--host", help="A name or address for which it is good; may be repeated.")
    ] = None,
    days: Annotated[int, typer.Option("--days", min=1, max=398, help="Days until it expires.")] = 397,
    renew: Annotated[
        bool, typer.Option("--renew", help="Make the next one; its names and the authority stay.")
    ] = False,
    folder: FolderOption = None,
    config: ConfigOption = None,
    state: StateOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make a certificate for the control API, and at first the authority that browsers are to trust."""
    with errors_told():
        settings, paths = load(config, state)
        from playout import authority

        names = (*(host or ()), *served_names(settings.api))
        place, now_ns = folder.absolute() if folder else _folder(paths), SystemClock().utc_ns()
        make = authority.renew if renew else authority.make
        made = make(place, names, days, now_ns)
        hosts = tuple(dict.fromkeys((*settings.api.hosts, *(_bracketed(name.lower()) for name in host or ()))))
        if as_json:
            told = {"authority": _told(made.authority, now_ns), "server": _told(made.server, now_ns)}
            print_json(told | {"key": str(made.key), "hosts": hosts})
            return
        _print_certificate(made.server, now_ns)
        quoted = ", ".join(f'"{name}"' for name in hosts)
        typer.echo(
            f"For the configuration ({paths.config}):\n\n[api]\n"
            f"hosts = [{quoted}]\n"
            f'certificate = "{made.server.path}"\nkey = "{made.key}"\n\n'
            f"For the browsers of those who work with the sign, once, until {to_iso(made.authority.ends_ns)[:10]}:\n\n"
            f"import {made.authority.path} as an authority for web sites; its SHA-256 fingerprint is\n"
            f"{made.authority.fingerprint}"
        )


@app.command("show")
def tls_show(
    folder: FolderOption = None, config: ConfigOption = None, state: StateOption = None, as_json: JsonOption = False
) -> None:
    """Show the certificate that the configuration names, or the one in the folder, and what is wrong with it."""
    with errors_told():
        settings, paths = load(config, state)
        from playout import authority

        place, api, now_ns = folder or _folder(paths), settings.api, SystemClock().utc_ns()
        if folder is None and api.certificate:
            files = Path(api.certificate), Path(api.key)
        elif (place / "server.pem").exists():
            files = place / "server.pem", place / "server.key"
        else:
            raise ConfigError(f"{place}: there is no certificate", hint="make one: `playout tls create --host NAME`")
        found = authority.read_certificate(*files)
        findings = tuple(check_certificate(found, api, now_ns))
        if as_json:
            print_json(_told(found, now_ns) | {"findings": [asdict(finding) for finding in findings]})
        else:
            _print_certificate(found, now_ns)
            print_findings(findings)
        if any(finding.severity == "error" for finding in findings):
            raise typer.Exit(EXIT_FINDINGS)


def _folder(paths: Paths) -> Path:
    """Made by root on an installed sign, beside its configuration: the authority's key is out of reach of control."""
    return _SYSTEM / "tls" if os.geteuid() == 0 and paths.config.parent == _SYSTEM else paths.state / "tls"


def _told(certificate: Certificate, now_ns: int) -> dict[str, Any]:
    return asdict(certificate) | {
        "starts": to_iso(certificate.starts_ns),
        "ends": to_iso(certificate.ends_ns),
        "days_left": days_left(certificate, now_ns),
    }


def _print_certificate(certificate: Certificate, now_ns: int) -> None:
    for what, text in (
        ("certificate", certificate.path),
        ("subject", certificate.subject),
        ("issuer", certificate.issuer),
        ("good for", ", ".join(certificate.names)),
        ("valid", f"{to_iso(certificate.starts_ns)[:10]} to {to_iso(certificate.ends_ns)[:10]}"),
        ("days left", str(days_left(certificate, now_ns))),
        ("SHA-256", certificate.fingerprint),
        ("key", "belongs to it" if certificate.matches_key else "DOES NOT BELONG TO IT"),
    ):
        typer.echo(f"{what:12}{text}")
    typer.echo()


def _bracketed(name: str) -> str:
    return f"[{name}]" if ":" in name and not name.startswith("[") else name
