"""Fonts dropped into the folder: taken, listed, or refused with the reason; never a crash."""

import shutil
from pathlib import Path

import pytest
from text_stage import FONTS

from playout.text import TextEngine, list_fonts, load_fonts
from playout.text.loose import loose_fonts

CHAIN = """
[[font]]
family = "Noto Sans"
package = "fontpkg-noto-sans"
path = "fontpkg_noto_sans/files/NotoSans[wdth,wght].ttf"
axes = { wght = 700 }

[[font]]
family = "Nowhere"
path = "nowhere.ttf"
optional = true
advice = "find it"
"""
KHMER = next(font for font in FONTS.fonts if font.family == "Noto Sans Khmer")
THAI = next(font for font in FONTS.fonts if font.family == "Noto Sans Thai")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "fontset.toml").write_text(CHAIN, encoding="utf-8")
    return tmp_path


def test_a_dropped_font_is_asked_last_and_in_bold(folder: Path) -> None:
    shutil.copy(KHMER.path, folder / "b.ttf")
    shutil.copy(THAI.path, folder / "A.TTF")
    fonts = load_fonts(folder)
    assert [font.family for font in fonts.fonts] == ["Noto Sans", "Noto Sans Thai", "Noto Sans Khmer"]
    assert fonts.fonts[2].axes == {"wght": 700}
    assert fonts.primary.family == "Noto Sans"
    assert not TextEngine(fonts).line("ខ្មែរ ไทย", "km", 30).findings


def test_a_named_font_is_not_taken_twice(folder: Path) -> None:
    shutil.copy(KHMER.path, folder / "own.ttf")
    (folder / "fontset.toml").write_text('[[font]]\nfamily = "Noto Sans Khmer"\npath = "own.ttf"\n', encoding="utf-8")
    assert len(load_fonts(folder).fonts) == 1


def test_fonts_are_listed_with_what_they_can_do(folder: Path) -> None:
    shutil.copy(KHMER.path, folder / "own.ttf")
    (folder / "broken.otf").write_bytes(b"no font")
    (folder / "readme.txt").write_text("nothing")
    latin, own, nowhere, broken = list_fonts(folder)
    assert (latin.name, latin.languages, latin.scripts[0]) == ("Noto Sans", ("en", "vi", "jra", "bdq"), "Latn")
    assert (own.name, own.file, own.sha256) == ("Noto Sans Khmer", str(folder / "own.ttf"), KHMER.sha256)
    assert ("km" in own.languages, "Khmr" in own.scripts, own.faces) == (True, True, ("Noto Sans Khmer",))
    assert [(axis.tag, axis.lowest, axis.highest) for axis in own.axes] == [("wght", 100, 900), ("wdth", 62.5, 100)]
    assert own.place == (("wght", 700),)
    assert (own.glyphs, own.characters) == (673, 483)
    assert (nowhere.name, nowhere.remedy) == ("Nowhere", "find it")
    assert "No such file" in nowhere.problem
    assert (broken.name, broken.problem) == ("broken.otf", "not a font")
    assert broken.remedy == "take broken.otf away, or put a whole font in its place"


def reason(folder: Path, **limits: int) -> str:
    ((_, found),) = loose_fonts(folder, frozenset(), **limits)
    return found if isinstance(found, str) else ""


def test_a_file_that_is_too_large_is_refused_and_one_just_under_is_taken(folder: Path) -> None:
    size = shutil.copy(THAI.path, folder / "large.ttf").stat().st_size
    assert reason(folder, largest_file=size - 1) == f"larger than {size - 1:,} bytes"
    assert reason(folder, largest_file=size) == ""
    assert "more than" in reason(folder, largest_folder=size - 1)
    assert reason(folder, largest_folder=size) == ""


def test_what_is_no_file_is_refused_without_waiting_for_it(folder: Path) -> None:
    (folder / "folder.ttf").mkdir()
    assert reason(folder) == "not a file"
    (folder / "folder.ttf").rmdir()
    (folder / "zero.ttf").symlink_to("/dev/zero")
    assert reason(folder) == "not a file"
    (folder / "zero.ttf").unlink()
    (folder / "gone.ttf").symlink_to(folder / "nowhere")
    assert reason(folder) == "not a file"


@pytest.mark.parametrize(
    ("table", "reason_of"), [(b"cmap", "has a glyph for no character"), (b"glyf", "has no outlines to draw")]
)
def test_a_font_that_cannot_draw_is_refused(folder: Path, table: bytes, reason_of: str) -> None:
    (folder / "hollow.ttf").write_bytes(THAI.path.read_bytes().replace(table, b"xxxx", 1))
    assert reason(folder).startswith(reason_of)
