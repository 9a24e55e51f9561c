"""Where lines may be cut."""

import unicodedata
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from text_stage import CASES, SENTENCES

from playout.text.breaks import graphemes, line_breaks
from playout.text.languages import find_language


def pieces(text: str, locale: str) -> list[str]:
    return [text[start:end] for start, end in pairwise((0, *line_breaks(text, locale)))]


def test_a_khmer_word_is_not_cut_after_the_coeng_sign() -> None:
    assert pieces("ក្ស័ត្រ", "km") == ["ក្ស័ត្រ"]


@pytest.mark.parametrize("text", ["ព្រះមហាក្ស័ត្រខ្មែរ", "ក្ស័ត្រក្ស័ត្រ", "ស្ត្រីក្ស័ត្រ"])
def test_no_khmer_piece_ends_with_the_coeng_sign(text: str) -> None:
    assert not [piece for piece in pieces(text, "km") if piece.endswith("\u17d2")]


def test_khmer_is_cut_between_words_without_spaces() -> None:
    assert pieces("ច្រកទ្វារព្រំដែនអន្តរជាតិ", "km") == ["ច្រក", "ទ្វារ", "ព្រំដែន", "អន្តរជាតិ"]


def test_operators_offer_and_forbid_breaks() -> None:
    assert pieces("អាចយក", "km") == ["អាចយ", "ក"]
    assert pieces("អាច\u200bយ\u2060ក", "km") == ["អាច\u200b", "យ\u2060ក"]
    assert pieces("Lệ\u00a0Thanh mở", "vi") == ["Lệ\u00a0Thanh ", "mở"]


@pytest.mark.parametrize(
    "glued",
    [
        "07:00–18:00",
        "2013 - 2020",
        "1-2-3",
        "20 km/h",
        "35 °C",
        "5 kg",
        "50.000 ₫",
        "50.000 đồng",
        "$ 5",
        "៛ 5000",
        "៥ km",
        "US$ 5",
        "$ 5,000",
        "5,000 USD",
        "₭ 50.000",
        "50.000 ₭",
        "100 ฿",
        "3 m/s",
        "40 %",
        "100 CNY",
    ],
)
def test_numbers_stay_with_what_belongs_to_them(glued: str) -> None:
    assert pieces(f"a {glued} b", "vi") == ["a ", f"{glued} ", "b"]


@pytest.mark.parametrize(
    ("glued", "language"),
    [
        ("20公里", "zh"),
        ("20公里/小时", "zh"),
        ("2026年", "zh"),
        ("11月", "zh"),
        ("30吨", "zh"),
        ("100元", "zh"),
        ("07:00–18:00", "zh"),
        ("20 ກິໂລແມັດ", "lo"),
        ("50.000 ກີບ", "lo"),
        ("07:00–18:00", "lo"),
        ("២០ គីឡូម៉ែត្រ", "km"),
        ("២០ គីឡូក្រាម", "km"),
        ("៥០០០០ រៀល", "km"),
        ("៧–១៨", "km"),
    ],
)
def test_numbers_stay_with_their_unit_where_words_are_not_spaced(glued: str, language: str) -> None:
    start, end = 2, 2 + len(glued)
    found = line_breaks(f"、 {glued} 、", language)
    assert not [stop for stop in found if start < stop < end]
    assert start in found


CLOSING, OPENING = "，。！？；：、）》」』】”’…", "（《「『【“‘"


@pytest.mark.parametrize("sentence", SENTENCES["zh"])
def test_no_chinese_line_begins_or_ends_with_the_wrong_mark(sentence: str) -> None:
    lines = pieces(sentence, "zh")
    assert not [line for line in lines[1:] if line[0] in CLOSING]
    assert not [line for line in lines[:-1] if line[-1] in OPENING]
    assert len(lines) >= 2


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("ດ່ານຊາຍແດນສາກົນ", "lo", ["ດ່ານ", "ຊາຍແດນ", "ສາກົນ"]),
        ("请出示护照", "zh", ["请", "出", "示", "护", "照"]),
        ("ດ່ານ\u2060ຊາຍແດນ", "lo", ["ດ່ານ\u2060ຊາຍແດນ"]),
        ("国\u2060门\u200b好", "zh", ["国\u2060门\u200b", "好"]),
        ("Čư\u0306\u00a0Prông hmư\u0306", "jra", ["Čư\u0306\u00a0Prông ", "hmư\u0306"]),
    ],
)
def test_every_language_is_cut_between_its_words(text: str, language: str, expected: list[str]) -> None:
    assert pieces(text, find_language(language).locale) == expected


@pytest.mark.parametrize(("language", "sentence"), CASES)
def test_no_sentence_is_cut_inside_a_grapheme(language: str, sentence: str) -> None:
    locale = find_language(language).locale
    assert set(line_breaks(sentence, locale)) <= set(graphemes(sentence, locale))
    assert not [piece for piece in pieces(sentence, locale) if unicodedata.category(piece[0])[0] == "M"]


def test_a_word_that_only_begins_like_a_unit_may_move() -> None:
    assert pieces("20 khách", "vi") == ["20 ", "khách"]


def test_no_break_at_a_soft_hyphen_as_its_hyphen_is_not_drawn() -> None:
    assert pieces("inter\u00adnational gate", "en") == ["inter\u00adnational ", "gate"]
    assert pieces("a\u00ad", "en") == ["a\u00ad"]


def test_positions_count_code_points_beyond_the_first_plane() -> None:
    assert graphemes("😀a😀", "en") == [1, 2, 3]
    assert pieces("😀 a 😀 b", "en") == ["😀 ", "a ", "😀 ", "b"]


def test_an_empty_text_has_no_breaks() -> None:
    assert line_breaks("", "km") == []


@given(st.text(st.sampled_from("កខគ្រាំិុំ័ត្ស AếB\u0302\u0323😀0–9 \u200b\u2060\u00a0-.,()«»"), min_size=1))
def test_breaks_are_grapheme_boundaries_and_reach_the_end(text: str) -> None:
    found = line_breaks(text, "km")
    assert set(found) <= set(graphemes(text, "km"))
    assert found == sorted(set(found))
    assert found[-1] == len(text)
