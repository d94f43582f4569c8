"""Quiet hours: people are reminded inside their own working windows. The clock of a case does not care.

Moments are naive local wall time; the calendar is that of whoever is told, not that of the case.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from gewu_platform.core.calendars import Calendar

QUIET: frozenset[str] = frozenset({"remind", "overdue", "escalate"})
"""The kinds of message that wait for working hours. Work that is handed over never waits."""

DIGEST_ABOVE = 5
"""With more than so many of them waiting for one person at once, they come as one message that lists them."""


def opens_at(at: datetime, calendar: Calendar) -> datetime:
    """The first moment from `at` on that lies in a window of `calendar`: `at` itself inside one."""
    day = at.date()
    while True:
        for opening, closing in calendar.windows_on(day):
            if at < _moment(day, closing):
                return max(at, _moment(day, opening))
        day += timedelta(days=1)


def tells_at(kind: str, at: datetime, due_at: datetime, calendar: Calendar) -> datetime:
    """When a message of `kind` about a clock due at `due_at`, caused at `at`, reaches a person who works by `calendar`.

    A reminder that would come when it is too late is sent at once: after the deadline it would be none.
    """
    if kind not in QUIET:
        return at
    opens = opens_at(at, calendar)
    return at if kind == "remind" and due_at <= opens else opens


def _moment(day: date, minute: int) -> datetime:
    return datetime.combine(day, time()) + timedelta(minutes=minute)
