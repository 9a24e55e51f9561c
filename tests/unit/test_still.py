"""Supplied pictures of every kind become RGB of the size asked for."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from playout.media.still import decode
from playout.model.frame import Size
from playout.model.notice import Fit


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "P", "L", "LA"])
@pytest.mark.parametrize("fit", Fit)
def test_an_opaque_picture_keeps_its_colour(tmp_path: Path, mode: str, fit: Fit) -> None:
    file = tmp_path / "picture.png"
    Image.new("RGB", (40, 30), (102, 102, 102)).convert(mode).save(file)
    pixels = decode(file, Size(20, 15), fit)
    assert pixels.shape == (15, 20, 3)
    assert (np.abs(pixels.astype(int) - 102) <= 1).all()


@pytest.mark.parametrize("mode", ["RGBA", "LA", "PA"])
def test_what_is_transparent_stands_on_black(tmp_path: Path, mode: str) -> None:
    file = tmp_path / "picture.png"
    picture = Image.new("RGBA", (40, 30), (200, 200, 200, 255))
    picture.paste((200, 200, 200, 0), (0, 0, 20, 30))
    picture.paste((200, 200, 200, 128), (20, 0, 40, 15))
    picture.convert("P" if mode == "PA" else mode).save(file)
    pixels = decode(file, Size(40, 30), Fit.COVER)
    assert (pixels[2:-2, 2:17] == 0).all()
    assert (np.abs(pixels[17:-2, 22:-2].astype(int) - 200) <= 1).all()
    if mode != "PA":
        assert (np.abs(pixels[2:12, 22:-2].astype(int) - 100) <= 2).all()


def test_a_palette_with_a_transparent_colour_stands_on_black(tmp_path: Path) -> None:
    file = tmp_path / "picture.png"
    picture = Image.new("P", (40, 30), 0)
    picture.putpalette([255, 0, 0, 0, 255, 0])
    picture.paste(1, (20, 0, 40, 30))
    picture.save(file, transparency=0)
    pixels = decode(file, Size(40, 30), Fit.COVER)
    assert (pixels[:, 2:17] == 0).all()
    assert (pixels[:, 23:-2] == (0, 255, 0)).all()
