"""Every number of the board opens exactly the cases it counts."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from typing import Any

import pytest
from loop_help import LIGHT, MISSING, MIXED, PROOF, dispatched, give, person, report, settle
from sample_town import Clock

from gewu_platform.service.caller import Caller
from gewu_platform.service.desk.board import NUMBERS, read_board
from gewu_platform.service.desk.cases import list_cases, read_query
from gewu_platform.service.engine import Engine
from gewu_platform.service.problems import Problem
from gewu_platform.service.views import Board

HANDLERS = ("handler1", "handler2", "handler3", "handler4")


@pytest.fixture(autouse=True)
def _settled(engine: Engine) -> None:
    settle(engine)


SIDE_WAYS: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("handler", "return", {"reason": "不归我管"}),
    ("dispatcher1", "extend", {"reason": "下雨"}),
    ("dispatcher1", "park", {"reason": "施工", "until": "2026-06-01"}),
    ("acceptor1", "escalate", {"reason": "请镇里协调"}),
    ("acceptor1", "check", {}),
    ("supervisor1", "urge", {"note": "请抓紧"}),
    ("acceptor1", "void", {"reason": "重复"}),
)


def _busy_month(engine: Engine, clock: Clock, seed: int) -> tuple[datetime, datetime]:
    """Cases in every state, some of them late or off the main way; a period that holds only some of what happened."""
    chance = random.Random(seed)
    start = clock.at
    for _ in range(14):
        place, worker = chance.choice([("shop-1", "worker1"), ("shop-3", "worker2"), ("shop-4", "worker3")])
        case = report(engine, chance.choice([MIXED, LIGHT, MISSING]), place, worker).cases[0].id
        steps: list[tuple[str, str, dict[str, Any]]] = [
            ("acceptor1", "accept", {}), ("acceptor1", "file", {}), ("dispatcher1", "dispatch", {}),
            ("handler", "handle", {"evidence": PROOF}), ("handler", "confirm", {}), (worker, "verify", {}),
            ("acceptor1", "close", {"evidence": PROOF}),
        ]  # fmt: skip
        taken = steps[: chance.randint(0, len(steps))]
        for who, command, arguments in taken + chance.sample(SIDE_WAYS, chance.randint(0, 2)):
            clock.advance(minutes=chance.choice([1, 20, 200]))
            _try(engine, who, case, command, arguments)
        if len(taken) == len(steps) and _try(engine, "handler", case, "appeal", {"reason": "停电"}):
            _try(engine, "supervisor1", case, "grant", {})
        clock.advance(minutes=chance.choice([5, 300]))
    return start + (clock.at - start) / 3, clock.at - (clock.at - start) / 5


def _try(engine: Engine, who: str, case: int, command: str, arguments: dict[str, Any]) -> bool:
    for name in HANDLERS if who == "handler" else (who,):
        try:
            give(engine, name, case, command, **arguments)
        except Problem:
            continue
        return True
    return False


def _recount(
    engine: Engine, since: datetime, until: datetime
) -> dict[tuple[str, int | None], dict[str, set[int]]]:
    """The board the slow way: every case on its own, with the clocks as the tables have them."""
    now = engine.now()
    found: dict[tuple[str, int | None], dict[str, set[int]]] = {}
    with engine.store.transaction():
        db = engine.store.db
        for case in db.Case.select():
            warned = [
                clock.warns_at
                for clock in db.Deadline.select()
                if clock.case == case and clock.step == case.step and not clock.stage
                and clock.task is None and clock.ended_at is None and clock.paused_at is None
            ]  # fmt: skip
            is_open = case.state not in ("closed", "refused", "void", "merged")
            overdue = is_open and case.due_at is not None and case.due_at < now
            counted = (
                case.handled_at is not None
                and case.handle_due_at is not None
                and not case.exempt
                and since <= case.handled_at < until
            )
            holds: dict[str, Any] = {
                "open": is_open,
                "overdue": overdue,
                "at_risk": is_open
                and case.due_at is not None
                and not overdue
                and any(at < now for at in warned),
                "closed": case.state == "closed" and since <= case.closed_at < until,
                "handled": counted,
                "on_time": counted and case.handled_at <= case.handle_due_at and not case.late,
                "parked": case.state == "parked",
                "escalated": is_open and bool(case.escalated_to),
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
    _check_holders(engine, supervisor, board)


def _check_holders(engine: Engine, supervisor: Caller, board: Board) -> None:
    """Every open case is with exactly one holder, and every number opens its cases."""
    held: list[int] = []
    for holder in board.holders:
        opened = list_cases(engine, supervisor, **read_query(engine, holder.open.query), limit=500)
        late = list_cases(engine, supervisor, **read_query(engine, holder.overdue.query), limit=500)
        assert (len(opened), len(late)) == (holder.open.value, holder.overdue.value), holder
        assert all(row.due_at is not None and row.due_at < engine.now() for row in late)
        waits = [engine.now() - (row.started_at or row.opened_at) for row in opened]
        assert holder.oldest_seconds == int(max(waits).total_seconds())
        held += [row.id for row in opened]
    assert len(held) == len(set(held)) == board.total.open.value
    assert sum(holder.overdue.value for holder in board.holders) == board.total.overdue.value
    for rung in board.ladder:
        risen = list_cases(engine, supervisor, **read_query(engine, rung.cases.query), limit=500)
        assert len(risen) == rung.cases.value > 0
        assert {row.escalated_to for row in risen} == {rung.tier}
    assert sum(rung.cases.value for rung in board.ladder) == board.total.escalated.value
    worst = [(-holder.overdue.value, -(holder.oldest_seconds or 0)) for holder in board.holders]
    assert worst == sorted(worst)
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


PERIOD = (datetime(2026, 3, 1), datetime(2026, 4, 1))


def test_a_case_that_its_first_office_let_run_out_stays_late_for_good(engine: Engine, clock: Clock) -> None:
    case = dispatched(engine)
    clock.advance(days=3)
    give(engine, "handler2", case, "return", reason="不归我管")
    give(engine, "dispatcher1", case, "dispatch")
    give(engine, "handler3", case, "handle")
    give(engine, "handler3", case, "confirm")
    supervisor = person(engine, "supervisor1")
    board = read_board(engine, supervisor, *PERIOD)
    assert (board.total.handled.value, board.total.on_time.value, board.total.on_time_rate) == (1, 0, 0.0)
    assert [row.id for row in list_cases(engine, supervisor, late=True)] == [case]


def test_a_case_whose_appeal_was_granted_is_in_no_figure_and_still_late(engine: Engine, clock: Clock) -> None:
    case = dispatched(engine)
    clock.advance(days=3)
    for name, command in (("handler2", "handle"), ("handler2", "confirm"), ("worker1", "verify")):
        give(engine, name, case, command)
    give(engine, "acceptor1", case, "close", evidence=PROOF)
    supervisor = person(engine, "supervisor1")
    assert read_board(engine, supervisor, *PERIOD).total.on_time_rate == 0.0
    give(engine, "handler2", case, "appeal", reason="停电")
    give(engine, "supervisor1", case, "grant")
    board = read_board(engine, supervisor, *PERIOD)
    assert (board.total.handled.value, board.total.on_time_rate, board.total.closed.value) == (0, None, 1)
    (row,) = list_cases(engine, supervisor, exempt=True)
    assert (row.id, row.late, row.exempt) == (case, True, True)


def test_a_case_that_waits_for_a_check_is_with_the_worker(engine: Engine) -> None:
    case = report(engine).cases[0].id
    give(engine, "acceptor1", case, "accept")
    supervisor = person(engine, "supervisor1")
    assert [holder.title.zh for holder in read_board(engine, supervisor, *PERIOD).holders] == ["受理员·立案"]
    give(engine, "acceptor1", case, "check")
    assert [holder.title.zh for holder in read_board(engine, supervisor, *PERIOD).holders] == [
        "网格员·核实核查反馈"
    ]
    assert [row.id for row in list_cases(engine, person(engine, "worker1"), task="pre_check")] == [case]
    assert list_cases(engine, person(engine, "worker3"), task="pre_check") == []
    assert [row.id for row in list_cases(engine, supervisor, paused=True)] == [case]


def test_handlers_and_workers_have_no_board(engine: Engine) -> None:
    for name in ("handler1", "worker1"):
        with pytest.raises(Problem) as raised:
            read_board(engine, person(engine, name), datetime(2026, 3, 1), datetime(2026, 4, 1))
        assert raised.value.code == "not-allowed"
