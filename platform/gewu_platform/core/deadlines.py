"""When a limit ends: deadlines, their lights, and when people are reminded.

A pause (parked, waiting for a check) stops whichever clock the limit runs on: time that would have counted does not.
A pause while that clock stands still anyway, such as a night or a weekend of a working limit, changes nothing.

The due time is the earliest moment at which the limit has been counted in full. Everything here is a pure function of
its arguments; moments are naive local wall time.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo

from gewu_dsl.model import Duration, Rung
from gewu_platform.core.calendars import Calendar
from gewu_platform.core.clock import NOTHING
from gewu_platform.core.courses import Course, Limits, Pause, course_of, courses_of, ending, in_order
from gewu_platform.core.zones import to_local

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


def due(
    start: datetime,
    limits: Limits,
    calendar: Calendar,
    pauses: Iterable[Pause] = (),
    zone: ZoneInfo | None = None,
) -> Deadline:
    """The deadline of a limit that begins at `start`, or of the legs it was extended to.

    Moments are naive local wall time; with a `zone` they are naive UTC instead.
    Raises ValueError for a pause that ends before it begins and for no leg, BeyondCalendar (one too) centuries away.
    """
    if pauses == () and isinstance(limits, Duration):
        # Most deadlines by far: two bisections, and nothing around them.
        course = course_of(start, limits, calendar, zone)
        moment = course.clock.add(start, course.amount)
        return Deadline(moment, is_provisional(course, moment, calendar, zone))
    return _whole(_walk(start, limits, calendar, pauses, zone), calendar, zone)


def warns_at(
    start: datetime,
    limits: Limits,
    calendar: Calendar,
    pauses: Iterable[Pause] = (),
    zone: ZoneInfo | None = None,
) -> datetime:
    """Until when the light is green: the moment at which 80 % of the limit, of all its legs, are used."""
    walk = _walk(start, limits, calendar, pauses, zone)
    return _share(walk, WARNING_PERCENT, calendar, zone).due


def light(warning: datetime, due_at: datetime, now: datetime) -> Light:
    """Green up to `warning`, yellow up to `due_at`, red after: both moments still belong to the better light.

    Compares moments, not shares, so a list of cases can be lit by a query; a working limit due on Friday at closing
    time is red on Saturday although no more of it has been used.
    """
    if now > due_at:
        return "red"
    return "yellow" if now > warning else "green"


def ladder_times(
    start: datetime,
    limits: Limits,
    rungs: Iterable[Rung],
    calendar: Calendar,
    pauses: Iterable[Pause] = (),
    zone: ZoneInfo | None = None,
) -> tuple[Alarm, ...]:
    """When each rung is reached, in the ladder's order.

    `at P%` is reached when that share of the limit, of all its legs, is used, on its own clock; `after DURATION` is
    that duration, on the duration's own clock, counted from the due time.
    """
    walk = _walk(start, limits, calendar, pauses, zone)
    end = _whole(walk, calendar, zone)
    alarms = []
    for rung in rungs:
        if rung.percent is not None:
            reached = _share(walk, rung.percent, calendar, zone)
        elif rung.after is not None:
            past = _Walk(tuple(courses_of(end.due, rung.after, calendar, walk.pauses, zone)), walk.pauses)
            reached = _whole(past, calendar, zone)
        else:
            raise ValueError(
                f"a rung of the ladder on {rung.step} says neither at which share nor after how long"
            )
        provisional = reached.provisional or (rung.percent is None and end.provisional)
        alarms.append(Alarm(rung, reached.due, provisional))
    return tuple(alarms)


def is_provisional(course: Course, moment: datetime, calendar: Calendar, zone: ZoneInfo | None) -> bool:
    """Whether a course that ends at `moment` depends on days whose holidays have not been published yet."""
    wall = to_local(moment, zone) if zone else moment
    return course.by_calendar and calendar.is_provisional(wall.date())


class _Walk(NamedTuple):
    """A limit leg by leg, each with its end, and the pauses in order."""

    legs: tuple[tuple[Course, datetime], ...]
    pauses: Sequence[Pause]


def _walk(
    start: datetime, limits: Limits, calendar: Calendar, pauses: Iterable[Pause], zone: ZoneInfo | None
) -> _Walk:
    ordered = in_order(pauses)
    legs = tuple(courses_of(start, limits, calendar, ordered, zone))
    if not legs:
        raise ValueError("a deadline has at least one limit")
    return _Walk(legs, ordered)


def _whole(walk: _Walk, calendar: Calendar, zone: ZoneInfo | None) -> Deadline:
    provisional = any(is_provisional(course, end, calendar, zone) for course, end in walk.legs)
    return Deadline(walk.legs[-1][1], provisional)


def _share(walk: _Walk, percent: int, calendar: Calendar, zone: ZoneInfo | None) -> Deadline:
    """The moment at which `percent` of what all legs count together is used."""
    amount = sum((course.amount for course, _ in walk.legs), NOTHING) * percent // 100
    provisional = False
    for course, end in walk.legs[:-1]:
        if amount <= course.amount:
            moment = ending(course, amount, walk.pauses)
            return Deadline(moment, provisional or is_provisional(course, moment, calendar, zone))
        amount -= course.amount
        provisional = provisional or is_provisional(course, end, calendar, zone)
    course, _ = walk.legs[-1]
    moment = ending(course, amount, walk.pauses)
    return Deadline(moment, provisional or is_provisional(course, moment, calendar, zone))
