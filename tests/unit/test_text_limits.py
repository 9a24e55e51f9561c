"""Hostile and careless texts: findings, never an exception, and never more than a bounded memory."""

import gc
import tracemalloc
from collections.abc import Iterable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from text_stage import FONTS, SENTENCES, need

from playout.model.frame import Array
from playout.text import TextCode, TextEngine
from playout.text.cache import ByteCache
from playout.text.harfbuzz import Box, FontHandle, HarfBuzzRasteriser, PlacedGlyph
from playout.text.judge import LONGEST_TEXT
from playout.text.languages import LANGUAGES

ENGINE = TextEngine(FONTS)
BAD = {
    "surrogates": "Mở \ud800 cửa \udfff",
    "nuls": "\0Mở\0cửa\0",
    "controls": "".join(map(chr, range(32))) + "".join(map(chr, range(0x7F, 0xA0))),
    "overrides": "Mở \u202ecửa \u202d\u2067\u2066\u2069\u202c",
    "right to left": "بوابة שער",
    "private use": "\ue000\uf8ff\U000f0000\U0010fffd",
    "unassigned": "\u0378\u1fff\U0003fffd\ufdd0",
    "zalgo": "Z" + "\u0327\u0301\u0489" * 300,
    "zalgo without letters": "\u0327\u0301" * 3000,
    "coeng for ever": "ក" + "្ក" * 3000,
    "joiners": "ก\u200d" * 2000,
    "selectors": "国" + "\ufe0f" * 3000,
    "breaks": "\u200b" * 100_000,
    "lines": "a\n" * 50_000,
    "spaces": " \u00a0\u3000" * 30_000,
    "one word": "Å" * 100_000,
    "han": "国" * 100_000,
    "marks of all": "ếỆກິ້ភ្ញៀវ国ไทยที่ơ̆" * 5_000,
    "tags": "🏴\U000e0067\U000e0062\U000e007f",
}


@pytest.mark.parametrize("text", BAD.values(), ids=BAD.keys())
@pytest.mark.parametrize("language", ["vi", "lo", "zh"])
def test_a_bad_text_is_answered_within_bounds(text: str, language: str) -> None:
    engine = TextEngine(FONTS)
    tracemalloc.start()
    try:
        block = engine.block(text, language, 640, 330, 60, "left")
        line = engine.line(text, language, 34)
        told = engine.explain(text, language)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert block.mask.shape[0] <= 330
    assert block.mask.shape[1] <= 640
    assert line.mask.nbytes <= 32_000_000
    assert all(0 not in run["glyphs"] for run in told["runs"])
    assert peak < 60_000_000
    assert engine.bytes <= 8_000_000


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("surrogates", TextCode.DAMAGED),
        ("nuls", TextCode.CONTROL),
        ("controls", TextCode.CONTROL),
        ("overrides", TextCode.BIDI),
        ("right to left", TextCode.BIDI),
        ("private use", TextCode.UNCOVERED),
        ("unassigned", TextCode.UNCOVERED),
        ("zalgo", TextCode.MARKS),
        ("breaks", TextCode.TOO_LONG),
        ("one word", TextCode.TOO_LONG),
        ("tags", TextCode.UNCOVERED),
    ],
)
def test_a_bad_text_is_found(name: str, code: TextCode) -> None:
    for findings in (
        ENGINE.block(BAD[name], "vi", 640, 330, 60, "left").findings,
        ENGINE.line(BAD[name], "vi", 34).findings,
    ):
        assert code in {finding.code for finding in findings}
        assert all(finding.message and finding.remedy for finding in findings)


def test_a_text_of_the_longest_length_is_drawn_whole_and_one_more_is_reported() -> None:
    words = "a " * (LONGEST_TEXT // 2)
    assert not ENGINE.line(words, "en", 20).findings
    (finding,) = ENGINE.line(words + "a", "en", 20).findings
    assert (finding.code, finding.measured, finding.required) == ("text.too_long", LONGEST_TEXT + 1, LONGEST_TEXT)


def test_a_line_too_large_for_memory_is_cut_off_and_reported() -> None:
    line = ENGINE.line("W" * 2000, "en", 400)
    assert line.mask.nbytes <= 32_000_000
    assert [finding.code for finding in line.findings] == ["text.too_long"]


@pytest.mark.parametrize("minimum", [0, 15, 40, 80])
def test_a_larger_smallest_size_is_kept_and_what_does_not_fit_it_is_reported(minimum: int) -> None:
    text = "The speed limit inside the gate is 20 km/h"
    block = ENGINE.block(text, "en", 300, 90, 60, "left", min_em_px=minimum)
    codes = {finding.code for finding in block.findings}
    if minimum <= 15:
        assert (block.fits, codes) == (True, set())
        assert 15 <= block.em_px < 40
    else:
        assert (block.fits, block.em_px) == (False, minimum)
        assert TextCode.OVERFLOW in codes


def test_a_given_size_is_that_size() -> None:
    need("", "lo")
    block = ENGINE.block("ຍິນດີຕ້ອນຮັບ", "vi", 640, 200, 37, "left", min_em_px=37)
    assert (block.em_px, block.fits) == (37, True)


def test_an_overflow_tells_what_it_takes_and_just_fitting_is_none() -> None:
    block = ENGINE.block("A\nB\nC", "en", 300, 400, 50, "left", min_em_px=50)
    height = block.mask.shape[0]
    assert ENGINE.block("A\nB\nC", "en", 300, height, 50, "left", min_em_px=50).findings == ()
    (finding,) = ENGINE.block("A\nB\nC", "en", 300, height - 1, 50, "left", min_em_px=50).findings
    assert (finding.code, finding.measured, finding.required) == ("text.overflow", height, height - 1)


def test_the_same_block_is_drawn_once() -> None:
    engine = TextEngine(FONTS)
    first = engine.block("Lệ Thanh", "vi", 300, 100, 60, "left")
    assert engine.block("Lệ Thanh", "vi", 300, 100, 60, "left") is first
    assert engine.block("Lệ Thanh", "vi", 300, 100, 60, "centre") is not first


def test_a_block_is_drawn_when_its_mask_is_asked_for_and_once() -> None:
    class Counting(HarfBuzzRasteriser):
        calls = 0

        def rasterise(self, font: FontHandle, em_px: float, glyphs: Iterable[PlacedGlyph], box: Box) -> Array[np.uint8]:
            self.calls += 1
            return super().rasterise(font, em_px, glyphs, box)

    rasteriser = Counting()
    block = TextEngine(FONTS, rasteriser).block("Lệ Thanh", "vi", 300, 100, 60, "left")
    assert (block.width, block.height) <= (300, 100)
    assert rasteriser.calls == 0
    mask = block.mask
    assert mask.shape == (block.height, block.width)
    assert not mask.flags.writeable
    drawn = rasteriser.calls
    assert drawn > 0
    assert block.mask is mask
    assert rasteriser.calls == drawn


def test_a_flood_of_texts_and_sizes_stays_within_the_bytes_of_the_caches() -> None:
    """Judged by what Python says it holds, not by the caches' own count alone."""
    engine = TextEngine(FONTS)
    long = [BAD["one word"], BAD["marks of all"], BAD["lines"], *("".join(SENTENCES[of]) * 300 for of in ("vi", "km"))]
    assert all(len(text) >= 80_000 for text in long)
    gc.collect()
    tracemalloc.start()
    try:
        for text in long:
            engine.block(text, "vi", 640, 330, 60, "left")
            assert engine.bytes <= 10_000_000
        for width in range(200, 1000, 40):
            for sentence in SENTENCES["vi"]:
                assert engine.block(sentence, "vi", width, 300, 60, "left").mask.any()
                assert engine.bytes <= 10_000_000
        fullest = engine.bytes
        gc.collect()
        kept, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert fullest > 6_000_000, "no flood"
    assert kept < 12_000_000


def test_the_cache_measures_what_a_strip_takes() -> None:
    for language in LANGUAGES:
        engine = TextEngine(FONTS)
        texts = [f"{sentence} {number}" for sentence in SENTENCES[language] for number in range(3)]
        engine.explain("a", language)
        tracemalloc.start()
        try:
            before = engine.bytes
            for text in texts:
                engine.explain(text, language)
            kept, _ = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
        assert engine.bytes - before == pytest.approx(kept, rel=0.5)


def test_the_cache_measures_what_a_block_takes() -> None:
    for language in LANGUAGES:
        engine = TextEngine(FONTS)
        for text in SENTENCES[language]:
            engine.block(text, language, 640, 330, 60, "left")
        tracemalloc.start()
        try:
            before = engine.bytes
            for text in SENTENCES[language]:
                for width in range(600, 620):
                    engine.block(text, language, width, 330, 60, "left")
            kept, _ = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
        assert engine.bytes - before == pytest.approx(kept, rel=0.5)


def test_a_byte_cache_gives_up_the_oldest() -> None:
    cache: ByteCache[str, bytes] = ByteCache(10, len)
    made: list[str] = []

    def get(key: str, size: int) -> bytes:
        return cache.get(key, lambda: made.append(key) or bytes(size))

    for key in ("a", "b", "a", "c", "a", "b"):
        get(key, 4)
        assert cache.bytes <= 10
    assert made == ["a", "b", "c", "b"]
    assert cache.bytes == 8
    assert len(get("large", 11)) == 11  # not kept, and nothing is driven out by it
    assert cache.bytes == 8
    assert "a" in cache
    assert "large" not in cache


SCRIPTS = st.one_of(
    st.sampled_from("aĐếỆkm/h07:00–₫%()«»“”‘’ \u00a0\u200b\u2060\n"),
    st.characters(min_codepoint=0x1780, max_codepoint=0x17E9),
    st.characters(min_codepoint=0x0E81, max_codepoint=0x0EDF),
    st.characters(min_codepoint=0x0E01, max_codepoint=0x0E5B),
    st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5),
    st.characters(min_codepoint=0x3000, max_codepoint=0x303F),
    st.characters(min_codepoint=0x300, max_codepoint=0x36F),
    st.sampled_from("Ƀƀơ̆ư̆Čñ"),
)


@settings(max_examples=200, deadline=None)
@given(st.text(SCRIPTS, max_size=50), st.sampled_from(sorted(LANGUAGES)))
def test_mixed_scripts_are_drawn_without_boxes_and_no_ink_is_clipped(text: str, language: str) -> None:
    told = ENGINE.explain(text, language)
    assert all(0 not in run["glyphs"] for run in told["runs"])
    line = ENGINE.line(text, language, 30)
    assert not line.mask[0].any()
    assert not line.mask[-1].any()
    block = ENGINE.block(text, language, 300, 200, 40, "centre", min_em_px=20)
    assert block.fits == (not {f.code for f in block.findings} & {TextCode.OVERFLOW, TextCode.WORD_BROKEN})


@settings(max_examples=100, deadline=None)
@given(st.text(SCRIPTS, max_size=30), st.sampled_from(sorted(LANGUAGES)))
def test_a_dotted_circle_is_drawn_only_for_a_mark_that_is_reported(text: str, language: str) -> None:
    circles = {font.handle: font.coverage for font in FONTS.fonts if 0x25CC in font.coverage}
    assert circles
    strip = ENGINE.explain(text, language)
    reported = any("no letter to stand on" in finding for finding in strip["findings"])
    shown = any(CIRCLE_OF[run["family"]] in run["glyphs"] for run in strip["runs"] if run["family"] in CIRCLE_OF)
    assert reported or not shown


CIRCLE_OF = {
    run["family"]: run["glyphs"][0]
    for text, language in (("◌\u17b6", "km"), ("◌\u0eb4", "lo"), ("◌\u0e34", "vi"))
    for run in ENGINE.explain(text, language)["runs"]
}


def test_nothing_is_clipped_by_the_mask_of_a_block() -> None:
    for language, sentences in SENTENCES.items():
        for sentence in sentences:
            need(sentence, "vi" if language == "thai_names" else language)
            block = ENGINE.block(sentence, "en" if language == "thai_names" else language, 640, 330, 60, "left")
            assert not block.mask[0].any()
            assert not block.mask[-1].any()
            assert np.count_nonzero(block.mask) > 100
