"""Glyphs and lines as drawn: judged by FreeType."""

from functools import cache
from typing import NamedTuple

import freetype
import numpy as np
import pytest
from text_stage import CASES, FONTS, need

from playout.text import FontSet
from playout.text.fonts import Font
from playout.text.harfbuzz import Box, HarfBuzzRasteriser, PlacedGlyph, nominal_glyph
from playout.text.languages import find_language
from playout.text.layout import line_box
from playout.text.raster import Coverage, draw_line
from playout.text.shape import shape
from playout.text.strip import lay_out_strip

TOLERANCE = 16
ROUNDED_PIXELS, ROUNDED_BY = 3, 40
"""FreeType rounds the points of an outline to 1/64 px, we do not. In sharp corners this moves single pixels further:
its own pictures of Han letters differ there by up to 43 from the mean of its pictures at eight times the size."""
BOX = Box(-60, -80, 180, 160)


class Picture(NamedTuple):
    """FreeType's picture of a glyph: its first column right of the origin, and its top edge over the baseline."""

    coverage: np.ndarray
    left: int
    top: int


@pytest.fixture(scope="module")
def fonts() -> FontSet:
    return FONTS


@cache
def face_of(font: Font) -> freetype.Face:
    face = freetype.Face(str(font.path), font.face)
    if font.axes:
        axes = {"Weight": font.axes["wght"]}
        face.set_var_design_coords([axes.get(axis.name, axis.default) for axis in face.get_variation_info().axes])
    return face


def by_freetype(font: Font, glyph: int, em_px: float, x_px: float, y_px: float) -> Picture:
    """One glyph, its origin moved right and up."""
    face = face_of(font)
    face.set_char_size(round(em_px * 64))
    unit = freetype.Matrix(0x10000, 0, 0, 0x10000)
    face.set_transform(unit, freetype.Vector(round(x_px * 64), round(y_px * 64)))
    face.load_glyph(glyph, freetype.FT_LOAD_NO_HINTING | freetype.FT_LOAD_NO_BITMAP)
    face.glyph.render(freetype.FT_RENDER_MODE_NORMAL)
    bitmap = face.glyph.bitmap
    rows = np.array(bitmap.buffer, np.uint8).reshape(bitmap.rows, bitmap.pitch)[:, : bitmap.width]
    return Picture(rows, face.glyph.bitmap_left, face.glyph.bitmap_top)


def on_canvas(picture: Picture) -> np.ndarray:
    canvas = np.zeros((240, 240), np.int16)
    top, left = 160 - picture.top, 60 + picture.left
    canvas[top : top + picture.coverage.shape[0], left : left + picture.coverage.shape[1]] = picture.coverage
    return canvas


def ours(font: Font, glyph: int, em_px: float, x_px: float, y_px: float) -> np.ndarray:
    return HarfBuzzRasteriser().rasterise(font.handle, em_px, [PlacedGlyph(glyph, x_px, y_px)], BOX).astype(np.int16)


@pytest.mark.parametrize("em_px", [19.0, 26 * 1.22, 48.0, 80.0])
@pytest.mark.parametrize("character", list("AgQẾệđ₫08@–កខឃញឱៗ។"))
def test_a_glyph_equals_freetype(fonts: FontSet, character: str, em_px: float) -> None:
    font = next(font for font in fonts.fonts if ord(character) in font.coverage)
    glyph = nominal_glyph(font.handle, character)
    picture = ours(font, glyph, em_px, 0.25, 0.5)
    assert picture.max() > 128
    assert np.abs(picture - on_canvas(by_freetype(font, glyph, em_px, 0.25, 0.5))).max() <= TOLERANCE


@pytest.mark.parametrize(("language", "sentence"), CASES)
def test_every_glyph_of_every_sentence_equals_freetype(fonts: FontSet, language: str, sentence: str) -> None:
    need(sentence, language)
    row = find_language(language)
    strip = lay_out_strip(shape(sentence, row, fonts), row)
    drawn = set(zip(strip.runs.tolist(), strip.glyphs.tolist(), strict=True))
    for index, (run, glyph) in enumerate(sorted(drawn)):
        font, em_px = strip.shaped.runs[run].run.font, strip.rows[run].equal_size * 40
        place = (index % 4 / 4, index // 4 % 4 / 4)
        difference = np.abs(ours(font, glyph, em_px, *place) - on_canvas(by_freetype(font, glyph, em_px, *place)))
        assert (difference > TOLERANCE).sum() <= ROUNDED_PIXELS
        assert difference.max() <= ROUNDED_BY


@pytest.mark.parametrize(("language", "sentence"), CASES)
def test_every_line_is_what_freetype_makes_of_its_glyphs(fonts: FontSet, language: str, sentence: str) -> None:
    """Where two glyphs meet, a pixel has at least the ink of the stronger and at most that of both."""
    need(sentence, language)
    row = find_language(language)
    strip = lay_out_strip(shape(sentence, row, fonts), row)
    box = line_box(strip, 0, len(strip.shaped.text), 40)
    canvas = np.zeros((box.height, box.width), np.uint8)
    draw_line(strip, (box.start, box.end), 40, canvas, (-box.left, box.above), HarfBuzzRasteriser())
    least, most = np.zeros(canvas.shape, np.int16), np.zeros(canvas.shape, np.int16)
    shift = -box.left - strip.pens[box.start] * 40
    first, last = strip.glyph_range(box.start, box.end)
    for index in range(first, last):
        run = strip.runs[index]
        x, x_px = divmod(strip.x[index] * 40 + shift, 1)
        y, y_px = divmod(strip.y[index] * 40, 1)
        font, size = strip.shaped.runs[run].run.font, strip.rows[run].equal_size * 40
        mask, left, top = by_freetype(font, int(strip.glyphs[index]), size, x_px, y_px)
        if mask.size:
            top, left = box.above - int(y) - top, int(x) + left
            area = (slice(top, top + mask.shape[0]), slice(left, left + mask.shape[1]))
            np.maximum(least[area], mask, out=least[area])
            most[area] += mask
    wrong = np.maximum(least - canvas, canvas - np.minimum(most, 255))
    assert (wrong > TOLERANCE).sum() <= max(ROUNDED_PIXELS, len(sentence) // 2)
    assert wrong.max() <= ROUNDED_BY


def test_a_mask_moves_right_and_up_with_its_origin(fonts: FontSet) -> None:
    font = fonts.fonts[0]
    glyph = nominal_glyph(font.handle, "l")

    def centre(x_px: float, y_px: float) -> tuple[float, float]:
        canvas = ours(font, glyph, 40, x_px, y_px)
        rows, columns = np.indices(canvas.shape)
        return float((canvas * columns).sum() / canvas.sum()), float((canvas * rows).sum() / canvas.sum())

    x, y = centre(0, 0)
    assert centre(0.5, 0) == pytest.approx((x + 0.5, y), abs=0.05)
    assert centre(0, 0.5) == pytest.approx((x, y - 0.5), abs=0.05)


def test_a_blank_glyph_leaves_no_ink(fonts: FontSet) -> None:
    font = fonts.fonts[0]
    assert not ours(font, nominal_glyph(font.handle, " "), 40, 0, 0).any()


def drawn(fonts: FontSet, shape_of: tuple[int, int], at: tuple[int, int]) -> Coverage:
    row = find_language("en")
    strip = lay_out_strip(shape("Hg", row, fonts), row)
    canvas = np.zeros(shape_of, np.uint8)
    draw_line(strip, (0, 2), 40, canvas, at, HarfBuzzRasteriser())
    return canvas


def test_what_falls_outside_is_cut_off_on_every_side(fonts: FontSet) -> None:
    whole = drawn(fonts, (100, 100), (20, 50))
    assert np.array_equal(drawn(fonts, (40, 30), (20 - 30, 50 - 30)), whole[30:70, 30:60])
    assert not drawn(fonts, (40, 40), (200, 20)).any()
    assert not drawn(fonts, (40, 40), (-200, 20)).any()
