"""Flashes counted in sequences whose number is known."""

import numpy as np
import pytest

from playout.check.flash import MAX_FLASHES, most_flashes, sample
from playout.check.joins import check_joins
from playout.model.frame import Pixels, Size
from playout.model.notice import Fit, Kind, Notice, Style, Text
from playout.model.schedule import Item, Playlist
from playout.paths import shipped
from playout.text.engine import TextEngine
from playout.text.fonts import load_fonts


class NoPictures:
    def picture(self, sha256: str, size: Size, fit: Fit) -> None:
        raise AssertionError("no notice here has a picture")


NONE = NoPictures()


def picture(value: tuple[int, int, int], share: float = 1.0) -> Pixels:
    pixels = np.zeros((48, 64, 3), np.uint8)
    pixels[:, : round(64 * share)] = value
    return pixels


def flashing(hz: float, value: tuple[int, int, int] = (255, 255, 255), share: float = 1.0) -> int:
    """On for half of each period, at 50 pictures a second for two seconds."""
    return most_flashes(
        [sample(picture(value if (n / 50 * hz) % 1 < 0.5 else (0, 0, 0), share), n / 50) for n in range(100)]
    )


@pytest.mark.parametrize(("hz", "flashes"), [(1, 1), (2, 2), (3, 3), (4, 4), (10, 10)])
def test_flashes_are_counted_in_the_worst_second(hz: float, flashes: int) -> None:
    assert flashing(hz) == flashes
    assert (flashing(hz) > MAX_FLASHES) == (hz > 3)


def test_a_small_area_does_not_count_and_a_quarter_does() -> None:
    assert flashing(10, share=0.12) == 0
    assert flashing(10, share=0.26) == 10


def test_little_change_does_not_count() -> None:
    assert flashing(10, (80, 80, 80)) == 0  # luminance 0.08
    assert flashing(10, (100, 100, 100)) == 10  # 0.13


def test_saturated_red_counts_where_its_luminance_does_not() -> None:
    assert flashing(10, (120, 0, 0)) == 10
    assert flashing(10, (60, 60, 60)) == 0


def test_a_still_picture_and_a_slow_fade_do_not_flash() -> None:
    assert most_flashes([sample(picture((255, 255, 255)), 0.0)]) == 0
    assert most_flashes([sample(picture((n, n, n)), n / 50) for n in range(0, 255, 3)]) <= 1


def test_joins_that_flash_are_found_and_slower_ones_are_not() -> None:
    engine = TextEngine(load_fonts(shipped("fonts")))
    notices = {
        name: Notice(name, Kind.TEXT, name, "test", style=Style(ground=ground), texts=(Text("en", "."),))
        for name, ground in (("dark", "#000000"), ("light", "#e0e0e0"))
    }

    def codes(dwell_s: float) -> list[str]:
        items = tuple(Item(name, dwell_s) for name in ("dark", "light") * 5)
        return [f.code for f in check_joins(Playlist("p", items=items), notices, ("en",), Size(64, 48), engine, NONE)]

    assert codes(0.1) == ["flash"]  # shorter than any file may say: the check does not lean on that
    assert codes(3) == []
