"""People are reminded inside their own working windows, and never too late."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gewu_platform.core.calendars import Calendar, SpecialDay, Window
from gewu_platform.core.quiet import QUIET, opens_at, tells_at

FEBRUARY = Calendar(
    "cn",
    1,
    date(2026, 12, 31),
    {
        **{date(2026, 2, day): SpecialDay("holiday", "春节") for day in range(15, 24)},
        date(2026, 2, 14): SpecialDay("workday", "调休"),
    },
)
MOMENTS = st.datetimes(datetime(2026, 2, 1), datetime(2026, 3, 1)).map(
    lambda at: at.replace(second=0, microsecond=0)
)
WEEKS = st.lists(
    st.sampled_from(
        [(), (Window(0, 1440),), (Window(480, 720), Window(840, 1080)), (Window(1, 2),), (Window(600, 1440),)]
    ),
    min_size=7,
    max_size=7,
).filter(any)


@pytest.mark.parametrize(
    ("at", "opens"),
    [
        (datetime(2026, 2, 2, 9), datetime(2026, 2, 2, 9)),
        (datetime(2026, 2, 2, 7, 59), datetime(2026, 2, 2, 8)),
        (datetime(2026, 2, 2, 12), datetime(2026, 2, 2, 14)),
        (datetime(2026, 2, 2, 18), datetime(2026, 2, 3, 8)),
        (datetime(2026, 2, 6, 20), datetime(2026, 2, 9, 8)),
        (datetime(2026, 2, 13, 20), datetime(2026, 2, 14, 8)),  # the make-up Saturday
        (datetime(2026, 2, 14, 18), datetime(2026, 2, 24, 8)),  # over the Spring Festival
    ],
)
def test_people_are_told_when_they_work_next(at: datetime, opens: datetime) -> None:
    assert opens_at(at, FEBRUARY) == opens


@given(MOMENTS, WEEKS)
def test_the_next_opening_is_the_first_minute_at_work(at: datetime, week: list[tuple[Window, ...]]) -> None:
    calendar = Calendar("any", 1, date(2026, 12, 31), FEBRUARY.days, tuple(week))
    slow = at
    while not any(
        opening <= slow.hour * 60 + slow.minute < closing
        for opening, closing in calendar.windows_on(slow.date())
    ):
        slow += timedelta(minutes=1)
    assert opens_at(at, calendar) == slow


@given(st.sampled_from(["waiting", "assist", "urged", "closed"]), MOMENTS, MOMENTS)
def test_what_is_handed_over_is_told_at_once(kind: str, at: datetime, due: datetime) -> None:
    assert kind not in QUIET
    assert tells_at(kind, at, due, FEBRUARY) == at


@given(st.sampled_from(sorted(QUIET)), MOMENTS, MOMENTS)
def test_a_reminder_waits_for_working_hours_but_never_past_the_deadline(
    kind: str, at: datetime, due: datetime
) -> None:
    told = tells_at(kind, at, due, FEBRUARY)
    if kind == "remind" and due <= opens_at(at, FEBRUARY):
        assert told == at
    else:
        assert told == opens_at(at, FEBRUARY)


def test_a_reminder_at_night_of_a_deadline_at_night_is_sent_at_once() -> None:
    night, due = datetime(2026, 2, 2, 22), datetime(2026, 2, 3, 2)
    assert tells_at("remind", night, due, FEBRUARY) == night
    assert tells_at("overdue", night, due, FEBRUARY) == datetime(2026, 2, 3, 8)
    assert tells_at("remind", night, datetime(2026, 2, 3, 8), FEBRUARY) == night, (
        "at opening time it would be too late"
    )
    assert tells_at("remind", night, datetime(2026, 2, 3, 8, 1), FEBRUARY) == datetime(2026, 2, 3, 8)
