"""Cuts a paragraph into lines: the first fit, or the least ragged of the same number of lines."""

from bisect import bisect_right
from itertools import pairwise

import numpy as np

from playout.text.strip import Paragraph, Strip

__all__ = ["Span", "least_ragged", "wrap"]

Span = tuple[int, int]
"""Code points `[start, end)`."""

_ROUNDING = 1e-9


def wrap(strip: Strip, paragraph: Paragraph, width: float) -> tuple[list[Span], list[Span]]:
    """Fills each line of `width` em as far as it goes.

    Answers the lines, and the words that were wider than a line and had to be cut at a grapheme boundary.
    """
    lines: list[Span] = []
    cut: list[Span] = []
    start = paragraph.start
    while start < paragraph.end:
        limit = float(strip.pens[strip.trim(start, paragraph.end)[0]]) + width + _ROUNDING
        last = bisect_right(paragraph.stop_pens, limit) - 1
        end = paragraph.stops[last] if last >= 0 else start
        if end <= start:
            end = _forced_end(strip, paragraph, start, limit)
            stop = paragraph.stops[bisect_right(paragraph.stops, start)]
            if end < stop and (start == paragraph.start or start in paragraph.stops):
                cut.append((start, stop))
        lines.append((start, end))
        start = end
    return lines or [(paragraph.start, paragraph.end)], cut


def _forced_end(strip: Strip, paragraph: Paragraph, start: int, limit: float) -> int:
    """Last grapheme boundary inside the limit; at least one grapheme on."""
    first = bisect_right(paragraph.graphemes, start)
    end = paragraph.graphemes[first]
    for boundary in paragraph.graphemes[first:]:
        if float(strip.pens[boundary]) > limit:
            break
        end = boundary
    return end


def least_ragged(strip: Strip, paragraph: Paragraph, width: float, count: int) -> list[Span]:
    """Cuts into exactly `count` lines with the least sum of squared empty ends; empty if that cannot be.

    The cost of a line is taken for every pair of stops at once, then the best way to each stop is grown line by line.
    """
    points = np.array((paragraph.start, *paragraph.stops))
    begins = np.array([strip.pens[strip.trim(point, paragraph.end)[0]] for point in points.tolist()])
    ends = np.array((strip.pens[paragraph.start], *paragraph.stop_pens))
    room = width + _ROUNDING - (ends[None, :] - begins[:, None])
    forward = points[None, :] > points[:, None]
    cost = np.where(forward & (room >= 0), room * room, np.inf)
    best = cost[0]
    came_from: list[list[int]] = []
    for _ in range(count - 1):
        ways = best[:, None] + cost
        came_from.append(ways.argmin(axis=0).tolist())
        best = ways.min(axis=0)
    if not np.isfinite(best[-1]):
        return []
    chosen = [len(points) - 1]
    for step in reversed(came_from):
        chosen.append(step[chosen[-1]])
    edges = [int(points[index]) for index in (*chosen, 0)]
    return list(pairwise(reversed(edges)))
