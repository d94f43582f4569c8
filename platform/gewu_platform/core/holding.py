"""Who held a case, from when until when: one line for every time it changed hands.

The lines lie end to end from the report to the closing, so what was held and what was paused add up to the whole
exactly. Parking belongs to nobody: its time is `paused`. A check hands the case to the worker who is asked; whoever
asked holds it again once the answer is there. A case that was reopened lies with nobody in between.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from gewu_platform.core.clock import NOTHING, Clock
from gewu_platform.core.duties import HOLDER_OF
from gewu_platform.core.states import State


@dataclass(frozen=True, slots=True)
class Holding:
    """A stretch of time in one pair of hands.

    `step` is a step of the loop, `check` or `park`; `role` whose turn it was (None while parked), `office` which one
    where offices hold. `until` None: they hold it still. Moments are naive, all of one kind (UTC or wall time).
    """

    step: str
    role: str | None
    office: int | None
    since: datetime
    until: datetime | None

    @property
    def parked(self) -> bool:
        """Whether the time counts for nobody."""
        return self.step == "park"

    def held(self, now: datetime) -> timedelta:
        """How long they held it, up to `now` where they still do; nothing while parked."""
        return NOTHING if self.parked else self._length(now)

    def paused(self, now: datetime) -> timedelta:
        """How long it lay with nobody."""
        return self._length(now) if self.parked else NOTHING

    def counted(self, clock: Clock, now: datetime) -> timedelta:
        """How much of what was held counts on `clock` (which speaks of the same kind of moments)."""
        return NOTHING if self.parked else clock.between(self.since, self.until or now)

    def _length(self, now: datetime) -> timedelta:
        return (self.until or now) - self.since


def holders(course: Iterable[tuple[datetime, State]]) -> tuple[Holding, ...]:
    """The holdings of a case, oldest first. `course`: its states, each with the moment it began, in order.

    Hands through which it passed in no time (steps that are automatic) are left out.
    """
    found: list[Holding] = []
    for at, state in course:
        hands = _hands(state)
        if found and found[-1].until is None:
            last = found[-1]
            if hands == (last.step, last.role, last.office):
                continue
            found.pop()
            if last.since < at:
                found.append(Holding(last.step, last.role, last.office, last.since, at))
        if hands is not None:
            found.append(_again(found, hands, at))
    return tuple(found)


Hands = tuple[str, str | None, int | None]


def _hands(state: State) -> Hands | None:
    """The step, role and office that hold a case in `state`; None once it is final."""
    if state.step is None:
        return None
    if state.state == "parked":
        return "park", None, None
    if state.check is not None:
        return "check", "worker", None
    role = HOLDER_OF[state.step]
    return state.step, role, state.office if role == "handler" else None


def _again(found: list[Holding], hands: Hands, at: datetime) -> Holding:
    """A holding from `at` on, or the last one going on where only hands that held it for no time came between."""
    if found and found[-1].until == at and (found[-1].step, found[-1].role, found[-1].office) == hands:
        return Holding(*hands, found.pop().since, None)
    return Holding(*hands, at, None)
