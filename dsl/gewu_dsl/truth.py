"""When a condition is certainly true and when it is certainly false: one translation for every executor.

A comparison with a blank is unknown, `and`/`or`/`not` follow Kleene's three values, `is blank` is never unknown. Both
answers come out as a *form* without negation: `All` and `Some` over leaves, each of which is true only if every value
it reads is answered (except `Blank`). An executor (Python, JavaScript, XPath, SQL) prints forms and values, nothing else.

Numbers are IEEE doubles everywhere; a quotient by zero and a result that is not finite are blank. Text is only compared
for equality; dates (`2026-01-31`) and times (`08:00`) are compared as the ISO text they are. The order of severities
is unfolded into equalities, so that no executor needs to know it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from gewu_dsl.model import (
    ATTACHED,
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

Kind = Literal["number", "text", "list", "object", "boolean", "any", "raw"]
"""How a value is read; a value of another kind reads as blank. `any` is a number or a text, `raw` whatever is there."""

Operator = Literal["=", "!=", "<", "<=", ">", ">="]

CONDITIONS = (Compare, Among, Includes, Between, IsBlank, IsHazard, And, Or, Not)
NEGATED: dict[Operator, Operator] = {"=": "!=", "!=": "=", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}


@dataclass(frozen=True, slots=True)
class Comparison:
    """Both values are answered and stand so to each other; both are read as `kind`."""

    operator: Operator
    left: Expression
    right: Expression
    kind: Kind


@dataclass(frozen=True, slots=True)
class Member:
    """The value is answered and is one of `options` (`present`), or none of them."""

    value: Expression
    options: tuple[Constant, ...]
    present: bool
    kind: Kind


@dataclass(frozen=True, slots=True)
class Contains:
    """The list is answered and holds `option` (`present`), or does not."""

    value: Expression
    option: Constant
    present: bool


@dataclass(frozen=True, slots=True)
class Blank:
    value: Expression
    kind: Kind


@dataclass(frozen=True, slots=True)
class Answered:
    value: Expression
    kind: Kind


@dataclass(frozen=True, slots=True)
class All:
    """True if every part is; without parts, true."""

    parts: tuple[Form, ...]


@dataclass(frozen=True, slots=True)
class Some:
    """True if any part is; without parts, false."""

    parts: tuple[Form, ...]


Form = Comparison | Member | Contains | Blank | Answered | All | Some

ALWAYS = All(())
NEVER = Some(())

_NUMBER_FACTS = frozenset({"reported.month", "reported.weekday", "reported.hour", "open_cases"})
_QUESTION_KINDS: dict[str, Kind] = {
    "integer": "number",
    "decimal": "number",
    "any_of": "list",
    "location": "object",
}


def question_kind(type_: str) -> Kind:
    """How answers to questions of a type are read; attached files are read as their number."""
    return "number" if type_ in ATTACHED else _QUESTION_KINDS.get(type_, "text")


class Truth:
    """The meaning of conditions within one item."""

    def __init__(self, item: Item) -> None:
        self._questions = {question.name: question for question in item.questions}
        self._lets = {let.name: let.value for let in item.lets}

    def certainly_true(self, condition: Expression) -> Form:
        return self._holds(condition, True)

    def certainly_false(self, condition: Expression) -> Form:
        return self._holds(condition, False)

    def let(self, name: str) -> Expression | None:
        """What a `let` stands for; None where there is none of that name."""
        return self._lets.get(name)

    def leaves(self, expression: Expression) -> Iterator[Expression]:
        """Everything an expression reads, also through its lets, each once, in reading order."""
        pending, seen = [expression], set[Expression]()
        while pending:
            for leaf in leaves(pending.pop(0)):
                if leaf in seen:
                    continue
                seen.add(leaf)
                yield leaf
                if isinstance(leaf, Derived) and leaf.name in self._lets:
                    pending.append(self._lets[leaf.name])

    def kind(self, value: Expression) -> Kind:
        """The kind a value has; `any` where only the register knows."""
        match value:
            case Constant(bool()):
                return "boolean"
            case Constant(str()):
                return "text"
            case Answer(name):
                question = self._questions.get(name)
                return question_kind(question.type) if question else "any"
            case Derived(name):
                return self.kind(self._lets[name]) if name in self._lets else "any"
            case Fact(name):
                return "number" if name in _NUMBER_FACTS else "text"
            case PlaceAttribute(name):
                return "text" if name == "kind" else "any"
            case Constant() | History() | Arithmetic() | Negate():
                return "number"
            case _:
                return "boolean"

    def _holds(self, condition: Expression, wanted: bool) -> Form:
        match condition:
            case Constant(value):
                return ALWAYS if (value in (True, "yes")) is wanted else NEVER
            case Not(operand):
                return self._holds(operand, not wanted)
            case And(operands):
                return _joined(
                    All if wanted else Some, [self._holds(operand, wanted) for operand in operands]
                )
            case Or(operands):
                return _joined(
                    Some if wanted else All, [self._holds(operand, wanted) for operand in operands]
                )
            case Between(value, low, high):
                return self._holds(And((Compare(">=", value, low), Compare("<=", value, high))), wanted)
            case Compare(operator, left, right):
                return self._compared(operator if wanted else NEGATED[operator], left, right)
            case Among(value, options):
                return self._among(value, options, wanted)
            case Includes(value, option):
                return Contains(value, option, wanted) if self.kind(value) in ("list", "any") else NEVER
            case IsBlank(value):
                kind = self.kind(value)
                kind = "raw" if kind == "any" else kind
                return Blank(value, kind) if wanted else Answered(value, kind)
            case IsHazard(name):
                question = self._questions.get(name)
                hazard = Constant((question and question.hazard) or "no")
                return Comparison("=" if wanted else "!=", Answer(name), hazard, "text")
            case Derived() if self.kind(condition) == "boolean":
                return Comparison("=", condition, Constant(wanted), "boolean")
            case _:
                return self._compared("=" if wanted else "!=", condition, Constant("yes"))

    def _compared(self, operator: Operator, left: Expression, right: Expression) -> Form:
        kinds = {self.kind(left), self.kind(right)}
        if "boolean" in kinds:
            return self._agreement(operator, left, right)
        if operator not in ("=", "!=") and Fact("severity") in (left, right):
            return self._severities(operator, left, right)
        known = kinds - {"any"}
        if len(known) > 1 or known & {"list", "object"}:
            return NEVER
        ordered: Kind = "any" if operator in ("=", "!=") else "number"
        return Comparison(operator, left, right, known.pop() if known else ordered)

    def _agreement(self, operator: Operator, left: Expression, right: Expression) -> Form:
        if operator not in ("=", "!="):
            return NEVER
        same = operator == "="
        both = [
            _joined(All, [self._holds(left, truth), self._holds(right, truth is same)])
            for truth in (True, False)
        ]
        return _joined(Some, both)

    def _severities(self, operator: Operator, left: Expression, right: Expression) -> Form:
        pairs = [
            _joined(All, [self._named(left, low), self._named(right, high)])
            for rank, low in enumerate(SEVERITIES)
            for other, high in enumerate(SEVERITIES)
            if _ordered(operator, rank, other)
        ]
        return _joined(Some, pairs)

    def _named(self, value: Expression, name: str) -> Form:
        if isinstance(value, Constant):
            return ALWAYS if value.value == name else NEVER
        return self._compared("=", value, Constant(name))

    def _among(self, value: Expression, options: tuple[Constant, ...], wanted: bool) -> Form:
        kind = self.kind(value)
        if kind == "boolean":
            return self._holds(Or(tuple(Compare("=", value, option) for option in options)), wanted)
        if kind in ("list", "object"):
            return NEVER
        fitting = tuple(option for option in options if kind == "any" or self.kind(option) == kind)
        return Member(value, fitting, wanted, kind)


def _ordered(operator: Operator, left: int, right: int) -> bool:
    return {"<": left < right, "<=": left <= right, ">": left > right, ">=": left >= right}[operator]


def _joined(join: type[All] | type[Some], parts: list[Form]) -> Form:
    """`parts` joined, flat, with the parts that cannot matter left out."""
    neutral, decisive = (ALWAYS, NEVER) if join is All else (NEVER, ALWAYS)
    flat: list[Form] = []
    for part in parts:
        flat.extend(part.parts if isinstance(part, join) else (part,))
    if decisive in flat:
        return decisive
    kept = [part for part in flat if part != neutral]
    return kept[0] if len(kept) == 1 else join(tuple(kept))


def finite(value: int | float | str | bool) -> int | float | str | bool | None:
    """The constant as every executor holds it: integers beyond 2^53 as doubles, not-a-number and infinity blank."""
    if isinstance(value, bool | str):
        return value
    try:
        double = float(value)
    except OverflowError:
        return None
    if not math.isfinite(double):
        return None
    return value if isinstance(value, float) or abs(value) <= 2**53 else double


def operands(expression: Expression) -> tuple[Expression, ...]:
    """The expressions directly within one, in reading order."""
    match expression:
        case Arithmetic(_, left, right) | Compare(_, left, right):
            return (left, right)
        case Negate(operand) | Not(operand):
            return (operand,)
        case And(parts) | Or(parts):
            return parts
        case Among(value, _) | Includes(value, _) | IsBlank(value):
            return (value,)
        case Between(value, low, high):
            return (value, low, high)
        case IsHazard(question):
            return (Answer(question),)
        case _:
            return ()


def leaves(expression: Expression) -> Iterator[Expression]:
    """Everything read by an expression (answers, lets, attributes, facts, history), in reading order."""
    if isinstance(expression, Answer | Derived | PlaceAttribute | Fact | History):
        yield expression
    for operand in operands(expression):
        yield from leaves(operand)
