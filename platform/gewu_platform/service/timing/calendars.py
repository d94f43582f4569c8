"""Working calendars in the database: each version written once, never changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from gewu_platform.core.calendar_files import ListedDay, Listing, with_listed
from gewu_platform.core.calendars import Calendar
from gewu_platform.records import journal
from gewu_platform.records.hot.calendars import list_calendars
from gewu_platform.records.hot.reports import newest_calendar, path_ids
from gewu_platform.records.hot.rows import insert
from gewu_platform.service.caller import Caller
from gewu_platform.service.engine import Engine
from gewu_platform.service.permissions import require
from gewu_platform.service.problems import Fault, Problem
from gewu_platform.service.timing.calendar_seed import seed_calendar
from gewu_platform.service.timing.clockwork import DEFAULT_CALENDAR, calendar_in_use, calendar_kept
from gewu_platform.service.town.organisation import area_row


@dataclass(frozen=True, slots=True)
class CalendarRow:
    """A calendar as a list shows it, by its newest version."""

    code: str
    version: int
    confirmed_until: date


def seed_calendars(engine: Engine, caller: Caller) -> bool:
    """Write the first working calendar where there is none; whether it did."""
    require(caller, "calendars.change")

    def work() -> bool:
        if newest_calendar(engine.store, DEFAULT_CALENDAR) is not None:
            return False
        write_version(engine, caller, seed_calendar(code=DEFAULT_CALENDAR))
        return True

    return engine.store.retrying(work)


def add_calendar(engine: Engine, caller: Caller, calendar: Calendar) -> tuple[Calendar, bool]:
    """Write a calendar as `next_version` numbers it; that version, and whether it was written now.

    Nothing running moves: see `adjusting.import_calendar`.
    """
    require(caller, "calendars.change")

    def work() -> tuple[Calendar, bool]:
        numbered, is_new = next_version(engine, calendar)
        if is_new:
            write_version(engine, caller, numbered)
        return numbered, is_new

    return engine.store.retrying(work)


def draft_calendar(
    engine: Engine,
    read: Calendar | Listing,
    code: str | None = None,
    years: Sequence[int] = (),
    confirmed_until: date | None = None,
) -> Calendar:
    """What a file that was read makes of the calendar `code`, to be previewed or imported.

    A whole calendar stays as it is, unless only some of its `years` are wanted. A listing replaces the days of `years`,
    or of its one year, in the newest version; in the default week where there is none yet. Problem `invalid-body` where
    the listing has several years and none was named, or none of a year that was.
    """
    if isinstance(read, Calendar):
        code = code or read.code
        if not years:
            return replace(read, code=code, confirmed_until=confirmed_until or read.confirmed_until)
        listed = (ListedDay(day, special.kind, special.name, 0) for day, special in read.days.items())
        read = Listing(tuple(listed))
    code = code or DEFAULT_CALENDAR
    wanted = _wanted_years(read, years)
    base = find_calendar(engine, code) or Calendar(code, 1, date(min(wanted) - 1, 12, 31))
    return with_listed(base, read, wanted, confirmed_until)


def _wanted_years(read: Listing, years: Sequence[int]) -> Sequence[int]:
    listed = "、".join(map(str, read.years))
    if not years and len(read.years) > 1:
        zh, en = (
            f"文件里有 {listed} 年，请指明要哪一年",
            f"The file has the years {', '.join(map(str, read.years))}: name one",
        )
        raise Problem("invalid-body", zh, en, [Fault("year", "missing", zh, en)])
    missing = [year for year in years if year not in read.years]
    if missing:
        zh = f"文件里没有 {missing[0]} 年，只有 {listed} 年"
        en = f"The file has nothing of {missing[0]}, only of {', '.join(map(str, read.years))}"
        raise Problem("invalid-body", zh, en, [Fault("year", "unknown", zh, en)])
    return years or read.years


def next_version(engine: Engine, calendar: Calendar) -> tuple[Calendar, bool]:
    """The calendar under the version it would be written as, and whether there is anything to write.

    What was made from the newest version becomes the next one, unless it says the same; a higher number is kept.
    Problem `clash` where it was made from an older version: somebody changed the calendar since. Inside a transaction.
    """
    newest = newest_calendar(engine.store, calendar.code)
    if newest is None or calendar.version > int(newest):
        return calendar, True
    if calendar.version < int(newest):
        zh = f"日历 {calendar.code} 已有第 {newest} 版，这份是从第 {calendar.version} 版改来的"
        en = f"Calendar {calendar.code} has version {newest}; this one was made from version {calendar.version}"
        raise Problem("clash", zh, en, [Fault("version", "taken", zh, en)])
    if calendar_kept(engine, f"{calendar.code}@{newest}") == calendar:
        return calendar, False
    return replace(calendar, version=calendar.version + 1), True


def write_version(engine: Engine, caller: Caller, calendar: Calendar) -> None:
    """Keep one version of a calendar for good. Inside a writing transaction."""
    now = engine.now()
    insert(engine.store, "calendars", {
        "code": calendar.code, "version": str(calendar.version), "confirmed_until": calendar.confirmed_until,
        "body": journal.canonical(calendar.to_json()), "created_at": now,
    })  # fmt: skip
    body = {"version": calendar.version, "confirmed_until": calendar.confirmed_until.isoformat()}
    journal.append(engine.store, now, caller.id, "calendar", f"calendar:{calendar.code}", body)


def read_calendar(engine: Engine, code: str) -> Calendar:
    """The newest version of a calendar; Problem `not-found`."""
    with engine.store.transaction():
        return calendar_in_use(engine, code)


def find_calendar(engine: Engine, code: str) -> Calendar | None:
    """The newest version of a calendar, None where it was never written."""
    with engine.store.transaction():
        found = newest_calendar(engine.store, code)
        return None if found is None else calendar_kept(engine, f"{code}@{found}")


def list_newest(engine: Engine) -> tuple[CalendarRow, ...]:
    """Every calendar by its newest version, in order of codes."""
    with engine.store.transaction():
        return tuple(
            CalendarRow(code, int(version), calendar_kept(engine, f"{code}@{version}").confirmed_until)
            for code, version in list_calendars(engine.store)
        )


def confirmed_until(engine: Engine) -> date | None:
    """The last day for which the calendar in use is certain; None where there is no calendar yet."""
    found = find_calendar(engine, DEFAULT_CALENDAR)
    return None if found is None else found.confirmed_until


def choose_calendar(engine: Engine, caller: Caller, area: int, code: str) -> None:
    """Let cases that open in an area count by the calendar `code`; empty for that of the area above.

    Cases already open keep theirs. Problem not-found, or `invalid-body` for a calendar that was never written.
    """
    require(caller, "areas.change")

    def work() -> None:
        row = area_row(engine, area)
        require(caller, "areas.change", path=path_ids(row.path))
        if code and newest_calendar(engine.store, code) is None:
            zh, en = f"没有日历“{code}”", f"There is no calendar “{code}”"
            raise Problem("invalid-body", zh, en, [Fault("calendar", "unknown", zh, en)])
        if row.calendar != code:
            body = {"was": {"calendar": row.calendar}, "is": {"calendar": code}}
            row.calendar = code
            journal.append(engine.store, engine.now(), caller.id, "area-changed", f"area:{area}", body)

    engine.store.retrying(work)
