"""A town to test in: one county, two towns, three villages, four grids, its offices, people and shops.

```
county (县) ── north (北镇) ── willow (柳村) ── g1, g2
           │              └── maple (枫村) ── g3
           └─ south (南镇) ── cedar (杉村) ── g4
```
Each grid is a square of 0.01 degrees beside the next. Everybody's password is `PASSWORD`.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from gewu_platform.service.caller import SYSTEM
from gewu_platform.service.catalogue import publishing
from gewu_platform.service.engine import Engine
from gewu_platform.service.timing import calendars
from gewu_platform.service.town import organisation, people, places

PASSWORD = "correct horse"

WEST, SOUTH, SIDE = 113.70, 23.00, 0.01
"""The lower left corner of the map, and the side of a grid, in degrees."""

AREAS = (
    ("county", "城县", "county", None),
    ("north", "北镇", "town", "county"),
    ("south", "南镇", "town", "county"),
    ("willow", "柳村", "village", "north"),
    ("maple", "枫村", "village", "north"),
    ("cedar", "杉村", "village", "south"),
    ("g1", "柳村一网格", "grid", "willow"),
    ("g2", "柳村二网格", "grid", "willow"),
    ("g3", "枫村一网格", "grid", "maple"),
    ("g4", "杉村一网格", "grid", "cedar"),
)

OFFICES = (
    ("", "community", "柳村居委会", "willow"),
    ("", "community", "枫村居委会", "maple"),
    ("", "community", "杉村居委会", "cedar"),
    ("", "town", "北镇网格中心", "north"),
    ("", "town", "南镇网格中心", "south"),
    ("", "county", "城县网格中心", "county"),
    ("sanitation", "bureau", "县环卫中心", "county"),
    ("sanitation", "station", "北镇环卫站", "north"),
)
"""南镇 has no station: `sanitation.station else community` has somewhere to fall to."""

USERS = (
    # name, full name, role, areas, offices, grids
    ("worker1", "张网格", "worker", (), (), ("g1", "g2")),
    ("worker2", "李网格", "worker", (), (), ("g1", "g3")),
    ("worker3", "王网格", "worker", (), (), ("g4",)),
    ("acceptor1", "赵受理", "acceptor", ("county",), (), ()),
    ("acceptor2", "钱受理", "acceptor", ("south",), (), ()),
    ("dispatcher1", "孙派遣", "dispatcher", ("county",), (), ()),
    ("handler1", "周处置", "handler", (), ("sanitation.station@north",), ()),
    ("handler2", "吴处置", "handler", (), ("sanitation.bureau@county",), ()),
    ("handler3", "郑处置", "handler", (), ("community@willow",), ()),
    ("handler4", "冯处置", "handler", (), ("community@cedar",), ()),
    ("supervisor1", "陈督查", "supervisor", ("county",), (), ()),
    ("supervisor2", "褚督查", "supervisor", ("north",), (), ()),
    ("author1", "卫编写", "author", (), (), ()),
    ("approver1", "蒋审批", "approver", (), (), ()),
    ("roster1", "沈人员", "roster", ("county",), (), ()),
    ("auditor1", "韩审计", "auditor", (), (), ()),
)

PLACES = (
    # code, name, grid, attributes
    ("shop-1", "柳记杂货", "g1", {"grade": "plain", "space": 40, "phone": "13800138000"}),
    ("shop-2", "柳街面馆", "g1", {"grade": "watched", "space": 120}),
    ("shop-3", "枫林超市", "g3", {"grade": "plain", "space": 800}),
    ("shop-4", "杉木家具", "g4", {"grade": "watched", "space": 300}),
)


class Clock:
    """A clock that stands still until it is told otherwise. It starts on Monday 2 March 2026 at 09:00 in Shanghai."""

    def __init__(self) -> None:
        self.at = datetime(2026, 3, 2, 1, 0)

    def __call__(self) -> datetime:
        return self.at

    def advance(self, **by: float) -> None:
        """Move on by `timedelta(**by)`."""
        self.at += timedelta(**by)


def build_town(engine: Engine) -> None:
    """Set the town up in an empty database, through the same use cases that an operator goes through."""
    calendars.seed_calendars(engine, SYSTEM)
    publishing.publish_catalogue(engine, SYSTEM)
    areas: dict[str, int] = {}
    for code, name, tier, parent in AREAS:
        column = int(code[1:]) - 1 if tier == "grid" else None
        areas[code] = organisation.add_area(
            engine, SYSTEM, code=code, name=name, tier=tier, parent=areas[parent] if parent else None,
            area_class="A" if tier == "grid" else "", polygon=None if column is None else square(column),
        ).id  # fmt: skip
    for department, code, title, area in OFFICES:
        organisation.add_office(
            engine, SYSTEM, department=department, code=code, title=title, area=areas[area]
        )
    for name, full_name, role, over, works_in, rostered in USERS:
        people.add_user(
            engine, SYSTEM, name=name, full_name=full_name, role=role, password=PASSWORD,
            department="sanitation" if role in ("author", "approver", "handler") else "",
            areas=over, offices=works_in, grids=rostered,
        )  # fmt: skip
    places.add_places(engine, SYSTEM, [
        places.NewPlace("shop", name, areas[grid], "大街", *middle_of(grid), attributes, code)
        for code, name, grid, attributes in PLACES
    ])  # fmt: skip


def square(column: int) -> dict[str, object]:
    """The polygon of the grid in `column`, counted from 0 in the west."""
    west, east = round(WEST + column * SIDE, 6), round(WEST + (column + 1) * SIDE, 6)
    north = round(SOUTH + SIDE, 6)
    return {
        "type": "Polygon",
        "coordinates": [[[west, SOUTH], [east, SOUTH], [east, north], [west, north], [west, SOUTH]]],
    }


def middle_of(grid: str) -> tuple[float, float]:
    """Longitude and latitude in the middle of `g1` … `g4`."""
    return round(WEST + (int(grid[1:]) - 0.5) * SIDE, 6), round(SOUTH + SIDE / 2, 6)
