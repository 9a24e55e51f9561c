"""Finding drivers and building sinks: mistakes are lines, broken drivers are records."""

import sys
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from playout.driver import FrameSink
from playout.errors import ConfigError
from playout.model.frame import Size
from playout.model.panel import Screen
from playout.registry import DriverStatus, build_sink, find_drivers

SIZE = Size(8, 4)
GROUP = "playout.drivers"
GOOD = EntryPoint("memory", "playout_drivers.memory.driver:SPEC", GROUP)


@pytest.fixture
def entries(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[EntryPoint]:
    """A good driver beside one that fails at import, one that is not there, and one that is something else."""
    (tmp_path / "driver_that_raises.py").write_text("raise RuntimeError('no licence')\n")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "driver_that_raises", raising=False)
    return [
        GOOD,
        EntryPoint("angry", "driver_that_raises:SPEC", GROUP),
        EntryPoint("gone", "driver_that_is_not_there:SPEC", GROUP),
        EntryPoint("odd", "playout_drivers.memory.driver:MemorySink", GROUP),
    ]


def build(screen: Screen, entries: list[EntryPoint] | None = None) -> FrameSink:
    return build_sink(screen, SIZE, lambda: False, entries)


def problems(screen: Screen, entries: list[EntryPoint] | None = None) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        build(screen, entries)
    return sorted(caught.value.problems)


def test_our_drivers_are_installed_and_whole():
    records = {record.name: record for record in find_drivers()}
    assert {"memory", "png", "ddp", "hdmi"} <= set(records)
    for name in ("memory", "png", "ddp", "hdmi"):
        record = records[name]
        assert (record.status, record.distribution, record.reason) == (DriverStatus.OK, "playout", "")
        assert record.spec is not None
        assert record.spec.name == name
        assert record.spec.evidence


def test_broken_drivers_are_records(entries: list[EntryPoint]):
    found = {record.name: (record.status, record.reason) for record in find_drivers(entries)}
    assert found == {
        "memory": (DriverStatus.OK, ""),
        "angry": (DriverStatus.BROKEN, "RuntimeError: no licence"),
        "gone": (DriverStatus.BROKEN, "ModuleNotFoundError: No module named 'driver_that_is_not_there'"),
        "odd": (DriverStatus.BROKEN, "playout_drivers.memory.driver:MemorySink is not a DriverSpec"),
    }


def test_a_broken_driver_fails_only_when_it_is_selected(entries: list[EntryPoint]):
    assert build(Screen("main", "memory"), entries) is not None
    (line,) = problems(Screen("main", "angry"), entries)
    assert "cannot be loaded: RuntimeError: no licence" in line


def test_an_unknown_driver_suggests_a_known_one():
    assert problems(Screen("main", "hmdi")) == ["screens.main.sink: no driver is called 'hmdi'; did you mean 'hdmi'?"]
    assert problems(Screen("main", "xyz"), [GOOD]) == ["screens.main.sink: no driver is called 'xyz'; known: memory"]


def test_a_driver_offered_twice_is_ambiguous():
    (line,) = problems(Screen("main", "memory"), [GOOD, GOOD])
    assert "remove one of them" in line


def test_every_mistake_in_the_options_is_listed():
    assert problems(Screen("left", "ddp", options={"hots": "10.0.0.1", "port": 70_000, "destination": 250})) == [
        "screens.left.options.destination: input should be less than or equal to 249 (got 250)",
        "screens.left.options.host: missing; it must be given",
        "screens.left.options.hots: unknown key; did you mean 'host'?",
        "screens.left.options.port: input should be less than or equal to 65535 (got 70000)",
    ]


def test_options_reach_the_sink(tmp_path: Path):
    sink = build(Screen("main", "png", options={"folder": str(tmp_path / "made")}))
    sink.open()
    sink.close()
    assert (tmp_path / "made").is_dir()
