"""Every number of the board opens exactly the cases it counts."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from typing import Any

import pytest
from loop_help import LIGHT, MISSING, MIXED, PROOF, give, person, report, settle
from sample_town import Clock

from gewu_platform.service.board import NUMBERS, read_board
from gewu_platform.service.cases import list_cases, read_query
from gewu_platform.service.engine import Engine
from gewu_platform.service.problems import Problem

HANDLERS = ("handler1", "handler2", "handler3", "handler4")


@pytest.fixture(autouse=True)
def _settled(engine: Engine) -> None:
    settle(engine)


def _busy_month(engine: Engine, clock: Clock, seed: int) -> tuple[datetime, datetime]:
    """Cases in every state, some of them late; a period that holds only some of what happened."""
    chance = random.Random(seed)
    start = clock.at
    for _ in range(14):
        place, worker = chance.choice([("shop-1", "worker1"), ("shop-3", "worker2"), ("shop-4", "worker3")])
        case = report(engine, chance.choice([MIXED, LIGHT, MISSING]), place, worker).cases[0].id
        steps = [
            ("acceptor1", "accept"), ("acceptor1", "file"), ("dispatcher1", "dispatch"), ("handler", "handle"),
            ("handler", "confirm"), (worker, "verify"), ("acceptor1", "close"),
        ]  # fmt: skip
        for who, command in steps[: chance.randint(0, len(steps))]:
            clock.advance(minutes=chance.choice([1, 20, 200]))
            for name in HANDLERS if who == "handler" else (who,):
                try:
                    give(engine, name, case, command, evidence=PROOF if command != "dispatch" else [])
                    break
                except Problem:
                    continue
        clock.advance(minutes=chance.choice([5, 300]))
    return start + (clock.at - start) / 3, clock.at - (clock.at - start) / 5


def _recount(
    engine: Engine, since: datetime, until: datetime
) -> dict[tuple[str, int | None], dict[str, set[int]]]:
    """The board the slow way: every case on its own, with the clocks as the tables have them."""
    now = engine.now()
    found: dict[tuple[str, int | None], dict[str, set[int]]] = {}
    with engine.store.transaction():
        db = engine.store.db
        for case in db.Case.select():
            reminders = [
                timer.due_at
                for timer in db.Timer.select()
                if timer.case == case and timer.kind == "remind" and timer.deadline.ended_at is None
            ]
            is_open = case.state not in ("closed", "refused", "void")
            overdue = is_open and case.due_at is not None and case.due_at < now
            counted = (
                case.handled_at is not None
                and case.handle_due_at is not None
                and since <= case.handled_at < until
            )
            holds: dict[str, Any] = {
                "open": is_open,
                "overdue": overdue,
                "at_risk": is_open
                and case.due_at is not None
                and not overdue
                and any(at < now for at in reminders),
                "closed": case.state == "closed" and since <= case.closed_at < until,
                "handled": counted,
                "on_time": counted and case.handled_at <= case.handle_due_at,
            }
            row = found.setdefault((case.department, case.town), {name: set() for name in NUMBERS})
            for name, true in holds.items():
                if true:
                    row[name].add(case.id)
    return found


@pytest.mark.parametrize("seed", [1, 2])
def test_the_board_equals_a_slow_recount_and_every_number_opens_its_cases(
    engine: Engine, clock: Clock, seed: int
) -> None:
    since, until = _busy_month(engine, clock, seed)
    supervisor = person(engine, "supervisor1")
    board = read_board(engine, supervisor, since, until)
    slow = _recount(engine, since, until)
    assert {(row.department, row.town) for row in board.rows} <= set(slow)
    told = {(row.department, row.town): row for row in board.rows}
    for key, sets in slow.items():
        for name, ids in sets.items():
            if key not in told:
                assert not ids
                continue
            cell = getattr(told[key], name)
            assert cell.value == len(ids), name
            opened = list_cases(engine, supervisor, **read_query(engine, cell.query), limit=500)
            assert {row.id for row in opened} == ids, name
    for name in NUMBERS:
        cell = getattr(board.total, name)
        assert cell.value == sum(len(sets[name]) for sets in slow.values())
        assert len(list_cases(engine, supervisor, **read_query(engine, cell.query), limit=500)) == cell.value
    assert board.total.handled.value > 0
    assert 0 <= (board.total.on_time_rate or 0) <= 1


def test_a_supervisor_of_a_town_sees_that_town_only(engine: Engine) -> None:
    report(engine)
    report(engine, place="shop-4", by="worker3")
    board = read_board(engine, person(engine, "supervisor2"), datetime(2026, 3, 1), datetime(2026, 4, 1))
    assert [row.town_name for row in board.rows] == ["北镇"]
    assert board.total.open.value == 1


def test_a_board_without_cases_is_empty_and_rates_nothing(engine: Engine) -> None:
    board = read_board(engine, person(engine, "supervisor1"), datetime(2026, 3, 1), datetime(2026, 4, 1))
    assert board.rows == ()
    assert board.total.on_time_rate is None


def test_a_case_is_on_time_until_the_very_moment_it_is_due(engine: Engine, clock: Clock) -> None:
    from loop_help import dispatched

    first, second = dispatched(engine), dispatched(engine)
    for case, at in (
        (first, datetime(2026, 3, 2, 7)),
        (second, datetime(2026, 3, 2, 7) + timedelta(seconds=1)),
    ):
        clock.at = at
        give(engine, "handler2", case, "handle")
        give(engine, "handler2", case, "confirm")
    board = read_board(engine, person(engine, "supervisor1"), datetime(2026, 3, 1), datetime(2026, 4, 1))
    assert (board.total.handled.value, board.total.on_time.value) == (2, 1)
    assert board.rows[0].department_title == "环卫所"


def test_handlers_and_workers_have_no_board(engine: Engine) -> None:
    for name in ("handler1", "worker1"):
        with pytest.raises(Problem) as raised:
            read_board(engine, person(engine, name), datetime(2026, 3, 1), datetime(2026, 4, 1))
        assert raised.value.code == "not-allowed"
