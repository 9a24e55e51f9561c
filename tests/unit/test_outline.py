"""Outlines around words: their shape, their place in the picture, and what is measured of them."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from playout.check.contrast import contrast_ratio
from playout.model.frame import Array, Pixels, Size
from playout.model.notice import Backing, Fit, Kind, Notice, Style, Text
from playout.paths import shipped
from playout.render.colour import GAMMA, parse_colour
from playout.render.outline import grow, outline_px
from playout.render.page import Placed, lay_out_page
from playout.render.plate import behind, draw_ground, draw_plate
from playout.text.engine import TextEngine
from playout.text.fonts import load_fonts

ENGINE = TextEngine(load_fonts(shipped("fonts")))
SIZE = Size(400, 240)
MASKS = arrays(np.uint8, st.tuples(st.integers(1, 12), st.integers(1, 12)), elements=st.sampled_from([0, 0, 90, 255]))
WIDTHS = st.floats(0.5, 6)


class Chequered:
    """A picture of black and white squares of 2 x 2 pixels: as much detail as can be, and no mean."""

    def picture(self, sha256: str, size: Size, fit: Fit) -> Pixels:
        rows, columns = np.indices((size.height, size.width)) // 2
        return np.repeat(((rows + columns) % 2 * 255).astype(np.uint8)[..., None], 3, axis=2)


class White:
    """A white picture."""

    def picture(self, sha256: str, size: Size, fit: Fit) -> Pixels:
        return np.full((size.height, size.width, 3), 255, np.uint8)


def notice(**style: object) -> Notice:
    texts = (Text("vi", "Lệ Thanh", "Cửa khẩu"), Text("km", "ស្ត្រី ខ្ញុំ", "គយ"))
    made = Style(backing=Backing.OUTLINE, **style)  # pyright: ignore
    return Notice("n", Kind.TEXT, "n", "test", texts=texts, picture="f" * 64, style=made)


@pytest.mark.parametrize("width_px", [1.0, 2.0, 3.5, 6.0])
def test_a_point_grows_to_a_disc_with_smooth_edges(width_px: float) -> None:
    grown = grow(np.full((1, 1), 255, np.uint8), width_px)
    middle = grown.shape[0] // 2
    rows, columns = np.indices(grown.shape) - middle
    distance = np.hypot(rows, columns)
    assert (grown[distance <= width_px - 0.5] == 255).all()
    assert (grown[distance >= width_px + 0.5] == 0).all()
    assert 0 < grown[(distance > width_px - 0.5) & (distance < width_px + 0.5)].min(initial=128) < 255
    assert grown.sum() / 255 == pytest.approx(np.pi * width_px**2, rel=0.15)


@settings(deadline=None)
@given(MASKS, WIDTHS)
def test_what_is_grown_covers_what_it_grew_from_and_grows_alike_on_every_side(
    mask: Array[np.uint8], width_px: float
) -> None:
    grown = grow(mask, width_px)
    edge = (grown.shape[0] - mask.shape[0]) // 2
    assert grown.shape == (mask.shape[0] + 2 * edge, mask.shape[1] + 2 * edge)
    assert (grown[edge : edge + mask.shape[0], edge : edge + mask.shape[1]] >= mask).all()
    assert grown.any() == mask.any()
    assert np.array_equal(grow(np.rot90(mask), width_px), np.rot90(grown))
    assert np.array_equal(grow(mask[:, ::-1], width_px), grown[:, ::-1])
    assert (np.pad(grow(mask, width_px), 1) <= grow(mask, width_px + 1))[: grown.shape[0]].all()


def test_the_width_follows_the_letters_and_is_never_too_thin_to_be_seen() -> None:
    assert outline_px(100) == 9
    assert outline_px(10) == 2


def placed_blocks(given: Notice, language: str) -> tuple[Placed, ...]:
    return lay_out_page(given, language, SIZE, ENGINE).blocks


def canvas_of(blocks: tuple[Placed, ...], pixels: float) -> Array[np.uint8]:
    """All the words on one canvas, grown."""
    canvas = np.zeros((SIZE.height, SIZE.width), np.uint8)
    for placed in blocks:
        grown = grow(placed.block.mask, pixels)
        edge = (grown.shape[0] - placed.block.mask.shape[0]) // 2
        area = canvas[placed.y - edge :, placed.x - edge :][: grown.shape[0], : grown.shape[1]]
        np.maximum(area, grown[: area.shape[0], : area.shape[1]], out=area)
    return canvas


@pytest.mark.parametrize("language", ["vi", "km"])
def test_letters_outline_and_picture_are_drawn_one_over_the_other(language: str) -> None:
    given = notice(colour="#ff0000", accent="#00ff00", ground="#0000ff")
    pixels = draw_plate(given, language, SIZE, ENGINE, Chequered()).pixels
    heading, body = blocks = placed_blocks(given, language)
    for placed, colour in ((heading, (0, 255, 0)), (body, (255, 0, 0))):
        solid = placed.block.mask == 255
        assert solid.sum() > 200
        assert (pixels[placed.rect.slices][solid] == colour).all()
    near, far = min(outline_px(placed.block.em_px) for placed in blocks), max(
        outline_px(placed.block.em_px) for placed in blocks
    )  # fmt: skip
    around = (canvas_of(blocks, near - 0.5) == 255) & (canvas_of(blocks, 0.5) == 0)
    assert around.sum() > 500
    assert (pixels[around] == (0, 0, 255)).all()
    beyond = canvas_of(blocks, far + 1) == 0
    assert (pixels[beyond] == Chequered().picture("", SIZE, Fit.COVER)[beyond]).all()


def test_the_edge_of_an_outline_is_mixed_as_light() -> None:
    given = notice(ground="#000000")
    ground = draw_ground(given, lay_out_page(given, "vi", SIZE, ENGINE), SIZE, White()).pixels
    for placed in placed_blocks(given, "vi"):
        width_px = outline_px(placed.block.em_px)
        grown = grow(placed.block.mask, width_px)
        edge = (grown.shape[0] - placed.block.mask.shape[0]) // 2
        area = ground[placed.y - edge :, placed.x - edge :][: grown.shape[0], : grown.shape[1], 0]
        half = (grown > 120) & (grown < 136)
        assert half.any()
        wanted = (1 - grown[half] / 255.0) ** (1 / GAMMA) * 255
        assert np.abs(area[half] - wanted).max() <= 1


def test_without_a_picture_no_outline_is_drawn() -> None:
    plain = replace(notice(ground="#203040"), picture="")
    plate = replace(plain, style=replace(plain.style, backing=Backing.PLATE))
    first, second = (draw_plate(each, "vi", SIZE, ENGINE, White()).pixels for each in (plain, plate))
    assert np.array_equal(first, second)


def ratio(given: Notice, language: str = "vi") -> float:
    layout = lay_out_page(given, language, SIZE, ENGINE)
    ground = draw_ground(given, layout, SIZE, Chequered())
    body = layout.blocks[-1]
    return contrast_ratio(parse_colour(given.style.colour), behind(body, given, ground))


@pytest.mark.parametrize("language", ["vi", "km"])
def test_contrast_is_that_to_the_outline_whatever_the_picture(language: str) -> None:
    assert ratio(notice(), language) == pytest.approx(21)
    assert ratio(notice(ground="#ffffff"), language) == pytest.approx(1)
    assert ratio(notice(colour="#000000", ground="#767676"), language) == pytest.approx(4.62, abs=0.05)
    plate = notice()
    assert ratio(replace(plate, style=replace(plate.style, backing=Backing.PLATE)), language) < 12


def test_an_outline_that_is_not_drawn_is_not_measured() -> None:
    """What counts is the picture: over one without outlines the words do not stand out."""
    given = notice()
    layout = lay_out_page(given, "vi", SIZE, ENGINE)
    bare = draw_ground(given, replace(layout, blocks=()), SIZE, White())
    assert contrast_ratio((255, 255, 255), behind(layout.blocks[0], given, bare)) == pytest.approx(1)


def test_words_without_ink_are_measured_like_any_other() -> None:
    given = replace(notice(), texts=(Text("vi", "\u200b"),))
    layout = lay_out_page(given, "vi", SIZE, ENGINE)
    ground = draw_ground(given, layout, SIZE, White())
    assert contrast_ratio((0, 0, 0), behind(layout.blocks[0], given, ground)) == pytest.approx(21)
