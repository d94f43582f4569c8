"""Who may do what to a case, and when: the reference's own table and the sentence each rule comes from. No effects here.

`refusals` gives every class of reason against a command: `who`, `state`, `body`, `evidence`; none means that it may be done.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from loop_items import SEVERITIES
from reference_case import FINAL, HANDLING, STEPS, TIERS, Case, Person, Task
from reference_clock import Days, time_of

DECIDERS = ("dispatcher", "supervisor")
OPEN = frozenset(STEPS)
DISPATCHED = frozenset({"dispatched", "handling"})
AT_DISPATCHER = frozenset({"filed", "returned"})


@dataclass(frozen=True)
class Rule:
    """Who may (roles), when (states), tied by what, apart from whom, and what has to be said."""

    roles: tuple[str, ...]
    states: frozenset[str]
    tie: str = ""
    apart: str = ""
    says: tuple[str, ...] = ()


def _states(text: str) -> frozenset[str]:
    return frozenset(text.split())


RULES: Mapping[str, Rule] = {
    # A worker visits, reports, settles on the spot (which is audited before it is closed), verifies results.
    "settle": Rule(("worker",), _states("on_site"), tie="grid"),
    "unsettle": Rule(("worker", "acceptor"), _states("on_site settled")),
    # An acceptor accepts or refuses reports of a tier's centre, files the case, closes it.
    "accept": Rule(("acceptor",), _states("reported")),
    "refuse": Rule(("acceptor",), _states("reported"), says=("reason",)),
    "file": Rule(("acceptor",), _states("accepted")),
    # 核实 before filing and 核查 after handling, as tasks: pre_check, post_check.
    "check": Rule(("acceptor",), _states("accepted handled verified"), apart="handled"),
    "answer": Rule(("worker",), OPEN, tie="grid", says=("result",)),
    # A dispatcher dispatches, re-dispatches, decides extensions, parking and returns.
    "dispatch": Rule(("dispatcher",), AT_DISPATCHER),
    # A return needs a reason and never advances the case.
    "return": Rule(("handler",), DISPATCHED, tie="office", says=("reason",)),
    # Who reports cannot handle.
    "handle": Rule(("handler",), DISPATCHED, tie="office", apart="reporter"),
    "confirm": Rule(("handler",), _states("handling"), tie="office", apart="reporter"),
    "assist": Rule(("handler",), HANDLING, tie="task", apart="reporter", says=("note",)),
    # The person or office that handled never verifies or closes.
    "verify": Rule(("worker", "acceptor"), _states("handled"), tie="grid", apart="handled"),
    "rework": Rule(("worker", "acceptor"), _states("handled verified"), tie="grid", apart="handled", says=("reason",)),
    "close": Rule(("acceptor",), _states("verified settled"), apart="handled"),
    "inform": Rule(("acceptor",), _states("accepted filed returned"), apart="handled", says=("reason",)),
    "void": Rule(("acceptor",), _states("accepted filed returned") | HANDLING, apart="handled", says=("reason",)),
    "merge": Rule(
        ("acceptor",), _states("reported accepted filed returned dispatched"), apart="handled", says=("reason", "into")
    ),
    "extend": Rule(("handler", *DECIDERS), DISPATCHED, tie="office", apart="handled by deciders", says=("reason",)),
    "park": Rule(("handler", *DECIDERS), DISPATCHED, tie="office", apart="handled by deciders", says=("reason", "until")),
    "grant": Rule(DECIDERS, DISPATCHED | {"closed"}, apart="handled"),
    "deny": Rule(DECIDERS, DISPATCHED | {"closed"}, apart="handled", says=("reason",)),
    "resume": Rule(("handler", *DECIDERS), _states("parked"), tie="office"),
    "appeal": Rule(("handler",), _states("closed"), tie="office", says=("reason",)),
    # A supervisor sees every clock, urges; whoever has the case acknowledges the order.
    "urge": Rule(("supervisor",), OPEN, says=("note",)),
    "acknowledge": Rule(("worker", "acceptor", "dispatcher", "handler"), OPEN, tie="task"),
    "escalate": Rule(
        ("handler", "acceptor", *DECIDERS), OPEN - {"on_site", "settled"}, tie="office", says=("reason",)
    ),
    "regrade": Rule(
        ("acceptor", "dispatcher"), _states("accepted") | AT_DISPATCHER | DISPATCHED, apart="handled",
        says=("reason", "severity"),
    ),
    "reopen": Rule(("acceptor", "supervisor"), FINAL - {"merged"}, apart="handled", says=("reason",)),
}  # fmt: skip


_NOTHING: Mapping[str, Any] = {}


@dataclass
class Rules:
    """What rules are told against: areas from the root down to each grid, offices by name and area, calendars, and all cases."""

    paths: Mapping[int, tuple[int, ...]]
    offices: Mapping[tuple[str, int], int]
    days: Days
    cases: dict[int, Case] = field(default_factory=dict)

    def nearest(self, names: Sequence[str], path: Sequence[int], besides: Collection[int] = ()) -> int | None:
        """The fire station of this town is found by walking up the tree; `A else B` is B where A has none."""
        for name in names:
            for area in reversed(path):
                found = self.offices.get((name, area))
                if found is not None and found not in besides:
                    return found
        return None

    def routed(self, case: Case) -> int | None:
        """The office that the rules send it to; where there is none of those, the territory handles it (属地)."""
        return self.nearest((*case.finding.route[case.severity], "community"), case.path, case.returned_by)

    def sees(self, who: Person, case: Case) -> bool:
        if who.role == "handler":
            helping = {task.office for task in case.tasks if task.kind == "assist"}
            return bool(who.offices & ({case.office, self.supervising(case)} | helping))
        return case.grid in who.grids

    def supervising(self, case: Case) -> int | None:
        return self.nearest((case.finding.under,), case.path) if case.finding.under else None

    def refusals(self, case: Case, who: Person, name: str, says: Mapping[str, Any], now: int) -> set[str]:
        """Every class of reason against it: `who`, `state`, `body`."""
        rule, against = RULES[name], set()
        if (
            who.role not in rule.roles
            or not self._tied(case, who, name, rule, says)
            or not self.sees(who, case)
        ):
            against.add("who")
        if rule.apart == "handled" or (rule.apart == "handled by deciders" and who.role in DECIDERS):
            # Separation of duties: the person or office that handled never verifies or closes.
            if who.id in case.handlers or who.offices & case.offices:
                against.add("who")
        elif rule.apart == "reporter" and who.id in case.reporters:
            against.add("who")
        if case.state not in rule.states:
            against.add("state")
        against |= {"body" for need in rule.says if not str(says.get(need) or "").strip()}
        special: Callable[..., set[str]] | None = getattr(self, f"_against_{name}", None)
        return against | (special(case, who, says, now) if special else set())

    def _tied(self, case: Case, who: Person, name: str, rule: Rule, says: Mapping[str, Any]) -> bool:
        if rule.tie == "task":
            meant = case.open_tasks("assist" if name == "assist" else "urge")
            if says.get("task"):
                meant = [task for task in meant if task.number == says["task"]]
            return not meant or any(self._addressed(case, task, who) for task in meant)
        if rule.tie == "office" and who.role == "handler":
            return case.office in who.offices
        return True

    def _addressed(self, case: Case, task: Task, who: Person) -> bool:
        if task.office is not None:
            return who.role == "handler" and task.office in who.offices
        return who.role == task.role and case.grid in who.grids

    def task_meant(
        self, case: Case, says: Mapping[str, Any], *kinds: str, who: Person | None = None
    ) -> Task | None:
        """The task that is meant: the one named, else the only open one that fits."""
        found = case.open_tasks(*kinds)
        if says.get("task"):
            return next((task for task in found if task.number == says["task"]), None)
        if who is not None and len(found) > 1:
            found = [task for task in found if self._addressed(case, task, who)]
        return found[0] if len(found) == 1 else None

    def _against_settle(self, case: Case, who: Person, says: Mapping[str, Any], now: int) -> set[str]:
        return self.lacks(case, says)

    def _against_unsettle(self, case: Case, who: Person, says: Mapping[str, Any], now: int) -> set[str]:
        # Settled on the spot, then "(audited)": the worker gives up before, the acceptor sends back after, with a reason.
        if case.state == "on_site":
            return set() if who.role == "worker" else {"who", "state"}
        if who.role != "acceptor":
            return {"who", "state"}
        against = {"body"} if not says.get("reason") else set()
        return against | ({"who"} if who.id in case.handlers or who.offices & case.offices else set())

    def _against_close(self, case: Case, who: Person, says: Mapping[str, Any], now: int) -> set[str]:
        # Three signatures on a rectification notice is a real rule: evidence is checked at close.
        return self.lacks(case, says) | self._checking(case)

    def _checking(self, case: Case) -> set[str]:
        """Nothing goes on from where a check was asked for until its answer."""
        return {"state"} if case.open_tasks("pre_check", "post_check") else set()

    def lacks(self, case: Case, says: Mapping[str, Any] = _NOTHING) -> set[str]:
        have = case.evidence | set(says.get("evidence", ()))
        short = any(sum(kind == each for each, _ in have) < n for kind, n in case.finding.needs.items())
        return {"evidence"} if short else set()

    def _against_file(self, case: Case, who: Person, says: Mapping[str, Any], now: int) -> set[str]:
        return self._checking(case)

    _against_check = _against_verify = _against_file

    def _against_answer(self, case: Case, who: Person, says: Mapping[str, Any], now: int) -> set[str]:
        against = set() if says.get("result") in ("yes", "no") else {"body"}
        task = self.task_meant(case, says, "pre_check", "post_check")
        if task is None:
            return against | {"state"}
        if says.get("result") == "no" and not says.get("note"):
            against.add("body")
        if task.kind == "post_check" and (who.id in case.handlers or who.offices & case.offices):
            against.add("who")
        return against

    def _against_dispatch(self, case: Case, who: Person, says: Mapping[str, Any], now: int) -> set[str]:
        if says.get("office"):
            return set() if says["office"] in self.offices.values() else {"body"}
        return {"body", "state"} if self.routed(case) is None else set()

    def _against_confirm(self, case: Case, who: Person, says: Mapping[str, Any], now: int) -> set[str]:
        return {"state"} if case.open_tasks("assist") else set()

    def _against_assist(self, case: Case, who: Person, says: Mapping[str, Any], now: int) -> set[str]:
        return set() if self.task_meant(case, says, "assist", who=who) else {"state"}

    def _against_acknowledge(self, case: Case, who: Person, says: Mapping[str, Any], now: int) -> set[str]:
        return set() if self.task_meant(case, says, "urge", who=who) else {"state"}

    def _against_merge(self, case: Case, who: Person, says: Mapping[str, Any], now: int) -> set[str]:
        into = self.cases.get(says.get("into", 0))
        if into is None or into is case or not self.sees(who, into):
            return {"body", "who"}
        return set() if into.is_open else {"state", "body"}

    def _overdue(self, case: Case, now: int) -> bool:
        clock = case.main_clock()
        return clock is not None and clock.runs and now > clock.due

    def _against_extend(self, case: Case, who: Person, says: Mapping[str, Any], now: int) -> set[str]:
        # One more original limit on the current deadline, at most twice, never once overdue; the second needs the supervisor.
        against = set()
        if self._overdue(case, now) or case.extensions >= 2:
            against.add("state")
        if who.role == "dispatcher" and case.extensions == 1:
            against |= {"who", "state"}
        if who.role == "handler" and case.open_tasks("extend"):
            against.add("state")
        return against

    def _against_park(self, case: Case, who: Person, says: Mapping[str, Any], now: int) -> set[str]:
        # Parking: clock paused to a chosen date, at most a year, once.
        against = {"state"} if case.parkings else set()
        if who.role == "handler" and case.open_tasks("park"):
            against.add("state")
        return against | self._wrong_date(says.get("until"), now)

    def _wrong_date(self, until: date | None, now: int) -> set[str]:
        today = time_of(now).date()
        if until is None:
            return {"body"}
        return set() if today < until <= today.replace(year=today.year + 1) else {"body"}

    def _against_grant(self, case: Case, who: Person, says: Mapping[str, Any], now: int) -> set[str]:
        task = self.task_meant(case, says, "extend", "park", "appeal")
        against = self._decider(case, who, task)
        if task is None:
            return against | {"state"}
        if task.kind == "extend" and (self._overdue(case, now) or case.extensions >= 2):
            against.add("state")
        if task.kind == "park":
            against |= self._wrong_date(says.get("until") or task.until, now)
            against |= {"state"} if case.parkings else set()
        return against

    def _decider(self, case: Case, who: Person, task: Task | None) -> set[str]:
        """Of a second extension and of an appeal: the supervisor."""
        second = task is not None and task.kind == "extend" and case.extensions == 1
        if who.role != "supervisor" and (second or case.state == "closed"):
            return {"who", "state"}
        return set()

    def _against_deny(self, case: Case, who: Person, says: Mapping[str, Any], now: int) -> set[str]:
        task = self.task_meant(case, says, "extend", "park", "appeal")
        return self._decider(case, who, task) | ({"state"} if task is None else set())

    def _against_appeal(self, case: Case, who: Person, says: Mapping[str, Any], now: int) -> set[str]:
        # Appeal: only the handling office, only a closed overdue case, once.
        return set() if case.closed_as == "handled" and case.late and not case.appealed else {"state"}

    def _against_escalate(self, case: Case, who: Person, says: Mapping[str, Any], now: int) -> set[str]:
        # Escalation walks tiers village → town → county (→ city).
        tier = says.get("tier") or self._next_tier(case)
        if tier not in TIERS[1:]:
            return {"body", "state"}
        above = TIERS.index(tier) > TIERS.index(case.escalated_to or "grid")
        return set() if above else {"body", "state"}

    def _next_tier(self, case: Case) -> str:
        if not case.escalated_to:
            return "town"
        return (*TIERS, "")[TIERS.index(case.escalated_to) + 1]

    def _against_regrade(self, case: Case, who: Person, says: Mapping[str, Any], now: int) -> set[str]:
        severity = says.get("severity")
        return set() if severity in SEVERITIES and severity != case.severity else {"body", "state"}
