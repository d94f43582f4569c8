"""Messages for other systems: each for each webhook once, tried until it is acknowledged, given up or dropped."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from gewu_platform.records.hot.rows import Row, fetch, fetch_one, in_list
from gewu_platform.records.store import Store


def list_active_webhooks(store: Store) -> list[Row]:
    """The webhooks that are in use."""
    return fetch(store.execute("SELECT id, kinds, department FROM webhooks WHERE active ORDER BY id"))


def describe_cases(store: Store, cases: Sequence[int]) -> dict[int, Row]:
    """What a message to another system says of cases besides its own body, by id."""
    listed, parameters = in_list("case", cases)
    rows = fetch(
        store.execute(
            "SELECT c.id, c.department, c.item, c.finding, c.severity, c.state, g.code AS grid"
            f" FROM cases c JOIN areas g ON g.id = c.grid WHERE c.id IN {listed}",
            **parameters,
        )
    )
    return {row["id"]: row for row in rows}


def name_accounts(store: Store, users: Sequence[int]) -> dict[int, str]:
    """Account names by id."""
    listed, parameters = in_list("user", users)
    return dict(store.execute(f"SELECT id, name FROM users WHERE id IN {listed}", **parameters).fetchall())


def insert_deliveries(store: Store, rows: Sequence[Row]) -> None:
    """Write down what webhooks are to be told; what is written down already stays as it is."""
    if rows:
        store.execute_many(
            "INSERT INTO deliveries (webhook, outbox, key, kind, case_id, body, created_at, since_at, next_at,"
            " attempts, tries, state, error) VALUES (:webhook, :outbox, :key, :kind, :case_id, :body, :at, :at, :at,"
            " 0, 0, 'waiting', '') ON CONFLICT DO NOTHING",
            rows,
        )


def claim_delivery(store: Store, at: datetime, lease_until: datetime, skipped: Sequence[int]) -> Row | None:
    """Take the delivery that has waited longest, for webhooks in use and not in `skipped`, until `lease_until`.

    What is taken and never answered for is taken again by whoever comes after the lease.
    """
    lock = " FOR UPDATE SKIP LOCKED" if store.dialect == "postgresql" else ""
    listed, parameters = in_list("skipped", skipped)
    without = f" AND webhook NOT IN {listed}" if skipped else ""
    return fetch_one(
        store.execute(
            "UPDATE deliveries SET next_at = :lease, attempts = attempts + 1, tries = tries + 1 WHERE id IN"
            " (SELECT id FROM deliveries WHERE next_at <= :at"
            f" AND webhook IN (SELECT id FROM webhooks WHERE active){without} ORDER BY next_at, id LIMIT 1{lock})"
            " RETURNING id, webhook, key, body, since_at, attempts, tries",
            at=at, lease=lease_until, **parameters,
        )
    )  # fmt: skip


def find_webhook(store: Store, webhook: int) -> Row | None:
    """Address and secret of a webhook."""
    return fetch_one(store.execute("SELECT url, secret FROM webhooks WHERE id = :webhook", webhook=webhook))


def end_delivery(store: Store, delivery: int, state: str, at: datetime, error: str) -> None:
    """Nothing more is tried: it was `delivered`, or is `dead`. Whoever's lease ran out meanwhile still says so."""
    store.execute(
        "UPDATE deliveries SET state = :state, next_at = NULL, ended_at = :at, error = :error"
        " WHERE id = :delivery AND (state = 'waiting' OR :state = 'delivered')",
        delivery=delivery, state=state, at=at, error=error,
    )  # fmt: skip


def put_off(store: Store, delivery: int, attempts: int, next_at: datetime, error: str) -> None:
    """Try again at `next_at`; says nothing where somebody else has taken it since the attempt that failed."""
    store.execute(
        "UPDATE deliveries SET next_at = :next_at, error = :error"
        " WHERE id = :delivery AND attempts = :attempts AND state = 'waiting'",
        delivery=delivery, attempts=attempts, next_at=next_at, error=error,
    )  # fmt: skip


def revive_delivery(store: Store, delivery: int, at: datetime) -> bool:
    """Begin again with one that was given up or dropped; whether there was one."""
    cursor = store.execute(
        "UPDATE deliveries SET state = 'waiting', since_at = :at, next_at = :at, ended_at = NULL, tries = 0"
        " WHERE id = :delivery AND state IN ('dead', 'dropped')",
        delivery=delivery, at=at,
    )  # fmt: skip
    return bool(cursor.rowcount)


def drop_delivery(store: Store, delivery: int, at: datetime) -> bool:
    """Stop trying one that waits or was given up; whether there was one."""
    cursor = store.execute(
        "UPDATE deliveries SET state = 'dropped', next_at = NULL, ended_at = :at"
        " WHERE id = :delivery AND state IN ('dead', 'waiting')",
        delivery=delivery, at=at,
    )  # fmt: skip
    return bool(cursor.rowcount)
