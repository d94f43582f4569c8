"""Conditions and values as XPath 1.0 with OpenRosa's functions, for forms on a phone.

It agrees with the Python rules exactly, on what phones really compute. Three things differ from the other executors:

- a blank is the empty string, and not a number wherever a number is wanted, so that a comparison with it is false;
- JavaRosa holds two numbers equal that lie within 1e-12 of each other, so equality is written as `<=` and `>=`;
- `<` is for numbers only, so dates are compared as the numbers their digits make, times as minutes of the day.

An instance knows nothing but text. A register's attribute, whose kind only the register knows, therefore has a node for
each kind it is read as (`emit.xform_nodes`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from gewu_dsl.emit.xform_nodes import Nodes, number_text
from gewu_dsl.model import (
    Answer,
    Arithmetic,
    Constant,
    Derived,
    Expression,
    Fact,
    History,
    Item,
    Negate,
    PlaceAttribute,
)
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
    Operator,
    Some,
    Truth,
    finite,
)

TRUE, FALSE = "true()", "false()"
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_TIME = re.compile(r"(\d{2}):(\d{2})", re.ASCII)
_QUOTED = re.compile(r"'[^']+'|\"[^\"]+\"")
_IS_BLANK = re.compile(r"\S+ = ''")
_SIGNS = {"+": "+", "-": "-", "*": "*", "/": "div"}
_READ_AS: dict[Kind, tuple[Kind, ...]] = {"any": ("number", "text"), "raw": ("number", "text", "list")}


@dataclass(frozen=True, slots=True)
class At:
    """Where an expression is evaluated: in the constraint of question `own`, which reads itself as `.` and is answered;
    before the questions `later` are reached, so that their being blank says nothing; or with the answer to `blank`
    taken for blank. A let that reads one of these is written out, since its node does not know."""

    own: str | None = None
    later: frozenset[str] = frozenset()
    blank: str | None = None


class Printer:
    """XPath for the expressions of one item; `nodes` says where everything stands."""

    def __init__(self, item: Item, nodes: Nodes) -> None:
        self.truth = Truth(item)
        self.nodes = nodes
        self._types = {question.name: question.type for question in item.questions}

    def certainly_true(self, condition: Expression, at: At = At()) -> str:
        return self.form(self.truth.certainly_true(condition), at)

    def certainly_false(self, condition: Expression, at: At = At()) -> str:
        return self.form(self.truth.certainly_false(condition), at)

    def let(self, value: Expression) -> str | None:
        """What the node of a let computes, the empty string for a blank; None for one that computes nothing."""
        if isinstance(value, CONDITIONS):
            return self._truth_text(value, At())
        if not isinstance(value, Arithmetic | Negate):
            return None
        number = self._number(value, At())
        return "''" if number is None else f"if({both(*self._guards(value, At()))}, {number}, '')"

    def form(self, form: Form, at: At) -> str:
        match form:
            case All(parts):
                return both(*(self.form(part, at) for part in parts))
            case Some(parts):
                return either(*(self.form(part, at) for part in parts))
            case Blank(value, kind):
                return FALSE if self._is_open(value, at) else self._blank(value, kind, at)
            case Answered(value, kind):
                return negated(self._blank(value, kind, at))
            case Contains(value, option, present):
                return self._contains(value, option, present, at)
            case Member(value, options, present, kind):
                same = self._member(value, options, kind, at)
                return same if present else both(negated(self._blank(value, kind, at)), negated(same))
            case Comparison(operator, left, right, kind):
                return self._compared(operator, left, right, kind, at)

    def _member(self, value: Expression, options: tuple[Constant, ...], kind: Kind, at: At) -> str:
        own = [self.truth.kind(option) if kind == "any" else kind for option in options]
        return either(*(self._compared("=", value, *each, at) for each in zip(options, own, strict=True)))

    def _compared(self, operator: Operator, left: Expression, right: Expression, kind: Kind, at: At) -> str:
        left, right = self._written(left, at), self._written(right, at)
        if kind == "number":
            return self._numbers(operator, left, right, at)
        if kind == "any":
            return self._alike(operator, left, right, at)
        if kind == "boolean":
            return _texts(operator, self._truth_text(left, at), self._truth_text(right, at))
        if self._is_time(left) or self._is_time(right) or operator not in ("=", "!="):
            return self._moments(operator, left, right, at)
        return _texts(operator, self._text(left, at), self._text(right, at))

    def _numbers(self, operator: Operator, left: Expression, right: Expression, at: At) -> str:
        guards = dict.fromkeys([*self._guards(left, at), *self._guards(right, at)])
        return both(*guards, _ordered(operator, self._number(left, at), self._number(right, at)))

    def _alike(self, operator: Operator, left: Expression, right: Expression, at: At) -> str:
        """Equality of two values that may be numbers or texts: of the same kind and the same, or not."""
        kinds: tuple[Kind, ...] = ("number", "text")
        same = either(*(self._compared("=", left, right, kind, at) for kind in kinds))
        if operator == "=":
            return same
        return both(*(negated(self._blank(side, "any", at)) for side in (left, right)), negated(same))

    def _moments(self, operator: Operator, left: Expression, right: Expression, at: At) -> str:
        """Dates and times, as numbers that stand to each other as the ISO texts do."""
        sides = (left, right)
        if any(self._is_time(side) or _minutes(side) is not None for side in sides):
            return _ordered(operator, *(self._minutes(side, at) for side in sides))
        return _ordered(operator, *(self._day(side, at) for side in sides))

    def _minutes(self, value: Expression, at: At) -> str | None:
        if isinstance(value, Constant):
            return _minutes(value)
        text = self._text(value, at)
        if text is None or self._is_time(value):
            return text and f"round(decimal-time({text}) * 1440)"
        return f"(substr({text}, 0, 2) * 60 + substr({text}, 3, 5))"

    def _day(self, value: Expression, at: At) -> str | None:
        if isinstance(value, Constant):
            return str(value.value).replace("-", "") if _DATE.fullmatch(str(value.value)) else None
        text = self._text(value, at)
        return text and f"number(translate({text}, '-', ''))"

    def _is_time(self, value: Expression) -> bool:
        return isinstance(value, Answer) and self._types.get(value.question) == "time"

    def _contains(self, value: Expression, option: Constant, present: bool, at: At) -> str:
        path = self._read(self._written(value, at), "list", at)
        if path is None:
            return FALSE
        held = f"selected({path}, {literal(str(option.value))})"
        return held if present else f"{path} != '' and not({held})"

    def _blank(self, value: Expression, kind: Kind, at: At) -> str:
        value = self._written(value, at)
        match value:
            case Constant(constant):
                return TRUE if finite(constant) is None else FALSE
            case Derived(name) if self.truth.let(name) is not None:
                return f"{self.nodes.let(name)} = ''"
            case Arithmetic() | Negate():
                known = self._number(value, at) is not None
                return negated(both(*self._guards(value, at))) if known else TRUE
        if isinstance(value, CONDITIONS):
            truths = self.certainly_true(value, at), self.certainly_false(value, at)
            return both(*map(negated, truths))
        kinds = _READ_AS.get(kind, (kind,))
        paths = [self._read(value, each, at) for each in kinds]
        return both(*(f"{path} = ''" for path in paths if path is not None))

    def _truth_text(self, condition: Expression, at: At) -> str:
        match self._written(condition, at):
            case Constant(constant):
                return literal("true" if constant in (True, "yes") else "false")
            case Derived(name):
                return self.nodes.let(name)
            case written:
                true, false = self.certainly_true(written, at), self.certainly_false(written, at)
                return f"if({true}, 'true', if({false}, 'false', ''))"

    def _number(self, value: Expression, at: At) -> str | None:
        """A number, not a number for a blank; None where it is always blank."""
        value = self._written(value, at)
        match value:
            case Constant(constant):
                return _number_literal(constant)
            case Arithmetic(operator, left, right):
                sides = self._number(left, at), self._number(right, at)
                return None if None in sides else f"({sides[0]} {_SIGNS[operator]} {sides[1]})"
            case Negate(operand):
                number = self._number(operand, at)
                return number and f"(0 - {number})"
            case Derived(name) if self.truth.kind(value) == "number":
                return self.nodes.let(name)
        return self._read(value, "number", at)

    def _guards(self, value: Expression, at: At) -> list[str]:
        """That a computed number is one, and finite; also every divisor, where an infinity would get lost."""
        value = self._written(value, at)
        if not isinstance(value, Arithmetic | Negate) or self._number(value, at) is None:
            return []
        return [f"{self._number(each, at)} * 0 = 0" for each in (value, *self._divisors(value, at))]

    def _divisors(self, value: Expression, at: At) -> Iterator[Expression]:
        value = self._written(value, at)
        if isinstance(value, Arithmetic):
            yield from self._divisors(value.left, at)
            yield from self._divisors(value.right, at)
            divisor = self._written(value.right, at)
            if value.operator == "/" and isinstance(divisor, Arithmetic | Negate):
                yield divisor
        elif isinstance(value, Negate):
            yield from self._divisors(value.operand, at)

    def _text(self, value: Expression, at: At) -> str | None:
        if isinstance(value, Constant):
            return literal(value.value) if isinstance(value.value, str) else None
        return self._read(value, "text", at)

    def _read(self, value: Expression, kind: Kind, at: At) -> str | None:
        """The node of something read as `kind`; None where it can never be of that kind."""
        if self.truth.kind(value) not in (kind, "any"):
            return None
        match value:
            case Answer(name) if name in self._types and name != at.blank:
                return "." if name == at.own else self.nodes.answer(name)
            case Fact(name) if name not in ("severity", "finding"):
                return self.nodes.fact(name, kind)
            case PlaceAttribute(name):
                return self.nodes.fact(f"place.{name}", kind)
            case History(name, days):
                return self.nodes.fact(f"{name}.{days}", kind)
        return None

    def _is_open(self, value: Expression, at: At) -> bool:
        """Whether that a value is blank says nothing here, or cannot be."""
        answered = at.own is not None and self._written(value, at) == Answer(at.own)
        return answered or not self._asked(value).isdisjoint(at.later)

    def _asked(self, value: Expression) -> set[str]:
        """The questions that a value depends on."""
        return {leaf.question for leaf in self.truth.leaves(value) if isinstance(leaf, Answer)}

    def _written(self, value: Expression, at: At) -> Expression:
        """The expression behind a let, unless the let computes something and its node holds that here."""
        while isinstance(value, Derived):
            let = self.truth.let(value.name)
            if let is None:
                break
            computed = isinstance(let, (*CONDITIONS, Arithmetic, Negate))
            if computed and self._asked(value).isdisjoint({at.own, at.blank, *at.later}):
                break
            value = let
        return value


def literal(text: str) -> str:
    """A text in quotes; XPath 1.0 has no escapes, so one with both kinds of quotes is put together."""
    for quote in ("'", '"'):
        if quote not in text:
            return f"{quote}{text}{quote}"
    return "concat(" + ', "\'", '.join(f"'{part}'" for part in text.split("'")) + ")"


def _number_literal(value: float | str | bool) -> str | None:
    known = finite(value)
    if isinstance(known, str | bool | None):
        return None
    text = number_text(known)
    return f"({text})" if text.startswith("-") else text


def _minutes(value: Expression) -> str | None:
    found = _TIME.fullmatch(str(value.value)) if isinstance(value, Constant) else None
    return str(int(found[1]) * 60 + int(found[2])) if found else None


def _ordered(operator: Operator, left: str | None, right: str | None) -> str:
    """Two numbers; false where one of them is not a number."""
    if left is None or right is None:
        return FALSE
    if operator == "=":
        return f"{left} <= {right} and {left} >= {right}"
    return f"({left} < {right} or {left} > {right})" if operator == "!=" else f"{left} {operator} {right}"


def _texts(operator: Operator, left: str | None, right: str | None) -> str:
    """Two texts that are both answered and the same, or not the same."""
    if left is None or right is None:
        return FALSE
    unsure = [side for side in (left, right) if not _QUOTED.fullmatch(side)]
    guards = [] if operator == "=" and len(unsure) < 2 else [f"{side} != ''" for side in unsure]
    return both(*guards, f"{left} {operator} {right}")


def both(*tests: str) -> str:
    """All of the tests, with what cannot matter left out."""
    kept = [test for test in tests if test != TRUE]
    return FALSE if FALSE in kept else " and ".join(kept) or TRUE


def either(*tests: str) -> str:
    """Any of the tests, in brackets."""
    kept = [test for test in tests if test != FALSE]
    if TRUE in kept or not kept:
        return TRUE if kept else FALSE
    return kept[0] if len(kept) == 1 else f"({' or '.join(kept)})"


def negated(test: str) -> str:
    """The opposite of a test that is true or false."""
    if test in (TRUE, FALSE):
        return FALSE if test == TRUE else TRUE
    return f"{test[:-4]}!= ''" if _IS_BLANK.fullmatch(test) else f"not({test})"
