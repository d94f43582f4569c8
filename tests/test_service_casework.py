"""What events do to a case's clocks, timers and tasks, as the rows keep them and as the journal tells it again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from conftest import Databases
from loop_help import give, kinds_of, row_of
from river_help import found, opened_river, proof, under_way
from sample_town import Clock

from gewu_platform.core.clocks import late
from gewu_platform.records import journal
from gewu_platform.records.hot.rows import Row, fetch
from gewu_platform.service.engine import Engine
from gewu_platform.service.loop.case_files import load_case
from gewu_platform.service.loop.handling import run_system_command
from gewu_platform.service.problems import Problem
from gewu_platform.service.timing.sweeping import sweep


@pytest.fixture
def engine(dialect: str, databases: Databases, clock: Clock, tmp_path: Path) -> Iterator[Engine]:
    yield from opened_river(databases, dialect, clock, tmp_path)


def rows(engine: Engine, table: str, case: int) -> list[Row]:
    with engine.store.transaction():
        return fetch(engine.store.execute(f'SELECT * FROM {table} WHERE "case" = :of ORDER BY id', of=case))


def clock_of(engine: Engine, case: int, step: str) -> Row:
    """The newest clock of a step without a stage."""
    return [row for row in rows(engine, "deadlines", case) if row["step"] == step and row["stage"] is None][
        -1
    ]


def waiting(engine: Engine, case: int) -> list[tuple[str, str | None]]:
    """What is still to happen, by kind and tier."""
    return sorted(
        (row["kind"], row["tier"] or "") for row in rows(engine, "timers", case)
        if row["fired_at"] is None and row["cancelled_at"] is None
    )  # fmt: skip


def open_tasks(engine: Engine, case: int) -> list[tuple[str, str | None]]:
    """The open tasks: their kind and the role they are for."""
    return [(row["kind"], row["role"]) for row in rows(engine, "tasks", case) if row["ended_at"] is None]


def last_body(engine: Engine, case: int) -> dict[str, Any]:
    with engine.store.transaction():
        return journal.history(engine.store, f"case:{case}")[-1].body


LADDER = [("escalate", "county"), ("escalate", "town"), ("overdue", ""), ("remind", "")]


def test_a_step_has_its_clock_and_its_ladder_from_its_beginning_to_its_end(
    engine: Engine, clock: Clock
) -> None:
    case = found(engine, "silt", 200)
    accept = clock_of(engine, case, "accept")
    assert (accept["legs"], accept["due_at"]) == ('["30 minutes"]', datetime(2026, 3, 2, 1, 30))
    clock.advance(minutes=10)
    give(engine, "acceptor1", case, "accept")
    assert clock_of(engine, case, "accept")["ended_at"] == clock.at
    give(engine, "acceptor1", case, "file")
    give(engine, "dispatcher1", case, "dispatch")
    handle = clock_of(engine, case, "handle")
    # 09:10 and 4 work hours: three before lunch less ten minutes, the rest from 14:00 on.
    assert handle["due_at"] == datetime(2026, 3, 2, 7, 10) == row_of(engine, case)["due_at"]
    assert row_of(engine, case)["warning_at"] == handle["warns_at"] == datetime(2026, 3, 2, 6, 22)
    assert handle["office"] == row_of(engine, case)["office"]
    assert [row["number"] for row in rows(engine, "deadlines", case)] == [1, 2, 3, 4, 5]


def test_a_step_that_passes_by_itself_has_no_clock(engine: Engine) -> None:
    case = found(engine, "flood")
    assert kinds_of(engine, case)[-1] == "dispatched"
    assert [row["step"] for row in rows(engine, "deadlines", case)] == ["handle"]


def test_a_check_stops_whoever_asked_until_it_is_answered(engine: Engine, clock: Clock) -> None:
    case = found(engine, "silt")
    give(engine, "acceptor1", case, "accept")
    due = row_of(engine, case)["due_at"]
    give(engine, "acceptor1", case, "check", note="请核实是否淤积")
    check, row = clock_of(engine, case, "check"), row_of(engine, case)
    assert (row["due_at"], row["warning_at"], row["paused_at"]) == (None, None, clock.at)
    assert (check["legs"], check["task"]) == ('["30 minutes"]', 1)
    assert waiting(engine, case) == [("overdue", ""), ("remind", "")]
    (task,) = rows(engine, "tasks", case)
    assert (task["kind"], task["role"], task["due_at"]) == ("pre_check", "worker", check["due_at"])
    clock.advance(minutes=20)
    give(engine, "worker4", case, "answer", result="no", note="已清理")
    (task,) = rows(engine, "tasks", case)
    assert (task["result"], task["answer"], task["ended_at"]) == ("no", "已清理", clock.at)
    row = row_of(engine, case)
    assert (row["due_at"] - due).total_seconds() == 20 * 60
    assert row["paused_at"] is None
    assert clock_of(engine, case, "check")["ended_at"] == clock.at
    assert waiting(engine, case) == [("overdue", ""), ("remind", "")]


def test_a_check_that_nobody_answered_lapses_with_what_it_was_for(engine: Engine, clock: Clock) -> None:
    case = found(engine, "silt")
    give(engine, "acceptor1", case, "accept")
    give(engine, "acceptor1", case, "check")
    clock.advance(hours=1)
    give(engine, "acceptor1", case, "void", reason="重复")
    (task,) = rows(engine, "tasks", case)
    assert (task["result"], task["ended_by"]) == ("lapsed", None)
    assert all(row["ended_at"] == clock.at for row in rows(engine, "deadlines", case)[1:])
    assert waiting(engine, case) == []


def test_an_extension_adds_a_limit_to_where_the_clock_would_have_ended(engine: Engine, clock: Clock) -> None:
    case = under_way(engine, "silt", 400)
    assert clock_of(engine, case, "handle")["due_at"] == datetime(2026, 3, 2, 3)
    clock.advance(hours=1)
    give(engine, "bureau1", case, "extend", reason="水位高")
    assert open_tasks(engine, case)[-1] == ("extend", "dispatcher")
    give(engine, "dispatcher1", case, "grant")
    handle = clock_of(engine, case, "handle")
    assert (handle["legs"], handle["due_at"]) == ('["2 hours","2 hours"]', datetime(2026, 3, 2, 5))
    assert handle["warns_at"] == datetime(2026, 3, 2, 4, 12) == row_of(engine, case)["warning_at"]
    assert row_of(engine, case)["extensions"] == 1
    give(engine, "supervisor1", case, "extend", reason="再延")
    assert clock_of(engine, case, "handle")["due_at"] == datetime(2026, 3, 2, 7)
    with pytest.raises(Problem, match="not-possible-now"):
        give(engine, "supervisor1", case, "extend", reason="还要")


def test_what_was_told_already_is_told_again_only_for_a_later_moment(engine: Engine, clock: Clock) -> None:
    case = under_way(engine, "silt", 400)
    give(engine, "team1", case, "assist", note="好了")
    clock.advance(minutes=100)
    sweep(engine)
    assert waiting(engine, case) == [each for each in LADDER if each[0] != "remind"]
    give(engine, "dispatcher1", case, "extend", reason="水位高")
    assert waiting(engine, case) == LADDER
    clock.advance(minutes=100)
    sweep(engine)
    assert kinds_of(engine, case)[-3:] == ["reminded", "extended", "reminded"]


def test_a_parked_case_stands_still_and_goes_on_by_itself(engine: Engine, clock: Clock) -> None:
    case = under_way(engine, "silt", 200)
    give(engine, "station1", case, "handle")
    give(engine, "station1", case, "park", reason="等待枯水期", until="2026-03-10")
    give(engine, "dispatcher1", case, "grant")
    row, park = row_of(engine, case), clock_of(engine, case, "park")
    assert (row["state"], row["step"], row["parked_until"]) == ("parked", "handle", date(2026, 3, 10))
    assert (row["due_at"], row["paused_at"]) == (None, clock.at)
    # The day begins at midnight in Shanghai.
    assert (park["due_at"], park["legs"]) == (datetime(2026, 3, 9, 16), "[]")
    assert waiting(engine, case) == [("resume", "")]
    clock.at = datetime(2026, 3, 10, 1)
    sweep(engine)
    row, handle = row_of(engine, case), clock_of(engine, case, "handle")
    assert (row["state"], row["parked_until"], row["due_at"]) == ("handling", None, handle["due_at"])
    # Four work hours, none of them used on 2 March: 9 March 16:00 UTC is midnight, so Tuesday 8:00 to 12:00.
    assert handle["due_at"] == datetime(2026, 3, 10, 4)
    assert kinds_of(engine, case)[-1] == "resumed"
    with pytest.raises(Problem, match="not-possible-now"):
        give(engine, "dispatcher1", case, "park", reason="再挂", until="2026-04-01")


def test_who_resumes_late_gives_nobody_more_time(engine: Engine, clock: Clock) -> None:
    case = under_way(engine, "silt", 200)
    give(engine, "dispatcher1", case, "park", reason="枯水期", until="2026-03-03")
    clock.at = datetime(2026, 3, 4, 9)
    give(engine, "station1", case, "resume")
    # The third of March began at midnight, and its first four work hours ended at noon.
    assert clock_of(engine, case, "park")["ended_at"] == datetime(2026, 3, 2, 16)
    assert row_of(engine, case)["due_at"] == datetime(2026, 3, 3, 4)


def test_a_last_stage_that_is_the_whole_is_extended_with_it(engine: Engine, clock: Clock) -> None:
    case = under_way(engine)
    give(engine, "dispatcher1", case, "extend", reason="连雨")
    legs = {row["stage"]: row["legs"] for row in rows(engine, "deadlines", case) if row["step"] == "handle"}
    twice = '["3 workdays","3 workdays"]'
    assert legs == {None: twice, "restore": twice, "fence": '["2 hours"]'}
    # Helping has the limit it had.
    assert clock_of(engine, case, "assist")["legs"] == '["3 workdays"]'


def test_co_handlers_have_tasks_and_clocks_of_their_own(engine: Engine, clock: Clock) -> None:
    case = under_way(engine)
    assert open_tasks(engine, case) == [("assist", None), ("assist", None)]
    running = [row for row in rows(engine, "deadlines", case) if row["ended_at"] is None]
    assert [(row["step"], row["stage"]) for row in running] == [
        ("handle", None), ("handle", "fence"), ("handle", "restore"), ("assist", None), ("assist", None),
    ]  # fmt: skip
    give(engine, "bureau1", case, "handle")
    with pytest.raises(Problem, match="not-possible-now"):
        give(engine, "bureau1", case, "confirm")
    clock.advance(hours=1)
    give(engine, "station1", case, "assist", note="围挡已设")
    give(engine, "handler3", case, "assist", note="已劝离")
    assert open_tasks(engine, case) == []
    assert {row["result"] for row in rows(engine, "tasks", case)} == {"done"}
    assert row_of(engine, case)["state"] == "handling"
    give(engine, "bureau1", case, "confirm")
    assert not [
        row for row in rows(engine, "deadlines", case) if row["ended_at"] is None and row["step"] != "verify"
    ]


def test_helping_stands_still_with_the_case_that_is_parked(engine: Engine, clock: Clock) -> None:
    case = under_way(engine)
    dues = [row["due_at"] for row in rows(engine, "tasks", case)]
    give(engine, "supervisor1", case, "park", reason="雨季", until="2026-03-05")
    assert [row["due_at"] for row in rows(engine, "tasks", case)] == [None, None]
    give(engine, "bureau1", case, "resume")
    assert [row["due_at"] for row in rows(engine, "tasks", case)] == dues


def test_a_return_ends_the_helping_too(engine: Engine) -> None:
    case = under_way(engine)
    give(engine, "bureau1", case, "return", reason="不归我管")
    assert {row["result"] for row in rows(engine, "tasks", case)} == {"lapsed"}
    assert [row["step"] for row in rows(engine, "deadlines", case) if row["ended_at"] is None] == ["dispatch"]


def test_rework_goes_on_where_the_confirmation_stopped(engine: Engine, clock: Clock) -> None:
    case = under_way(engine, "silt", 200)
    due = row_of(engine, case)["due_at"]
    give(engine, "station1", case, "handle")
    # Helping is done first.
    give(engine, "team1", case, "assist", note="好了")
    clock.advance(minutes=30)
    give(engine, "station1", case, "confirm")
    clock.advance(minutes=45)
    give(engine, "worker4", case, "rework", reason="没清干净")
    row, handle = row_of(engine, case), clock_of(engine, case, "handle")
    assert (row["due_at"] - due).total_seconds() == 45 * 60
    assert (handle["ended_at"], handle["number"], handle["causes"]) == (None, 4, '["verification"]')
    assert waiting(engine, case) == LADDER


def test_rework_leaves_the_clocks_of_an_earlier_dispatch_alone(engine: Engine) -> None:
    case = found(engine, "silt", 200)
    give(engine, "acceptor1", case, "accept")
    give(engine, "acceptor1", case, "file")
    # All within one moment.
    for _ in range(2):
        give(engine, "dispatcher1", case, "dispatch", office=_station(engine))
        give(engine, "station1", case, "return", reason="不归我管")
    give(engine, "dispatcher1", case, "dispatch", office=_station(engine))
    give(engine, "station1", case, "handle")
    give(engine, "team1", case, "assist", note="好了")
    give(engine, "station1", case, "confirm")
    give(engine, "worker4", case, "rework", reason="没清干净")
    running = [row["number"] for row in rows(engine, "deadlines", case) if row["ended_at"] is None]
    assert running == [
        max(row["number"] for row in rows(engine, "deadlines", case) if row["step"] == "handle")
    ]


def _station(engine: Engine) -> int:
    with engine.store.transaction():
        return int(engine.store.db.Office.get(department="river", code="station").id)


@pytest.mark.parametrize(("minutes", "expected"), [(240 + 119, False), (240 + 121, True)])
def test_a_case_handled_after_its_due_time_stays_late_for_good(
    engine: Engine, clock: Clock, minutes: int, expected: bool
) -> None:
    case = under_way(engine, "silt", 200)
    give(engine, "station1", case, "handle")
    give(engine, "team1", case, "assist", note="好了")
    clock.advance(minutes=minutes)
    give(engine, "station1", case, "confirm")
    assert row_of(engine, case)["late"] is expected
    give(engine, "worker4", case, "rework", reason="没清干净")
    assert row_of(engine, case)["late"] is expected


def test_rows_and_clocks_are_what_the_last_snapshots_say(engine: Engine, clock: Clock) -> None:
    case = under_way(engine, "silt", 200)
    give(engine, "dispatcher1", case, "park", reason="雨季", until="2026-03-05")
    with engine.store.transaction():
        held = load_case(engine, case)
    snapshots = {
        clock["number"]: clock for entry in _bodies(engine, case) for clock in entry.get("clocks", ())
    }
    assert {clock.number: clock.to_json() for clock in (*held.clocks, *held.ended)} == snapshots
    assert not any(late(clock, engine.now()) for clock in held.clocks)


def _bodies(engine: Engine, case: int) -> list[dict[str, Any]]:
    with engine.store.transaction():
        return [entry.body for entry in journal.history(engine.store, f"case:{case}")]


def test_the_system_resumes_at_the_moment_it_is_told(engine: Engine, clock: Clock) -> None:
    case = under_way(engine, "silt", 200)
    with pytest.raises(Problem, match="not-possible-now"):
        run_system_command(engine, case, "resume", clock.at)
    give(engine, "dispatcher1", case, "park", reason="雨季", until="2026-03-05")
    clock.advance(days=9)
    run_system_command(engine, case, "resume", datetime(2026, 3, 4, 16))
    assert clock_of(engine, case, "park")["ended_at"] == datetime(2026, 3, 4, 16)


def test_a_machine_whose_clock_is_set_back_stops_nobody(engine: Engine, clock: Clock) -> None:
    case = under_way(engine, "silt", 200)
    parked_at = clock.at
    give(engine, "dispatcher1", case, "park", reason="雨季", until="2026-03-05")
    clock.advance(minutes=-5)
    give(engine, "station1", case, "resume")
    row = row_of(engine, case)
    assert (row["state"], clock_of(engine, case, "park")["ended_at"]) == ("dispatched", parked_at)
    with engine.store.transaction():
        moments = [entry.at for entry in journal.history(engine.store, f"case:{case}")]
    assert moments == sorted(moments)


def test_everything_that_closing_asks_for_is_counted(engine: Engine) -> None:
    case = under_way(engine)
    give(engine, "bureau1", case, "handle", evidence=proof()[:3])
    give(engine, "station1", case, "assist", note="好了")
    give(engine, "handler3", case, "assist", note="好了")
    give(engine, "bureau1", case, "confirm")
    give(engine, "worker4", case, "verify", evidence=proof()[4:])
    with pytest.raises(Problem, match="not-possible-now") as refused:
        give(engine, "acceptor1", case, "close")
    assert [fault.where for fault in refused.value.errors] == ["signature:worker>=2"]
    assert give(engine, "acceptor1", case, "close", evidence=proof()[3:4]).row.state == "closed"
