"""Open cases that may be of the same thing as another one: the same finding of the same item, here or close by."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from math import ceil, cos, floor, radians

from gewu_platform.records.hot.rows import Row, fetch
from gewu_platform.records.store import Store

_FOUND = (
    "SELECT c.id, c.number, c.title, c.state, c.opened_at, c.place, s.lon, s.lat, o.title AS office_title"
    " FROM cases c JOIN submissions s ON s.id = c.submission LEFT JOIN offices o ON o.id = c.office"
    " WHERE c.item = :item AND c.finding = :finding AND c.closed_at IS NULL AND c.id <> :besides"
)
_CELL = 500
"""Cells in a degree, each some 200 m wide: `idx_submissions__cell` keeps reports by them, the latest last."""

_MOST_CELLS = 5
"""Across a box; a wider one, near a pole or where the day changes, is looked for among all cases of its finding."""


@dataclass(frozen=True, slots=True)
class Box:
    """Degrees, edges included."""

    west: float
    south: float
    east: float
    north: float


def list_at_place(
    store: Store, item: str, finding: str, place: int, besides: int | None, limit: int
) -> list[Row]:
    """Open cases of the finding at a place other than `besides`, the newest first, with where they were reported from."""
    return fetch(
        store.execute(
            f"{_FOUND} AND c.place = :place ORDER BY c.id DESC LIMIT :limit",
            item=item, finding=finding, place=place, besides=besides or 0, limit=limit,
        )
    )  # fmt: skip


def list_in_box(
    store: Store, item: str, finding: str, box: Box, point: tuple[float, float], since: datetime, *, placed: bool,
    besides: int | None, limit: int,
) -> list[Row]:  # fmt: skip
    """Open cases of the finding other than `besides` that were opened after `since` and reported from within the box,
    those nearest to `point` first; without `placed` only those at no known place.
    """
    lon, lat = point
    way = "abs(s.lon - :lon)"
    across = f"(CASE WHEN {way} > 180 THEN 360 - {way} ELSE {way} END) * :squeezed"
    found = _FOUND
    if (box.east - box.west) * _CELL < _MOST_CELLS:
        # In this order on SQLite too: by the cell first, not by the finding, of which a city has tens of thousands.
        joined = "cases c JOIN submissions s ON s.id = c.submission", "submissions s CROSS JOIN cases c"
        found = (
            f"{_FOUND.replace(*joined)} AND s.id = c.submission"
            f" AND CAST(s.lon * {_CELL} AS INTEGER) IN ({_cells(box.west, box.east)})"
            f" AND CAST(s.lat * {_CELL} AS INTEGER) IN ({_cells(box.south, box.north)})"
        )
    return fetch(
        store.execute(
            f"{found} AND c.opened_at > :since AND s.received_at >= :since"
            f"{'' if placed else ' AND s.place IS NULL'}"
            " AND s.lon BETWEEN :west AND :east AND s.lat BETWEEN :south AND :north"
            f" ORDER BY {across} * {across} + (s.lat - :lat) * (s.lat - :lat), c.id DESC LIMIT :limit",
            item=item, finding=finding, since=since, west=box.west, east=box.east, south=box.south, north=box.north,
            lon=lon, lat=lat, squeezed=cos(radians(lat)), besides=besides or 0, limit=limit,
        )
    )  # fmt: skip


def _cells(start: float, end: float) -> str:
    """Every cell that a stretch may lie in, whether a database cuts numbers off or rounds them."""
    return ", ".join(map(str, range(floor(start * _CELL), ceil(end * _CELL) + 1)))
