"""A clock that steps from minute to minute: the slow reference of working time, with nothing of the engine in it.

Every minute of three years is looked at by itself: is it inside a window, is it on a workday, is the clock paused? A limit is over at the
first moment by which as many minutes have counted as it has. Minutes are counted from `ORIGIN`, local wall time.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from fractions import Fraction
from functools import cached_property

ORIGIN = datetime(2026, 1, 1)
YEARS = 3
MINUTES = YEARS * 366 * 1440
WINDOWS = ((8 * 60, 12 * 60), (14 * 60, 18 * 60))
"""Of every workday, make-up workdays too: a standard day has eight hours."""
STANDARD_DAY = sum(end - start for start, end in WINDOWS)

Pause = tuple[int, int]


def minute_of(at: datetime) -> int:
    """A local time, whole minutes only, as minutes since the origin."""
    gone = at - ORIGIN
    assert gone.seconds % 60 == 0, at
    assert gone.microseconds == 0, at
    return gone.days * 1440 + gone.seconds // 60


def time_of(minute: int | Fraction) -> datetime:
    return ORIGIN + timedelta(seconds=float(minute * 60))


@dataclass(frozen=True, eq=False)
class Days:
    """A version of a calendar: the days that differ from their weekday, and until when they are known for certain."""

    version: int
    holidays: frozenset[date]
    makeups: frozenset[date]
    confirmed_until: date

    def is_workday(self, day: date) -> bool:
        if day in self.holidays:
            return False
        return day in self.makeups or day.weekday() < 5

    @cached_property
    def on_workday(self) -> bytearray:
        """One byte a minute: 1 on workdays, around the clock."""
        return self._minutes(((0, 1440),))

    @cached_property
    def in_window(self) -> bytearray:
        """One byte a minute: 1 inside the windows of a workday."""
        return self._minutes(WINDOWS)

    def _minutes(self, windows: Sequence[tuple[int, int]]) -> bytearray:
        open_ = bytearray(MINUTES)
        for day in range(MINUTES // 1440):
            if self.is_workday(ORIGIN.date() + timedelta(days=day)):
                for start, end in windows:
                    for minute in range(day * 1440 + start, day * 1440 + end):
                        open_[minute] = 1
        return open_


ALWAYS = bytearray(b"\1") * MINUTES


@dataclass(frozen=True)
class Course:
    """What a limit asks for from one start: so many of these minutes."""

    counts: bytearray = field(repr=False)
    amount: int
    uncertain: bool
    """Whether it depends on which days are workdays."""


def course_of(limit: str, start: int, days: Days) -> Course:
    """A limit as the author wrote it, begun at `start`."""
    if found := re.fullmatch(r"(\d+) (minutes?|hours?|days?)", limit):
        unit = {"m": 1, "h": 60, "d": 1440}[found[2][0]]
        return Course(ALWAYS, int(found[1]) * unit, uncertain=False)
    if found := re.fullmatch(r"(\d+) (work hours?|workdays?)", limit):
        unit = 60 if " " in found[2] else STANDARD_DAY
        return Course(days.in_window, int(found[1]) * unit, uncertain=True)
    found = re.fullmatch(r"by (\d\d):(\d\d) (next workday|after (\d+) workdays?)", limit)
    assert found is not None, limit
    day = start - start % 1440
    for _ in range(int(found[4] or 1)):
        day += 1440
        while not days.on_workday[day]:
            day += 1440
    end = day + int(found[1]) * 60 + int(found[2])
    return Course(days.on_workday, sum(days.on_workday[start:end]), uncertain=True)


@dataclass(frozen=True)
class Reached:
    """When a limit is over, when each share of it was used, and how its minutes up to there divide."""

    due: int
    at_share: dict[int, Fraction]
    provisional: bool
    counted: int
    paused: int
    skipped: int


def count_down(
    limits: Sequence[str], start: int, pauses: Sequence[Pause], days: Days, shares: Sequence[int] = (80,)
) -> Reached:
    """Leg after leg: each limit begins where the one before is over. A minute counts unless it is paused or outside.

    A share is one of the whole, all legs together.
    """
    minute, uncertain, ticks = start, False, []
    paused = skipped = 0
    for limit in limits:
        course = course_of(limit, minute, days)
        uncertain |= course.uncertain
        left = course.amount
        while left:
            over = _pause_over(minute, pauses)
            if over:  # what would have counted is paused, the rest would not have counted anyway
                stood = sum(course.counts[minute:over])
                paused, skipped, minute = paused + stood, skipped + over - minute - stood, over
                continue
            if course.counts[minute]:
                ticks.append(minute)
                left -= 1
            else:
                skipped += 1
            minute += 1
    provisional = uncertain and time_of(minute).date() > days.confirmed_until
    moments = {share: _moment(ticks, share, start) for share in shares}
    return Reached(minute, moments, provisional, len(ticks), paused, skipped)


def count_from(limit: str, start: int, pauses: Sequence[Pause], days: Days) -> int:
    """The moment `limit` after `start`."""
    return count_down((limit,), start, pauses, days, ()).due


def _pause_over(minute: int, pauses: Sequence[Pause]) -> int | None:
    """When the pause that this minute lies in is over."""
    return max((end for start, end in pauses if start <= minute < end), default=None)


def _moment(ticks: Sequence[int], share: int, start: int) -> Fraction:
    """The first moment by which `share` percent of the minutes that count have counted."""
    wanted = Fraction(len(ticks) * share, 100)
    if wanted == 0:
        return Fraction(start)
    whole = -(-wanted.numerator // wanted.denominator)  # the tick in which it is reached
    return ticks[whole - 1] + 1 - (whole - wanted)
