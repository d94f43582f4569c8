"""Random histories of cases in the loop town, by the engine alone: whoever may do something does it, and time passes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random
from typing import Any
from uuid import UUID

from loop_help import upload
from loop_town import PIECES, as_evidence
from sample_town import Clock, middle_of

from gewu_platform.core.lifecycle import State, possible
from gewu_platform.core.zones import to_local
from gewu_platform.service.caller import SYSTEM, Caller
from gewu_platform.service.engine import Engine
from gewu_platform.service.loop import handling
from gewu_platform.service.loop.acting import actor_of, situation_of
from gewu_platform.service.loop.case_files import load_case
from gewu_platform.service.problems import Problem
from gewu_platform.service.reports import reporting
from gewu_platform.service.timing import sweeping
from gewu_platform.service.town import organisation, people

FINDINGS = ("silt", "silt", "waste", "dump", "dump", "outlet", "flood", "notice")
ROLES = ("worker", "acceptor", "dispatcher", "handler", "supervisor")
SIDEWAYS = frozenset({"void", "refuse", "merge", "inform", "escalate", "urge", "return"})
"""Commands that end a case early or only make noise: given more seldom."""


@dataclass
class Wanderer:
    """Somebody who lets `chance` decide what happens next."""

    engine: Engine
    clock: Clock
    chance: Random
    cases: list[int] = field(default_factory=list)
    given: Counter[str] = field(default_factory=Counter)
    findings: Sequence[str] = FINDINGS
    sent: int = 0
    """Forms sent, and so the number of the next one: it has to differ from those of other wanderers in the same town."""

    def __post_init__(self) -> None:
        users = people.list_users(self.engine, SYSTEM)
        callers = [people.caller_named(self.engine, user.name) for user in users if user.role in ROLES]
        self.callers: Sequence[Caller] = callers
        self.reporters = [caller for caller in callers if caller.role == "worker" and caller.grids]
        self.grids = {area.id: area.code for area in organisation.list_areas(self.engine, SYSTEM)}

    def walk(self, steps: int) -> None:
        while not self.cases:
            self.report()
        for _ in range(steps):
            turn = self.chance.random()
            if turn < 0.08 and len(self.cases) < 4:
                self.report()
            elif turn < 0.25:
                self.clock.advance(
                    minutes=self.chance.choice((1, 7, 29, 31, 90, 240, 600, 1440, 4320, 20000))
                )
            elif turn < 0.35:
                sweeping.sweep(self.engine)
            else:
                self.command()

    def report(self) -> None:
        self.sent += 1
        by = self.chance.choice(self.reporters)
        grid = self.grids[self.chance.choice(sorted(by.grids))]
        uuid, (lon, lat) = str(UUID(int=self.sent)), middle_of(grid)
        upload(self.engine, by, uuid, ["a.jpg"])
        answers = {
            "finding": [self.chance.choice(self.findings)],
            "size": self.chance.choice((10, 200, 400)),
            "shot": ["a.jpg"],
        }
        body: dict[str, Any] = {
            "item": "river.bank",
            "answers": answers,
            "location": {"lon": lon, "lat": lat},
        }
        if self.cases and self.chance.random() < 0.4:
            body["add_to"] = {answers["finding"][0]: self.chance.choice(self.cases)}
        try:
            receipt, _ = reporting.submit_report(self.engine, by, uuid, body)
        except Problem:
            return
        self.cases += [line.id for line in receipt.cases if line.id not in self.cases]

    def command(self) -> None:
        """Something that somebody may do to some case, most often what leads on."""
        case = self.chance.choice(self.cases)
        with self.engine.store.transaction():
            held = load_case(self.engine, case)
            situation = situation_of(self.engine, held, self.clock())
        may = [
            (name, caller)
            for caller in self.callers
            for name, refusal in possible(held.state, actor_of(caller), situation).items()
            if refusal is None and (name not in SIDEWAYS or self.chance.random() < 0.1)
        ]
        if not may:
            return
        name = self.chance.choice(sorted({name for name, _ in may}))
        caller = self.chance.choice([each for known, each in may if known == name])
        try:
            handling.run_command(self.engine, caller, case, name, self._arguments(name, held.state, case))
        except Problem:
            return
        self.given[name] += 1

    def _arguments(self, name: str, state: State, case: int) -> dict[str, Any]:
        says: dict[str, Any] = {}
        if name in _REASONED:
            says["reason"] = "原因"
        if name in ("assist", "urge", "answer"):
            says["note"] = "说明"
        if name in ("settle", "handle", "confirm", "close"):
            says["evidence"] = [as_evidence(piece) for piece in PIECES]
        if name == "answer":
            says["result"] = self.chance.choice(("yes", "no"))
        if name == "park":
            day = to_local(self.clock(), self.engine.zone).date() + timedelta(
                days=self.chance.choice((1, 3, 30))
            )
            says["until"] = day.isoformat()
        if name == "merge":
            says["into"] = self.chance.choice([each for each in self.cases if each != case] or [case])
        if name == "regrade":
            says["severity"] = self.chance.choice(("minor", "major", "critical"))
        return says


_REASONED = frozenset({
    "refuse", "return", "rework", "inform", "void", "merge", "extend", "park", "deny", "appeal", "escalate", "regrade",
    "reopen", "unsettle",
})  # fmt: skip
