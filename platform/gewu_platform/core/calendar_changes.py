"""What differs between two versions of a calendar, and what the difference does to a running clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from gewu_platform.core import clocks
from gewu_platform.core.calendars import Calendar
from gewu_platform.core.clocks import Ruler, RunningClock
from gewu_platform.core.zones import to_local


class DayChange(NamedTuple):
    """A day that two versions see differently: `before` and `after` as derivations give a day's reason, e.g. `weekend`."""

    day: date
    before: str
    after: str

    def to_json(self) -> dict[str, str]:
        return {"day": self.day.isoformat(), "before": self.before, "after": self.after}


@dataclass(frozen=True, slots=True)
class ClockChange:
    """A clock before and after another version of its calendar measured it."""

    before: RunningClock
    after: RunningClock

    def to_json(self) -> dict[str, Any]:
        """As the journal keeps it: moments in naive UTC."""
        return {
            "clock": self.after.number,
            "step": self.after.step,
            "stage": self.after.stage,
            "old_due": self.before.due_at.isoformat(),
            "new_due": self.after.due_at.isoformat(),
            "from": self.before.calendar,
            "provisional": self.after.provisional,
        }


def differing_days(old: Calendar, new: Calendar, first: date, last: date) -> tuple[DayChange, ...]:
    """The days from `first` to `last` on which other windows count, or none, or some."""
    changes = []
    day = first
    while day <= last:
        if old.windows_on(day) != new.windows_on(day):
            before, after = day_reason(old, day), day_reason(new, day)
            if before == after:
                before, after = (
                    f"{each}: {_hours(calendar, day)}" for each, calendar in ((before, old), (after, new))
                )
            changes.append(DayChange(day, before, after))
        day += timedelta(days=1)
    return tuple(changes)


def changed_days(old: Calendar, new: Calendar) -> tuple[DayChange, ...]:
    """The days that either version names and the two see differently, weeks and windows aside."""
    named = sorted(old.days.keys() | new.days.keys())
    return tuple(
        DayChange(day, day_reason(old, day), day_reason(new, day))
        for day in named
        if old.days.get(day) != new.days.get(day)
    )


def day_reason(calendar: Calendar, day: date) -> str:
    """Why a day counts or does not: `workday`, `weekend`, `holiday: 春节`, `make-up workday: 春节调休`."""
    special = calendar.days.get(day)
    if calendar.is_workday(day):
        reason = "make-up workday" if special else "workday"
    else:
        reason = "holiday" if special else "weekend"
    return f"{reason}: {special.name}" if special and special.name else reason


def changed_clock(clock: RunningClock, newest: Ruler) -> ClockChange | None:
    """What the newest version of its calendar makes of a clock; None where that moves or settles nothing.

    Only an open clock that is provisional on an older version of the same calendar is ever touched.
    """
    code, _, _ = clock.calendar.rpartition("@")
    if not clock.provisional or clock.ended_at is not None or clock.calendar == newest.name:
        return None
    if code != newest.calendar.code:
        return None
    after = clocks.adjust(clock, newest)
    same = (after.due_at, after.warns_at, after.provisional) == (clock.due_at, clock.warns_at, True)
    return None if same else ClockChange(clock, after)


def explaining_days(change: ClockChange, old: Calendar, newest: Ruler) -> tuple[DayChange, ...]:
    """The days between the clock's start and its later end that the two versions see differently."""
    last = max(change.before.due_at, change.after.due_at)
    first, end = (_local_day(moment, newest) for moment in (change.after.started_at, last))
    return differing_days(old, newest.calendar, first, end)


def _local_day(moment: datetime, ruler: Ruler) -> date:
    return to_local(moment, ruler.zone).date()


def _hours(calendar: Calendar, day: date) -> str:
    return " ".join(
        f"{opens // 60:02}:{opens % 60:02}-{closes // 60:02}:{closes % 60:02}"
        for opens, closes in calendar.windows_on(day)
    )
