"""Which grid a point lies in.

Grids are GeoJSON polygons in longitude and latitude (or any plane), with holes, maybe in several parts. Neighbours
share edges, and a point on a shared edge or corner must belong to exactly one of them: an edge counts as crossed for
its lower end and not for its upper one, so each point of a seamless map is inside one polygon. That only holds if the
test has no rounding of its own, so near an edge it is done in exact fractions.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import isfinite
from typing import TypeVar

Point = tuple[float, float]
"""Longitude (x), latitude (y)."""

Ring = tuple[Point, ...]
"""Corners without the repeated last one."""

GridId = TypeVar("GridId", int, str)

_ROUNDING = 1e-15
"""More than the relative rounding error of `_side`, which is 3.4e-16 (Shewchuk's bound for this determinant)."""


class GeometryError(ValueError):
    """The data is no GeoJSON Polygon or MultiPolygon."""


@dataclass(frozen=True, slots=True)
class Area:
    """The rings of a shape, holes among them, and its bounding box (west, south, east, north)."""

    rings: tuple[Ring, ...]
    box: tuple[float, float, float, float]

    def contains(self, point: Point) -> bool:
        """Whether `point` is inside; of the edge, the part that a neighbour on the other side would not claim."""
        if not _in_box(point, self.box):
            return False
        inside = False
        for ring in self.rings:
            for start, end in _edges(ring):
                inside ^= _is_crossed(point, start, end)
        return inside

    def touches(self, point: Point) -> bool:
        """Whether `point` lies on an edge or corner."""
        return any(_is_on(point, start, end) for ring in self.rings for start, end in _edges(ring))


def read_area(geometry: object) -> Area:
    """The area of a GeoJSON geometry. Raises GeometryError."""
    match geometry:
        case {"type": "Polygon", "coordinates": [*rings]} if rings:
            return _area(_ring(ring) for ring in rings)
        case {"type": "MultiPolygon", "coordinates": [*polygons]} if polygons and all(polygons):
            return _area(_ring(ring) for polygon in polygons for ring in polygon)
    raise GeometryError("a GeoJSON Polygon or MultiPolygon with at least one ring is expected")


def find_grid(point: Point, grids: Mapping[GridId, Area]) -> GridId | None:
    """The grid that `point` lies in, None outside of all.

    Where the map is not seamless: of overlapping grids the one with the lowest id, and on the outer edge of the map,
    which no neighbour claims, the lowest id that touches the point.
    """
    near = sorted(grid for grid, area in grids.items() if _in_box(point, area.box))
    for grid in near:
        if grids[grid].contains(point):
            return grid
    for grid in near:
        if grids[grid].touches(point):
            return grid
    return None


def _area(rings: Iterable[Ring]) -> Area:
    kept = tuple(rings)
    xs = [x for ring in kept for x, _ in ring]
    ys = [y for ring in kept for _, y in ring]
    return Area(kept, (min(xs), min(ys), max(xs), max(ys)))


def _ring(data: object) -> Ring:
    if not isinstance(data, Sequence) or isinstance(data, str) or len(data) < 4:
        raise GeometryError("a ring is a list of at least four positions")
    ring = tuple(_position(position) for position in data)
    if ring[0] != ring[-1]:
        raise GeometryError(f"a ring ends where it begins, not at {list(ring[-1])} after {list(ring[0])}")
    return ring[:-1]


def _position(data: object) -> Point:
    match data:
        case [int() | float() as x, int() | float() as y, *_] if isfinite(x) and isfinite(y):
            return float(x), float(y)
    raise GeometryError(f"a position is [longitude, latitude], not {data!r}")


def _edges(ring: Ring) -> Iterator[tuple[Point, Point]]:
    """Each edge with its lower end first, so that both neighbours of an edge compute with the same numbers."""
    for start, end in zip(ring, ring[1:] + ring[:1], strict=True):
        yield (start, end) if (start[1], start[0]) <= (end[1], end[0]) else (end, start)


def _is_crossed(point: Point, low: Point, high: Point) -> bool:
    """Whether the ray from `point` to the east crosses the edge; its lower end belongs to it, its upper one not."""
    return low[1] <= point[1] < high[1] and _side(point, low, high) > 0


def _is_on(point: Point, low: Point, high: Point) -> bool:
    x, y = point
    in_box = low[1] <= y <= high[1] and min(low[0], high[0]) <= x <= max(low[0], high[0])
    return in_box and _side(point, low, high) == 0


def _side(point: Point, low: Point, high: Point) -> float:
    """Positive where `point` lies west of the edge going up, negative east of it, exactly zero on its line."""
    run = (high[0] - low[0]) * (point[1] - low[1])
    rise = (point[0] - low[0]) * (high[1] - low[1])
    if abs(run - rise) > _ROUNDING * (abs(run) + abs(rise)):
        return run - rise
    (x, y), (low_x, low_y), (high_x, high_y) = (tuple(map(Fraction, corner)) for corner in (point, low, high))
    exact = (high_x - low_x) * (y - low_y) - (x - low_x) * (high_y - low_y)
    return (exact > 0) - (exact < 0)


def _in_box(point: Point, box: tuple[float, float, float, float]) -> bool:
    west, south, east, north = box
    return west <= point[0] <= east and south <= point[1] <= north
