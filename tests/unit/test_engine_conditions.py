"""The conditions of a player: a stepped clock, a silent control, what a boot ended."""

from pathlib import Path

import pytest
from engine_stage import NOW_NS, SECOND_NS

from playout.api.main import Alive
from playout.engine.conditions import PlayerConditions
from playout.ipc.alive import SILENT_NS, write_alive
from playout.model.boot import Boot
from playout.model.recovery import PowerLoss, Recovery
from playout.model.trust import ClockTrust
from playout.paths import Paths
from playout.store.asrun import AsRunFile, Moment, Run, read_loss


class FakeClock:
    """Both clocks stand still until they are moved."""

    def __init__(self) -> None:
        self.utc, self.boot = NOW_NS, 5000 * SECOND_NS

    def utc_ns(self) -> int:
        return self.utc

    def monotonic_ns(self) -> int:
        return self.boot

    def boottime_ns(self) -> int:
        return self.boot

    def boot_id(self) -> str:
        return "now"

    def pass_ns(self, ns: int) -> None:
        self.utc += ns
        self.boot += ns


def test_nothing_new_is_the_same_value_also_where_the_clocks_wander_a_little(tmp_path: Path) -> None:
    clock = FakeClock()
    conditions = PlayerConditions(clock, tmp_path, Recovery())
    first = conditions()
    assert first.boot == Boot("now", NOW_NS - 5000 * SECOND_NS)
    clock.pass_ns(SECOND_NS)
    clock.utc += 2_000_000
    assert conditions() == first


def test_a_step_of_the_wall_clock_is_followed(tmp_path: Path) -> None:
    clock = FakeClock()
    conditions = PlayerConditions(clock, tmp_path, Recovery())
    clock.utc -= 3600 * SECOND_NS
    assert conditions().boot.utc_ns(clock.boot) == clock.utc


def test_control_is_lost_after_a_silence_and_there_again_at_the_first_sign(tmp_path: Path) -> None:
    clock = FakeClock()
    write_alive(tmp_path, clock)
    began, conditions = clock.boot, PlayerConditions(clock, tmp_path, Recovery())
    clock.pass_ns(SILENT_NS)
    assert conditions().link_lost_boot_ns is None
    clock.pass_ns(1)
    for each in (conditions, PlayerConditions(clock, tmp_path, Recovery())):  # a player that starts knows the same
        assert each().link_lost_boot_ns == began
    write_alive(tmp_path, clock)
    assert conditions().link_lost_boot_ns is None


@pytest.mark.parametrize("said", ["before 6000000000000", "now", "now never", "", "\0\0"])
def test_a_sign_of_another_boot_or_none_at_all_means_silence_since_the_boot(tmp_path: Path, said: str) -> None:
    (tmp_path / "control.alive").write_text(said, "ascii")
    assert PlayerConditions(FakeClock(), tmp_path, Recovery())().link_lost_boot_ns == 0


def test_control_says_every_few_seconds_that_it_lives(tmp_path: Path) -> None:
    clock, paths = FakeClock(), Paths(tmp_path, tmp_path, tmp_path, tmp_path, tmp_path)
    paths.air.mkdir()
    conditions, alive = PlayerConditions(clock, paths.air, Recovery()), Alive(paths, clock)
    for _ in range(60):
        alive()
        assert conditions().link_lost_boot_ns is None
        clock.pass_ns(SECOND_NS)


def test_how_long_a_loss_lasted_is_not_known_while_the_clock_is_in_doubt(tmp_path: Path) -> None:
    conditions = PlayerConditions(FakeClock(), tmp_path, Recovery(), PowerLoss(SECOND_NS, 9))
    assert conditions().power_loss == PowerLoss(SECOND_NS, 9)
    conditions.trust = ClockTrust(trusted=False)
    assert conditions().power_loss == PowerLoss(SECOND_NS, None)


def _run(file: AsRunFile, boot: str, utc_s: int, boot_s: int, alive_s: int) -> None:
    start = Moment(utc_s * SECOND_NS, boot_s * SECOND_NS, 1)
    number, _ = file.begin(Run(boot, 7, "1", start))
    alive = Moment((utc_s + alive_s) * SECOND_NS, (boot_s + alive_s) * SECOND_NS, 2)
    file.write((), number, alive, None)


def test_the_journal_tells_what_the_boot_ended(tmp_path: Path) -> None:
    path, boot = tmp_path / "asrun.db", Boot("now", 1000 * SECOND_NS)
    assert read_loss(path, boot, 0) is None
    file = AsRunFile(path)
    _run(file, "before", 100, 50, 60)  # alive until 160
    assert read_loss(path, boot, 30 * SECOND_NS) == PowerLoss(30 * SECOND_NS, (1030 - 160) * SECOND_NS)
    _run(file, "now", 1020, 20, 5)
    assert read_loss(path, boot, 99 * SECOND_NS) == PowerLoss(20 * SECOND_NS, (1020 - 160) * SECOND_NS)
    assert read_loss(path, Boot("before", 50 * SECOND_NS), 0) is not None, "another boot was there since"
    assert read_loss(path, Boot("now", 100 * SECOND_NS), 99 * SECOND_NS) == PowerLoss(20 * SECOND_NS, None)
    file.close()
    path.write_bytes(b"\0" * 9999)
    assert read_loss(path, boot, 0) is None
