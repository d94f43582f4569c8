"""What is true of one filled-in form, read straight from the translation that all executors are printed from."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from gewu_dsl import model
from gewu_dsl.rules import values as computing
from gewu_dsl.rules.context import Context
from gewu_dsl.rules.sheet import Sheet
from gewu_dsl.truth import (
    CONDITIONS,
    All,
    Answered,
    Blank,
    Comparison,
    Contains,
    Form,
    Kind,
    Member,
    Some,
    Truth,
    finite,
)  # fmt: skip

_COERCE: dict[Kind, Callable[[Any], Any]] = {
    "number": computing.number, "text": computing.text, "list": computing.items, "any": computing.scalar
}  # fmt: skip
_COMPUTE: dict[str, Callable[[Any, Any], Any]] = {
    "+": computing.add, "-": computing.subtract, "*": computing.multiply, "/": computing.divide
}  # fmt: skip


class Evaluation:
    """One typed sheet (`Rules.read`) with its flat context; `facts` are the finding's own: its name, its severity."""

    def __init__(
        self, item: model.Item, sheet: Sheet, context: Context, facts: Mapping[str, Any] | None = None
    ) -> None:
        self._item, self._sheet, self._context, self._facts = item, sheet, context, facts or {}
        self._truth = Truth(item)

    def is_true(self, condition: model.Expression) -> bool:
        return self._form(self._truth.certainly_true(condition))

    def is_false(self, condition: model.Expression) -> bool:
        return self._form(self._truth.certainly_false(condition))

    def _form(self, form: Form) -> bool:
        match form:
            case All(parts):
                return all(map(self._form, parts))
            case Some(parts):
                return any(map(self._form, parts))
            case Blank(value, kind):
                return self._value(value, kind) is None
            case Answered(value, kind):
                return self._value(value, kind) is not None
            case Member(value, options, present, kind):
                found = self._value(value, kind)
                return found is not None and (found in [each.value for each in options]) is present
            case Contains(value, option, present):
                found = self._value(value, "list")
                return found is not None and (option.value in found) is present
            case Comparison(operator, left, right, kind):
                one, other = self._value(left, kind), self._value(right, kind)
                if one is None or other is None:
                    return False
                if operator in ("=", "!="):
                    return (one == other) is (operator == "=")
                return bool(
                    {"<": one < other, "<=": one <= other, ">": one > other, ">=": one >= other}[operator]
                )

    def _value(self, value: model.Expression, kind: Kind) -> Any:
        match value:
            case model.Constant(constant):
                return finite(constant)
            case model.Answer(name):
                return self._sheet.get(name)
            case model.Derived(name):
                let = self._truth.let(name)
                return None if let is None else self._value(let, kind)
            case model.PlaceAttribute(name):
                return _COERCE.get(kind, _same)(self._context.get(f"place.{name}"))
            case model.History(name, days):
                return self._context.get(f"{name}.{days}")
            case model.Fact(name):
                return self._facts.get(name) if name in ("severity", "finding") else self._context.get(name)
            case model.Negate(operand):
                return computing.negate(self._value(operand, "number"))
            case model.Arithmetic(operator, left, right):
                return _COMPUTE[operator](self._value(left, "number"), self._value(right, "number"))
        assert isinstance(value, CONDITIONS)
        return True if self.is_true(value) else False if self.is_false(value) else None


def _same(value: Any) -> Any:
    return value
