"""What somebody wants done to a case, who they are, and what deciding about it takes besides the case."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from gewu_platform.core.duties import CommandName
from gewu_platform.core.events import Given


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: the offices they work in and the grids they are rostered for. `user` None is the system."""

    user: int | None
    role: str
    offices: frozenset[int] = frozenset()
    grids: frozenset[int] = frozenset()

    def is_asked(self, office: int | None, role: str | None, grid: int) -> bool:
        """Whether a task of a case in `grid` is theirs: for an office they work in, or for their role, a worker's only in
        their own grids.
        """
        if office is not None:
            return self.role == "handler" and office in self.offices
        return role == self.role and (self.role != "worker" or grid in self.grids)


@dataclass(frozen=True, slots=True)
class Command:
    """What somebody wants done.

    `office` is where a dispatch sends it, `assisting` the offices of co-handlers. `task` is the number of the task it
    answers; without one, the only open task that fits. `into` is the case a merger ends in.
    """

    name: CommandName
    actor: Actor
    reason: str | None = None
    note: str | None = None
    office: int | None = None
    evidence: tuple[Given, ...] = ()
    task: int | None = None
    result: Literal["yes", "no"] | None = None
    until: date | None = None
    tier: str | None = None
    into: int | None = None
    severity: str | None = None
    assisting: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Situation:
    """What deciding takes besides the state. `today` is the local date.

    `overdue`: the main clock of the step has run out (never while it is paused). `limited`: a handling clock of the
    whole step runs. `late`: such a clock of this case ran out before it ended, ever. `into_open`: the case to merge
    into is open and another one.
    """

    today: date
    overdue: bool = False
    limited: bool = True
    late: bool = False
    into_open: bool = False
