"""What every change of a case writes, in one transaction: its row, its clocks and timers, its tasks, the journal, the outbox."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from gewu_platform.core.clocks import RunningClock, derivation_of
from gewu_platform.core.lifecycle import Event, Given, State, Task, event_to_json, evolve
from gewu_platform.core.projection import latest, moved
from gewu_platform.core.task_rows import TaskRow, task_changes
from gewu_platform.records import journal
from gewu_platform.records.hot import cases
from gewu_platform.records.hot.rows import insert_many, update
from gewu_platform.service.engine import Engine
from gewu_platform.service.loop.case_files import CaseFile
from gewu_platform.service.loop.clock_effects import clock_changes
from gewu_platform.service.loop.regrading import regrade
from gewu_platform.service.telling.announcing import announce
from gewu_platform.service.timing.clockwork import ruler_of, timers_of


@dataclass(frozen=True, slots=True)
class Change:
    """What one event made of a case: the case after it, its entry's body, the clocks and tasks it touched.

    `proven` is the evidence that was there before it.
    """

    event: Event
    case: CaseFile
    body: Mapping[str, Any]
    clocks: tuple[RunningClock, ...]
    tasks_opened: Sequence[TaskRow]
    tasks_changed: Mapping[int, TaskRow]
    proven: tuple[Given, ...]


def change_case(
    engine: Engine,
    case: CaseFile,
    events: Sequence[Event],
    at: datetime,
    *,
    clocks: Sequence[RunningClock] | None = None,
    extra: Mapping[str, Any] | None = None,
) -> CaseFile:
    """Let `events` happen to a case at `at` (naive UTC); the case after them. Inside a writing transaction.

    Where the machine's clock was set back, they happen when the last thing before them did.
    `clocks`, where given, are those that the (one) event changed, in place of what follows from it; `extra` goes into
    each entry of the journal.
    """
    if not events:
        return case
    at = max(at, case.last_at)
    changes = advance(engine, case, events, at, clocks=clocks, extra=extra)
    after = changes[-1].case
    keep_changes(engine, after, changes, at, {clock.number for clock in (*case.clocks, *case.ended)})
    update(engine.store, "cases", after.id, after.fields)
    others = sorted(after.state.reporters - case.state.reporters)
    insert_many(engine.store, "reporters", [{"case": case.id, "user": user} for user in others])
    subject = f"case:{case.id}"
    journal.append_all(engine.store, at, [
        journal.Happening(change.event.by, change.event.kind, subject, change.body) for change in changes
    ])  # fmt: skip
    tell(engine, case.state, after, events, at)
    return after


def advance(
    engine: Engine,
    case: CaseFile,
    events: Sequence[Event],
    at: datetime,
    *,
    clocks: Sequence[RunningClock] | None = None,
    extra: Mapping[str, Any] | None = None,
) -> list[Change]:
    """What `events` make of a case, one after the other; nothing is written. Inside a transaction.

    A step that is left at the moment it is entered, as automatic ones are, has no clock.
    """
    states = [case.state]
    for event in events:
        states.append(evolve(states[-1], event))
    changes = []
    for position, event in enumerate(events):
        left_at_once = position + 1 < len(events) and states[position + 1].step != states[position + 2].step
        change = _advance(engine, case, event, states[position + 1], at, clocks, extra or {}, left_at_once)
        changes.append(change)
        case = change.case
    return changes


def _advance(
    engine: Engine, case: CaseFile, event: Event, after: State, at: datetime,
    given: Sequence[RunningClock] | None, extra: Mapping[str, Any], passing: bool,
) -> Change:  # fmt: skip
    body: dict[str, Any] = {"event": event_to_json(event), **extra}
    fields = case.fields
    if event.kind == "regraded" and event.severity is not None:
        body["decision"] = regrade(engine, case, event.severity)
        case = replace(case, decision=body["decision"])
        fields = {**fields, "decision": journal.canonical(body["decision"])}
    changed = (
        tuple(given) if given is not None else clock_changes(engine, case, event, after, at, passing=passing)
    )
    body["clocks"] = [clock.to_json() for clock in changed]
    known = latest((*case.clocks, *case.ended), changed)
    still = {clock.number for clock in case.clocks} | {clock.number for clock in changed}
    fields = moved(fields, after, event, at, [clock for clock in known if clock.number in still])
    opened, ended = task_changes(case.state, event, after, at, changed)
    now = replace(
        case,
        fields=fields,
        state=after,
        clocks=tuple(clock for clock in known if clock.ended_at is None),
        ended=tuple(clock for clock in known if clock.ended_at is not None),
        last_at=at,
    )
    return Change(event, now, body, changed, opened, ended, case.state.evidence)


def keep_changes(
    engine: Engine, case: CaseFile, changes: Sequence[Change], at: datetime, known: Collection[int] = ()
) -> None:
    """Write the clocks, timers, tasks and evidence of `changes`, which led to `case`. Inside a writing transaction.

    `known` are the numbers of the clocks that have a row already.
    """
    touched = {clock.number: clock for change in changes for clock in change.clocks}
    for clock in touched.values():
        keep_clock(engine, case, clock, at, begun=clock.number not in known)
    for change in changes:
        insert_many(engine.store, "tasks", [{"case": case.id, **row} for row in change.tasks_opened])
        for number, row in change.tasks_changed.items():
            cases.change_task(engine.store, case.id, number, row)
        _keep_evidence(engine, case.id, change, at)


def keep_clock(
    engine: Engine, case: CaseFile, clock: RunningClock, at: datetime, *, begun: bool = False
) -> None:
    """Write a clock as it is now, and plan again what is to happen on it; `begun` says that it has no row yet.

    What happened already happens once more only where its moment has moved beyond `at`.
    """
    ruler = ruler_of(engine, clock.calendar)
    derivation = derivation_of(clock, ruler)
    kept = clock.to_json()
    deadline = cases.keep_deadline(engine.store, {
        "case": case.id, "number": clock.number, "step": clock.step, "stage": clock.stage, "task": clock.task,
        "office": clock.office, "limit_text": clock.limits[0] if clock.limits else "",
        "legs": journal.canonical(kept["limits"]), "started_at": clock.started_at, "due_at": clock.due_at,
        "warns_at": clock.warns_at, "paused_at": clock.paused_at, "paused_for": clock.paused_for,
        "ended_at": clock.ended_at, "pauses": journal.canonical(kept["pauses"]),
        "causes": journal.canonical(kept["causes"]), "calendar": clock.calendar, "provisional": clock.provisional,
        "derivation": journal.canonical(derivation.to_json()) if derivation else "{}",
    })  # fmt: skip
    plans = timers_of(clock, case.finding.ladder, ruler)
    fired: set[tuple[str, str | None]] = set()
    if not begun:
        cases.cancel_timers(engine.store, deadline, at)
        fired = {(row["kind"], row["tier"]) for row in cases.list_fired(engine.store, deadline)}
    insert_many(engine.store, "timers", [
        {"case": case.id, "deadline": deadline, "kind": plan.kind, "tier": plan.tier, "due_at": plan.at}
        for plan in plans if plan.at > at or (plan.kind, plan.tier) not in fired
    ])  # fmt: skip


def tell(engine: Engine, before: State, after: CaseFile, events: Sequence[Event], at: datetime) -> None:
    """Announce what happened to a case, once for all of it."""
    tasks: list[Task] = [*before.tasks, *(task for event in events for task in event.opens)]
    row = {**after.fixed, **after.fields, "id": after.id}
    announce(engine, row, events, tasks, at, after.state.reporters)


def _keep_evidence(engine: Engine, case: int, change: Change, at: datetime) -> None:
    """Put what was handed in on the case; the same again is there already."""
    event = change.event
    insert_many(engine.store, "attachments", [
        {"submission": "", "case_id": case, "name": given.name or given.kind,
         "kind": f"{given.kind}:{given.by}" if given.by else given.kind,
         "file": given.sha256, "user": event.by, "attached_at": at}
        for given in event.evidence if given.sha256 and given not in change.proven
    ])  # fmt: skip
