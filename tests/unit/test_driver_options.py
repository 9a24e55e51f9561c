"""The options of the drivers as `playout drivers --json` tells them."""

import json

import pytest
from typer.testing import CliRunner

from playout.cli import app


def options() -> dict[str, dict[str, dict[str, object]]]:
    told = CliRunner().invoke(app, ["drivers", "--json"])
    assert told.exit_code == 0, told.output
    return {record["name"]: record["options"]["properties"] for record in json.loads(told.output)}


@pytest.mark.parametrize("name", ["ddp", "hdmi", "memory", "png"])
def test_every_option_is_described(name: str) -> None:
    assert [key for key, told in options()[name].items() if not told.get("description")] == []
