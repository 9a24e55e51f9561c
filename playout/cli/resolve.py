"""`playout resolve`: what is on air at an instant, and why."""

from dataclasses import asdict
from typing import Any

import typer

from playout.cli.options import AtOption, ConfigOption, JsonOption, ScreenOption, StateOption, instant_ns, load
from playout.cli.output import errors_told, print_json, print_table
from playout.clock import to_iso

__all__ = ["app"]

app = typer.Typer()


@app.command()
def resolve(
    at: AtOption = "now",
    screen: ScreenOption = "",
    config: ConfigOption = None,
    state: StateOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say what is on air at an instant, until when, and why."""
    with errors_told():
        settings, paths = load(config, state)
        from playout.preflight import current_inputs
        from playout.resolve import resolve as resolve_at

        chosen, instant = settings.screen(screen or settings.screens[0].id), instant_ns(at)
        programme = resolve_at(current_inputs(settings, paths, chosen), instant)
        page = programme.page
        text = next((t for t in page.notice.texts if t.language == page.language), None) if page else None
        told: dict[str, Any] = {
            "screen": programme.screen, "at": to_iso(instant), "until": to_iso(programme.until_ns),
            "band": programme.band.name.lower(), "claim": programme.claim, "kind": programme.kind.value,
            "notice": page.notice.id if page else None, "title": page.notice.title if page else None,
            "language": page.language if page else None,
            "proofread": text.proofread if text else None, "page": page.number if page else None,
            "pages": page.count if page else None, "crawl": programme.crawl.notice.id if programme.crawl else None,
            "luminance": programme.luminance, "because": asdict(programme.because),
        }  # fmt: skip
        if as_json:
            print_json(told)
        else:
            print_table(["", ""], [[key, "" if value is None else str(value)] for key, value in told.items()])
