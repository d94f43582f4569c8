"""The values something that is read may have, in parts that no condition of an item can tell apart.

A domain has part 0, the blank, and then parts of which each is one written value, everything else that could be written,
or a closed range of numbers. A set of parts is an integer with the bits of its parts set, so that sets are met and
joined by `&` and `|`. Ranges of decimals end at doubles: between two neighbouring doubles there is no number.
"""

from __future__ import annotations

import operator as operators
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from math import ceil, floor, inf, nextafter
from typing import Any, Literal

from gewu_dsl import model
from gewu_dsl.rules.sheet import LARGEST
from gewu_dsl.truth import Operator

BLANK = 1
"""The set of part 0 alone."""
ANSWERED = ~BLANK
"""Every set without part 0."""

Scale = Literal["integer", "decimal", "date", "time"]
Number = int | float

_SCALES: dict[str, Scale] = {"integer": "integer", "decimal": "decimal", "date": "date", "time": "time"}


@dataclass(frozen=True, slots=True)
class Named:
    """One written value: a choice, a text, a kind of place."""

    value: str


@dataclass(frozen=True, slots=True)
class Unnamed:
    """Any text but `names`, which are those that conditions mention."""

    names: frozenset[str]


@dataclass(frozen=True, slots=True)
class Range:
    """Every value of the scale from `low` to `high`, both included. Dates are ordinals, times minutes."""

    low: Number
    high: Number


Part = Named | Unnamed | Range


def ordered(operator: Operator, left: Any, right: Any) -> bool:
    """Whether two values stand so to each other."""
    return bool(_OPERATORS[operator](left, right))


_OPERATORS: dict[Operator, Callable[[Any, Any], Any]] = {
    "=": operators.eq, "!=": operators.ne, "<": operators.lt, "<=": operators.le, ">": operators.gt, ">=": operators.ge,
}  # fmt: skip


@dataclass(slots=True)
class Domain:
    """`parts[i]` is the part of bit `i + 1`; `scale` says what the ranges count, None where there are none.

    `full` is the set of all parts and the blank.
    """

    parts: tuple[Part, ...]
    scale: Scale | None = None
    full: int = field(init=False)
    _named: dict[str, int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        self.full = (1 << len(self.parts) + 1) - 1
        self._named = {part.value: 2 << at for at, part in enumerate(self.parts) if isinstance(part, Named)}

    def select(self, test: Callable[[Part], bool]) -> int:
        """The set of the parts that pass a test."""
        found = 0
        for at, part in enumerate(self.parts):
            if test(part):
                found |= 2 << at
        return found

    def where(self, operator: Operator, constant: object) -> int:
        """The set of the parts whose values stand so to a constant that the domain is cut at; empty where values of this
        kind are never compared with such a constant."""
        if self.scale is not None:
            at, test = position(constant, self.scale), _OPERATORS[operator]
            if at is None:
                return 0
            return self.select(lambda part: isinstance(part, Range) and test(part.low, at))
        if not isinstance(constant, str) or operator not in ("=", "!="):
            return 0
        equal = self._named.get(constant, 0)
        return equal if operator == "=" else self.full & ANSWERED & ~equal

    def chosen(self, parts: int) -> list[Part]:
        """The parts of a set, without the blank."""
        return [part for index, part in enumerate(self.parts) if parts >> index + 1 & 1]


def named(values: Iterable[str]) -> Domain:
    """Just these values."""
    return Domain(tuple(Named(value) for value in values))


def written(constants: Iterable[object], fits: Callable[[str], bool] = lambda _: True) -> Domain:
    """Any text that fits, told apart by the constants it is compared with; an empty one is a blank."""
    names = sorted({value for value in constants if isinstance(value, str)})
    return Domain((Unnamed(frozenset(names)), *(Named(name) for name in names if name and fits(name))))


def ranged(scale: Scale, low: Number, high: Number, constants: Iterable[object]) -> Domain:
    """The values from `low` to `high`, told apart by the constants they are compared with."""
    return cut(scale, low, high, (position(constant, scale) for constant in constants))


def cut(scale: Scale, low: Number, high: Number, positions: Iterable[Number | None]) -> Domain:
    """The values from `low` to `high`, cut below and above every position."""
    parts: list[Range] = []
    start = low
    for at in sorted({each for each in positions if each is not None and low <= each <= high}):
        below, above = _neighbours(scale, at)
        parts.append(Range(start, below))
        if scale == "decimal" or at == int(at):
            parts.append(Range(at, at))
        start = above
    parts.append(Range(start, high))
    return Domain(tuple(part for part in parts if part.low <= part.high), scale)


def position(value: object, scale: Scale | None) -> Number | None:
    """A written value as ranges of this scale count it; None for what is none of them."""
    try:
        match value, scale:
            case str(), "date":
                return date.fromisoformat(value).toordinal()
            case str(), "time":
                return int(value[:2]) * 60 + int(value[3:])
    except ValueError:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return value if scale in ("integer", "decimal") else None


def scale_of(question: model.Question) -> Scale | None:
    """What the answers to a question count, None where they are no numbers."""
    return "integer" if question.type in model.ATTACHED else _SCALES.get(question.type)


def bounds_of(question: model.Question) -> tuple[Number, Number]:
    """The least and the greatest answer."""
    match question.type:
        case "date":
            return date.min.toordinal(), date.max.toordinal()
        case "time":
            return 0, 24 * 60 - 1
        case "decimal":
            least = -LARGEST if question.minimum is None else max(question.minimum, -LARGEST)
            most = LARGEST if question.maximum is None else min(question.maximum, LARGEST)
            return float(least), float(most)
        case "integer":
            least = -LARGEST if question.minimum is None else max(ceil(question.minimum), -LARGEST)
            most = LARGEST if question.maximum is None else min(floor(question.maximum), LARGEST)
            return least, most
    return max(question.at_least or 1, 1), LARGEST if question.at_most is None else question.at_most


def _neighbours(scale: Scale, value: Number) -> tuple[Number, Number]:
    """The greatest value below and the least above."""
    if scale == "decimal":
        return nextafter(value, -inf), nextafter(value, inf)
    return ceil(value) - 1, floor(value) + 1
