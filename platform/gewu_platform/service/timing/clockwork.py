"""Working calendars at hand, and the clocks of cases measured with them, in naive UTC."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from gewu_dsl.model import Rung, Step
from gewu_platform.core import clocks
from gewu_platform.core.calendars import Calendar
from gewu_platform.core.clocks import Ruler, RunningClock
from gewu_platform.core.deadlines import due
from gewu_platform.core.escalation import TimerKind, TimerPlan, plan_timers
from gewu_platform.core.limits import parse_limit
from gewu_platform.records.hot.calendars import area_calendar
from gewu_platform.records.hot.reports import find_calendar, newest_calendar
from gewu_platform.service.engine import Engine
from gewu_platform.service.problems import not_found

log = logging.getLogger(__name__)

DEFAULT_CALENDAR = "cn"
"""The calendar of whatever names none."""


def calendar_in_use(engine: Engine, code: str | None) -> Calendar:
    """The newest version of the calendar `code`, of the default one where None. Inside a transaction.

    Problem not-found where the calendar was never imported.
    """
    wanted = code or DEFAULT_CALENDAR
    version = newest_calendar(engine.store, wanted)
    if version is None:
        raise not_found(f"日历“{wanted}”", f"calendar “{wanted}”")
    return calendar_kept(engine, f"{wanted}@{version}")


def calendar_kept(engine: Engine, name: str) -> Calendar:
    """The calendar that `calendar_name` named: the version a case started with. Inside a transaction."""
    code, version = name.rsplit("@", 1)
    key = ("calendar", code, version)
    if key not in engine.cache:
        body = find_calendar(engine.store, code, version)
        if body is None:
            raise not_found(f"日历“{name}”", f"calendar “{name}”")
        engine.cache[key] = Calendar.from_json(json.loads(body))
    calendar: Calendar = engine.cache[key]
    return calendar


def calendar_name(calendar: Calendar) -> str:
    """`cn@3`, as cases keep it."""
    return f"{calendar.code}@{calendar.version}"


def ruler_of(engine: Engine, name: str) -> Ruler:
    """What time is measured with by the calendar `cn@3`, where this installation stands. Inside a transaction."""
    return Ruler(calendar_kept(engine, name), engine.zone)


def calendar_for(engine: Engine, own: str | None, path: Sequence[int]) -> Calendar:
    """The newest version of the calendar that counts for a case at the areas of `path`, in any order.

    It is the item's or its department's `own`; else that of the nearest area that has one; else the default. One that was
    never imported is passed over with a warning, since nobody's report waits for it: publishing and `gewu doctor` name it,
    and the case says what it counts by. Inside a transaction. Problem not-found where there is not even the default.
    """
    for code in (own, area_calendar(engine.store, path)):
        if code is None:
            continue
        if newest_calendar(engine.store, code) is not None:
            return calendar_in_use(engine, code)
        log.warning("calendar %s was never imported: another one counts", code)
    return calendar_in_use(engine, None)


def start_step_clocks(
    engine: Engine,
    calendar: Calendar,
    step: str,
    decision: Mapping[str, Any],
    at: datetime,
    first_number: int,
    office: int | None,
) -> list[RunningClock]:
    """The clocks of a step whose limits a decided finding (its JSON) gives: none, one, or one for each stage too.

    `settle` takes the limit for settling on the spot. Inside a transaction.
    """
    limits: list[tuple[str | None, str]] = []
    limit = decision["on_site"] if step == "settle" else decision["limits"].get(step)
    if limit is not None:
        limits.append((None, limit))
    if step == "handle":
        limits += [(stage["name"], stage["limit"]) for stage in decision["stages"]]
    return [
        start_task_clock(engine, calendar, number, step, None, office, text, at, stage)
        for number, (stage, text) in enumerate(limits, first_number)
    ]


def start_task_clock(
    engine: Engine,
    calendar: Calendar,
    number: int,
    step: str,
    task: int | None,
    office: int | None,
    limit: str,
    at: datetime,
    stage: str | None = None,
) -> RunningClock:
    """One clock of `limit`, such as a check's or a co-handler's.

    It runs on the version of the calendar that the case began with, or, where days not yet published would decide it,
    on the newest one. Inside a transaction.
    """
    clock = clocks.start(number, step, stage, task, office, limit, at, Ruler(calendar, engine.zone))
    return on_newest(engine, clock)


def on_newest(engine: Engine, clock: RunningClock) -> RunningClock:
    """A clock that was just measured, on the newest version of its calendar where it is provisional on its own.

    For clocks whose end an event moves anyway (started, resumed, extended …): nothing else moves one but `adjusting`.
    Inside a transaction.
    """
    if not clock.provisional:
        return clock
    code = clock.calendar.rsplit("@", 1)[0]
    newest = calendar_name(calendar_in_use(engine, code))
    return clock if newest == clock.calendar else clocks.adjust(clock, ruler_of(engine, newest))


def timers_of(clock: RunningClock, ladder: Iterable[Rung], ruler: Ruler) -> tuple[TimerPlan, ...]:
    """What is to happen on the way of a clock, in order of time; nothing while it stands still or has ended."""
    if not clock.running:
        return ()
    if clock.step in _COMMANDS:
        return (TimerPlan(_COMMANDS[clock.step], None, clock.due_at),)
    limits = [parse_limit(limit) for limit in clock.limits]
    return plan_timers(clock.step, clock.started_at, limits, ladder, ruler.calendar, clock.pauses, ruler.zone)


_COMMANDS: Mapping[str, TimerKind] = {"settle": "unsettle", "park": "resume"}
"""Clocks at whose end the system gives a command, where others are merely overdue."""


def foresee(
    engine: Engine, calendar: Calendar, steps: Sequence[Step], decision: Mapping[str, Any], at: datetime
) -> dict[str, datetime]:
    """When each of `steps` ends at the latest, the first starting at `at` and each next when the one before is due."""
    found: dict[str, datetime] = {}
    start = at
    for step in steps:
        texts = [decision["limits"][step]] if step in decision["limits"] else []
        if step == "handle" and not texts:
            texts = [stage["limit"] for stage in decision["stages"]]
        if not texts:
            continue
        start = max(due(start, parse_limit(text), calendar, (), engine.zone).due for text in texts)
        found[step] = start
    return found
