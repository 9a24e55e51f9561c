"""Numbers stay on one line with their groups, ranges, units, currencies and dates, in every language."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from text_stage import FONTS, SENTENCES, need

from playout.text.breaks import line_breaks
from playout.text.languages import LANGUAGES, find_language
from playout.text.layout import layout_block
from playout.text.shape import shape
from playout.text.strip import lay_out_strip

KEPT = [
    "50 000 ₫", "1 250 000 đồng", "1 250 000 000 000 đ", "50\u2009000 ₫", "2 500 kg", "12 345,50 USD", "៥០ ០០០ រៀល",
    "50 nghìn đồng", "1,2 triệu đồng", "2 tỷ đồng", "50.000 đồng/người", "20.000 đ/lượt", "5 USD/xe", "20 KM/H",
    "50.000 ĐỒNG", "VND 50.000", "VNĐ 50.000", "US$ 5", "US$5", "$5", "5$", "5 $", "₫ 50.000", "50.000₫", "50.000 VNĐ",
    "៛ 5000", "5000៛", "₭50.000", "100 ฿", "฿ 100", "¥ 100", "€ 5",
    "100 baht", "5,000 riels", "40.000 kip", "5 dollars",
    "07:00–18:00", "07:00 – 18:00", "07:00-18:00", "07:00~18:00", "7—18", "-5 °C", "2013 – 2020", "10 − 5", "1-2-3",
    "7 giờ", "7 giờ 30", "7h 30", "7 am", "7:30 p.m.", "30 phút", "24 tháng", "5 năm", "30 ngày",
    "ngày 22", "tháng 11", "năm 2026", "20 km/h", "3 m/s", "40 %", "35 °C", "35 ℃", "10 m²", "5 tấn", "5 ha", "50 l",
]  # fmt: skip
UNSPACED = {
    "zh": [
        "100元", "50万元", "100 元", "5000越南盾", "100美元", "人民币100", "人民币 100", "20公里/小时", "2026年",
        "3个月", "10人", "5 辆", "7:00～18:00", "1 000 000元",
    ],
    "lo": [
        "50.000 ກີບ", "50 000 ກີບ", "5 ໝື່ນກີບ", "2 ລ້ານກີບ", "10 ໂດລາ", "20 ກິໂລແມັດ", "7 ໂມງ 30", "30 ນາທີ", "5 ມື້",
        "ເດືອນ 11", "ປີ 2026", "ວັນທີ 22", "5 ປີ", "₭ 50.000", "໕໐ ກີບ",
    ],
    "km": [
        "៥០០០ រៀល", "5 000 រៀល", "៥ ម៉ឺនរៀល", "2 លានរៀល", "10 ដុល្លារ", "២០ គីឡូម៉ែត្រ", "7 ម៉ោង 30", "៣០ នាទី", "ខែ 11",
        "ឆ្នាំ ២០២៦", "ថ្ងៃទី 22", "5 ឆ្នាំ", "៛ 5000", "៧–១៨", "20 គ.ម",
    ],
}  # fmt: skip
AROUND = {"zh": "请 {} 请", "lo": "ດ່ານ {} ຊາຍແດນ", "km": "ច្រក {} ទ្វារ"}


def cuts(text: str, language: str) -> set[int]:
    return set(line_breaks(text, find_language(language).locale))


def assert_kept(kept: str, around: str, language: str) -> None:
    """It is in one piece, and may still be parted from what is around it."""
    text = unicodedata.normalize("NFC", around.format(kept))
    kept = unicodedata.normalize("NFC", kept)
    start = text.index(kept)
    found = cuts(text, language)
    assert not found & set(range(start + 1, start + len(kept))), sorted(found)
    assert start in found or start == 0
    assert {start + len(kept), start + len(kept) + 1} & found


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kept", KEPT)
def test_what_belongs_to_a_number_stays_with_it_in_every_language(kept: str, language: str) -> None:
    assert_kept(kept, AROUND.get(language, "xin {} xem"), language)


@pytest.mark.parametrize(("language", "kept"), [(code, kept) for code, each in UNSPACED.items() for kept in each])
def test_where_words_are_not_spaced(language: str, kept: str) -> None:
    assert_kept(kept, AROUND[language], language)


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("ngày 22 tháng 11 năm 2026", ["ngày 22 ", "tháng 11 ", "năm 2026"]),
        ("20 khách xin chờ", ["20 ", "khách ", "xin ", "chờ"]),
        ("20 mét", ["20 ", "mét"]),
        ("5 đồngg", ["5 ", "đồngg"]),
        ("năm 2026 100 khách", ["năm 2026 ", "100 ", "khách"]),
        ("50 kg 30 kg", ["50 kg ", "30 kg"]),
        ("50 \u200bkg", ["50 \u200b", "kg"]),
        ("1 \u200b250 000", ["1 \u200b", "250 000"]),
        ("1 250 0000", ["1 250 ", "0000"]),
        ("a 5 b 6", ["a ", "5 ", "b ", "6"]),
    ],
)
def test_and_nothing_more_is_kept_together(text: str, pieces: list[str]) -> None:
    at = sorted(cuts(text, "vi"))
    assert [text[start:end] for start, end in zip([0, *at], at, strict=False)] == pieces


def test_a_row_of_many_numbers_may_still_be_cut() -> None:
    row = " ".join(["113", "114", "115"] * 20)
    assert max(b - a for a, b in zip([0, *sorted(cuts(row, "vi"))], sorted(cuts(row, "vi")), strict=False)) <= 20


DIGITS = st.sampled_from(["0123456789", "០១២៣៤៥៦៧៨៩", "໐໑໒໓໔໕໖໗໘໙"])
SPACE = st.sampled_from(["", " ", "\u00a0", "\u2009", "\u202f"])


@st.composite
def numbers(draw: st.DrawFn) -> str:
    """A number as people write it, with its groups and decimals."""
    digits, value = draw(DIGITS), draw(st.integers(0, 10**12))
    written = draw(st.sampled_from(["{:d}", "{:,d}"])).format(value)
    written = written.replace(",", draw(st.sampled_from([".", ",", " ", "\u2009", "\u00a0"])))
    if draw(st.booleans()):
        written += draw(st.sampled_from([".", ","])) + str(draw(st.integers(0, 99)))
    return written.translate({ord("0") + number: digit for number, digit in enumerate(digits)})


@st.composite
def measures(draw: st.DrawFn) -> str:
    """A number with a unit or currency, or a range of numbers."""
    number, space = draw(numbers()), draw(SPACE)
    match draw(st.integers(0, 3)):
        case 0:
            return (
                number + space + draw(st.sampled_from(["km/h", "kg", "₫", "đồng", "VND", "USD", "៛", "₭", "%", "°C"]))
            )
        case 1:
            return number + space + draw(st.sampled_from(["元", "万元", "公里", "ກີບ", "ກິໂລແມັດ", "រៀល", "គីឡូម៉ែត្រ"]))
        case 2:
            return draw(st.sampled_from(["US$", "$", "₫", "VND", "៛", "₭", "¥"])) + space + number
        case _:
            return number + space + draw(st.sampled_from("-–—−")) + space + draw(numbers())


@settings(max_examples=400, deadline=None)
@given(
    measures(),
    st.sampled_from(sorted(LANGUAGES)),
    st.sampled_from(["{} xin", "xin {} xin", "xin {}", "（{}）", "国 {} 国"]),
)
def test_no_number_is_parted_from_what_belongs_to_it(measure: str, language: str, around: str) -> None:
    text = around.format(measure)
    start = text.index(measure)
    assert not cuts(text, language) & set(range(start + 1, start + len(measure)))


@settings(max_examples=120, deadline=None)
@given(measures(), st.sampled_from(sorted(SENTENCES)), st.integers(0, 19), st.integers(120, 600))
def test_no_line_of_a_layout_parts_a_number_that_fits(measure: str, key: str, number: int, width: int) -> None:
    language = "vi" if key == "thai_names" else key
    need(SENTENCES[key][number], language)
    need(measure, "zh")
    row = find_language(language)
    strip = lay_out_strip(shape(f"{SENTENCES[key][number]} {measure} {SENTENCES[key][0]}", row, FONTS), row)
    layout = layout_block(strip, width, 22)
    start = strip.shaped.text.index(unicodedata.normalize("NFC", measure))
    inside = range(start + 1, start + len(measure))
    if not any(begin < at < end for begin, end in layout.cut for at in inside):
        assert not [line for line in layout.lines if line.start in inside or line.end in inside]
