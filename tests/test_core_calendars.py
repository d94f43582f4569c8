from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gewu_platform.core.calendars import DEFAULT_WEEK, Calendar, CalendarError, SpecialDay, Window

FRIDAY, SATURDAY, MONDAY = date(2026, 2, 13), date(2026, 2, 14), date(2026, 2, 16)


@st.composite
def weeks(draw: st.DrawFn) -> tuple[tuple[Window, ...], ...]:
    def windows() -> tuple[Window, ...]:
        count = draw(st.integers(0, 3))
        edges = sorted(draw(st.sets(st.integers(0, 1440), min_size=2 * count, max_size=2 * count)))
        return tuple(Window(*edges[index : index + 2]) for index in range(0, len(edges), 2))

    week = tuple(windows() for _ in range(7))
    return week if any(week) else DEFAULT_WEEK


special_days = st.builds(SpecialDay, st.sampled_from(["holiday", "workday"]), st.text(max_size=5))
calendars = st.builds(
    Calendar,
    st.text(min_size=1, max_size=8),
    st.integers(1, 99),
    st.dates(),
    st.dictionaries(st.dates(), special_days, max_size=5),
    weeks(),
)


def calendar_data(**changes: Any) -> dict[str, Any]:
    return {"code": "cn", "version": 1, "confirmed_until": "2026-12-31", **changes}


@given(calendars)
def test_a_calendar_survives_json(calendar: Calendar) -> None:
    read = Calendar.from_json(json.loads(json.dumps(calendar.to_json())))
    assert read == calendar
    assert hash(read) == hash(calendar)


def test_what_is_left_out_is_the_usual_week_without_special_days() -> None:
    calendar = Calendar.from_json(calendar_data())
    assert calendar.windows == DEFAULT_WEEK
    assert calendar.standard_minutes == 480
    assert calendar.is_workday(FRIDAY)
    assert not calendar.is_workday(SATURDAY)


def test_a_make_up_workday_has_the_windows_of_a_standard_day() -> None:
    days = {SATURDAY: SpecialDay("workday", "春节调休"), MONDAY: SpecialDay("holiday", "农历除夕")}
    calendar = Calendar("cn", 1, date(2026, 12, 31), days)
    assert calendar.windows_on(SATURDAY) == ((480, 720), (840, 1080))
    assert calendar.windows_on(MONDAY) == ()


def test_a_make_up_day_on_a_weekday_that_works_keeps_its_own_windows() -> None:
    week = (*DEFAULT_WEEK[:4], (Window(480, 720),), (), ())
    calendar = Calendar("cn", 1, date(2026, 12, 31), {FRIDAY: SpecialDay("workday", "")}, week)
    assert calendar.windows_on(FRIDAY) == ((480, 720),)


def test_whole_days_keep_which_days_are_workdays() -> None:
    calendar = Calendar("cn", 1, date(2026, 12, 31), {SATURDAY: SpecialDay("workday", "春节调休")})
    for day in (FRIDAY + index * timedelta(days=1) for index in range(14)):
        assert calendar.whole_days().windows_on(day) == (((0, 1440),) if calendar.is_workday(day) else ())


def test_days_are_provisional_after_the_confirmed_ones() -> None:
    calendar = Calendar.from_json(calendar_data())
    assert not calendar.is_provisional(date(2026, 12, 31))
    assert calendar.is_provisional(date(2027, 1, 1))


def test_a_calendar_cannot_be_changed_through_the_days_it_was_made_from() -> None:
    days = {SATURDAY: SpecialDay("workday", "")}
    calendar = Calendar("cn", 1, date(2026, 12, 31), days)
    days.clear()
    assert calendar.is_workday(SATURDAY)
    with pytest.raises(TypeError):
        calendar.days[MONDAY] = SpecialDay("holiday", "")  # type: ignore[index]


@pytest.mark.parametrize(
    ("data", "place"),
    [
        ([], "calendar"),
        (calendar_data(code=""), "code"),
        (calendar_data(version=0), "version"),
        (calendar_data(version=True), "version"),
        (calendar_data(confirmed_until="2026-13-01"), "confirmed_until"),
        (calendar_data(confirmed_until=20261231), "confirmed_until"),
        (calendar_data(holidays={}), "holidays"),
        (calendar_data(windows=[]), "windows"),
        (calendar_data(windows={}), "windows"),
        (calendar_data(windows={"mo": []}), "windows.mo"),
        (calendar_data(windows={"mon": "08:00"}), "windows.mon"),
        (calendar_data(windows={"mon": [["08:00"]]}), "windows.mon[0]"),
        (calendar_data(windows={"mon": [["08:00", "25:00"]]}), "windows.mon[0]"),
        (calendar_data(windows={"mon": [["12:00", "08:00"]]}), "windows.mon"),
        (calendar_data(windows={"mon": [["08:00", "12:00"], ["11:00", "14:00"]]}), "windows.mon"),
        (calendar_data(days=[]), "days"),
        (calendar_data(days={"someday": ["holiday", ""]}), "days"),
        (calendar_data(days={"2026-01-01": "holiday"}), "days.2026-01-01"),
        (calendar_data(days={"2026-01-01": ["feast", ""]}), "days.2026-01-01"),
    ],
)
def test_bad_data_is_refused_at_its_place(data: object, place: str) -> None:
    with pytest.raises(CalendarError) as refused:
        Calendar.from_json(data)
    assert [problem.en.split(": ")[0] for problem in refused.value.problems] == [place]
    assert [problem.zh.split("：")[0] for problem in refused.value.problems] == [place]


def test_all_problems_are_reported_at_once() -> None:
    with pytest.raises(CalendarError) as refused:
        Calendar.from_json({"version": "1", "days": {"x": 1}})
    assert len(refused.value.problems) == 5


def test_a_week_without_windows_is_no_calendar() -> None:
    with pytest.raises(CalendarError, match="never end"):
        Calendar("cn", 1, date(2026, 12, 31), {}, ((),) * 7)
    with pytest.raises(CalendarError, match="seven"):
        Calendar("cn", 1, date(2026, 12, 31), {}, ((Window(0, 1),),))
