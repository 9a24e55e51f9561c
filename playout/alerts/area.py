"""Whether a place lies in the area of an alert: geometry on the sphere of CAP 1.2 (WGS 84, degrees)."""

from collections.abc import Iterable, Sequence
from itertools import pairwise
from math import asin, cos, radians, sin, sqrt

from playout.alerts.message import Area, Circle, Named, Point

__all__ = ["in_circle", "in_polygon", "is_inside"]

_EARTH_KM = 6371.0088
"""Mean radius. Source: IUGG, R1 of the WGS 84 ellipsoid."""


def is_inside(areas: Sequence[Area], place: Point, codes: frozenset[Named]) -> bool | None:
    """Whether an alert for these areas is for this place, which also bears `codes`; None where that cannot be told.

    A part that holds the place decides. Otherwise an area is elsewhere if its shapes are, or, where it has none, if
    its geocodes are of a kind that the place has too. Words alone tell nothing.
    """
    found = [_holds(area, place, codes) for area in areas]
    if any(found):
        return True
    return False if found and all(each is False for each in found) else None


def in_polygon(place: Point, ring: Sequence[Point]) -> bool | None:
    """Whether the place lies in the ring, edges included; the last point is the first.

    Edges are straight in latitude and longitude. Where one spans 180° of longitude or more, it may mean the long way,
    as it is written, or the short way across the antimeridian: both are tried, and None tells that they disagree. So
    does a ring around a pole, which has no inside in this plane.
    """
    plain = [point.longitude for point in ring]
    as_written = _is_in(place, ring, plain)
    if all(abs(b - a) < 180 for a, b in pairwise(plain)):
        return as_written
    short = [plain[0]]
    for a, b in pairwise(plain):
        short.append(short[-1] + (b - a + 180) % 360 - 180)
    if abs(short[-1] - short[0]) > 1:
        return None
    return as_written if _is_in(place, ring, short) == as_written else None


def in_circle(place: Point, circle: Circle) -> bool:
    """Whether the place lies in the circle, by the great circle."""
    lat, other = radians(place.latitude), radians(circle.centre.latitude)
    across = radians(place.longitude - circle.centre.longitude)
    half = sin((lat - other) / 2) ** 2 + cos(lat) * cos(other) * sin(across / 2) ** 2
    return 2 * _EARTH_KM * asin(min(1.0, sqrt(half))) <= circle.radius_km


def _holds(area: Area, place: Point, codes: frozenset[Named]) -> bool | None:
    shapes = [in_polygon(place, ring) for ring in area.polygons] + [in_circle(place, each) for each in area.circles]
    if any(shapes) or not codes.isdisjoint(area.geocodes):
        return True
    if shapes:
        return None if None in shapes else False
    known = {code.name for code in codes}
    return False if area.geocodes and all(code.name in known for code in area.geocodes) else None


def _is_in(place: Point, ring: Sequence[Point], longitudes: Sequence[float]) -> bool:
    """Ray casting, with the place on each turn of the globe that the longitudes may lie on."""
    corners = [(longitude, point.latitude) for longitude, point in zip(longitudes, ring, strict=True)]
    low, high = min(longitudes), max(longitudes)
    turns = (place.longitude + turn for turn in range(-360 * 2, 360 * 2 + 1, 360))
    return any(_encloses(pairwise(corners), x, place.latitude) for x in turns if low <= x <= high)


def _encloses(edges: Iterable[tuple[tuple[float, float], tuple[float, float]]], x: float, y: float) -> bool:
    inside = False
    for (ax, ay), (bx, by) in edges:
        side = (bx - ax) * (y - ay) - (by - ay) * (x - ax)
        if side == 0 and min(ax, bx) <= x <= max(ax, bx) and min(ay, by) <= y <= max(ay, by):
            return True
        if (ay > y) != (by > y) and (side > 0) == (by > ay):
            inside = not inside
    return inside
