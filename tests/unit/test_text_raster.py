"""Glyph masks: judged by FreeType, and kept within bounds."""

import freetype
import numpy as np
import pytest
from text_stage import CASES, FONTS, need

from playout.text import FontSet
from playout.text.fonts import Font
from playout.text.harfbuzz import FontHandle, GlyphMask, HarfBuzzRasteriser, nominal_glyph
from playout.text.languages import find_language
from playout.text.raster import Coverage, MaskCache, draw_line
from playout.text.shape import shape
from playout.text.strip import lay_out_strip

TOLERANCE = 16
ROUNDED_PIXELS, ROUNDED_BY = 3, 40
"""FreeType rounds the points of an outline to 1/64 px, we do not. In sharp corners this moves single pixels further:
its own pictures of Han letters differ there by up to 43 from the mean of its pictures at eight times the size."""


@pytest.fixture(scope="module")
def fonts() -> FontSet:
    return FONTS


def by_freetype(font: Font, glyph: int, em_px: float, x_px: float, y_px: float) -> GlyphMask:
    face = freetype.Face(str(font.path), font.face)
    if font.axes:
        axes = {"Weight": font.axes["wght"]}
        face.set_var_design_coords([axes.get(axis.name, axis.default) for axis in face.get_variation_info().axes])
    face.set_char_size(round(em_px * 64))
    unit = freetype.Matrix(0x10000, 0, 0, 0x10000)
    face.set_transform(unit, freetype.Vector(round(x_px * 64), round(y_px * 64)))
    face.load_glyph(glyph, freetype.FT_LOAD_NO_HINTING | freetype.FT_LOAD_NO_BITMAP)
    face.glyph.render(freetype.FT_RENDER_MODE_NORMAL)
    bitmap = face.glyph.bitmap
    rows = np.array(bitmap.buffer, np.uint8).reshape(bitmap.rows, bitmap.pitch)[:, : bitmap.width]
    return GlyphMask(rows, face.glyph.bitmap_left, face.glyph.bitmap_top)


def on_canvas(mask: GlyphMask) -> np.ndarray:
    canvas = np.zeros((240, 240), np.int16)
    top, left = 160 - mask.top, 60 + mask.left
    canvas[top : top + mask.coverage.shape[0], left : left + mask.coverage.shape[1]] = mask.coverage
    return canvas


@pytest.mark.parametrize("em_px", [19.0, 26 * 1.22, 48.0, 80.0])
@pytest.mark.parametrize("character", list("AgQẾệđ₫08@–កខឃញឱៗ។"))
def test_masks_equal_freetype(fonts: FontSet, character: str, em_px: float) -> None:
    font = next(font for font in fonts.fonts if ord(character) in font.coverage)
    glyph = nominal_glyph(font.handle, character)
    ours = HarfBuzzRasteriser().rasterise(font.handle, glyph, em_px, 0.25, 0.5)
    theirs = by_freetype(font, glyph, em_px, 0.25, 0.5)
    difference = np.abs(on_canvas(ours) - on_canvas(theirs))
    assert on_canvas(ours).max() > 128
    assert difference.max() <= TOLERANCE


@pytest.mark.parametrize(("language", "sentence"), CASES)
def test_every_glyph_of_every_sentence_equals_freetype(fonts: FontSet, language: str, sentence: str) -> None:
    need(sentence, language)
    row = find_language(language)
    strip = lay_out_strip(shape(sentence, row, fonts), row)
    ours = HarfBuzzRasteriser()
    drawn = set(zip(strip.runs.tolist(), strip.glyphs.tolist(), strict=True))
    for index, (run, glyph) in enumerate(sorted(drawn)):
        font, em_px = strip.shaped.runs[run].run.font, strip.row(run).equal_size * 40
        place = (index % 4 / 4, index // 4 % 4 / 4)
        mask = ours.rasterise(font.handle, glyph, em_px, *place)
        difference = np.abs(on_canvas(mask) - on_canvas(by_freetype(font, glyph, em_px, *place)))
        assert (difference > TOLERANCE).sum() <= ROUNDED_PIXELS
        assert difference.max() <= ROUNDED_BY


def test_a_mask_moves_right_and_up_with_its_origin(fonts: FontSet) -> None:
    font = fonts.fonts[0]
    glyph = nominal_glyph(font.handle, "l")
    rasteriser = HarfBuzzRasteriser()

    def centre(x_px: float, y_px: float) -> tuple[float, float]:
        canvas = on_canvas(rasteriser.rasterise(font.handle, glyph, 40, x_px, y_px))
        rows, columns = np.indices(canvas.shape)
        return float((canvas * columns).sum() / canvas.sum()), float((canvas * rows).sum() / canvas.sum())

    x, y = centre(0, 0)
    assert centre(0.5, 0) == pytest.approx((x + 0.5, y), abs=0.05)
    assert centre(0, 0.5) == pytest.approx((x, y - 0.5), abs=0.05)


def test_a_blank_glyph_has_an_empty_mask(fonts: FontSet) -> None:
    font = fonts.fonts[0]
    assert HarfBuzzRasteriser().rasterise(font.handle, nominal_glyph(font.handle, " "), 40, 0, 0).coverage.size == 0


class CountingRasteriser:
    """Masks of 100 x 100 bytes, counted."""

    def __init__(self) -> None:
        self.calls = 0

    def rasterise(self, font: FontHandle, glyph: int, em_px: float, x_px: float, y_px: float) -> GlyphMask:
        self.calls += 1
        return GlyphMask(np.full((100, 100), 255, np.uint8), 0, 100)


def test_the_cache_draws_each_glyph_once(fonts: FontSet) -> None:
    rasteriser = CountingRasteriser()
    cache = MaskCache(rasteriser, 1_000_000)
    for _ in range(3):
        for font in fonts.fonts:
            for size in (20.0, 30.0):
                for step in range(4):
                    cache.get(font, 7, size, step, 0)
                    cache.get(font, 7, size, 0, step)
    assert rasteriser.calls == len(fonts.fonts) * 2 * 7


def test_the_cache_stays_within_its_bytes_and_forgets_the_oldest(fonts: FontSet) -> None:
    rasteriser = CountingRasteriser()
    cache = MaskCache(rasteriser, 50_000)
    font = fonts.fonts[0]
    for glyph in range(100):
        cache.get(font, 0, 20.0)
        cache.get(font, glyph, 20.0)
        assert cache.bytes <= 50_000
    assert rasteriser.calls == 100
    cache.get(font, 99, 20.0)
    assert rasteriser.calls == 100
    cache.get(font, 1, 20.0)
    assert rasteriser.calls == 101


def drawn(fonts: FontSet, shape_of: tuple[int, int], at: tuple[int, int]) -> Coverage:
    row = find_language("en")
    strip = lay_out_strip(shape("Hg", row, fonts), row)
    canvas = np.zeros(shape_of, np.uint8)
    draw_line(strip, (0, 2), 40, canvas, at, MaskCache(HarfBuzzRasteriser(), 1_000_000))
    return canvas


def test_what_falls_outside_is_cut_off_on_every_side(fonts: FontSet) -> None:
    whole = drawn(fonts, (100, 100), (20, 50))
    assert np.array_equal(drawn(fonts, (40, 30), (20 - 30, 50 - 30)), whole[30:70, 30:60])
    assert not drawn(fonts, (40, 40), (200, 20)).any()
    assert not drawn(fonts, (40, 40), (-200, 20)).any()
