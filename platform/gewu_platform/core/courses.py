"""What a limit counts, and on which clock: the one reading of limits that everything about deadlines shares.

Minutes, 紧急工作时 and 自然日 count on the continuous clock, 工作时 and 工作日 inside working windows. `by HH:MM …`
fixes a moment on a workday; it counts workdays around the clock, so that weekends and holidays are no part of it.

Several limits are legs: each starts where the one before ends. Moments are naive local wall time or, where the zone
is given, naive UTC (see `clock`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from gewu_dsl.model import Duration
from gewu_platform.core.calendars import Calendar
from gewu_platform.core.clock import (
    CONTINUOUS,
    DAY,
    HOUR,
    MINUTE,
    NOTHING,
    BeyondCalendar,
    Clock,
    working_clock,
)
from gewu_platform.core.limits import minute_of_day
from gewu_platform.core.zones import to_local, to_utc

Pause = tuple[datetime, datetime]
"""From when to when; several may overlap and stand in any order."""

Limits = Duration | Sequence[Duration]
"""One limit, or the legs of one that was extended."""


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


def course_of(start: datetime, limit: Duration, calendar: Calendar, zone: ZoneInfo | None = None) -> Course:
    """The course of a `limit` that begins at `start`. Raises BeyondCalendar."""
    match limit.unit:
        case "workdays":
            clock = working_clock(calendar, zone)
            return Course(start, limit.amount * clock.standard_day, clock, calendar, True)
        case "work_hours":
            return Course(start, limit.amount * HOUR, working_clock(calendar, zone), calendar, True)
        case "minutes":
            return Course(start, limit.amount * MINUTE, CONTINUOUS, None, False)
        case "hours":
            return Course(start, limit.amount * HOUR, CONTINUOUS, None, False)
        case "days":
            return Course(start, limit.amount * DAY, CONTINUOUS, None, False)
        case "by":
            return _course_by(start, limit, calendar, zone)


def courses_of(
    start: datetime,
    limits: Limits,
    calendar: Calendar,
    pauses: Sequence[Pause] = (),
    zone: ZoneInfo | None = None,
) -> Iterator[tuple[Course, datetime]]:
    """The course of each leg with the moment it ends at, `pauses` (in order) cut out. Raises BeyondCalendar."""
    for limit in (limits,) if isinstance(limits, Duration) else limits:
        course = course_of(start, limit, calendar, zone)
        start = ending(course, course.amount, pauses)
        yield course, start


def ending(course: Course, amount: timedelta, pauses: Iterable[Pause]) -> datetime:
    """The earliest moment at which `amount` of a course is counted, outside `pauses` (in order)."""
    clock, position = course.clock, course.start
    for begins, ends in pauses:
        if ends <= position:
            continue
        counted = clock.between(position, begins) if begins > position else NOTHING
        if counted >= amount:
            break
        amount -= counted
        position = ends
    return clock.add(position, amount)


def in_order(pauses: Iterable[Pause]) -> list[Pause]:
    """`pauses` by their beginning; overlaps remain. Raises ValueError for one that ends before it begins."""
    ordered = sorted(pauses)
    for begins, ends in ordered:
        if ends < begins:
            raise ValueError(f"a pause from {begins} cannot end at {ends}")
    return ordered


def _course_by(start: datetime, limit: Duration, calendar: Calendar, zone: ZoneInfo | None) -> Course:
    today, minute = (to_local(start, zone) if zone else start).date(), minute_of_day(str(limit.at))
    moment = _moment(today, minute, zone)
    if limit.day == "today" and moment > start:
        return Course(start, moment - start, CONTINUOUS, None, False)
    # A time of today that is already past means the same time of the next workday: no limit ends before it begins.
    workdays = limit.amount if limit.day == "after_workdays" else 1
    moment = _moment(_workday_after(today, workdays, calendar), minute, zone)
    whole_days = _whole_days(calendar)
    clock = working_clock(whole_days, zone)
    amount = clock.between(start, moment)
    if clock.add(start, amount) == moment:
        return Course(start, amount, clock, whole_days, True)
    # Midnight ends the day before as well: counted in workdays, Monday 00:00 is Saturday 00:00.
    return Course(start, moment - start, CONTINUOUS, None, True)


def _moment(day: date, minute: int, zone: ZoneInfo | None) -> datetime:
    wall = datetime(day.year, day.month, day.day) + minute * MINUTE
    return wall if zone is None else to_utc(wall, zone)


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
