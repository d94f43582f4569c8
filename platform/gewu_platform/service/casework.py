"""What every change of a case writes, in one transaction: its row, its clocks and timers, the journal, the outbox."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, cast

from gewu_dsl.model import Finding, Step
from gewu_platform.core.calendars import Calendar
from gewu_platform.core.duties import STEP_OF
from gewu_platform.core.lifecycle import Event, State, event_to_json, evolve
from gewu_platform.core.limits import parse_limit
from gewu_platform.core.projection import CaseFields, moved
from gewu_platform.records import journal
from gewu_platform.records.hot import cases
from gewu_platform.records.hot.rows import Row, insert, insert_many, update
from gewu_platform.service.announcing import announce
from gewu_platform.service.clockwork import Clock, calendar_kept, start_clock, start_step
from gewu_platform.service.engine import Engine
from gewu_platform.service.problems import not_found
from gewu_platform.service.publishing import published_item
from gewu_platform.service.replaying import replay_state

MOVING: tuple[str, ...] = (
    "state", "step", "office", "opened_at", "dispatched_at", "handled_at", "closed_at", "started_at", "due_at",
    "handle_due_at", "reworks", "escalated_to", "sequence",
)  # fmt: skip
"""The columns of a case that its events move; the others never change."""


@dataclass(frozen=True, slots=True)
class CaseFile:
    """A case with all that deciding about it takes. `decision` is its decided finding as JSON."""

    id: int
    fixed: Row
    fields: CaseFields
    state: State
    decision: Mapping[str, Any]
    calendar: Calendar
    finding: Finding


def load_case(engine: Engine, case: int) -> CaseFile:
    """The case as its events made it; Problem not-found. Inside a transaction."""
    row = cases.find_case(engine.store, case)
    if row is None:
        raise not_found(f"案件 {case}", f"case {case}")
    state = replay_state(journal.history(engine.store, f"case:{case}"))
    published = published_item(engine, row["item"], row["version"])
    return CaseFile(
        case,
        {name: value for name, value in row.items() if name not in MOVING},
        {name: row[name] for name in MOVING},
        state,
        json.loads(row["decision"]),
        calendar_kept(engine, row["calendar"]),
        published.item.finding(row["finding"]),
    )


def change_case(engine: Engine, case: CaseFile, events: Sequence[Event], at: datetime) -> CaseFile:
    """Let `events` happen to a case at `at` (naive UTC). Inside a writing transaction."""
    for event in events:
        after = evolve(case.state, event)
        if STEP_OF.get(after.state) != case.fields["step"]:
            cases.end_clocks(engine.store, case.id, at)
        clocks = _resume(engine, case, at) if event.kind == "reworked" else _start(engine, case, after, at)
        starts = [clock.start for clock in clocks]
        fields = moved(case.fields, after, at, event.kind, starts)
        if event.kind != "reworked":
            keep_clocks(engine, case.id, fields["office"], case.fixed["calendar"], clocks)
        body = {"event": event_to_json(event), "clocks": [start.to_json() for start in starts]}
        journal.append(engine.store, at, event.by, event.kind, f"case:{case.id}", body)
        _keep_evidence(engine, case.id, event, at)
        case = replace(case, fields=fields, state=after)
    update(engine.store, "cases", case.id, case.fields)
    announce(engine.store, {**case.fixed, **case.fields}, events[-1], at)
    return case


def keep_clocks(
    engine: Engine, case: int, office: int | None, calendar: str, clocks: Sequence[Clock]
) -> None:
    """Write started clocks with their timers."""
    for clock in clocks:
        start = clock.start
        deadline = insert(engine.store, "deadlines", {
            "case": case, "step": start.step, "stage": start.stage, "limit_text": start.limit, "office": office,
            "started_at": start.started_at, "due_at": start.due_at, "pauses": _pauses_text(clock),
            "calendar": calendar, "provisional": start.provisional, "derivation": clock.derivation,
        })  # fmt: skip
        _keep_timers(engine, case, deadline, clock, frozenset())


def _start(engine: Engine, case: CaseFile, after: State, at: datetime) -> list[Clock]:
    step = STEP_OF.get(after.state)
    if step is None or step == case.fields["step"]:
        return []
    return start_step(engine, case.calendar, cast(Step, step), case.decision, case.finding.ladder, at)


def _resume(engine: Engine, case: CaseFile, at: datetime) -> list[Clock]:
    """The handling clocks go on; the time since they were confirmed was verification and counts for nobody."""
    resumed: list[Clock] = []
    handled_at, dispatched_at = case.fields["handled_at"], case.fields["dispatched_at"]
    for row in cases.list_clocks(engine.store, case.id):
        if row["step"] != "handle" or row["started_at"] < dispatched_at:
            continue
        before = [
            (datetime.fromisoformat(begins), datetime.fromisoformat(ends))
            for begins, ends in json.loads(row["pauses"])
        ]
        clock = start_clock(
            engine, case.calendar, "handle", row["stage"], parse_limit(row["limit_text"]), case.finding.ladder,
            row["started_at"], [*before, (handled_at, at)],
        )  # fmt: skip
        update(engine.store, "deadlines", row["id"], {
            "ended_at": None, "due_at": clock.start.due_at, "pauses": _pauses_text(clock),
            "provisional": clock.start.provisional, "derivation": clock.derivation,
        })  # fmt: skip
        fired = frozenset(
            (timer["kind"], timer["tier"]) for timer in cases.list_fired(engine.store, row["id"])
        )
        _keep_timers(engine, case.id, row["id"], clock, fired)
        resumed.append(clock)
    return resumed


def _keep_timers(
    engine: Engine, case: int, deadline: int, clock: Clock, fired: frozenset[tuple[str, str | None]]
) -> None:
    insert_many(engine.store, "timers", [
        {"case": case, "deadline": deadline, "kind": plan.kind, "tier": plan.tier, "due_at": plan.at}
        for plan in clock.timers if (plan.kind, plan.tier) not in fired
    ])  # fmt: skip


def _keep_evidence(engine: Engine, case: int, event: Event, at: datetime) -> None:
    insert_many(engine.store, "attachments", [
        {"submission": "", "case_id": case, "name": given.name or given.kind,
         "kind": f"{given.kind}:{given.by}" if given.by else given.kind,
         "file": given.sha256, "user": event.by, "attached_at": at}
        for given in event.evidence if given.sha256
    ])  # fmt: skip


def _pauses_text(clock: Clock) -> str:
    return journal.canonical(clock.start.to_json()["pauses"])
