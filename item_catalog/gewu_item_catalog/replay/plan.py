"""Conditions as operations on whole columns: the printer of `gewu_dsl.truth`'s forms for many reports at once.

A plan is a list of steps, each an operation on the results of steps before it; the same operation on the same results
is one step, however many conditions need it. What does not depend on the report is worked out while planning.
"""

from __future__ import annotations

import operator
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from gewu_dsl.model import Arithmetic, Branches, Constant, Derived, Expression, Fact, Negate
from gewu_dsl.truth import All, Answered, Blank, Comparison, Contains, Form, Kind, Member, Some, Truth, finite
from gewu_item_catalog.replay.columns import Array, Columns, smallest
from gewu_item_catalog.replay.operations import Against, Finite, FirstOf, Recoded, is_number

Slot = int
Held = Slot | bool
"""Where a condition holds: the result of a step, or the same for every report."""

_SIGNS: dict[str, tuple[Callable[[Any, Any], bool], Callable[..., Array]]] = {
    "=": (operator.eq, np.equal), "!=": (operator.ne, np.not_equal), "<": (operator.lt, np.less),
    "<=": (operator.le, np.less_equal), ">": (operator.gt, np.greater), ">=": (operator.ge, np.greater_equal),
}  # fmt: skip
_MIRRORED = {"=": "=", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}
_ARITHMETIC: dict[str, Callable[..., Array]] = {
    "+": np.add, "-": np.subtract, "*": np.multiply, "/": np.divide,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Number:
    """A column of numbers."""

    slot: Slot


@dataclass(frozen=True, slots=True)
class _Text:
    """A column of codes, and the sorted words they stand for."""

    slot: Slot
    words: tuple[str, ...]


class Plan:
    """The steps that decide `columns`. Within `finding`, and after its `severity` is decided, these two are known."""

    def __init__(self, truth: Truth, columns: Columns) -> None:
        self.finding: str | None = None
        self.severity: _Text | None = None
        self._truth = truth
        self._columns = columns
        self._steps: list[tuple[Callable[..., Array], tuple[Any, ...]]] = []
        self._inputs: dict[Slot, Array] = {}
        self._slots: dict[tuple[object, ...], Slot] = {}

    def run(self, start: int, end: int) -> list[Array]:
        """The result of every step for the reports from `start` to before `end`."""
        results: list[Array] = []
        with np.errstate(all="ignore"):
            for slot, (operation, inputs) in enumerate(self._steps):
                column = self._inputs.get(slot)
                results.append(
                    operation(*(results[each] for each in inputs)) if column is None else column[start:end]
                )
        return results

    def holds(self, form: Form) -> Held:
        match form:
            case All(parts):
                return self._joined(np.logical_and, parts, True)
            case Some(parts):
                return self._joined(np.logical_or, parts, False)
            case Comparison(sign, left, right, kind):
                return self._compared(sign, left, right, kind)
            case Member(value, options, present, kind):
                return self._among(value, options, present, kind)
            case Contains(value, option, present):
                leaf = self._unfolded(value)
                member = self._input(("member", leaf, option), self._columns.members(leaf, str(option.value)))
                return member if present else self._both(self._answered(value, "list"), self._negated(member))
            case Answered(value, kind):
                return self._answered(value, kind)
            case Blank(value, kind):
                return self._negated(self._answered(value, kind))

    def branch(self, branches: Branches[Any]) -> Slot:
        """The index of the first branch that certainly holds, -1 where none does."""
        conditions: list[Held] = [
            True if branch.when is None else self.holds(self._truth.certainly_true(branch.when))
            for branch in branches
        ]
        return self.first_of(conditions)

    def any_of(self, conditions: Sequence[Held]) -> Held:
        held: Held = False
        for condition in conditions:
            held = self._either(held, condition)
        return held

    def first_of(self, conditions: Sequence[Held]) -> Slot:
        """The index of the first condition that holds, -1 where none does."""
        default = next((index for index, each in enumerate(conditions) if each is True), -1)
        open_ = conditions if default < 0 else conditions[:default]
        kept = {index: each for index, each in enumerate(open_) if each is not False}
        if not kept:
            return self._constant(default, smallest(len(conditions)))
        return self._step(FirstOf(tuple(kept), default), *kept.values())

    def decide_severity(self, branches: Branches[Any]) -> Slot:
        """`branch` of a severity, which later conditions of the finding may read."""
        chosen = self.branch(branches)
        words = tuple(sorted({branch.value for branch in branches}))
        levels = (*(words.index(branch.value) for branch in branches), -1)
        self.severity = _Text(self._step(Recoded(levels), chosen), words)
        return chosen

    def _joined(self, join: Callable[..., Array], parts: tuple[Form, ...], neutral: bool) -> Held:
        held: Held = neutral
        for part in parts:
            found = self.holds(part)
            if isinstance(found, bool):
                if found is not neutral:
                    return found
            else:
                held = found if isinstance(held, bool) else self._step(join, held, found)
        return held

    def _compared(self, sign: str, left: Expression, right: Expression, kind: Kind) -> Held:
        if kind == "boolean":
            assert isinstance(right, Constant)
            return self._let_is(left, right.value is True)
        if kind == "any":
            numbers = self._numbers_compared("=", left, right)
            same = self._either(numbers, self._texts_compared("=", left, right))
            if sign == "=":
                return same
            answered = self._both(self._answered(left, "any"), self._answered(right, "any"))
            return self._both(answered, self._negated(same))
        compared = self._numbers_compared if kind == "number" else self._texts_compared
        return compared(sign, left, right)

    def _let_is(self, condition: Expression, wanted: bool) -> Held:
        let = self._unfolded(condition)
        truth = self._truth
        return self.holds(truth.certainly_true(let) if wanted else truth.certainly_false(let))

    def _numbers_compared(self, sign: str, left: Expression, right: Expression) -> Held:
        one, other = self._number(left), self._number(right)
        if one is None or other is None:
            return False
        if isinstance(one, float) and isinstance(other, float):
            return _SIGNS[sign][0](one, other)
        if isinstance(one, float):
            one, other, sign = other, one, _MIRRORED[sign]
        assert isinstance(one, _Number)
        if isinstance(other, float):
            compared: Held = self._step(Against(_SIGNS[sign][1], other), one.slot)
        else:
            compared = self._step(_SIGNS[sign][1], one.slot, other.slot)
        if sign == "!=":  # the one comparison that holds of a blank
            for each in (one, other):
                if isinstance(each, _Number):
                    compared = self._both(self._step(is_number, each.slot), compared)
        return compared

    def _texts_compared(self, sign: str, left: Expression, right: Expression) -> Held:
        one, other = self._text(left), self._text(right)
        if one is None or other is None:
            return False
        if isinstance(one, str) and isinstance(other, str):
            return _SIGNS[sign][0](one, other)
        if isinstance(one, str):
            one, other, sign = other, one, _MIRRORED[sign]
        assert isinstance(one, _Text)
        if isinstance(other, str):
            return self._text_against(sign, one, other)
        words = tuple(sorted({*one.words, *other.words}))
        slots = [self._recoded(each, words) for each in (one, other)]
        compared = self._step(_SIGNS[sign][1], *slots)
        answered = [self._step(Against(np.greater_equal, 0), slot) for slot in slots]
        return self._both(self._both(answered[0], answered[1]), compared)

    def _text_against(self, sign: str, text: _Text, constant: str) -> Held:
        """Codes are ordered as their words are, so every comparison with a constant is one of codes."""
        low, high = bisect_left(text.words, constant), bisect_right(text.words, constant)
        known = low < high
        if sign == "=":
            return self._step(Against(np.equal, low), text.slot) if known else False
        answered = self._step(Against(np.greater_equal, 0), text.slot)
        if sign == "!=":
            return (
                self._both(answered, self._step(Against(np.not_equal, low), text.slot)) if known else answered
            )
        if sign in (">", ">="):
            return self._step(Against(np.greater_equal, high if sign == ">" else low), text.slot)
        below = self._step(Against(np.less, low if sign == "<" else high), text.slot)
        return self._both(answered, below)

    def _recoded(self, text: _Text, words: tuple[str, ...]) -> Slot:
        places = {word: place for place, word in enumerate(words)}
        return self._step(Recoded((*(places[word] for word in text.words), -1)), text.slot)

    def _among(self, value: Expression, options: tuple[Constant, ...], present: bool, kind: Kind) -> Held:
        equal: Held = False
        for option in options:
            if self._truth.kind(option) == "number":
                equal = self._either(equal, self._numbers_compared("=", value, option))
            else:
                equal = self._either(equal, self._texts_compared("=", value, option))
        return equal if present else self._both(self._answered(value, kind), self._negated(equal))

    def _answered(self, value: Expression, kind: Kind) -> Held:
        if kind == "boolean":
            return self._either(self._let_is(value, True), self._let_is(value, False))
        if kind == "number":
            number = self._number(value)
            return self._step(is_number, number.slot) if isinstance(number, _Number) else number is not None
        if kind == "text":
            text = self._text(value)
            return (
                self._step(Against(np.greater_equal, 0), text.slot)
                if isinstance(text, _Text)
                else text is not None
            )
        if kind == "any":
            return self._either(self._answered(value, "number"), self._answered(value, "text"))
        leaf = self._unfolded(value)
        wanted = tuple if kind == "list" else object
        return self._input(("present", leaf, wanted), self._columns.present(leaf, wanted))

    def _number(self, expression: Expression) -> _Number | float | None:
        expression = self._unfolded(expression)
        if self._truth.kind(expression) not in ("number", "any"):
            return None
        match expression:
            case Constant(value):
                double = finite(value)
                return float(double) if isinstance(double, int | float) else None
            case Arithmetic(sign, left, right):
                return self._calculated(Finite(_ARITHMETIC[sign]), left, right)
            case Negate(operand):
                return self._calculated(Finite(np.negative), operand)
        return _Number(self._input(("number", expression), self._columns.numbers(expression)))

    def _calculated(self, calculate: Finite, *operands: Expression) -> _Number | None:
        slots: list[Slot] = []
        for operand in operands:
            value = self._number(operand)
            if value is None:
                return None
            slots.append(value.slot if isinstance(value, _Number) else self._constant(value, np.float64))
        return _Number(self._step(calculate, *slots))

    def _text(self, expression: Expression) -> _Text | str | None:
        expression = self._unfolded(expression)
        if self._truth.kind(expression) not in ("text", "any"):
            return None
        match expression:
            case Constant(value):
                return value if isinstance(value, str) else None
            case Fact("finding"):
                return self.finding
            case Fact("severity"):
                return self.severity
        coded = self._columns.texts(expression)
        return _Text(self._input(("text", expression), coded.codes), coded.words)

    def _unfolded(self, expression: Expression) -> Expression:
        while isinstance(expression, Derived):
            let = self._truth.let(expression.name)
            assert let is not None, expression
            expression = let
        return expression

    def _both(self, one: Held, other: Held) -> Held:
        if isinstance(one, bool):
            return other if one else False
        if isinstance(other, bool):
            return one if other else False
        return self._step(np.logical_and, one, other)

    def _either(self, one: Held, other: Held) -> Held:
        if isinstance(one, bool):
            return True if one else other
        if isinstance(other, bool):
            return True if other else one
        return self._step(np.logical_or, one, other)

    def _negated(self, held: Held) -> Held:
        return not held if isinstance(held, bool) else self._step(np.logical_not, held)

    def _constant(self, value: float, kind: type[np.generic]) -> Slot:
        return self._input(("constant", value, kind), np.full(len(self._columns), value, kind))

    def _input(self, key: tuple[object, ...], column: Array) -> Slot:
        if key not in self._slots:
            self._slots[key] = len(self._steps)
            self._inputs[len(self._steps)] = column
            self._steps.append((np.positive, ()))
        return self._slots[key]

    def _step(self, operation: Callable[..., Array], *inputs: Slot) -> Slot:
        key = (operation, *inputs)
        if key not in self._slots:
            self._slots[key] = len(self._steps)
            self._steps.append((operation, inputs))
        return self._slots[key]
