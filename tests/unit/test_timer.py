"""The tick grid: numbers never repeat or go back, instants follow the wall clock."""

from itertools import pairwise

from playout.engine.lateness import Lateness
from playout.engine.timer import TickGrid

S = 10**9


class FakeClock:
    def __init__(self, utc_ns: int, monotonic_ns: int) -> None:
        self.utc, self.monotonic = utc_ns, monotonic_ns

    def utc_ns(self) -> int:
        return self.utc

    def monotonic_ns(self) -> int:
        return self.monotonic

    def boot_id(self) -> str:
        return "boot"

    def pass_ns(self, ns: int) -> None:
        self.utc += ns
        self.monotonic += ns


def test_instants_lie_on_multiples_of_the_period_in_utc() -> None:
    clock = FakeClock(1_700_000_000 * S + 123_456_789, 5 * S + 7)
    grid = TickGrid(60, clock)
    assert grid.due_ns >= clock.utc
    for _ in range(120):
        assert grid.due_ns == (grid.due_ns * 60 + 59) // S * S // 60
        clock.pass_ns(grid.deadline_ns - clock.monotonic)
        assert abs(clock.utc - grid.due_ns) <= 1
        assert grid.advance() == 0


def test_a_late_tick_skips_what_is_over_and_counts_it() -> None:
    clock = FakeClock(1_700_000_000 * S, 100 * S)
    grid = TickGrid(50, clock)
    first = grid.tick
    clock.pass_ns(grid.deadline_ns - clock.monotonic + 70_000_000)
    assert grid.advance() == 2  # 20 and 40 ms after the tick are over by more than a period, 60 ms is not
    assert grid.tick == first + 3


def test_a_step_of_the_wall_clock_moves_instants_not_numbers() -> None:
    clock = FakeClock(1_700_000_000 * S, 100 * S)
    grid = TickGrid(60, clock)
    for step in (-3600 * S, 3600 * S + 123_000_000, -50_000_000):
        tick, deadline = grid.tick, grid.deadline_ns
        assert not grid.resync()
        clock.utc += step
        assert grid.resync()
        assert grid.tick == tick
        assert 0 <= grid.deadline_ns - deadline < S // 60 + 2
        assert abs(grid.due_ns - clock.utc - (grid.deadline_ns - clock.monotonic)) <= 1
        assert not grid.resync()


def test_a_new_player_goes_on_with_higher_numbers() -> None:
    clock = FakeClock(1_700_000_000 * S, 100 * S)
    old = TickGrid(60, clock)
    clock.pass_ns(S)
    assert TickGrid(60, clock).tick > old.tick + 50


def test_lateness_knows_its_percentile() -> None:
    late = Lateness()
    for us in range(1000):
        late.add(us * 1000, 0)
    late.add(0, 2)
    assert late.p99_us() in range(985, 995)
    assert late.missed == 2


def test_numbers_and_instants_go_on_past_what_32_bits_count() -> None:
    for counted in (2**31 * 1_000_000, 2**32 * 1_000_000, 2**31 * S, 2**32 * S // 60):  # ms, s, frames
        clock = FakeClock(1_700_000_000 * S, counted - S)
        grid = TickGrid(60, clock)
        ticks, due = [grid.tick], [grid.due_ns]
        for _ in range(120):
            clock.pass_ns(grid.deadline_ns - clock.monotonic)
            assert grid.advance() == 0
            ticks.append(grid.tick)
            due.append(grid.due_ns)
        assert clock.monotonic > counted
        assert ticks == list(range(ticks[0], ticks[0] + 121))
        assert all(S // 60 <= later - earlier <= S // 60 + 1 for earlier, later in pairwise(due))
