"""The outbox and the inboxes: who is meant by an address, and each message at most once to each of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from gewu_platform.records.hot.rows import Row, fetch, in_list
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


class Recipient(NamedTuple):
    """Somebody a message is for, and the area whose calendar they work by: its `path` from the root, its `tier`."""

    user: int
    path: str
    tier: str


def users_of_office(store: Store, office: int) -> list[Recipient]:
    """The active people who work in an office."""
    cursor = store.execute(
        'SELECT u.id, a.path, a.tier FROM users u JOIN user_offices x ON x."user" = u.id'
        " JOIN offices o ON o.id = x.office JOIN areas a ON a.id = o.area"
        " WHERE o.id = :office AND u.active ORDER BY u.id",
        office=office,
    )
    return [Recipient(*row) for row in cursor.fetchall()]


def workers_of_grid(store: Store, grid: int) -> list[Recipient]:
    """The active workers rostered in a grid."""
    cursor = store.execute(
        'SELECT u.id, a.path, a.tier FROM users u JOIN rosters r ON r."user" = u.id JOIN areas a ON a.id = r.grid'
        " WHERE r.grid = :grid AND u.active AND u.role = 'worker' ORDER BY u.id",
        grid=grid,
    )
    return [Recipient(*row) for row in cursor.fetchall()]


def users_over_area(store: Store, role: str, area: int) -> list[Recipient]:
    """The active people of `role` at the nearest area, from `area` upwards, that has any."""
    cursor = store.execute(
        "SELECT u.id, above.path, above.tier FROM areas here"
        " JOIN areas above ON substr(here.path, 1, length(above.path)) = above.path"
        ' JOIN user_areas x ON x.area = above.id JOIN users u ON u.id = x."user"'
        " WHERE here.id = :area AND u.role = :role AND u.active ORDER BY u.id",
        area=area, role=role,
    )  # fmt: skip
    found = [Recipient(*row) for row in cursor.fetchall()]
    nearest = max((len(each.path) for each in found), default=0)
    return [each for each in found if len(each.path) == nearest]


def the_user(store: Store, user: int, case: int | None) -> list[Recipient]:
    """One person, where they are active; they work by the calendar of the case they are told of."""
    cursor = store.execute(
        "SELECT u.id, coalesce(a.path, ''), coalesce(a.tier, '') FROM users u LEFT JOIN cases c ON c.id = :case_id"
        " LEFT JOIN areas a ON a.id = c.grid WHERE u.id = :user_id AND u.active",
        user_id=user, case_id=case,
    )  # fmt: skip
    return [Recipient(*row) for row in cursor.fetchall()]


def number_of_case(store: Store, case: int) -> str | None:
    """The number people know a case by."""
    found = store.execute("SELECT number FROM cases WHERE id = :case_id", case_id=case).fetchone()
    return str(found[0]) if found else None


def hold_notices(store: Store, rows: Sequence[Row]) -> None:
    """Keep reminders until they are released; one that is kept, or was released, already stays as it is."""
    if rows:
        store.execute_many(
            'INSERT INTO held_notices ("user", outbox, kind, case_id, body, created_at, deliver_at)'
            " VALUES (:user, :outbox, :kind, :case_id, :body, :created_at, :deliver_at) ON CONFLICT DO NOTHING",
            rows,
        )


def claim_held(store: Store, at: datetime, limit: int) -> list[Row]:
    """Mark up to `limit` reminders whose hour has come as released and return them, person by person, in order."""
    skip = " FOR UPDATE SKIP LOCKED" if store.dialect == "postgresql" else ""
    claimed = fetch(
        store.execute(
            "UPDATE held_notices SET released_at = :at WHERE id IN (SELECT id FROM held_notices"
            f' WHERE released_at IS NULL AND deliver_at <= :at ORDER BY "user", id LIMIT :limit{skip})'
            ' RETURNING "user" AS user_id, outbox, kind, case_id, body, created_at, deliver_at',
            at=at, limit=limit,
        )
    )  # fmt: skip
    return sorted(claimed, key=lambda row: (row["user_id"], row["outbox"]))


def standing_clocks(store: Store, cases: Sequence[int]) -> set[tuple[int, int]]:
    """The clocks, as (case, number), that have ended or are stopped: nobody needs to be reminded of them."""
    listed, parameters = in_list("case", cases)
    cursor = store.execute(
        f'SELECT "case", number FROM deadlines WHERE "case" IN {listed}'
        " AND (ended_at IS NOT NULL OR paused_at IS NOT NULL)",
        **parameters,
    )
    return {(case, number) for case, number in cursor.fetchall()}


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
