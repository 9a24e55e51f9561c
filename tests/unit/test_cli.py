"""The command line: where commands are found, what they load, how they fail."""

import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest
from typer.main import get_group
from typer.testing import CliRunner

from playout.cli import app
from playout.cli.output import writing
from playout.errors import PlayoutError


def test_each_command_lies_in_the_module_of_its_name() -> None:
    commands = get_group(app).commands
    assert {"run", "check", "import", "ctl"} <= set(commands)
    for name, command in commands.items():
        module = import_module("playout.cli.import_" if name == "import" else f"playout.cli.{name}")
        assert get_group(module.app).commands.keys() == (
            command.commands.keys() if hasattr(command, "commands") else {name}
        )


@pytest.mark.parametrize(
    ("words", "not_wanted"),
    [
        (["version"], {"fastapi", "uharfbuzz", "playout.engine", "playout.api", "playout.preflight"}),
        (["player", "--help"], {"typer", "rich", "playout.cli"}),
    ],
)
def test_a_command_loads_only_what_it_needs(words: list[str], not_wanted: set[str]) -> None:
    script = "import sys, atexit; sys.argv = ['playout', *sys.argv[1:]]\n"
    script += "atexit.register(lambda: print('LOADED', *sys.modules))\n"
    script += "from playout.__main__ import main; main()"
    ran = subprocess.run([sys.executable, "-c", script, *words], capture_output=True, text=True, check=True)
    _, _, loaded = ran.stdout.partition("LOADED ")
    assert "playout.__main__" in loaded.split()
    assert not_wanted & set(loaded.split()) == set()


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["resolve", "--at", "yesterday"], 78, "is no instant"),
        (["resolve", "--at", "2216-01-01T00:00:00+07:00"], 78, "lies too far away"),
        (["resolve", "--screen", "none-such"], 78, "none-such"),
        (["template", "fill", "none-such"], 1, "no template is called"),
        (["ctl", "status", "--state", "/nowhere"], 1, "no player runs"),
    ],
)
def test_an_error_is_told_with_its_exit_code(words: list[str], code: int, said: str) -> None:
    ran = CliRunner().invoke(app, words)
    assert ran.exit_code == code, ran.output
    assert said in ran.stderr
    assert "Traceback" not in ran.stderr


def test_a_file_that_cannot_be_written_is_named_with_a_remedy(tmp_path: Path) -> None:
    file = tmp_path / "none-such" / "sign.png"
    with pytest.raises(PlayoutError, match="cannot be written") as caught, writing(file):
        file.touch()
    assert str(file) in str(caught.value)
    assert "-o" in str(caught.value)
