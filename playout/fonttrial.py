"""The font trial: opens the font on standard input and says on standard output what is wrong with it.

`python -m playout.fonttrial '[FACE, AXES]'`, run by `playout.vetting`. It limits its own memory and CPU time, and
may well be ended by the font.
"""

import json
import resource
import sys

from playout.text.probe import probe
from playout.vetting import TOO_MUCH

__all__ = ["main"]

_CPU_S = 60
_ADDRESSES = 1_500_000_000  # a font has 64 MB at most, and is copied; the rest is Python with numpy


def main() -> None:
    """Tries out one face of the font at a place of its axes, null for bold; prints nothing if nothing is wrong."""
    face, axes = json.loads(sys.argv[1])
    data = sys.stdin.buffer.read()
    resource.setrlimit(resource.RLIMIT_CPU, (_CPU_S, _CPU_S + 5))
    _, most = resource.getrlimit(resource.RLIMIT_AS)
    limit = _ADDRESSES if most == resource.RLIM_INFINITY else min(_ADDRESSES, most)
    resource.setrlimit(resource.RLIMIT_AS, (limit, most))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        probe(data, face, axes)
    except ValueError as error:
        sys.stdout.write(str(error))
    except MemoryError:
        sys.stdout.write(TOO_MUCH)


if __name__ == "__main__":
    main()
