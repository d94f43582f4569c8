"""Cases as the journal tells them: what they became, entry by entry, from nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gewu_dsl.model import Evidence
from gewu_platform.core.clocks import RunningClock
from gewu_platform.core.lifecycle import Event, State, event_from_json, evolve, open_case
from gewu_platform.core.projection import CaseFields, escalated, latest, moved, noted, opened
from gewu_platform.core.task_rows import TaskRow, task_changes
from gewu_platform.records.journal import Entry, canonical, history
from gewu_platform.service.engine import Engine
from gewu_platform.service.problems import not_found

Along = Sequence[tuple[Entry, State, State]]
"""The entries of a case, each with the state before and after it: see `states_along`."""

CLOCK_EVENTS: frozenset[str] = frozenset({"reminded", "overdue", "escalated"})
"""What the sweep enters about a case: what a clock set off, not a person."""


def evidence_to_json(needs: Iterable[Evidence]) -> list[dict[str, Any]]:
    """What a closing asks for, as the `reported` entry keeps it."""
    return [{"kind": need.kind, "count": need.count, "by": need.by} for need in needs]


def along_of(engine: Engine, case: int) -> Along:
    """Every entry of a case with its states; ValueError where there are none. Inside a transaction."""
    found = tuple(states_along(history(engine.store, f"case:{case}")))
    if not found:
        raise ValueError("a case begins with its report")
    return found


def states_along(entries: Iterable[Entry]) -> Iterator[tuple[Entry, State, State]]:
    """Each entry with the state before and after it; the report's own two are alike. ValueError as above."""
    state: State | None = None
    for entry in entries:
        if entry.kind == "reported":
            state = _opened_state(entry.body)
            yield entry, state, state
            continue
        event = event_in(entry)
        if state is None or event is None:
            raise ValueError(f"entry {entry.seq}: a case begins with its report")
        before, state = state, evolve(state, event)
        yield entry, before, state


@dataclass(frozen=True, slots=True)
class Replayed:
    """A case from nothing but its entries: its columns, its clocks as they are now, and its tasks by number."""

    fixed: Mapping[str, Any]
    fields: CaseFields
    state: State
    clocks: tuple[RunningClock, ...]
    tasks: Mapping[int, TaskRow]


def replay(entries: Iterable[Entry]) -> Replayed | None:
    """The case that its entries tell; None for no entries. ValueError or KeyError where they are no case's."""
    replayed: Replayed | None = None
    for entry, before, after in states_along(entries):
        changed = clocks_in(entry)
        if replayed is None:
            fields = opened(entry.at, after, changed)
            replayed = Replayed(_part(entry, "case"), fields, after, tuple(changed), {})
            continue
        clocks = latest(replayed.clocks, changed)
        touched = {clock.number for clock in changed}
        still = {clock.number for clock in replayed.clocks if clock.ended_at is None} | touched
        fields = _fields(replayed.fields, entry, after, [clock for clock in clocks if clock.number in still])
        tasks = _tasks(replayed.tasks, entry, before, after, changed)
        replayed = Replayed(replayed.fixed, fields, after, clocks, tasks)
    return replayed


def rebuild_case(engine: Engine, case: int) -> dict[str, Any]:
    """The row of `cases` that the journal alone gives; Problem not-found. Inside a transaction.

    Equal to the stored row unless somebody changed one without the other.
    """
    replayed = replay(history(engine.store, f"case:{case}"))
    if replayed is None:
        raise not_found(f"案件 {case}", f"case {case}")
    return {"id": case, **replayed.fixed, **replayed.fields}


def _fields(fields: CaseFields, entry: Entry, after: State, clocks: list[RunningClock]) -> CaseFields:
    if "event" not in entry.body:
        return escalated(fields, str(entry.body["tier"])) if entry.kind == "escalated" else noted(fields)
    found = moved(fields, after, event_from_json(_part(entry, "event")), entry.at, clocks)
    # Another severity decides the finding anew: its entry carries the whole decision.
    return {**found, "decision": canonical(entry.body["decision"])} if "decision" in entry.body else found


def _tasks(
    tasks: Mapping[int, TaskRow], entry: Entry, before: State, after: State, changed: list[RunningClock]
) -> Mapping[int, TaskRow]:
    event = event_in(entry)
    if event is None or "event" not in entry.body:
        return tasks
    begun, altered = task_changes(before, event, after, entry.at, changed)
    found = {**tasks, **{row["number"]: row for row in begun}}
    return found | {number: {**found[number], **columns} for number, columns in altered.items()}


def event_in(entry: Entry) -> Event | None:
    """The event an entry tells, the sweep's own included; None for the report that a case begins with."""
    if "event" in entry.body:
        return event_from_json(_part(entry, "event"))
    if entry.kind in CLOCK_EVENTS:
        tier = entry.body.get("tier")
        return Event(entry.kind, None, tier=str(tier) if tier else None)
    return None


def clocks_in(entry: Entry) -> list[RunningClock]:
    """The clocks that an entry started or changed, as they were after it; none of entries from before they had numbers."""
    return [RunningClock.from_json(clock) for clock in _clocks(entry) if "number" in clock]


def is_whole(entries: Iterable[Entry]) -> bool:
    """Whether the entries tell every clock whole: those of cases from before clocks had numbers do not."""
    return all("number" in clock for entry in entries for clock in _clocks(entry))


def _clocks(entry: Entry) -> list[Mapping[str, Any]]:
    clocks = entry.body.get("clocks", [])
    return clocks if isinstance(clocks, list) else []


def _opened_state(body: Mapping[str, Any]) -> State:
    needs = tuple(Evidence(need["kind"], need["count"], need["by"]) for need in body["needs"])
    case = body["case"]
    return open_case(case["reporter"], case["grid"], needs, body.get("severity"), bool(body.get("on_site")))


def _part(entry: Entry, name: str) -> Mapping[str, Any]:
    part = entry.body[name]
    if not isinstance(part, Mapping):
        raise ValueError(f"entry {entry.seq} has no {name}")
    return part
