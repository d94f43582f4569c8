from __future__ import annotations

from datetime import date, timedelta

import chinese_calendar
import pytest
from holidays import country_holidays

from gewu_platform.core.calendars import Calendar, SpecialDay
from gewu_platform.service.timing.calendar_seed import last_known_year, seed_calendar


@pytest.fixture(scope="module")
def seeded() -> Calendar:
    return seed_calendar()


def test_every_day_of_2024_to_2026_agrees_with_chinesecalendar(seeded: Calendar) -> None:
    days = [date(2024, 1, 1) + index * timedelta(days=1) for index in range(366 + 365 + 365)]
    assert days[-1] == date(2026, 12, 31)
    assert [day for day in days if seeded.is_workday(day) != chinese_calendar.is_workday(day)] == []


def test_every_day_of_2024_to_2026_agrees_with_holidays(seeded: Calendar) -> None:
    published = country_holidays("CN", years=range(2023, 2028))
    days = [date(2024, 1, 1) + index * timedelta(days=1) for index in range(366 + 365 + 365)]
    assert [day for day in days if seeded.is_workday(day) != published.is_working_day(day)] == []


def test_make_up_workdays_are_named_after_the_festival(seeded: Calendar) -> None:
    assert seeded.days[date(2026, 2, 14)] == SpecialDay("workday", "春节调休")
    assert seeded.days[date(2026, 2, 23)] == SpecialDay("holiday", "春节调休")
    assert seeded.days[date(2026, 10, 10)] == SpecialDay("workday", "国庆节调休")
    assert seeded.days[date(2026, 4, 6)] == SpecialDay("holiday", "清明节")


def test_days_are_confirmed_until_the_last_known_year(seeded: Calendar) -> None:
    assert last_known_year() >= 2026
    assert seeded.confirmed_until == date(last_known_year(), 12, 31)
    assert seed_calendar([2024]).confirmed_until == date(2024, 12, 31)


def test_a_year_to_come_has_the_holidays_of_the_law_and_no_make_up_workdays(seeded: Calendar) -> None:
    beyond = last_known_year() + 1
    kinds = {special.kind for day, special in seeded.days.items() if day.year == beyond}
    assert kinds == {"holiday"}
    assert seeded.days[date(beyond, 10, 1)].name == "国庆节"
    assert seed_calendar([beyond]).is_provisional(date(beyond, 1, 1))


def test_a_year_is_the_same_alone_and_among_others(seeded: Calendar) -> None:
    alone = seed_calendar([2025])
    assert dict(alone.days) == {day: special for day, special in seeded.days.items() if day.year == 2025}
