"""Counterexamples as whole answer sheets: what a mistake needs, everything else filled in, and run to see it happen."""

from __future__ import annotations

from typing import Any

from gewu_dsl import model
from gewu_dsl.answers import decide_answers, shown_questions
from gewu_dsl.decision import DecidedFinding
from gewu_dsl.rules import Rules

Sheet = dict[str, dict[str, Any]]

_MATCHING = {
    "id-card": "11010519491231002X",
    "uscc": "91350100M000100Y43",
    "phone": "13800138000",
    "plate": "京A12345",
}
_PLAIN: dict[str, Any] = {
    "yes_no": "yes", "check": "na", "date": "2026-01-05", "time": "08:00", "location": {"lat": 30, "lng": 120},
    "scan": "1", "person": "1",
}  # fmt: skip


def reproduce_gap(rules: Rules, finding: str | None, clause: str, sheet: Sheet) -> Sheet | None:
    """`sheet` with every required answer, if the runtime then decides `finding` without the clause; else None.

    `clause` is `severity`, `route` or a step. Without a finding (visits) nothing is run.
    """
    answers = dict(sheet["answers"])
    if finding is not None and rules.item.finding(finding).picked:
        answers["finding"] = [finding]
    whole = {"answers": _complete(rules, answers, sheet["context"]), "context": sheet["context"]}
    if finding is None:
        return whole
    decision = decide_answers(rules, whole["answers"], whole["context"])
    decided = next((each for each in decision.findings if each.name == finding), None)
    return whole if decided is not None and not _has(decided, clause) else None


def _has(finding: DecidedFinding, clause: str) -> bool:
    if clause == "severity":
        return finding.severity is not None
    if clause == "route":
        return finding.route.handler is not None
    return clause in finding.limits


def _complete(rules: Rules, answers: dict[str, Any], context: dict[str, Any]) -> dict[str, Any]:
    """The answers with a plain one for each required question that is shown and blank."""
    for _ in rules.item.questions:
        shown = shown_questions(rules, answers, context)
        blank = [
            each
            for each in rules.item.questions
            if each.name in shown and each.name not in answers and not each.optional
        ]
        if not blank:
            break
        answers |= {each.name: _fill(each) for each in blank}
    return answers


def _fill(question: model.Question) -> Any:
    least = question.at_least or 1
    if question.type in model.ATTACHED:
        return [str(index) for index in range(1, least + 1)]
    if question.type == "any_of":
        return [choice.name for choice in question.choices[:least]]
    if question.type == "one_of":
        return question.choices[0].name
    if question.type in ("integer", "decimal"):
        if question.minimum is not None:
            return question.minimum
        return 0 if question.maximum is None else min(0, question.maximum)
    if question.type == "text":
        return _MATCHING[question.matching] if question.matching else "1" * least
    return _PLAIN[question.type]
