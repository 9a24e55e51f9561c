"""The facade: blocks, lines, findings, explanations."""

import json
import unicodedata
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playout.errors import ContentError
from playout.paths import shipped
from playout.text import Block, TextEngine, load_fonts
from playout.text.languages import LANGUAGES, find_language
from playout.text.shape import shape

FONTS = load_fonts(shipped("fonts"))
ENGINE = TextEngine(FONTS)
GATE = "CỬA KHẨU QUỐC TẾ LỆ THANH"


@pytest.fixture
def engine() -> TextEngine:
    return TextEngine(FONTS)


def test_a_block_fits_its_box_tightly(engine: TextEngine) -> None:
    block = engine.block(GATE, "vi", 640, 120, 64, "centre")
    assert block.fits
    assert block.findings == ()
    assert " ".join(block.lines) == GATE
    height, width = block.mask.shape
    assert height <= 120
    assert width <= 640
    assert block.mask[:, 0:3].any()
    assert block.mask[:, -3:].any()
    assert block.mask.dtype == np.uint8
    assert not block.mask.flags.writeable


def test_the_largest_size_is_not_passed(engine: TextEngine) -> None:
    assert engine.block("A", "en", 600, 400, 50, "left").em_px == 50


def columns(block: Block, line: int) -> tuple[int, int]:
    """First and last column with ink of one of two equally high lines."""
    half = block.mask.shape[0] // 2
    inked = np.flatnonzero(block.mask[line * half : (line + 1) * half].any(axis=0))
    return int(inked[0]), int(inked[-1])


def test_lines_stand_left_or_in_the_centre(engine: TextEngine) -> None:
    left, centre = (engine.block("HHHHHH\nHH", "en", 300, 200, 40, align) for align in ("left", "centre"))
    assert columns(left, 0)[0] == columns(left, 1)[0]
    (long_start, long_end), (short_start, short_end) = columns(centre, 0), columns(centre, 1)
    assert (long_start + long_end) / 2 == pytest.approx((short_start + short_end) / 2, abs=1)
    assert short_start > long_start + 20


def test_an_overflow_is_cut_off_and_told(engine: TextEngine) -> None:
    block = engine.block(GATE * 4, "vi", 200, 40, 64, "left")
    assert not block.fits
    assert block.em_px == 19
    assert block.mask.shape[0] == 40
    assert block.mask.shape[1] <= 200
    assert any("cut off at 40 px; shorten it" in str(finding) for finding in block.findings)


def test_a_cut_word_is_told(engine: TextEngine) -> None:
    block = engine.block("Internationalisation", "en", 60, 400, 64, "left")
    assert not block.fits
    assert block.em_px == 15
    assert len(block.lines) > 1
    (finding,) = block.findings
    assert (finding.code, finding.position, finding.required) == ("text.word_broken", 0, 60)
    assert finding.measured == pytest.approx(150, abs=10)
    assert str(finding) == (
        "'Internationalisation' is wider than the line of 60 px at an em of 15 px and was cut in two;"
        " use a shorter word, or a smaller size"
    )


def test_a_size_under_the_legible_one_is_told(engine: TextEngine) -> None:
    (finding,) = engine.block("ខ្មែរ", "km", 600, 400, 20, "left").findings
    assert str(finding).startswith("an em of 20 px is under the 22 px at which the letters stay apart")
    assert (finding.code, finding.measured, finding.required) == ("text.too_small", 20, 22)


def test_what_no_font_has_is_told_and_leaves_no_ink(engine: TextEngine) -> None:
    block = engine.block("😀", "vi", 300, 100, 60, "left")
    assert [(finding.code, finding.position, str(finding)) for finding in block.findings] == [
        (
            "text.uncovered",
            0,
            "no font has '😀' (U+1F600 GRINNING FACE), character 1; replace it or add a font that has it",
        )
    ]
    assert not block.mask.any()


def test_a_mark_without_a_letter_is_told(engine: TextEngine) -> None:
    (finding,) = engine.block("\u17b6", "km", 300, 100, 60, "left").findings
    assert (finding.code, finding.position) == ("text.orphan_mark", 0)
    assert str(finding) == "'\u17b6', character 1, has no letter to stand on; retype the word"


@pytest.mark.parametrize("text", ["", " ", "\n", "\u200b"])
def test_nothing_to_draw_is_an_empty_mask(engine: TextEngine, text: str) -> None:
    block = engine.block(text, "vi", 300, 100, 60, "centre")
    assert block.fits
    assert not block.mask.any()
    assert not engine.line(text, "vi", 30).mask.any()


def test_an_unknown_language_is_refused_with_a_proposal(engine: TextEngine) -> None:
    with pytest.raises(ContentError, match=r"language 'vn' is not known \(.*vi"):
        engine.block("a", "vn", 10, 10, 20, "left")


def test_nfc_and_nfd_are_the_same_picture(engine: TextEngine) -> None:
    composed, decomposed = (
        engine.block(unicodedata.normalize(form, GATE), "vi", 640, 200, 64, "left") for form in ("NFC", "NFD")
    )
    assert np.array_equal(composed.mask, decomposed.mask)
    assert composed.lines == decomposed.lines


def test_a_crawl_is_one_line_however_long(engine: TextEngine) -> None:
    crawl = engine.line(f"{GATE} \n" * 20, "vi", 34)
    assert crawl.width == crawl.mask.shape[1] > 5000
    assert crawl.mask.shape[0] < 34 * 1.4
    assert 0 < crawl.baseline < crawl.mask.shape[0]


def test_the_digits_of_a_clock_do_not_move(engine: TextEngine) -> None:
    clocks = [engine.line(f"{digit * 2}:{digit * 2}", "vi", 40) for digit in "0123456789"]
    assert len({(clock.mask.shape, clock.baseline, clock.width) for clock in clocks}) == 1


def test_the_baseline_is_under_the_letters(engine: TextEngine) -> None:
    line = engine.line("H", "en", 60)
    inked = np.flatnonzero((line.mask > 127).any(axis=1))
    assert inked[-1] == line.baseline - 1


def test_an_explanation_is_plain_data(engine: TextEngine) -> None:
    told = json.loads(json.dumps(engine.explain("Lệ\u0323 Thanh 😀\nគយ 20 km/h", "km")))
    assert told["text"] == unicodedata.normalize("NFC", "Lệ\u0323 Thanh 😀\nគយ 20 km/h")
    assert [(run["text"], run["family"], run["script"]) for run in told["runs"]] == [
        ("Lệ\u0323 Thanh ", "Noto Sans", "Latn"),
        ("គយ", "Noto Sans Khmer", "Khmr"),
        (" 20 km/h", "Noto Sans", "Latn"),
    ]
    assert told["runs"][1]["file"] == "NotoSansKhmer[wdth,wght].ttf"
    assert told["runs"][1]["clusters"] == [12, 13]
    assert all(len(run["glyphs"]) == len(run["clusters"]) for run in told["runs"])
    assert told["pieces"] == ["Lệ\u0323 ", "Thanh ", "😀", "គយ ", "20 km/h"]
    assert told["breaks"] == [4, 10, 11, 15, 22]
    assert told["missing"] == ["no font has '😀' (U+1F600 GRINNING FACE), character 11"]


def test_the_second_drawing_is_the_same(engine: TextEngine) -> None:
    first, second = (engine.block(GATE, "vi", 300, 200, 60, "left") for _ in range(2))
    assert np.array_equal(first.mask, second.mask)


def test_threads_with_engines_of_their_own_share_the_fonts() -> None:
    texts = [(GATE, "vi"), ("ច្រកទ្វារព្រំដែនអន្តរជាតិ", "km"), ("International border gate", "en")] * 4
    expected = [ENGINE.line(text, language, 47).mask for text, language in texts]

    def draw(_: int) -> list[np.ndarray]:
        own = TextEngine(FONTS)
        return [own.line(text, language, 47).mask for text, language in texts]

    with ThreadPoolExecutor(4) as pool:
        for found in pool.map(draw, range(8)):
            assert all(np.array_equal(a, b) for a, b in zip(found, expected, strict=True))


def test_the_hash_is_that_of_the_fonts(engine: TextEngine) -> None:
    assert engine.fonts_sha256 == FONTS.sha256


ALPHABET = st.one_of(
    st.characters(),
    st.characters(min_codepoint=0x1780, max_codepoint=0x17FF),
    st.characters(min_codepoint=0x20, max_codepoint=0x1FF),
    st.characters(min_codepoint=0x300, max_codepoint=0x36F),
    st.sampled_from("ếệẤ\u200b\u200d\ufe0f\u2060\n\r\t«»“”()–₫😀👩\ud800"),
)


@settings(max_examples=150, deadline=None)
@given(st.text(ALPHABET, max_size=40), st.sampled_from(sorted(LANGUAGES)))
def test_no_text_fails_and_no_box_is_drawn(text: str, language: str) -> None:
    block = ENGINE.block(text, language, 320, 160, 48, "centre")
    assert block.mask.shape[0] <= 160
    assert block.mask.shape[1] <= 320
    told = ENGINE.explain(text, language)
    assert all(0 not in run["glyphs"] for run in told["runs"])


@settings(max_examples=150, deadline=None)
@given(st.text(ALPHABET, max_size=40), st.sampled_from(sorted(LANGUAGES)))
def test_every_character_is_in_a_run_or_reported_or_draws_nothing(text: str, language: str) -> None:
    shaped = shape(text, find_language(language), FONTS)
    left = set(range(len(shaped.text)))
    for run in shaped.runs:
        left -= set(range(run.run.start, run.run.end))
    for missing in shaped.missing:
        assert shaped.text.startswith(missing.characters, missing.position)
        left -= set(range(missing.position, missing.position + len(missing.characters)))
    assert all(shaped.text[at] == "\n" or draws_nothing(shaped.text[at]) for at in left)


def draws_nothing(character: str) -> bool:
    """Whether Unicode lets a font leave it out: formats, selectors, fillers, and places reserved for such."""
    name = unicodedata.name(character, "")
    silent = ("VARIATION SELECTOR", "FILLER", "VOWEL INHERENT", "GRAPHEME JOINER", "VOWEL SEPARATOR")
    return unicodedata.category(character) in {"Cf", "Cn"} or any(word in name for word in silent)
