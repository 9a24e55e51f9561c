"""`playout text explain` and `playout fonts`, as a person at the prompt sees them."""

import json
import shutil
from pathlib import Path

import pytest
from text_stage import FONTS
from typer.testing import CliRunner

from playout.cli import app
from playout.paths import shipped

RUNNER = CliRunner()


def run(*words: str) -> str:
    done = RUNNER.invoke(app, words)
    assert done.exit_code == 0, done.output
    return done.output


def test_nothing_of_a_hostile_text_reaches_the_terminal_as_a_command() -> None:
    told = run("text", "explain", "Mở\u200bcửa \u202e\x07\x1b[31m\x9b\ud800 😀", "--lang", "vi")
    assert not set("\u200b\u202e\x07\x1b\x9b") & set(told)
    assert "<U+200B>" in told
    assert "<U+001B>[31m" in told
    assert "character 8 is or makes right-to-left writing" in told
    assert "no font has '😀' (U+1F600 GRINNING FACE)" in told


def test_an_explanation_as_json_is_whole() -> None:
    told = json.loads(run("text", "explain", "ខ្មែរ 20 km/h", "--lang", "km", "--json"))
    assert told["pieces"] == ["ខ្មែរ ", "20 km/h"]


def test_fonts_that_were_brought_are_listed_with_what_is_wrong(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder, state = tmp_path / "fonts", tmp_path / "state"
    folder.mkdir()
    state.mkdir()
    shutil.copy(shipped("fonts") / "fontset.toml", folder)
    thai = next(font for font in FONTS.fonts if font.family == "Noto Sans Thai").path
    shutil.copy(thai, folder / "good.ttf")
    (folder / "noise.otf").write_bytes(b"no font")
    monkeypatch.setenv("PLAYOUT_FONTS", str(folder))
    monkeypatch.setenv("PLAYOUT_STATE", str(state))
    listed = json.loads(run("fonts", "--json"))
    good, noise = listed[-2:]
    assert (good["file"], good["problem"]) == (str(folder / "good.ttf"), "")
    assert (noise["name"], noise["problem"]) == ("noise.otf", "not a font")
    assert len(json.loads((state / "fonts.json").read_bytes())) == 2
