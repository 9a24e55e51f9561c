"""Shaping and itemising, judged by hb-shape."""

import json
import os
import shutil
import subprocess
import tomllib
import unicodedata
from pathlib import Path

import pytest

from playout.paths import shipped
from playout.text import FontSet, load_fonts
from playout.text.itemise import itemise, normalise
from playout.text.languages import LANGUAGES, find_language
from playout.text.selftest import WORDS
from playout.text.shape import ShapedRun, shape

SENTENCES: dict[str, list[str]] = tomllib.loads(
    (Path(__file__).parent.parent / "golden" / "text" / "sentences.toml").read_text(encoding="utf-8")
)
CASES = [(language, sentence) for language, sentences in SENTENCES.items() for sentence in sentences]


@pytest.fixture(scope="module")
def fonts() -> FontSet:
    return load_fonts(shipped("fonts"))


@pytest.fixture(scope="module")
def hb_shape() -> str:
    command = shutil.which("hb-shape")
    if command is None:
        if os.environ.get("CI") == "true":
            pytest.fail("hb-shape is missing; install libharfbuzz-bin")
        pytest.skip("hb-shape of libharfbuzz-bin is not installed")
    return command


def by_hb_shape(command: str, run: ShapedRun, text: str, tag: str) -> list[dict[str, int]]:
    variations = ",".join(f"{axis}={value:g}" for axis, value in run.run.font.axes.items())
    options = ["--no-glyph-names", "--output-format=json", f"--variations={variations}", f"--language={tag}"]
    script = [f"--script={run.run.script}", "--direction=ltr"]
    words = text[run.run.start : run.run.end]
    answer = subprocess.run(
        [command, *options, *script, str(run.run.font.path), f"--text={words}"],
        check=True,
        capture_output=True,
        text=True,
    )
    return json.loads(answer.stdout)


@pytest.mark.parametrize(("language", "sentence"), CASES)
def test_glyphs_equal_hb_shape(hb_shape: str, fonts: FontSet, language: str, sentence: str) -> None:
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
    shaped = shape(known.text, find_language(known.language), fonts)
    found = [glyph["g"] for run in shaped.runs for glyph in by_hb_shape(hb_shape, run, shaped.text, known.language)]
    assert tuple(found) == known.glyphs
    assert {run.run.font.sha256 for run in shaped.runs} == {known.font_sha256}, "a font changed: renew the known words"


def test_there_are_enough_sentences() -> None:
    assert {language: len(set(sentences)) >= 20 for language, sentences in SENTENCES.items()} == dict.fromkeys(
        LANGUAGES, True
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


def test_a_pair_of_quotes_comes_from_one_font(fonts: FontSet) -> None:
    assert [run for run in runs("«គយ»", "km", fonts) if run[0] in "«»"] == [
        ("«", "Noto Sans", "Latn"),
        ("»", "Noto Sans", "Latn"),
    ]


def test_a_pair_is_not_split_where_the_first_font_has_one_half(fonts: FontSet) -> None:
    latin, khmer = fonts.fonts
    half = type(latin)(
        family="Half",
        path=latin.path,
        face=0,
        axes={},
        sha256="0",
        units_per_em=latin.units_per_em,
        coverage=latin.coverage - {ord("»")},
        handle=latin.handle,
    )
    assert {family for _, family, _ in runs("«»", "en", FontSet((half, khmer)))} == {"Noto Sans Khmer"}


def test_a_mark_stays_with_its_letter(fonts: FontSet) -> None:
    assert runs("ê\u0306", "en", fonts) == [("ê\u0306", "Noto Sans", "Latn")]


@pytest.mark.parametrize("invisible", ["\u200b", "\u2060", "\ufeff", "\u200d"])
def test_what_draws_nothing_does_not_split_a_run(fonts: FontSet, invisible: str) -> None:
    assert runs(f"ខ្មែរ{invisible}ខ្មែរ", "km", fonts) == [(f"ខ្មែរ{invisible}ខ្មែរ", "Noto Sans Khmer", "Khmr")]


def test_what_draws_nothing_needs_no_font(fonts: FontSet) -> None:
    assert runs("\u200b", "en", fonts) == []


def test_a_character_no_font_has_is_named_and_not_drawn(fonts: FontSet) -> None:
    shaped = shape("A 😀 ก B", find_language("vi"), fonts)
    assert [str(missing) for missing in shaped.missing] == [
        "no font has '😀' (U+1F600 GRINNING FACE), character 3",
        "no font has 'ก' (U+0E01 THAI CHARACTER KO KAI), character 5",
    ]
    assert [glyph.cluster for run in shaped.runs for glyph in run.glyphs] == [0, 1, 3, 5, 6]


def test_a_control_character_has_no_name_and_is_reported(fonts: FontSet) -> None:
    missing = shape("a\x07", find_language("en"), fonts).missing
    assert [str(each) for each in missing] == ["no font has '\\x07' (U+0007 without a name), character 2"]


def test_a_damaged_character_is_reported(fonts: FontSet) -> None:
    assert [each.position for each in shape("a\ufffdb", find_language("en"), fonts).missing] == [1]


def test_a_mark_without_a_letter_is_found(fonts: FontSet) -> None:
    assert shape("ខ្មែរ \u17b6", find_language("km"), fonts).orphans == (5,)
    assert shape("ខ្មែរ", find_language("km"), fonts).orphans == ()
