"""Desks: tasks over many cases, what came back, likely doubles, and cases by their ids."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from gewu_platform.core.naming import TASK_WORDS, result_words
from gewu_platform.core.tasks import TaskKind
from gewu_platform.core.words import Words
from gewu_platform.records.hot import cases as stored
from gewu_platform.records.hot import task_lists as hot
from gewu_platform.records.hot.rows import Row
from gewu_platform.records.store import LARGEST_ID
from gewu_platform.service.caller import Caller
from gewu_platform.service.desk.case_lists import scope_of
from gewu_platform.service.desk.case_rows import case_row
from gewu_platform.service.engine import Engine
from gewu_platform.service.permissions import require
from gewu_platform.service.views import CaseRow

LARGEST = 200
"""Tasks in one list."""


@dataclass(frozen=True, slots=True)
class ListedTask:
    """One task with its case. `before` counts earlier ones of its kind in the case that were answered.

    It is for the office named, or for a `role` over the case's grid; `asked_by_name` is None where the system asked.
    """

    case: CaseRow
    number: int
    kind: str
    words: Words
    office_title: str | None
    role: str | None
    asked_by_name: str | None
    asked_at: datetime
    note: str | None
    until: date | None
    due_at: datetime | None
    late: bool
    before: int
    ended_at: datetime | None
    ended_by_name: str | None
    result_words: Words | None
    answer: str | None


def open_tasks(engine: Engine, caller: Caller, kinds: Iterable[TaskKind]) -> tuple[ListedTask, ...]:
    """Open tasks that are addressed to the caller, what runs out first in front."""
    require(caller, "cases.list")
    handler = caller.role == "handler"
    with engine.store.transaction():
        scope, values = scope_of(engine, caller)
        rows = hot.list_open_tasks(
            engine.store, sorted(kinds), scope, values, limit=LARGEST,
            offices=sorted(caller.offices) if handler else None, role=None if handler else caller.role,
            grids=sorted(caller.grids) if caller.role == "worker" else None,
        )  # fmt: skip
        return _listed(engine, rows)


def awaited_tasks(engine: Engine, caller: Caller, kinds: Iterable[TaskKind]) -> tuple[ListedTask, ...]:
    """Open tasks of the cases the caller sees, whoever has to answer them."""
    require(caller, "cases.list")
    with engine.store.transaction():
        scope, values = scope_of(engine, caller)
        rows = hot.list_open_tasks(
            engine.store, sorted(kinds), scope, values, offices=None, role=None, grids=None, limit=LARGEST
        )
        return _listed(engine, rows)


def answered_tasks(
    engine: Engine, caller: Caller, kinds: Iterable[TaskKind], days: int = 3
) -> tuple[ListedTask, ...]:
    """Tasks of open cases the caller sees that were answered in the last days, the newest in front."""
    require(caller, "cases.list")
    since = engine.now() - timedelta(days=days)
    with engine.store.transaction():
        scope, values = scope_of(engine, caller)
        rows = hot.list_answered_tasks(engine.store, sorted(kinds), scope, values, since, LARGEST)
        return _listed(engine, rows)


def count_alike(engine: Engine, caller: Caller, cases: Sequence[CaseRow]) -> dict[int, int]:
    """For each of these cases how many other open ones of the same finding there are at its place, or, where it was found
    at none, in its grid; 0 left out.
    """
    require(caller, "cases.list")
    if not cases:
        return {}
    with engine.store.transaction():
        return hot.count_alike(engine.store, [case.id for case in cases])


def cases_among(engine: Engine, caller: Caller, ids: Sequence[int]) -> dict[int, CaseRow]:
    """Those of these cases that the caller sees, by id."""
    require(caller, "cases.list")
    now = engine.now()
    with engine.store.transaction():
        scope, values = scope_of(engine, caller)
        known = [each for each in ids if each <= LARGEST_ID]
        rows = stored.list_listed(engine.store, known, scope, values) if known else []
        return {row["id"]: case_row(engine, row, now) for row in rows}


def _listed(engine: Engine, rows: Sequence[Row]) -> tuple[ListedTask, ...]:
    now = engine.now()
    ids = sorted({row["case_id"] for row in rows})
    cases = {row["id"]: case_row(engine, row, now) for row in stored.list_listed(engine.store, ids)}
    return tuple(_task(row, cases[row["case_id"]], now) for row in rows)


def _task(row: Row, case: CaseRow, now: datetime) -> ListedTask:
    return ListedTask(
        case=case, number=row["number"], kind=row["kind"], words=TASK_WORDS[row["kind"]],
        office_title=row["office_title"], role=row["role"], asked_by_name=row["asked_by_name"],
        asked_at=row["asked_at"], note=row["note"], until=row["until_on"], due_at=row["due_at"],
        late=row["due_at"] is not None and row["due_at"] < (row["ended_at"] or now), before=int(row["before"]),
        ended_at=row["ended_at"], ended_by_name=row["ended_by_name"],
        result_words=result_words(row["kind"], row["result"]) if row["result"] else None, answer=row["answer"],
    )  # fmt: skip
