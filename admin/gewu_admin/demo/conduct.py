"""How the people of the town move a case along: the main way, and every side way now and then.

Everybody acts through the ordinary use cases and is refused like on any other day; who is, comes back later or gives up.
"""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from gewu_admin.demo.agenda import Agenda
from gewu_admin.demo.sheets import make_name
from gewu_admin.demo.side_ways import SIDE_WAYS
from gewu_admin.demo.town import Town
from gewu_dsl.model import Finding
from gewu_platform.core.routing import index_offices, resolve
from gewu_platform.core.zones import to_local
from gewu_platform.service.caller import SYSTEM, Caller
from gewu_platform.service.catalogue.publishing import published_item
from gewu_platform.service.desk import case_lists, cases, task_lists
from gewu_platform.service.loop import handling
from gewu_platform.service.reports import attachments
from gewu_platform.service.views import CaseRow

FORGOTTEN = 0.015
"""How often somebody simply does not take the next step: what the ladder of escalations is for."""

TRIES = 6
"""How often somebody comes back to a case that something else still holds up."""

MERGED = 0.5
"""How often the acceptor merges a case that looks like another one."""

GRANTED = 0.8
"""How often what is asked is granted, and what was reported is found to be so."""

APPEALED = 0.6
"""How often an office appeals where it was late."""

REOPENED = 0.02
"""How often a supervisor takes a closed case up again."""

NEXT = {
    "on_site": "settle",
    "settled": "close",
    "reported": "accept",
    "accepted": "file",
    "filed": "dispatch",
    "returned": "dispatch",
    "dispatched": "handle",
    "handling": "confirm",
    "handled": "verify",
    "verified": "close",
}
"""The main way: from a state to the command that leads on. One that is parked waits for its date."""

HANDED_IN = frozenset({"settle", "handle", "close"})
"""Commands that bring what the closing asks for."""


class Conduct:
    """The people of a town at work: `follow` plans what a case waits for, and what they are asked about it."""

    def __init__(
        self, agenda: Agenda, town: Town, callers: Mapping[str, Caller], photos: Sequence[bytes]
    ) -> None:
        self.agenda = agenda
        self.callers = callers
        self.photos = photos
        self.paths = {grid.id: grid.path for grid in town.geography.grids}
        self.offices = index_offices(
            (each.id, each.department, each.code, each.area) for each in town.offices
        )
        self.handlers = {
            office: each for each in callers.values() if each.role == "handler" for office in each.offices
        }
        self.workers = {
            grid: each for each in callers.values() if each.role == "worker" for grid in each.grids
        }
        self._seen: dict[int, str] = {}
        self._shown: Counter[int] = Counter()
        self._given: dict[int, Counter[str]] = {}
        self._similar: dict[int, int] = {}

    def begin(self, case: int, similar: int | None) -> None:
        """A new case, and an open one that it looks like."""
        if similar is not None:
            self._similar[case] = similar
        self.follow(case)

    def follow(self, case: int, tries: int = 0) -> None:
        """Plan whatever the case waits for next."""
        row = case_lists.read_row(self.agenda.engine, SYSTEM, case)
        self._seen[case] = row.state
        if row.state == "closed" and row.closed_as == "handled":
            self._look_back(row)
        step = NEXT.get(row.state)
        if step is not None and not self.agenda.luck(FORGOTTEN):
            self.agenda.plan(self.agenda.now + self._delay(row), lambda: self._take(row, step, tries))

    def follow_again(self) -> None:
        """Go on with the cases that the clock moved: not settled in time, or resumed on their date."""
        for state in ("reported", "dispatched", "handling"):
            for row in cases.list_cases(self.agenda.engine, SYSTEM, state=state, limit=500):
                if self._seen.get(row.id) in ("on_site", "parked"):
                    self.follow(row.id)

    def urge(self, most: int) -> None:
        """The supervisor's morning: orders on some of what is overdue; they wake what somebody forgot.

        Nobody is given a second order on a case before the first was acknowledged.
        """
        who = self.callers["supervisor1"]
        late = cases.list_cases(self.agenda.engine, who, overdue=True, limit=100)
        ordered = {task.case.id for task in task_lists.awaited_tasks(self.agenda.engine, who, ["urge"])}
        waiting = [row for row in late if row.id not in ordered and row.state in NEXT]
        for row in self.agenda.random.sample(waiting, min(most, len(waiting))):
            holder = self._person(row, NEXT[row.state])
            if holder is not None and self._gives(
                who, row.id, "urge", {"note": "已超期，请今日内办结并反馈"}
            ):
                self._ask(row, [holder, self.callers["acceptor1"]], "acknowledge", {}, wakes=True)

    # One step

    def _take(self, row: CaseRow, step: str, tries: int) -> None:
        """The next step of a case, unless somebody else moved it meanwhile."""
        if self._seen.get(row.id) != row.state:
            return
        command, arguments = self._choose(row, step)
        person = self._person(row, command)
        if person is None:
            return
        if command in HANDED_IN:
            arguments |= {
                "evidence": self._evidence(row, person),
                "note": arguments.get("note", "已整改到位"),
            }
        if self._gives(person, row.id, command, arguments):
            self._asked(row, command)
            self.follow(row.id)
        elif tries < TRIES:
            later = self.agenda.random.randrange(60, 300)
            self.agenda.plan_in(later, lambda: self._retry(row, tries + 1))

    def _retry(self, row: CaseRow, tries: int) -> None:
        if self._seen.get(row.id) == row.state:
            self.follow(row.id, tries)

    def _choose(self, row: CaseRow, step: str) -> tuple[str, dict[str, Any]]:
        """The usual step, or one of the side ways with its reason."""
        if step == "accept" and row.id in self._similar and self.agenda.luck(MERGED):
            return "merge", {"into": self._similar[row.id], "reason": "与该案件为同一问题"}
        luck = self.agenda.random.random()
        for command, share, said in SIDE_WAYS.get(step, ()):
            luck -= share
            if luck < 0:
                return command, {**said, **self._more(row, command)}
        if step == "dispatch":
            options = cases.read_case(self.agenda.engine, self.callers["dispatcher1"], row.id).offices
            elsewhere = not any(option.routed for option in options)
            return step, {"office": self.agenda.random.choice(options).id} if elsewhere and options else {}
        return step, {}

    def _more(self, row: CaseRow, command: str) -> dict[str, Any]:
        if command == "park":
            today = to_local(self.agenda.now, self.agenda.engine.zone).date()
            return {
                "until": (today + timedelta(days=self.agenda.random.choice((3, 5, 8, 40, 90)))).isoformat()
            }
        if command == "regrade":
            return {"severity": "minor" if row.severity == "major" else "major"}
        return {}

    def _gives(self, person: Caller, case: int, command: str, arguments: Mapping[str, Any]) -> bool:
        """Whether the command was taken; anything but a refusal is a mistake of the simulation."""
        (result,) = handling.run_commands(self.agenda.engine, person, [case], command, arguments)
        problem = result.problem
        if problem is None or problem.code in ("not-allowed", "not-possible-now", "not-found"):
            return problem is None
        if [fault.where for fault in problem.errors] == ["task"]:
            return False  # two requests wait at once, and people talk about them first
        raise problem

    def _delay(self, row: CaseRow) -> timedelta:
        """Mostly well within the limit, now and then beyond it."""
        if row.state == "returned":
            return timedelta(hours=self.agenda.random.randrange(2, 96))
        if row.due_at is None or row.started_at is None:
            return timedelta(minutes=self.agenda.random.randrange(5, 240))
        share = self.agenda.random.betavariate(2, 3.2) * 1.35
        parts = 2 if row.state in ("dispatched", "handling") else 1
        return (row.due_at - row.started_at) * share / parts

    def _person(self, row: CaseRow, command: str) -> Caller | None:
        if command in ("handle", "confirm", "return", "extend", "park", "escalate"):
            return self.handlers.get(row.office) if row.office is not None else None
        if command in ("settle", "unsettle", "verify", "rework"):
            return self.workers.get(row.grid)
        return self.callers["dispatcher1" if command == "dispatch" else "acceptor1"]

    # Evidence

    def _evidence(self, row: CaseRow, person: Caller) -> list[dict[str, str]]:
        """What the closing still asks for: no picture twice, and signatures of different people."""
        closing = self._finding(row).closing
        given = self._given.setdefault(row.id, Counter())
        evidence: list[dict[str, str]] = []
        for need in closing.evidence if closing else ():
            kind = need.kind + (f":{need.by}" if need.by else "")
            signers = self._signers(row, need.by)
            for number in range(given[kind], need.count) if need.kind != "note" else ():
                name = f"{kind.replace(':', '-')}-{number + 1}.jpg"
                stored = attachments.store_evidence(
                    self.agenda.engine, person, row.id, name, self._picture(row.id)
                )
                piece = {"kind": kind, "name": name, "sha256": stored.sha256}
                evidence.append({**piece, "signer": signers[number % len(signers)]} if need.by else piece)
            given[kind] = max(given[kind], need.count)
        return evidence

    def _finding(self, row: CaseRow) -> Finding:
        with self.agenda.engine.store.transaction():
            return published_item(self.agenda.engine, row.item).item.finding(row.finding)

    def _picture(self, case: int) -> io.BytesIO:
        """The next one of a case's pictures: one proves one thing."""
        self._shown[case] += 1
        return io.BytesIO(self.photos[(case + self._shown[case]) % len(self.photos)])

    def _signers(self, row: CaseRow, by: str | None) -> list[str]:
        if by == "worker":
            town = self.paths[row.grid][1]
            others = [each.name for grid, each in self.workers.items() if self.paths[grid][1] == town]
            return sorted(others, key=lambda name: name != self.workers[row.grid].name)
        if by == "handler" and row.office in self.handlers:
            return [self.handlers[row.office].name]
        return [make_name(self.agenda.random)]

    # What somebody is asked

    def _asked(self, row: CaseRow, command: str) -> None:
        """Plan the answers that a command asks for."""
        granted = self.agenda.luck(GRANTED)
        if command == "check" and row.grid in self.workers:
            result = {"result": "yes"} if granted else {"result": "no", "note": "现场与所报不符"}
            self._ask(row, [self.workers[row.grid]], "answer", result)
        elif command in ("extend", "park"):
            deciders = [self.callers["dispatcher1"], self.callers["supervisor1"]]
            self._decide(row, deciders, granted)
        elif command == "dispatch":
            for name in self._finding(row).assisting:
                helper = resolve([name], self.paths[row.grid][::-1], self.offices)
                if helper is not None and helper.handler == name:
                    self._ask(row, [self.handlers[helper.office]], "assist", {"note": "已配合到场处理"})

    def _decide(self, row: CaseRow, people: Sequence[Caller], granted: bool) -> None:
        said = {} if granted else {"reason": "理由不充分，请按期办理"}
        self._ask(row, people, "grant" if granted else "deny", said)

    def _ask(
        self,
        row: CaseRow,
        people: Sequence[Caller],
        command: str,
        arguments: Mapping[str, Any],
        *,
        wakes: bool = False,
    ) -> None:
        """Somewhat later the first of `people` who may gives the answer; with `wakes` the case is then followed again."""

        def act() -> None:
            given = any(self._gives(person, row.id, command, arguments) for person in people)
            if given:
                state = case_lists.read_row(self.agenda.engine, SYSTEM, row.id).state
                if wakes or self._seen.get(row.id) != state:
                    self.follow(row.id)

        minutes = (
            self.agenda.random.randrange(5, 45)
            if command == "answer"
            else self.agenda.random.randrange(30, 900)
        )
        self.agenda.plan_in(minutes, act)

    def _look_back(self, row: CaseRow) -> None:
        """What may still happen to a closed case: an appeal where it was late, or taking it up again."""
        if row.late and row.office in self.handlers and self.agenda.luck(APPEALED):
            handler = self.handlers[row.office]
            self._later(row, handler, "appeal", {"reason": "因停电停工，非本机构原因"})
        elif self.agenda.luck(REOPENED):
            self._later(row, self.callers["supervisor1"], "reopen", {"reason": "群众反映问题复发"})

    def _later(self, row: CaseRow, person: Caller, command: str, arguments: Mapping[str, Any]) -> None:
        def act() -> None:
            if not self._gives(person, row.id, command, arguments):
                return
            if command == "appeal":
                self._decide(row, [self.callers["supervisor1"]], self.agenda.luck(GRANTED))
            else:
                self.follow(row.id)

        self.agenda.plan_in(self.agenda.random.randrange(60, 3000), act)
