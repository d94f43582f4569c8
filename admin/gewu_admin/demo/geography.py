"""Made-up areas: one county, its towns, villages and grids, on a seamless map of slightly crooked fields."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from gewu_platform.service.caller import SYSTEM
from gewu_platform.service.engine import Engine
from gewu_platform.service.town import organisation
from gewu_platform.service.town.organisation import AreaView

WEST, SOUTH = 113.70, 22.95
STEP = 0.012
"""Degrees; a grid is about 1.2 km wide, so that a town of 20 is a town."""

TOWNS = ("松湖镇", "石桥镇", "麻柳镇")
VILLAGES = ("东岸村", "西塘村", "新围社区", "旧圩社区")
GRIDS_IN_VILLAGE = 5
ROWS = len(VILLAGES)
COLUMNS = len(TOWNS) * GRIDS_IN_VILLAGE


@dataclass(frozen=True, slots=True)
class Geography:
    """Areas by tier; `corners` of a grid are its polygon's, for putting places inside it."""

    county: AreaView
    towns: tuple[AreaView, ...]
    villages: tuple[AreaView, ...]
    grids: tuple[AreaView, ...]

    def at(self, tier: str) -> tuple[AreaView, ...]:
        """Every area of a tier; none of a tier this town has not got."""
        return {
            "county": (self.county,),
            "town": self.towns,
            "village": self.villages,
            "grid": self.grids,
        }.get(tier, ())


def build_areas(engine: Engine, random_: random.Random) -> Geography:
    """Three towns of four villages of five grids; a village is one row of fields of its town's five columns."""
    corners = _lattice(random_)
    county = organisation.add_area(engine, SYSTEM, code="441990", name="示例区", tier="county")
    towns: list[AreaView] = []
    villages: list[AreaView] = []
    grids: list[AreaView] = []
    for t, town_name in enumerate(TOWNS):
        town = organisation.add_area(
            engine, SYSTEM, code=f"{county.code}{101 + t}", name=town_name, tier="town", parent=county.id
        )
        towns.append(town)
        for v, village_name in enumerate(VILLAGES):
            village = organisation.add_area(
                engine,
                SYSTEM,
                code=f"{town.code}{201 + v}",
                name=f"{town_name[:2]}{village_name}",
                tier="village",
                parent=town.id,
                area_class="ABC"[min(v, 2)],
            )
            villages.append(village)
            for g in range(GRIDS_IN_VILLAGE):
                grids.append(
                    organisation.add_area(
                        engine,
                        SYSTEM,
                        code=f"{village.code}{g + 1:03d}",
                        name=f"{village.name}第{g + 1}网格",
                        tier="grid",
                        parent=village.id,
                        area_class=village.area_class,
                        polygon=_field(corners, t * GRIDS_IN_VILLAGE + g, v),
                    )
                )
    return Geography(county, tuple(towns), tuple(villages), tuple(grids))


def point_in(grid: AreaView, random_: random.Random) -> tuple[float, float]:
    """A longitude and latitude well inside a grid: a mix of its corners, pulled to the middle."""
    ring = list(_ring(grid.polygon))
    weights = [random_.random() + 0.35 for _ in ring]
    total = sum(weights)
    lon = sum(weight * corner[0] for weight, corner in zip(weights, ring, strict=True)) / total
    lat = sum(weight * corner[1] for weight, corner in zip(weights, ring, strict=True)) / total
    return round(lon, 6), round(lat, 6)


def _lattice(random_: random.Random) -> dict[tuple[int, int], tuple[float, float]]:
    """Corners shared by neighbours, each moved a little: no gaps, no overlaps."""
    return {
        (x, y): (
            round(WEST + STEP * (x + random_.uniform(-0.15, 0.15)), 6),
            round(SOUTH + STEP * (y + random_.uniform(-0.15, 0.15)), 6),
        )
        for x in range(COLUMNS + 1)
        for y in range(ROWS + 1)
    }


def _field(corners: dict[tuple[int, int], tuple[float, float]], x: int, y: int) -> dict[str, Any]:
    ring = [corners[x, y], corners[x + 1, y], corners[x + 1, y + 1], corners[x, y + 1], corners[x, y]]
    return {"type": "Polygon", "coordinates": [[list(corner) for corner in ring]]}


def _ring(polygon: Any) -> Iterator[tuple[float, float]]:
    for lon, lat in polygon["coordinates"][0][:-1]:
        yield float(lon), float(lat)
