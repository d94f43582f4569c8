"""What an event does to the clocks of a case: which end, stand still, go on, grow, or begin.

Most of it follows from what the event changed: leaving a step ends its clocks, entering one begins them, a task brings
its own, a check that is out stops whoever asked. `BY_KIND` holds the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from gewu_platform.core import clocks
from gewu_platform.core.clocks import CHECK_LIMIT, CHECKING, PARKED, Ruler, RunningClock
from gewu_platform.core.lifecycle import Event, State, Task
from gewu_platform.core.tasks import CHECKS
from gewu_platform.service.engine import Engine
from gewu_platform.service.loop.case_files import CaseFile
from gewu_platform.service.timing.clockwork import on_newest, ruler_of, start_step_clocks, start_task_clock

HANDLING: frozenset[str] = frozenset({"handle", "assist"})
"""The clocks that stand still while a case is parked."""


def clock_changes(
    engine: Engine, case: CaseFile, event: Event, after: State, at: datetime, *, passing: bool = False
) -> tuple[RunningClock, ...]:
    """Every clock of `case` that `event`, which leads it to `after`, starts or changes, as it is then.

    `case` already has the decision that holds after the event. With `passing` the step it enters is left at the same
    moment: its clock does not begin. Inside a transaction.
    """
    work = _Work(engine, case, event, after, at, {clock.number: clock for clock in case.clocks})
    _end_tasks(work)
    if case.state.step != after.step:
        _leave_step(work)
    BY_KIND.get(event.kind, _nothing)(work)
    if case.state.step != after.step and event.kind != "reworked" and not passing:
        _enter_step(work)
    for task in after.tasks:
        if task in event.opens:
            _begin_task(work, task)
    return tuple(work.changed.values())


@dataclass
class _Work:
    """The clocks of a case while an event acts on them."""

    engine: Engine
    case: CaseFile
    event: Event
    after: State
    at: datetime
    open: dict[int, RunningClock]
    changed: dict[int, RunningClock] = field(default_factory=dict)

    @property
    def next_number(self) -> int:
        """The number of the next clock that begins."""
        known = (*self.case.clocks, *self.case.ended, *self.changed.values())
        return max((clock.number for clock in known), default=0) + 1

    def keep(self, clock: RunningClock) -> None:
        """Take a clock as it is now."""
        self.changed[clock.number] = clock
        if clock.ended_at is None:
            self.open[clock.number] = clock
        else:
            self.open.pop(clock.number, None)

    def of_steps(self, *steps: str) -> Iterator[RunningClock]:
        """The clocks that have not ended and measure one of the steps (not a task within it)."""
        yield from [clock for clock in self.open.values() if clock.step in steps]

    def ruler(self, clock: RunningClock) -> Ruler:
        """What `clock` is measured with: its own version of the calendar, which need not be the case's."""
        return ruler_of(self.engine, clock.calendar)

    def go_on(self, clock: RunningClock, moment: datetime) -> None:
        """Let a clock that stands still run again."""
        if clock.paused_at is not None:
            gone_on = clocks.resume(clock, moment, self.ruler(clock))
            self.keep(on_newest(self.engine, gone_on))


def _nothing(work: _Work) -> None:
    """Most events do no more than what follows from the change."""


def _end_tasks(work: _Work) -> None:
    """A task that was answered, or lapsed, ends its clock; whoever waited for a check goes on."""
    before, after = work.case.state, work.after
    gone = {task.number for task in before.tasks} - {task.number for task in after.tasks}
    for clock in list(work.open.values()):
        if clock.task in gone:
            work.keep(clocks.end(clock, work.at))
    if before.check and not after.check and before.step == after.step:
        for clock in work.of_steps(str(before.step)):
            work.go_on(clock, work.at)


def _leave_step(work: _Work) -> None:
    left = str(work.case.state.step)
    for clock in work.of_steps(left, *(("park", "assist") if left == "handle" else ())):
        work.keep(clocks.end(clock, work.at))


def _enter_step(work: _Work) -> None:
    step, case = work.after.step, work.case
    if step is None:
        return
    office = work.after.office if step == "handle" else None
    begun = start_step_clocks(
        work.engine, case.calendar, step, case.decision, work.at, work.next_number, office
    )
    for clock in begun:
        work.keep(clock)


def _begin_task(work: _Work, task: Task) -> None:
    """Checks and helping are measured; whoever asked for a check waits."""
    if task.kind in CHECKS:
        for clock in work.of_steps(str(work.after.step)):
            work.keep(clocks.pause(clock, work.at, CHECKING))
        _measure(work, task, "check", CHECK_LIMIT)
    elif task.kind == "assist" and (limit := work.case.decision["limits"].get("handle")):
        _measure(work, task, "assist", limit)


def _measure(work: _Work, task: Task, step: str, limit: str) -> None:
    calendar = work.case.calendar
    work.keep(
        start_task_clock(
            work.engine, calendar, work.next_number, step, task.number, task.office, limit, work.at
        )
    )


def _go_on_after_rework(work: _Work) -> None:
    """The clocks that stopped when the handling was confirmed go on: verifying costs the office no time."""
    newest = {clock.stage: clock for clock in work.case.ended if clock.step == "handle"}
    for clock in newest.values():
        if clock.ended_at == work.case.fields["handled_at"]:
            gone_on = clocks.restart(clock, work.at, work.ruler(clock))
            work.keep(on_newest(work.engine, gone_on))


def _extend(work: _Work) -> None:
    """The handling as a whole has more time, and so has its last stage where that is the whole."""
    handling = list(work.of_steps("handle"))
    (whole,) = (clock for clock in handling if clock.stage is None)
    for clock in handling:
        if clock.stage is None or _ends_with(work, clock, whole):
            work.keep(on_newest(work.engine, clocks.extend(clock, work.ruler(clock))))


def _ends_with(work: _Work, stage: RunningClock, whole: RunningClock) -> bool:
    """Whether a stage is the last and has the limit of the whole, as where a finding says no other."""
    stages = work.case.decision["stages"]
    return bool(stages) and stage.stage == stages[-1]["name"] and stage.limits == whole.limits


def _park(work: _Work) -> None:
    for clock in work.of_steps(*HANDLING):
        work.keep(clocks.pause(clock, work.at, PARKED))
    until = work.after.parked_until
    if until is not None:
        ruler = Ruler(work.case.calendar, work.engine.zone)
        work.keep(clocks.start_parking(work.next_number, work.after.office, work.at, until, ruler))


def _resume(work: _Work) -> None:
    """The clocks go on, at the latest from the day that was set: who resumes late gives nobody more time."""
    moment = work.at
    for clock in work.of_steps("park"):
        moment = min(moment, clock.due_at)
        work.keep(clocks.end(clock, moment))
    for clock in work.of_steps(*HANDLING):
        work.go_on(clock, moment)


def _relimit(work: _Work) -> None:
    """Every running limit that the new severity changes, measured from its old start; stages have one limit only.

    Whether a step has a limit at all does not depend on the severity: the compiler refuses gaps between branches.
    """
    limits = work.case.decision["limits"]
    for clock in list(work.open.values()):
        limit = limits.get("handle" if clock.step == "assist" else clock.step)
        if clock.stage is None and limit is not None and limit != clock.limits[0]:
            work.keep(on_newest(work.engine, clocks.relimit(clock, limit, work.ruler(clock))))


BY_KIND: Mapping[str, Callable[[_Work], None]] = {
    "reworked": _go_on_after_rework,
    "extended": _extend,
    "parked": _park,
    "resumed": _resume,
    "regraded": _relimit,
}
"""What an event does to clocks that no step and no task brings with it."""
