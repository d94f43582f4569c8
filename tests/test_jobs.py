"""The job runner says when to look; what it finds is done once."""

from __future__ import annotations

import signal
import threading
from datetime import datetime
from pathlib import Path

import pytest
from huey import SqliteHuey
from loop_help import count, dispatched, settle
from sample_town import Clock

from gewu_platform.jobs import Runner, add_tasks, make_huey, make_queue, months_to_plan
from gewu_platform.service.engine import Engine


def test_the_tasks_do_what_is_due_and_may_run_twice(engine: Engine, clock: Clock, tmp_path: Path) -> None:
    settle(engine)
    tasks = add_tasks(make_queue(f"sqlite:///{tmp_path / 'queue.db'}", immediate=True), engine)
    dispatched(engine)
    clock.advance(days=20)
    seen = []
    for _ in range(2):
        for name in ("sweep", "carry", "plan"):
            tasks[name]()
        seen.append(
            (count(engine, "journal", "kind = 'overdue'"), count(engine, "notices"), count(engine, "visits"))
        )
    assert seen[0] == seen[1]
    assert seen[0][0] == 1
    assert seen[0][1] > 0
    assert seen[0][2] > 0


def test_sweeping_and_carrying_run_every_minute_and_planning_once_a_day(
    engine: Engine, tmp_path: Path
) -> None:
    huey = make_huey(f"sqlite:///{tmp_path / 'queue.db'}", engine)
    minutes = [datetime(2026, 3, 2, hour, minute) for hour in range(24) for minute in range(60)]
    due = {at: {task.name for task in huey.read_periodic(at)} for at in minutes}
    assert all({"sweep", "carry"} <= names for names in due.values())
    assert sum("plan" in names for names in due.values()) == 1


def test_the_next_month_is_planned_when_it_is_near(engine: Engine, clock: Clock) -> None:
    assert months_to_plan(engine) == ("2026-03",)
    clock.at = datetime(2026, 12, 28)
    assert months_to_plan(engine) == ("2026-12", "2027-01")


def test_the_queue_is_a_file_by_default_and_another_by_url(tmp_path: Path) -> None:
    assert isinstance(make_queue(f"sqlite:///{tmp_path / 'jobs' / 'queue.db'}"), SqliteHuey)
    with pytest.raises(ValueError, match="unknown queue"):
        make_queue("kafka://somewhere")


def test_a_runner_takes_what_is_in_the_queue_and_stops_when_told(tmp_path: Path) -> None:
    huey = make_queue(f"sqlite:///{tmp_path / 'queue.db'}")
    done = threading.Event()
    task = huey.task(name="mark")(done.set)
    runner = Runner(huey)
    handler = signal.getsignal(signal.SIGTERM)
    runner.start()
    try:
        task()
        assert done.wait(30)
    finally:
        runner.stop()
    assert signal.getsignal(signal.SIGTERM) is handler
    assert [thread.name for thread in threading.enumerate() if "uey" in thread.name] == []
    huey.storage.close()


def test_a_task_that_fails_stops_no_other(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    huey = make_queue(f"sqlite:///{tmp_path / 'queue.db'}")
    done = threading.Event()

    def fail() -> None:
        raise OSError("the database is away")

    failing, working = huey.task(name="fail")(fail), huey.task(name="mark")(done.set)
    runner = Runner(huey)
    runner.start()
    try:
        failing()
        working()
        assert done.wait(30)
    finally:
        runner.stop()
    assert "the database is away" in caplog.text
    huey.storage.close()


def test_a_queue_on_postgresql_keeps_a_task_until_it_is_taken(postgresql_url: str) -> None:
    huey = make_queue(postgresql_url)
    called = []

    @huey.task(name="mark")
    def mark() -> None:
        called.append(1)

    mark()
    task = huey.dequeue()
    assert task is not None
    huey.execute(task)
    assert called == [1]
    assert huey.dequeue() is None
    huey.storage.close()
