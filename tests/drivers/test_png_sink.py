"""The picture sink: whole files, equal to their frames, and no more of them than wanted."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from playout.errors import LinkError
from playout.model.frame import Frame, Size
from playout.testing.pace import ManualPace
from playout_drivers.png.driver import PngOptions, PngSink

SIZE = Size(6, 5)


def frame(tick: int) -> Frame:
    return Frame(tick, 0, np.random.default_rng(tick).integers(0, 256, (5, 6, 3), np.uint8))


def opened(folder: Path, every: int = 1, keep: int = 10) -> PngSink:
    sink = PngSink(PngOptions(folder=folder, every=every, keep=keep), SIZE, ManualPace())
    sink.open()
    return sink


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_pictures_equal_their_frames(tmp_path: Path):
    sink = opened(tmp_path / "new" / "folder")
    for tick in (7, 8):
        sent = sink.show(frame(tick), 0)
        path = tmp_path / "new" / "folder" / f"frame-{tick:012d}.png"
        assert np.array_equal(np.asarray(Image.open(path)), frame(tick).pixels)
        assert (sent.packets, sent.bytes) == (1, path.stat().st_size)
    sink.blank()
    assert not np.asarray(Image.open(path.with_name("frame-blank.png"))).any()


def test_every_third_frame_and_the_two_newest(tmp_path: Path):
    sink = opened(tmp_path, every=3, keep=2)
    sent = [sink.show(frame(tick), 0).packets for tick in range(10)]
    assert sent == [1, 0, 0, 1, 0, 0, 1, 0, 0, 1]
    assert names(tmp_path) == ["frame-000000000006.png", "frame-000000000009.png"]


def test_pictures_of_earlier_runs_count_and_other_files_stay(tmp_path: Path):
    (tmp_path / "other.png").write_bytes(b"")
    for start in (0, 10):
        sink = opened(tmp_path, keep=3)
        for tick in range(start, start + 2):
            sink.show(frame(tick), 0)
        sink.close()
    assert names(tmp_path) == [*(f"frame-{tick:012d}.png" for tick in (1, 10, 11)), "other.png"]


def test_a_folder_that_goes_away_is_a_link_error_and_comes_back(tmp_path: Path):
    folder = tmp_path / "pictures"
    sink = opened(folder)
    folder.rmdir()
    with pytest.raises(LinkError, match="cannot be written: No such file"):
        sink.show(frame(1), 0)
    sink.close()
    sink.open()
    sink.show(frame(2), 0)
    assert names(folder) == ["frame-000000000002.png"]


def test_a_file_in_place_of_the_folder_is_a_link_error(tmp_path: Path):
    (tmp_path / "file").write_text("")
    with pytest.raises(LinkError, match="check that the folder exists"):
        opened(tmp_path / "file")
