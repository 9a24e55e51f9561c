"""Damages a real font in many ways and tries out each of the results, every one in a process of its own with a limit on
memory and time, as a native library may fail. Prints one JSON object: how often each thing happened.

`python fuzz_fonts.py FONT FACE COUNT`: the same COUNT damages each time.
"""

import json
import os
import random
import resource
import struct
import sys
from collections import Counter
from pathlib import Path

from playout.text import TextEngine
from playout.text.fontfile import bold_place, open_font
from playout.text.fonts import FontSet
from playout.text.probe import probe

_ADDRESSES, _CPU_S = 1_500_000_000, 20
_TABLES = (
    "glyf",
    "loca",
    "CFF ",
    "GSUB",
    "GPOS",
    "GDEF",
    "cmap",
    "gvar",
    "fvar",
    "avar",
    "HVAR",
    "head",
    "maxp",
    "hmtx",
    "name",
)
_TEXTS = ("ខ្មែរ ស្ត្រី ក្ស័ត្រ", "ที่ ปั๊ม น้ำ", "ຊື່ກິ້ນ້ຳ", "AVATAR ế")
TAKEN, REFUSED, RAISED, NO_MEMORY = 0, 3, 4, 5


def tables(data: bytes) -> dict[str, tuple[int, int]]:
    """Offset and length of each table of a single font."""
    (count,) = struct.unpack(">H", data[4:6])
    entries = (data[12 + 16 * number : 28 + 16 * number] for number in range(count))
    return {entry[:4].decode("latin1"): struct.unpack(">II", entry[8:16]) for entry in entries}


def damage(font: bytes, seed: int) -> bytes:
    """Bytes changed anywhere or in one table, more often at its head; or the file cut short."""
    chance = random.Random(seed)
    data = bytearray(font)
    if seed % 10 == 0:
        return bytes(data[: chance.randrange(len(data))])
    known = [place for name, place in tables(font).items() if name in _TABLES]
    offset, length = (0, len(data)) if seed % 4 == 0 else chance.choice(known)
    for _ in range(chance.choice((1, 3, 10, 100, 1000))):
        reach = min(length, 400) if chance.random() < 0.5 else length
        at = min(offset + chance.randrange(max(1, reach)), len(data) - 1)
        data[at] = chance.choice((0, 1, 0x7F, 0x80, 0xFF, chance.randrange(256)))
    return bytes(data)


def try_out(data: bytes, face: int) -> int:
    """What comes of it, as an exit code."""
    resource.setrlimit(resource.RLIMIT_AS, (_ADDRESSES, _ADDRESSES))
    resource.setrlimit(resource.RLIMIT_CPU, (_CPU_S, _CPU_S))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        probe(data, face, None)
        engine = TextEngine(FontSet((open_font(Path("font"), data, face, bold_place(data)),)))
        for text in _TEXTS:
            block = engine.block(text, "km", 300, 100, 60, "left")
            assert block.mask.shape[0] <= 100
            assert engine.line(text, "km", 40).mask.nbytes <= 32_000_000
            assert engine.bytes <= 10_000_000
    except ValueError as error:
        return REFUSED if str(error) else RAISED
    except MemoryError:
        return NO_MEMORY
    except BaseException as error:  # noqa: BLE001 -- told to the test, which fails
        sys.stderr.write(f"{error!r}\n")
        sys.stderr.flush()
        return RAISED
    return TAKEN


def main() -> None:
    font, face, count = Path(sys.argv[1]).read_bytes(), int(sys.argv[2]), int(sys.argv[3])
    outcomes: Counter[str] = Counter()
    names = {TAKEN: "taken", REFUSED: "refused", RAISED: "raised", NO_MEMORY: "no memory"}
    for seed in range(count):
        child = os.fork()
        if not child:
            os._exit(try_out(damage(font, seed), face))
        _, status = os.waitpid(child, 0)
        code = os.waitstatus_to_exitcode(status)
        outcomes["failed" if code < 0 else names.get(code, "raised")] += 1
        if code < 0 or code == RAISED:
            sys.stderr.write(f"seed {seed}: {code}\n")
            sys.stderr.flush()
    sys.stdout.write(json.dumps(outcomes))


if __name__ == "__main__":
    main()
