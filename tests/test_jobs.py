"""The job runner says when to look; what it finds is done once, however often it is killed."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from datetime import datetime
from pathlib import Path

import pytest
import runner_fork
from huey import SqliteHuey
from loop_help import count, dispatched, give, kinds_of, settle
from many_cases import catch_up, multiply_case
from sample_town import Clock
from webhook_help import Receiver, receiving

from gewu_platform.jobs import Runner, add_tasks, make_huey, make_queue, months_to_plan
from gewu_platform.records import journal
from gewu_platform.service.caller import SYSTEM
from gewu_platform.service.engine import Engine
from gewu_platform.service.telling import webhooks


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


def test_sweeping_carrying_and_telling_run_every_minute_and_planning_once_a_day(
    engine: Engine, tmp_path: Path
) -> None:
    huey = make_huey(f"sqlite:///{tmp_path / 'queue.db'}", engine)
    minutes = [datetime(2026, 3, 2, hour, minute) for hour in range(24) for minute in range(60)]
    due = {at: {task.name for task in huey.read_periodic(at)} for at in minutes}
    assert all({"sweep", "carry", "deliver", "adjust"} <= names for names in due.values())
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


def test_every_timer_takes_effect_once_through_ten_kills_of_its_runners(
    engine: Engine, clock: Clock, tmp_path: Path
) -> None:
    _kill_runners(engine, clock, tmp_path, kills=10, cases=20, parked=2)


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(2))
def test_every_timer_takes_effect_once_through_two_hundred_kills(
    engine: Engine, clock: Clock, tmp_path: Path, seed: int
) -> None:
    _kill_runners(engine, clock, tmp_path, kills=200, cases=1500, parked=20, seed=seed)


def _kill_runners(
    engine: Engine, clock: Clock, folder: Path, *, kills: int, cases: int, parked: int, seed: int = 0
) -> None:
    """Two runners at a time are killed with signal 9 at any moment of their work; then one ends it."""
    chance = random.Random(seed)
    parked_cases = _many_due(engine, clock, cases, parked)
    expected = Counter(
        {"remind": cases + 1, "overdue": cases + 1, "escalate": 2 * (cases + 1), "resume": parked}
    )
    with receiving() as receiver:
        webhooks.add_webhook(engine, SYSTEM, name="centre", url=receiver.url, kinds=["escalate"])
        runners = subprocess.Popen(
            [sys.executable, runner_fork.__file__, engine.store.url, f"sqlite:///{folder / 'queue.db'}"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=folder,
            env={**os.environ, "PYTHONPATH": ":".join(sys.path)},
        )  # fmt: skip
        assert runners.stdin is not None
        assert runners.stdout is not None
        left_before = _left(engine)
        killed_at_work = 0
        for _ in range(kills // 2):
            clock.advance(seconds=40)
            runners.stdin.write(f"{clock.at.isoformat()}\n" * 2)
            runners.stdin.flush()
            for pid in [int(runners.stdout.readline()) for _ in range(2)]:
                time.sleep(chance.uniform(0, 0.15))
                os.kill(pid, signal.SIGKILL)
            runners.stdin.write("\n")
            runners.stdin.flush()
            assert runners.stdout.readline() == "gone\n"
            left = _left(engine)
            killed_at_work += left != left_before
            left_before = left
        assert killed_at_work > 0, "some of them were killed in the middle of something"
        while sum(_left(engine)):
            clock.advance(seconds=40)
            runners.stdin.write(f"{clock.at.isoformat()}\n\n")
            runners.stdin.flush()
            assert int(runners.stdout.readline())
            assert runners.stdout.readline() == "gone\n"
        runners.stdin.close()
        runners.stdout.close()
        runners.wait()
        _assert_once(engine, expected, parked_cases, receiver, kills)


def _many_due(engine: Engine, clock: Clock, cases: int, parked: int) -> list[int]:
    settle(engine)
    waiting = [dispatched(engine) for _ in range(parked)]
    for case in waiting:
        give(engine, "dispatcher1", case, "park", reason="等材料", until="2026-03-20")
    late = dispatched(engine)

    def more() -> None:
        multiply_case(engine.store.execute, late, cases)
        if engine.store.dialect == "postgresql":
            catch_up(engine.store.execute)

    engine.store.retrying(more)
    # After everything about `late`, before a resumed case has anything due; in working hours.
    clock.at = datetime(2026, 3, 20, 0, 30)
    return waiting


def _left(engine: Engine) -> tuple[int, int, int]:
    return (
        count(engine, "timers", "fired_at IS NULL AND cancelled_at IS NULL AND due_at < '2026-03-20'"),
        count(engine, "outbox", "sent_at IS NULL") + count(engine, "held_notices", "released_at IS NULL"),
        count(engine, "deliveries", "state = 'waiting'"),
    )


def _assert_once(
    engine: Engine, expected: Counter[str], parked: list[int], receiver: Receiver, kills: int
) -> None:
    names = {"remind": "reminded", "overdue": "overdue", "escalate": "escalated", "resume": "resumed"}
    with engine.store.transaction():
        read = engine.store.execute
        fired = read("SELECT kind, count(*) FROM timers WHERE fired_at IS NOT NULL GROUP BY kind").fetchall()
        told = read(
            "SELECT subject, kind, body FROM journal WHERE kind IN ('reminded', 'overdue', 'escalated')"
        ).fetchall()
        outbox = dict(read("SELECT kind, count(*) FROM outbox GROUP BY kind").fetchall())
        inboxes = read('SELECT outbox, "user" FROM notices').fetchall()
        assert journal.verify(engine.store) is None
        moved = read("SELECT count(*) FROM cases WHERE escalated_to = 'county'").fetchone()[0]
        sequences = read(
            "SELECT count(DISTINCT sequence) FROM cases WHERE escalated_to = 'county' AND number LIKE 'many-%'"
        ).fetchone()[0]
    assert Counter(dict(fired)) == expected
    assert Counter(kind for _, kind, _ in told) == {
        names[kind]: expected[kind] for kind in ("remind", "overdue", "escalate")
    }
    assert len(told) == len(set(told)), "nothing was entered twice"
    assert outbox["overdue"] == expected["overdue"]
    assert outbox["escalate"] == expected["escalate"]
    assert moved == expected["overdue"]
    assert sequences == 1, "each case counted as many events as any other"
    assert len(inboxes) == len(set(inboxes))
    assert {kinds_of(engine, case).count("resumed") for case in parked} == {1}
    assert len(receiver.acknowledged) == expected["escalate"], "every letter arrived, each under one id"
    assert receiver.acknowledged.total() - len(receiver.acknowledged) <= kills, "only a kill repeats an id"
