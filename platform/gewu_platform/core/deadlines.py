"""When a limit ends: deadlines, their lights, and when people are reminded.

A pause (parked, waiting for a check) stops whichever clock the limit runs on: time that would have counted does not.
A pause while that clock stands still anyway, such as a night or a weekend of a working limit, changes nothing.

The due time is the earliest moment at which the limit has been counted in full. Everything here is a pure function of
its arguments; moments are naive local wall time.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from gewu_dsl.model import Duration, Rung
from gewu_platform.core.calendars import Calendar
from gewu_platform.core.clock import NOTHING
from gewu_platform.core.courses import Course, Pause, course_of, in_order

Light = Literal["green", "yellow", "red"]

WARNING_PERCENT = 80
"""The share of a limit up to which its light is green."""


@dataclass(frozen=True, slots=True)
class Deadline:
    """`provisional`: it depends on days whose holidays have not been published yet."""

    due: datetime
    provisional: bool


@dataclass(frozen=True, slots=True)
class Alarm:
    """The moment at which a rung of an escalation ladder is reached."""

    rung: Rung
    at: datetime
    provisional: bool


def due(start: datetime, limit: Duration, calendar: Calendar, pauses: Iterable[Pause] = ()) -> Deadline:
    """The deadline of a `limit` that begins at `start`.

    Raises ValueError for a pause that ends before it begins, BeyondCalendar (one too) centuries away.
    """
    course = course_of(start, limit, calendar)
    return _deadline(course, course.amount, calendar, in_order(pauses))


def warns_at(start: datetime, limit: Duration, calendar: Calendar, pauses: Iterable[Pause] = ()) -> datetime:
    """Until when the light is green: the moment at which 80 % of the limit are used."""
    course = course_of(start, limit, calendar)
    return _deadline(course, course.amount * WARNING_PERCENT // 100, calendar, in_order(pauses)).due


def light(warning: datetime, due_at: datetime, now: datetime) -> Light:
    """Green up to `warning`, yellow up to `due_at`, red after: both moments still belong to the better light.

    Compares moments, not shares, so a list of cases can be lit by a query; a working limit due on Friday at closing
    time is red on Saturday although no more of it has been used.
    """
    if now > due_at:
        return "red"
    return "yellow" if now > warning else "green"


def ladder_times(
    start: datetime, limit: Duration, rungs: Iterable[Rung], calendar: Calendar, pauses: Iterable[Pause] = ()
) -> tuple[Alarm, ...]:
    """When each rung is reached, in the ladder's order.

    `at P%` is reached when that share of the limit is used, on the limit's own clock; `after DURATION` is that
    duration, on the duration's own clock, counted from the due time.
    """
    course, ordered = course_of(start, limit, calendar), in_order(pauses)
    end = _deadline(course, course.amount, calendar, ordered)
    alarms = []
    for rung in rungs:
        if rung.percent is not None:
            reached = _deadline(course, course.amount * rung.percent // 100, calendar, ordered)
        elif rung.after is not None:
            past = course_of(end.due, rung.after, calendar)
            reached = _deadline(past, past.amount, calendar, ordered)
        else:
            raise ValueError(
                f"a rung of the ladder on {rung.step} says neither at which share nor after how long"
            )
        provisional = reached.provisional or (rung.percent is None and end.provisional)
        alarms.append(Alarm(rung, reached.due, provisional))
    return tuple(alarms)


def _deadline(course: Course, amount: timedelta, calendar: Calendar, pauses: list[Pause]) -> Deadline:
    clock, position = course.clock, course.start
    for begins, ends in pauses:
        if ends <= position:
            continue
        counted = clock.between(position, begins) if begins > position else NOTHING
        if counted >= amount:
            break
        amount -= counted
        position = ends
    moment = clock.add(position, amount)
    return Deadline(moment, course.by_calendar and calendar.is_provisional(moment.date()))
