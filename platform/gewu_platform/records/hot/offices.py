"""Every area, office and post at once: what checks over a whole city read."""

from __future__ import annotations

from gewu_platform.records.hot.rows import Row, fetch
from gewu_platform.records.store import Store


def list_area_tree(store: Store) -> list[Row]:
    """Every area: id, name, tier, path."""
    return fetch(store.execute("SELECT id, name, tier, path FROM areas ORDER BY id"))


def list_posts(store: Store) -> list[Row]:
    """Every office, closed ones too, with how many active handlers it has."""
    return fetch(
        store.execute(
            "SELECT o.id, o.department, o.code, o.title, o.area, o.active, a.name AS area_name,"
            ' (SELECT count(*) FROM user_offices p JOIN users u ON u.id = p."user"'
            " WHERE p.office = o.id AND u.active AND u.role = 'handler') AS handlers"
            " FROM offices o JOIN areas a ON a.id = o.area ORDER BY o.id"
        )
    )


def list_grids_of_kinds(store: Store) -> list[tuple[str, int]]:
    """Each kind of place with each grid that has an active one."""
    found = store.execute("SELECT DISTINCT kind, grid FROM places WHERE active").fetchall()
    return [(str(kind), int(grid)) for kind, grid in found]
