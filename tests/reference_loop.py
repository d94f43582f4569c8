"""The closed loop, slowly and plainly: what follows from a command and from time, and when clocks run out.

Independent of the engine on purpose: it shares no rule and no line with it, only the sentences it was made from, which stand beside each
rule. Times are minutes of local wall time (`reference_clock`); who may do what is in `reference_rules`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from loop_items import FINDINGS, severity_of
from reference_case import STEPS, TIERS, Case, Clock, Moment, Person
from reference_clock import minute_of, time_of
from reference_housekeeping import Housekeeping

MOVES = {
    "unsettle": ("unsettled", "reported"), "accept": ("accepted", "accepted"), "file": ("filed", "filed"),
    "return": ("returned", "returned"), "verify": ("verified", "verified"),
    "refuse": ("refused", "refused"), "inform": ("informed", "closed"), "void": ("voided", "void"),
}  # fmt: skip
"""Commands that do nothing but go on to another state: what has happened then, and which."""


class Town(Housekeeping):
    """Cases as they go on."""

    def report(self, id: int, finding: str, size: int, by: Person, grid: int, now: int) -> Case:
        """One case per finding, begun on the spot where the item says so."""
        found = FINDINGS[finding]
        case = Case(
            id,
            found,
            severity_of(found, size),
            grid,
            self.paths[grid],
            self.days,
            reporters={by.id},
            opened=now,
        )
        self.cases[id] = case
        self._enter(case, "on_site" if found.on_site else "reported", now)
        self._automatically(case, now)
        return case

    def add(self, case: Case, finding: str, by: Person, now: int) -> bool:
        """Same item and finding with an open case: a report may be added to it instead of opening a second."""
        if not case.is_open or case.finding.name != finding:
            return False
        case.history.append("added")
        case.reporters.add(by.id)
        case.added, case.touched = case.added + 1, now
        return True

    def command(self, case: Case, who: Person, name: str, says: Mapping[str, Any], now: int) -> set[str]:
        """Do it unless something is against it."""
        against = self.refusals(case, who, name, says, now)
        if not against:
            case.evidence |= set(says.get("evidence", ()))
            if name in MOVES:
                self._move(case, name, now)
            else:
                getattr(self, f"_do_{name}")(case, who, says, now)
            case.touched = now
            self._automatically(case, now)
        return against

    def _move(self, case: Case, name: str, now: int) -> None:
        event, state = MOVES[name]
        case.history.append(event)
        if name == "return":
            assert case.office is not None
            case.returned_by.add(case.office)
        elif name == "inform":
            case.closed_as = "informed"
        self._enter(case, state, now)

    def _enter(self, case: Case, state: str, now: int) -> None:
        """Another state; with another step the clock of the one ends and that of the other starts."""
        before, after = STEPS.get(case.state), STEPS.get(state)
        case.state = state
        if before != after:
            self._leave(case, before, now)
        if case.check_in:
            self._lapse(case, "pre_check", "post_check", now=now)
        if not after:
            case.shut = now
        elif case.shut is not None:
            case.at_rest, case.shut = case.at_rest + now - case.shut, None
        if after != before and after and after not in ("handle", "close"):
            self._start(case, after, now)

    def _passes(self, case: Case) -> bool:
        """Whether the case goes on by itself from where it is: which steps do is configuration."""
        step = {"reported": "accept", "accepted": "file", "filed": "dispatch", "verified": "close"}.get(
            case.state
        )
        if step not in case.finding.automatic or case.check_in:
            return False
        if step == "dispatch":
            return self.routed(case) is not None
        return step != "close" or not self.lacks(case)

    def _automatically(self, case: Case, now: int) -> None:
        while self._passes(case):
            if case.state == "filed":
                office = self.routed(case)
                assert office is not None
                self._dispatch(case, None, office, now)
            elif case.state == "verified":
                self._do_close(case, None, {}, now)
            else:
                self._move(case, "accept" if case.state == "reported" else "file", now)

    def _dispatch(self, case: Case, who: Person | None, office: int, now: int) -> None:
        case.history.append("dispatched")
        case.office, case.extensions = office, 0
        self._enter(case, "dispatched", now)
        case.last_dispatch = len(case.clocks)
        # Staged limits all count from dispatch.
        self._start(case, "handle", now)
        for stage, _ in case.finding.stages:
            self._start(case, "handle", now, stage)
        # Co-handlers with their own tasks and clocks: each office once, never the main one.
        named = [self.nearest((name,), case.path) for name in case.finding.helpers]
        for helper in dict.fromkeys(named):
            if helper is not None and helper != office:
                task = self._open(case, "assist", who, helper)
                self._start(case, "assist", now, task=task.number)

    def _do_settle(self, case: Case, who: Person, says: Mapping[str, Any], now: int) -> None:
        case.history.append("settled")
        case.handlers.add(who.id)
        self._enter(case, "settled", now)

    def _do_check(self, case: Case, who: Person, says: Mapping[str, Any], now: int) -> None:
        # Sending for a check pauses the asker's clock until the answer.
        case.history.append("check-asked")
        task = self._open(case, "pre_check" if case.state == "accepted" else "post_check", who, role="worker")
        case.check_in = case.state
        for clock in case.running("file", "verify"):
            clock.pause(now)
        self._start(case, "check", now, task=task.number)

    def _do_answer(self, case: Case, who: Person, says: Mapping[str, Any], now: int) -> None:
        case.history.append("check-answered")
        task = self.task_meant(case, says, "pre_check", "post_check")
        assert task is not None
        self._end_task(case, task, says["result"], now)

    def _do_dispatch(self, case: Case, who: Person, says: Mapping[str, Any], now: int) -> None:
        office = says.get("office") or self.routed(case)
        assert office is not None
        self._dispatch(case, who, office, now)

    def _handled_by(self, case: Case, who: Person, office: int | None) -> None:
        case.handlers.add(who.id)
        if office is not None:
            case.offices.add(office)

    def _do_handle(self, case: Case, who: Person, says: Mapping[str, Any], now: int) -> None:
        case.history.append("handling")
        self._handled_by(case, who, case.office)
        self._enter(case, "handling", now)

    def _do_confirm(self, case: Case, who: Person, says: Mapping[str, Any], now: int) -> None:
        case.history.append("confirmed")
        self._handled_by(case, who, case.office)
        self._enter(case, "handled", now)

    def _do_assist(self, case: Case, who: Person, says: Mapping[str, Any], now: int) -> None:
        case.history.append("assisted")
        task = self.task_meant(case, says, "assist", who=who)
        assert task is not None
        self._handled_by(case, who, task.office)
        self._end_task(case, task, "done", now)

    def _do_rework(self, case: Case, who: Person, says: Mapping[str, Any], now: int) -> None:
        # "Rework goes to the same office, history kept": and the clock it had goes on.
        case.history.append("reworked")
        case.reworks += 1
        self._enter(case, "dispatched", now)
        for clock in case.clocks[case.last_dispatch :]:
            if clock.step == "handle":
                clock.go_on(now)
                self._on_newest(clock, now)

    def _do_close(self, case: Case, who: Person | None, says: Mapping[str, Any], now: int) -> None:
        case.history.append("closed")
        case.closed_as = "handled" if case.state == "verified" else "settled"
        self._enter(case, "closed", now)

    def _do_merge(self, case: Case, who: Person, says: Mapping[str, Any], now: int) -> None:
        into = self.cases[says["into"]]
        case.history.append("merged")
        into.history.append("joined")
        case.merged_into = into.id
        # Separation of duties holds for what became of the reports too.
        into.reporters |= case.reporters
        into.handlers |= case.handlers
        into.offices |= case.offices
        into.touched = now
        self._enter(case, "merged", now)

    def _do_extend(self, case: Case, who: Person, says: Mapping[str, Any], now: int) -> None:
        if who.role == "handler":
            case.history.append("extension-asked")
            self._open(case, "extend", who, role="supervisor" if case.extensions else "dispatcher")
            return
        self._extend(case, now)

    def _extend(self, case: Case, now: int) -> None:
        case.history.append("extended")
        for task in case.open_tasks("extend"):
            self._end_task(case, task, "granted", now)
        case.extensions += 1
        # One more original limit. Of a staged limit the last stage is the whole.
        last = case.finding.stages[-1][0] if case.finding.stages else ""
        for clock in case.running("handle"):
            if clock.stage in ("", last):
                clock.limits.append(clock.limits[0])
                clock.changed(now)
                self._on_newest(clock, now)

    def _do_park(self, case: Case, who: Person, says: Mapping[str, Any], now: int) -> None:
        if who.role == "handler":
            case.history.append("parking-asked")
            self._open(case, "park", who, role="dispatcher", until=says["until"])
            return
        self._park(case, says["until"], now)

    def _park(self, case: Case, until: date, now: int) -> None:
        case.history.append("parked")
        for task in case.open_tasks("park"):
            self._end_task(case, task, "granted", now)
        case.before_parking, case.parked_until = case.state, until
        case.parkings += 1
        for clock in case.running("handle", "assist"):
            clock.pause(now)
        midnight = minute_of(time_of(0).replace(year=until.year, month=until.month, day=until.day))
        case.clocks.append(Clock("park", "", None, [], now, case.days, ends_on=midnight))
        case.state = "parked"

    def _do_grant(self, case: Case, who: Person, says: Mapping[str, Any], now: int) -> None:
        task = self.task_meant(case, says, "extend", "park", "appeal")
        assert task is not None
        if task.kind == "extend":
            self._extend(case, now)
        elif task.kind == "park":
            until = says.get("until") or task.until
            assert until is not None
            self._park(case, until, now)
        else:
            # If granted the case still shows overdue and is exempt from statistics.
            case.history.append("appeal-granted")
            case.exempt = True
            self._end_task(case, task, "granted", now)

    def _do_deny(self, case: Case, who: Person, says: Mapping[str, Any], now: int) -> None:
        task = self.task_meant(case, says, "extend", "park", "appeal")
        assert task is not None
        event = {"extend": "extension-denied", "park": "parking-denied", "appeal": "appeal-denied"}[task.kind]
        case.history.append(event)
        self._end_task(case, task, "denied", now)

    def _do_resume(self, case: Case, who: Person | None, says: Mapping[str, Any], now: int) -> None:
        # "Clock paused to a chosen date … resumes by itself": the pause is over on that date, whoever comes late.
        case.history.append("resumed")
        for clock in case.running("park"):
            now = min(now, clock.due)
            clock.end(now)
        for clock in case.running("handle", "assist"):
            clock.resume(now)
            self._on_newest(clock, now)
        case.state, case.parked_until = case.before_parking, None

    def _do_appeal(self, case: Case, who: Person, says: Mapping[str, Any], now: int) -> None:
        case.history.append("appealed")
        case.appealed = True
        self._open(case, "appeal", who, role="supervisor")

    def _do_urge(self, case: Case, who: Person, says: Mapping[str, Any], now: int) -> None:
        case.history.append("urged")
        case.urges += 1
        role = {
            "settle": "worker", "accept": "acceptor", "file": "acceptor", "dispatch": "dispatcher", "verify": "acceptor",
            "close": "acceptor",
        }.get(STEPS[case.state])  # fmt: skip
        self._open(case, "urge", who, office=None if role else case.office, role=role)

    def _do_acknowledge(self, case: Case, who: Person, says: Mapping[str, Any], now: int) -> None:
        case.history.append("acknowledged")
        task = self.task_meant(case, says, "urge", who=who)
        assert task is not None
        self._end_task(case, task, "received", now)

    def _do_escalate(self, case: Case, who: Person, says: Mapping[str, Any], now: int) -> None:
        case.history.append("escalated")
        case.escalated_to = says.get("tier") or self._next_tier(case)

    def _do_regrade(self, case: Case, who: Person, says: Mapping[str, Any], now: int) -> None:
        case.history.append("regraded")
        case.severity = says["severity"]
        for clock in case.running("handle", "assist"):
            if not clock.stage:
                clock.limits = [case.finding.handle[case.severity]] * len(clock.limits)
                clock.changed(now)
                self._on_newest(clock, now)

    def _do_reopen(self, case: Case, who: Person, says: Mapping[str, Any], now: int) -> None:
        case.history.append("reopened")
        self._lapse(case, "appeal", now=now)
        case.closed_as, case.office = "", None
        self._enter(case, "filed" if case.state == "closed" else "accepted", now)

    # What time does

    def sweep(self, now: int) -> None:
        """Everything that is due by `now`, each once, in the order in which it became due."""
        while True:
            due = [
                (moment, case.id, kind, tier, clock)
                for case in self.cases.values() if case.is_open
                for clock in case.clocks
                for (kind, tier), moment in clock.waiting().items() if _is_reached(kind, moment, now)
            ]  # fmt: skip
            if not due:
                return
            moment, number, kind, tier, clock = min(
                due, key=lambda each: (each[0], each[1], each[2] == "unsettle")
            )
            case = self.cases[number]
            clock.set_off((kind, tier))
            if kind == "resume":
                self._do_resume(case, None, {}, now)
            elif kind == "unsettle":
                happened = max(
                    int(moment), case.touched
                )  # a late sweep moves no deadline; history stays in order
                self._move(case, "unsettle", happened)
                self._automatically(case, happened)
            else:
                event = {"remind": "reminded", "overdue": "overdue", "escalate": "escalated"}[kind]
                case.rung.append((event, tier, clock.step, clock.stage))
                if tier and TIERS.index(tier) > TIERS.index(case.escalated_to or "grid"):
                    case.escalated_to = tier


def _is_reached(kind: str, moment: Moment, now: int) -> bool:
    """At its very due time nothing is overdue yet."""
    return moment < now if kind in ("overdue", "escalate") else moment <= now
