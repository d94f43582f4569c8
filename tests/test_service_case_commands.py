"""The commands that a case's page offers: what may be chosen for each is what its giver may choose."""

from __future__ import annotations

from datetime import datetime

from core_loop import (
    DISPATCHER,
    HANDLER,
    HELPER,
    HELPING_OFFICE,
    NOW,
    OTHER,
    OTHER_OFFICE,
    SUPERVISOR,
    TO_FILED,
    ready,
    run,
    walk,
)

from gewu_platform.core.lifecycle import Actor, State
from gewu_platform.core.words import Words
from gewu_platform.service.desk.case_commands import Offered, command_views
from gewu_platform.service.desk.case_views import TaskView


def offered(state: State, reader: Actor) -> Offered:
    """The open tasks of `state` as a page has them for `reader`."""
    who = Words("派遣员", "a dispatcher")
    return Offered((), (), [
        TaskView(
            task.number, task.kind, who, None, task.role, who, datetime(2026, 11, 22), task.note, task.until, None, "none",
            None, None, None, None, reader.is_asked(task.office, task.role, state.grid),
        )
        for task in state.tasks
    ])  # fmt: skip


def tasks_for(state: State, reader: Actor, name: str) -> list[str]:
    """The numbers of the tasks that the command may name."""
    view = next(
        each for each in command_views(state, reader, NOW, offered(state, reader)) if each.command == name
    )
    return [number for number, _ in view.options.get("task", ())]


def test_who_assists_is_offered_the_task_of_their_own_office_only() -> None:
    state = walk(*TO_FILED, ready("dispatch", DISPATCHER, assisting=(OTHER_OFFICE, HELPING_OFFICE)))
    first, second = (str(task.number) for task in state.tasks)
    assert tasks_for(state, OTHER, "assist") == [first]
    assert tasks_for(state, HELPER, "assist") == [second]
    assert tasks_for(state, HANDLER, "assist") == []


def test_a_supervisor_is_offered_requests_that_went_to_a_dispatcher() -> None:
    state = run(walk(*TO_FILED, "dispatch"), ready("extend", HANDLER))
    (asked,) = (str(task.number) for task in state.tasks)
    assert tasks_for(state, SUPERVISOR, "grant") == tasks_for(state, DISPATCHER, "deny") == [asked]
