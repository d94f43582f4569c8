"""The numbers at which a condition changes its mind: examples beside them notice a `>` that should be a `>=`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from gewu_dsl.model import (
    And,
    Answer,
    Between,
    Compare,
    Constant,
    Expression,
    Fact,
    History,
    Item,
    Not,
    Or,
    PlaceAttribute,
)
from gewu_dsl.rules.source import clauses_of
from gewu_dsl.truth import operands
from gewu_dsl.worlds.sheets import context_name

Readable = Answer | PlaceAttribute | Fact | History

_LOOSENED: Mapping[str, Any] = {"=": "!=", "!=": "=", "<": "<=", "<=": "<", ">": ">=", ">=": ">"}
_MIRRORED: Mapping[str, Any] = {"=": "=", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}
_ABOVE = {">", "<="}
"""Signs whose condition differs between the number itself and the next above; for the others, the next below."""


@dataclass(frozen=True, slots=True)
class Boundary:
    """A value of what a condition reads, right at where `condition` changes its mind, or right beside.

    `slip` is the condition with the mistake that only this value shows: `>=` in place of `>`, or the number beside.
    """

    leaf: Readable
    value: int | float
    condition: Expression = field(compare=False)
    slip: Expression = field(compare=False)

    @property
    def name(self) -> str:
        """What a sheet calls what is read."""
        return self.leaf.question if isinstance(self.leaf, Answer) else context_name(self.leaf)


def boundaries_of(item: Item) -> list[Boundary]:
    """Both sides of every comparison of an answer or a fact with a number, in the order of the item, each value once."""
    found: dict[Boundary, None] = {}
    for condition in conditions_of(item):
        for comparison in _comparisons(condition):
            for leaf, value, slip in _sides(comparison, item):
                if _is_possible(leaf, value, item):
                    slipped = _substituted(condition, comparison, slip)
                    found.setdefault(Boundary(leaf, value, condition, slipped))
    return list(found)


def conditions_of(item: Item) -> Iterator[Expression]:
    """Every condition of an item, and what its lets compute, in the order of the item."""
    yield from (question.when for question in item.questions if question.when is not None)
    yield from (must.condition for must in item.musts)
    yield from (exclude.condition for exclude in item.excludes)
    yield from (let.value for let in item.lets)
    for finding in item.findings:
        if finding.when is not None:
            yield finding.when
        for _, branches in clauses_of(finding):
            yield from (branch.when for branch in branches if branch.when is not None)


def _comparisons(expression: Expression) -> Iterator[Compare | Between]:
    if isinstance(expression, Compare | Between):
        yield expression
    for operand in operands(expression):
        yield from _comparisons(operand)


def _sides(comparison: Compare | Between, item: Item) -> Iterator[tuple[Readable, int | float, Expression]]:
    """Values at and beside the numbers of a comparison, each with the comparison that only it tells from this one."""
    match comparison:
        case Compare(sign, Answer() | PlaceAttribute() | Fact() | History() as leaf, Constant(value)):
            if isinstance(value, int | float) and not isinstance(value, bool):
                beside = _beside(leaf, sign, value, item)
                yield leaf, value, Compare(_LOOSENED[sign], leaf, Constant(value))
                yield leaf, beside, Compare(sign, leaf, Constant(beside))
        case Compare(sign, Constant(), Answer() | PlaceAttribute() | Fact() | History() as leaf):
            yield from _sides(Compare(_MIRRORED[sign], leaf, comparison.left), item)
        case Between(Answer() | PlaceAttribute() | Fact() | History() as leaf, low, high):
            ends = Compare(">=", leaf, low), Compare("<=", leaf, high)
            for end, other in (ends, ends[::-1]):
                for _, value, slip in _sides(end, item):
                    yield leaf, value, And((slip, other))


def _beside(leaf: Readable, sign: str, value: int | float, item: Item) -> int | float:
    step = _step(leaf, value, item)
    moved = Decimal(str(value)) + (step if sign in _ABOVE else -step)
    return int(moved) if moved == moved.to_integral_value() else float(moved)


def _substituted(expression: Expression, old: Expression, new: Expression) -> Expression:
    if expression == old:
        return new
    match expression:
        case And(parts) | Or(parts):
            return type(expression)(tuple(_substituted(part, old, new) for part in parts))
        case Not(operand):
            return Not(_substituted(operand, old, new))
    return expression


def _step(leaf: Readable, value: int | float, item: Item) -> Decimal:
    """One for what is counted; for a measure one in the last place that the condition is written to."""
    counted = not isinstance(leaf, Answer) or item.question(leaf.question).type != "decimal"
    if counted and isinstance(value, int):
        return Decimal(1)
    exponent = Decimal(str(value)).as_tuple().exponent
    return Decimal(1).scaleb(min(-1, exponent if isinstance(exponent, int) else -1))


def _is_possible(leaf: Readable, value: int | float, item: Item) -> bool:
    if not isinstance(leaf, Answer):
        return value >= 0
    question = item.question(leaf.question)
    low = question.minimum if question.minimum is not None else value
    high = question.maximum if question.maximum is not None else value
    whole = question.type == "decimal" or float(value).is_integer()
    return whole and low <= value <= high
