"""Who had a case and how long, and what anybody was asked within it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import chain

from gewu_platform.core.clocks import RunningClock
from gewu_platform.core.courses import course_of
from gewu_platform.core.holding import Holding, holders
from gewu_platform.core.lifecycle import Actor, State
from gewu_platform.core.limits import parse_limit
from gewu_platform.core.naming import CLOCK_WORDS, ROLE_WORDS, TASK_WORDS, result_words
from gewu_platform.core.words import Words
from gewu_platform.core.zones import to_utc
from gewu_platform.records.hot import cases as stored
from gewu_platform.records.hot import reports
from gewu_platform.records.hot.case_pages import list_tasks
from gewu_platform.records.hot.rows import Row
from gewu_platform.records.journal import Entry
from gewu_platform.service.desk.case_rows import light_of
from gewu_platform.service.desk.case_views import HolderView, TaskView
from gewu_platform.service.engine import Engine
from gewu_platform.service.history.event_words import name_words
from gewu_platform.service.history.replaying import Along
from gewu_platform.service.loop.case_files import CaseFile
from gewu_platform.service.timing.clockwork import calendar_kept


def holder_views(engine: Engine, case: CaseFile, along: Along, now: datetime) -> tuple[HolderView, ...]:
    """Everybody who had the case in turn. Inside a transaction."""
    found = holders((_moment(engine, entry, before), after) for entry, before, after in along)
    titles = reports.name_offices(engine.store, sorted({each.office for each in found if each.office}))
    clocks = (*case.ended, *case.clocks)
    return tuple(_holder(engine, each, clocks, titles, now) for each in found)


def task_views(
    engine: Engine, case: int, state: State, clocks: Iterable[RunningClock], actor: Actor, now: datetime
) -> tuple[TaskView, ...]:
    """Everything anybody was asked within the case, in order. Inside a transaction."""
    rows = list_tasks(engine.store, case)
    people = chain.from_iterable((row["asked_by"], row["ended_by"]) for row in rows)
    names = stored.name_users(engine.store, sorted({each for each in people if each is not None}))
    measured = {clock.task: clock for clock in clocks if clock.task is not None}
    return tuple(_task(row, state, measured.get(row["number"]), actor, names, now) for row in rows)


def _moment(engine: Engine, entry: Entry, before: State) -> datetime:
    """When an entry takes effect: a parked case goes on on its day, however late somebody says so."""
    until = before.parked_until
    if entry.kind != "resumed" or until is None:
        return entry.at
    return min(entry.at, to_utc(datetime(until.year, until.month, until.day), engine.zone))


def _holder(
    engine: Engine, holding: Holding, clocks: Sequence[RunningClock], titles: Mapping[int, str], now: datetime
) -> HolderView:
    step, role = CLOCK_WORDS[holding.step], ROLE_WORDS.get(holding.role or "")
    words = Words(f"{role.zh}：{step.zh}", f"{role.en}: {step.en}") if role else step
    end = holding.until or now
    clock = next((each for each in reversed(clocks) if _measures(each, holding, end)), None)
    counted = _counted(engine, holding, clock, now)
    return HolderView(
        words, titles.get(holding.office or 0), holding.since, holding.until, holding.held(now).total_seconds(),
        None if counted is None else counted.total_seconds(), holding.paused(now).total_seconds(),
        clock is not None and clock.due_at < min(end, clock.paused_at or end, clock.ended_at or end),
    )  # fmt: skip


def _measures(clock: RunningClock, holding: Holding, end: datetime) -> bool:
    """Whether a clock of the whole step ran while it was held."""
    same = clock.step == holding.step and clock.stage is None and clock.office in (None, holding.office)
    return same and clock.started_at < end and (clock.ended_at is None or clock.ended_at > holding.since)


def _counted(engine: Engine, holding: Holding, clock: RunningClock | None, now: datetime) -> timedelta | None:
    """What the clock's own kind of time (working or continuous) counted of the stretch."""
    if clock is None or not clock.limits or holding.parked:
        return None
    calendar = calendar_kept(engine, clock.calendar)
    course = course_of(clock.started_at, parse_limit(clock.limits[0]), calendar, engine.zone)
    return holding.counted(course.clock, now)


def _task(
    row: Row, state: State, clock: RunningClock | None, actor: Actor, names: Mapping[int, str], now: datetime
) -> TaskView:
    running = clock is not None and clock.running and row["ended_at"] is None
    light = light_of(clock.started_at, clock.warns_at, clock.due_at, now)[0] if clock and running else "none"
    result = row["result"] or None
    return TaskView(
        number=row["number"], kind=row["kind"], words=TASK_WORDS[row["kind"]], office_title=row["office_title"],
        role=row["role"] or None, asked_by_name=name_words(names, row["asked_by"]), asked_at=row["asked_at"],
        note=row["note"] or None, until=row["until_on"], due_at=row["due_at"], light=light, ended_at=row["ended_at"],
        ended_by_name=None if row["ended_at"] is None else name_words(names, row["ended_by"]),
        result_words=result_words(row["kind"], result) if result else None, answer=row["answer"] or None,
        mine=row["ended_at"] is None and actor.is_asked(row["office"], row["role"], state.grid),
    )  # fmt: skip
