"""A new version of a working calendar, and the provisional deadlines that it moves.

A running deadline never moves silently. The days before a calendar's `confirmed_until` are certain, so a deadline that
ends there is nobody's to touch. One that ends beyond is provisional; when the arrangement is published and imported, it
is measured once more, and its case is told by one event that names the old and the new time and the days between.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from gewu_platform.core.calendar_changes import ClockChange, DayChange, changed_clock, explaining_days
from gewu_platform.core.calendars import Calendar
from gewu_platform.core.clocks import Ruler, RunningClock
from gewu_platform.core.lifecycle import Event
from gewu_platform.records.hot.calendars import list_calendars, list_provisional_cases
from gewu_platform.records.hot.reports import newest_calendar
from gewu_platform.service.caller import SYSTEM, Caller
from gewu_platform.service.engine import Engine
from gewu_platform.service.loop.case_files import CaseFile, load_case
from gewu_platform.service.loop.casework import change_case
from gewu_platform.service.permissions import require
from gewu_platform.service.timing.calendars import add_calendar, next_version
from gewu_platform.service.timing.clockwork import calendar_kept, calendar_name, ruler_of


@dataclass(frozen=True, slots=True)
class Move:
    """A clock of a case that a new version measures anew: its ends before and after, in naive UTC.

    They are equal where the new version only makes certain what was provisional.
    """

    case: int
    number: str
    step: str
    stage: str | None
    old_due: datetime
    new_due: datetime


@dataclass(frozen=True, slots=True)
class Adjusted:
    """What an import did, or would do: the version it wrote (`is_new` false: it was there), and what moved."""

    calendar: Calendar
    is_new: bool
    moves: tuple[Move, ...]

    @property
    def version(self) -> int:
        return self.calendar.version

    @property
    def cases(self) -> int:
        """How many cases have a clock that is measured anew."""
        return len({move.case for move in self.moves})

    @property
    def moved(self) -> int:
        """How many clocks end at another time."""
        return sum(move.old_due != move.new_due for move in self.moves)


def import_calendar(engine: Engine, caller: Caller, calendar: Calendar) -> Adjusted:
    """Write a calendar as its next version and adjust the provisional deadlines that run on older ones.

    Each case is adjusted in a transaction of its own. Doing it again writes and moves nothing, and finishes what was
    interrupted, as `finish_adjusting` does within a minute. Problem `clash` where somebody has changed the calendar
    since this one was made from it.
    """
    numbered, is_new = add_calendar(engine, caller, calendar)
    return Adjusted(numbered, is_new, adjust_running(engine, SYSTEM, calendar.code))


def preview_import(engine: Engine, caller: Caller, calendar: Calendar) -> Adjusted:
    """What `import_calendar` would do. Writes nothing."""
    require(caller, "calendars.change")
    with engine.store.transaction():
        numbered, is_new = next_version(engine, calendar)
        ruler = Ruler(numbered, engine.zone)
        moves = [
            _move(case, change)
            for case in (load_case(engine, each) for each in _waiting(engine, ruler))
            for change in _changes(case.clocks, ruler)
        ]
    return Adjusted(numbered, is_new, tuple(moves))


def adjust_running(engine: Engine, caller: Caller, code: str) -> tuple[Move, ...]:
    """Adjust every open case with a provisional clock on an older version of the calendar `code` than its newest.

    Costs what those cases cost, whatever the size of the history. One that fails stops no other; its error is raised after.
    """
    require(caller, "calendars.change")
    with engine.store.transaction():
        newest = newest_calendar(engine.store, code)
        waiting = [] if newest is None else _waiting(engine, ruler_of(engine, f"{code}@{newest}"))
    moves: list[Move] = []
    failures: list[Exception] = []
    for case in waiting:
        try:
            moves += engine.store.retrying(partial(_adjust, engine, case, code))
        except Exception as error:  # noqa: BLE001 - one case that cannot be measured must not hold up all others
            failures.append(error)
    if failures:
        raise failures[0]
    return tuple(moves)


def finish_adjusting(engine: Engine) -> tuple[Move, ...]:
    """Adjust what an import that was killed has left, whatever its calendar; what moved.

    To be done every minute: each version is gone through once in the life of an engine, after that it costs a query. Nothing
    is missed by that, since whatever is measured later is measured by the newest version where it is provisional.
    """
    with engine.store.transaction():
        newest = dict(list_calendars(engine.store))
    moves: list[Move] = []
    for code, version in newest.items():
        key = ("adjusted", code)
        if engine.cache.get(key) != version:
            moves += adjust_running(engine, SYSTEM, code)
            engine.cache[key] = version
    return tuple(moves)


def _waiting(engine: Engine, newest: Ruler) -> list[int]:
    return list_provisional_cases(engine.store, newest.calendar.code, newest.name)


def _adjust(engine: Engine, number: int, code: str) -> list[Move]:
    newest = newest_calendar(engine.store, code)
    ruler = ruler_of(engine, f"{code}@{newest}")
    case = load_case(engine, number)
    changes = list(_changes(case.clocks, ruler))
    if changes:
        change_case(
            engine, case, [Event("adjusted", None)], engine.now(),
            clocks=[change.after for change in changes], extra=_explained(engine, changes, ruler),
        )  # fmt: skip
    return [_move(case, change) for change in changes]


def _changes(clocks: tuple[RunningClock, ...], ruler: Ruler) -> Iterator[ClockChange]:
    return (change for change in (changed_clock(clock, ruler) for clock in clocks) if change)


def _explained(engine: Engine, changes: list[ClockChange], ruler: Ruler) -> dict[str, Any]:
    """What the entry says besides the clocks: the versions, each clock's ends, and the days that explain them."""
    days: set[DayChange] = set()
    for change in changes:
        days |= set(explaining_days(change, calendar_kept(engine, change.before.calendar), ruler))
    return {
        "from": changes[0].before.calendar,
        "to": calendar_name(ruler.calendar),
        "confirmed_until": ruler.calendar.confirmed_until.isoformat(),
        "changes": [change.to_json() for change in changes],
        "days": [day.to_json() for day in sorted(days)],
    }


def _move(case: CaseFile, change: ClockChange) -> Move:
    after = change.after
    return Move(case.id, case.fixed["number"], after.step, after.stage, change.before.due_at, after.due_at)
