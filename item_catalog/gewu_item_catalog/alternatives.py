"""Other answers a question could have been given: every choice, and values on both sides of whatever it is compared with."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from itertools import combinations, pairwise
from typing import Any

from gewu_dsl.model import ATTACHED, Among, Answer, Between, Compare, Constant, Expression, Item, Question
from gewu_dsl.rules.source import condition_of
from gewu_dsl.truth import Truth, operands
from gewu_dsl.validity import choice_names, value_refusals
from gewu_item_catalog.coverage.boundaries import conditions_of

FEW_VALUES = 20
"""A number between bounds no further apart than this could have been any between them."""

FEW_CHOICES = 5
"""Up to so many choices every set of them is another answer; beyond, those that differ in one choice or two."""


def read_questions(item: Item) -> tuple[Question, ...]:
    """The questions that some condition of the item reads, in the order of the form: no other changes anything."""
    truth = Truth(item)
    found = map(condition_of, item.findings)
    conditions = [*conditions_of(item), *(condition for condition in found if condition is not None)]
    names = {
        leaf.question
        for condition in conditions
        for leaf in truth.leaves(condition)
        if isinstance(leaf, Answer)
    }
    return tuple(question for question in item.questions if question.name in names)


def alternatives(item: Item, question: Question, answer: Any) -> tuple[Any, ...]:
    """Answers other than `answer` (None: blank) that `question` alone would take, the nearest first.

    For an attached type they are numbers of files. A blank is among them where the question is optional. Whether the
    sheet as a whole is acceptable is not looked at.
    """
    if question.type == "any_of":
        values: Iterable[Any] = _sets(question, answer or [])
    elif choice_names(question):
        values = choice_names(question)
    elif question.type in _SCALES or question.type in ATTACHED:
        values = _points(item, question, answer)
    else:
        values = _texts(item, question)
    others = [value for value in values if value != answer and not value_refusals(question, value)]
    return (*others, None) if question.optional and answer is not None else tuple(others)


def step_of(question: Question) -> Decimal:
    """How far apart two answers on a scale are written: 1, or a tenth for a measure."""
    return Decimal("0.1") if question.type == "decimal" else Decimal(1)


def on_scale(question: Question, answer: Any) -> Decimal | None:
    """An answer as a number: a date as its day, a time as its minute, files as their count; None where it is none."""
    if question.type in ATTACHED:
        return Decimal(len(answer) if isinstance(answer, list | tuple) else answer or 0)
    if answer is None or question.type not in _SCALES:
        return None
    return _SCALES[question.type][0](answer)


def from_scale(question: Question, number: Decimal) -> Any:
    """The answer that `on_scale` reads as `number`."""
    return _SCALES[question.type][1](number) if question.type in _SCALES else int(number)


def _sets(question: Question, chosen: Iterable[str]) -> Iterator[list[str]]:
    """Other sets of choices in the order of the form, those that differ least first."""
    names, now = choice_names(question), frozenset(chosen)
    most = len(names) if len(names) <= FEW_CHOICES else 2
    for size in range(1, most + 1):
        for turned in combinations(names, size):
            yield [name for name in names if (name in now) != (name in turned)]


def _points(item: Item, question: Question, answer: Any) -> list[Any]:
    """A value in every stretch between the numbers the question is compared with, and those numbers themselves."""
    step = step_of(question)
    marks = sorted(set(_marks(item, question)))
    points = [point for mark in marks for point in (mark, mark - step, mark + step)]
    points += [_between(low, high, question) for low, high in pairwise(marks)]
    points += _bounded(question, step)
    now = on_scale(question, answer)
    ordered = sorted(set(points), key=lambda point: (abs(point - (now or 0)), point))
    return [from_scale(question, point) for point in ordered if _is_written(question, point)]


def _bounded(question: Question, step: Decimal) -> list[Decimal]:
    """The ends of what the question takes, and everything between where that is not much."""
    bounds = [
        Decimal(str(bound))
        for bound in (question.minimum, question.maximum, question.at_least, question.at_most)
        if bound is not None
    ]
    low, high = min(bounds, default=Decimal(0)), max(bounds, default=Decimal(0))
    steps = (high - low) / step
    return [*bounds, *(low + step * turn for turn in range(1, int(steps)))] if steps <= FEW_VALUES else bounds


def _marks(item: Item, question: Question) -> Iterator[Decimal]:
    """Every constant of a comparison that reads the question, also through a let."""
    truth, wanted = Truth(item), Answer(question.name)
    for condition in conditions_of(item):
        for comparison in _comparisons(condition):
            if wanted in truth.leaves(comparison):
                for constant in _constants(comparison):
                    mark = _mark(question, constant.value)
                    if mark is not None:
                        yield mark


def _mark(question: Question, value: Any) -> Decimal | None:
    scale = "integer" if question.type in ATTACHED else question.type
    try:
        return _SCALES[scale][0](value)
    except (ValueError, TypeError, ArithmeticError):
        return None


def _comparisons(expression: Expression) -> Iterator[Compare | Between | Among]:
    if isinstance(expression, Compare | Between | Among):
        yield expression
    for operand in operands(expression):
        yield from _comparisons(operand)


def _constants(expression: Expression) -> Iterator[Constant]:
    if isinstance(expression, Constant):
        yield expression
    if isinstance(expression, Among):
        yield from expression.options
    for operand in operands(expression):
        yield from _constants(operand)


def _between(low: Decimal, high: Decimal, question: Question) -> Decimal:
    middle = (low + high) / 2
    return middle if question.type == "decimal" else Decimal(int(middle))


def _is_written(question: Question, point: Decimal) -> bool:
    """Whether the scale has this point at all."""
    try:
        return on_scale(question, from_scale(question, point)) == point
    except (ValueError, OverflowError):
        return False


def _texts(item: Item, question: Question) -> list[str]:
    """The texts it is compared with, and one more."""
    truth, wanted = Truth(item), Answer(question.name)
    named = [
        constant.value
        for condition in conditions_of(item)
        for comparison in _comparisons(condition)
        if wanted in truth.leaves(comparison)
        for constant in _constants(comparison)
        if isinstance(constant.value, str)
    ]
    return [*dict.fromkeys(named), *(text for text in ("…",) if text not in named)]


def _number(value: Any) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError(value)
    return Decimal(str(value))


def _minutes(value: str) -> Decimal:
    hours, minutes = value.split(":")
    return Decimal(int(hours) * 60 + int(minutes))


def _time(number: Decimal) -> str:
    if not 0 <= number < 24 * 60:
        raise ValueError(number)
    return f"{int(number) // 60:02}:{int(number) % 60:02}"


def _plain(number: Decimal) -> int | float:
    return int(number) if number == number.to_integral_value() else float(number)


_SCALES: Mapping[str, tuple[Callable[[Any], Decimal], Callable[[Decimal], Any]]] = {
    "integer": (_number, int),
    "decimal": (_number, _plain),
    "date": (
        lambda day: Decimal(date.fromisoformat(day).toordinal()),
        lambda number: date.fromordinal(int(number)).isoformat(),
    ),
    "time": (_minutes, _time),
}
"""For each type of answer that has an order: its number, and the answer for a number."""
