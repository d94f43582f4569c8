"""Which of two limits is certainly the longer one, whenever a case begins and whatever the calendar says.

Only a partial order exists: 1 workday may end before 2 days do (from Monday morning) or after them (from Friday
evening). What is certain rests on what every office calendar has in common:

- minutes, hours and days are wall time; the clock never stops.
- Working time never passes faster than wall time, and may stand still for any number of holidays: a working limit has a
  least duration and no greatest.
- A standard day has from 4 to 24 working hours, and no workday is open outside the hours of a standard day. So N
  workdays need N different days: from the first opening to the Nth closing, at least N - 1 times 24 hours and the
  working hours of one day.
- `by HH:MM after N workdays` ends N calendar days later or more. `by HH:MM today` means the next workday where that time
  is past already, so neither of two such limits is the longer one.
"""

from __future__ import annotations

from gewu_dsl.model import Duration

SHORTEST_DAY = 4 * 60
"""Working minutes that a standard day has at least."""
LONGEST_DAY = 24 * 60
"""Working minutes that a day has at most, and the minutes of a calendar day."""

_WALL = {"minutes": 1, "hours": 60, "days": LONGEST_DAY}


def is_longer(one: Duration, other: Duration) -> bool:
    """Whether `one`, begun at the same moment, never ends before `other` and is not the same limit."""
    if other.unit in _WALL:
        return _least_minutes(one) >= _wall_minutes(other) and not _is_same(one, other)
    match one.unit, other.unit:
        case ("work_hours", "work_hours") | ("workdays", "workdays"):
            return one.amount > other.amount
        case "work_hours", "workdays":
            return one.amount * 60 >= other.amount * LONGEST_DAY
        case "workdays", "work_hours":
            return one.amount * SHORTEST_DAY >= other.amount * 60
        case "workdays", "by":
            return one.amount - 1 > _workdays_on(other)
        case "by", "by":
            return _is_later(one, other)
    return False


def _is_same(one: Duration, other: Duration) -> bool:
    return one.unit in _WALL and _wall_minutes(one) == _wall_minutes(other)


def _wall_minutes(limit: Duration) -> int:
    return limit.amount * _WALL[limit.unit]


def _least_minutes(limit: Duration) -> int:
    """The minutes of wall time that certainly pass before the limit ends."""
    match limit.unit:
        case "work_hours":
            return limit.amount * 60
        case "workdays":
            return (limit.amount - 1) * LONGEST_DAY + SHORTEST_DAY
        case "by":
            return 0 if limit.day == "today" else (_workdays_on(limit) - 1) * LONGEST_DAY + _minute_of(limit)
    return _wall_minutes(limit)


def _workdays_on(limit: Duration) -> int:
    """How many workdays after the day of its start a `by` ends at the latest."""
    return limit.amount if limit.day == "after_workdays" else 1


def _minute_of(limit: Duration) -> int:
    hours, _, minutes = str(limit.at).partition(":")
    return int(hours) * 60 + int(minutes)


def _is_later(one: Duration, other: Duration) -> bool:
    if one.day == "today":
        return False
    late, early = (_workdays_on(one), _minute_of(one)), (_workdays_on(other), _minute_of(other))
    return late > early
