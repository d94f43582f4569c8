"""The deadline of a limit in working time, from one datetime to another, and a million of them at once.

Beside it a table of prefix sums in whole minutes, searched by bisection and nothing else, and pandas' business hours.
pandas knows no make-up workdays, so both are compared on the calendar without them; how often pandas is wrong on the
real one is printed too.

The million is what the clock's own windows give to numpy, to the microsecond. No use case measures a batch: lists are lit by
what is stored, and a new version of a calendar measures the open provisional clocks alone.
"""

from __future__ import annotations

import random
from bisect import bisect_left, bisect_right
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from statistics import median

import numpy as np
import pandas as pd
from bench.figures import Figure, measure, ratio

from gewu_dsl.model import Duration
from gewu_platform.core.calendars import Calendar
from gewu_platform.core.clock import working_clock
from gewu_platform.core.deadlines import due
from gewu_platform.service.timing.calendar_seed import seed_calendar

EPOCH = datetime(2024, 1, 1)
MINUTE = timedelta(minutes=1)
STARTS = 2000
BATCH = 1_000_000
DAY = 24 * 3600 * 1_000_000
"""Microseconds."""
LIMITS = (
    Duration("work_hours", 2),
    Duration("work_hours", 4),
    Duration("workdays", 1),
    Duration("workdays", 3),
    Duration("workdays", 7),
    Duration("workdays", 15),
)


class Minutes:
    """The limit: minutes since EPOCH in, minutes out, over the windows of a calendar."""

    def __init__(self, calendar: Calendar) -> None:
        self.opens: list[int] = []
        self.before = [0]
        for day in range(4 * 365):
            for opening, closing in calendar.windows_on((EPOCH + timedelta(days=day)).date()):
                self.opens.append(day * 1440 + opening)
                self.before.append(self.before[-1] + closing - opening)

    def due(self, start: int, minutes: int) -> int:
        opens, before = self.opens, self.before
        window = bisect_right(opens, start) - 1
        counted, closed = before[window] + start - opens[window], before[window + 1]
        target = (counted if counted < closed else closed) + minutes
        window = bisect_left(before, target) - 1
        return opens[window] + target - before[window]


class Bulk:
    """A clock's windows, spread out to one entry a minute: both ways are one look-up instead of a bisection."""

    def __init__(self, calendar: Calendar) -> None:
        before, minute_of = [0], []
        for day in range(6 * 365):
            windows = calendar.windows_on((EPOCH + timedelta(days=day)).date())
            open_minutes = {minute for opens, closes in windows for minute in range(opens, closes)}
            for minute in range(1440):
                if minute in open_minutes:
                    minute_of.append(day * 1440 + minute)
                before.append(before[-1] + (minute in open_minutes))
        self.before = np.array(before, np.int32)
        self.minute_of = np.array(minute_of, np.int32)

    def due(self, starts: np.ndarray, amounts: np.ndarray) -> np.ndarray:
        """Microseconds since EPOCH in and out."""
        minutes = starts // 60_000_000
        counted = self.before[minutes]
        inside = self.before[minutes + 1] > counted
        target = counted * np.int64(60_000_000) + (starts - minutes * 60_000_000) * inside + amounts
        last = (target - 1) // 60_000_000
        return self.minute_of[last] * np.int64(60_000_000) + (target - last * 60_000_000)


def test_a_million_deadlines_at_once(note: Callable[[Figure], None]) -> None:
    calendar, chance = seed_calendar(), random.Random(3)
    bulk, table = Bulk(calendar), Minutes(calendar)
    limits = [_minutes(limit) for limit in LIMITS]
    draw = np.random.default_rng(3)
    starts = draw.integers(2 * DAY, 900 * DAY, BATCH)
    amounts = np.array(limits, np.int64)[draw.integers(0, len(limits), BATCH)] * 60_000_000
    found = bulk.due(starts, amounts)
    for place in chance.sample(range(BATCH), STARTS):
        start = EPOCH + timedelta(microseconds=int(starts[place]))
        limit = LIMITS[limits.index(int(amounts[place]) // 60_000_000)]
        assert due(start, limit, calendar).due == EPOCH + timedelta(microseconds=int(found[place]))
    few = [
        (int(start) // 60_000_000, int(amount) // 60_000_000)
        for start, amount in zip(starts[:STARTS], amounts[:STARTS], strict=True)
    ]
    ours, limit_times = measure(
        [lambda: bulk.due(starts, amounts), lambda: [table.due(*each) for each in few]], 1
    )
    ours, limit_times = [each / BATCH for each in ours], [each / STARTS for each in limit_times]
    # 50 ms a million where the table took 0.22 µs each.
    note(
        Figure(
            "deadline, 1 M at once", median(ours), ("minutes only", median(limit_times)), None,
            "minutes only ÷ ours", ratio(limit_times, ours), 4.4, at_least=True,
        )
    )  # fmt: skip


def test_a_deadline_costs_little_more_than_two_bisections(
    note: Callable[[Figure], None], remark: Callable[[str], None]
) -> None:
    real = seed_calendar()
    calendar = replace(
        real, code="plain", days={day: each for day, each in real.days.items() if each.kind == "holiday"}
    )
    chance = random.Random(2)
    jobs = [
        (EPOCH + chance.randrange(2 * 1440, 900 * 1440) * MINUTE, chance.choice(LIMITS))
        for _ in range(STARTS)
    ]
    table = Minutes(calendar)
    plain = [((start - EPOCH) // MINUTE, _minutes(limit)) for start, limit in jobs]
    offsets = {limit: _offset(limit, calendar) for limit in LIMITS}
    few = [(pd.Timestamp(start), offsets[limit]) for start, limit in jobs[:300]]

    results = [due(start, limit, calendar).due for start, limit in jobs]
    assert results == [EPOCH + table.due(*each) * MINUTE for each in plain]
    by_pandas = [(stamp + offset).to_pydatetime() for stamp, offset in few]
    assert all(map(partial(_is_same, calendar), results, by_pandas))
    exact = [due(start, limit, real).due for start, limit in jobs[: len(few)]]
    wrong = len(few) - sum(map(partial(_is_same, real), exact, by_pandas))
    remark(f"deadline: with the real make-up workdays, pandas is wrong about {wrong} of {len(few)}")

    ours, limit, few_ours, peer = measure(
        [
            lambda: [due(start, each, calendar) for start, each in jobs],
            lambda: [table.due(start, minutes) for start, minutes in plain],
            lambda: [due(start, each, calendar) for start, each in jobs[: len(few)]],
            lambda: [start + offset for start, offset in few],
        ],
        1,
    )
    ours, limit = [each / len(jobs) for each in ours], [each / len(jobs) for each in limit]
    beside = ("minutes only", median(limit)), ("pandas", median(peer) / len(few))
    # 1.3 µs where the table took 0.22 and pandas 72.
    note(Figure("deadline", median(ours), *beside, "ours ÷ minutes only", ratio(ours, limit), 5.9))
    note(Figure("deadline", median(ours), *beside, "pandas ÷ ours", ratio(peer, few_ours), 55, at_least=True))


def _minutes(limit: Duration) -> int:
    return limit.amount * 60 * (8 if limit.unit == "workdays" else 1)


def _offset(limit: Duration, calendar: Calendar) -> pd.offsets.CustomBusinessHour:
    return pd.offsets.CustomBusinessHour(
        n=_minutes(limit) // 60,
        start=["08:00", "14:00"],
        end=["12:00", "18:00"],
        holidays=[day for day in calendar.days if day.weekday() < 5],
    )


def _is_same(calendar: Calendar, ours: datetime, theirs: datetime) -> bool:
    """Whether both are one moment of work: what ends at closing time, pandas lets end at the next opening."""
    return ours <= theirs and not working_clock(calendar).between(ours, theirs)
