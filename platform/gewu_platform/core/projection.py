"""A row of `cases` as its events make it: the writer and the rebuilding from the journal share these functions.

The clocks passed in are the latest snapshots of the case: those that are open after the event, those it ended, and,
where that is simpler, any that ended before. Moments are naive UTC.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from gewu_platform.core.clocks import RunningClock, late
from gewu_platform.core.duties import FINAL
from gewu_platform.core.escalation import higher_tier
from gewu_platform.core.lifecycle import Event, State

CaseFields = dict[str, Any]
"""The columns of a case that move: see `opened`."""


def opened(at: datetime, state: State, clocks: Iterable[RunningClock]) -> CaseFields:
    """The moving columns of a case that was just reported."""
    fields: CaseFields = {
        "step": None,
        "opened_at": at,
        "dispatched_at": None,
        "handled_at": None,
        "closed_at": None,
        "started_at": None,
        "due_at": None,
        "warning_at": None,
        "paused_at": None,
        "handle_due_at": None,
        "late": False,
        "sequence": 1,
    }
    return _clocked({**fields, **_plain(state)}, state, at, clocks)


def moved(
    fields: CaseFields, state: State, event: Event, at: datetime, clocks: Iterable[RunningClock]
) -> CaseFields:
    """The columns after `event`, which led to `state`."""
    after = {**fields, **_plain(state), "sequence": fields["sequence"] + 1}
    match event.kind:
        case "dispatched":
            after |= {"dispatched_at": at, "handle_due_at": None}
        case "confirmed":
            after["handled_at"] = at
        case "reworked":
            after["handled_at"] = None
        case "reopened":
            after |= {"dispatched_at": None, "handled_at": None, "handle_due_at": None}
    if state.state not in FINAL:
        after["closed_at"] = None
    elif fields["state"] not in FINAL:
        after["closed_at"] = at
    return _clocked(after, state, at, clocks)


def escalated(fields: CaseFields, tier: str) -> CaseFields:
    """The columns after the ladder made the case known to `tier`."""
    return {
        **fields,
        "escalated_to": higher_tier(fields["escalated_to"], tier),
        "sequence": fields["sequence"] + 1,
    }


def noted(fields: CaseFields) -> CaseFields:
    """The columns after something that only the timeline shows: a reminder, an overdue."""
    return {**fields, "sequence": fields["sequence"] + 1}


def latest(known: Iterable[RunningClock], changed: Iterable[RunningClock]) -> tuple[RunningClock, ...]:
    """The clocks with the changed ones in place of those with the same number, in order of number."""
    by_number = {clock.number: clock for clock in (*known, *changed)}
    return tuple(by_number[number] for number in sorted(by_number))


def main_clock(clocks: Iterable[RunningClock], step: str | None) -> RunningClock | None:
    """The open clock that `step` is measured by: the one of no stage, else the last stage's."""
    running = [clock for clock in clocks if clock.step == step and clock.ended_at is None]
    whole = [clock for clock in running if clock.stage is None]
    return max(whole or running, key=lambda clock: (clock.due_at, clock.number), default=None)


def ran_late(clocks: Iterable[RunningClock]) -> bool:
    """Whether handling ended after the limit of the whole step, or of its last stage where the step has none."""
    handling = [clock for clock in clocks if clock.step == "handle"]
    whole = [clock for clock in handling if clock.stage is None]
    last = max(handling, key=lambda clock: (clock.started_at, clock.due_at), default=None)
    decisive = whole or ([last] if last else [])
    return any(clock.ended_at is not None and late(clock) for clock in decisive)


def _plain(state: State) -> CaseFields:
    """The columns that only repeat the state."""
    return {
        "state": state.state,
        "office": state.office,
        "severity": state.severity,
        "reworks": state.reworks,
        "exempt": state.exempt,
        "extensions": state.extensions,
        "parked_until": state.parked_until,
        "closed_as": state.closed_as,
        "merged_into": state.merged_into,
        "urges": state.urges,
        "added": state.added,
        "escalated_to": state.escalated_to,
    }


def _clocked(fields: CaseFields, state: State, at: datetime, clocks: Iterable[RunningClock]) -> CaseFields:
    """The columns that tell the time: of what the case waits for now, and of its handling."""
    known, after = tuple(clocks), dict(fields)
    clock = main_clock(known, state.step)
    waits = state.state == "parked" or state.check is not None
    if clock is not None:
        after["started_at"] = clock.started_at
    elif state.step != fields["step"]:
        after["started_at"] = at if state.step else None
    after["step"] = state.step
    after["due_at"] = clock.due_at if clock and not waits else None
    after["warning_at"] = clock.warns_at if clock and not waits else None
    after["paused_at"] = ((clock and clock.paused_at) or fields["paused_at"] or at) if waits else None
    handling = main_clock(known, "handle")
    if handling is not None:
        after["handle_due_at"] = None if waits else handling.due_at
    after["late"] = fields["late"] or ran_late(known)
    return after
