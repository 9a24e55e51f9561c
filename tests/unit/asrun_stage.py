"""Values for tests of the as-run journal: moments, runs, rows."""

from dataclasses import replace

from playout.store.asrun import Answer, AsRun, Ended, Moment, Run

SECOND_NS = 10**9
NOW_NS = 1_800_000_000 * SECOND_NS + 1
"""Just where the playlist of `engine_stage` begins anew."""


def moment(second: float, utc: float | None = None, boot: float | None = None) -> Moment:
    """So many seconds after the start of everything, perhaps by a clock that goes otherwise."""
    return Moment(
        NOW_NS + round((second if utc is None else utc) * SECOND_NS),
        round((1000 + (second if boot is None else boot)) * SECOND_NS),
        round(second * 60),
    )


def run(second: float = 0, pid: int = 1, boot_id: str = "boot") -> Run:
    return Run(boot_id, pid, "1.0", moment(second))


_ROW = AsRun(
    id=0, run=0, start_ns=0, start_boot_ns=0, start_tick=0, end_ns=None, end_boot_ns=None, end_tick=None,
    ended=Ended.NOT_YET, generation=3, revision=2, band=2, claim="daypart day",
    because='{"losers": ["filler"], "rule": "band"}', kind="notice",
    notice="welcome", title="Chào mừng", language="vi", page=1, pages=3,
    layout="full", playlist="day",
    crawl="", crawl_languages="", overlays="[]", remarks="", sha256="00", moves="",
    answer=Answer.SENT, detail="", unseen="",
    clock_trusted=True, clock_source="network",
)  # fmt: skip


def row(number: int, run: int, start: Moment, end: Moment | None = None, **other: object) -> AsRun:
    made = replace(_ROW, id=number, run=run, **other)  # pyright: ignore[reportArgumentType]
    made = replace(made, start_ns=start.utc_ns, start_boot_ns=start.boot_ns, start_tick=start.tick)
    if end is None:
        return made
    return replace(made, end_ns=end.utc_ns, end_boot_ns=end.boot_ns, end_tick=end.tick, ended=Ended.NEXT)
