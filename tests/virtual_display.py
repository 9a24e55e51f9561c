"""A display of Xvfb whose framebuffer is a file, and the picture in it."""

import os
import struct
import subprocess
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from peers import need_program

from playout.model.frame import Pixels, Size

__all__ = ["Display", "start_display"]


@dataclass
class Display:
    """A display that runs: its name for DISPLAY, and its framebuffer as an XWD file."""

    name: str
    file: Path
    process: subprocess.Popen[bytes]

    @property
    def environment(self) -> dict[str, str]:
        return {**os.environ, "DISPLAY": self.name}

    def picture(self) -> Pixels:
        """What it shows, RGB. Source: X11/XWDFile.h, 25 big-endian words and the colour table."""
        raw = self.file.read_bytes()
        words = struct.unpack(">25I", raw[:100])
        header_size, _, _, _, width, height = words[:6]
        byte_order, bits_per_pixel, line_bytes, colours = words[7], words[11], words[12], words[19]
        assert (byte_order, bits_per_pixel, words[14:17]) == (0, 32, (0xFF0000, 0xFF00, 0xFF))
        start = header_size + 12 * colours
        lines = np.frombuffer(raw, np.uint8, height * line_bytes, start).reshape(height, line_bytes)
        return np.ascontiguousarray(lines[:, : width * 4].reshape(height, width, 4)[..., 2::-1])

    def stop(self) -> None:
        self.process.kill()
        self.process.wait(10)


def start_display(folder: Path, size: Size, *arguments: str) -> Display:
    """Starts a display with its framebuffer in a new folder, under the name that is told or one that is free."""
    program = need_program("Xvfb", "xvfb")
    folder.mkdir()
    reads, writes = os.pipe()
    command = [program, *arguments, "-displayfd", str(writes), "-fbdir", str(folder)]
    command += ["-screen", "0", f"{size.width}x{size.height}x24", "-nolisten", "tcp", "-noreset"]
    process = subprocess.Popen(command, pass_fds=[writes], stderr=subprocess.DEVNULL)
    os.close(writes)
    with os.fdopen(reads) as answer:
        number = answer.readline().strip()
    assert number, "Xvfb did not start"
    return Display(f":{number}", folder / "Xvfb_screen0", process)
