"""Whole items and registers as the model has them."""

from __future__ import annotations

from dataclasses import replace

from gewu_dsl import model, tree
from gewu_dsl.lower.examples import lower_example
from gewu_dsl.lower.expressions import lower_condition, lower_value
from gewu_dsl.lower.findings import finding_lines, lower_finding
from gewu_dsl.lower.questions import date_bounds, lower_question, made_question
from gewu_dsl.resolve.binding import Names, Register
from gewu_dsl.resolve.scopes import ItemScope
from gewu_dsl.truth import leaves


def lower_item(scope: ItemScope) -> tuple[model.Item, dict[str, int]]:
    """The item and its lines as `model.Compiled` has them. The item must be without errors."""
    names = scope.names
    lets = tuple(model.Let(name, lower_value(names.lets[name].value, names)) for name in scope.let_order)
    musts, must_lines = _lower_musts(scope, {let.name: let.value for let in lets})
    since = next(iter(scope.each(tree.Since)), None)
    place = next(iter(scope.each(tree.For)), None)
    number = next(iter(scope.each(tree.ItemNumber)), None)
    item = model.Item(
        name=scope.name,
        department=scope.name.partition(".")[0],
        title=scope.node.title,
        number=number.text if number else None,
        basis=tuple(basis.text for basis in scope.each(tree.Basis)),
        since=since.start if since else None,
        until=since.until if since else None,
        kinds=tuple(kind.text for kind in place.kinds) if place else (),
        applies=lower_condition(place.when, names) if place and place.when is not None else None,
        visits=_lower_visits(scope),
        calendar=scope.department.department.calendar if scope.department else None,
        questions=_lower_questions(scope, {let.name: let.value for let in lets}),
        lets=lets,
        musts=musts,
        excludes=tuple(
            model.Exclude(lower_condition(e.condition, names), e.reason) for e in scope.each(tree.Exclude)
        ),
        findings=tuple(lower_finding(scope, finding) for finding in scope.findings.values()),
        examples=tuple(lower_example(scope, example) for example in scope.each(tree.Example)),
    )
    return item, {**_lines(scope), **must_lines}


def lower_register(register: Register) -> model.PlaceKind:
    """A register this compilation declares."""
    names = register.names or Names(register.file)
    attributes = tuple(lower_question(attribute, names) for attribute in register.fields.values())
    return model.PlaceKind(register.kind, register.label, attributes)


def questions_read(condition: model.Expression, lets: dict[str, model.Expression]) -> tuple[str, ...]:
    """The questions a condition reads, itself or through lets, in reading order."""
    found: dict[str, None] = {}
    waiting, seen = [condition], set[str]()
    while waiting:
        for leaf in leaves(waiting.pop(0)):
            if isinstance(leaf, model.Answer):
                found[leaf.question] = None
            elif isinstance(leaf, model.Derived) and leaf.name not in seen:
                seen.add(leaf.name)
                waiting.append(lets[leaf.name])
    return tuple(found)


def _lower_questions(scope: ItemScope, lets: dict[str, model.Expression]) -> tuple[model.Question, ...]:
    fields = scope.names.fields.values()
    questions = [lower_question(asked, scope.names) for asked in fields if asked.node is not None]
    for asked in fields:
        if asked.node is None:
            made = made_question(asked, scope.findings.values())
            at = _first_reader(made.name, questions, lets)
            section = questions[at].section if at < len(questions) else made.section
            questions.insert(at, replace(made, section=section))
    return tuple(questions)


def _first_reader(name: str, questions: list[model.Question], lets: dict[str, model.Expression]) -> int:
    """Where the first question stands that is shown because of the answer to `name`; else behind the last.

    A question must never appear above the answer that made it appear: on a phone that is off the screen.
    """
    for index, question in enumerate(questions):
        if question.when is not None and name in questions_read(question.when, lets):
            return index
    return len(questions)


def _lower_musts(
    scope: ItemScope, lets: dict[str, model.Expression]
) -> tuple[tuple[model.Must, ...], dict[str, int]]:
    musts: list[model.Must] = []
    lines: dict[str, int] = {}
    for asked in scope.names.fields.values():
        bounds = date_bounds(asked)
        if bounds is not None and asked.node is not None:
            lines[f"must.{len(musts)}"] = asked.node.span.line
            musts.append(bounds)
    for must in scope.each(tree.Must):
        condition = lower_condition(must.condition, scope.names)
        lines[f"must.{len(musts)}"] = must.span.line
        musts.append(model.Must(condition, must.message, questions_read(condition, lets)))
    return tuple(musts), lines


def _lower_visits(scope: ItemScope) -> tuple[model.VisitRule, ...]:
    return tuple(
        model.VisitRule(
            branch.value.times,
            branch.value.period,
            None if branch.when is None else lower_condition(branch.when, scope.names),
        )
        for visit in scope.each(tree.Visit)
        for branch in visit.branches
    )


def _lines(scope: ItemScope) -> dict[str, int]:
    lines = {"item": scope.node.span.line}
    for asked in scope.names.fields.values():
        if asked.node is not None:
            lines[f"question.{asked.name}"] = asked.node.span.line
        else:
            first = next(finding for finding in scope.findings.values() if finding.picked)
            lines[f"question.{asked.name}"] = first.span.line
    for index, exclude in enumerate(scope.each(tree.Exclude)):
        lines[f"exclude.{index}"] = exclude.span.line
    for finding in scope.findings.values():
        lines |= finding_lines(scope, finding)
    return lines
