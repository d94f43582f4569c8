"""Separation of duties, whole: every role × every state × every command × who the person was before, through the service.

What is possible is read from the case's page for every combination; commands are given for real wherever they may be, and in a sample
of the places where they may not. What is expected comes from `reference_rules` alone.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from conftest import CHEAP
from loop_compare import CLASSES
from loop_town import PIECES, Both, arguments_of, build_loop_town, loop_catalogue
from reference_case import Case, Person
from reference_clock import minute_of
from reference_rules import RULES
from sample_town import Clock

from gewu_platform.records.store import Store
from gewu_platform.service.caller import Caller
from gewu_platform.service.desk import cases
from gewu_platform.service.engine import Engine
from gewu_platform.service.loop import handling
from gewu_platform.service.problems import Problem

SPRING = minute_of(datetime(2026, 4, 7, 9, 0))
MONDAY = minute_of(datetime(2026, 5, 11, 9, 0))
ROLES = ("worker", "handler", "acceptor", "dispatcher", "supervisor", "roster")
PEOPLE = {
    # who they were in the case: whom they are, and whose offices they work in now
    "reporter": ("worker1", "worker1"),
    "reporter, in the office now": ("worker1", "bureau1"),
    "handled it": ("bureau1", "bureau1"),
    "handled it, elsewhere now": ("bureau1", "auditor1"),
    "same office": ("bureau2", "bureau2"),
    "helped": ("station1", "station1"),
    "same helping office": ("station2", "station2"),
    "settled it": ("worker2", "worker2"),
    "stranger": ("auditor1", "auditor1"),
}

Step = tuple[str, str, dict[str, Any]]
WHY = {"reason": "原因"}
UNTIL = {**WHY, "until": date(2026, 6, 1)}
URGE: Step = ("supervisor1", "urge", {"note": "快办"})
WAIT: Step = ("", "wait", {})
WAY: tuple[Step, ...] = (
    ("acceptor1", "accept", {}),
    ("acceptor1", "file", {}),
    ("dispatcher1", "dispatch", {}),
    ("bureau1", "handle", {}),
    ("station1", "assist", {"note": "到场", "task": 1}),
    ("handler3", "assist", {"note": "到场", "task": 2}),
    ("bureau1", "confirm", {"evidence": PIECES}),
    ("worker2", "verify", {}),
    ("acceptor1", "close", {}),
)
SETTLED: Step = ("worker2", "settle", {"evidence": PIECES})

STATES: dict[str, tuple[str, tuple[Step, ...]]] = {
    # those that take long begin earlier, and come first
    "closed late": ("dump", (*WAY[:6], WAIT, *WAY[6:])),
    "closed late, appealed": ("dump", (*WAY[:6], WAIT, *WAY[6:], ("bureau1", "appeal", WHY))),
    "on site": ("waste", ()),
    "settled": ("waste", (SETTLED,)),
    "closed, settled": ("waste", (SETTLED, ("acceptor1", "close", {}))),
    "reported": ("dump", WAY[:0]),
    "refused": ("dump", (("acceptor1", "refuse", WHY),)),
    "accepted": ("dump", WAY[:1]),
    "accepted, checked": ("dump", (*WAY[:1], ("acceptor1", "check", {}))),
    "filed": ("dump", WAY[:2]),
    "filed, urged": ("dump", (*WAY[:2], URGE)),
    "closed, informed": ("dump", (*WAY[:2], ("acceptor1", "inform", WHY))),
    "dispatched": ("dump", WAY[:3]),
    "dispatched, urged": ("dump", (*WAY[:3], URGE)),
    "handling": ("dump", WAY[:4]),
    "handling, helped": ("dump", WAY[:6]),
    "handling, asked for time": ("dump", (*WAY[:6], ("bureau1", "extend", WHY))),
    "handling, asked for more time": (
        "dump",
        (*WAY[:6], ("dispatcher1", "extend", WHY), ("bureau1", "extend", WHY)),
    ),
    "handling, asked to park": ("dump", (*WAY[:6], ("bureau1", "park", UNTIL))),
    "parked": ("dump", (*WAY[:5], ("supervisor1", "park", UNTIL))),
    "returned": ("dump", (*WAY[:6], ("bureau2", "return", WHY))),
    "void": ("dump", (*WAY[:6], ("acceptor1", "void", WHY))),
    "handled": ("dump", WAY[:7]),
    "handled, checked": ("dump", (*WAY[:7], ("acceptor1", "check", {}))),
    "verified": ("dump", WAY[:8]),
    "verified, checked": ("dump", (*WAY[:8], ("acceptor1", "check", {}))),
    "closed": ("dump", WAY),
    "merged": ("dump", (*WAY[:3], ("acceptor1", "merge", {**WHY, "into": 1}))),
}
ARGUMENTS: dict[str, dict[str, Any]] = {
    "unsettle": WHY,
    "answer": {"result": "yes"},
    "assist": {"note": "到场"},
    "urge": {"note": "快办"},
    "merge": {**WHY, "into": 1},
    "park": UNTIL,
    "extend": WHY,
    "regrade": {**WHY, "severity": "critical"},
    "settle": {"evidence": PIECES},
    "close": {"evidence": PIECES},
}
"""What each command is given, so that only who and when can be against it."""


def says_for(name: str) -> dict[str, Any]:
    return ARGUMENTS.get(name) or (WHY if "reason" in RULES[name].says else {})


@dataclass(frozen=True)
class Who:
    """Somebody as the engine and as the reference knows them, with the role and the offices they have now."""

    caller: Caller
    person: Person


@dataclass
class Matrix:
    both: Both
    cases: dict[str, Case]
    people: dict[tuple[str, str], Who]

    def combinations(self) -> Iterator[tuple[str, Case, tuple[str, str], Who]]:
        for label, case in self.cases.items():
            for key, who in self.people.items():
                yield label, case, key, who

    def may(self, case: Case, who: Who, name: str) -> bool:
        return not self.both.town.refusals(case, who.person, name, says_for(name), self.both.now)


@pytest.fixture(scope="module")
def matrix(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Matrix]:
    """A case in every state, each after a history with the same people in it."""
    folder = tmp_path_factory.mktemp("matrix")
    store, clock = Store(f"sqlite:///{folder / 'town.db'}"), Clock()
    store.migrate()
    engine = Engine(store, loop_catalogue(), folder, clock, ZoneInfo("Asia/Shanghai"), "zh", CHEAP)
    build_loop_town(engine)
    both = Both(engine, clock, SPRING)
    both.report("silt", 10, "worker4", "g1")  # to merge into
    found = {}
    for label, (finding, steps) in STATES.items():
        both.at(SPRING if WAIT in steps else MONDAY)
        case = found[label] = both.report(finding, 10, "worker1", "g1")
        for by, name, says in steps:
            if name == "wait":
                both.at(MONDAY)
            else:
                against, problem = both.command(case.id, name, by, **says)
                assert (against, problem) == (set(), None), (label, name)
    yield Matrix(both, found, everybody(both))
    store.close()


def everybody(both: Both) -> dict[tuple[str, str], Who]:
    found = {}
    for relation, (name, offices_of) in PEOPLE.items():
        for role in ROLES:
            over = role not in ("worker", "handler")
            caller = replace(
                both.callers[name], role=role, offices=both.callers[offices_of].offices,
                areas=both.callers["acceptor1"].areas if over else frozenset(),
                grids=frozenset(both.grids.values()) if role == "worker" else frozenset(),
            )  # fmt: skip
            found[relation, role] = Who(caller, both.person(caller))
    return found


def test_a_case_s_page_offers_each_person_exactly_what_they_may_do(matrix: Matrix) -> None:
    wrong = []
    for label, case, key, who in matrix.combinations():
        offered = _offered(matrix.both.engine, case, who)
        for name in RULES:
            if (name in offered) != matrix.may(case, who, name):
                wrong.append(f"{name} in {label} by {key}: {'offered' if name in offered else 'not offered'}")
    assert not wrong, f"{len(wrong)} differ:\n" + "\n".join(wrong[:40])


def _offered(engine: Engine, case: Case, who: Who) -> set[str]:
    try:
        view = cases.read_case(engine, who.caller, case.id)
    except Problem as problem:
        if problem.code in ("not-found", "not-allowed"):
            return set()
        raise
    return {each.command for each in view.commands if each.refusal is None}


class _TakenBack(Exception):
    """Raised to leave everything as it was."""


def test_who_may_does_and_who_may_not_is_refused_for_the_reason_there_is(matrix: Matrix) -> None:
    """One person of each role for every command in every state, and a sample of those who may not."""
    tried: dict[tuple[str, str, str], tuple[Case, Who, str]] = {}
    refused = []
    for label, case, (_, role), who in matrix.combinations():
        for name in RULES:
            if matrix.may(case, who, name):
                tried.setdefault((name, label, role), (case, who, name))
            else:
                refused.append((case, who, name))
    assert {name for name, _, _ in tried} == set(RULES)
    for case, who, name in [*tried.values(), *random.Random(7).sample(refused, 500)]:
        against = matrix.both.town.refusals(case, who.person, name, says_for(name), matrix.both.now)
        problem = _try(matrix.both.engine, case, who, name)
        told = f"{name} in {case.state} by {who.person}: {problem}, reference {against}"
        assert (problem is None) == (not against), told
        assert problem is None or CLASSES[problem.code] & against, told


def _try(engine: Engine, case: Case, who: Who, name: str) -> Problem | None:
    """Give the command for real, and take it back if it was done."""
    problem = None
    try:
        with engine.store.transaction(write=True):
            (result,) = handling.run_commands(
                engine, who.caller, [case.id], name, arguments_of(says_for(name))
            )
            problem = result.problem
            raise _TakenBack
    except _TakenBack:
        return problem
    except Problem as found:
        return found
