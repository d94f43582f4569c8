"""Deadlines by counting minutes one after the other: slow, obvious, and sharing no code with what it checks.

A limit is over with the last of its minutes that count: those inside the windows (for 工作时 and 工作日), on workdays (for
a fixed hour of a later workday) or all of them, less the paused ones. Moments are whole minutes of wall time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, timedelta
from itertools import compress, islice
from random import Random

from gewu_dsl.model import Duration
from gewu_platform.core.calendars import DEFAULT_WEEK, Calendar, SpecialDay, Window, Windows

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
Pause = tuple[datetime, datetime]


def due_by_minutes(
    start: datetime, limits: Sequence[Duration], calendar: Calendar, pauses: Sequence[Pause] = ()
) -> datetime:
    """When the last of `limits`, one after the other, is over."""
    for limit in limits:
        amount, counts = minutes_of(start, limit, calendar)
        start = nth_minute(start, amount, counts, pauses)
    return start


def share_by_minutes(
    start: datetime,
    limits: Sequence[Duration],
    calendar: Calendar,
    pauses: Sequence[Pause],
    percent: int,
) -> datetime:
    """When that share of all the limits together is over; its last, begun minute is rounded up."""
    amounts, begins = [], start
    for limit in limits:
        amounts.append((begins, *minutes_of(begins, limit, calendar)))
        begins = due_by_minutes(begins, [limit], calendar, pauses)
    left = -(-sum(amount for _, amount, _ in amounts) * percent // 100)
    for begins, amount, counts in amounts:
        if left <= amount:
            return nth_minute(begins, left, counts, pauses)
        left -= amount
    raise AssertionError("a share is no more than the whole")


def minutes_of(start: datetime, limit: Duration, calendar: Calendar) -> tuple[int, Callable[[date], Windows]]:
    """How many minutes a limit has, and which of a day's minutes count for it."""
    match limit.unit:
        case "minutes":
            return limit.amount, _always
        case "hours":
            return limit.amount * 60, _always
        case "days":
            return limit.amount * 1440, _always
        case "work_hours":
            return limit.amount * 60, lambda day: windows_of(calendar, day)
        case "workdays":
            first = next(windows for windows in calendar.windows if windows)
            return limit.amount * sum(closes - opens for opens, closes in first), lambda day: windows_of(
                calendar, day
            )
        case "by":
            return _minutes_until(start, limit, calendar)


def windows_of(calendar: Calendar, day: date) -> Windows:
    """The windows of a day, read off the calendar's data."""
    usual = calendar.windows[day.weekday()]
    if day not in calendar.days:
        return usual
    if calendar.days[day].kind == "holiday":
        return ()
    return usual or next(windows for windows in calendar.windows if windows)


def nth_minute(
    start: datetime, amount: int, counts: Callable[[date], Windows], pauses: Sequence[Pause]
) -> datetime:
    """The end of the minute with which `amount` of them have counted."""
    if amount == 0:
        return start
    for midnight, minutes in _days(start, counts, pauses):
        if amount <= sum(minutes):
            last = next(islice(compress(range(1440), minutes), amount - 1, None))
            return midnight + (last + 1) * MINUTE
        amount -= sum(minutes)
    raise AssertionError("there is always another day")


def counted_minutes(
    start: datetime, end: datetime, counts: Callable[[date], Windows], pauses: Sequence[Pause] = ()
) -> int:
    """How many minutes from `start` to `end` count."""
    total = 0
    for midnight, minutes in _days(start, counts, pauses):
        total += sum(minutes[: max((end - midnight) // MINUTE, 0)])
        if midnight + DAY >= end:
            return total
    raise AssertionError("there is always another day")


def _days(
    start: datetime, counts: Callable[[date], Windows], pauses: Sequence[Pause]
) -> Iterator[tuple[datetime, bytearray]]:
    """Every day from that of `start` on, and 1 for each of its minutes that counts."""
    midnight = datetime(start.year, start.month, start.day)
    while True:
        minutes = bytearray(1440)
        for opens, closes in counts(midnight.date()):
            minutes[opens:closes] = b"\1" * (closes - opens)
        for begins, ends in [(midnight, start), *pauses]:
            first = min(max((begins - midnight) // MINUTE, 0), 1440)
            last = min(max((ends - midnight) // MINUTE, first), 1440)
            minutes[first:last] = bytes(last - first)
        yield midnight, minutes
        midnight += DAY


def _always(_: date) -> Windows:
    return (Window(0, 1440),)


def _minutes_until(
    start: datetime, limit: Duration, calendar: Calendar
) -> tuple[int, Callable[[date], Windows]]:
    hour, minute = map(int, str(limit.at).split(":"))
    midnight = datetime(start.year, start.month, start.day)
    moment = midnight.replace(hour=hour, minute=minute)
    if limit.day == "today" and moment > start:
        return (moment - start) // MINUTE, _always
    workdays = limit.amount if limit.day == "after_workdays" else 1
    while workdays:
        moment += DAY
        workdays -= bool(windows_of(calendar, moment.date()))
    if hour == minute == 0 and not windows_of(calendar, (moment - DAY).date()):
        return (moment - start) // MINUTE, _always

    def on_workdays(day: date) -> Windows:
        return (Window(0, 1440),) if windows_of(calendar, day) else ()

    return counted_minutes(start, moment, on_workdays), on_workdays


# What to try it on


def random_calendar(seed: int, first: date = date(2026, 1, 1), days: int = 120) -> Calendar:
    """Any week, with holidays and make-up workdays among the `days` from `first` on."""
    chance = Random(seed)
    week = DEFAULT_WEEK if chance.random() < 0.4 else tuple(_random_windows(chance) for _ in range(7))
    special = {
        first + chance.randrange(days) * DAY: SpecialDay(
            chance.choice(("holiday", "holiday", "workday")), chance.choice(("", "节"))
        )
        for _ in range(chance.randrange(25))
    }
    confirmed = first + chance.randrange(days) * DAY
    return Calendar(f"random{seed}", 1, confirmed, special, week if any(week) else DEFAULT_WEEK)


def random_limit(chance: Random, longest: int = 3) -> Duration:
    """A limit of any shape; a working one of up to `longest` days."""
    at = chance.choice(("00:00", "12:00", "18:00", f"{chance.randrange(24):02}:{chance.randrange(60):02}"))
    return chance.choice(
        (
            Duration("minutes", chance.randint(1, 90)),
            Duration("hours", chance.randint(1, 24 * longest)),
            Duration("work_hours", chance.randint(1, 8 * longest)),
            Duration("work_hours", chance.choice((4, 8))),
            Duration("workdays", chance.randint(1, longest)),
            Duration("days", chance.randint(1, longest)),
            Duration("by", at=at, day="today"),
            Duration("by", at=at, day="next_workday"),
            Duration("by", chance.randint(1, longest), at, "after_workdays"),
        )
    )


def random_start(chance: Random, first: date = date(2026, 1, 5), days: int = 60) -> datetime:
    """A minute of those days; often where a window opens or closes."""
    midnight = datetime(first.year, first.month, first.day) + chance.randrange(days) * DAY
    edges = (0, 480, 720, 840, 1080, chance.randrange(1440), chance.randrange(1440))
    return midnight + chance.choice(edges) * MINUTE


def random_pauses(chance: Random, start: datetime) -> list[Pause]:
    """Up to four pauses from around `start` on, which may overlap, touch or be empty."""
    pauses = []
    for _ in range(chance.choice((0, 0, 1, 1, 2, 4))):
        begins = start + chance.choice((-600, 0, 120, chance.randrange(5 * 1440))) * MINUTE
        pauses.append((begins, begins + chance.choice((0, 60, 840, chance.randrange(4 * 1440))) * MINUTE))
    return pauses


def _random_windows(chance: Random) -> Windows:
    edges = sorted(chance.sample(range(0, 1441, chance.choice((1, 30, 60))), 2 * chance.randrange(4)))
    return tuple(Window(*edges[index : index + 2]) for index in range(0, len(edges), 2))
