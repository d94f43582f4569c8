"""The outbox and the inboxes: who is meant by an address, and each message at most once to each of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from gewu_platform.records.hot.rows import Row, fetch
from gewu_platform.records.store import Store


def claim_outbox(store: Store, at: datetime, limit: int) -> list[Row]:
    """Mark up to `limit` waiting messages as sent and return them, in order."""
    skip = " FOR UPDATE SKIP LOCKED" if store.dialect == "postgresql" else ""
    claimed = fetch(
        store.execute(
            "UPDATE outbox SET sent_at = :at, attempts = attempts + 1 WHERE id IN"
            f" (SELECT id FROM outbox WHERE sent_at IS NULL ORDER BY id LIMIT :limit{skip})"
            ' RETURNING id, kind, "user" AS user_id, office, area, role, case_id, body, created_at',
            at=at, limit=limit,
        )
    )  # fmt: skip
    return sorted(claimed, key=lambda row: int(row["id"]))


def users_of_office(store: Store, office: int) -> list[int]:
    """The active people who work in an office."""
    cursor = store.execute(
        'SELECT u.id FROM users u JOIN user_offices o ON o."user" = u.id WHERE o.office = :office AND u.active ORDER BY u.id',
        office=office,
    )
    return [int(row[0]) for row in cursor.fetchall()]


def workers_of_grid(store: Store, grid: int) -> list[int]:
    """The active workers rostered in a grid."""
    cursor = store.execute(
        'SELECT u.id FROM users u JOIN rosters r ON r."user" = u.id'
        " WHERE r.grid = :grid AND u.active AND u.role = 'worker' ORDER BY u.id",
        grid=grid,
    )
    return [int(row[0]) for row in cursor.fetchall()]


def users_over_area(store: Store, role: str, area: int) -> list[int]:
    """The active people of `role` at the nearest area, from `area` upwards, that has any."""
    cursor = store.execute(
        "SELECT u.id, length(above.path) FROM areas here"
        " JOIN areas above ON substr(here.path, 1, length(above.path)) = above.path"
        ' JOIN user_areas x ON x.area = above.id JOIN users u ON u.id = x."user"'
        " WHERE here.id = :area AND u.role = :role AND u.active ORDER BY u.id",
        area=area, role=role,
    )  # fmt: skip
    found = [(int(user), int(depth)) for user, depth in cursor.fetchall()]
    nearest = max((depth for _, depth in found), default=0)
    return sorted({user for user, depth in found if depth == nearest})


def insert_notices(store: Store, rows: Sequence[Row]) -> None:
    """Put messages into inboxes; one that is there already stays as it is."""
    if rows:
        store.execute_many(
            'INSERT INTO notices ("user", outbox, kind, case_id, body, created_at)'
            " VALUES (:user, :outbox, :kind, :case_id, :body, :created_at) ON CONFLICT DO NOTHING",
            rows,
        )


def list_notices(store: Store, user: int, limit: int) -> list[Row]:
    """An inbox, the newest first."""
    return fetch(
        store.execute(
            "SELECT id, kind, case_id, body, created_at, read_at FROM notices"
            ' WHERE "user" = :user ORDER BY id DESC LIMIT :limit',
            user=user, limit=limit,
        )
    )  # fmt: skip


def count_unread(store: Store, user: int) -> int:
    """How many messages of an inbox nobody has read."""
    cursor = store.execute('SELECT count(*) FROM notices WHERE "user" = :user AND read_at IS NULL', user=user)
    return int(cursor.fetchone()[0])


def mark_read(store: Store, user: int, at: datetime, notice: int | None) -> None:
    """Mark one message of an inbox as read, or all of them."""
    chosen = "" if notice is None else " AND id = :notice"
    values = {} if notice is None else {"notice": notice}
    store.execute(
        f'UPDATE notices SET read_at = :at WHERE "user" = :user AND read_at IS NULL{chosen}',
        at=at,
        user=user,
        **values,
    )
