"""The visits of a month: what is needed, and one INSERT a batch for what is planned."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from gewu_platform.records.hot.rows import Row, fetch, in_list
from gewu_platform.records.store import Store

BATCH = 5000
"""Visits written in one statement, so that nobody waits long for the writer's place."""


def list_places(store: Store, kinds: Sequence[str], grids: Sequence[int]) -> list[Row]:
    """The active places of some kinds in some grids."""
    of_kind, kind_values = in_list("kind", kinds)
    in_grid, grid_values = in_list("grid", grids)
    return fetch(
        store.execute(
            "SELECT p.id, p.kind, p.grid, p.attributes, a.area_class, a.kind AS area_kind"
            f" FROM places p JOIN areas a ON a.id = p.grid WHERE p.active AND p.kind IN {of_kind} AND p.grid IN {in_grid}"
            " ORDER BY p.id",
            **kind_values, **grid_values,
        )
    )  # fmt: skip


def count_open_cases(store: Store) -> dict[int, int]:
    """The cases that are not final yet, by place."""
    return _by_place(store.execute(
        "SELECT place, count(*) FROM cases WHERE place IS NOT NULL AND closed_at IS NULL GROUP BY place"
    ))  # fmt: skip


def count_cases(store: Store, until: datetime, days: int) -> dict[int, int]:
    """The cases opened in the `days` before `until`, by place."""
    return _by_place(store.execute(
        "SELECT place, count(*) FROM cases WHERE place IS NOT NULL AND opened_at > :since AND opened_at <= :until"
        " GROUP BY place",
        since=until - timedelta(days=days), until=until,
    ))  # fmt: skip


def count_visits(store: Store, until: datetime, days: int) -> dict[int, int]:
    """The visits paid in the `days` before `until`, by place."""
    return _by_place(store.execute(
        "SELECT place, count(*) FROM visits WHERE done_at > :since AND done_at <= :until GROUP BY place",
        since=until - timedelta(days=days), until=until,
    ))  # fmt: skip


def _by_place(cursor: Any) -> dict[int, int]:
    return {int(place): int(count) for place, count in cursor.fetchall()}


def list_grids(store: Store, path: str) -> list[Row]:
    """The grids at and below a path."""
    return fetch(
        store.execute(
            "SELECT id, code, name FROM areas WHERE tier = 'grid' AND path LIKE :path ORDER BY id",
            path=f"{path}%",
        )
    )


def list_workers(store: Store, grids: Sequence[int]) -> dict[Any, list[int]]:
    """The active workers of each grid."""
    listed, parameters = in_list("grid", grids)
    rows = fetch(
        store.execute(
            'SELECT r.grid, u.id FROM rosters r JOIN users u ON u.id = r."user"'
            f" WHERE u.active AND u.role = 'worker' AND r.grid IN {listed} ORDER BY r.grid, u.id",
            **parameters,
        )
    )
    workers: dict[Any, list[int]] = {}
    for row in rows:
        workers.setdefault(row["grid"], []).append(row["id"])
    return workers


def last_visit(store: Store) -> int:
    """The largest id of a visit; 0 where there is none."""
    return int(store.execute("SELECT coalesce(max(id), 0) FROM visits").fetchone()[0])


def count_since(store: Store, last: int) -> int:
    """How many visits have a larger id than `last`."""
    return int(store.execute("SELECT count(*) FROM visits WHERE id > :last", last=last).fetchone()[0])


def insert_visits(store: Store, rows: Sequence[Row]) -> None:
    """Write planned visits; one that stands already stays as it is."""
    if rows:
        store.execute_many(
            'INSERT INTO visits (month, place, item, ordinal, grid, "user", planned_on, submission)'
            " VALUES (:month, :place, :item, :ordinal, :grid, :user, :planned_on, '') ON CONFLICT DO NOTHING",
            rows,
        )


def list_visits(store: Store, user: int, day: date, month: str) -> list[Row]:
    """Somebody's visits of a day, paid or not, and those of the month that should have been paid before it."""
    return fetch(
        store.execute(
            "SELECT v.id, v.place, v.item, v.planned_on, v.done_at, v.submission AS visit_submission, v.grid,"
            " p.code AS place_code, p.name AS place_name, p.address, p.lon, p.lat, g.name AS grid_name"
            " FROM visits v JOIN places p ON p.id = v.place JOIN areas g ON g.id = v.grid"
            ' WHERE v."user" = :user AND (v.planned_on = :day'
            " OR (v.done_at IS NULL AND v.month = :month AND v.planned_on < :day))"
            " ORDER BY v.planned_on, p.address, v.place, v.item",
            user=user, day=day, month=month,
        )
    )  # fmt: skip
