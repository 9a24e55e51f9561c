"""How large letters must be for those who read them: distance, height of the mount, tilt of the face, reading time.

Letter height here is that of a base letter (a Latin capital, ក, ກ, 国), not of the em.
"""

import math

from playout.model.panel import Panel

__all__ = ["DETAIL_M", "MIN_DWELL_S", "legible_to_m", "letter_px", "needed_px", "reading_time_s"]

DETAIL_M = 50.0
"""Up to here words are read in detail; beyond, as a headline."""
_DETAIL_RATIO = 2 * math.tan(math.radians(8 / 60))
"""Letter height to distance up to `DETAIL_M`: 16 minutes of arc. Source: ISO 9241-3, minimum, as quoted by IBM."""
_HEADLINE_RATIO = 1 / 360
"""Beyond it. Source: 1 inch for 30 feet, as advised by makers of LED signs."""
_REACH_M = 2000.0
MIN_DWELL_S = 3.0
"""No page stands for less. A judgement: no source was found for signs."""
_GRAPHEMES_S = 8.0
_GRAPHEMES_S_OF = {"zh": 4.0}
"""Graphemes a second that a passer-by reads: half of the rate for subtitles. A judgement, see docs/text.md."""


def needed_px(panel: Panel, ground_m: float) -> float:
    """Letter height in pixels that a reader at one ground distance needs, along the slant and foreshortened.

    Beyond `DETAIL_M` never less than at it, so that more distance never asks for less.
    """
    headline = _on_the_face(panel, ground_m, _HEADLINE_RATIO)
    return max(headline, _on_the_face(panel, min(ground_m, DETAIL_M), _DETAIL_RATIO))


def letter_px(panel: Panel, ground_m: float) -> float:
    """Letter height in pixels that everybody from the nearest reader to a ground distance needs."""
    return max(needed_px(panel, min(panel.nearest_reader_m, ground_m)), needed_px(panel, ground_m))


def legible_to_m(panel: Panel, height_px: float) -> float:
    """Farthest ground distance in whole metres up to which letters of that height are read; 0 if the nearest cannot."""
    near, far = math.ceil(panel.nearest_reader_m), int(_REACH_M)
    if letter_px(panel, near) > height_px:
        return 0.0
    while near < far:
        middle = (near + far + 1) // 2
        near, far = (middle, far) if letter_px(panel, middle) <= height_px else (near, middle - 1)
    return float(near)


def reading_time_s(graphemes: int, language: str) -> float:
    """Seconds a passer-by needs for a text of so many graphemes."""
    return max(MIN_DWELL_S, graphemes / _GRAPHEMES_S_OF.get(language, _GRAPHEMES_S))


def _on_the_face(panel: Panel, ground_m: float, ratio: float) -> float:
    rise_m = panel.mount_height_m - panel.eye_height_m
    slant_m = math.hypot(ground_m, rise_m)
    angle = math.atan2(rise_m, ground_m) - math.radians(panel.tilt_deg)
    return slant_m * 1000 * ratio / panel.pitch_mm / max(0.05, math.cos(angle))
