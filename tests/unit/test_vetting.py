"""Fonts that somebody brought are tried out in a process of their own; whatever that ends with, the sign goes on."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from text_stage import FONTS

from playout.text import TextEngine, list_fonts
from playout.text.fonts import Font
from playout.text.probe import probe
from playout.vetting import FontVetting, load_vetted_fonts

THAI = next(font for font in FONTS.fonts if font.family == "Noto Sans Thai")
KHMER = next(font for font in FONTS.fonts if font.family == "Noto Sans Khmer")
LATIN = next(font for font in FONTS.fonts if font.family == "Noto Sans")
DATA = THAI.path.read_bytes()
CHAIN = """
[[font]]
family = "Noto Sans"
package = "fontpkg-noto-sans"
path = "fontpkg_noto_sans/files/NotoSans[wdth,wght].ttf"
axes = { wght = 700 }
"""


def python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


NEVER = python("raise SystemExit('was started')")


def test_a_whole_font_is_tried_out_once_and_remembered(tmp_path: Path) -> None:
    memory = tmp_path / "fonts.json"
    assert FontVetting(memory)(DATA, 0, None) == ""
    assert FontVetting(memory, NEVER)(DATA, 0, None) == ""
    assert "was started" in FontVetting(memory, NEVER)(DATA, 0, {"wght": 700})
    assert "was started" in FontVetting(memory, NEVER)(DATA[:-1], 0, None)
    assert "was started" in FontVetting(tmp_path / "other.json", NEVER)(DATA, 0, None)


@pytest.mark.parametrize(
    ("data", "reason"),
    [(b"no font", "not a font"), (DATA.replace(b"cmap", b"xxxx", 1), "has a glyph for no character")],
)
def test_what_is_wrong_with_a_font_is_told_and_remembered(tmp_path: Path, data: bytes, reason: str) -> None:
    memory = tmp_path / "fonts.json"
    assert FontVetting(memory)(data, 0, None) == reason
    assert FontVetting(memory, NEVER)(data, 0, None) == reason


def test_a_font_that_ends_the_process_is_refused_for_good(tmp_path: Path) -> None:
    memory = tmp_path / "fonts.json"
    ends = python("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)")
    assert FontVetting(memory, ends)(DATA, 0, None) == "makes the text engine fail (SIGSEGV)"
    assert FontVetting(memory, NEVER)(DATA, 0, None) == "makes the text engine fail (SIGSEGV)"


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", "takes more memory than may be used for it"),
        ("raise SystemExit('broken')", "cannot be tried out: broken"),
        ("raise SystemExit(7)", "cannot be tried out: 7"),
    ],
)
def test_what_another_try_may_find_otherwise_is_not_remembered(tmp_path: Path, code: str, reason: str) -> None:
    memory = tmp_path / "fonts.json"
    assert FontVetting(memory, python(code))(DATA, 0, None) == reason
    assert FontVetting(memory)(DATA, 0, None) == ""


def test_a_font_that_takes_for_ever_is_refused() -> None:
    waits = python("import sys, threading; sys.stdin.buffer.read(); threading.Event().wait()")
    assert FontVetting(None, waits, timeout_s=0.01)(DATA, 0, None) == "takes too long to draw"


def test_no_process_to_be_had_is_a_reason() -> None:
    assert FontVetting(None, ["/nowhere/python"])(DATA, 0, None).startswith("cannot be tried out: No such file")


@pytest.mark.parametrize("damage", [b"", b"{", b"[1]", b'{"a": 1}', b"\xff"])
def test_a_damaged_memory_is_no_memory(tmp_path: Path, damage: bytes) -> None:
    memory = tmp_path / "fonts.json"
    memory.write_bytes(damage)
    assert FontVetting(memory)(b"x", 0, None) == "not a font"
    assert list(json.loads(memory.read_bytes()).values()) == ["not a font"]


def test_without_a_place_to_remember_it_is_tried_out_each_time(tmp_path: Path) -> None:
    for memory in (None, tmp_path / "nowhere" / "fonts.json"):
        assert FontVetting(memory)(b"x", 0, None) == "not a font"
    assert not (tmp_path / "nowhere").exists()


def test_the_memory_does_not_grow_for_ever(tmp_path: Path) -> None:
    memory = tmp_path / "fonts.json"
    memory.write_text(json.dumps({str(number): "" for number in range(500)}))
    FontVetting(memory)(b"x", 0, None)
    kept = json.loads(memory.read_bytes())
    assert len(kept) == 200
    assert "not a font" in kept.values()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "fontset.toml").write_text(CHAIN, encoding="utf-8")
    return tmp_path


def test_the_sign_plays_without_a_font_that_is_refused_and_lists_it(folder: Path) -> None:
    shutil.copy(THAI.path, folder / "good.ttf")
    (folder / "bad.ttf").write_bytes(DATA[:3000])
    fonts = load_vetted_fonts(folder, folder / "fonts.json")
    assert [font.family for font in fonts.fonts] == ["Noto Sans", "Noto Sans Thai"]
    assert not TextEngine(fonts).line("Lệ Thanh ไทย", "vi", 30).findings
    (absent,) = fonts.absent
    assert absent.name == "bad.ttf"
    assert absent.reason
    last = list_fonts(folder, FontVetting(folder / "fonts.json"))[-1]
    assert (last.name, last.problem) == ("bad.ttf", absent.reason)


def test_a_named_font_of_the_folder_is_tried_out_and_one_of_a_package_is_not(folder: Path) -> None:
    shutil.copy(THAI.path, folder / "own.ttf")
    named = '[[font]]\nfamily = "Noto Sans Thai"\npath = "own.ttf"\naxes = { wght = 600 }\noptional = true\n'
    (folder / "fontset.toml").write_text(CHAIN + named, encoding="utf-8")
    load_vetted_fonts(folder, folder / "fonts.json")
    (key,) = json.loads((folder / "fonts.json").read_bytes())
    assert key.startswith(f'{THAI.sha256} 0 {{"wght": 600.0}} ')


@pytest.mark.parametrize("font", [THAI, LATIN], ids=lambda font: font.family)
def test_every_shipped_font_would_pass(font: Font) -> None:
    probe(font.path.read_bytes(), font.face, font.axes)


@pytest.mark.parametrize("font", [THAI, KHMER], ids=lambda font: font.family)
def test_no_damage_to_a_font_raises_anything_but_a_reason(font: Font) -> None:
    """200 damages in all. A process that ends is the vetting's to tell; here it must not be by an exception of ours."""
    runner = Path(__file__).parent / "fuzz_fonts.py"
    done = subprocess.run(
        [sys.executable, str(runner), str(font.path), str(font.face), "100"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    outcomes = json.loads(done.stdout)
    assert sum(outcomes.values()) == 100
    assert "raised" not in outcomes, done.stderr
    assert outcomes["taken"] >= 20
    assert outcomes["refused"] >= 10
