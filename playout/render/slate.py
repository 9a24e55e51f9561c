"""The fallback slate: drawn from arithmetic alone, so that no font, file or network can keep it off the sign."""

import numpy as np

from playout.model.frame import Pixels, Size

__all__ = ["draw_slate"]

_GROUND = (8, 34, 84)
_FRAME = (255, 196, 0)
_SIGN = (255, 255, 255)


def draw_slate(size: Size) -> Pixels:
    """An information sign (ring with a lower-case i) in a frame; RGB, `height x width x 3`, always the same."""
    picture = np.empty((size.height, size.width, 3), np.uint8)
    picture[:] = _GROUND
    unit = min(size.width, size.height)
    edge = max(1, unit // 40)
    picture[:edge], picture[-edge:], picture[:, :edge], picture[:, -edge:] = (_FRAME,) * 4
    rows, columns = np.ogrid[: size.height, : size.width]
    x, y = (columns - (size.width - 1) / 2) / unit, (rows - (size.height - 1) / 2) / unit
    radius = np.hypot(x, y)
    ring = (radius < 0.36) & (radius > 0.30)
    dot = np.hypot(x, y + 0.16) < 0.045
    stem = (np.abs(x) < 0.038) & (y > -0.07) & (y < 0.20)
    picture[ring | dot | stem] = _SIGN
    return picture
