"""When nothing is planned on a screen, so that it shows the fallback picture."""

from collections.abc import Iterator
from dataclasses import dataclass

from playout.model.claim import Band, Content, ContentKind, Mode
from playout.model.inputs import Inputs
from playout.model.schedule import Revision
from playout.resolve.index import merge, plan_of
from playout.resolve.pages import loop_of
from playout.resolve.standing import FOREVER_NS, standing

__all__ = ["Gap", "gaps"]


@dataclass(frozen=True, slots=True)
class Gap:
    """A time `[start, end)` in UTC ns at which nothing is planned on a screen, so that the fallback picture shows.

    `empty` names what falls into it, but has nothing that can be shown: dayparts, and claims.
    """

    screen: str
    start_ns: int
    end_ns: int
    empty: tuple[str, ...] = ()


def gaps(inputs: Inputs, start_ns: int, end_ns: int) -> list[Gap]:
    """The gaps of one screen from `start_ns` to `end_ns` (UTC): no daypart, no filler, no claim that can be shown.

    A closed sign is no gap. Trusted time and mains power are supposed, as plans are made for them.
    """
    shown: list[tuple[int, int]] = []
    empty: list[tuple[int, int, str]] = []
    switch_ns = inputs.takes_over_ns if inputs.outgoing is not None else 0
    for revision, from_ns, to_ns in ((inputs.outgoing, 0, switch_ns), (inputs.revision, switch_ns, FOREVER_NS)):
        first_ns, last_ns = max(start_ns, from_ns), min(end_ns, to_ns)
        if first_ns < last_ns:
            planned = _planned(revision, inputs, first_ns, last_ns) if revision is not None else ()
            for begin_ns, stop_ns, name, shows in (*planned, *_claimed(revision, inputs)):
                span = max(begin_ns, first_ns), min(stop_ns, last_ns)
                if span[0] < span[1]:
                    empty += [] if shows else [(*span, name)]
                    shown += [span] if shows else []
    edges = [start_ns, *(edge for span in merge(sorted(shown)) for edge in span), end_ns]
    left = ((edges[place], edges[place + 1]) for place in range(0, len(edges), 2))
    return [
        Gap(inputs.screen, first, last, tuple(dict.fromkeys(n for a, b, n in empty if a < last and first < b)))
        for first, last in left
        if first < last
    ]


def _planned(revision: Revision, inputs: Inputs, first_ns: int, last_ns: int) -> Iterator[tuple[int, int, str, bool]]:
    """Begin, end and name of all that a schedule has in an interval, and whether it can be shown."""
    schedule, languages = revision.schedule, inputs.site.languages
    if loop_of(Content(ContentKind.PLAYLIST, schedule.filler), revision, languages) is not None:
        yield first_ns, last_ns, "filler", True
        return
    plan = plan_of(revision, inputs.site, inputs.screen)
    for day in plan.days(first_ns, last_ns):
        for name, content, span in plan.windows(day):
            shows = content.kind is not ContentKind.PLAYLIST or loop_of(content, revision, languages) is not None
            yield *span, name or "closed", shows


def _claimed(revision: Revision | None, inputs: Inputs) -> Iterator[tuple[int, int, str, bool]]:
    """As `_planned`, for the claims on the screen."""
    calm = Inputs(inputs.screen, inputs.site, boot=inputs.boot)
    for claim in inputs.claims:
        if claim.mode is Mode.OVERLAY or (claim.screens and inputs.screen not in claim.screens):
            continue
        stands, content, languages = standing(claim, calm), claim.content, inputs.site.languages
        wanted = tuple(language for language in languages if language in claim.languages) or languages
        is_page = content.kind in (ContentKind.NOTICE, ContentKind.PLAYLIST)
        loop = loop_of(content, revision, wanted, whatever=claim.band >= Band.EMERGENCY) if is_page else None
        yield stands.start_ns, stands.end_ns, claim.id, loop is not None or not is_page
