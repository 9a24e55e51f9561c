"""Compares pictures with stored ones. PLAYOUT_UPDATE_GOLDEN=1 stores new ones: look at them before a commit."""

import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from playout.model.frame import Array

TOLERANCE = 16
"""Of 255, for each value: another version of the libraries may round otherwise."""
HERE = Path(__file__).parent
OUTPUT = HERE.parent / "_output"


def compare(name: str, picture: Array[np.uint8]) -> None:
    """Fails where a picture, grey or RGB, is not like the stored one, and writes both differences to look at."""
    path = HERE / f"{name}.png"
    if os.environ.get("PLAYOUT_UPDATE_GOLDEN") == "1":
        Image.fromarray(picture).save(path, optimize=True)
    with Image.open(path) as stored:
        meant = np.asarray(stored.convert("RGB" if picture.ndim == 3 else "L"), np.int16)
    assert meant.shape == picture.shape
    difference = np.abs(meant - picture).astype(np.uint8)
    if difference.max() > TOLERANCE:
        OUTPUT.mkdir(exist_ok=True)
        actual = OUTPUT / f"{name.replace('/', '_')}.actual.png"
        Image.fromarray(picture).save(actual)
        Image.fromarray(difference).save(actual.with_name(actual.name.replace("actual", "difference")))
        pytest.fail(f"{name}: {int((difference > TOLERANCE).sum())} values differ; see {actual}")
