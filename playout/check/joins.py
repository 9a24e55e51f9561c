"""Flashes where one page follows another: a still item has none of its own, so the joins of a playlist are judged."""

from collections.abc import Iterator, Mapping

from playout.check.finding import Finding, Severity
from playout.check.flash import MAX_FLASHES, Sample, most_flashes, sample
from playout.model.frame import Size
from playout.model.notice import Notice
from playout.model.schedule import Playlist
from playout.render.plate import PictureSource, draw_plate
from playout.resolve import UNSET_DWELL_S, languages_of
from playout.text.engine import TextEngine

__all__ = ["check_joins"]

_STANDS_S = 1.0
_COARSE = 4
"""Every fourth pixel is enough to see a flash."""


def check_joins(
    playlist: Playlist,
    notices: Mapping[str, Notice],
    languages: tuple[str, ...],
    size: Size,
    engine: TextEngine,
    pictures: PictureSource,
) -> Iterator[Finding]:
    """A finding where the pages of a playlist, one after the other, flash."""
    shown = [(item, notice) for item in playlist.items if (notice := notices.get(item.notice)) is not None]
    if all((item.dwell_s or notice.dwell_s or UNSET_DWELL_S) >= _STANDS_S for item, notice in shown):
        return  # no more than two changes in a second, which are one flash; nothing has to be drawn
    at_s, samples = 0.0, list[Sample]()
    for item, notice in shown:
        for language in languages_of(notice, languages):
            plate = draw_plate(notice, language, size, engine, pictures)
            samples.append(sample(plate.pixels[::_COARSE, ::_COARSE], at_s))
            at_s += item.dwell_s or notice.dwell_s or UNSET_DWELL_S
    flashes = most_flashes(samples)
    if flashes > MAX_FLASHES:
        yield Finding(
            "flash", Severity.ERROR, f"playlists[{playlist.id}]", f"its pages flash {flashes} times in one second",
            "let pages stand longer, or put pages of like brightness side by side",
            measured=flashes, required=MAX_FLASHES,
        )  # fmt: skip
