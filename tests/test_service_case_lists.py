"""Lists of cases: every filter says what it says, and nobody sees more than theirs."""

from __future__ import annotations

from typing import Any

import pytest
from loop_help import LIGHT, MIXED, dispatched, give, person, report, settle
from many_cases import multiply_case
from sample_town import Clock

from gewu_platform.core.duties import STATES
from gewu_platform.records.hot.case_filters import conditions_of
from gewu_platform.records.hot.rows import fetch
from gewu_platform.records.store import Store
from gewu_platform.service.desk.case_lists import FILTERS, list_cases, read_query, read_row
from gewu_platform.service.engine import Engine
from gewu_platform.service.problems import Problem
from gewu_platform.service.reach import sees


@pytest.fixture(autouse=True)
def _settled(engine: Engine) -> None:
    settle(engine)


def listed(engine: Engine, who: str, **filters: Any) -> list[int]:
    return [row.id for row in list_cases(engine, person(engine, who), **filters)]


def test_parked_cases_are_paused_and_of_no_light(engine: Engine) -> None:
    case, other = dispatched(engine), dispatched(engine, LIGHT)
    give(engine, "dispatcher1", case, "park", reason="施工", until="2026-04-01")
    assert listed(engine, "supervisor1", parked=True) == listed(engine, "supervisor1", paused=True) == [case]
    assert listed(engine, "supervisor1", paused=False) == [other]
    row = read_row(engine, person(engine, "supervisor1"), case)
    assert (row.state, row.paused, row.light, row.due_at) == ("parked", True, "none", None)


def test_a_task_is_listed_for_whom_it_is_addressed_to_and_until_it_is_answered(engine: Engine) -> None:
    case = dispatched(engine)
    give(engine, "handler2", case, "extend", reason="缺配件")
    assert listed(engine, "dispatcher1", task="extend") == [case]
    assert listed(engine, "supervisor1", task="extend") == [], "the first is the dispatcher's"
    assert listed(engine, "handler2", task="extend") == []
    assert listed(engine, "auditor1", task="extend") == [case]
    give(engine, "supervisor1", case, "urge", note="请抓紧")
    assert listed(engine, "handler2", task="urge") == [case]
    assert listed(engine, "handler1", task="urge") == []
    give(engine, "dispatcher1", case, "grant")
    give(engine, "handler2", case, "acknowledge")
    assert listed(engine, "dispatcher1", task="extend") == listed(engine, "handler2", task="urge") == []


def test_a_case_that_ran_out_is_late_and_an_escalated_one_has_its_tier(engine: Engine, clock: Clock) -> None:
    case, other = dispatched(engine), report(engine).cases[0].id
    give(engine, "supervisor1", other, "escalate", reason="涉及多个部门", tier="county")
    clock.advance(days=3)
    assert listed(engine, "supervisor1", late=True) == [], "late is what was ended too late"
    give(engine, "handler2", case, "return", reason="不归我管")
    assert listed(engine, "supervisor1", late=True) == [case]
    assert (
        listed(engine, "supervisor1", escalated_to="county")
        == listed(engine, "supervisor1", escalated=True)
        == [other]
    )
    assert listed(engine, "supervisor1", escalated_to="town") == []


def test_items_and_severities_are_filters(engine: Engine) -> None:
    heavy, light = report(engine, MIXED).cases[0].id, report(engine, LIGHT).cases[0].id
    assert listed(engine, "acceptor1", severity="major") == [heavy]
    assert listed(engine, "acceptor1", severity="minor", item="sanitation.waste") == [light]
    assert listed(engine, "acceptor1", item="sanitation.litter") == []


def test_a_case_out_of_reach_is_not_there(engine: Engine) -> None:
    case = report(engine).cases[0].id
    assert read_row(engine, person(engine, "worker1"), case).id == case
    for who, number in (("worker3", case), ("handler1", case), ("worker1", 2**40), ("worker1", 0)):
        with pytest.raises(Problem, match="not-found"):
            read_row(engine, person(engine, who), number)


def test_a_supervising_and_an_assisting_office_may_look_on(engine: Engine) -> None:
    case = dispatched(engine)
    handler = person(engine, "handler1")
    (office,) = handler.offices
    assert listed(engine, "handler1") == []
    with engine.store.transaction(write=True):
        engine.store.db.Case[case].supervising = office
    assert listed(engine, "handler1") == [case]
    with engine.store.transaction():
        assert sees(engine, handler, {"id": case, "office": None, "grid": 0, "reporter": 0})
    with pytest.raises(Problem, match="not-allowed"):
        give(engine, "handler1", case, "handle")


ALTERNATIVES: tuple[dict[str, Any], ...] = (
    {}, {"open": True}, {"open": False}, {"step": "handle"}, {"step": "handle", "open": False}, {"overdue": True},
    {"at_risk": True}, {"parked": True}, {"after": 0}, {"after": 2}, *({"state": state} for state in STATES),
)  # fmt: skip


def test_a_list_is_what_asking_of_each_case_whether_it_is_in_reach_finds(
    engine: Engine, clock: Clock
) -> None:
    helped, parked, supervised = dispatched(engine), dispatched(engine, LIGHT), dispatched(engine)
    give(engine, "acceptor1", dispatched(engine), "void", reason="误报")
    (office,) = person(engine, "handler1").offices
    with engine.store.transaction(write=True):
        db = engine.store.db
        db.Case[supervised].supervising = office
        db.Task(case=db.Case[helped], number=1, kind="assist", office=office, grid=1, asked_at=engine.now())
    give(engine, "dispatcher1", parked, "park", reason="施工", until="2026-04-01")
    report(engine)
    clock.advance(hours=5)
    people = "handler1", "handler2", "worker1", "worker3", "acceptor1", "supervisor1", "auditor1"
    found = 0
    for who in people:
        for filters in ALTERNATIVES:
            ids = listed(engine, who, **filters)
            assert len(ids) == len(set(ids))
            with engine.store.transaction():
                conditions, named = conditions_of(filters)
                where = " AND ".join(["c.id > :least", *conditions])
                rows = fetch(engine.store.execute(
                    f"SELECT c.* FROM cases c WHERE {where}", **named, now=clock.at, least=filters.get("after", 0)
                ))  # fmt: skip
                seen = {row["id"] for row in rows if sees(engine, person(engine, who), row)}
            assert set(ids) == seen, (who, filters)
            found += len(ids)
    assert found > 50
    assert {helped, supervised} <= set(listed(engine, "handler1"))


@pytest.mark.parametrize(
    ("who", "filters", "index"),
    [
        ("handler2", {"open": True}, "office"), ("handler2", {"step": "handle"}, "office"),
        ("handler2", {"state": "dispatched"}, "office"), ("handler2", {}, "office"), ("worker1", {"state": "dispatched"}, "grid"),
        ("worker1", {"open": True}, "reporter"), ("supervisor1", {"open": True}, "grid"),
    ],
)  # fmt: skip
def test_a_list_is_looked_up_by_whose_it_is_and_not_in_all_open_cases(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, who: str, filters: dict[str, Any], index: str
) -> None:
    dispatched(engine)
    asked: list[tuple[str, dict[str, object]]] = []
    plain = Store.execute

    def listen(store: Store, sql: str, /, **parameters: object) -> Any:
        asked.append((sql, parameters))
        return plain(store, sql, **parameters)

    with engine.store.transaction(write=True):
        # As many offices and grids as a city has: what a planner goes by.
        town = {"office": "7000 + n.i % 90", "grid": "7000 + n.i % 90", "reporter": "7000 + n.i % 90"}
        multiply_case(engine.store.execute, 1, 3000, {"cases": town})
        if engine.store.dialect == "postgresql":
            engine.store.execute("ANALYZE cases")
    caller = person(engine, who)
    monkeypatch.setattr(Store, "execute", listen)
    list_cases(engine, caller, **filters)  # type: ignore[arg-type]
    monkeypatch.undo()
    ((sql, parameters),) = [each for each in asked if "FROM cases c" in each[0]]
    with engine.store.transaction(write=True):
        if engine.store.dialect == "sqlite":
            plan = [str(row[3]) for row in engine.store.execute(f"EXPLAIN QUERY PLAN {sql}", **parameters)]
            of_cases = [line for line in plan if line.split()[1] == "c"]
            assert all(line.startswith("SEARCH c ") for line in of_cases), plan
            assert not any(" (closed_at" in line or " (state" in line for line in of_cases[:-1]), plan
        else:
            plan = [str(row[0]) for row in engine.store.execute(f"EXPLAIN {sql}", **parameters)]
            assert not any("Seq Scan on cases" in line for line in plan), plan
    assert any(f"idx_cases__{index}_closed_at" in line for line in plan), plan


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
def test_addresses_are_read_as_filters(engine: Engine) -> None:
    read = read_query(engine, {"late": "1", "paused": "false", "task": "park", "office": "", "colour": "red"})
    assert read == {"late": True, "paused": False, "task": "park"}
    assert {"task", "parked", "paused", "late", "exempt", "escalated_to", "item", "severity"} <= FILTERS
    for query in ({"task": "dance"}, {"late": "maybe"}, {"state": "\ud800"}):
        with pytest.raises(Problem, match="invalid-body"):
            read_query(engine, query)
