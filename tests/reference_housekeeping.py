"""The clocks and tasks of a case as it comes to a step and leaves it: started, paused, ended, lapsed, adjusted."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from reference_case import Case, Clock, Person, Task
from reference_clock import Days, count_down
from reference_rules import Rules

CHECK_LIMIT = "30 minutes"


class Housekeeping(Rules):
    def _leave(self, case: Case, step: str | None, now: int) -> None:
        """The clocks of the step end, and what was asked within it needs no answer any more."""
        if step == "handle":
            # Handling time ends when the department confirms: or when the case leaves it in any other way.
            main = next((clock for clock in case.running("handle") if not clock.stage), None)
            self._end_clocks(case, ("handle", "assist", "park"), now)
            case.late = case.late or (main is not None and main.ran_out(now))
            self._lapse(case, "extend", "park", "assist", now=now)
            case.parked_until = None
        elif step:
            self._end_clocks(case, (step, "check"), now)
        self._lapse(case, "urge", now=now)

    def _end_clocks(self, case: Case, steps: Sequence[str], now: int) -> None:
        for clock in case.running(*steps):
            clock.end(now)

    def _start(self, case: Case, step: str, now: int, stage: str = "", task: int | None = None) -> None:
        limit = CHECK_LIMIT if step == "check" else case.finding.limit(step, case.severity)
        if stage:
            limit = dict(case.finding.stages)[stage]
        if step in case.finding.automatic or limit is None:
            return  # a step that is passed automatically has no limit, even where a case waits for it after a return
        ladder = case.finding.ladder if step == "handle" else ()
        clock = Clock(step, stage, task, [limit], now, case.days, ladder)
        self._on_newest(clock, now)
        case.clocks.append(clock)

    def _on_newest(self, clock: Clock, now: int) -> None:
        """A case keeps the calendar it started with, but nothing new is counted by days already known to be wrong."""
        if clock.step != "park" and clock.counted().provisional and clock.days is not self.days:
            clock.recount(self.days, now)

    def adjust(self, days: Days, now: int) -> None:
        """A changed calendar never silently moves a running deadline: only a provisional one, by an explicit event."""
        self.days = days
        for case in self.cases.values():
            held = [
                each for each in case.clocks if case.is_open and each.ended_at is None and each.step != "park"
            ]
            moved = [each for each in held if each.counted().provisional and self._differs(each, days)]
            for clock in moved:
                clock.recount(days, now)
            if moved:
                case.history.append("adjusted")
                case.touched = now

    def _differs(self, clock: Clock, days: Days) -> bool:
        """Whether the days as they are known now give another end, or make it certain."""
        newer = count_down(clock.limits, clock.start, clock.pauses, days)
        return (newer.due, newer.provisional) != (clock.due, True)

    def _open(
        self, case: Case, kind: str, who: Person | None, office: int | None = None, role: str | None = None,
        until: date | None = None,
    ) -> Task:  # fmt: skip
        task = Task(len(case.tasks) + 1, kind, office, role, who.id if who else None, until)
        case.tasks.append(task)
        return task

    def _end_task(self, case: Case, task: Task, result: str, now: int) -> None:
        task.result = result
        for clock in case.running("check", "assist"):
            if clock.task == task.number:
                clock.end(now)
        if task.kind in ("pre_check", "post_check"):
            case.check_in = ""
            for clock in case.running("file", "verify"):
                clock.resume(now)
                self._on_newest(clock, now)

    def _lapse(self, case: Case, *kinds: str, now: int) -> None:
        for task in case.open_tasks(*kinds):
            self._end_task(case, task, "lapsed", now)
