"""The tone table: one look-up per byte for gamma and luminance together."""

import numpy as np

from playout.led.cv import Table

__all__ = ["tone_table"]


def tone_table(gamma: float, display_gamma: float, luminance: float) -> Table:
    """What goes out for each byte of the picture, so that white gives `luminance` (share of full light, 0 to 1).

    With `gamma` above 1 the result is linear light, and the panel applies no curve of its own. With `gamma` 1 the
    sending card applies `display_gamma`, so the share is taken to the root which that curve undoes.
    """
    white = luminance if gamma > 1 else luminance ** (1 / display_gamma)
    return np.rint(255 * white * np.linspace(0, 1, 256) ** gamma).astype(np.uint8)
