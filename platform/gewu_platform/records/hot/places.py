"""Places in bulk: a register is entered by the thousand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from gewu_platform.records.store import Store


def insert_places(store: Store, rows: Sequence[Mapping[str, object]]) -> dict[str, int]:
    """Insert places at once; the id each code got. A row has every column of `places` but `id` and `active`."""
    (last,) = store.execute("SELECT coalesce(max(id), 0) FROM places").fetchone()
    store.execute_many(
        "INSERT INTO places (code, kind, name, address, grid, lon, lat, attributes, active)"
        " VALUES (:code, :kind, :name, :address, :grid, :lon, :lat, :attributes, TRUE)",
        rows,
    )
    return dict(store.execute("SELECT code, id FROM places WHERE id > :last", last=last).fetchall())


def count_places(store: Store) -> dict[int, int]:
    """How many places each grid has."""
    return dict(store.execute("SELECT grid, count(*) FROM places GROUP BY grid").fetchall())
