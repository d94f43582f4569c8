from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gewu_platform.core.calendars import DEFAULT_WEEK, Calendar, SpecialDay, Window
from gewu_platform.core.clock import CONTINUOUS, NOTHING, BeyondCalendar, WorkingClock, working_clock

CALENDAR = Calendar(
    "cn",
    1,
    date(2026, 12, 31),
    {
        date(2026, 1, 1): SpecialDay("holiday", "元旦"),
        date(2026, 2, 14): SpecialDay("workday", "春节调休"),
        **{date(2026, 2, day): SpecialDay("holiday", "春节") for day in range(16, 24)},
    },
)
NIGHTS = Calendar("nights", 1, date(2026, 12, 31), {}, ((Window(0, 360), Window(1320, 1440)),) * 7)
CLOCKS = [WorkingClock(CALENDAR), WorkingClock(NIGHTS), CONTINUOUS]

moments = st.datetimes(datetime(2025, 11, 1), datetime(2027, 3, 1))
amounts = st.timedeltas(timedelta(0), timedelta(days=40))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


@pytest.mark.parametrize(
    ("start", "minutes", "due"),
    [
        ("2026-03-06T16:00", 480, "2026-03-09T16:00"),  # Friday to Monday
        ("2026-03-06T19:00", 480, "2026-03-09T18:00"),  # starts outside, ends at closing time
        ("2026-03-06T12:30", 1, "2026-03-06T14:01"),  # starts at lunch
        ("2026-03-06T16:00", 120, "2026-03-06T18:00"),  # exactly at closing time
        ("2026-03-06T10:00", 120, "2026-03-06T12:00"),  # exactly at lunch
        ("2026-03-06T16:00", 121, "2026-03-09T08:01"),
        ("2026-02-13T16:00", 480, "2026-02-14T16:00"),  # a make-up Saturday
        ("2026-02-14T16:00", 121, "2026-02-24T08:01"),  # the Spring Festival
        ("2026-03-06T18:00", 1, "2026-03-09T08:01"),  # starts at closing time
    ],
)
def test_working_minutes_are_added_inside_windows(start: str, minutes: int, due: str) -> None:
    assert WorkingClock(CALENDAR).add(at(start), timedelta(minutes=minutes)) == at(due)


def test_seconds_and_microseconds_are_kept() -> None:
    start = datetime(2026, 3, 6, 17, 59, 59, 999_999)
    assert WorkingClock(CALENDAR).add(start, timedelta(minutes=1)) == datetime(2026, 3, 9, 8, 0, 59, 999_999)


def test_the_table_grows_to_both_sides_by_weekdays_only() -> None:
    clock = WorkingClock(CALENDAR)
    assert clock.add(at("2031-12-31T16:00"), timedelta(minutes=480)) == at("2032-01-01T16:00")
    assert clock.add(at("1999-12-31T16:00"), timedelta(minutes=480)) == at("2000-01-03T16:00")
    assert clock.between(at("1998-01-01T00:00"), at("1998-01-03T00:00")) == timedelta(hours=16)
    assert clock.add(at("2026-02-13T16:00"), timedelta(minutes=480)) == at("2026-02-14T16:00")


def test_a_limit_of_decades_has_an_end() -> None:
    assert WorkingClock(CALENDAR).add(at("2026-01-01T00:00"), timedelta(days=2_000)) > at("2040-01-01T00:00")


@pytest.mark.parametrize("start", ["9990-01-01T00:00", "0001-01-01T00:00", "2700-01-01T00:00"])
def test_a_moment_centuries_away_is_refused(start: str) -> None:
    with pytest.raises(BeyondCalendar):
        WorkingClock(CALENDAR).add(at(start), timedelta(minutes=1))


def test_a_limit_that_ends_after_the_last_day_is_refused() -> None:
    with pytest.raises(BeyondCalendar):
        CONTINUOUS.add(at("9999-12-31T00:00"), timedelta(days=1))


@pytest.mark.parametrize("clock", CLOCKS)
@given(moments, amounts)
def test_what_was_added_is_between(clock: WorkingClock, start: datetime, amount: timedelta) -> None:
    assert clock.between(start, clock.add(start, amount)) == amount


@pytest.mark.parametrize("clock", CLOCKS)
@given(moments, amounts.filter(bool))
def test_the_due_time_is_the_earliest_possible(
    clock: WorkingClock, start: datetime, amount: timedelta
) -> None:
    assert clock.between(start, clock.add(start, amount) - timedelta.resolution) < amount


@pytest.mark.parametrize("clock", CLOCKS)
@given(moments, amounts, amounts)
def test_adding_twice_is_adding_the_sum(
    clock: WorkingClock, start: datetime, first: timedelta, second: timedelta
) -> None:
    assert clock.add(clock.add(start, first), second) == clock.add(start, first + second)


@pytest.mark.parametrize("clock", CLOCKS)
@given(moments, moments, moments)
def test_spans_add_up(clock: WorkingClock, first: datetime, second: datetime, third: datetime) -> None:
    assert clock.between(first, second) + clock.between(second, third) == clock.between(first, third)


@given(moments, amounts.filter(bool))
def test_a_limit_in_working_time_ends_inside_a_window_or_as_it_closes(
    start: datetime, amount: timedelta
) -> None:
    due = CLOCKS[0].add(start, amount)
    minute = (due - datetime.combine(due.date(), datetime.min.time())) / timedelta(minutes=1)
    assert any(opens < minute <= closes for opens, closes in CALENDAR.windows_on(due.date()))


def test_nothing_takes_no_time_even_outside_windows() -> None:
    assert WorkingClock(CALENDAR).add(at("2026-03-07T10:00"), NOTHING) == at("2026-03-07T10:00")


def test_windows_until_midnight_join_the_next_day() -> None:
    assert WorkingClock(NIGHTS).add(at("2026-03-06T23:00"), timedelta(minutes=120)) == at("2026-03-07T01:00")


def test_equal_calendars_share_one_clock_and_different_ones_do_not() -> None:
    twin = Calendar.from_json(CALENDAR.to_json())
    other = Calendar("cn", 1, date(2026, 12, 31), {}, DEFAULT_WEEK)
    assert working_clock(CALENDAR) is working_clock(twin)
    assert working_clock(CALENDAR) is not working_clock(other)


def test_moments_with_a_zone_are_refused() -> None:
    with pytest.raises(TypeError):
        WorkingClock(CALENDAR).add(datetime(2026, 3, 6, tzinfo=UTC), timedelta(minutes=1))
