"""What is said of random programs, held against every way of filling in their forms."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from counterexamples import item_of, reproduces
from tables_dsl import all_sheets, random_program

from gewu_dsl import model
from gewu_dsl.answers import decide_answers
from gewu_dsl.check.meaning import Meaning
from gewu_dsl.compiler import compile_text
from gewu_dsl.decision import DecidedFinding, Decision
from gewu_dsl.diagnostics import Diagnostic
from gewu_dsl.parse import parse
from gewu_dsl.resolve import resolve
from gewu_dsl.rules import Rules, compile_rules

PROGRAMS = 60
MANY = 2_000


class Reports:
    """Everything that can be decided about one item."""

    def __init__(self, item: model.Item) -> None:
        rules: Rules = compile_rules(item)
        self.decisions: list[Decision] = []
        self.answered: set[str] = set()
        for sheet in all_sheets(item):
            decision = decide_answers(rules, sheet)
            if not decision.refused:
                self.decisions.append(decision)
                self.answered |= rules.read(sheet, {}).keys()

    def of(self, finding: str) -> list[DecidedFinding]:
        return [each for decision in self.decisions for each in decision.findings if each.name == finding]

    def together(self, one: str, other: str) -> bool:
        names = [{each.name for each in decision.findings} for decision in self.decisions]
        return all((one in found) == (other in found) for found in names)


def branches_of(reports: list[DecidedFinding], clause: str) -> set[int | None]:
    """Which branches of a clause decide, from 0; None where none does."""
    reasons = [
        next((reason.branch - 1 for reason in each.trace if reason.clause == clause), None)
        for each in reports
    ]
    return set(reasons)


def check_programs(seeds: Iterable[int]) -> int:
    checked = 0
    for seed in seeds:
        text = random_program(seed)
        found = compile_text(text).diagnostics
        errors = [each for each in found if each.severity == "error" and each.code[:2] not in ("G4", "G6")]
        assert errors == [], (seed, errors)
        for each in found:
            if each.code.startswith("G4") and each.counterexample is not None:
                assert reproduces(text, each), (seed, each)
        checked += check_program(seed, text, [each for each in found if each.code.startswith("G4")])
    return checked


def check_program(seed: int, text: str, found: list[Diagnostic]) -> int:
    item = item_of(text)
    meaning = Meaning(resolve({"": parse(text).tree}).items[0], item, {})
    reports = Reports(item)
    said = {(each.code, each.line, each.column) for each in found}
    assert not any(each.code == "G402" for each in found), seed
    lost = {finding.name for finding in item.findings if not reports.of(finding.name)}
    for finding in item.findings:
        span = meaning.scope.findings[finding.name].when
        assert span is not None
        place = span.span.line, span.span.column
        if reports.decisions and any(not each.excluded for each in reports.decisions):
            told = ("G405", *place) in said
            if told or not waits_for_what_is_never_shown(meaning, reports, finding.when):
                assert told == (finding.name in lost), (seed, finding.name)
    if not lost:
        one, other = item.findings
        assert any(each.code == "G410" for each in found) <= reports.together(one.name, other.name), seed
    nodes: dict[int, list[tuple[str, str]]] = {}
    for each in meaning.lists:
        if each.finding is not None and each.finding not in lost:
            nodes.setdefault(id(each.node), []).append((each.finding, each.clause))
    for each in meaning.lists:
        sharing = nodes.pop(id(each.node), [])
        if not sharing:
            continue
        decided = set().union(*(branches_of(reports.of(name), clause) for name, clause in sharing))
        place = each.node.span.line, each.node.span.column
        assert (("G401", *place) in said) == (None in decided), (seed, place)
        for index, branch in enumerate(each.node.branches):
            here = branch.span.line, branch.span.column
            dead = ("G403", *here) in said or ("G404", *here) in said
            condition, findings = each.branches[index].when, [name for name, _ in sharing]
            if dead or not follows_a_severity(meaning, reports, condition, findings):
                assert dead == (index not in decided), (seed, here)
    return len(said)


def waits_for_what_is_never_shown(
    meaning: Meaning, reports: Reports, condition: model.Expression | None
) -> bool:
    """Whether it reads a question that no report answers: that is told of (G601), and what follows is not."""
    return any(name not in reports.answered for name in meaning.questions_read([condition]))


def follows_a_severity(
    meaning: Meaning, reports: Reports, condition: model.Expression | None, findings: list[str]
) -> bool:
    """Whether it reads nothing but a severity of which a branch never decides: that is told of, and this is not."""
    return meaning.reads(condition) == {model.Fact("severity")} and any(
        index not in branches_of(reports.of(name), "severity")
        for name in findings
        for index in range(len(meaning.item.finding(name).severity))
    )


def test_what_is_said_of_random_programs_is_true_of_every_sheet() -> None:
    assert check_programs(range(PROGRAMS)) > PROGRAMS


@pytest.mark.soak
def test_what_is_said_of_many_more_programs_is_true() -> None:
    check_programs(range(PROGRAMS, MANY))
