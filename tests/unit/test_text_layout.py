"""Blocks of lines: size, breaks, boxes."""

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from text_stage import FONTS, need

from playout.text import FontSet, TextEngine
from playout.text.languages import LANGUAGES, find_language
from playout.text.layout import fit_block, layout_block, line_box, smallest_em_px
from playout.text.shape import shape
from playout.text.strip import Strip, lay_out_strip
from playout.text.wrap import least_ragged, wrap

BODY = "Đề nghị hành khách chuẩn bị hộ chiếu, giấy thông hành và tờ khai hải quan trước khi vào khu vực kiểm soát."


@pytest.fixture(scope="module")
def fonts() -> FontSet:
    return FONTS


def strip(text: str, language: str = "vi") -> Strip:
    row = find_language(language)
    return lay_out_strip(shape(text, row, FONTS), row)


def lines(text: str, language: str, width: int, em_px: int, *, even: bool = True) -> list[str]:
    laid = strip(text, language)
    return [laid.shaped.text[line.start : line.end] for line in layout_block(laid, width, em_px, even=even).lines]


def test_line_ends_are_kept_and_empty_lines_too() -> None:
    assert lines("Một\nHai\n\nBa", "vi", 600, 30) == ["Một", "Hai", "", "Ba"]


def test_spaces_around_a_break_are_not_drawn() -> None:
    assert lines("  Lệ   Thanh  ", "vi", 600, 30) == ["Lệ   Thanh"]
    assert all(line == line.strip() for line in lines(BODY, "vi", 300, 30))


def test_no_line_is_wider_than_asked() -> None:
    for width in range(120, 500, 20):
        assert layout_block(strip(BODY), width, 24).width <= width


def test_lines_are_evened_out_without_needing_more_of_them() -> None:
    text = "aaaa bb cc ddddd"
    laid = strip(text, "en")
    width = line_box(laid, 0, len("aaaa bb cc"), 30).width + 2
    assert lines(text, "en", width, 30, even=False) == ["aaaa bb cc", "ddddd"]
    assert lines(text, "en", width, 30) == ["aaaa bb", "cc ddddd"]


@pytest.mark.parametrize("width", [260, 330, 420, 540])
def test_the_least_ragged_lines_are_the_best_of_all_ways(width: int) -> None:
    laid = strip(BODY)
    (paragraph,) = laid.paragraphs
    em = width / 30
    count = len(wrap(laid, paragraph, em)[0])
    spans = least_ragged(laid, paragraph, em, count)

    def cost(spans: list[tuple[int, int]]) -> float:
        ends = [laid.trim(*span) for span in spans]
        return sum((em - float(laid.pens[end] - laid.pens[start])) ** 2 for start, end in ends)

    def best(start: int, left: int) -> float:
        """Cost of the best way from `start`, tried one by one."""
        if left == 0:
            return 0.0 if start == paragraph.end else float("inf")
        found = [float("inf")]
        for stop in paragraph.stops:
            begin, end = laid.trim(start, stop)
            if stop > start and float(laid.pens[end] - laid.pens[begin]) <= em:
                found.append((em - float(laid.pens[end] - laid.pens[begin])) ** 2 + best(stop, left - 1))
        return min(found)

    assert len(spans) == count
    assert cost(spans) == pytest.approx(best(paragraph.start, count))


def test_a_word_wider_than_the_line_is_cut_between_graphemes_and_told_once() -> None:
    word = "ក្ស័ត្រខ្មែរគ្រោះ"
    laid = strip(f"{word}\u2060{word}", "km")
    layout = layout_block(laid, 100, 40)
    assert len(layout.lines) > 2
    assert len(layout.cut) == 1
    text = laid.shaped.text
    assert "".join(text[line.start : line.end] for line in layout.lines) == text
    assert not [line for line in layout.lines if text[line.start : line.end].endswith("\u17d2")]


def test_the_block_is_the_largest_that_fits() -> None:
    laid = strip(BODY)
    for width, height in ((640, 330), (400, 300), (300, 480)):
        layout = fit_block(laid, width, height, 200)
        assert layout.fits(width, height)
        assert not layout_block(laid, width, layout.em_px + 1).fits(width, height)


def test_a_word_is_kept_whole_by_a_smaller_size() -> None:
    layout = fit_block(strip("Internationalisation", "en"), 200, 400, 100)
    assert len(layout.lines) == 1
    assert not layout.cut


def test_the_size_stops_at_the_smallest_legible_one() -> None:
    assert fit_block(strip(BODY * 5), 200, 60, 100).em_px == 19
    assert {code: smallest_em_px(strip("07", code)) for code in LANGUAGES} == {
        "vi": 19, "en": 15, "km": 22, "lo": 16, "zh": 16, "jra": 19, "bdq": 19,
    }  # fmt: skip
    assert smallest_em_px(strip("Gate ខ្មែរ", "en")) == 22


def test_a_pixel_more_of_height_leaves_no_word_alone_on_a_line() -> None:
    """Even lines of this text are 294 px high at an em of 55, the first fit 293."""
    laid = strip("Mời quý khách dùng kiot tra cứu thông tin tại khu vực cửa khẩu.", "vi")
    layout = fit_block(laid, 596, 293, 72)
    assert (layout.em_px, layout.fits(596, 293)) == (54, True)
    last = layout.lines[-1]
    assert laid.shaped.text[last.start : last.end] == "tại khu vực cửa khẩu."
    assert fit_block(laid, 596, 293, 72, min_em_px=55).em_px == 55


def test_a_crossing_of_scripts_gets_the_larger_box() -> None:
    latin, mixed, khmer = (line_box(strip(text, "en"), 0, len(text), 40) for text in ("Gate", "Gate ខ", "ខ"))
    assert (mixed.above, mixed.below) == (max(latin.above, khmer.above), max(latin.below, khmer.below))
    assert khmer.below > latin.below


def test_khmer_letters_look_as_large_as_latin_capitals(fonts: FontSet) -> None:
    engine = TextEngine(fonts)

    def rows(text: str) -> int:
        inked = np.flatnonzero(engine.line(text, "km", 100).mask.max(axis=1) > 127)
        return int(inked[-1] - inked[0])

    assert rows("ក") == pytest.approx(rows("H"), abs=3)


STACKS = [
    "ຫຼິ້ນ ກຶ໋ ນ້ຳ ປູ ຝູ່ ຊ້ຶ",
    "ที่ ปั๊ม ปี่ ญู ฐุ ฏู ฤๅ ใ้",
    "国门欢迎（《，。",
    "Ế\u0302Ệ\u0323",
    "ẾẤỐỂyqgj",
    "Ê\u0306\u0301ơ\u0306",
    "ស្ត្រី",
    "ញ៉ាំ",
    "ឡ្បឿ",
    "ឃ្លាំង",
    "ប៊ិចក្ត្រឹ",
    "ក្រៀញុំ",
]


@pytest.mark.parametrize("text", STACKS)
@pytest.mark.parametrize("em_px", [19, 22, 40, 97])
def test_no_ink_touches_the_upper_or_lower_edge_of_a_line(fonts: FontSet, text: str, em_px: int) -> None:
    need(text, "km")
    line = TextEngine(fonts).line(text, "km", em_px)
    assert line.mask.max() > 128
    assert not line.mask[0].any()
    assert not line.mask[-1].any()


@pytest.mark.parametrize(
    ("letters", "vowels", "marks", "language"),
    [
        ("ກປຝໝຫຼຽຟ", ("", "ິ", "ີ", "ຶ", "ື", "ົ", "ັ", "ຸ", "ູ", "ຼ"), ("", "່", "້", "໊", "໋", "໌", "ໍ"), "lo"),
        (
            ("ក", "ញ", "ឡ", "ក្រ", "ស្ត្រ", "ខ្ញ", "ង្គ្រ", "ឃ្ល"),
            ("", "ា", "ិ", "ី", "ឹ", "ឺ", "ុ", "ូ", "ួ", "ើ", "ឿ", "ៀ", "ៅ"),
            ("", "ំ", "៉", "៊", "់", "៍", "័", "៌"),
            "km",
        ),
        ("กปฎฏญฐฬฟ", ("", "ิ", "ี", "ึ", "ื", "ั", "ุ", "ู", "ฺ"), ("", "่", "้", "๊", "๋", "์", "็", "ํ"), "vi"),
    ],
    ids=["lo", "km", "th"],
)
def test_no_stack_of_letter_vowel_and_tone_touches_an_edge(
    fonts: FontSet, letters: Sequence[str], vowels: Sequence[str], marks: Sequence[str], language: str
) -> None:
    need("", language)
    engine = TextEngine(fonts)
    for letter in letters:
        line = engine.line(" ".join(letter + vowel + mark for vowel in vowels for mark in marks), language, 31)
        assert not line.mask[0].any()
        assert not line.mask[-1].any()
        assert line.mask.max() > 128


@pytest.mark.parametrize("text", STACKS)
def test_no_ink_is_lost_beside_the_line(fonts: FontSet, text: str) -> None:
    need(text, "km")
    alone = TextEngine(fonts).line(text, "km", 60).mask
    between = TextEngine(fonts).line(f"\u00a0{text}\u00a0", "km", 60).mask
    assert int(alone.sum()) == pytest.approx(int(between.sum()), rel=0.01)


@settings(max_examples=60, deadline=None)
@given(
    st.text(st.sampled_from("aW ế\u0302ខ្មែរ្ ។ 07–:.\n\u200b\u2060\u00a0😀ก"), max_size=60),
    st.sampled_from(sorted(LANGUAGES)),
    st.integers(1, 700),
    st.integers(1, 500),
    st.integers(1, 120),
)
def test_every_text_is_laid_out_and_every_glyph_is_in_a_line(
    text: str, language: str, width: int, height: int, max_em_px: int
) -> None:
    laid = strip(text, language)
    layout = fit_block(laid, width, height, max_em_px)
    assert min(max_em_px, smallest_em_px(laid)) <= layout.em_px <= max_em_px
    shown = {index for line in layout.lines for index in range(*laid.glyph_range(line.start, line.end))}
    lost = {laid.shaped.text[laid.clusters[index]] for index in set(range(len(laid.glyphs))) - shown}
    assert lost <= set(" \u200b")
    ends = {end for paragraph in laid.paragraphs for end in (paragraph.start, *paragraph.graphemes)}
    assert {line.end for line in layout.lines} <= ends
