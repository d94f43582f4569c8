"""The numbers at which a condition changes its mind: examples beside them notice a `>` that should be a `>=`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from gewu_dsl.model import Answer, Between, Compare, Constant, Expression, Fact, History, Item, PlaceAttribute
from gewu_dsl.rules.source import clauses_of
from gewu_dsl.truth import operands
from gewu_dsl.worlds.sheets import context_name

Readable = Answer | PlaceAttribute | Fact | History

_ABOVE = {">", "<="}
"""Signs whose condition differs between the number itself and the next above; for the others, the next below."""


@dataclass(frozen=True, slots=True)
class Boundary:
    """A value of what a condition reads, right at where the condition changes, or right beside."""

    leaf: Readable
    value: int | float

    @property
    def name(self) -> str:
        """What a sheet calls what is read."""
        return self.leaf.question if isinstance(self.leaf, Answer) else context_name(self.leaf)


def boundaries_of(item: Item) -> list[Boundary]:
    """Both sides of every comparison of an answer or a fact with a number, in the order of the item, each once."""
    found: dict[Boundary, None] = {}
    for condition in conditions_of(item):
        for boundary in _within(condition, item):
            if _is_possible(boundary, item):
                found.setdefault(boundary)
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


def _within(expression: Expression, item: Item) -> Iterator[Boundary]:
    match expression:
        case Compare(sign, Answer() | PlaceAttribute() | Fact() | History() as leaf, Constant(value)):
            yield from _beside(leaf, sign, value, item)
        case Compare(sign, Constant(value), Answer() | PlaceAttribute() | Fact() | History() as leaf):
            mirrored = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}.get(sign, sign)
            yield from _beside(leaf, mirrored, value, item)
        case Between(Answer() | PlaceAttribute() | Fact() | History() as leaf, low, high):
            if isinstance(low, Constant) and isinstance(high, Constant):
                yield from _beside(leaf, ">=", low.value, item)
                yield from _beside(leaf, "<=", high.value, item)
    for operand in operands(expression):
        yield from _within(operand, item)


def _beside(leaf: Readable, sign: str, value: object, item: Item) -> Iterator[Boundary]:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return
    step = _step(leaf, value, item)
    yield Boundary(leaf, value)
    yield Boundary(leaf, _plain(Decimal(str(value)) + (step if sign in _ABOVE else -step)))


def _step(leaf: Readable, value: int | float, item: Item) -> Decimal:
    """One for what is counted; for a measure one in the last place that the condition is written to."""
    counted = not isinstance(leaf, Answer) or item.question(leaf.question).type != "decimal"
    if counted and isinstance(value, int):
        return Decimal(1)
    exponent = Decimal(str(value)).as_tuple().exponent
    return Decimal(1).scaleb(min(-1, exponent if isinstance(exponent, int) else -1))


def _plain(value: Decimal) -> int | float:
    return int(value) if value == value.to_integral_value() else float(value)


def _is_possible(boundary: Boundary, item: Item) -> bool:
    if not isinstance(boundary.leaf, Answer):
        return boundary.value >= 0
    question = item.question(boundary.leaf.question)
    low = question.minimum if question.minimum is not None else boundary.value
    high = question.maximum if question.maximum is not None else boundary.value
    whole = question.type == "decimal" or float(boundary.value).is_integer()
    return whole and low <= boundary.value <= high
