"""Which limit is the longer one, held against the clock that deadlines run on."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from gewu_dsl.check.lengths import LONGEST_DAY, SHORTEST_DAY, is_longer
from gewu_dsl.model import Duration
from gewu_platform.core.calendars import Calendar, SpecialDay, Window, Windows
from gewu_platform.core.deadlines import due
from gewu_platform.core.limits import parse_limit

OFFICE = Calendar("office", 1, date(2027, 12, 31))
WRITTEN = (
    "1 minute", "240 minutes", "4 hours", "8 hours", "24 hours", "1 day", "3 days", "1 work hour", "4 work hours",
    "24 work hours", "48 work hours", "1 workday", "2 workdays", "3 workdays", "by 00:00 next workday", "by 12:00 today",
    "by 18:00 today", "by 18:00 next workday", "by 09:00 after 2 workdays", "by 18:00 after 2 workdays",
)  # fmt: skip

amounts = st.integers(1, 4)
clock_times = st.builds("{:02}:{:02}".format, st.integers(0, 23), st.sampled_from([0, 30]))
limits = st.one_of(
    st.builds(Duration, st.just("minutes"), st.sampled_from([1, 30, 240, 480, 1440, 2880])),
    st.builds(Duration, st.just("hours"), st.sampled_from([1, 2, 4, 8, 24, 28, 48, 72])),
    st.builds(Duration, st.just("work_hours"), st.sampled_from([1, 4, 8, 12, 24, 48, 72])),
    st.builds(Duration, st.sampled_from(["workdays", "days"]), amounts),
    st.builds(Duration, st.just("by"), st.just(0), clock_times, st.sampled_from(["today", "next_workday"])),
    st.builds(Duration, st.just("by"), amounts, clock_times, st.just("after_workdays")),
)
starts = st.builds(
    lambda day, minute: datetime(2026, 1, 1) + timedelta(days=day, minutes=minute),
    st.integers(0, 364), st.integers(0, 24 * 60 - 1),
)  # fmt: skip


@st.composite
def calendars(draw: st.DrawFn) -> Calendar:
    """Weeks of whole, short and closed days within the hours of a standard day; holidays and make-up workdays."""
    edges = sorted(draw(st.lists(st.integers(0, 48), min_size=4, max_size=4, unique=True)))
    standard: Windows = (Window(edges[0] * 30, edges[1] * 30), Window(edges[2] * 30, edges[3] * 30))
    if draw(st.integers(0, 9)) == 0:
        standard = (Window(0, LONGEST_DAY),)
    assume(sum(end - start for start, end in standard) >= SHORTEST_DAY)
    others = st.sampled_from([standard, standard, standard[:1], standard[-1:], ()])
    week = (standard, *draw(st.tuples(*[others] * 6)))
    special = st.sampled_from([SpecialDay("holiday", "假"), SpecialDay("workday", "调休")])
    days = draw(st.dictionaries(st.integers(0, 370), special, max_size=20))
    numbered = {date(2026, 1, 1) + timedelta(days=day): kind for day, kind in days.items()}
    return Calendar(str(hash((week, tuple(days.items())))), 1, date(2027, 12, 31), numbered, week)


@given(limits, limits, starts, calendars())
@settings(max_examples=400, deadline=None)
def test_a_longer_limit_never_ends_first(
    one: Duration, other: Duration, start: datetime, calendar: Calendar
) -> None:
    if is_longer(one, other):
        assert due(start, one, calendar).due >= due(start, other, calendar).due


@pytest.mark.parametrize("one", WRITTEN)
def test_a_longer_limit_ends_later_on_some_day_of_an_office(one: str) -> None:
    starts = [datetime(2026, 3, 2) + timedelta(minutes=145 * index) for index in range(72)]
    ends = {limit: [due(start, parse_limit(limit), OFFICE).due for start in starts] for limit in WRITTEN}
    for other in WRITTEN:
        if is_longer(parse_limit(one), parse_limit(other)):
            pairs = list(zip(ends[one], ends[other], strict=True))
            assert any(late > early for late, early in pairs), other
            assert all(late >= early for late, early in pairs), other


@given(limits, limits, limits)
@settings(max_examples=300, deadline=None)
def test_longer_is_a_strict_order(one: Duration, other: Duration, third: Duration) -> None:
    assert not is_longer(one, one)
    assert not (is_longer(one, other) and is_longer(other, one))
    if is_longer(one, other) and is_longer(other, third):
        assert not is_longer(third, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("2 days", "1 day"), ("25 hours", "1 day"), ("121 minutes", "2 hours"), ("3 workdays", "1 workday"),
        ("4 work hours", "4 hours"), ("4 work hours", "2 hours"), ("1 workday", "2 hours"), ("1 workday", "4 hours"),
        ("3 workdays", "2 days"), ("24 work hours", "1 workday"), ("2 workdays", "8 work hours"),
        ("by 18:00 after 2 workdays", "1 day"), ("by 18:00 after 2 workdays", "by 18:00 next workday"),
        ("by 18:00 next workday", "by 09:00 next workday"), ("by 18:00 next workday", "by 12:00 today"),
        ("by 18:00 next workday", "18 hours"), ("3 workdays", "by 18:00 next workday"),
    ],
)  # fmt: skip
def test_limits_of_which_one_is_certainly_longer(one: str, other: str) -> None:
    assert is_longer(parse_limit(one), parse_limit(other))
    assert not is_longer(parse_limit(other), parse_limit(one))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("24 hours", "1 day"), ("60 minutes", "1 hour"),  # the same
        ("1 workday", "8 hours"), ("1 workday", "1 day"), ("3 workdays", "3 days"),  # from Monday morning, from Friday evening
        ("8 work hours", "1 workday"),  # as long as the day of that office
        ("by 18:00 today", "by 12:00 today"),  # at two in the afternoon the one is over and means tomorrow
        ("by 18:00 today", "2 hours"), ("by 18:00 next workday", "1 workday"), ("2 workdays", "by 18:00 next workday"),
    ],
)  # fmt: skip
def test_limits_of_which_neither_is(one: str, other: str) -> None:
    assert not is_longer(parse_limit(one), parse_limit(other))
    assert not is_longer(parse_limit(other), parse_limit(one))
