"""Tasks over many cases: what lies on somebody's desk, what they wait for, what came back; and cases that look alike."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from gewu_platform.records.hot.rows import Row, fetch, in_list
from gewu_platform.records.store import Store

_TASKS = """
SELECT t."case" AS case_id, t.number, t.kind, t.office, t.role, t.asked_by, t.asked_at, t.note, t.until_on, t.due_at,
  t.ended_at, t.result, t.answer, o.title AS office_title, a.full_name AS asked_by_name, e.full_name AS ended_by_name,
  (SELECT count(*) FROM tasks b WHERE b."case" = t."case" AND b.kind = t.kind AND b.number < t.number
     AND b.result <> 'lapsed') AS before
FROM tasks t JOIN cases c ON c.id = t."case" LEFT JOIN offices o ON o.id = t.office
LEFT JOIN users a ON a.id = t.asked_by LEFT JOIN users e ON e.id = t.ended_by
"""


def list_open_tasks(
    store: Store, kinds: Sequence[str], scope: str, scope_values: Row, *, offices: Sequence[int] | None,
    role: str | None, grids: Sequence[int] | None, limit: int,
) -> list[Row]:  # fmt: skip
    """Open tasks of cases in `scope`, what runs out first in front; those for these offices, this role, in these grids."""
    listed, values = in_list("kind", kinds)
    where = [f"t.ended_at IS NULL AND t.kind IN {listed}", scope]
    if offices is not None:
        named, more = in_list("office", offices)
        where.append(f"t.office IN {named}")
        values |= more
    if role is not None:
        where.append("t.role = :role")
        values["role"] = role
    if grids is not None:
        named, more = in_list("grid", grids)
        where.append(f"t.grid IN {named}")
        values |= more
    order = "CASE WHEN t.due_at IS NULL THEN 1 ELSE 0 END, t.due_at, t.asked_at, t.id"
    sql = f"{_TASKS} WHERE {' AND '.join(where)} ORDER BY {order} LIMIT :limit"
    return fetch(store.execute(sql, **scope_values, **values, limit=limit))


def list_answered_tasks(
    store: Store, kinds: Sequence[str], scope: str, scope_values: Row, since: datetime, limit: int
) -> list[Row]:
    """Tasks of cases in `scope` that somebody answered since then, the newest in front."""
    listed, values = in_list("kind", kinds)
    where = (
        f"t.ended_at >= :since AND t.result NOT IN ('', 'lapsed') AND t.kind IN {listed}"
        f" AND c.closed_at IS NULL AND {scope}"
    )
    sql = f"{_TASKS} WHERE {where} ORDER BY t.ended_at DESC, t.id DESC LIMIT :limit"
    return fetch(store.execute(sql, **scope_values, **values, since=since, limit=limit))


def count_alike(store: Store, cases: Sequence[int]) -> dict[int, int]:
    """For each of these cases how many other open ones are of the same item and finding at the same place, or, found at
    none, in the same grid; without those of none.
    """
    listed, values = in_list("case", cases)
    sql = (
        "SELECT c.id, count(*) AS alike FROM cases c JOIN cases b ON b.grid = c.grid AND b.item = c.item"
        " AND b.finding = c.finding AND b.closed_at IS NULL AND b.id <> c.id"
        " AND (b.place = c.place OR (b.place IS NULL AND c.place IS NULL))"
        f" WHERE c.id IN {listed} GROUP BY c.id"
    )
    return {row["id"]: int(row["alike"]) for row in fetch(store.execute(sql, **values))}
