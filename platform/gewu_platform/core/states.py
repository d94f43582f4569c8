"""The state of a case: what its events made of it. Replaying them gives the same state again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from gewu_dsl.model import Evidence
from gewu_platform.core.duties import BACK, STAYS, STEP_OF, rows
from gewu_platform.core.escalation import higher_tier
from gewu_platform.core.events import Event, Given
from gewu_platform.core.tasks import CHECKS, STANDS_FOR, Task, TaskKind


@dataclass(frozen=True, slots=True)
class State:
    """What a case has become. `handlers` and `offices` are the people and offices that ever handled it.

    `office` is the one it lies with, or, until it is dispatched again, the one that returned it. `reporters` are all
    who reported it, also by adding to it or through a case merged into it. `tasks` are the open ones, `asked` counts
    all there ever were; `extensions` counts those granted since the last dispatch, `parked` and `urges` all.
    """

    state: str
    reporter: int
    grid: int
    needs: tuple[Evidence, ...] = ()
    office: int | None = None
    handlers: frozenset[int] = frozenset()
    offices: frozenset[int] = frozenset()
    returned_by: frozenset[int] = frozenset()
    reworks: int = 0
    evidence: tuple[Given, ...] = ()
    notes: int = 0
    reporters: frozenset[int] = frozenset()
    severity: str | None = None
    tasks: tuple[Task, ...] = ()
    asked: int = 0
    extensions: int = 0
    parked: int = 0
    parked_until: date | None = None
    before_parking: str | None = None
    appealed: bool = False
    exempt: bool = False
    escalated_to: str | None = None
    closed_as: str | None = None
    merged_into: int | None = None
    urges: int = 0
    added: int = 0

    @property
    def step(self) -> str | None:
        """What the case waits for; None once it is final."""
        return STEP_OF.get(self.state)

    @property
    def check(self) -> Task | None:
        """The check that is out, if one is: whoever asked waits for its answer."""
        return next((task for task in self.tasks if task.kind in CHECKS), None)

    def open_tasks(self, kind: TaskKind) -> tuple[Task, ...]:
        """The open tasks of one kind, oldest first."""
        return tuple(task for task in self.tasks if task.kind == kind)


def open_case(
    reporter: int,
    grid: int,
    needs: tuple[Evidence, ...] = (),
    severity: str | None = None,
    on_site: bool = False,
) -> State:
    """A case as it is when it was just reported; `needs` is what its closing asks for.

    With `on_site` it is first for the worker who stands there to settle.
    """
    return State(
        "on_site" if on_site else "reported", reporter, grid, needs,
        reporters=frozenset({reporter}), severity=severity,
    )  # fmt: skip


def evolve(state: State, event: Event) -> State:
    """The case after `event`. An event that moves nothing (a reminder) leaves it as it was."""
    # A case is read by going through all its events: only what changes is made anew.
    reached = _state_after(state, event)
    after = state if reached == state.state else replace(state, state=reached)
    if event.kind in _PROVING or (event.kind == "check-answered" and state.state != "accepted"):
        after = replace(
            after,
            evidence=state.evidence + tuple(given for given in event.evidence if given not in state.evidence),
            notes=state.notes + (1 if event.note else 0),
        )
    if event.kind in _DISPROVING:
        after = replace(after, evidence=(), notes=0)
    if after.state != "parked" and (after.parked_until, after.before_parking) != (None, None):
        after = replace(after, parked_until=None, before_parking=None)
    change = _CHANGES.get(event.kind)
    if change:
        after = change(after, state, event)
    tasks, asked = _tasks_after(state, after, event), _asked_after(state, event)
    return after if (tasks, asked) == (after.tasks, after.asked) else replace(after, tasks=tasks, asked=asked)


_PROVING = frozenset({"settled", "handling", "confirmed", "assisted", "verified", "closed"})
"""Events whose notes and files count for the closing: what was said before anything was handled proves nothing."""

_DISPROVING = frozenset({"unsettled", "reworked", "reopened"})
"""What was handed in shows an attempt that failed: it stays in the history and proves nothing any more."""


def _leads() -> Mapping[tuple[str, str], str]:
    return {(duty.event, state): duty.leads_to for _, duty in rows() for state in duty.states}


_LEADS = _leads()
_MOVES: Mapping[str, str] = {event: to for (event, _), to in _LEADS.items() if to not in (STAYS, BACK)}


def _state_after(state: State, event: Event) -> str:
    """Where the table leads; where it knows no such event in this state, where the event leads elsewhere."""
    leads_to = _LEADS.get((event.kind, state.state), _MOVES.get(event.kind, STAYS))
    if leads_to == BACK:
        return state.before_parking or "dispatched"
    return state.state if leads_to == STAYS else leads_to


def _tasks_after(before: State, after: State, event: Event) -> tuple[Task, ...]:
    """The open tasks: without the one answered and those that lapse, with those that begin."""
    left = {
        "state": before.state != after.state,
        "step": before.step != after.step,
    }
    standing = (
        task for task in before.tasks if task.number != event.ends and not left[STANDS_FOR[task.kind]]
    )
    return (*standing, *event.opens)


def _asked_after(before: State, event: Event) -> int:
    return max([before.asked, *(task.number for task in event.opens)])


Change = Callable[[State, State, Event], State]
"""(the state moved on, the state before, the event) → the state."""


def _dispatched(after: State, before: State, event: Event) -> State:
    return replace(after, office=event.office, extensions=0)


def _handled(after: State, before: State, event: Event) -> State:
    return replace(
        after,
        handlers=_with(before.handlers, event.by),
        offices=_with(before.offices, event.office if event.kind == "assisted" else before.office),
    )


def _returned(after: State, before: State, event: Event) -> State:
    return replace(after, returned_by=_with(before.returned_by, before.office))


def _reworked(after: State, before: State, event: Event) -> State:
    return replace(after, reworks=before.reworks + 1)


def _closed(after: State, before: State, event: Event) -> State:
    closed_as = "informed" if event.kind == "informed" else _CLOSED_AS.get(before.state, "handled")
    return replace(after, closed_as=closed_as)


_CLOSED_AS = {"settled": "settled"}


def _extended(after: State, before: State, event: Event) -> State:
    return replace(after, extensions=before.extensions + 1)


def _parked(after: State, before: State, event: Event) -> State:
    return replace(after, parked=before.parked + 1, parked_until=event.until, before_parking=before.state)


def _reopened(after: State, before: State, event: Event) -> State:
    return replace(after, closed_as=None, office=None)


def _merged(after: State, before: State, event: Event) -> State:
    return replace(after, merged_into=event.case)


def _joined(after: State, before: State, event: Event) -> State:
    return replace(
        after,
        reporters=before.reporters | set(event.reporters),
        handlers=before.handlers | set(event.handlers),
        offices=before.offices | set(event.offices),
    )


def _added(after: State, before: State, event: Event) -> State:
    return replace(after, reporters=_with(before.reporters, event.by), added=before.added + 1)


def _escalated(after: State, before: State, event: Event) -> State:
    return replace(after, escalated_to=higher_tier(before.escalated_to, event.tier)) if event.tier else after


_CHANGES: Mapping[str, Change] = {
    "settled": _handled,
    "dispatched": _dispatched,
    "returned": _returned,
    "handling": _handled,
    "confirmed": _handled,
    "assisted": _handled,
    "reworked": _reworked,
    "closed": _closed,
    "informed": _closed,
    "extended": _extended,
    "parked": _parked,
    "appealed": lambda after, before, event: replace(after, appealed=True),
    "appeal-granted": lambda after, before, event: replace(after, exempt=True),
    "urged": lambda after, before, event: replace(after, urges=before.urges + 1),
    "escalated": _escalated,
    "regraded": lambda after, before, event: replace(after, severity=event.severity),
    "reopened": _reopened,
    "merged": _merged,
    "joined": _joined,
    "added": _added,
}


def _with(members: frozenset[int], member: int | None) -> frozenset[int]:
    return members if member is None else members | {member}
