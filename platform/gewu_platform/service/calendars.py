"""Working calendars in the database: each version written once, never changed."""

from __future__ import annotations

from datetime import date

from gewu_platform.core.calendars import Calendar
from gewu_platform.records import journal
from gewu_platform.records.hot.reports import newest_calendar
from gewu_platform.records.hot.rows import insert
from gewu_platform.service.calendar_seed import seed_calendar
from gewu_platform.service.caller import Caller
from gewu_platform.service.clockwork import DEFAULT_CALENDAR, calendar_in_use
from gewu_platform.service.engine import Engine
from gewu_platform.service.permissions import require
from gewu_platform.service.problems import Fault, Problem


def seed_calendars(engine: Engine, caller: Caller) -> bool:
    """Write the first working calendar where there is none; whether it did."""
    require(caller, "calendars.change")

    def work() -> bool:
        if newest_calendar(engine.store, DEFAULT_CALENDAR) is not None:
            return False
        _write(engine, caller, seed_calendar(code=DEFAULT_CALENDAR))
        return True

    return engine.store.retrying(work)


def add_calendar(engine: Engine, caller: Caller, calendar: Calendar) -> None:
    """Write a new version of a calendar. Cases already open keep the version they started with.

    Problem `clash` where the version is not above the newest one.
    """
    require(caller, "calendars.change")

    def work() -> None:
        newest = newest_calendar(engine.store, calendar.code)
        if newest is not None and calendar.version <= int(newest):
            zh = f"日历 {calendar.code} 已有第 {newest} 版，新的一版要更大"
            en = f"Calendar {calendar.code} has version {newest}; a new one is above it"
            raise Problem("clash", zh, en, [Fault("version", "taken", zh, en)])
        _write(engine, caller, calendar)

    engine.store.retrying(work)


def read_calendar(engine: Engine, code: str) -> Calendar:
    """The newest version of a calendar; Problem `not-found`."""
    with engine.store.transaction():
        return calendar_in_use(engine, code)


def confirmed_until(engine: Engine) -> date | None:
    """The last day for which the calendar in use is certain; None where there is no calendar yet."""
    with engine.store.transaction():
        if newest_calendar(engine.store, DEFAULT_CALENDAR) is None:
            return None
        return calendar_in_use(engine, None).confirmed_until


def _write(engine: Engine, caller: Caller, calendar: Calendar) -> None:
    now = engine.now()
    insert(engine.store, "calendars", {
        "code": calendar.code, "version": str(calendar.version), "confirmed_until": calendar.confirmed_until,
        "body": journal.canonical(calendar.to_json()), "created_at": now,
    })  # fmt: skip
    body = {"version": calendar.version, "confirmed_until": calendar.confirmed_until.isoformat()}
    journal.append(engine.store, now, caller.id, "calendar", f"calendar:{calendar.code}", body)
