"""The same thing seen twice: open cases that a new report, or a new case, may be about."""

from __future__ import annotations

from datetime import datetime, timedelta
from math import asin, cos, degrees, radians, sin, sqrt

from gewu_platform.records.hot.rows import Row
from gewu_platform.records.hot.similar import Box, list_at_place, list_in_box
from gewu_platform.service.engine import Engine
from gewu_platform.service.views import SimilarCase

Point = tuple[float, float]
"""Longitude and latitude in degrees."""

NEAR = 50.0
"""Metres within which two reports of one finding may be of one thing: what a phone's position is good for in a street."""

RECENT = timedelta(days=30)
"""How far back a case near by is looked for; one at the same place is looked for as long as it is open."""

SHOWN = 5
"""How many are offered at most: nobody reads more before sending a report."""

EARTH = 6_371_008.8
"""Metres; the mean radius of the earth (IUGG)."""


def similar_cases(
    engine: Engine, item: str, finding: str, place: int | None, point: Point | None, at: datetime, *,
    besides: int | None = None,
) -> tuple[SimilarCase, ...]:  # fmt: skip
    """Open cases of the same finding of the same item at `place` or within NEAR of `point`, the nearest first.

    Those at the same place come before all others. A case at another known place is of another thing, however close: two
    shops of one house. `besides` is a case that is not similar to itself. Inside a transaction.
    """
    rows = {}
    if point is not None:
        # More than are shown: what is nearest on a plane is not so to the last decimetre on a globe.
        for row in list_in_box(
            engine.store, item, finding, box_around(point, NEAR), point, at - RECENT,
            placed=place is None, besides=besides, limit=4 * SHOWN,
        ):  # fmt: skip
            rows[row["id"]] = row
    if place is not None:
        for row in list_at_place(engine.store, item, finding, place, besides, SHOWN):
            rows[row["id"]] = row
    found = [_similar(row, place, point, at) for row in rows.values()]
    near = [each for each in found if each.same_place or (each.metres is not None and each.metres <= NEAR)]
    return tuple(sorted(near, key=_nearness)[:SHOWN])


def metres_between(one: Point, other: Point) -> float:
    """The way along the surface of a round earth (haversine)."""
    (west, south), (east, north) = one, other
    rise, run = radians(north - south), radians(east - west)
    part = sin(rise / 2) ** 2 + cos(radians(south)) * cos(radians(north)) * sin(run / 2) ** 2
    return 2 * EARTH * asin(min(1.0, sqrt(part)))


def box_around(point: Point, metres: float) -> Box:
    """A box that holds everything within `metres`; where meridians meet or the day changes it goes all round."""
    lon, lat = point
    angle = metres / EARTH
    # Beside its middle a circle is widest a little nearer to the pole than its centre.
    widest = sin(angle) / cos(radians(lat)) if abs(lat) + degrees(angle) < 90 else 1.0
    height, width = degrees(angle) + 1e-9, degrees(asin(min(1.0, widest))) + 1e-9
    if widest >= 1 or abs(lon) + width > 180:
        return Box(-180.0, lat - height, 180.0, lat + height)
    return Box(lon - width, lat - height, lon + width, lat + height)


def _similar(row: Row, place: int | None, point: Point | None, at: datetime) -> SimilarCase:
    there = (row["lon"], row["lat"]) if row["lon"] is not None and row["lat"] is not None else None
    same_place = place is not None and row["place"] == place
    metres = None if same_place or point is None or there is None else round(metres_between(point, there), 1)
    return SimilarCase(
        row["id"], row["number"], row["title"], row["state"], row["office_title"], row["opened_at"], metres,
        max(0, (at - row["opened_at"]).days), same_place,
    )  # fmt: skip


def _nearness(case: SimilarCase) -> tuple[bool, float, int]:
    """The same place, then the nearest, then the newest."""
    return not case.same_place, case.metres or 0.0, -case.id
