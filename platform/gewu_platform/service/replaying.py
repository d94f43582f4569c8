"""Cases as the journal tells them: their state, and their rows made again from nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from gewu_dsl.model import Evidence
from gewu_platform.core.lifecycle import State, event_from_json, evolve, open_case
from gewu_platform.core.projection import CaseFields, ClockStart, escalated, moved, noted, opened
from gewu_platform.records.journal import Entry, history
from gewu_platform.service.engine import Engine
from gewu_platform.service.problems import not_found

CLOCK_EVENTS: frozenset[str] = frozenset({"reminded", "overdue", "escalated"})
"""What the clock did to a case, not a person."""


def evidence_to_json(needs: Iterable[Evidence]) -> list[dict[str, Any]]:
    """What a closing asks for, as the `reported` entry keeps it."""
    return [{"kind": need.kind, "count": need.count, "by": need.by} for need in needs]


def replay_state(entries: Iterable[Entry]) -> State:
    """The state that a case's entries lead to; ValueError where they do not begin with its report."""
    state: State | None = None
    for entry in entries:
        if entry.kind == "reported":
            state = _opened_state(entry.body)
        elif state is not None and entry.kind not in CLOCK_EVENTS:
            state = evolve(state, event_from_json(_part(entry, "event")))
    if state is None:
        raise ValueError("a case begins with its report")
    return state


def rebuild_case(engine: Engine, case: int) -> dict[str, Any]:
    """The row of `cases` that the journal alone gives; Problem not-found. Inside a transaction.

    Equal to the stored row unless somebody changed one without the other.
    """
    fixed: Mapping[str, Any] = {}
    fields: CaseFields = {}
    state: State | None = None
    for entry in history(engine.store, f"case:{case}"):
        clocks = [ClockStart.from_json(clock) for clock in _list(entry, "clocks")]
        if entry.kind == "reported":
            fixed, state, fields = _part(entry, "case"), _opened_state(entry.body), opened(entry.at, clocks)
        elif entry.kind == "escalated":
            fields = escalated(fields, str(entry.body["tier"]))
        elif entry.kind in CLOCK_EVENTS:
            fields = noted(fields)
        elif state is not None:
            state = evolve(state, event_from_json(_part(entry, "event")))
            fields = moved(fields, state, entry.at, entry.kind, clocks)
    if state is None:
        raise not_found(f"案件 {case}", f"case {case}")
    return {"id": case, **fixed, **fields}


def _opened_state(body: Mapping[str, Any]) -> State:
    needs = tuple(Evidence(need["kind"], need["count"], need["by"]) for need in body["needs"])
    return open_case(body["case"]["reporter"], body["case"]["grid"], needs)


def _part(entry: Entry, name: str) -> Mapping[str, Any]:
    part = entry.body[name]
    if not isinstance(part, Mapping):
        raise ValueError(f"entry {entry.seq} has no {name}")
    return part


def _list(entry: Entry, name: str) -> list[Any]:
    part = entry.body.get(name, [])
    return part if isinstance(part, list) else []
