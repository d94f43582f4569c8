"""The rows of tasks say what the state says: what is open, how the rest ended, and when it is due."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from core_loop import (
    ACCEPTOR,
    GRID,
    HANDLER,
    HELPER,
    HELPING_OFFICE,
    NOW,
    REACHED,
    TO_DISPATCHED,
    WALKS,
    WORKER,
    assisted,
    follow,
    ready,
    run,
    walk,
)
from hypothesis import given, settings

from gewu_platform.core import clocks
from gewu_platform.core.calendars import Calendar
from gewu_platform.core.clocks import Ruler, RunningClock
from gewu_platform.core.lifecycle import decide, evolve
from gewu_platform.core.naming import RESULT_WORDS
from gewu_platform.core.task_rows import TaskRow, task_changes
from gewu_platform.core.tasks import Task

START = datetime(2026, 11, 23, 1)
RULER = Ruler(Calendar("cn", 1, date(2026, 12, 31)), ZoneInfo("Asia/Shanghai"))


def at(hours: float) -> datetime:
    return START + timedelta(hours=hours)


def check_clock() -> RunningClock:
    return clocks.start(2, "check", None, 1, None, clocks.CHECK_LIMIT, START, RULER)


@settings(max_examples=60, deadline=None)
@given(WALKS)
def test_rows_and_state_never_part(numbers: list[int]) -> None:
    rows: dict[int, TaskRow] = {}
    for hour, taken in enumerate(follow(numbers)):
        opened, changed = task_changes(taken.before, taken.event, taken.after, at(hour), ())
        assert not set(changed) - set(rows)
        for number, columns in changed.items():
            assert rows[number]["ended_at"] is None, "a task ends once"
            rows[number] |= columns
        for row in opened:
            assert row["number"] not in rows
            rows[row["number"]] = row
        standing = {number for number, row in rows.items() if row["ended_at"] is None}
        assert standing == {task.number for task in taken.after.tasks}
        for row in rows.values():
            ended = row["ended_at"] is not None
            assert (row["result"] in RESULT_WORDS) == ended
            assert (row["ended_by"] is not None) == (ended and row["result"] != "lapsed")
    assert sorted(rows) == list(range(1, len(rows) + 1))


def test_a_row_says_what_was_asked_of_whom() -> None:
    before = walk(*TO_DISPATCHED)
    (event,) = decide(before, ready("park", HANDLER), NOW)
    ((row,), changed) = task_changes(before, event, evolve(before, event), START, ())
    assert changed == {}
    assert (row["kind"], row["office"], row["role"], row["grid"]) == ("park", None, "dispatcher", GRID)
    assert (row["asked_by"], row["asked_at"], row["note"]) == (HANDLER.user, START, "理由")
    assert (row["until_on"], row["due_at"], row["result"]) == (event.until, None, None)


def test_an_answer_is_kept_with_who_gave_it() -> None:
    before = assisted(finished=False)
    (event,) = decide(before, ready("assist", HELPER, note="已清运"), NOW)
    opened, changed = task_changes(before, event, evolve(before, event), at(1), ())
    assert opened == []
    assert changed == {
        1: {"ended_at": at(1), "ended_by": HELPER.user, "result": "done", "answer": "已清运"},
    }
    assert before.tasks == (Task(1, "assist", HELPING_OFFICE, None, 6, "说明"),)


def test_a_task_is_due_when_its_clock_is_and_not_while_that_stands_still() -> None:
    before = REACHED["accepted"]
    (event,) = decide(before, ready("check", ACCEPTOR), NOW)
    after = evolve(before, event)
    running = check_clock()
    ((row,), _) = task_changes(before, event, after, START, [running])
    assert row["due_at"] == at(0.5)
    (other,) = decide(after, ready("escalate", ACCEPTOR), NOW)
    paused = clocks.pause(running, at(0.2))
    assert task_changes(after, other, evolve(after, other), at(0.2), [paused]) == ([], {1: {"due_at": None}})


def test_a_check_that_lapses_says_so() -> None:
    before = walk("accept", "check")
    (event,) = decide(before, ready("void", ACCEPTOR), NOW)
    _, changed = task_changes(before, event, evolve(before, event), at(1), ())
    assert changed == {1: {"ended_at": at(1), "ended_by": None, "result": "lapsed", "answer": None}}
    assert run(before, ready("answer", WORKER)).tasks == ()
