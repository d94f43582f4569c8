"""What is due now: claiming timers in batches. The cost depends on what is due, never on what there is."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from gewu_platform.records.hot.rows import Row, fetch_one, in_list
from gewu_platform.records.store import Store, moment

_DUE = "fired_at IS NULL AND cancelled_at IS NULL AND due_at <= :at"


NEWEST = 500
"""Entries at the journal's end that tell whether the clock was set back: looking for every case's own costs far more."""


class Fired(NamedTuple):
    """A timer that has just fired, with its clock, the address of whoever has the task that the clock measures, and its case.

    `step` and `case_step` are None where a row has none.
    """

    kind: str
    tier: str
    clock: int
    step: str
    stage: str | None
    due_at: datetime
    task: int | None
    task_office: int | None
    task_role: str | None
    case: int
    number: str
    title: str
    case_step: str | None
    grid: int
    office: int | None
    reporter: int
    supervising: int | None
    escalated_to: str | None
    sequence: int


def claim_timers(store: Store, at: datetime, limit: int) -> list[int]:
    """Mark up to `limit` reminders, overdues and escalations that are due as fired at `at`; their ids, each once, ever.

    At its very due time a step is still on time: only what lies before `at` is overdue.
    Where several runners sweep at the same moment, those that another has in hand are skipped, not waited for.
    """
    skip = " FOR UPDATE SKIP LOCKED" if store.dialect == "postgresql" else ""
    claimed = store.execute(
        f"UPDATE timers SET fired_at = :at WHERE id IN (SELECT id FROM timers WHERE {_DUE}"
        " AND (kind = 'remind' OR (kind IN ('overdue', 'escalate') AND due_at < :at))"
        f" ORDER BY due_at, id LIMIT :limit{skip}) RETURNING id",
        at=at, limit=limit,
    )  # fmt: skip
    return [int(row[0]) for row in claimed.fetchall()]


def list_fired(store: Store, timers: Sequence[int]) -> list[Fired]:
    """What is to be known of timers that fired, in the order in which they were due."""
    # Numbers of our own, written out: hundreds of named parameters cost SQLite as much as the rows.
    listed = f"({', '.join(map(str, timers))})"
    cursor = store.execute(
        "SELECT m.kind, m.tier, d.number, d.step, d.stage, d.due_at, d.task, t.office, t.role, c.id, c.number, c.title,"
        " c.step, c.grid, c.office, c.reporter, c.supervising, c.escalated_to, c.sequence"
        ' FROM timers m JOIN deadlines d ON d.id = m.deadline JOIN cases c ON c.id = m."case"'
        f' LEFT JOIN tasks t ON t."case" = d."case" AND t.number = d.task WHERE m.id IN {listed} ORDER BY m.due_at, m.id'
    )
    return [_fired(*row) for row in cursor.fetchall()]


def _fired(
    kind: str, tier: str, clock: int, step: str, stage: str, due_at: datetime, task: int | None,
    task_office: int | None, task_role: str | None, case: int, number: str, title: str, case_step: str, grid: int,
    office: int | None, reporter: int, supervising: int | None, escalated_to: str, sequence: int,
) -> Fired:  # fmt: skip
    # By position: a row of names would cost more than all that is done with it.
    return Fired(
        kind, tier, clock, step, stage or None, moment(due_at), task, task_office, task_role or None, case, number, title,
        case_step or None, grid, office, reporter, supervising, escalated_to or None, sequence,
    )  # fmt: skip


def list_commanding(store: Store, at: datetime, limit: int) -> list[int]:
    """The timers that are due and give a command, up to `limit` of them, the oldest first."""
    cursor = store.execute(
        f"SELECT id FROM timers WHERE {_DUE} AND kind IN ('unsettle', 'resume')"
        " ORDER BY due_at, id LIMIT :limit",
        at=at, limit=limit,
    )  # fmt: skip
    return [int(row[0]) for row in cursor.fetchall()]


def claim_timer(store: Store, timer: int, at: datetime) -> Row | None:
    """Mark one timer as fired at `at`; None where somebody else has fired it, or it was cancelled."""
    return fetch_one(
        store.execute(
            "UPDATE timers SET fired_at = :at WHERE id = :timer AND fired_at IS NULL AND cancelled_at IS NULL"
            ' RETURNING "case" AS case_id, kind, due_at',
            at=at, timer=timer,
        )
    )  # fmt: skip


def last_entry_at(store: Store, case: int) -> datetime | None:
    """When the last thing happened to a case."""
    found = store.execute(
        "SELECT at FROM journal WHERE subject = :subject ORDER BY seq DESC LIMIT 1", subject=f"case:{case}"
    ).fetchone()
    return moment(found[0]) if found else None


def is_set_back(store: Store, at: datetime) -> bool:
    """Whether the machine's clock seems to have been set back to `at`: something later stands among the last entries."""
    found = store.execute(
        "SELECT max(at) FROM (SELECT at FROM journal ORDER BY seq DESC LIMIT :limit) newest", limit=NEWEST
    ).fetchone()
    return found[0] is not None and moment(found[0]) > at


def mark_cases(store: Store, rows: Sequence[Row]) -> None:
    """Write `escalated_to` and `sequence` of cases back."""
    store.execute_many(
        "UPDATE cases SET escalated_to = :escalated_to, sequence = :sequence WHERE id = :id",
        [{**row, "escalated_to": row["escalated_to"] or ""} for row in rows],
    )


def areas_above(store: Store, grids: Sequence[int]) -> dict[int, dict[str, int]]:
    """For each grid the areas on its way up, itself included, by tier."""
    listed, parameters = in_list("grid", grids)
    rows = store.execute(
        "SELECT here.id, above.tier, above.id FROM areas here"
        f" JOIN areas above ON substr(here.path, 1, length(above.path)) = above.path WHERE here.id IN {listed}",
        **parameters,
    ).fetchall()
    found: dict[int, dict[str, int]] = {}
    for grid, tier, area in rows:
        found.setdefault(grid, {})[tier] = area
    return found
