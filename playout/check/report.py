"""What the check of a notice comes to: findings, how far and how long it is read, and which languages can be."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from math import ceil

from playout.check.finding import Finding, NoticeCode, Severity
from playout.model.claim import Band

__all__ = ["Report", "check_dwell"]

_EMERGENCY_READINGS = 2
"""How often an emergency page can be read while it stands."""


@dataclass(frozen=True, slots=True)
class Report:
    """One notice on the walls of one site.

    The languages are those the site has, in its order; a picture has the language `""`, as every reader reads it.
    """

    findings: tuple[Finding, ...]
    legible_to_m: Mapping[str, float]
    """Ground distance in metres up to which each language is read everywhere it may stand."""
    reading_s: Mapping[str, float]
    """Seconds in which a passer-by reads each language."""
    readable: tuple[str, ...]
    """Languages that can be set whole and told from their ground, whatever else is wrong with them."""
    unreadable: tuple[str, ...]
    """The others, the least bad first."""

    @property
    def errors(self) -> tuple[Finding, ...]:
        """The findings that stop a notice of bands 1 to 4."""
        return tuple(finding for finding in self.findings if finding.severity is Severity.ERROR)

    def is_refused(self, band: Band) -> bool:
        """Whether the notice may not go on air in that band. An emergency may while one language can be read."""
        return not self.readable if band >= Band.EMERGENCY else bool(self.errors)

    def off_air(self) -> "Report":
        """The report while nothing shows the notice: a language it lacks is no error, since drafts grow."""
        return replace(
            self,
            findings=tuple(
                replace(found, severity=Severity.INFO) if found.code == NoticeCode.MISSING else found
                for found in self.findings
            ),
        )


def check_dwell(reading_s: Mapping[str, float], dwell_s: float | None, where: str, band: Band) -> Iterator[Finding]:
    """A finding for each language that takes longer to read than its page stands; emergencies are read twice."""
    readings = _EMERGENCY_READINGS if band >= Band.EMERGENCY else 1
    for language, once_s in reading_s.items():
        needed_s = readings * once_s
        if dwell_s is not None and dwell_s < needed_s:
            yield Finding(
                NoticeCode.DWELL, Severity.ERROR, where,
                f"{dwell_s:g} s are too short for the text in {language!r}, read in {needed_s:.1f} s",
                f"set dwell_s to {ceil(needed_s)}, leave it out, or shorten the text",
                language, None, dwell_s, round(needed_s, 1),
            )  # fmt: skip
