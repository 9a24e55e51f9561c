"""All benchmarks of the whole in one table, then those of the parts: `python -m benchmarks [--quick]`."""

import argparse
from collections.abc import Iterator

from benchmarks import compose, drivers, lateness, led, memory, override, schedule, start, text
from benchmarks.rig import Row, print_machine, print_rows


def _rows(*, quick: bool) -> Iterator[Row]:
    yield from start.measure(3 if quick else 7)
    yield from override.measure(10 if quick else 100)
    yield from memory.measure(5 if quick else 60)
    yield from lateness.measure(*(1, 10) if quick else (5, 60))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a minute in all; says little about rare events")
    quick = parser.parse_args().quick
    print_machine()
    print_rows(_rows(quick=quick))
    print_machine()
    if not quick:
        for part in (compose, led, drivers, text, schedule):
            print()
            part.main()


if __name__ == "__main__":
    main()
