"""The names in an item's examples: what is given, which findings and questions are expected."""

from __future__ import annotations

from gewu_dsl import tree
from gewu_dsl.names import Miss
from gewu_dsl.resolve.scopes import ItemScope


def bind_examples(scope: ItemScope) -> None:
    """Bind the subjects and values of every example."""
    for example in scope.each(tree.Example):
        for given in example.given:
            _bind_given(scope, given)
        _bind_expected(scope, example.expect)


def _bind_given(scope: ItemScope, given: tree.Given) -> None:
    names = scope.names
    if isinstance(given.subject, tree.Reference) and given.subject.name not in names.fields:
        miss = Miss("name", given.subject.name, given.subject.span, tuple(names.fields), scope.file)
        names.misses.append(miss)
        return
    names.bind_subject(given.subject)
    for value in given.values:
        names.bind_literal(value, beside=given.subject)


def _bind_expected(scope: ItemScope, expect: tree.Expect) -> None:
    misses = scope.names.misses
    if isinstance(expect, tree.ExpectRefused):
        for name in expect.questions:
            if name.text not in scope.names.fields:
                misses.append(Miss("name", name.text, name.span, tuple(scope.names.fields), scope.file))
    if not isinstance(expect, tree.ExpectFindings):
        return
    for expected in expect.findings:
        finding = scope.findings.get(expected.name.text)
        if finding is None:
            name = expected.name
            misses.append(Miss("finding", name.text, name.span, tuple(scope.findings), scope.file))
            continue
        stages = tuple(stage.name.text for stage in finding.clauses.stages)
        for value in expected.values:
            if value.name is not None and value.name.text not in stages:
                misses.append(
                    Miss("stage", value.name.text, value.name.span, stages, scope.file, finding.name)
                )
