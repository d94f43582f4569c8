"""Rows of `tasks` as the events of a case make them: the writer and the rebuilding from the journal share this function."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from gewu_platform.core.clocks import RunningClock
from gewu_platform.core.lifecycle import Event, State
from gewu_platform.core.tasks import Task

LAPSED = "lapsed"
"""How a task ended that nobody answered: the case went on without it."""

TaskRow = dict[str, Any]
"""The columns of a task that say what it is and how it ended, without its case."""


def task_changes(
    before: State, event: Event, after: State, at: datetime, clocks: Sequence[RunningClock]
) -> tuple[list[TaskRow], dict[int, TaskRow]]:
    """The rows of the tasks that `event` opened, and by number the columns it changed of others.

    `clocks` are those that the event started or changed. A task's `due_at` is that of its clock, None while that
    stands still and for tasks without one.
    """
    was, now = {task.number for task in before.tasks}, {task.number for task in after.tasks}
    dues = {clock.task: _due(clock) for clock in clocks if clock.task is not None}
    opened = [_row(task, after.grid, event, at, dues.get(task.number)) for task in event.opens]
    changed: dict[int, TaskRow] = {number: {"due_at": due} for number, due in dues.items() if number in was}
    for number in sorted(was - now):
        changed[number] = changed.get(number, {}) | _ending(event, number, at)
    for row in opened:
        if row["number"] not in now:
            row |= _ending(event, row["number"], at)
    return opened, changed


def _row(task: Task, grid: int, event: Event, at: datetime, due: datetime | None) -> TaskRow:
    return {
        "number": task.number, "kind": task.kind, "office": task.office, "role": task.role, "grid": grid,
        "asked_by": task.asked_by, "asked_at": at, "note": task.note, "until_on": task.until, "due_at": due,
        "ended_at": None, "ended_by": None, "result": None, "answer": None,
    }  # fmt: skip


def _ending(event: Event, number: int, at: datetime) -> TaskRow:
    if event.ends != number:
        return {"ended_at": at, "ended_by": None, "result": LAPSED, "answer": None}
    return {
        "ended_at": at, "ended_by": event.by, "result": event.result, "answer": event.note or event.reason,
    }  # fmt: skip


def _due(clock: RunningClock) -> datetime | None:
    return None if clock.paused_at is not None and clock.ended_at is None else clock.due_at
