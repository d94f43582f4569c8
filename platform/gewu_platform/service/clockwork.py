"""Working calendars at hand, and clocks started on them: deadlines with their derivations and timers, in naive UTC."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from gewu_dsl.model import Duration, Rung, Step
from gewu_platform.core.calendars import Calendar
from gewu_platform.core.deadlines import due
from gewu_platform.core.derivations import derive
from gewu_platform.core.escalation import TimerPlan, plan_timers
from gewu_platform.core.limits import parse_limit
from gewu_platform.core.projection import ClockStart
from gewu_platform.core.zones import to_local, to_utc
from gewu_platform.records.hot.reports import find_calendar, newest_calendar
from gewu_platform.records.journal import canonical
from gewu_platform.service.engine import Engine
from gewu_platform.service.problems import not_found

DEFAULT_CALENDAR = "cn"
"""The calendar of whatever names none."""


@dataclass(frozen=True, slots=True)
class Clock:
    """A started clock with why it ends when it does and what happens on the way (moments in naive UTC)."""

    start: ClockStart
    derivation: str
    timers: tuple[TimerPlan, ...]


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


def start_clock(
    engine: Engine,
    calendar: Calendar,
    step: Step,
    stage: str | None,
    limit: Duration,
    ladder: Iterable[Rung],
    at: datetime,
    pauses: Sequence[tuple[datetime, datetime]] = (),
) -> Clock:
    """The clock of `limit` that starts at `at` (naive UTC), stopped during `pauses`."""
    zone = engine.zone
    start = to_local(at, zone)
    stops = [(to_local(begins, zone), to_local(ends, zone)) for begins, ends in pauses]
    derivation = derive(start, limit, calendar, stops)
    timers = tuple(
        TimerPlan(plan.kind, plan.tier, to_utc(plan.at, zone))
        for plan in plan_timers(step, start, limit, ladder, calendar, stops)
    )
    clock = ClockStart(
        step, stage, str(limit), at, to_utc(derivation.due, zone), derivation.provisional, tuple(pauses)
    )
    return Clock(clock, canonical(derivation.to_json()), timers)


def start_step(
    engine: Engine,
    calendar: Calendar,
    step: Step,
    decision: Mapping[str, Any],
    ladder: Iterable[Rung],
    at: datetime,
) -> list[Clock]:
    """The clocks of a step whose limits a decided finding (its JSON) gives: none, one, or one for each stage too."""
    limits: list[tuple[str | None, str]] = []
    if step in decision["limits"]:
        limits.append((None, decision["limits"][step]))
    if step == "handle":
        limits += [(stage["name"], stage["limit"]) for stage in decision["stages"]]
    rungs = tuple(ladder)
    return [
        start_clock(engine, calendar, step, stage, parse_limit(text), rungs, at) for stage, text in limits
    ]


def foresee(
    engine: Engine, calendar: Calendar, steps: Sequence[Step], decision: Mapping[str, Any], at: datetime
) -> dict[str, datetime]:
    """When each of `steps` ends at the latest, the first starting at `at` and each next when the one before is due."""
    found: dict[str, datetime] = {}
    start = to_local(at, engine.zone)
    for step in steps:
        texts = [decision["limits"][step]] if step in decision["limits"] else []
        if step == "handle" and not texts:
            texts = [stage["limit"] for stage in decision["stages"]]
        if not texts:
            continue
        start = max(due(start, parse_limit(text), calendar).due for text in texts)
        found[step] = to_utc(start, engine.zone)
    return found
