"""A walk through the loop: steps chosen by whoever walks, done by the engine and by the reference, compared after each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, TypeVar

from loop_compare import CLASSES, differences
from loop_items import FINDINGS, SEVERITIES
from loop_town import ARRANGEMENTS, PIECES, Both
from reference_case import TIERS, Case
from reference_clock import time_of
from reference_rules import RULES

T = TypeVar("T")
Pick = Callable[[Sequence[Any]], Any]

WAITS = (
    1, 5, 10, 24, 30, 31, 60, 90, 120, 180, 240, 241, 384, 480, 600, 840, 960, 1440, 1440, 2880, 2881, 4320, 10080, 20160,
)  # fmt: skip
"""Minutes: on the edges of limits, over nights, over weekends."""
REPORTERS = ("worker1", "worker2", "worker3", "worker4", "worker5", "station1", "bureau2")
MOST_CASES = 3
LAST_VERSION = 4
"""Of the calendar."""
KINDS = (
    *["report"] * 5, *["wait"] * 10, *["wait_for_an_edge"] * 10, *["sweep"] * 10, *["add"] * 3, "publish",
    *["wild"] * 10, *["sensible"] * 51,
)  # fmt: skip
"""What may happen in a step, as often as it stands here."""
USUAL = (
    "accept", "file", "dispatch", "handle", "handle", "confirm", "confirm", "assist", "assist", "verify", "close",
    "settle", "answer", "grant", "rework", "appeal", "extend", "park", "resume", "reopen",
)  # fmt: skip
"""What leads somewhere, and so is tried more often."""


@dataclass
class Tally:
    """What a run has seen."""

    steps: int = 0
    reports: int = 0
    sweeps: int = 0
    published: int = 0
    added: int = 0
    accepted: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    states: Counter[str] = field(default_factory=Counter)
    events: Counter[str] = field(default_factory=Counter)

    def told(self) -> str:
        return "\n".join((
            f"{self.steps} steps, {self.reports} reports, {self.sweeps} sweeps, {self.published} calendars published, {self.added} added",
            f"accepted {self.accepted.total()}: {dict(self.accepted.most_common())}",
            f"refused {self.refused.total()}: {dict(self.refused.most_common())}",
            f"timers {dict(self.events)}",
            f"states {dict(self.states.most_common())}",
        ))  # fmt: skip


@dataclass
class Walk:
    both: Both
    tally: Tally

    def step(self, pick: Pick) -> None:
        getattr(self, pick(KINDS))(pick)

    def report(self, pick: Pick) -> None:
        if len(self.both.town.cases) == MOST_CASES:
            return
        by = pick(REPORTERS)
        grids = [name for name, id in self.both.grids.items() if id in self.both.persons[by].grids]
        self.both.report(pick(sorted(FINDINGS)), pick((10, 200, 400)), by, pick(grids or ["g1"]))
        self.tally.reports += 1

    def add(self, pick: Pick) -> None:
        case = self._case(pick)
        if case is None:
            return
        by = pick([name for name in REPORTERS if case.grid in self.both.persons[name].grids] or ["worker4"])
        finding = pick((case.finding.name, case.finding.name, case.finding.name, "silt"))
        state = case.state
        taken, problem = self.both.add(case.id, finding, by)
        assert taken == (problem is None), (
            f"add {finding} to {case.finding.name} in {state}: {taken}, {problem}"
        )
        self.tally.added += taken

    def wait(self, pick: Pick) -> None:
        self.both.at(self.both.now + pick(WAITS))

    def wait_for_an_edge(self, pick: Pick) -> None:
        """To where something happens, or the minute after it."""
        moments = sorted(
            {
                int(moment)
                for case in self.both.town.cases.values() if case.is_open
                for clock in case.clocks
                for moment in clock.waiting().values() if moment >= self.both.now
            }
        )  # fmt: skip
        if moments:
            self.both.at(pick(moments) + pick((0, 1)))

    def sweep(self, _: Pick) -> None:
        before = {number: len(case.rung) for number, case in self.both.town.cases.items()}
        self.both.sweep()
        self.tally.sweeps += 1
        for number, case in self.both.town.cases.items():
            self.tally.events.update(event for event, *_ in case.rung[before[number] :])

    def publish(self, pick: Pick) -> None:
        if self.both.town.days.version < LAST_VERSION:
            self.both.publish(pick(ARRANGEMENTS))
            self.tally.published += 1

    def sensible(self, pick: Pick) -> None:
        """A command that the reference allows to somebody, if there is one."""
        case = self._case(pick)
        if case is None:
            return
        names = [name for name, rule in RULES.items() if case.state in rule.states]
        names += [name for name in USUAL if name in names] * 3
        names += ["grant", "grant", "deny"] * 5 if case.open_tasks("extend", "park", "appeal") else []
        for _ in range(3):
            name = pick(names or sorted(RULES))
            says = self._right(case, name, pick)
            may = [who for who in sorted(self.both.persons) if not self._refusals(case, who, name, says)]
            if may:
                break
        self._give(case, name, pick(may or sorted(self.both.persons)), says)

    def _refusals(self, case: Case, who: str, name: str, says: dict[str, Any]) -> set[str]:
        return self.both.town.refusals(case, self.both.persons[who], name, says, self.both.now)

    def wild(self, pick: Pick) -> None:
        """Any command by anybody, with arguments right or wrong."""
        case = self._case(pick)
        if case is None:
            return
        name = pick(sorted(RULES))
        says = self._right(case, name, pick)
        if says and pick((True, False)):
            key = pick(sorted(says))
            wrong: Any = pick(_WRONG.get(key, ("",)))
            says = {**says, key: wrong} if wrong is not None else {k: v for k, v in says.items() if k != key}
        self._give(case, name, pick(sorted(self.both.persons)), says)

    def _case(self, pick: Pick) -> Case | None:
        cases = list(self.both.town.cases.values())
        return pick(cases + [each for each in cases if each.is_open] * 2) if cases else None

    def _right(self, case: Case, name: str, pick: Pick) -> dict[str, Any]:
        """Arguments as somebody in good faith would give them."""
        says: dict[str, Any] = {"reason": "原因"} if "reason" in RULES[name].says else {}
        today = time_of(self.both.now).date()
        if name in ("settle", "handle", "confirm", "close"):
            says["evidence"] = pick(((), PIECES[:1], PIECES[:2], PIECES, PIECES))
        elif name == "answer":
            says = {"result": pick(("yes", "no")), "note": "看过"}
        elif name in ("assist", "urge"):
            says["note"] = "说明"
        elif name == "unsettle":
            says["reason"] = "没有整改"
        elif name == "dispatch" and pick((False, False, True)):
            on_path = [id for (_, area), id in self.both.town.offices.items() if area in case.path]
            says["office"] = pick(sorted(on_path))
        elif name in ("park", "grant") and (name == "park" or pick((False, False, True))):
            says["until"] = today + timedelta(days=pick((1, 2, 9, 30, 365)))
        elif name == "escalate" and pick((False, True)):
            says["tier"] = pick(TIERS[1:])
        elif name == "merge":
            says["into"] = pick(sorted(self.both.town.cases))
        elif name == "regrade":
            says["severity"] = pick(SEVERITIES)
        if name in ("assist", "grant", "deny", "acknowledge", "answer") and pick((False, True)):
            says["task"] = pick(range(1, len(case.tasks) + 1)) if case.tasks else 1
        return says

    def _give(self, case: Case, name: str, by: str, says: dict[str, Any]) -> None:
        state = case.state
        against, problem = self.both.command(case.id, name, by, **says)
        told = f"{name} by {by} in {state} with {says}"
        if problem is None:
            assert not against, f"{told}: the engine did it, the reference refuses: {against}"
            self.tally.accepted[name] += 1
        else:
            why = f"{problem.code}: {problem} {problem.errors}"
            assert against, f"{told}: the engine refuses ({why}), the reference does it"
            assert against & CLASSES[problem.code], f"{told}: the engine says {why}, the reference {against}"
            self.tally.refused[name] += 1

    def compare(self) -> None:
        self.tally.steps += 1
        self.tally.states.update(case.state for case in self.both.town.cases.values())
        found = differences(self.both)
        assert not found, "\n".join([f"at {time_of(self.both.now)}", *found])


_WRONG: dict[str, tuple[Any, ...]] = {
    "reason": ("", "   ", None),
    "note": ("", None),
    "office": (99999,),
    "result": ("maybe", None),
    "until": (None,),
    "tier": ("moon",),
    "into": (99999, None),
    "severity": ("awful", None),
    "task": (99,),
    "evidence": ((),),
}
"""None: not said at all."""
