"""A naive reading of conditions, to hold everything that is compiled against."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from gewu_dsl.model import (
    SEVERITIES,
    Among,
    And,
    Answer,
    Arithmetic,
    Between,
    Compare,
    Constant,
    Derived,
    Expression,
    Fact,
    History,
    Includes,
    IsBlank,
    IsHazard,
    Item,
    Negate,
    Not,
    Or,
    PlaceAttribute,
)


class Naive:
    """Conditions read straight from the model, one node at a time, on an already typed sheet."""

    def __init__(
        self,
        item: Item,
        sheet: Mapping[str, Any],
        context: Mapping[str, Any],
        facts: Mapping[str, Any] | None = None,
    ) -> None:
        self.item, self.sheet, self.context, self.facts = item, sheet, context, facts or {}

    def truth(self, condition: Expression) -> bool | None:
        match condition:
            case Constant(value):
                return value in (True, "yes")
            case Not(operand):
                truth = self.truth(operand)
                return None if truth is None else not truth
            case And(operands):
                truths = [self.truth(operand) for operand in operands]
                return False if False in truths else None if None in truths else True
            case Or(operands):
                truths = [self.truth(operand) for operand in operands]
                return True if True in truths else None if None in truths else False
            case Between(value, low, high):
                return self.truth(And((Compare(">=", value, low), Compare("<=", value, high))))
            case IsBlank(value):
                return self.value(value) is None
            case IsHazard(name):
                return self.truth(
                    Compare("=", Answer(name), Constant(self.item.question(name).hazard or "no"))
                )
            case Compare(operator, left, right):
                return self._compared(
                    operator, self._typed(operator, left, right), self._typed(operator, right, left)
                )
            case Among(value, options):
                return self._known(value, lambda known: known in [option.value for option in options])
            case Includes(value, option):
                return self._known(
                    value, lambda known: option.value in known if isinstance(known, tuple) else None
                )
            case Derived(name):
                return self.truth(next(let.value for let in self.item.lets if let.name == name))
        raise TypeError(condition)

    def _known(self, value: Expression, test: Any) -> bool | None:
        known = self.value(value)
        return None if known is None else test(known)

    def _typed(self, operator: str, value: Expression, other: Expression) -> Any:
        """A register's attribute counts as blank where it is not of the kind it is compared with."""
        known = self.value(value)
        value, other = self._resolved(value), self._resolved(other)
        if not isinstance(value, PlaceAttribute):
            return known
        wanted: Any = int | float
        if isinstance(other, Constant) and isinstance(other.value, str):
            wanted = str
        elif isinstance(other, PlaceAttribute) and operator in ("=", "!="):
            wanted = int | float | str
        return known if isinstance(known, wanted) else None

    def _resolved(self, value: Expression) -> Expression:
        while isinstance(value, Derived):
            value = next(let.value for let in self.item.lets if let.name == value.name)
        return value

    def _compared(self, operator: str, left: Any, right: Any) -> bool | None:
        if left is None or right is None:
            return None
        if operator not in ("=", "!=") and isinstance(left, str) and left in SEVERITIES:
            left, right = SEVERITIES.index(left), SEVERITIES.index(right)
        return {
            "=": lambda: left == right, "!=": lambda: left != right, "<": lambda: left < right,
            "<=": lambda: left <= right, ">": lambda: left > right, ">=": lambda: left >= right,
        }[operator]()  # fmt: skip

    def value(self, expression: Expression) -> Any:
        match expression:
            case Constant(value):
                return value
            case Answer(name):
                return self.sheet.get(name)
            case Derived(name):
                return self.value(next(let.value for let in self.item.lets if let.name == name))
            case PlaceAttribute(name):
                return self.context.get(f"place.{name}")
            case History(name, days):
                return self.context.get(f"{name}.{days}")
            case Fact("severity" | "finding" as name):
                return self.facts.get(name)
            case Fact(name):
                return self.context.get(name)
            case Negate(operand):
                number = self._number(operand)
                return None if number is None else -number
            case Arithmetic(operator, left, right):
                return self._arithmetic(operator, self._number(left), self._number(right))
        return self.truth(expression)

    def _number(self, expression: Expression) -> float | None:
        value = self.value(expression)
        return float(value) if isinstance(value, int | float) else None

    def _arithmetic(self, operator: str, left: float | None, right: float | None) -> float | None:
        if left is None or right is None or (operator == "/" and right == 0):
            return None
        result = {"+": left + right, "-": left - right, "*": left * right}.get(operator)
        result = left / right if result is None else result
        return result if math.isfinite(result) else None
