"""Everything that is due happens exactly once, however often, late or interrupted the sweep is."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import threading
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from loop_help import count, dispatched, give, kinds_of, person, report, row_of, settle
from sample_town import Clock

from gewu_platform.records import journal
from gewu_platform.records.store import Store
from gewu_platform.service.engine import Engine
from gewu_platform.service.notices import drain_outbox, notices_of
from gewu_platform.service.sweeping import sweep
from gewu_platform.service.views import SweepResult


@pytest.fixture(autouse=True)
def _settled(engine: Engine) -> None:
    settle(engine)


def _effects(engine: Engine) -> dict[str, int]:
    with engine.store.transaction():
        rows = engine.store.execute(
            "SELECT kind, count(*) FROM journal WHERE kind IN ('reminded', 'overdue', 'escalated') GROUP BY kind"
        ).fetchall()
    return dict(rows)


def test_nothing_happens_before_its_time(engine: Engine) -> None:
    dispatched(engine)
    assert sweep(engine) == SweepResult(0, 0, 0)


def test_a_clock_reminds_then_is_overdue_then_climbs_the_ladder(engine: Engine, clock: Clock) -> None:
    case = dispatched(engine)
    seen = []
    for at in (
        datetime(2026, 3, 2, 6, 12),
        datetime(2026, 3, 2, 7, 1),
        datetime(2026, 3, 3, 7, 1),
        datetime(2026, 3, 30),
    ):
        clock.at = at
        seen.append((sweep(engine), row_of(engine, case)["escalated_to"]))
    assert seen == [
        (SweepResult(1, 0, 0), None), (SweepResult(0, 1, 1), "town"), (SweepResult(0, 0, 1), "county"),
        (SweepResult(0, 0, 0), "county"),
    ]  # fmt: skip
    assert kinds_of(engine, case)[4:] == ["reminded", "overdue", "escalated", "escalated"]


def test_sweeping_again_changes_nothing(engine: Engine, clock: Clock) -> None:
    dispatched(engine)
    clock.advance(days=30)
    first = sweep(engine)
    before = (_effects(engine), count(engine, "outbox"))
    assert first == SweepResult(1, 1, 2)
    assert sweep(engine) == SweepResult(0, 0, 0)
    assert sweep(engine, clock.at + timedelta(days=300)) == SweepResult(0, 0, 0)
    assert (_effects(engine), count(engine, "outbox")) == before


def test_what_was_handled_in_time_is_never_called_overdue(engine: Engine, clock: Clock) -> None:
    case = dispatched(engine)
    give(engine, "handler2", case, "handle")
    give(engine, "handler2", case, "confirm")
    clock.advance(days=30)
    assert sweep(engine) == SweepResult(1, 1, 0)
    assert list(_steps(engine, case)) == ["verify", "verify"]


def _steps(engine: Engine, case: int) -> list[object]:
    with engine.store.transaction():
        history = journal.entries(engine.store, f"case:{case}")
    return [entry.body["step"] for entry in history if entry.kind in ("reminded", "overdue")]


def test_at_its_very_due_time_a_case_is_on_time(engine: Engine) -> None:
    due = row_of(engine, dispatched(engine))["due_at"]
    assert sweep(engine, due).overdue == 0
    assert sweep(engine, due + timedelta(microseconds=1)).overdue == 1


def test_a_rework_does_not_remind_a_second_time_of_what_was_said(engine: Engine, clock: Clock) -> None:
    case = dispatched(engine)
    give(engine, "handler2", case, "handle")
    clock.at = datetime(2026, 3, 2, 6, 30)
    assert sweep(engine).reminded == 1
    give(engine, "handler2", case, "confirm")
    clock.advance(minutes=30)
    give(engine, "worker1", case, "rework", reason="不干净")
    clock.advance(minutes=10)
    assert sweep(engine) == SweepResult(0, 0, 0)
    clock.advance(hours=5)
    assert sweep(engine) == SweepResult(0, 1, 1)


def test_people_are_told_once_each(engine: Engine, clock: Clock) -> None:
    dispatched(engine)
    clock.advance(days=30)
    sweep(engine)
    drain_outbox(engine)
    drain_outbox(engine)
    kinds = {
        name: Counter(notice.kind for notice in notices_of(engine, person(engine, name)))
        for name in ("handler2", "handler1", "supervisor1", "supervisor2", "worker1")
    }
    assert kinds["handler2"] == {"waiting": 1, "remind": 1, "overdue": 1}
    assert kinds["supervisor2"] == {"escalate": 1}, "the town's ladder rung"
    assert kinds["supervisor1"] == {"escalate": 1}, "the county's"
    assert kinds["handler1"] == kinds["worker1"] == {}


def test_several_runners_share_the_work_without_doubling_it(
    engine: Engine, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gewu_platform.service.sweeping.BATCH", 3)
    for _ in range(6):
        report(engine)
    clock.advance(days=1)
    results: list[SweepResult] = []
    threads = [threading.Thread(target=lambda: results.append(sweep(engine))) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(result.overdue for result in results) == sum(result.reminded for result in results) == 6
    assert _effects(engine) == {"reminded": 6, "overdue": 6}


def test_an_empty_sweep_does_not_read_the_cases(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(3):
        report(engine)
    asked: list[str] = []
    real = Store.execute

    def listen(store: Store, sql: str, /, **parameters: object) -> object:
        asked.append(sql)
        return real(store, sql, **parameters)

    monkeypatch.setattr(Store, "execute", listen)
    sweep(engine)
    assert not [sql for sql in asked if "FROM cases" in sql]


_SWEEPER = textwrap.dedent(
    """
    import sys
    from datetime import datetime
    from pathlib import Path
    sys.path.insert(0, sys.argv[2])
    from conftest import CHEAP, PACKS
    from zoneinfo import ZoneInfo
    from gewu_item_catalog.catalogue import load_catalogue
    from gewu_platform.records.store import Store
    from gewu_platform.service import notices, sweeping
    from gewu_platform.service.engine import Engine

    sweeping.BATCH = 2
    late = datetime(2026, 3, 31)
    engine = Engine(Store(sys.argv[1]), load_catalogue([PACKS]), Path("."), lambda: late, ZoneInfo("Asia/Shanghai"), "zh", CHEAP)
    real = sweeping._sweep_batch

    def say(*arguments):
        done = real(*arguments)
        print("batch", flush=True)
        return done

    sweeping._sweep_batch = say
    sweeping.sweep(engine)
    while notices.drain_outbox(engine, 3).sent:
        print("carried", flush=True)
    print("finished", flush=True)
    """
)


def test_a_sweep_that_is_killed_again_and_again_does_everything_once(engine: Engine, tmp_path: Path) -> None:
    for _ in range(8):
        report(engine)
    dispatched(engine)
    tests = str(Path(__file__).parent)
    said: list[str] = []
    for lines in (1, 2, 3, 5, 1000):
        running = subprocess.Popen(
            [sys.executable, "-c", _SWEEPER, engine.store.url, tests],
            stdout=subprocess.PIPE,
            text=True,
            cwd=tmp_path,
        )
        assert running.stdout is not None
        for number, line in enumerate(running.stdout, 1):
            said.append(line.strip())
            if number == lines:
                os.kill(running.pid, signal.SIGKILL)
                break
        running.stdout.close()
        running.wait()
    assert said[-1] == "finished"
    assert _effects(engine) == {"reminded": 9, "overdue": 9, "escalated": 2}
    assert count(engine, "timers", "fired_at IS NULL AND cancelled_at IS NULL") == 0
    assert count(engine, "outbox", "sent_at IS NULL") == 0
    with engine.store.transaction():
        doubled = engine.store.execute(
            "SELECT subject, kind, body FROM journal WHERE kind IN ('reminded', 'overdue', 'escalated')"
            " GROUP BY subject, kind, body HAVING count(*) > 1"
        ).fetchall()
        assert doubled == []
        told = engine.store.execute('SELECT outbox, "user" FROM notices').fetchall()
        assert len(told) == len(set(told))
        assert journal.verify(engine.store) is None
