"""Counterexamples put to the runtime: does the sheet of a diagnostic show what its message says?"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from gewu_dsl import model, tree
from gewu_dsl.answers import decide_answers
from gewu_dsl.decision import DecidedFinding, Decision
from gewu_dsl.diagnostics import Diagnostic
from gewu_dsl.lower import lower_item, lower_register
from gewu_dsl.parse import parse
from gewu_dsl.resolve import resolve
from gewu_dsl.resolve.scopes import ItemScope
from gewu_dsl.rules import compile_rules, normalise_context

Place = tuple[int, int]
SHOWN = frozenset({"G401", "G410", "G411", "G412"})
"""What is always shown by a sheet; a branch that never decides is where its condition can hold (G403)."""


def scopes_of(text: str) -> list[ItemScope]:
    """The items of one text, resolved, whatever else is wrong with them."""
    return resolve({"<text>": parse(text).tree}).items


def item_of(text: str, at: Diagnostic | None = None) -> model.Item:
    """The item a diagnostic is about, lowered; the first where there is none."""
    return lower_item(scope_of(text, at))[0]


def scope_of(text: str, at: Diagnostic | None = None) -> ItemScope:
    scopes = scopes_of(text)
    if at is None:
        return scopes[0]
    return next((each for each in reversed(scopes) if each.node.span.line <= at.line), scopes[0])


def registers_of(text: str) -> dict[str, model.PlaceKind]:
    unit = resolve({"<text>": parse(text).tree})
    return {kind: lower_register(each) for kind, each in unit.registers.items()}


def reproduces(text: str, diagnostic: Diagnostic) -> bool:
    """Whether the runtime, given the sheet, does what the diagnostic says it does.

    Of other families than that of decisions: whether it is a whole sheet with nothing wrong in it but for a `must`.
    """
    sheet = diagnostic.counterexample
    assert sheet is not None
    item = item_of(text, diagnostic)
    if (clause := _clause_at(text, diagnostic)) is not None and clause[0] is None:
        return diagnostic.code == "G401" and _visits(item, sheet["context"]) is None
    decision = decide_answers(compile_rules(item), sheet["answers"], sheet["context"])
    if not diagnostic.code.startswith("G4"):
        return all(each.code == "must" for each in decision.refused)
    if decision.refused or decision.excluded:
        return False
    match diagnostic.code:
        case "G401":
            assert clause is not None
            return any(_branch(each, clause[1]) is None for each in _found(decision, clause))
        case "G403" | "G412":
            assert clause is not None
            return _shows_branch(item, sheet, decision, diagnostic, clause)
        case "G410" | "G411":
            scope = scope_of(text, diagnostic)
            names = {name for name, each in scope.findings.items() if _stands_at(each, diagnostic)}
            return names <= {each.name for each in decision.findings} and bool(names)
    raise ValueError(diagnostic.code)


def _shows_branch(
    item: model.Item, sheet: Any, decision: Decision, diagnostic: Diagnostic, clause: tuple[Any, str, int]
) -> bool:
    """A masked branch holds and another decides; a branch that waits for a blank decides."""
    _, name, index = clause
    for each in _found(decision, clause):
        chosen = _branch(each, name)
        if diagnostic.code == "G412":
            reason = next((reason for reason in each.trace if reason.clause == name), None)
            blank = reason is not None and None in reason.saw.values()
            if chosen == index + 1 and blank:
                return True
        elif chosen != index + 1 and _holds_alone(item, sheet, each.name, name, index):
            return True
    return False


def _holds_alone(item: model.Item, sheet: Any, finding: str, clause: str, index: int) -> bool:
    """Whether the branch would decide if there were no other."""
    found = item.finding(finding)
    if clause == "severity":
        alone = replace(found, severity=(found.severity[index],))
    elif clause == "route":
        alone = replace(found, route=(found.route[index],))
    else:
        step: Any = clause
        alone = replace(found, limits={**found.limits, step: (found.limits[step][index],)})
    findings = tuple(alone if each.name == finding else each for each in item.findings)
    decision = decide_answers(
        compile_rules(replace(item, findings=findings)), sheet["answers"], sheet["context"]
    )
    return any(each.name == finding and _branch(each, clause) == 1 for each in decision.findings)


def _found(decision: Decision, clause: tuple[Any, str, int]) -> list[DecidedFinding]:
    return [each for each in decision.findings if each.name in clause[0]]


def _branch(finding: DecidedFinding, clause: str) -> int | None:
    return next((reason.branch for reason in finding.trace if reason.clause == clause), None)


def _visits(item: model.Item, context: Any) -> int | None:
    """Which rule says how often a place is visited, as the platform asks it."""
    branches = tuple(
        model.Branch(model.Duration("days", index), rule.when) for index, rule in enumerate(item.visits)
    )
    asked = model.Finding("visit", "", item.applies, False, (), (), {"handle": branches})
    rules = compile_rules(model.Item(item.name, item.department, item.title, findings=(asked,)))
    [outcome] = rules.choices({}, normalise_context(context))
    return None if outcome[-1] < 0 else outcome[-1]


def _clause_at(text: str, diagnostic: Diagnostic) -> tuple[Any, str, int] | None:
    """The findings, the clause and the branch at the place of a diagnostic; no findings for visits."""
    scope = scope_of(text, diagnostic)
    for visit in scope.each(tree.Visit):
        if _is_at(visit, diagnostic):
            return None, "visit", 0
    for name, finding in scope.findings.items():
        clauses = finding.clauses
        nodes = {"severity": clauses.severity, "route": clauses.route, **clauses.limits}
        for clause, node in nodes.items():
            if node is None:
                continue
            places = [_is_at(branch, diagnostic) for branch in node.branches]
            if _is_at(node, diagnostic) or any(places):
                sharing = {
                    other
                    for other, each in scope.findings.items()
                    if node in (each.clauses.severity, each.clauses.route, *each.clauses.limits.values())
                }
                return sharing | {name}, clause, places.index(True) if any(places) else 0
    return None


def _stands_at(finding: Any, diagnostic: Diagnostic) -> bool:
    node = finding.when if finding.when is not None else finding
    return _is_at(node, diagnostic)


def _is_at(node: Any, diagnostic: Diagnostic) -> bool:
    return (node.span.line, node.span.column) == (diagnostic.line, diagnostic.column)
