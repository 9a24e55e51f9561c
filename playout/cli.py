"""The controller daemon of an outdoor LED sign.

The programs that systemd starts are `playout player --screen ID`, `playout control` and `playout media`.
"""

import json
import os
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from typing import Annotated, Any

import typer

from playout import __version__
from playout.clock import SECOND_NS, SystemClock, from_iso, to_iso
from playout.config import Config, config_schema, describe, load_config
from playout.driver import DriverSpec
from playout.errors import ConfigError, ContentError, LinkError, PlayoutError, ScheduleError
from playout.paths import Paths, find_paths
from playout.programs import EXIT_CONFIG, log_to_stderr

__all__ = ["app"]

_EX_FINDINGS = 1
_DAY_NS = 24 * 3600 * SECOND_NS
_LAST_NS = (2116 - 1970) * 365 * _DAY_NS

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help=__doc__)
token_app = typer.Typer(no_args_is_help=True, help="Tokens for the control API.")
ctl_app = typer.Typer(no_args_is_help=True, help="Speak to the players on this machine; works with control stopped.")
text_app = typer.Typer(no_args_is_help=True, help="How texts are drawn.")
config_app = typer.Typer(no_args_is_help=True, help="The configuration file.")
template_app = typer.Typer(no_args_is_help=True, help="Notices with slots, filled with approved words.")
for _name, _app in (("token", token_app), ("ctl", ctl_app), ("text", text_app), ("config", config_app)):
    app.add_typer(_app, name=_name)
app.add_typer(template_app, name="template")

ConfigOption = Annotated[Path | None, typer.Option("--config", help="Configuration file.")]
StateOption = Annotated[Path | None, typer.Option("--state", help="Folder for everything that must survive.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]
ScreenOption = Annotated[str, typer.Option("--screen", help="Screen; without it the first, or all.")]
AtOption = Annotated[str, typer.Option("--at", help="Instant: ISO 8601 with offset, ns since the epoch, or 'now'.")]


@app.command()
def run(config: ConfigOption = None, state: StateOption = None) -> None:
    """Run the whole sign on this machine: a player for each screen, media and control."""
    with _told():
        log_to_stderr()
        settings, paths = _load(config, state)
        from playout.daemon import programs, supervise

        clock = SystemClock()
        link = _first_start(settings, paths, clock)
        address = link.split("?")[0].rstrip("/")
        supervise(
            programs(settings, paths),
            clock,
            lambda: _print(f"\nThe sign: {link}\n(good once, for 10 minutes; later: {address})\n"),
        )


@app.command()
def check(
    schedules: Annotated[
        Path | None, typer.Argument(help="Folder of schedule files; otherwise the shipped one.")
    ] = None,
    config: ConfigOption = None,
    state: StateOption = None,
    as_json: JsonOption = False,
) -> None:
    """Tell everything that is wrong, before it is on the wall."""
    with _told():
        settings, paths = _load(config, state)
        from playout.preflight import check_all

        told = check_all(settings, paths, schedules or paths.schedules, SystemClock())
        found = told.findings
        if as_json:
            _print_json(asdict(told))
        else:
            rows = [
                [name, *(f"{code} {metres:.0f} m" for code, metres in far.items())] for name, far in told.legible_to_m
            ]
            _print_table(["notice", *(["legible to"] * max((len(row) - 1 for row in rows), default=0))], rows)
            rows = [
                [a.screen, a.language, f"{a.shown_s / 3600:.1f} h", f"{a.longest_gap_s:.0f} s"] for a in told.airtime
            ]
            _print_table(["screen", "language", "in 24 hours from now", "longest absence"], rows)
            rows = [[f.severity.value, f.where, f.message, f.remedy] for f in found]
            _print_table(["severity", "where", "what", "what to do"], rows)
            errors = sum(finding.severity == "error" for finding in found)
            _print(f"{len(found)} findings, {errors} errors" if found else "nothing found")
        if any(finding.code == "config" for finding in found):
            raise typer.Exit(EXIT_CONFIG)
        if any(finding.severity == "error" for finding in found):
            raise typer.Exit(_EX_FINDINGS)


@app.command("import")
def import_(
    schedules: Annotated[
        Path | None, typer.Argument(help="Folder of schedule files; otherwise the shipped one.")
    ] = None,
    author: Annotated[str, typer.Option("--author", help="Who imports, for the journal.")] = "",
    config: ConfigOption = None,
    state: StateOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make a folder of schedule files the next revision; a running control takes it up by itself."""
    with _told():
        settings, paths = _load(config, state)
        from playout.intake import Intake
        from playout.store import open_store
        from playout.store.files import read_folder
        from playout.store.imports import import_draft

        intake, now_ns, who = Intake(settings, paths), SystemClock().utc_ns(), author or _account()
        draft = intake.settle(read_folder(schedules or paths.schedules))
        errors = [f for f in intake.check(draft).findings if f.severity == "error"]
        if errors:
            raise ScheduleError([f"{f.where}: {f.message} ({f.remedy})" for f in errors])
        with open_store(paths.database) as store:
            revision = import_draft(store, draft, paths.media, now_ns=now_ns, author=who, reason="import")
        unread = sorted(f"{n.id} ({t.language})" for n in revision.notices.values() for t in n.texts if not t.proofread)
        if as_json:
            _print_json({"revision": revision.number, "notices": len(revision.notices), "not_proofread": unread})
        else:
            _print(f"revision {revision.number}: {len(revision.notices)} notices")
            if unread:
                _print(f"not proof-read by a native reader: {', '.join(unread)}")


@app.command()
def resolve(
    at: AtOption = "now",
    screen: ScreenOption = "",
    config: ConfigOption = None,
    state: StateOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say what is on air at an instant, until when, and why."""
    with _told():
        settings, paths = _load(config, state)
        from playout.preflight import current_inputs
        from playout.resolve import resolve as resolve_at

        chosen = settings.screen(screen or settings.screens[0].id)
        programme = resolve_at(current_inputs(settings, paths, chosen), _instant(at))
        page = programme.page
        text = next((t for t in page.notice.texts if t.language == page.language), None) if page else None
        told: dict[str, Any] = {
            "screen": programme.screen, "at": to_iso(_instant(at)), "until": to_iso(programme.until_ns),
            "band": programme.band.name.lower(), "claim": programme.claim, "kind": programme.kind.value,
            "notice": page.notice.id if page else None, "title": page.notice.title if page else None,
            "language": page.language if page else None,
            "proofread": text.proofread if text else None, "page": page.number if page else None,
            "pages": page.count if page else None, "crawl": programme.crawl.notice.id if programme.crawl else None,
            "because": asdict(programme.because),
        }  # fmt: skip
        if as_json:
            _print_json(told)
        else:
            _print_table(["", ""], [[key, "" if value is None else str(value)] for key, value in told.items()])


@app.command()
def render(
    output: Annotated[Path, typer.Option("--output", "-o", help="PNG file to write.")],
    at: AtOption = "now",
    screen: ScreenOption = "",
    led: Annotated[bool, typer.Option("--led", help="As it goes on the wire, after the LED stage.")] = False,
    config: ConfigOption = None,
    state: StateOption = None,
) -> None:
    """Draw what a screen shows at an instant, with the code that draws it on the wall."""
    with _told():
        settings, paths = _load(config, state)
        from PIL import Image

        from playout.preflight import Artist

        chosen = settings.screen(screen or settings.screens[0].id)
        artist, instant = Artist(settings, paths, chosen), _instant(at)
        pixels = artist.wire(instant) if led else artist.picture(instant)
        try:
            Image.fromarray(pixels).save(output, "PNG")
        except OSError as error:
            raise PlayoutError(f"{output}: cannot be written: {error}", hint="give another file with -o") from error


@app.command()
def drivers(as_json: JsonOption = False) -> None:
    """List the drivers with their grade: how far each has been proved."""
    from playout.registry import find_drivers

    records = find_drivers()
    if as_json:
        _print_json(
            [
                {
                    "name": r.name, "distribution": r.distribution, "status": r.status, "reason": r.reason,
                    "summary": r.spec.summary if r.spec else None, "grade": r.spec.grade.value if r.spec else None,
                    "evidence": r.spec.evidence if r.spec else None,
                    "options": _options(r.spec) if r.spec else None,
                }
                for r in records
            ]
        )  # fmt: skip
        return
    rows = [
        [r.name, r.status, r.spec.grade.value, r.spec.summary] if r.spec else [r.name, r.status, "", r.reason]
        for r in records
    ]
    _print_table(["driver", "status", "grade", "what"], rows)


def _options(spec: DriverSpec) -> dict[str, Any]:
    schema = spec.options.model_json_schema()
    describe(schema["properties"], spec.options)
    return schema


@token_app.command("create")
def token_create(
    name: Annotated[str, typer.Argument(help="Whose token, or for which program.")],
    scope: Annotated[str, typer.Option("--scope", help="read, or operate to take things on air.")] = "read",
    days: Annotated[int, typer.Option("--days", min=1, max=3650, help="Days until it expires.")] = 365,
    config: ConfigOption = None,
    state: StateOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make a bearer token. It is shown once and never stored."""
    with _told():
        _, paths = _load(config, state)
        from playout.store import journal, open_store, tokens

        if scope not in set(tokens.Scope):
            raise ConfigError(f"no scope is called {scope!r}", hint=f"choose from {', '.join(tokens.Scope)}")
        now_ns = SystemClock().utc_ns()
        expires_ns = now_ns + days * _DAY_NS
        with open_store(paths.database) as store, store.write() as db:
            secret = tokens.create(db, name, tokens.Scope(scope), now_ns, expires_ns)
            journal.add(db, now_ns, _account(), "token.create", name=name, scope=scope)
        if as_json:
            _print_json({"name": name, "scope": scope, "expires": to_iso(expires_ns), "token": secret})
        else:
            _print(secret)


def _ctl(operation: str, screen: str, by: str, reason: str, state: Path | None, *, as_json: bool) -> None:
    """Asks every player on this machine, or one."""
    with _told():
        from concurrent.futures import ThreadPoolExecutor

        from playout.ipc.sockets import ask

        paths = find_paths(state=state)
        sockets = [paths.operations_socket(screen)] if screen else sorted(paths.run.glob("player-*.ops.sock"))
        if not sockets:
            raise LinkError(f"no player runs in {paths.run}", hint="start one, or give its folder with --state")
        message = {"op": operation, "by": by, "reason": reason}

        def asked(socket: Path) -> dict[str, Any]:
            try:
                return ask(socket, message, 5.0)
            except LinkError as error:
                return {"ok": False, "screen": socket.name, "reason": str(error)}

        with ThreadPoolExecutor(len(sockets)) as pool:  # a player that hangs delays no other screen
            answers = list(pool.map(asked, sockets))
        if as_json:
            _print_json(answers)
        else:
            for answer in answers:
                _print("  ".join(f"{key}={value}" for key, value in answer.items()))
        for answer in answers:
            if "not_saved" in answer:
                why = "it holds until the player ends, and is saved as soon as that is possible"
                typer.echo(f"playout: screen {answer['screen']}: done, but NOT SAVED: {why}", err=True)
        if not all(answer.get("ok") for answer in answers):
            raise typer.Exit(_EX_FINDINGS)


ByOption = Annotated[str, typer.Option("--by", help="Who you are.")]
ReasonOption = Annotated[str, typer.Option("--reason", help="Why, for the journal.")]


@ctl_app.command()
def panic(
    screen: ScreenOption = "",
    by: ByOption = "",
    reason: ReasonOption = "",
    state: StateOption = None,
    as_json: JsonOption = False,
) -> None:
    """Black, at once and until a named person clears it, on every screen or on one."""
    _ctl("panic", screen, by, reason, state, as_json=as_json)


@ctl_app.command()
def fallback(
    screen: ScreenOption = "",
    by: ByOption = "",
    reason: ReasonOption = "",
    state: StateOption = None,
    as_json: JsonOption = False,
) -> None:
    """The built-in picture, at once and until cleared."""
    _ctl("fallback", screen, by, reason, state, as_json=as_json)


@ctl_app.command()
def clear(screen: ScreenOption = "", by: ByOption = "", state: StateOption = None, as_json: JsonOption = False) -> None:
    """End panic and fallback; what the schedule says comes back. A panic wants --by NAME."""
    _ctl("clear", screen, by, "", state, as_json=as_json)


@ctl_app.command()
def status(screen: ScreenOption = "", state: StateOption = None, as_json: JsonOption = False) -> None:
    """What the players show and how their links are."""
    _ctl("status", screen, "", "", state, as_json=as_json)


@text_app.command()
def explain(
    text: Annotated[str, typer.Argument(help="The words.")],
    lang: Annotated[str, typer.Option("--lang", help="Language code: vi, en, km, lo, zh, jra, bdq.")] = "vi",
    as_json: JsonOption = False,
) -> None:
    """How a text is seen: normalised form, runs with font and glyphs, breaks, characters no font has."""
    with _told():
        from playout.text.engine import TextEngine
        from playout.text.fonts import load_fonts

        told = TextEngine(load_fonts(find_paths().fonts)).explain(text, lang)
        if as_json:
            _print_json(told)
            return
        rows = [[r["text"], r["family"], r["script"], " ".join(map(str, r["glyphs"]))] for r in told["runs"]]
        _print_table(["run", "font", "script", "glyphs"], rows)
        _print("breaks: " + "|".join(told["pieces"]))
        for finding in told["findings"]:
            _print(finding)


SchedulesOption = Annotated[
    Path | None, typer.Option("--schedules", help="Folder of schedule files; otherwise the shipped one.")
]


@template_app.command("list")
def template_list(schedules: SchedulesOption = None, as_json: JsonOption = False) -> None:
    """List the templates with their slots, and what may be put into each."""
    with _told():
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
            _print_json(told)
            return
        rows = [[t["id"], t["title"], "\n".join(f"{name}: {rule}" for name, rule in t["slots"].items())] for t in told]
        _print_table(["template", "title", "slots"], rows)


@template_app.command("fill")
def template_fill(
    template: Annotated[str, typer.Argument(help="Its id; `playout template list` tells them.")],
    values: Annotated[list[str] | None, typer.Argument(help="slot=value for each slot.")] = None,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Notice file to write, TOML.")] = None,
    schedules: SchedulesOption = None,
    as_json: JsonOption = False,
) -> None:
    """Fill a template, and show or write the notice that comes out; put under notices/ it is imported as any other."""
    with _told():
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
            try:
                output.write_text(write_notice(notice), encoding="utf-8")
            except OSError as error:
                raise PlayoutError(f"{output}: cannot be written: {error}", hint="give another file with -o") from error
        if as_json:
            _print_json(asdict(notice))
            return
        rows = [[t.language, t.heading, t.body, "yes" if t.proofread else "no"] for t in notice.texts]
        _print(f"{notice.id}: {notice.title}")
        _print_table(["language", "heading", "body", "proof-read"], rows)


@text_app.command("check")
def text_check(
    file: Annotated[Path, typer.Argument(help="A notice file.")],
    emergency: Annotated[bool, typer.Option("--emergency", help="Judge it as an emergency.")] = False,
    config: ConfigOption = None,
    state: StateOption = None,
    as_json: JsonOption = False,
) -> None:
    """Judge one notice: who can read it, from how far, and what is wrong with it."""
    with _told():
        settings, paths = _load(config, state)
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
            _print_json({**told, "dwell_s": notice.dwell_s, **asdict(report)})
        else:
            rows = [[language, f"{metres:.0f} m"] for language, metres in report.legible_to_m.items()]
            _print_table(["language", "legible to"], rows)
            rows = [[f.severity.value, f.where, f.message, f.remedy] for f in report.findings]
            _print_table(["severity", "where", "what", "what to do"], rows)
            _print("refused" if report.is_refused(band) else "may go on air")
        if report.is_refused(band):
            raise typer.Exit(_EX_FINDINGS)


@app.command()
def fonts(as_json: JsonOption = False) -> None:
    """List the fonts in the order in which they are asked, and what is wrong with those that are not used."""
    with _told():
        from playout.text.catalogue import list_fonts

        records = list_fonts(find_paths().fonts)
        if as_json:
            _print_json([asdict(record) for record in records])
            return
        rows = [[r.name, " ".join(r.scripts[:6]), " ".join(r.languages), r.sha256[:12], r.problem] for r in records]
        _print_table(["font", "scripts", "languages", "sha256", "problem"], rows)


@config_app.command("schema")
def schema() -> None:
    """Print the JSON Schema of the configuration file."""
    _print_json(config_schema())


@app.command()
def version() -> None:
    """Print the version."""
    _print(__version__)


@contextmanager
def _told() -> Generator[None, None, None]:
    """An error of ours becomes its message and remedy; an operator never sees a traceback."""
    try:
        yield
    except ConfigError as error:
        typer.echo(f"playout: {error}", err=True)
        raise typer.Exit(EXIT_CONFIG) from error
    except PlayoutError as error:
        typer.echo(f"playout: {error}", err=True)
        raise typer.Exit(_EX_FINDINGS) from error
    except UnicodeEncodeError as error:
        typer.echo("playout: an argument is not UTF-8 (set the terminal to UTF-8)", err=True)
        raise typer.Exit(_EX_FINDINGS) from error


def _load(config: Path | None, state: Path | None) -> tuple[Config, Paths]:
    paths = find_paths(config, state)
    return load_config(paths.config), paths


def _first_start(config: Config, paths: Paths, clock: SystemClock) -> str:
    """Checks drivers, fills an empty store from the schedule files, and makes the one-time link."""
    from playout.api.links import one_time_link
    from playout.intake import Intake
    from playout.preflight import check_installation
    from playout.store import open_store, revisions
    from playout.store.files import read_folder
    from playout.store.imports import import_draft

    found = list(check_installation(config, paths, clock))
    lines = {f"{f.message} ({f.remedy})" if f.remedy else f.message: f.code for f in found}
    if set(lines.values()) - {"fonts"}:
        raise ConfigError(list(lines))
    for line in lines:  # a sign without its fonts shows the built-in picture, which is better than nothing
        typer.echo(f"playout: {line}", err=True)
    with open_store(paths.database) as store:
        for warning in store.warnings:
            typer.echo(f"playout: {warning}", err=True)
        with store.read() as db:
            empty = revisions.latest_number(db) == 0
        if empty:
            try:
                draft = Intake(config, paths).settle(read_folder(paths.schedules))
                import_draft(store, draft, paths.media, now_ns=clock.utc_ns(), author="first start", reason="import")
            except (ContentError, ScheduleError) as error:  # the built-in picture shows until this is mended
                typer.echo(f"playout: nothing imported yet: {error}", err=True)
        return one_time_link(store, config, clock.utc_ns())


def _instant(text: str) -> int:
    if text == "now":
        return SystemClock().utc_ns()
    try:
        at_ns = from_iso(text)
    except (ValueError, OverflowError) as error:
        raise ConfigError(f"--at {text!r} is no instant: {error}", hint="2026-12-24T07:00:00+07:00") from error
    if not _DAY_NS <= at_ns < _LAST_NS:
        raise ConfigError(f"--at {text!r} lies too far away", hint="give an instant from 1970 to 2115")
    return at_ns


def _account() -> str:
    return os.environ.get("SUDO_USER") or os.environ.get("USER") or f"uid {os.getuid()}"


def _print(text: str) -> None:
    typer.echo(text)


def _print_json(value: object) -> None:
    typer.echo(json.dumps(value, ensure_ascii=False, indent=2, default=str))


def _print_table(head: list[str], rows: list[list[str]]) -> None:
    if rows:
        from rich import box
        from rich.console import Console
        from rich.markup import escape
        from rich.table import Table

        table = Table(*head, box=box.SIMPLE, show_header=any(head))
        for row in rows:
            table.add_row(*map(escape, row))
        Console().print(table)
