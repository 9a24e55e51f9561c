"""Contrast of words with what is behind them, as WCAG 2.2 counts it (1.4.3, "contrast ratio", "relative luminance")."""

import numpy as np

from playout.model.frame import Array, Pixels

__all__ = ["NORMAL", "STRONG", "contrast_ratio", "luminance"]

NORMAL = 4.5
"""Least ratio of a notice. Source: WCAG 2.2, 1.4.3."""
STRONG = 7.0
"""Least ratio of an emergency. Source: WCAG 2.2, 1.4.6."""
_SHARES = np.array([0.2126, 0.7152, 0.0722])
_VALUES = np.arange(256) / 255
_LINEAR = np.where(_VALUES <= 0.04045, _VALUES / 12.92, ((_VALUES + 0.055) / 1.055) ** 2.4)
_BRIGHTEST, _DARKEST = 95, 5
"""Percentiles of the ground, so that a few bright pixels of a picture do not decide."""


def luminance(pixels: Pixels) -> Array[np.float64]:
    """Relative luminance, 0 to 1, of RGB pixels of any shape `... x 3`."""
    return _LINEAR[pixels] @ _SHARES


def contrast_ratio(colour: tuple[int, int, int], ground: Pixels) -> float:
    """Ratio, 1 to 21, of a colour to the part of the ground that is nearest to it in luminance."""
    words = float(luminance(np.array(colour, np.uint8)))
    behind = luminance(ground)
    nearest = np.percentile(behind, [_DARKEST, _BRIGHTEST])
    return min((max(words, each) + 0.05) / (min(words, each) + 0.05) for each in nearest)
