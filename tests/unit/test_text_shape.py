"""Shaping and itemising, judged by hb-shape."""

import json
import subprocess
import unicodedata
from dataclasses import replace

import pytest
from peers import need_program
from text_stage import CASES, FONTS, SENTENCES, need

from playout.text import FontSet
from playout.text.findings import TextCode
from playout.text.itemise import itemise, normalise
from playout.text.languages import LANGUAGES, find_language
from playout.text.selftest import WORDS
from playout.text.shape import ShapedRun, shape


@pytest.fixture(scope="module")
def fonts() -> FontSet:
    return FONTS


@pytest.fixture(scope="module")
def hb_shape() -> str:
    return need_program("hb-shape", "libharfbuzz-bin")


def by_hb_shape(command: str, run: ShapedRun, text: str, tag: str) -> list[dict[str, int]]:
    font = run.run.font
    variations = ",".join(f"{axis}={value:g}" for axis, value in font.axes.items())
    options = ["--no-glyph-names", "--output-format=json", f"--variations={variations}", f"--language={tag}"]
    script = [f"--script={run.run.script}", "--direction=ltr", f"--face-index={font.face}"]
    words = text[run.run.start : run.run.end]
    answer = subprocess.run(
        [command, *options, *script, str(font.path), f"--text={words}"],
        check=True,
        capture_output=True,
        text=True,
    )
    return json.loads(answer.stdout)


@pytest.mark.parametrize(("language", "sentence"), CASES)
def test_glyphs_equal_hb_shape(hb_shape: str, fonts: FontSet, language: str, sentence: str) -> None:
    need(sentence, language)
    row = find_language(language)
    shaped = shape(sentence, row, fonts)
    assert not shaped.missing
    assert not shaped.orphans
    for run in shaped.runs:
        theirs = by_hb_shape(hb_shape, run, shaped.text, row.tag)
        ours = [(g.id, g.cluster - run.run.start, g.advance, 0) for g in run.glyphs]
        assert ours == [(g["g"], g["cl"], g["ax"], g["ay"]) for g in theirs]
        # HarfBuzz 6 and 15 round the anchors of a variable font differently: one thousandth of an em.
        for glyph, other in zip(run.glyphs, theirs, strict=True):
            assert abs(glyph.x_offset - other["dx"]) <= 1
            assert abs(glyph.y_offset - other["dy"]) <= 1


@pytest.mark.parametrize("word", WORDS, ids=lambda word: word.language)
def test_words_of_the_selftest_are_known_from_hb_shape(hb_shape: str, fonts: FontSet, word: object) -> None:
    known = next(each for each in WORDS if each is word)
    need(known.text, known.language)
    shaped = shape(known.text, find_language(known.language), fonts)
    found = [glyph["g"] for run in shaped.runs for glyph in by_hb_shape(hb_shape, run, shaped.text, known.language)]
    assert tuple(found) == known.glyphs
    assert {run.run.font.sha256 for run in shaped.runs} == {known.font_sha256}, "a font changed: renew the known words"


def test_there_are_enough_sentences() -> None:
    assert {language: len(set(sentences)) >= 20 for language, sentences in SENTENCES.items()} == dict.fromkeys(
        [*LANGUAGES, "thai_names"], True
    )


@pytest.mark.parametrize("sentence", SENTENCES["vi"])
def test_decomposed_vietnamese_is_the_same(fonts: FontSet, sentence: str) -> None:
    row = find_language("vi")
    composed, decomposed = (unicodedata.normalize(form, sentence) for form in ("NFC", "NFD"))
    assert composed != decomposed
    assert shape(composed, row, fonts) == shape(decomposed, row, fonts)


def test_compatibility_characters_stay() -> None:
    assert normalise("x² ﬁ ½") == "x² ﬁ ½"


def test_line_ends_and_damaged_characters_are_made_uniform() -> None:
    assert normalise("a\r\nb\rc\u2028d\te\ud800") == "a\nb\nc\nd e\ufffd"


def runs(text: str, language: str, fonts: FontSet) -> list[tuple[str, str, str]]:
    row = find_language(language)
    items = itemise(normalise(text), row, fonts)
    return [(items.text[run.start : run.end], run.font.family, run.script) for run in items.runs]


def test_digits_and_punctuation_between_khmer_come_from_the_text_font(fonts: FontSet) -> None:
    assert runs("ម៉ោង 07:00–18:00។", "km", fonts) == [
        ("ម៉ោង", "Noto Sans Khmer", "Khmr"),
        (" 07:00–18:00", "Noto Sans", "Latn"),
        ("។", "Noto Sans Khmer", "Khmr"),
    ]


def test_digits_alone_are_latin_in_every_language(fonts: FontSet) -> None:
    for language in LANGUAGES:
        assert runs("12:34", language, fonts) == [("12:34", "Noto Sans", "Latn")]


def test_khmer_digits_are_khmer(fonts: FontSet) -> None:
    assert runs("១២៣", "km", fonts) == [("១២៣", "Noto Sans Khmer", "Khmr")]


def families(text: str, language: str, fonts: FontSet) -> list[tuple[str, str]]:
    return [(words, family.removeprefix("Noto Sans ")) for words, family, _ in runs(text, language, fonts)]


def test_lao_and_thai_take_digits_spaces_and_punctuation_from_the_text_font(fonts: FontSet) -> None:
    need("", "lo")
    assert families("ເປີດ 07:00–18:00, ທຸກ!", "lo", fonts) == [
        ("ເປີດ", "Lao"),
        (" 07:00–18:00, ", "Noto Sans"),
        ("ທຸກ", "Lao"),
        ("!", "Noto Sans"),
    ]
    assert families("ที่ 5.", "vi", fonts) == [("ที่", "Thai"), (" 5.", "Noto Sans")]


def test_chinese_has_its_own_quotes_and_the_digits_of_the_text_font(fonts: FontSet) -> None:
    need("", "zh")
    assert families("“安全”，限速20公里。", "zh", fonts) == [
        ("“安全”，限速", "CJK SC"),
        ("20", "Noto Sans"),
        ("公里。", "CJK SC"),
    ]
    assert families("“Gate”", "en", fonts) == [("“Gate”", "Noto Sans")]


def test_no_space_is_taken_from_a_font_of_wide_letters(fonts: FontSet) -> None:
    need("", "zh")
    backward = FontSet((*fonts.fonts[:1], *fonts.fonts[:0:-1]))
    assert families("国 门 😀 a", "zh", backward)[1] == (" ", "Noto Sans")


def test_han_letters_are_simplified_forms(fonts: FontSet) -> None:
    need("", "zh")
    (font,) = {run.font for run in itemise("骨直门", find_language("zh"), fonts).runs}
    assert (font.face, font.family) == (2, "Noto Sans CJK SC")


def test_a_pair_of_quotes_comes_from_one_font(fonts: FontSet) -> None:
    assert [run for run in runs("«គយ»", "km", fonts) if run[0] in "«»"] == [
        ("«", "Noto Sans", "Latn"),
        ("»", "Noto Sans", "Latn"),
    ]


def test_a_pair_is_not_split_where_the_first_font_has_one_half(fonts: FontSet) -> None:
    latin, khmer = fonts.fonts[:2]
    half = replace(latin, family="Half", coverage=latin.coverage - {ord("»")})
    assert {family for _, family, _ in runs("«»", "en", FontSet((half, khmer)))} == {"Noto Sans Khmer"}


def test_a_mark_stays_with_its_letter(fonts: FontSet) -> None:
    assert runs("ê\u0306", "en", fonts) == [("ê\u0306", "Noto Sans", "Latn")]


@pytest.mark.parametrize("invisible", ["\u200b", "\u2060", "\ufeff", "\u200d"])
def test_what_draws_nothing_does_not_split_a_run(fonts: FontSet, invisible: str) -> None:
    assert runs(f"ខ្មែរ{invisible}ខ្មែរ", "km", fonts) == [(f"ខ្មែរ{invisible}ខ្មែរ", "Noto Sans Khmer", "Khmr")]


def test_what_draws_nothing_needs_no_font(fonts: FontSet) -> None:
    assert runs("\u200b", "en", fonts) == []


def test_a_character_no_font_has_is_named_and_not_drawn(fonts: FontSet) -> None:
    shaped = shape("A 😀 ⠃ B", find_language("vi"), fonts)
    assert [(each.position, each.characters) for each in shaped.missing] == [(2, "😀"), (4, "⠃")]
    assert [glyph.cluster for run in shaped.runs for glyph in run.glyphs] == [0, 1, 3, 5, 6]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("a\x07b", TextCode.CONTROL),
        ("a\x00b", TextCode.CONTROL),
        ("a\x9bb", TextCode.CONTROL),
        ("a\ufffdb", TextCode.DAMAGED),
        (f"a{chr(0xD800)}b", TextCode.DAMAGED),
        ("a\u202eb", TextCode.BIDI),
        ("a\u2066b", TextCode.BIDI),
        ("a\u2069b", TextCode.BIDI),
        ("aשb", TextCode.BIDI),
        ("aعb", TextCode.BIDI),
        ("a\U000f0000b", TextCode.UNCOVERED),
        ("a\U0003fffdb", TextCode.UNCOVERED),
        ("a\u0378b", TextCode.UNCOVERED),
    ],
)
def test_what_cannot_be_drawn_is_reported_with_its_reason(fonts: FontSet, text: str, code: TextCode) -> None:
    shaped = shape(text, find_language("en"), fonts)
    assert [(each.position, each.code) for each in shaped.missing] == [(1, code)]
    assert [glyph.cluster for run in shaped.runs for glyph in run.glyphs] == [0, 2]


@pytest.mark.parametrize("heap", ["a" + "\u0489" * 13, "ក" + "\u17b6" * 400, "ກ" + "\u0eb4" * 13])
def test_a_heap_of_marks_is_reported_and_one_just_under_it_is_drawn(fonts: FontSet, heap: str) -> None:
    need(heap, "en")
    row = find_language("en")
    assert [(each.position, each.code) for each in shape(heap, row, fonts).missing] == [(0, TextCode.MARKS)]
    assert TextCode.MARKS not in [each.code for each in shape(heap[:13], row, fonts).missing]


def test_the_longest_khmer_syllables_are_no_heap(fonts: FontSet) -> None:
    assert not shape("ស្ត្រ្យៀំ៉ះ", find_language("km"), fonts).missing


@pytest.mark.parametrize(
    ("text", "language", "position"),
    [
        ("ກ \u0eb4", "lo", 2),
        ("\u0eb4ກ", "lo", 0),
        ("ก \u0e34", "vi", 2),
        ("\u0e33", "vi", 0),
        ("a \u0301", "vi", 2),
        ("a\n\u0306", "jra", 2),
    ],
)
def test_a_mark_that_the_shaper_lets_float_is_found_too(
    fonts: FontSet, text: str, language: str, position: int
) -> None:
    need(text, language)
    assert shape(text, find_language(language), fonts).orphans == (position,)


def test_a_dotted_circle_that_was_written_is_no_fault(fonts: FontSet) -> None:
    assert shape("◌\u17b6", find_language("km"), fonts).orphans == ()
    assert shape("◌\u17b6 \u17b6", find_language("km"), fonts).orphans == (3,)


def test_a_mark_without_a_letter_is_found(fonts: FontSet) -> None:
    assert shape("ខ្មែរ \u17b6", find_language("km"), fonts).orphans == (6,)
    assert shape("ខ្មែរ", find_language("km"), fonts).orphans == ()
