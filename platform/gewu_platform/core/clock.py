"""Working time as arithmetic: a table of prefix sums over a calendar's windows, searched by bisection.

Two clocks exist, and a limit runs on one of them: the working clock counts inside a calendar's windows, the
continuous clock counts always. Both answer the same two questions, so pauses, shares and ladders are written once:

- `add(start, amount)`: the earliest moment at which `amount` has been counted since `start`. A limit that ends
  exactly at closing time is therefore due at closing time, not next morning, and a start outside the windows counts
  from the next one.
- `between(start, end)`: how much has been counted.

Moments are naive local wall time or, where a clock is given its zone, naive UTC: then the windows stand where that
zone's wall clocks put them, and what counts is the time that really passes, also over a change to summer time.
Amounts are timedeltas, and nothing is rounded. The table holds datetimes and timedeltas themselves: comparing and
adding them costs less than converting them to numbers and back.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple, Protocol
from zoneinfo import ZoneInfo

from gewu_platform.core.calendars import Calendar
from gewu_platform.core.zones import to_utc

NOTHING = timedelta()
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


_MOST_YEARS = 400
"""What a table may hold, so that a mistyped year costs neither minutes nor memory."""


class BeyondCalendar(ValueError):
    """A moment lies, or a limit ends, centuries from what the calendar speaks of."""


class Clock(Protocol):
    """What a limit runs on. Aware moments raise TypeError: the clocks know no zones. Far ones raise BeyondCalendar."""

    def add(self, start: datetime, amount: timedelta) -> datetime:
        """The earliest moment at which `amount` is counted since `start`; `start` itself for nothing."""
        ...

    def between(self, start: datetime, end: datetime) -> timedelta:
        """What is counted from `start` to `end`; negative if `end` comes first."""
        ...


class ContinuousClock:
    """Never stops: minutes, 紧急工作时, 自然日."""

    def add(self, start: datetime, amount: timedelta) -> datetime:
        try:
            return start + amount
        except OverflowError:
            raise BeyondCalendar("this limit ends after the last day there is") from None

    def between(self, start: datetime, end: datetime) -> timedelta:
        return end - start


CONTINUOUS = ContinuousClock()


class _Table(NamedTuple):
    """The windows of whole years: when each opens and what was counted before it, with one more sum for the end."""

    start: datetime
    end: datetime
    opens: list[datetime]
    before: list[timedelta]
    first_year: int
    last_year: int


class WorkingClock:
    """Counts inside one calendar's windows: 工作时, 工作日.

    The table starts with the years the calendar speaks of and grows by itself; it is replaced, never changed, so that
    any number of threads may read it. `standard_day` is the working time of a standard day, one `workday`.
    """

    def __init__(self, calendar: Calendar, zone: ZoneInfo | None = None) -> None:
        self.calendar = calendar
        self.zone = zone
        self.standard_day = calendar.standard_minutes * MINUTE
        years = [calendar.confirmed_until.year, *(day.year for day in calendar.days)]
        self._table = _tabulate(calendar, min(years), max(years), zone)

    def add(self, start: datetime, amount: timedelta) -> datetime:
        if amount <= NOTHING:
            return start
        table = self._table
        if not table.start <= start < table.end:
            table = self._extend(start.year)
        opens, before = table.opens, table.before
        window = bisect_right(opens, start) - 1
        if window < 0:
            target = amount
        else:
            counted, closed = before[window] + (start - opens[window]), before[window + 1]
            target = (counted if counted < closed else closed) + amount
        while target > before[-1]:
            table = self._double()
            opens, before = table.opens, table.before
        window = bisect_left(before, target) - 1
        return opens[window] + (target - before[window])

    def between(self, start: datetime, end: datetime) -> timedelta:
        table = self._table
        for moment in (start, end):
            if not table.start <= moment < table.end:
                table = self._extend(moment.year)
        return _counted_before(table, end) - _counted_before(table, start)

    def _double(self) -> _Table:
        # Twice as many years each time, so that a long limit costs few rebuilds.
        table = self._table
        return self._extend(min(2 * table.last_year - table.first_year + 2, table.first_year + _MOST_YEARS))

    def _extend(self, year: int) -> _Table:
        table = self._table
        first, last = min(year, table.first_year), max(year, table.last_year)
        if self.zone:  # elsewhere on earth the old year may last, or the new one have begun
            first, last = min(year - 1, first), max(year + 1, last)
        if last - first >= _MOST_YEARS or first < date.min.year or last >= date.max.year:
            raise BeyondCalendar(f"the year {year} is centuries from what the calendar speaks of")
        self._table = _tabulate(self.calendar, first, last, self.zone)
        return self._table


@lru_cache(maxsize=256)
def working_clock(calendar: Calendar, zone: ZoneInfo | None = None) -> WorkingClock:
    """The clock of `calendar`, with its table kept warm."""
    return WorkingClock(calendar, zone)


def _counted_before(table: _Table, moment: datetime) -> timedelta:
    window = bisect_right(table.opens, moment) - 1
    if window < 0:
        return NOTHING
    counted = table.before[window] + (moment - table.opens[window])
    return min(counted, table.before[window + 1])


def _tabulate(calendar: Calendar, first_year: int, last_year: int, zone: ZoneInfo | None) -> _Table:
    opens: list[datetime] = []
    before = [NOTHING]
    midnight, end = datetime(first_year, 1, 1), datetime(last_year + 1, 1, 1)
    start = closed = midnight if zone is None else to_utc(midnight, zone)
    while midnight < end:
        for opening, closing in calendar.windows_on(midnight.date()):
            opens_at, closes_at = midnight + opening * MINUTE, midnight + closing * MINUTE
            if zone:  # an hour that summer time leaves out is in no window
                opens_at, closes_at = max(to_utc(opens_at, zone), closed), to_utc(closes_at, zone)
            if opens_at < closes_at:
                opens.append(opens_at)
                before.append(before[-1] + (closes_at - opens_at))
                closed = closes_at
        midnight += DAY
    return _Table(start, end if zone is None else to_utc(end, zone), opens, before, first_year, last_year)
