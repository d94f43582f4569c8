"""Conditions and values in FEEL, the expression language of DMN.

FEEL knows null, but `null = null` is true there and `not(null = 1)` too: so every form is printed with its guards
(`people != null and people > 30`) and is true or false, never null. Dates and times stay the ISO texts they are.
FEEL computes with 34 decimal digits, the other executors with doubles.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from gewu_dsl.model import (
    Answer,
    Arithmetic,
    Constant,
    Derived,
    Expression,
    Fact,
    History,
    Negate,
    PlaceAttribute,
)
from gewu_dsl.truth import (
    ALWAYS,
    NEVER,
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
)

DECISIONS = ("refused", "excluded", "findings")
"""What a model decides of every item, by these very names."""

RESERVED = frozenset({
    "abs", "after", "all", "and", "any", "append", "area", "before", "between", "ceiling", "coincides",
    "concatenate", "contains", "context", "count", "date", "day", "decimal", "duration", "during", "else",
    "even", "every", "exp", "external", "false", "finishes", "flatten", "floor", "for", "function", "if",
    "in", "includes", "index", "insert", "instance", "is", "item", "list", "log", "max", "mean", "median",
    "meets", "min", "mode", "modulo", "month", "not", "now", "null", "number", "odd", "of", "or",
    "overlaps", "partial", "place", "product", "range", "remove", "replace", "reported", "reporter",
    "return", "reverse", "satisfies", "some", "sort", "split", "sqrt", "starts", "stddev", "string",
    "sublist", "substring", "sum", "then", "time", "today", "true", "union", "week", "year",
    *DECISIONS,
})  # fmt: skip
"""Words that no variable may be: FEEL's own, the inputs that hold facts, the decisions of every model."""

TYPES: dict[Kind, str] = {"number": "number", "text": "string"}
"""What FEEL calls the kinds of values that an attribute of a register may have."""


class Names:
    """Variables for what decisions read and are, each name given once."""

    def __init__(self) -> None:
        self._taken = set(RESERVED)

    def take(self, wanted: str) -> str:
        """`wanted`, with underscores behind it where it is taken."""
        while wanted in self._taken:
            wanted += "_"
        self._taken.add(wanted)
        return wanted


class Feel:
    """Prints for one finding (or for none): `severity` is its severity, or the variable that holds it.

    `variables` name questions and lets; a let that is not among them is printed in full. `used` are the inputs and
    decisions that what was printed reads. `typed` are attributes of registers whose type is certain.
    """

    def __init__(
        self,
        truth: Truth,
        variables: dict[Expression, str],
        finding: str | None = None,
        severity: str = "null",
        typed: frozenset[Expression] = frozenset(),
    ) -> None:
        self.truth = truth
        self.used: dict[str, None] = {}
        self._variables = variables
        self._finding = finding
        self._severity = severity
        self._typed = typed

    def form(self, form: Form) -> str:
        """A boolean expression."""
        match form:
            case All(parts):
                return " and ".join(self._operand(part, All) for part in parts) or "true"
            case Some(parts):
                return " or ".join(self._operand(part, Some) for part in parts) or "false"
            case Blank(value, kind):
                return f"{self.value(value, kind)} = null"
            case Answered(value, kind):
                return f"{self.value(value, kind)} != null"
            case Member(value, options, present, kind):
                return self._member(value, literals(options), present, kind)
            case Contains(value, option, present):
                text = self.value(value, "list")
                held = f"list contains({text}, {literal(option)})"
                return f"{text} != null and " + (held if present else f"not({held})")
            case Comparison(operator, left, right, kind):
                return self._comparison(operator, left, right, kind)

    def value(self, expression: Expression, kind: Kind) -> str:
        """An operand; `null` where it cannot be of that kind."""
        match expression:
            case Constant():
                return literal(expression)
            case Fact("finding"):
                return "null" if self._finding is None else text_literal(self._finding)
            case Fact("severity"):
                return self._severity if self._severity.startswith('"') else self._use(self._severity)
        own_kind = self.truth.kind(expression)
        if kind not in ("any", "raw") and own_kind not in (kind, "any"):
            return "null"
        match expression:
            case Answer() | Derived() if expression in self._variables:
                return self._use(self._variables[expression])
            case Derived(name):
                let = self.truth.let(name)
                return "null" if let is None else f"({self.value(let, kind)})"
            case PlaceAttribute(name):
                return self._use("place", f".{name}")
            case Fact(name):
                base, _, part = name.partition(".")
                return self._use(base, f".{part}" if part else "")
            case History(name, days):
                return self._use(f"{name}_{days}")
            case Arithmetic(operator, left, right):
                return self._computed(operator, self.value(left, "number"), self.value(right, "number"))
            case Negate(operand):
                return f"-({self.value(operand, 'number')})"
        return self.truth_value(expression)

    def truth_value(self, condition: Expression) -> str:
        """true, false or null, for a condition that is used as a value."""
        true, false = self.truth.certainly_true(condition), self.truth.certainly_false(condition)
        return f"(if {self.form(true)} then true else if {self.form(false)} then false else null)"

    def fold(self, form: Form) -> Form:
        """The form with what is known of the finding put in."""
        match form:
            case All(parts) | Some(parts):
                decisive, neutral = (NEVER, ALWAYS) if isinstance(form, All) else (ALWAYS, NEVER)
                folded = [part for part in map(self.fold, parts) if part != neutral]
                if decisive in folded:
                    return decisive
                return folded[0] if len(folded) == 1 else type(form)(tuple(folded))
            case Comparison("=" | "!=" as operator, Fact("finding"), Constant(name)) if self._finding:
                return ALWAYS if (self._finding == name) is (operator == "=") else NEVER
            case Member(Fact("finding"), options, present) if self._finding:
                return ALWAYS if (Constant(self._finding) in options) is present else NEVER
        return form

    def _operand(self, form: Form, within: type[All] | type[Some]) -> str:
        text = self.form(form)
        mixed = isinstance(form, Some) if within is All else " and " in text
        return f"({text})" if mixed else text

    def _comparison(self, operator: str, left: Expression, right: Expression, kind: Kind) -> str:
        sides = [self.value(left, kind), self.value(right, kind)]
        if "null" in sides:
            return "false"
        read = [side for side in (left, right) if not isinstance(side, Constant) and side != Fact("finding")]
        certain = operator == "=" and len(read) < 2 and not any(self.may_differ(side, kind) for side in read)
        guards = [] if certain else [self._guard(side, kind) for side in read]
        return " and ".join([*dict.fromkeys(guards), f"{sides[0]} {operator} {sides[1]}"])

    def _member(self, value: Expression, options: str, present: bool, kind: Kind) -> str:
        text = self.value(value, kind)
        if text == "null" or (present and not options):
            return "false"
        held = f"{text} in ({options})"
        test = [] if present and not self.may_differ(value, kind) else [self._guard(value, kind)]
        return " and ".join(test + ([held if present else f"not({held})"] if options else []))

    def _computed(self, operator: str, left: str, right: str) -> str:
        """A quotient by zero is null: engines differ in what they make of it."""
        text = f"{left} {operator} {right}"
        return f"(if {right} = 0 then null else {text})" if operator == "/" else f"({text})"

    def _guard(self, value: Expression, kind: Kind) -> str:
        text = self.value(value, kind)
        return f"{text} instance of {TYPES[kind]}" if self.may_differ(value, kind) else f"{text} != null"

    def may_differ(self, value: Expression, kind: Kind) -> bool:
        """Whether an input may be of another type than the one it is read as; such a value reads as blank."""
        return kind in TYPES and self.truth.kind(value) == "any" and value not in self._typed

    def _use(self, variable: str, path: str = "") -> str:
        if variable != "null":
            self.used[variable] = None
        return variable + path


def literal(constant: Constant) -> str:
    value = finite(constant.value)
    if isinstance(value, str):
        return text_literal(value)
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    return format(Decimal(repr(value)), "f")


def literals(constants: Iterable[Constant]) -> str:
    return ", ".join(map(literal, constants))


def text_literal(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'
