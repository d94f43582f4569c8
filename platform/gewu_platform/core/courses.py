"""What a limit counts, and on which clock: the one reading of limits that everything about deadlines shares.

Minutes, 紧急工作时 and 自然日 count on the continuous clock, 工作时 and 工作日 inside working windows. `by HH:MM …`
fixes a moment on a workday; it counts workdays around the clock, so that weekends and holidays are no part of it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

from gewu_dsl.model import Duration
from gewu_platform.core.calendars import Calendar
from gewu_platform.core.clock import CONTINUOUS, DAY, HOUR, MINUTE, BeyondCalendar, Clock, working_clock
from gewu_platform.core.limits import minute_of_day

Pause = tuple[datetime, datetime]
"""From when to when; several may overlap and stand in any order."""


class Course(NamedTuple):
    """A limit from its start: `amount` to count on `clock`.

    `calendar` holds the windows that the clock counts, None for the continuous one; `by_calendar` tells whether the
    due time follows from what the calendar says of its days.
    """

    start: datetime
    amount: timedelta
    clock: Clock
    calendar: Calendar | None
    by_calendar: bool


def course_of(start: datetime, limit: Duration, calendar: Calendar) -> Course:
    """The course of a `limit` that begins at `start`. Raises BeyondCalendar."""
    match limit.unit:
        case "workdays":
            clock = working_clock(calendar)
            return Course(start, limit.amount * clock.standard_day, clock, calendar, True)
        case "work_hours":
            return Course(start, limit.amount * HOUR, working_clock(calendar), calendar, True)
        case "minutes":
            return Course(start, limit.amount * MINUTE, CONTINUOUS, None, False)
        case "hours":
            return Course(start, limit.amount * HOUR, CONTINUOUS, None, False)
        case "days":
            return Course(start, limit.amount * DAY, CONTINUOUS, None, False)
        case "by":
            return _course_by(start, limit, calendar)


def in_order(pauses: Iterable[Pause]) -> list[Pause]:
    """`pauses` by their beginning; overlaps remain. Raises ValueError for one that ends before it begins."""
    ordered = sorted(pauses)
    for begins, ends in ordered:
        if ends < begins:
            raise ValueError(f"a pause from {begins} cannot end at {ends}")
    return ordered


def _course_by(start: datetime, limit: Duration, calendar: Calendar) -> Course:
    offset = minute_of_day(str(limit.at)) * MINUTE
    moment = _midnight(start.date()) + offset
    if limit.day == "today" and moment > start:
        return Course(start, moment - start, CONTINUOUS, None, False)
    # A time of today that is already past means the same time of the next workday: no limit ends before it begins.
    workdays = limit.amount if limit.day == "after_workdays" else 1
    moment = _midnight(_workday_after(start.date(), workdays, calendar)) + offset
    whole_days = _whole_days(calendar)
    clock = working_clock(whole_days)
    amount = clock.between(start, moment)
    if clock.add(start, amount) == moment:
        return Course(start, amount, clock, whole_days, True)
    # Midnight ends the day before as well: counted in workdays, Monday 00:00 is Saturday 00:00.
    return Course(start, moment - start, CONTINUOUS, None, True)


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day)


def _workday_after(day: date, count: int, calendar: Calendar) -> date:
    while count > 0:
        if day == date.max:
            raise BeyondCalendar("this limit ends after the last day there is")
        day += DAY
        count -= calendar.is_workday(day)
    return day


@lru_cache(maxsize=64)
def _whole_days(calendar: Calendar) -> Calendar:
    return calendar.whole_days()
