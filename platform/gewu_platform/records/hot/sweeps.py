"""What is due now: claiming timers in batches. The cost depends on what is due, never on what there is."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from gewu_platform.records.hot.rows import Row, fetch, in_list
from gewu_platform.records.store import Store


def claim_timers(store: Store, at: datetime, limit: int) -> list[Row]:
    """Mark up to `limit` timers that are due as fired at `at` and return them; each is returned once, ever.

    At its very due time a step is still on time: only what lies before `at` is overdue.
    Where several runners sweep at the same moment, those that another has in hand are skipped, not waited for.
    """
    skip = " FOR UPDATE SKIP LOCKED" if store.dialect == "postgresql" else ""
    claimed = fetch(
        store.execute(
            "UPDATE timers SET fired_at = :at WHERE id IN (SELECT id FROM timers"
            " WHERE fired_at IS NULL AND cancelled_at IS NULL AND due_at <= :at AND (kind = 'remind' OR due_at < :at)"
            f' ORDER BY due_at, id LIMIT :limit{skip}) RETURNING id, "case" AS case_id, deadline, kind, tier, due_at',
            at=at, limit=limit,
        )
    )  # fmt: skip
    return sorted(claimed, key=lambda row: (row["due_at"], row["id"]))


def list_swept_cases(store: Store, cases: Sequence[int]) -> dict[int, Row]:
    """The cases that timers fired on, by id."""
    listed, parameters = in_list("case_id", cases)
    rows = fetch(
        store.execute(
            "SELECT c.id, c.number, c.title, c.state, c.step, c.grid, c.village, c.town, c.county, c.office, c.reporter,"
            f" c.escalated_to, c.sequence, a.path FROM cases c JOIN areas a ON a.id = c.grid WHERE c.id IN {listed}",
            **parameters,
        )
    )
    return {row["id"]: row for row in rows}


def list_steps(store: Store, deadlines: Sequence[int]) -> dict[int, Row]:
    """Step, stage and due time of clocks, by id."""
    listed, parameters = in_list("deadline", deadlines)
    rows = fetch(
        store.execute(
            f"SELECT id, step, stage, due_at, office FROM deadlines WHERE id IN {listed}", **parameters
        )
    )
    return {row["id"]: row for row in rows}


def mark_cases(store: Store, rows: Sequence[Row]) -> None:
    """Write `escalated_to` and `sequence` of cases back."""
    if rows:
        store.execute_many(
            "UPDATE cases SET escalated_to = :escalated_to, sequence = :sequence WHERE id = :id",
            [
                {"id": row["id"], "escalated_to": row["escalated_to"] or "", "sequence": row["sequence"]}
                for row in rows
            ],
        )


def find_area_of_tier(store: Store, tier: str, path: str) -> int | None:
    """The area of `tier` on a path, or None."""
    listed, parameters = in_list("area", [int(part) for part in path.strip("/").split("/")])
    found = store.execute(
        f"SELECT id FROM areas WHERE tier = :tier AND id IN {listed}", tier=tier, **parameters
    ).fetchone()
    return int(found[0]) if found else None
