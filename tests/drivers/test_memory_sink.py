"""The memory sink: copies of the last frames, and a journal that another process can read while it grows."""

import zlib
from pathlib import Path

import numpy as np
import pytest

from playout.errors import LinkError
from playout.model.frame import Frame, Size
from playout.testing.pace import ManualPace
from playout_drivers.memory.driver import MemoryOptions, MemorySink

SIZE = Size(4, 2)


def frame(tick: int) -> Frame:
    return Frame(tick, tick * 10, np.full((2, 4, 3), tick, np.uint8))


def test_copies_of_the_last_frames_are_kept():
    sink = MemorySink(MemoryOptions(keep=2), SIZE, ManualPace())
    sink.open()
    last = frame(3)
    for shown in (frame(1), frame(2), last):
        sink.show(shown, 0)
    last.pixels[:] = 99
    assert [(kept.tick, int(kept.pixels[0, 0, 0])) for kept in sink.frames] == [(2, 2), (3, 3)]
    sink.blank()
    assert not sink.frames[-1].pixels.any()


def test_journal_has_a_line_for_each_frame_at_once_and_goes_on_after_a_restart(tmp_path: Path):
    journal = tmp_path / "journal"
    for ticks in ((1, 2), (3,)):
        sink = MemorySink(MemoryOptions(journal=journal), SIZE, ManualPace())
        sink.open()
        for tick in ticks:
            sink.show(frame(tick), 0)
            assert journal.read_text().splitlines()[-1] == f"{tick} {tick * 10} {zlib.crc32(bytes([tick]) * 24):08x}"
        sink.blank()
        sink.close()
    assert [line.split()[0] for line in journal.read_text().splitlines()] == ["1", "2", "3"]


def test_a_journal_that_cannot_be_written_is_a_link_error(tmp_path: Path):
    sink = MemorySink(MemoryOptions(journal=tmp_path / "missing" / "journal"), SIZE, ManualPace())
    with pytest.raises(LinkError, match="cannot be written: No such file"):
        sink.open()


def test_a_full_disk_is_a_link_error_and_close_still_works():
    sink = MemorySink(MemoryOptions(journal=Path("/dev/full")), SIZE, ManualPace())
    sink.open()
    with pytest.raises(LinkError, match="No space left"):
        sink.show(frame(1), 0)
    sink.close()
