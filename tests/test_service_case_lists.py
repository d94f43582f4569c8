"""Lists of cases: every filter says what it says, and nobody sees more than theirs."""

from __future__ import annotations

from typing import Any

import pytest
from loop_help import LIGHT, MIXED, dispatched, give, person, report, settle
from sample_town import Clock

from gewu_platform.service.desk.case_lists import FILTERS, list_cases, read_query, read_row, sees
from gewu_platform.service.engine import Engine
from gewu_platform.service.problems import Problem


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


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
def test_addresses_are_read_as_filters(engine: Engine) -> None:
    read = read_query(engine, {"late": "1", "paused": "false", "task": "park", "office": "", "colour": "red"})
    assert read == {"late": True, "paused": False, "task": "park"}
    assert {"task", "parked", "paused", "late", "exempt", "escalated_to", "item", "severity"} <= FILTERS
    for query in ({"task": "dance"}, {"late": "maybe"}, {"state": "\ud800"}):
        with pytest.raises(Problem, match="invalid-body"):
            read_query(engine, query)
