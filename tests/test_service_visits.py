"""The month's visits follow the items' rules, are planned once, and a filled form completes them."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from conftest import PACKS
from loop_help import MISSING, NOTHING, body, count, person, report, send, settle
from sample_town import Clock

from gewu_item_catalog.catalogue import load_catalogue
from gewu_platform.core.calendars import Calendar
from gewu_platform.records import journal
from gewu_platform.service.caller import SYSTEM
from gewu_platform.service.catalogue.publishing import publish_catalogue
from gewu_platform.service.engine import Engine
from gewu_platform.service.problems import Problem
from gewu_platform.service.town import visits
from gewu_platform.service.town.places import NewPlace, add_places
from gewu_platform.service.views import Receipt


@pytest.fixture(autouse=True)
def _settled(engine: Engine) -> None:
    settle(engine)


def _planned(engine: Engine) -> list[tuple[str, date, int]]:
    with engine.store.transaction():
        return [
            (visit.place.code, visit.planned_on, visit.ordinal) for visit in engine.store.db.Visit.select()
        ]


def test_each_place_gets_the_visits_its_grade_asks_for_on_working_days(engine: Engine) -> None:
    result = visits.plan_month(engine, SYSTEM, "2026-03")
    assert (result.planned, result.kept, result.unmet) == (6, 0, ())
    planned = _planned(engine)
    assert Counter(code for code, _, _ in planned) == {"shop-1": 1, "shop-2": 2, "shop-3": 1, "shop-4": 2}
    calendar = Calendar("plain", 1, date(2026, 12, 31))
    assert all(calendar.is_workday(day) and day.month == 3 for _, day, _ in planned)
    assert sorted(ordinal for code, _, ordinal in planned if code == "shop-2") == [1, 2]


def test_a_place_with_open_cases_is_visited_as_often_as_its_rule_says(engine: Engine, tmp_path: Path) -> None:
    """Rules of visits may read what has happened at a place, too."""
    text = (PACKS / "sanitation" / "department.gewu").read_text(encoding="utf-8")
    rule = "visit  3 a month when open_cases > 0 or cases_in(30 days) > 5\n         2 a month when place.grade = watched"
    changed = text.replace("visit  2 a month when place.grade = watched", rule)
    assert changed != text
    (tmp_path / "sanitation").mkdir()
    (tmp_path / "sanitation" / "department.gewu").write_text(changed, encoding="utf-8")
    other = replace(engine, catalogue=load_catalogue([tmp_path]), cache={})
    publish_catalogue(other, SYSTEM)
    report(other, answers=MISSING, place="shop-1")
    visits.plan_month(other, SYSTEM, "2026-03")
    assert Counter(code for code, _, _ in _planned(engine)) == {
        "shop-1": 3, "shop-2": 2, "shop-3": 1, "shop-4": 2
    }  # fmt: skip


def test_planning_again_plans_nothing_new(engine: Engine) -> None:
    visits.plan_month(engine, SYSTEM, "2026-03")
    before, entries = _planned(engine), count(engine, "journal")
    again = visits.plan_month(engine, SYSTEM, "2026-03")
    assert (again.planned, again.kept) == (0, 6)
    assert (_planned(engine), count(engine, "journal")) == (before, entries)


def test_a_place_entered_later_is_added_and_moves_nobody(engine: Engine, area: Callable[[str], int]) -> None:
    visits.plan_month(engine, SYSTEM, "2026-03")
    before = _planned(engine)
    add_places(
        engine,
        SYSTEM,
        [NewPlace("shop", "新店", area("g1"), "", None, None, {"grade": "watched", "space": 9}, "shop-9")],
    )
    again = visits.plan_month(engine, SYSTEM, "2026-03")
    assert (again.planned, again.kept) == (2, 6)
    assert set(before) <= set(_planned(engine))


def test_a_plan_is_journaled_with_what_it_planned(engine: Engine) -> None:
    visits.plan_month(engine, SYSTEM, "2026-03")
    with engine.store.transaction():
        (entry,) = journal.entries(engine.store, "plan:2026-03")
        assert journal.verify(engine.store) is None
    assert entry.body["planned"] == 6


def test_a_grid_without_workers_is_named_not_dropped(engine: Engine, area: Callable[[str], int]) -> None:
    with engine.store.transaction(write=True):
        engine.store.execute("DELETE FROM rosters WHERE grid = :grid", grid=area("g4"))
    result = visits.plan_month(engine, SYSTEM, "2026-03")
    assert result.planned == 4
    assert [words.zh for words in result.unmet] == ["杉村一网格，2026-03：缺 2 次巡查，网格没有在岗网格员"]
    assert "2 visits short" in result.unmet[0].en


def test_one_grid_may_be_planned_alone(engine: Engine) -> None:
    assert visits.plan_month(engine, SYSTEM, "2026-03", "g1").planned == 3
    assert visits.plan_month(engine, SYSTEM, "2026-03").planned == 3


def test_a_supervisor_plans_their_own_area_only(engine: Engine) -> None:
    supervisor = person(engine, "supervisor2")
    with pytest.raises(Problem) as raised:
        visits.plan_month(engine, supervisor, "2026-03", "g4")
    assert raised.value.code == "not-allowed"
    assert visits.plan_month(engine, supervisor, "2026-03").planned == 4


@pytest.mark.parametrize("month", ["2026", "2026-13", "March", "2026-3", "0000-01", "9999-12"])
def test_a_month_that_is_none_is_refused(engine: Engine, month: str) -> None:
    with pytest.raises(Problem) as raised:
        visits.plan_month(engine, SYSTEM, month)
    assert raised.value.code == "invalid-body"


def test_a_worker_sees_the_visits_of_the_day_and_the_late_ones(engine: Engine, clock: Clock) -> None:
    visits.plan_month(engine, SYSTEM, "2026-03")
    with engine.store.transaction():
        (first, *_) = sorted(engine.store.db.Visit.select(), key=lambda visit: visit.planned_on)
        worker, day, place = first.user.name, first.planned_on, first.place.code
    (today,) = visits.visits_of(engine, person(engine, worker), day)
    assert (today.place_code, today.item_title, today.late) == (place, "垃圾分类投放", False)
    later = visits.visits_of(engine, person(engine, worker), day + timedelta(days=1))
    assert (place, True) in [(row.place_code, row.late) for row in later]
    assert visits.visits_of(engine, person(engine, "worker3"), date(2026, 2, 1)) == ()


def test_a_filled_form_completes_the_nearest_visit_once(engine: Engine, clock: Clock) -> None:
    visits.plan_month(engine, SYSTEM, "2026-03")
    with engine.store.transaction():
        (_, second) = sorted(
            (visit.planned_on, visit.id)
            for visit in engine.store.db.Visit.select()
            if visit.place.code == "shop-2"
        )
    clock.at = clock.at.replace(day=second[0].day)
    receipt = report(engine, NOTHING, "shop-2")
    assert receipt.visit == second[1]
    with engine.store.transaction():
        visit = engine.store.db.Visit[second[1]]
        assert (visit.done_at, visit.submission) == (clock.at, receipt.id)
        assert [entry.kind for entry in journal.entries(engine.store, f"visit:{second[1]}")] == ["visited"]
    assert report(engine, NOTHING, "shop-2").visit not in (None, second[1])
    assert report(engine, NOTHING, "shop-2").visit is None


def test_the_same_form_sent_twice_completes_one_visit(engine: Engine) -> None:
    visits.plan_month(engine, SYSTEM, "2026-03")
    caller, uuid = person(engine, "worker1"), "8a4b284e-549e-4be1-883b-868aeebb460f"
    for _ in range(2):
        send(engine, caller, uuid, body(NOTHING, "shop-2"))
    assert count(engine, "visits", "done_at IS NOT NULL") == 1


def test_at_the_end_of_a_month_local_time_decides_whose_visit_it_was(engine: Engine, clock: Clock) -> None:
    for month in ("2026-03", "2026-04"):
        visits.plan_month(engine, SYSTEM, month)
    # 16:30 UTC is half past midnight in Shanghai: April has begun.
    clock.at = datetime(2026, 3, 31, 16, 30)
    for reported_at, month in (("2026-03-31T23:59:59+08:00", "2026-03"), ("2026-03-31T16:00:00Z", "2026-04")):
        receipt = report_at(engine, reported_at)
        with engine.store.transaction():
            assert engine.store.db.Visit[receipt.visit].month == month
            context = json.loads(engine.store.db.Submission[receipt.id].context)
        assert (context["reported.month"], context["reported.hour"]) == (
            (3, 23) if month == "2026-03" else (4, 0)
        )


def report_at(engine: Engine, reported_at: str) -> Receipt:
    sent = body(NOTHING, "shop-2", reported_at=reported_at)
    return send(engine, person(engine, "worker1"), str(uuid4()), sent)[0]
