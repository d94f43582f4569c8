"""A row of `cases` as its events make it: the writer and the rebuilding from the journal share this one function."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from gewu_platform.core.duties import FINAL, STEP_OF
from gewu_platform.core.escalation import higher_tier
from gewu_platform.core.lifecycle import State

CaseFields = dict[str, Any]
"""The columns of a case that move: see `opened`."""


@dataclass(frozen=True, slots=True)
class ClockStart:
    """A clock that runs from now on, or again: moments in naive UTC. `limit` is its canonical text."""

    step: str
    stage: str | None
    limit: str
    started_at: datetime
    due_at: datetime
    provisional: bool
    pauses: tuple[tuple[datetime, datetime], ...] = ()

    def to_json(self) -> dict[str, Any]:
        return {
            "step": self.step,
            "stage": self.stage,
            "limit": self.limit,
            "started_at": self.started_at.isoformat(),
            "due_at": self.due_at.isoformat(),
            "provisional": self.provisional,
            "pauses": [[start.isoformat(), end.isoformat()] for start, end in self.pauses],
        }

    @staticmethod
    def from_json(body: Mapping[str, Any]) -> ClockStart:
        """What `to_json` wrote; KeyError or ValueError where it is none."""
        return ClockStart(
            body["step"],
            body["stage"],
            body["limit"],
            datetime.fromisoformat(body["started_at"]),
            datetime.fromisoformat(body["due_at"]),
            body["provisional"],
            tuple(
                (datetime.fromisoformat(start), datetime.fromisoformat(end)) for start, end in body["pauses"]
            ),
        )


def opened(at: datetime, clocks: Sequence[ClockStart]) -> CaseFields:
    """The moving columns of a case that was just reported."""
    fields: CaseFields = {
        "state": "reported",
        "step": "accept",
        "office": None,
        "opened_at": at,
        "dispatched_at": None,
        "handled_at": None,
        "closed_at": None,
        "started_at": at,
        "due_at": None,
        "handle_due_at": None,
        "reworks": 0,
        "escalated_to": None,
        "sequence": 1,
    }
    return _clocked(fields, clocks)


def moved(
    fields: CaseFields, state: State, at: datetime, kind: str, clocks: Sequence[ClockStart]
) -> CaseFields:
    """The columns after an event of `kind` led to `state`, starting `clocks`."""
    step = STEP_OF.get(state.state)
    after = {**fields, "state": state.state, "office": state.office, "reworks": state.reworks,
             "sequence": fields["sequence"] + 1}  # fmt: skip
    if step != fields["step"]:
        after |= {"step": step, "started_at": at if step else None, "due_at": None}
    if kind == "dispatched":
        after |= {"dispatched_at": at, "handle_due_at": None, "escalated_to": None}
    elif kind == "confirmed":
        after["handled_at"] = at
    elif kind == "reworked":
        after["handled_at"] = None
    if state.state in FINAL:
        after["closed_at"] = at
    return _clocked(after, clocks)


def escalated(fields: CaseFields, tier: str) -> CaseFields:
    """The columns after the case was made known to `tier`."""
    return {
        **fields,
        "escalated_to": higher_tier(fields["escalated_to"], tier),
        "sequence": fields["sequence"] + 1,
    }


def noted(fields: CaseFields) -> CaseFields:
    """The columns after something that only the timeline shows: a reminder, an overdue."""
    return {**fields, "sequence": fields["sequence"] + 1}


def main_clock(clocks: Sequence[ClockStart]) -> ClockStart | None:
    """The clock the step is measured by: the one of no stage, else the last stage's."""
    whole = [clock for clock in clocks if clock.stage is None]
    return whole[0] if whole else max(clocks, key=lambda clock: clock.due_at, default=None)


def _clocked(fields: CaseFields, clocks: Sequence[ClockStart]) -> CaseFields:
    clock = main_clock(clocks)
    if clock is None:
        return fields
    after = {**fields, "started_at": clock.started_at, "due_at": clock.due_at}
    if clock.step == "handle":
        after["handle_due_at"] = clock.due_at
    return after
