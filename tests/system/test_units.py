"""The units, users and folders that ship, judged by systemd's own tools."""

import configparser
import subprocess
import sys
from pathlib import Path

import pytest
from peers import need_program

from playout.paths import shipped

SYSTEMD = shipped("config") / "systemd"
SERVICES = ("playout-player@.service", "playout-control.service", "playout-media.service")
EXPOSURE_LIMIT = {"playout-player@.service": 22, "playout-control.service": 20, "playout-media.service": 20}
"""In tenths, as `systemd-analyze security` counts: 9.6 for a bare unit. It counts three times that the player may ask
for the state of the clock, as if it could set it, which takes a capability that no program here has."""

pytestmark = pytest.mark.system


class _Unit(configparser.RawConfigParser):
    """A unit file; a setting that comes again replaces the one before it."""

    def optionxform(self, optionstr: str) -> str:
        return optionstr


def settings(name: str) -> dict[str, str]:
    unit = _Unit(strict=False, delimiters=("=",))
    unit.read(SYSTEMD / name, encoding="utf-8")
    return {**unit["Unit"], **unit["Service"]}


@pytest.fixture(scope="module")
def units(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The units with a program that exists in place of the installed one."""
    folder = tmp_path_factory.mktemp("units")
    for path in (*SYSTEMD.glob("*.service"), *SYSTEMD.glob("*.target")):
        text = path.read_text(encoding="utf-8").replace("/opt/playout/bin/playout", sys.executable)
        (folder / path.name).write_text(text, encoding="utf-8")
    return folder


def run(program: str, *words: str | Path) -> subprocess.CompletedProcess[str]:
    """Runs one of systemd's tools."""
    command = [need_program(program, "systemd"), *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_systemd_finds_nothing_to_say(units: Path) -> None:
    told = run("systemd-analyze", "verify", "--man=no", units / "playout.target", *(units / name for name in SERVICES))
    ours = [line for line in told.stderr.splitlines() if "playout" in line]
    assert (told.returncode, ours) == (0, [])


@pytest.mark.parametrize("name", SERVICES)
def test_exposure_stays_under_the_limit(units: Path, name: str) -> None:
    told = run("systemd-analyze", "security", "--offline=true", f"--threshold={EXPOSURE_LIMIT[name]}", units / name)
    assert told.returncode == 0, told.stdout


@pytest.mark.parametrize("name", SERVICES)
def test_restarted_for_ever_and_watched_and_waiting_for_nothing(name: str) -> None:
    unit = settings(name)
    wanted = {"Type": "notify", "Restart": "always", "RestartSec": "1", "StartLimitIntervalSec": "0"}
    assert wanted.items() <= unit.items()
    assert int(unit["WatchdogSec"]) > 0
    assert not {"After", "Wants", "Requires"} & unit.keys()
    verb = name.removeprefix("playout-").partition("@")[0].removesuffix(".service")
    assert unit["ExecStart"].startswith(f"/opt/playout/bin/playout {verb} ")


@pytest.mark.parametrize("name", ["playout-player@.service", "playout-control.service"])
def test_whether_a_time_server_keeps_the_clock_may_be_asked(name: str) -> None:
    text = (SYSTEMD / name).read_text(encoding="utf-8")
    lines = [line.partition("=")[2] for line in text.splitlines() if line.startswith("SystemCallFilter=")]
    assert lines == ["@system-service", "~@privileged", "adjtimex clock_adjtime"], "the last one has the last word"
    unit = settings(name)
    assert "ProtectClock" not in unit, "it refuses the question too"
    assert unit["CapabilityBoundingSet"] == "", "nobody sets the clock"


def test_media_reaches_no_network() -> None:
    unit = settings("playout-media.service")
    assert (unit["PrivateNetwork"], unit["RestrictAddressFamilies"]) == ("yes", "AF_UNIX")
    assert (unit["PrivateDevices"], unit["CapabilityBoundingSet"]) == ("yes", "")


def test_the_player_may_take_real_time_priority_but_not_run_away() -> None:
    unit = settings("playout-player@.service")
    assert unit["LimitRTPRIO"] == "20"
    assert unit["LimitRTTIME"] == "1s"
    assert "RestrictRealtime" not in unit


def test_users_share_one_group(tmp_path: Path) -> None:
    (tmp_path / "etc").mkdir()
    told = run("systemd-sysusers", f"--root={tmp_path}", SYSTEMD / "sysusers.conf")
    assert told.returncode == 0, told.stderr
    groups = dict(line.split(":x:") for line in (tmp_path / "etc/group").read_text().splitlines())
    members = groups["playout"].partition(":")[2].split(",")
    assert sorted(members) == ["playout-control", "playout-media", "playout-player"]
    assert "playout-ops" in groups
    assert {settings(name)["User"] for name in SERVICES} == set(members)
    assert {settings(name)["Group"] for name in SERVICES} == {"playout"}
    assert {line.split()[3] for line in _folders()} <= {"root", *members}


def test_every_folder_keeps_its_group_and_shuts_others_out() -> None:
    for line in _folders():
        _, path, mode, _, group, *_ = line.split()
        assert group == "playout", path
        assert int(mode, 8) & 0o2007 == 0o2000, path


def _folders() -> list[str]:
    lines = (SYSTEMD / "tmpfiles.conf").read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line.startswith("d ")]
