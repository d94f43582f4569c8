"""Expressions with their lets put in, and the constants that what they read is compared with."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from gewu_dsl import model
from gewu_dsl.truth import operands

Constants = dict[model.Expression, set[object]]
"""For what is read, or computed, the written values it stands beside."""


@dataclass(slots=True)
class Unfolding:
    """Puts the lets of an item into expressions; each is unfolded once and kept."""

    lets: Mapping[str, model.Expression]
    _known: dict[int, tuple[model.Expression, model.Expression]] = field(default_factory=dict)

    def __call__(self, expression: model.Expression) -> model.Expression:
        if not self.lets:
            return expression
        known = self._known.get(id(expression))
        if known is None:
            known = self._known[id(expression)] = (expression, self._unfold(expression))
        return known[1]

    def _unfold(self, node: model.Expression) -> model.Expression:
        match node:
            case model.Derived(name):
                return self(self.lets[name])
            case model.Not(operand):
                return model.Not(self(operand))
            case model.And(parts):
                return model.And(tuple(map(self, parts)))
            case model.Or(parts):
                return model.Or(tuple(map(self, parts)))
            case model.Compare(operator, left, right):
                return model.Compare(operator, self(left), self(right))
            case model.Arithmetic(operation, left, right):
                return model.Arithmetic(operation, self(left), self(right))
            case model.Negate(operand):
                return model.Negate(self(operand))
            case model.Between(value, low, high):
                return model.Between(self(value), self(low), self(high))
            case model.Among(value, options):
                return model.Among(self(value), options)
            case model.Includes(value, option):
                return model.Includes(self(value), option)
            case model.IsBlank(value):
                return model.IsBlank(self(value))
        return node


def expressions_of(item: model.Item) -> Iterator[model.Expression]:
    """Every condition of an item, and its lets."""
    yield from (let.value for let in item.lets)
    yield from (question.when for question in item.questions if question.when is not None)
    yield from (must.condition for must in item.musts)
    yield from (exclude.condition for exclude in item.excludes)
    yield from (rule.when for rule in item.visits if rule.when is not None)
    if item.applies is not None:
        yield item.applies
    for finding in item.findings:
        if finding.when is not None:
            yield finding.when
        lists: list[model.Branches[Any]] = [finding.severity, finding.route, *finding.limits.values()]
        for branches in lists:
            yield from (branch.when for branch in branches if branch.when is not None)


def collect_constants(expressions: Iterable[model.Expression], into: Constants) -> bool:
    """Add the constants of unfolded expressions; whether there was any that was not known."""
    added = False
    waiting = list(expressions)
    while waiting:
        node = waiting.pop()
        for value, constant in _compared(node):
            known = into.setdefault(value, set())
            added |= constant not in known
            known.add(constant)
        waiting.extend(operands(node))
    return added


def _compared(node: model.Expression) -> Iterator[tuple[model.Expression, object]]:
    match node:
        case model.Compare(_, left, model.Constant(value)) | model.Compare(_, model.Constant(value), left):
            yield left, value
        case model.Between(value, low, high):
            yield from ((value, end.value) for end in (low, high) if isinstance(end, model.Constant))
        case model.Among(value, options):
            yield from ((value, option.value) for option in options)
