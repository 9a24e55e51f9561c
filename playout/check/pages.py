"""Whether every page can be drawn as it was meant: characters without a font, lines that do not fit."""

from collections.abc import Iterable

from playout.check.finding import Finding, Severity
from playout.model.frame import Size
from playout.model.notice import Fit, Kind, Notice
from playout.model.schedule import Schedule, ZoneKind
from playout.render.plate import draw_plate
from playout.text.engine import TextEngine

__all__ = ["check_pages", "main_sizes"]


class _NoPictures:
    """Words are judged without their picture."""

    def picture(self, sha256: str, size: Size, fit: Fit) -> None:
        """No picture."""


def main_sizes(schedule: Schedule, screen: Size) -> set[Size]:
    """Sizes in which pages are drawn: the main zones of every layout, and the whole screen."""
    zones = [zone for layout in schedule.layouts for zone in layout.zones if zone.kind is ZoneKind.MAIN]
    return {screen, *(zone.rect(screen).size for zone in zones)}


def check_pages(notices: Iterable[Notice], sizes: Iterable[Size], engine: TextEngine) -> list[Finding]:
    """Draws every text in every size it may get and reports what the drawing found, each once."""
    found: dict[tuple[str, str], Finding] = {}
    for notice in notices:
        for text in notice.texts:
            where = f"notices[{notice.id}].texts[{text.language}]"
            if notice.kind is Kind.CRAWL:
                messages = engine.line(" ".join(text.body.split()), text.language, 24).findings
            else:
                messages = tuple(
                    message
                    for size in sizes
                    for message in draw_plate(notice, text.language, size, engine, _NoPictures()).findings
                )
            for message in messages:
                remedy = "shorten or correct the text"
                found.setdefault((where, message), Finding("text.page", Severity.ERROR, where, message, remedy))
    return list(found.values())
