from __future__ import annotations

from datetime import date

import pytest

from gewu_admin.back_office.calendar_drafts import months_of


@pytest.mark.parametrize("year", [1999, 2024, 2026, 2027])
def test_a_month_is_weeks_from_monday_to_sunday(year: int) -> None:
    months = months_of(year)
    days = [day for month in months for week in month for day in week if day]
    assert days == [
        date.fromordinal(number) for number in range(date(year, 1, 1).toordinal(), days[-1].toordinal() + 1)
    ]
    assert (len(months), days[-1]) == (12, date(year, 12, 31))
    assert all(
        day is None or day.weekday() == place
        for month in months
        for week in month
        for place, day in enumerate(week)
    )
    assert all(len(week) == 7 for month in months for week in month)
