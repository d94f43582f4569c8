"""A case as the engine stored it beside the case as the reference has it, in the same words, so that a difference names itself."""

from __future__ import annotations

import json
from collections import defaultdict
from typing import Any

from loop_town import Both, local, rows
from reference_case import STEPS, Case, Clock

from gewu_platform.service.engine import Engine

RUNGS = ("reminded", "overdue", "escalated")
CLASSES = {
    "not-found": {"who"},
    "not-allowed": {"who"},
    "not-possible-now": {"state", "evidence", "who"},
    "invalid-body": {"body", "evidence", "state"},
}
"""What a refusal of the engine may mean. Where several reasons stand against a command any of them may be told."""


def expected(both: Both, case: Case) -> dict[str, Any]:
    clock = case.main_clock()
    return {
        "state": case.state,
        "step": STEPS.get(case.state, ""),
        "office": case.office if STEPS.get(case.state) in ("handle", "verify", "close") else None,
        "severity": case.severity,
        "due": float(clock.due) if clock and clock.runs else None,
        "green until": _seconds(clock.counted().at_share[80]) if clock and clock.runs else None,
        "paused": bool((clock and clock.paused_at is not None) or case.check_in),
        "late": case.late,
        "exempt": case.exempt,
        "extensions": case.extensions if STEPS.get(case.state) == "handle" else None,
        "parked until": case.parked_until.isoformat() if case.parked_until else None,
        "closed as": case.closed_as,
        "merged into": case.merged_into,
        "escalated to": case.escalated_to,
        "reworks": case.reworks,
        "urges": case.urges,
        "added": case.added,
        "supervising": both.town.supervising(case),
        "tasks": [
            (task.number, task.kind, task.office, task.role, task.result) for task in case.tasks
        ],
        "clocks": sorted(_told(each) for each in case.clocks),
        "waiting": sorted(
            (kind, tier, each.step, each.stage, each.task or 0, _seconds(moment))
            for each in case.clocks if case.is_open
            for (kind, tier), moment in each.waiting().items()
        ),
        "history": case.history,
        "rungs": sorted(case.rung),
    }  # fmt: skip


def _seconds(moment: Any) -> float:
    return round(float(moment) * 60) / 60


def _told(clock: Clock) -> tuple[Any, ...]:
    stands = clock.paused_at is not None
    return (
        clock.step, clock.stage, clock.task or 0, len(clock.limits), float(clock.start),
        0.0 if stands else float(clock.due),
        float(clock.paused_at or 0), float(clock.ended_at or 0),
        False if stands or clock.step == "park" else clock.counted().provisional,
    )  # fmt: skip


def stored(engine: Engine) -> dict[int, dict[str, Any]]:
    """Every case of the database, in the words of `expected`."""
    parts: dict[str, dict[int, list[Any]]] = {
        name: defaultdict(list) for name in ("tasks", "clocks", "waiting", "history", "rungs")
    }
    for row in rows(engine, 'SELECT * FROM tasks ORDER BY "case", number'):
        parts["tasks"][row["case"]].append(
            (row["number"], row["kind"], row["office"], row["role"] or None, row["result"] or None)
        )
    for row in rows(engine, "SELECT * FROM deadlines"):
        stands = row["paused_at"] is not None
        parts["clocks"][row["case"]].append((
            row["step"], row["stage"], row["task"] or 0, len(json.loads(row["legs"])), local(row["started_at"]),
            0.0 if stands else local(row["due_at"]),
            local(row["paused_at"]) or 0.0, local(row["ended_at"]) or 0.0,
            False if stands else bool(row["provisional"]),
        ))  # fmt: skip
    for row in rows(engine, _WAITING):
        parts["waiting"][row["case"]].append(
            (row["kind"], row["tier"], row["step"], row["stage"], row["task"] or 0, local(row["due_at"]))
        )
    for row in rows(
        engine, "SELECT subject, kind, body FROM journal WHERE subject LIKE 'case:%' ORDER BY seq"
    ):
        case, body = int(row["subject"][5:]), json.loads(row["body"])
        if row["kind"] in RUNGS and "clock" in body:
            told = (row["kind"], body.get("tier") or "", body["step"], body.get("stage") or "")
            parts["rungs"][case].append(told)
        elif row["kind"] != "reported":
            parts["history"][case].append(row["kind"])
    return {row["id"]: _row(row, parts) for row in rows(engine, "SELECT * FROM cases")}


_WAITING = """
SELECT t."case", t.kind, t.tier, t.due_at, d.step, d.stage, d.task FROM timers t JOIN deadlines d ON d.id = t.deadline
WHERE t.fired_at IS NULL AND t.cancelled_at IS NULL"""


def _row(row: dict[str, Any], parts: dict[str, dict[int, list[Any]]]) -> dict[str, Any]:
    step, case = row["step"] or "", row["id"]
    until = row["parked_until"]
    return {
        "state": row["state"],
        "step": step,
        "office": row["office"] if step in ("handle", "verify", "close") else None,
        "severity": row["severity"],
        "due": local(row["due_at"]),
        "green until": local(row["warning_at"]),
        "paused": row["paused_at"] is not None,
        "late": bool(row["late"]),
        "exempt": bool(row["exempt"]),
        "extensions": row["extensions"] if step == "handle" else None,
        "parked until": None if until is None else str(until)[:10],
        "closed as": row["closed_as"],
        "merged into": row["merged_into"],
        "escalated to": row["escalated_to"] or "",
        "reworks": row["reworks"],
        "urges": row["urges"],
        "added": row["added"],
        "supervising": row["supervising"],
        "tasks": parts["tasks"][case],
        "clocks": sorted(parts["clocks"][case]),
        "waiting": sorted(parts["waiting"][case]),
        "history": parts["history"][case],
        "rungs": sorted(parts["rungs"][case]),
    }


def differences(both: Both) -> list[str]:
    """Where the engine and the reference say different things, one line each."""
    found, have = [], stored(both.engine)
    if have.keys() != both.town.cases.keys():
        found.append(f"cases: engine {sorted(have)}, reference {sorted(both.town.cases)}")
    for number, case in both.town.cases.items():
        for name, value in expected(both, case).items():
            if have[number][name] != value:
                found.append(f"case {number} {name}:\n  engine    {have[number][name]}\n  reference {value}")
    if found:
        found += [f"case {each.id} is {each.state} after {each.history}" for each in both.town.cases.values()]
    return found
