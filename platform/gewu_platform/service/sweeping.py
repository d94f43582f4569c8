"""What the clock sets off: reminders, overdues and escalations, each exactly once."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import Any

from gewu_platform.core.projection import escalated, noted
from gewu_platform.records import journal
from gewu_platform.records.hot import sweeps
from gewu_platform.records.hot.rows import Row, insert_many
from gewu_platform.service.announcing import holder, message
from gewu_platform.service.engine import Engine
from gewu_platform.service.views import SweepResult

BATCH = 500
"""Timers claimed in one transaction, so that nobody waits long for the writer's place."""

_EVENTS = {"remind": "reminded", "overdue": "overdue", "escalate": "escalated"}


def sweep(engine: Engine, at: datetime | None = None) -> SweepResult:
    """Let everything happen that is due at `at` (naive UTC; None: now). Running it again changes nothing.

    Claim, event, outbox and the case's row share one transaction a batch: a runner killed in the middle loses or doubles
    nothing, and several runners take turns.
    """
    moment = engine.now() if at is None else at
    done: Counter[str] = Counter()
    while True:
        fired = engine.store.retrying(lambda: _sweep_batch(engine, moment))
        done.update(fired)
        if sum(fired.values()) < BATCH:
            return SweepResult(done["remind"], done["overdue"], done["escalate"])


def _sweep_batch(engine: Engine, at: datetime) -> Counter[str]:
    timers = sweeps.claim_timers(engine.store, at, BATCH)
    if not timers:
        return Counter()
    cases = sweeps.list_swept_cases(engine.store, sorted({timer["case_id"] for timer in timers}))
    clocks = sweeps.list_steps(engine.store, sorted({timer["deadline"] for timer in timers}))
    happenings, outbox = [], []
    for timer in timers:
        case, clock = cases[timer["case_id"]], clocks[timer["deadline"]]
        moved = escalated(case, timer["tier"]) if timer["kind"] == "escalate" else noted(case)
        cases[case["id"]] = moved
        body: dict[str, Any] = {
            "step": clock["step"],
            "stage": clock["stage"],
            "due_at": clock["due_at"].isoformat(),
        }
        if timer["tier"]:
            body["tier"] = timer["tier"]
        happenings.append(journal.Happening(None, _EVENTS[timer["kind"]], f"case:{case['id']}", body))
        outbox += _messages(engine, case, timer, body, at)
    sweeps.mark_cases(engine.store, list(cases.values()))
    journal.append_all(engine.store, at, happenings)
    insert_many(engine.store, "outbox", outbox)
    return Counter(timer["kind"] for timer in timers)


def _messages(engine: Engine, case: Row, timer: Row, body: dict[str, Any], at: datetime) -> list[Row]:
    """To whoever holds the case; an escalation to the supervisors of the area of its tier."""
    extra = {name: value for name, value in body.items() if value is not None}
    if timer["kind"] != "escalate":
        return [message(case, timer["kind"], at, extra, **holder(case))] if case["step"] else []
    area = sweeps.find_area_of_tier(engine.store, timer["tier"], case["path"])
    if area is None:
        area = case["grid"]
    return [message(case, "escalate", at, extra, area=area, role="supervisor")]
