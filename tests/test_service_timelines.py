"""The timeline says who did what and what changed by it, for everything that can happen to a case."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest
from loop_help import LIGHT, dispatched, give, person, report, settle
from sample_town import Clock
from test_service_adjusting import NEW_YEARS_EVE, published

from gewu_platform.core.clocks import RunningClock
from gewu_platform.core.duties import DUTIES, rows
from gewu_platform.core.lifecycle import Event, Task, event_to_json, evolve, open_case
from gewu_platform.core.states import _CHANGES
from gewu_platform.records.journal import Entry
from gewu_platform.service.caller import SYSTEM
from gewu_platform.service.desk import cases
from gewu_platform.service.engine import Engine
from gewu_platform.service.history.event_words import EVENT_WORDS, Told, event_words
from gewu_platform.service.history.rebuilding import compare_projections
from gewu_platform.service.history.replaying import states_along
from gewu_platform.service.history.timelines import tell_entries
from gewu_platform.service.timing import sweeping
from gewu_platform.service.timing.adjusting import import_calendar

KINDS = sorted({duty.event for _, duty in rows()} | set(_CHANGES) | {"adjusted"})


def told(kind: str, **more: Any) -> Told:
    """An event of `kind` with everything it may carry, in a state with something of every sort open."""
    tasks = tuple(
        Task(number, each, None, "dispatcher", 1) for number, each in enumerate(("extend", "park"), 1)
    )
    before = replace(open_case(1, 2, severity="minor"), state="dispatched", office=5, tasks=tasks, asked=2)
    event = Event(
        kind, 1, office=5, reason="理由", note="说明", ends=1, result="yes", until=date(2026, 4, 1), tier="town",
        case=9, severity="major", submission="s", **more,
    )  # fmt: skip
    return Told(event, before, evolve(before, event), {5: "环卫站", 6: "社区"}, {9: "20260302-000009-1"})


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_event_has_words_in_both_languages(kind: str) -> None:
    words = event_words(told(kind))
    assert words.zh
    assert words.en
    assert not any("\u4e00" <= letter <= "\u9fff" for letter in words.en.replace("环卫站", ""))
    assert "None" not in words.zh + words.en


def test_no_event_is_told_in_the_words_of_another() -> None:
    assert set(EVENT_WORDS) == set(KINDS)
    said = {event_words(told(kind)).zh for kind in KINDS}
    assert len(said) == len(KINDS)


def test_what_was_asked_and_what_lapsed_is_told() -> None:
    asked = Task(3, "assist", 6, None, 1)
    words = event_words(told("returned", opens=(asked,)))
    assert words.zh == "环卫站退回；协办任务交社区；挂账申请随之失效"
    assert "lapsed with it: request to park" in words.en


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("extended", "批准第 1 次延期"), ("parked", "挂账至 2026-04-01"), ("merged", "并入案件 20260302-000009-1"),
        ("joined", "案件 20260302-000009-1 并入本案"), ("regraded", "等级由一般调整为较大"), ("escalated", "升级至镇街"),
    ],
)  # fmt: skip
def test_details_are_told(kind: str, said: str) -> None:
    assert event_words(told(kind)).zh.startswith(said)


def test_old_and_new_due_times_are_told_where_a_clock_moved(engine: Engine, clock: Clock) -> None:
    settle(engine)
    case = dispatched(engine)
    give(engine, "dispatcher1", case, "extend", reason="等材料")
    clock.advance(hours=1)
    give(engine, "supervisor1", case, "park", reason="等施工", until="2026-03-05")
    clock.advance(days=1)
    give(engine, "handler2", case, "resume")
    lines = [entry.words for entry in cases.case_events(engine, person(engine, "acceptor1"), case)][-3:]
    assert [line.zh for line in lines] == [
        "第 1 次延期；处置到期由 2026-03-02 15:00 改为 2026-03-03 09:00",
        "挂账至 2026-03-05；处置暂停计时",
        "恢复处置；处置到期由 2026-03-03 09:00 改为 2026-03-04 09:00",
    ]
    assert lines[0].en == "gave extension 1; “handle” is due at 2026-03-03 09:00 instead of 2026-03-02 15:00"


def test_the_sweep_is_told_like_everybody_else(engine: Engine, clock: Clock) -> None:
    settle(engine)
    case = dispatched(engine)
    clock.advance(days=3)
    sweeping.sweep(engine)
    told = [
        entry for entry in cases.case_events(engine, person(engine, "acceptor1"), case) if entry.actor is None
    ]
    assert [entry.words.zh for entry in told] == [
        "提醒：处置将于 2026-03-02 15:00 到期", "处置超期（2026-03-02 15:00 到期）", "处置已超期（2026-03-02 15:00），升级至镇街",
        "处置已超期（2026-03-02 15:00），升级至县（区）",
    ]  # fmt: skip
    assert {entry.actor_name.en for entry in told} == {"the system"}


def test_an_adjustment_names_calendars_days_and_dates(engine: Engine) -> None:
    settle(engine)
    case = report(engine).cases[0].id
    at = datetime(2026, 3, 2, 1, 0)
    clock = RunningClock(1, "handle", None, None, 1, ("1 workday",), at, at, at, True, "cn@1")
    body = {
        "event": event_to_json(Event("adjusted", None)), "clocks": [clock.to_json()], "from": "cn@1", "to": "cn@2",
        "changes": [{"clock": 1, "step": "handle", "old_due": "2026-03-02T01:00:00", "new_due": "2026-03-03T01:00:00"}],
        "days": [{"day": "2026-03-02", "before": "workday", "after": "holiday: 元旦"}],
    }  # fmt: skip
    with engine.store.transaction():
        along = list(states_along(cases.journal.history(engine.store, f"case:{case}")))
        last, _, state = along[-1]
        along.append((Entry(last.seq + 1, at, None, "adjusted", f"case:{case}", body, ""), state, state))
        *_, (_, words) = tell_entries(
            engine, engine.catalogue.items["sanitation.waste"].item.finding("mixed"), along
        )
    assert words.zh == (
        "节假日安排更新，重新核定到期时间；日历 cn@1 → cn@2；2026-03-02 由工作日改为节假日（元旦）；处置到期由 2026-03-02 09:00 改为 2026-03-03 09:00"
    )
    assert "“handle” is due at 2026-03-03 09:00 instead of 2026-03-02 09:00" in words.en


def test_every_command_leads_to_a_line() -> None:
    assert {duty.event for duties in DUTIES.values() for duty in duties} <= set(EVENT_WORDS)


def test_a_new_years_arrangement_is_told_on_the_timeline_and_with_the_deadline(
    engine: Engine, clock: Clock
) -> None:
    settle(engine)
    clock.at = NEW_YEARS_EVE
    case = dispatched(engine, LIGHT)
    import_calendar(engine, SYSTEM, published(engine, _2027_01_04="holiday"))
    who = person(engine, "acceptor1")
    told = cases.case_events(engine, who, case)[-1]
    assert told.actor is None
    assert told.words.zh == (
        "节假日安排更新，重新核定到期时间；日历 cn@1 → cn@2；2027-01-04 由工作日改为节假日（元旦调休）；"
        "处置到期由 2027-01-04 16:00 改为 2027-01-05 16:00"
    )
    handle = next(each for each in cases.explain_case(engine, who, case).deadlines if each.step == "handle")
    assert handle.calendar == "cn@2"
    assert "日历由 cn@1 换为 cn@2，到期改为 2027-01-05 16:00（系统）" in handle.history[-1].zh
    assert compare_projections(engine).difference is None
