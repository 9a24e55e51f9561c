"""The font chain: what is opened, what is refused, and with which words."""

import tracemalloc
from dataclasses import replace
from pathlib import Path

import pytest
from text_stage import FONTS, need

from playout.errors import ContentError
from playout.paths import shipped
from playout.text import FontSet, language_fonts, load_fonts
from playout.text.languages import LANGUAGES
from playout.text.selftest import WORDS, selftest

KHMER = """
[[font]]
family = "Noto Sans Khmer"
package = "fontpkg-noto-sans-khmer"
path = "fontpkg_noto_sans_khmer/files/NotoSansKhmer[wdth,wght].ttf"
"""


def load(folder: Path, text: str) -> FontSet:
    (folder / "fontset.toml").write_text(text, encoding="utf-8")
    return load_fonts(folder)


def refusal(folder: Path, text: str) -> ContentError:
    with pytest.raises(ContentError) as caught:
        load(folder, text)
    return caught.value


@pytest.fixture(scope="module")
def fonts() -> FontSet:
    return FONTS


def test_the_shipped_chain_opens(fonts: FontSet) -> None:
    need("", "lo")
    need("", "zh")
    assert [font.family for font in fonts.fonts] == [
        "Noto Sans",
        "Noto Sans Khmer",
        "Noto Sans Lao",
        "Noto Sans Thai",
        "Noto Sans CJK SC",
    ]
    assert fonts.absent == ()
    assert fonts.primary is fonts.fonts[0]
    assert {ord("ế"), ord("Ệ"), ord("đ"), ord("₫")} <= fonts.fonts[0].coverage
    assert {0x1780, 0x17D2} <= fonts.fonts[1].coverage


def test_the_hash_tells_files_order_and_weight_apart(tmp_path: Path, fonts: FontSet) -> None:
    light, bold = load(tmp_path, KHMER), load(tmp_path, KHMER + "axes = { wght = 700 }\n")
    backward = FontSet(fonts.fonts[::-1])
    assert len({fonts.sha256, backward.sha256, light.sha256, bold.sha256}) == 4
    assert load_fonts(shipped("fonts")).sha256 == fonts.sha256


def test_a_font_beside_the_list_is_found(tmp_path: Path, fonts: FontSet) -> None:
    (tmp_path / "own.ttf").write_bytes(fonts.fonts[1].path.read_bytes())
    own = load(tmp_path, '[[font]]\nfamily = "Noto Sans Khmer"\npath = "own.ttf"\n')
    assert own.fonts[0].sha256 == fonts.fonts[1].sha256


def test_a_missing_list_is_named(tmp_path: Path) -> None:
    with pytest.raises(ContentError, match=r"fontset\.toml: No such file"):
        load_fonts(tmp_path)


def test_a_missing_package_is_named_with_the_advice(tmp_path: Path) -> None:
    error = refusal(tmp_path, '[[font]]\nfamily = "X"\npackage = "no-such-fonts"\npath = "x.ttf"\nadvice = "get it"\n')
    assert error.message == "font 'X': x.ttf of package no-such-fonts: the package is not installed"
    assert error.hint == "get it"


def test_a_missing_file_is_named_with_its_package(tmp_path: Path) -> None:
    error = refusal(tmp_path, KHMER.replace("[wdth,wght]", ""))
    assert "NotoSansKhmer.ttf of package fontpkg-noto-sans-khmer: No such file" in error.message
    assert error.hint


@pytest.mark.parametrize("junk", [b"", b"not a font", b"\x00\x01\x00\x00\x00\x10" + bytes(300)])
def test_a_file_that_is_no_font_is_refused(tmp_path: Path, junk: bytes) -> None:
    (tmp_path / "junk.ttf").write_bytes(junk)
    error = refusal(tmp_path, '[[font]]\nfamily = "X"\npath = "junk.ttf"\n')
    assert error.message == "font 'X': junk.ttf: not a font"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ("face = 3\n", "has no face 3"),
        ("axes = { opsz = 3 }\n", "has no axis 'opsz'"),
        ("axes = { wght = 7000 }\n", "axis 'wght' goes from 100.0 to 900.0, not to 7000.0"),
        ("weight = 700\n", "weight: unknown key"),
    ],
)
def test_a_wrong_entry_is_refused(tmp_path: Path, change: str, words: str) -> None:
    assert words in refusal(tmp_path, KHMER + change).message


def test_another_family_is_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path, KHMER.replace('"Noto Sans Khmer"', '"Khmer OS"')).message.endswith("is 'Noto Sans Khmer'")


@pytest.mark.parametrize("text", ["", "font = []", "[[font]", "[[font]]\nfamily = 'X'"])
def test_a_wrong_list_is_refused(tmp_path: Path, text: str) -> None:
    assert "fontset.toml" in refusal(tmp_path, text).message


def test_the_selftest_passes_with_the_shipped_fonts(fonts: FontSet) -> None:
    selftest(fonts)


def test_the_selftest_tells_a_broken_shaper_from_another_font(fonts: FontSet) -> None:
    wrong = [replace(word, glyphs=word.glyphs[::-1]) for word in WORDS]
    with pytest.raises(ContentError, match=r"shapes the km word .* wrongly with the known font"):
        selftest(fonts, wrong)
    others = (replace(font, source=font.path.read_bytes() + b" ") for font in fonts.fonts)
    selftest(FontSet(tuple(others)), wrong)


def test_the_selftest_refuses_a_chain_without_a_language(fonts: FontSet) -> None:
    with pytest.raises(ContentError, match="cannot show the km word"):
        selftest(FontSet(fonts.fonts[:1]))


def test_the_selftest_leaves_out_a_language_whose_optional_font_is_absent(fonts: FontSet) -> None:
    rest = tuple(font for font in fonts.fonts if font.family != "Noto Sans Lao")
    selftest(FontSet(rest))
    wrong = [replace(word, optional=False) for word in WORDS]
    with pytest.raises(ContentError, match="cannot show the lo word"):
        selftest(FontSet(rest), wrong)


OPTIONAL = """
[[font]]
family = "Noto Sans CJK SC"
path = "/usr/share/fonts/nowhere/NotoSansCJK-Bold.ttc"
face = 2
optional = true
languages = ["zh"]
advice = "apt-get install fonts-noto-cjk; the offline bundle carries it"
"""


def test_an_optional_font_that_is_missing_stops_nothing_and_is_named(tmp_path: Path) -> None:
    fonts = load(tmp_path, KHMER + OPTIONAL)
    assert [font.family for font in fonts.fonts] == ["Noto Sans Khmer"]
    assert language_fonts(fonts, "km") is None
    problem = language_fonts(fonts, "zh")
    assert problem is not None
    assert problem.code == "text.no_font"
    assert str(problem) == (
        "no font for Chinese (zh): Noto Sans CJK SC: /usr/share/fonts/nowhere/NotoSansCJK-Bold.ttc:"
        " No such file or directory; apt-get install fonts-noto-cjk; the offline bundle carries it"
    )
    assert "add a font" in str(language_fonts(fonts, "lo"))


def test_an_optional_font_that_is_damaged_stops_nothing(tmp_path: Path) -> None:
    (tmp_path / "cut.ttc").write_bytes(b"ttcf\x00\x01\x00\x00\x00\x00\x00\x0a")
    fonts = load(tmp_path, KHMER + OPTIONAL.replace("/usr/share/fonts/nowhere/NotoSansCJK-Bold.ttc", "cut.ttc"))
    assert [absent.reason for absent in fonts.absent] == ["cut.ttc: not a font"]


def test_without_any_font_there_is_no_sign(tmp_path: Path) -> None:
    with pytest.raises(ContentError, match="none of the fonts is there"):
        load(tmp_path, OPTIONAL)


def test_the_shipped_languages_can_be_set(fonts: FontSet) -> None:
    for language in LANGUAGES:
        need("", language)
        assert language_fonts(fonts, language) is None


def test_the_large_font_is_mapped_and_not_read(fonts: FontSet) -> None:
    need("", "zh")
    tracemalloc.start()
    try:
        load_fonts(shipped("fonts"))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 4_000_000
    (large,) = (font for font in fonts.fonts if font.face)
    assert large.source == large.path
