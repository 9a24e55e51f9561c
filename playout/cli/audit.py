"""`playout audit`: who did what, and whether that was tampered with."""

import json
import sys
from collections.abc import Generator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

import typer

from playout.cli.options import ConfigOption, JsonOption, StateOption, instant_ns, load
from playout.cli.output import EXIT_FINDINGS, errors_told, print_json, writing
from playout.clock import SECOND_NS, to_iso
from playout.errors import ConfigError, StoreError
from playout.paths import find_paths

if TYPE_CHECKING:
    import sqlite3

    from playout.store.chain import Fault
    from playout.store.heads import Head, Verifier

__all__ = ["app"]

_CHAINED_SINCE = 4

app = typer.Typer(name="audit", no_args_is_help=True, help="Who did what, and whether that was tampered with.")


@app.command("verify")
def audit_verify(
    heads: Annotated[str, typer.Option("--heads", help="File with the log of control, or - for standard input.")] = "",
    key: Annotated[
        list[Path] | None, typer.Option("--key", help="Public key kept elsewhere; several times after a change of key.")
    ] = None,
    config: ConfigOption = None,
    state: StateOption = None,
    as_json: JsonOption = False,
) -> None:
    """Check the journal from its first row on, and against the heads in the log of control. Exit code 1: not sound."""
    with errors_told():
        from playout.store.chain import compare, read_chain

        paths = find_paths(config, state)
        lines = _lines(heads) if heads else []
        good, faults = _signed_heads(lines, key or [], paths.audit_key) if heads else ([], [])
        with _journal(paths.database) as db:
            chain = read_chain(db, {head.count for head in good})
        found = [each for each in (chain.fault, compare(chain, good)) if each is not None] + faults
        last = max(good, key=lambda head: (head.at_ns, head.count), default=None)
        if as_json:
            print_json({
                "sound": not found,
                "rows": chain.count,
                "hash": chain.hash.hex(),
                "heads": len(good),
                "last_head": None if last is None else {"count": last.count, "at": to_iso(last.at_ns), "key": last.key},
                "recovered": [{"row": each.row, "rows_kept": each.kept} for each in chain.recovered],
                "faults": [{"code": each.kind.value, "row": each.row, "message": each.message} for each in found],
            })  # fmt: skip
        else:
            for each in found:
                typer.echo(f"{each.kind.value}: {each.message}")
            for each in chain.recovered:
                typer.echo(f"note: row {each.row} says that a backup was opened which ended with row {each.kept}")
            if last is not None:
                typer.echo(f"{len(good)} heads compared, the last count={last.count} at={to_iso(last.at_ns)}")
            elif not heads:
                typer.echo("no heads compared: rows cut off at the end, or hashes made anew, are not seen (--heads)")
            typer.echo(f"{chain.count} rows: {'NOT SOUND' if found else 'sound'}")
        raise typer.Exit(EXIT_FINDINGS if found else 0)


@app.command("list")
def audit_list(
    begin: Annotated[str, typer.Option("--from", help="From this instant on; without it from the first row.")] = "",
    to: Annotated[str, typer.Option("--to", help="Up to this instant; without it up to now.")] = "",
    who: Annotated[str, typer.Option("--who", help="By whom; * stands for anything.")] = "*",
    what: Annotated[str, typer.Option("--what", help="What, as in 'override.*'.")] = "*",
    config: ConfigOption = None,
    state: StateOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say who did what, oldest first, in the time of the site."""
    with errors_told():
        from playout.store.journal import search

        settings, paths = load(config, state)
        from_ns, to_ns = (instant_ns(text) if text else None for text in (begin, to))
        if from_ns is not None and to_ns is not None and from_ns >= to_ns:
            raise ConfigError("--from does not lie before --to", hint="give an earlier instant")
        with _journal(paths.database) as db:
            rows = list(search(db, from_ns, to_ns, who, what))
        if as_json:
            print_json([
                {
                    "row": row.number, "at": to_iso(row.at_ns), "who": row.who, "what": row.what,
                    "detail": _told(row.detail), "hash": row.hash.hex(),
                }
                for row in rows
            ])  # fmt: skip
            return
        zone = ZoneInfo(settings.site.timezone)
        for row in rows:
            at = datetime.fromtimestamp(row.at_ns // SECOND_NS, UTC).astimezone(zone)
            typer.echo(f"{row.number:>6}  {at:%Y-%m-%d %H:%M:%S}  {row.who}  {row.what}  {row.detail}")
        typer.echo(f"{len(rows)} rows")


@app.command("key")
def audit_key(
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="File for it; without it, it is printed.")
    ] = None,
    config: ConfigOption = None,
    state: StateOption = None,
    as_json: JsonOption = False,
) -> None:
    """Export the public half of the key that signs the heads, to be kept on another machine."""
    with errors_told():
        from playout.store.heads import open_signer

        signer = open_signer(find_paths(config, state).audit_key)
        pem = signer.public_pem()
        if output is not None:
            with writing(output):
                output.write_text(pem, encoding="ascii")
        if as_json:
            print_json({"key": signer.id, "public": pem})
        elif output is None:
            typer.echo(pem, nl=False)
        else:
            typer.echo(f"{output}: key {signer.id}")


@contextmanager
def _journal(file: Path) -> "Generator[sqlite3.Connection, None, None]":
    """The database as it is now, all of one instant; nothing in it is changed. Raises: StoreError."""
    from playout.store.db import connect, mapped, version

    if not file.exists():
        raise StoreError(f"{file}: is not there", hint="name the folder of the sign with --state")
    with mapped(file), closing(connect(file, reading=True)) as db:
        if version(db) < _CHAINED_SINCE:
            raise StoreError(f"{file}: its journal has no hashes yet", hint="control makes them when it first runs")
        db.execute("BEGIN")
        yield db


def _told(detail: str) -> object:
    """What a row says besides; as text where somebody made it something else than JSON."""
    try:
        return json.loads(detail)
    except (ValueError, RecursionError):
        return detail


def _lines(name: str) -> list[str]:
    """Lines of a log. Raises: StoreError."""
    try:
        raw = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
    except OSError as error:
        raise StoreError(f"{name}: {error.strerror}", hint="journalctl -u playout-control -o cat > FILE") from error
    return raw.decode("utf-8", "replace").splitlines()


def _signed_heads(lines: list[str], keys: list[Path], own_key: Path) -> "tuple[list[Head], list[Fault]]":
    """The heads that one of the keys signed, and what is wrong with the others. Raises: StoreError."""
    from playout.store.chain import Fault, Kind
    from playout.store.heads import Head, find_heads, open_signer, read_verifier

    known: list[Verifier] = [read_verifier(file) for file in keys] or [open_signer(own_key).verifier()]
    verifiers = {verifier.id: verifier for verifier in known}
    good, faults = list[Head](), list[Fault]()
    for each in find_heads(lines):
        if isinstance(each, str):
            faults.append(Fault(Kind.UNREADABLE, 0, f"a line of the log is no whole head: {each}"))
        elif each.key not in verifiers:
            said = f"head count={each.count} at={to_iso(each.at_ns)} is of key {each.key}, which was not given (--key)"
            faults.append(Fault(Kind.UNKNOWN_KEY, 0, said))
        elif not verifiers[each.key].has_signed(each):
            said = f"head count={each.count} at={to_iso(each.at_ns)} was not signed by key {each.key}"
            faults.append(Fault(Kind.FORGED, 0, said))
        else:
            good.append(each)
    if not good and not faults:
        raise StoreError("there is no head in the log that was given", hint="journalctl -u playout-control -o cat")
    return good, faults
