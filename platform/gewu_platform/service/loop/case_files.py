"""A case with all that deciding about it takes, as its journal and its rows tell it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from gewu_dsl.model import Finding
from gewu_platform.core.calendars import Calendar
from gewu_platform.core.clocks import VERIFYING, RunningClock
from gewu_platform.core.lifecycle import State
from gewu_platform.core.projection import CaseFields
from gewu_platform.records.hot import cases
from gewu_platform.records.hot.rows import Row
from gewu_platform.service.catalogue.publishing import published_item
from gewu_platform.service.engine import Engine
from gewu_platform.service.history.replaying import Along, along_of
from gewu_platform.service.problems import not_found
from gewu_platform.service.timing.clockwork import calendar_kept

MOVING: tuple[str, ...] = (
    "state", "step", "office", "severity", "opened_at", "dispatched_at", "handled_at", "closed_at", "started_at", "due_at",
    "warning_at", "paused_at", "handle_due_at", "reworks", "escalated_to", "late", "exempt", "extensions", "parked_until",
    "closed_as", "merged_into", "urges", "added", "sequence",
)  # fmt: skip
"""The columns of a case that its events move; the others never change, but for the decision of a case that is regraded."""


@dataclass(frozen=True, slots=True)
class CaseFile:
    """A case with all that deciding about it takes. `decision` is its decided finding as JSON.

    `clocks` are those that have not ended, also where they stand still; `ended` are the others. `last_at` is when
    something last happened to it: nothing happens to it before that.
    """

    id: int
    fixed: Row
    fields: CaseFields
    state: State
    decision: Mapping[str, Any]
    calendar: Calendar
    finding: Finding
    last_at: datetime
    clocks: tuple[RunningClock, ...] = ()
    ended: tuple[RunningClock, ...] = ()


def load_case(engine: Engine, case: int, along: Along | None = None) -> CaseFile:
    """The case as its events made it; Problem not-found. Inside a transaction. `along` are its entries, where known."""
    row = cases.find_case(engine.store, case)
    if row is None:
        raise not_found(f"案件 {case}", f"case {case}")
    last, _, state = (along or along_of(engine, case))[-1]
    published = published_item(engine, row["item"], row["version"])
    known = [clock_of(clock) for clock in cases.list_deadlines(engine.store, case)]
    return CaseFile(
        case,
        {name: value for name, value in row.items() if name not in MOVING},
        {name: row[name] for name in MOVING},
        state,
        json.loads(row["decision"]),
        calendar_kept(engine, row["calendar"]),
        published.item.finding(row["finding"]),
        last.at,
        tuple(clock for clock in known if clock.ended_at is None),
        tuple(clock for clock in known if clock.ended_at is not None),
    )


def clock_of(row: Row) -> RunningClock:
    """The clock that a row of `deadlines` keeps."""
    pauses, causes = json.loads(row["pauses"]), json.loads(row["causes"])
    # Before clocks kept why they stood still, they did so for one reason only.
    causes += [VERIFYING] * (len(pauses) - len(causes))
    return RunningClock(
        number=row["number"],
        step=row["step"],
        stage=row["stage"],
        task=row["task"],
        office=row["office"],
        limits=tuple(json.loads(row["legs"])),
        started_at=row["started_at"],
        due_at=row["due_at"],
        warns_at=row["warns_at"],
        provisional=row["provisional"],
        calendar=row["calendar"],
        pauses=tuple(
            (datetime.fromisoformat(begins), datetime.fromisoformat(ends)) for begins, ends in pauses
        ),
        paused_at=row["paused_at"],
        ended_at=row["ended_at"],
        causes=tuple(causes),
        paused_for=row["paused_for"],
    )
