"""Open cases that may be of the same thing as another one: the same finding of the same item, here or close by."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from gewu_platform.records.hot.rows import Row, fetch
from gewu_platform.records.store import Store

_FOUND = (
    "SELECT c.id, c.number, c.title, c.state, c.opened_at, c.place, s.lon, s.lat, o.title AS office_title"
    " FROM cases c JOIN submissions s ON s.id = c.submission LEFT JOIN offices o ON o.id = c.office"
    " WHERE c.item = :item AND c.finding = :finding AND c.closed_at IS NULL"
)


@dataclass(frozen=True, slots=True)
class Box:
    """Degrees, edges included."""

    west: float
    south: float
    east: float
    north: float


def list_at_place(store: Store, item: str, finding: str, place: int) -> list[Row]:
    """Open cases of the finding at a place, the newest first, with where they were reported from."""
    return fetch(
        store.execute(
            f"{_FOUND} AND c.place = :place ORDER BY c.id DESC", item=item, finding=finding, place=place
        )
    )


def list_in_box(store: Store, item: str, finding: str, box: Box, since: datetime) -> list[Row]:
    """Open cases of the finding that were opened after `since` and reported from within the box."""
    return fetch(
        store.execute(
            f"{_FOUND} AND c.opened_at > :since"
            " AND s.lon BETWEEN :west AND :east AND s.lat BETWEEN :south AND :north",
            item=item, finding=finding, since=since, west=box.west, east=box.east, south=box.south, north=box.north,
        )
    )  # fmt: skip
