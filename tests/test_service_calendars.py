from __future__ import annotations

from datetime import date

import pytest
from loop_help import LIGHT, count, person, report, row_of

from gewu_platform.core.calendars import Calendar, SpecialDay
from gewu_platform.records import journal
from gewu_platform.service.caller import SYSTEM
from gewu_platform.service.engine import Engine
from gewu_platform.service.problems import Problem
from gewu_platform.service.timing.calendars import (
    CalendarRow,
    add_calendar,
    choose_calendar,
    confirmed_until,
    draft_calendar,
    find_calendar,
    list_newest,
    read_calendar,
)
from gewu_platform.service.town.organisation import area_by_code

LATER = date(2030, 12, 31)


def test_a_version_is_written_once_and_never_over_an_old_one(engine: Engine) -> None:
    first = read_calendar(engine, "cn")
    assert add_calendar(engine, SYSTEM, first) == (first, False)
    second, is_new = add_calendar(engine, SYSTEM, Calendar("cn", 1, LATER))
    assert (second.version, is_new) == (2, True)
    with pytest.raises(Problem, match="clash"):
        add_calendar(engine, SYSTEM, first)
    assert add_calendar(engine, SYSTEM, Calendar("cn", 7, LATER))[0].version == 7
    assert count(engine, "calendars") == 3
    assert confirmed_until(engine) == LATER


def test_each_calendar_is_listed_by_its_newest_version(engine: Engine) -> None:
    for version in (1, 9, 10):
        add_calendar(engine, SYSTEM, Calendar("schools", version, LATER))
    add_calendar(engine, SYSTEM, Calendar("cn", 10, LATER))
    assert list_newest(engine) == (CalendarRow("cn", 10, LATER), CalendarRow("schools", 10, LATER))


def test_an_area_takes_a_calendar_of_its_own_and_new_cases_count_by_it(engine: Engine) -> None:
    add_calendar(engine, SYSTEM, Calendar("island", 1, LATER))
    before = row_of(engine, report(engine, LIGHT).cases[0].id)
    area = area_by_code(engine, "north").id
    choose_calendar(engine, person(engine, "roster1"), area, "island")
    choose_calendar(engine, person(engine, "roster1"), area, "island")
    after = row_of(engine, report(engine, LIGHT, "shop-2").cases[0].id)
    assert (before["calendar"], after["calendar"]) == ("cn@1", "island@1")
    assert row_of(engine, before["id"])["calendar"] == "cn@1"
    with engine.store.transaction():
        entries = [entry.body for entry in journal.entries(engine.store, f"area:{area}")]
    assert entries[-1] == {"was": {"calendar": ""}, "is": {"calendar": "island"}}
    assert sum(entry.get("is") == {"calendar": "island"} for entry in entries) == 1
    choose_calendar(engine, person(engine, "roster1"), area, "")
    assert row_of(engine, report(engine, LIGHT).cases[0].id)["calendar"] == "cn@1"


def test_an_area_takes_no_calendar_that_was_never_written(engine: Engine) -> None:
    with pytest.raises(Problem) as refused:
        choose_calendar(engine, SYSTEM, area_by_code(engine, "north").id, "mars")
    assert [fault.where for fault in refused.value.errors] == ["calendar"]


@pytest.mark.parametrize("name", ["supervisor1", "worker1", "auditor1"])
def test_only_the_roster_chooses_calendars(engine: Engine, name: str) -> None:
    with pytest.raises(Problem, match="not-allowed"):
        choose_calendar(engine, person(engine, name), area_by_code(engine, "north").id, "cn")


def test_some_years_of_a_whole_calendar_are_laid_over_the_one_in_use(engine: Engine) -> None:
    before = read_calendar(engine, "cn")
    days = {date(2029, 1, 2): SpecialDay("holiday", "x"), date(2030, 1, 2): SpecialDay("holiday", "y")}
    drafted = draft_calendar(engine, Calendar("other", 4, LATER, days), "cn", [2029])
    assert drafted.days == {**before.days, date(2029, 1, 2): SpecialDay("holiday", "x")}
    assert (drafted.version, drafted.confirmed_until) == (before.version, before.confirmed_until)
    whole = draft_calendar(engine, Calendar("other", 4, LATER, days), confirmed_until=date(2029, 6, 30))
    assert (whole.code, whole.version, whole.confirmed_until) == ("other", 4, date(2029, 6, 30))
    assert find_calendar(engine, "other") is None
