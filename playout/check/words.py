"""What the text engine found, and letters that are too small, as findings about a place in a notice."""

from collections.abc import Iterator

from playout.check.finding import Finding, NoticeCode, Severity
from playout.model.panel import Panel
from playout.text.distance import legible_to_m, letter_px
from playout.text.findings import TextCode, TextFinding

__all__ = ["check_distance", "worded"]

_LEAST_BAD = {TextCode.WORD_BROKEN}


def worded(finding: TextFinding, where: str, language: str) -> Finding:
    """A finding of the text engine; all but a word cut in two are errors."""
    severity = Severity.WARNING if finding.code in _LEAST_BAD else Severity.ERROR
    return Finding(
        finding.code.value, severity, where, finding.message, finding.remedy, language,
        finding.position, finding.measured, finding.required,
    )  # fmt: skip


def check_distance(height_px: float, distance_m: float, panel: Panel, where: str, language: str) -> Iterator[Finding]:
    """A finding where letters of that height are not read by everybody up to that ground distance."""
    required_px = letter_px(panel, distance_m)
    if height_px < required_px:
        yield Finding(
            NoticeCode.DISTANCE, Severity.ERROR, where,
            f"letters of {height_px:.1f} px are read up to {legible_to_m(panel, height_px):.0f} m,"
            f" not up to {distance_m:.0f} m, which takes {required_px:.1f} px",
            "shorten the text, give it more lines or pages, or declare a shorter reading_distance_m",
            language, None, round(height_px, 1), round(required_px, 1),
        )  # fmt: skip
