"""Tasks: what somebody was asked within a case, and how long the question stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

TaskKind = Literal["pre_check", "post_check", "assist", "extend", "park", "appeal", "urge"]

CHECKS: frozenset[TaskKind] = frozenset({"pre_check", "post_check"})
"""While one is open, whoever asked waits, and so does their clock."""

STANDS_FOR: Mapping[TaskKind, Literal["state", "step"]] = {
    "pre_check": "state",
    "post_check": "state",
    "appeal": "state",
    "assist": "step",
    "extend": "step",
    "park": "step",
    "urge": "step",
}
"""What the case must not leave while a task of the kind stands; once it has, the task lapses."""


@dataclass(frozen=True, slots=True)
class Task:
    """Somebody was asked something. It is for `office`, or for everybody of `role` over the case's grid.

    `number` counts from 1 within the case; `note` is the reason or an order's text; `until` is asked for by `park`.
    """

    number: int
    kind: TaskKind
    office: int | None
    role: str | None
    asked_by: int | None
    note: str | None = None
    until: date | None = None
