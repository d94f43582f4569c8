"""The projections of a case as they are stored, to be held against what the journal makes of it."""

from __future__ import annotations

from typing import Any

from gewu_platform.records.hot.rows import Row, fetch
from gewu_platform.records.store import Store


def list_case_ids(store: Store, after: int, limit: int) -> list[int]:
    """The next ids above `after`."""
    cursor = store.execute(
        "SELECT id FROM cases WHERE id > :after ORDER BY id LIMIT :limit", after=after, limit=limit
    )
    return [int(row[0]) for row in cursor.fetchall()]


def largest_case_id(store: Store) -> int:
    """The id of the newest case; 0 where there is none."""
    return int(store.execute("SELECT coalesce(max(id), 0) FROM cases").fetchone()[0])


def find_lost_case(store: Store) -> int | None:
    """The first case that the journal reports and that has no row."""
    row = store.execute(
        "SELECT j.subject FROM journal j WHERE j.kind = 'reported' AND j.subject LIKE 'case:%'"
        " AND NOT EXISTS (SELECT 1 FROM cases c WHERE c.id = CAST(substr(j.subject, 6) AS INTEGER))"
        " ORDER BY j.seq LIMIT 1"
    ).fetchone()
    return None if row is None else int(str(row[0]).removeprefix("case:"))


def list_deadline_rows(store: Store, case: int) -> list[Row]:
    """The clocks of a case, whole."""
    return _rows(store, 'SELECT * FROM deadlines WHERE "case" = :case_id ORDER BY number', case_id=case)


def list_task_rows(store: Store, case: int) -> list[Row]:
    """The tasks of a case, whole; a text that means nothing as None."""
    rows = _rows(store, 'SELECT * FROM tasks WHERE "case" = :case_id ORDER BY number', case_id=case)
    return [{name: None if value == "" else value for name, value in row.items()} for row in rows]


def list_other_reporters(store: Store, case: int) -> list[int]:
    """Who reported a case besides the first."""
    cursor = store.execute('SELECT "user" FROM reporters WHERE "case" = :case_id', case_id=case)
    return [int(row[0]) for row in cursor.fetchall()]


def list_timer_rows(store: Store, case: int) -> list[Row]:
    """The timers of a case that wait, and those that happened, without their moment; none that were taken back.

    What the system did at the end of a clock is told by the clock.
    """
    return fetch(
        store.execute(
            "SELECT d.number, t.kind, t.tier, CASE WHEN t.fired_at IS NULL THEN t.due_at END AS due_at FROM timers t"
            ' JOIN deadlines d ON d.id = t.deadline WHERE t."case" = :case_id AND t.cancelled_at IS NULL'
            " AND NOT (t.fired_at IS NOT NULL AND t.kind IN ('unsettle', 'resume'))",
            case_id=case,
        )
    )


def _rows(store: Store, sql: str, **parameters: Any) -> list[Row]:
    """Rows without what only names them to the database."""
    return [
        {name: value for name, value in row.items() if name not in ("id", "case")}
        for row in fetch(store.execute(sql, **parameters))
    ]
