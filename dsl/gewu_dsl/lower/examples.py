"""Examples as the model has them."""

from __future__ import annotations

from gewu_dsl import model, tree
from gewu_dsl.lower.expressions import lower_constant, lower_limit
from gewu_dsl.resolve.scopes import ItemScope

Given = int | float | str | bool | tuple[str, ...]


def lower_example(scope: ItemScope, example: tree.Example) -> model.Example:
    """The example; `given` keeps the order in which it is written."""
    given = {subject_key(each.subject): _lower_values(scope, each) for each in example.given}
    match example.expect:
        case tree.ExpectNothing():
            return model.Example(example.title, given, "nothing")
        case tree.ExpectExcluded():
            return model.Example(example.title, given, "excluded")
        case tree.ExpectRefused(questions):
            refused = tuple(question.text for question in questions)
            return model.Example(example.title, given, "refused", refused=refused)
        case tree.ExpectFindings(findings):
            expected = tuple(_lower_expected(scope, finding) for finding in findings)
            return model.Example(example.title, given, "findings", expected)


def subject_key(subject: tree.Reference | tree.Fact | tree.PlaceAttribute | tree.History) -> str:
    """What an example gives a value to, as `model.Example.given` names it."""
    match subject:
        case tree.Reference(name):
            return name
        case tree.Fact(path):
            return path
        case tree.PlaceAttribute(name):
            return f"place.{name}"
        case tree.History(kind, period):
            return f"{kind}({period.amount})"


def _lower_values(scope: ItemScope, given: tree.Given) -> Given:
    values = tuple(lower_constant(value, scope.names).value for value in given.values)
    if scope.names.sort(given.subject).kind == "choices":
        return tuple(str(value) for value in values)
    return values[0]


def _lower_expected(scope: ItemScope, expected: tree.ExpectedFinding) -> model.Expected:
    severity: model.Severity | None = None
    offices: dict[str, list[str]] = {"route": [], "with": [], "under": []}
    limits: dict[model.Step, model.Duration] = {}
    stages: dict[str, model.Duration] = {}
    on_site: model.Duration | None = None
    for each in expected.values:
        match each.value:
            case tree.LevelWord(level):
                severity = level
            case tree.Name():
                offices[each.aspect].append(scope.offices[id(each.value)])
            case tree.Duration() | tree.By() if each.name is not None:
                stages[each.name.text] = lower_limit(each.value)
            case tree.Duration() | tree.By() if each.aspect == "on_site":
                on_site = lower_limit(each.value)
            case tree.Duration() | tree.By():
                for step in model.STEPS:
                    if step == each.aspect:
                        limits[step] = lower_limit(each.value)
    return model.Expected(
        finding=expected.name.text,
        severity=severity,
        handler=next(iter(offices["route"]), None),
        limits=limits,
        assisting=tuple(offices["with"]),
        supervising=next(iter(offices["under"]), None),
        on_site=on_site,
        stages=stages,
    )
