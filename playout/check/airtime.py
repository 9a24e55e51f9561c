"""Language parity: how long each language is on the sign in a day, and how long it stays away."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from playout.check.finding import Finding, Severity
from playout.model.inputs import Inputs
from playout.model.programme import Programme
from playout.render.page import LANGUAGE_MARK
from playout.resolve import programmes

__all__ = ["Airtime", "airtime", "check_parity"]

_EVEN_SHARE = 0.02
"""Largest difference between the shares of two required languages that is still called equal."""


@dataclass(frozen=True, slots=True)
class Airtime:
    """One language over a span of time: seconds on the sign, longest time away from it and when that began."""

    language: str
    shown_s: float
    longest_gap_s: float
    gap_from_ns: int


def airtime(inputs: Inputs, start_ns: int, end_ns: int) -> list[Airtime]:
    """Airtime of the site's languages on one screen from `start_ns` to `end_ns` (UTC), in the site's order."""
    spans = [
        (at_ns, min(programme.until_ns, end_ns), _languages(programme))
        for at_ns, programme in programmes(inputs, start_ns, end_ns)
    ]
    return [_of(language, spans, start_ns, end_ns) for language in inputs.site.languages]


def check_parity(inputs: Inputs, found: Iterable[Airtime]) -> Iterator[Finding]:
    """Findings on unequal time and on a language left out too long."""
    times = list(found)
    total_s = sum(each.shown_s for each in times)
    where = f"screens.{inputs.screen}"
    most = max(times, key=lambda each: each.shown_s)
    for each in times:
        if total_s and (most.shown_s - each.shown_s) / total_s > _EVEN_SHARE:
            yield Finding(
                "parity.share", Severity.WARNING, where,
                f"{each.language!r} gets {each.shown_s / 60:.0f} min, {most.language!r} {most.shown_s / 60:.0f} min",
                f"give the notices of the day a text in {each.language!r}",
                each.language, None, round(each.shown_s), round(most.shown_s),
            )  # fmt: skip
        if each.longest_gap_s > inputs.site.max_language_gap_s:
            yield Finding(
                "parity.gap", Severity.WARNING, where,
                f"{each.language!r} stays away for {each.longest_gap_s:.0f} s,"
                f" more than site.max_language_gap_s = {inputs.site.max_language_gap_s:g}",
                "shorten the dwell, or put pages of other languages and pictures farther apart",
                each.language, None, round(each.longest_gap_s, 1), inputs.site.max_language_gap_s,
            )  # fmt: skip


def _languages(programme: Programme) -> frozenset[str]:
    page = programme.page
    return frozenset(page.language.split(LANGUAGE_MARK)) - {""} if page is not None else frozenset()


def _of(language: str, spans: list[tuple[int, int, frozenset[str]]], start_ns: int, end_ns: int) -> Airtime:
    shown_ns, seen_ns, gap_ns, gap_from_ns = 0, start_ns, 0, start_ns
    for from_ns, to_ns, languages in (*spans, (end_ns, end_ns, frozenset((language,)))):
        if language in languages:
            if from_ns - seen_ns > gap_ns:
                gap_ns, gap_from_ns = from_ns - seen_ns, seen_ns
            shown_ns += to_ns - from_ns
            seen_ns = to_ns
    return Airtime(language, shown_ns / 1e9, gap_ns / 1e9, gap_from_ns)
