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
_STEPS = 60_000
"""Into so many steps luminance is divided where pixels are counted; the darkest ratio is then right to 0.1 %."""
_IN_STEPS = np.rint(np.outer(_SHARES, _LINEAR) * _STEPS).astype(np.uint16)
_BRIGHTEST, _DARKEST = 0.95, 0.05
"""Shares of the ground that are darker, so that a few bright pixels of a picture do not decide."""


def luminance(pixels: Pixels) -> Array[np.float64]:
    """Relative luminance, 0 to 1, of RGB pixels of any shape `... x 3`."""
    return _LINEAR[pixels] @ _SHARES


def contrast_ratio(colour: tuple[int, int, int], ground: Pixels) -> float:
    """Ratio, 1 to 21, of a colour to the part of the ground that is nearest to it in luminance."""
    words = float(luminance(np.array(colour, np.uint8)))
    red, green, blue = (table.take(ground[..., channel]) for channel, table in enumerate(_IN_STEPS))
    darker = np.bincount((red + green + blue).ravel()).cumsum()
    nearest = darker.searchsorted([_DARKEST * darker[-1], _BRIGHTEST * darker[-1]]) / _STEPS
    return min((max(words, each) + 0.05) / (min(words, each) + 0.05) for each in nearest.tolist())
