from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import nextafter
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gewu_platform.core.grids import GeometryError, Point, find_grid, read_area

SQUARE = [[0, 0], [4, 0], [4, 4], [0, 4], [0, 0]]
HOLE = [[1, 1], [3, 1], [3, 3], [1, 3], [1, 1]]


def polygon(*rings: Sequence[Sequence[float]]) -> dict[str, Any]:
    return {"type": "Polygon", "coordinates": [list(ring) for ring in rings]}


@pytest.mark.parametrize(
    ("point", "inside"),
    [
        ((0.5, 0.5), True),
        ((2, 2), False),
        ((3.5, 2), True),
        ((5, 2), False),
        ((-1, 2), False),
        ((2, 3.5), True),
    ],
)
def test_a_hole_is_outside(point: Point, inside: bool) -> None:
    assert read_area(polygon(SQUARE, HOLE)).contains(point) is inside


def test_a_hole_belongs_to_the_grid_that_fills_it_with_its_edge() -> None:
    grids = {"around": read_area(polygon(SQUARE, HOLE)), "within": read_area(polygon(HOLE))}
    for point in [(1.0, 1.0), (1.0, 2.0), (3.0, 2.0), (2.0, 3.0), (3.0, 3.0), (2.0, 2.0)]:
        assert [area.contains(point) for area in grids.values()].count(True) == 1


def test_parts_of_a_multipolygon_are_one_grid_even_where_they_touch() -> None:
    right = [[4, 0], [8, 0], [8, 4], [4, 4], [4, 0]]
    area = read_area({"type": "MultiPolygon", "coordinates": [[SQUARE, HOLE], [right]]})
    assert area.contains((4, 2))
    assert area.contains((7, 1))
    assert not area.contains((2, 2))


def seamless_map(seed: int, size: int = 5) -> dict[int, Any]:
    """Quarters of a warped lattice: corners anywhere, every cell cut into triangles along a random diagonal."""
    random = Random(seed)

    def corner(column: int, row: int) -> Point:
        inner = 0 < column < size and 0 < row < size
        wobble = (lambda: random.uniform(-0.3, 0.3)) if inner else (lambda: 0.0)
        return (113.7 + 0.01 * (column + wobble()), 23.0 + 0.01 * (row + wobble()))

    corners = {(column, row): corner(column, row) for column in range(size + 1) for row in range(size + 1)}
    grids = {}
    for column in range(size):
        for row in range(size):
            a, b = corners[column, row], corners[column + 1, row]
            c, d = corners[column + 1, row + 1], corners[column, row + 1]
            halves = [(a, b, c), (a, c, d)] if random.random() < 0.5 else [(a, b, d), (b, c, d)]
            for half in halves:
                ring = list(half) if random.random() < 0.5 else list(reversed(half))
                grids[len(grids)] = read_area(polygon([*ring, ring[0]]))
    return grids


@pytest.mark.parametrize("seed", range(5))
def test_every_point_of_a_seamless_map_is_in_exactly_one_grid(seed: int) -> None:
    grids, random = seamless_map(seed), Random(seed)
    points = [(random.uniform(113.7, 113.75), random.uniform(23.0, 23.05)) for _ in range(200)]
    for area in grids.values():
        ring = area.rings[0]
        points += ring
        points += [(random.uniform(113.7, 113.75), corner[1]) for corner in ring]  # a ray that meets corners
        points += [
            ((a[0] + b[0]) / 2, (a[1] + b[1]) / 2) for a, b in zip(ring, ring[1:] + ring[:1], strict=True)
        ]
    for point in points:
        containing = [grid for grid, area in grids.items() if area.contains(point)]
        on_outer_edge = point[0] >= 113.75 or point[1] >= 23.05
        assert len(containing) == 1 or (on_outer_edge and not containing), point
        found = find_grid(point, grids)
        assert found is not None, point
        assert not containing or found == containing[0]


@given(st.integers(0, 4), st.integers(0, 4), st.integers(1, 7), st.integers(0, 7))
def test_a_point_on_a_shared_edge_belongs_to_one_side(x: int, y: int, part: int, whole: int) -> None:
    top, bottom = (x / 10, 1.0), (y / 7, 0.0)
    left = read_area(polygon([[-1, 0], bottom, top, [-1, 1], [-1, 0]]))
    right = read_area(polygon([[2, 0], [2, 1], top, bottom, [2, 0]]))
    share = Fraction(part, part + whole)
    point = (
        float(Fraction(bottom[0]) + share * (Fraction(top[0]) - Fraction(bottom[0]))),
        float(Fraction(bottom[1]) + share * (Fraction(top[1]) - Fraction(bottom[1]))),
    )
    if point[1] < 1:
        assert left.contains(point) != right.contains(point)


def is_exactly_inside(point: Point, ring: Sequence[Point]) -> bool:
    x, y = map(Fraction, point)
    inside = False
    for start, end in zip(ring, [*ring[1:], ring[0]], strict=True):
        (x1, y1), (x2, y2) = (tuple(map(Fraction, corner)) for corner in (start, end))
        if (y1 > y) != (y2 > y) and x < x1 + (x2 - x1) * (y - y1) / (y2 - y1):
            inside = not inside
    return inside


@pytest.mark.parametrize("seed", range(5))
def test_a_rounding_error_away_from_an_edge_the_side_is_exact(seed: int) -> None:
    random = Random(seed)
    for _ in range(200):
        ring = [(random.uniform(113, 114), random.uniform(22, 24)) for _ in range(3)]
        area = read_area(polygon([*ring, ring[0]]))
        share, direction = random.random(), random.choice([-1000.0, 1000.0])
        (x1, y1), (x2, y2) = ring[:2]
        x, y = x1 + share * (x2 - x1), y1 + share * (y2 - y1)
        for point in [(x, y), (nextafter(x, direction), y), (x, nextafter(y, direction))]:
            assert area.contains(point) == is_exactly_inside(point, ring)


def test_the_outer_edge_belongs_to_the_grid_that_touches_it() -> None:
    grids = {0: read_area(polygon(SQUARE))}
    for point in [(4.0, 2.0), (4.0, 4.0), (2.0, 4.0), (0.0, 0.0)]:
        assert find_grid(point, grids) == 0
    assert find_grid((4.000001, 2.0), grids) is None


def test_of_overlapping_grids_the_lowest_id_is_found() -> None:
    grids = {"b": read_area(polygon(SQUARE)), "a": read_area(polygon(HOLE))}
    assert find_grid((2.0, 2.0), grids) == "a"
    assert find_grid((0.5, 0.5), grids) == "b"


def test_without_grids_nothing_is_found() -> None:
    assert find_grid((0.0, 0.0), {}) is None


@pytest.mark.parametrize(
    "geometry",
    [
        None,
        {},
        {"type": "Point", "coordinates": [0, 0]},
        {"type": "Polygon", "coordinates": []},
        {"type": "MultiPolygon", "coordinates": [[]]},
        polygon([[0, 0], [1, 0], [0, 0]]),
        polygon([[0, 0], [1, 0], [1, 1], [0, 1]]),
        polygon([[0, 0], [1, 0], [1, "1"], [0, 0]]),
        polygon([[0, 0], [1, 0], [float("nan"), 1], [0, 0]]),
        polygon([[0, 0], [1, 0], [1], [0, 0]]),
        {"type": "Polygon", "coordinates": ["abcd"]},
    ],
)
def test_other_shapes_are_refused(geometry: object) -> None:
    with pytest.raises(GeometryError):
        read_area(geometry)
