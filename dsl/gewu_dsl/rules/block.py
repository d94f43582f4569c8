"""Conditions and values printed as Python, each value read as late and as seldom as possible.

A value is read into a local variable where a condition first needs it (`(v0_exit := g('exit')) == 'locked'`), and used
from there wherever that first reading has certainly taken place.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

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
)

_SIGNS = {"=": "==", "!=": "!=", "<": "<", "<=": "<=", ">": ">", ">=": ">="}
_ARITHMETIC = {"+": "add", "-": "subtract", "*": "multiply", "/": "divide"}
_COERCED = {"number": "number", "text": "text", "list": "items", "any": "scalar"}
_READ = (Answer, PlaceAttribute, Fact, History)
_VOLATILE = frozenset({Fact("severity"), Fact("finding")})
_PLAIN = re.compile(r"[a-z_][a-z0-9_]{0,40}", re.ASCII)


@dataclass(slots=True)
class Test:
    """A condition as text, and the variables it has filled: in any case, if it is true, if it is false."""

    text: str
    always: set[str] = field(default_factory=set)
    true: set[str] = field(default_factory=set)
    false: set[str] = field(default_factory=set)


class Block:
    """The statements of one function; `at_hand` are the variables that are certainly filled by then."""

    def __init__(self, truth: Truth) -> None:
        self.truth = truth
        self.lines: list[str] = []
        self.indent = 1
        self.finding = "None"
        self.severity = "None"
        self.at_hand: set[str] = set()
        self._names: dict[str | tuple[Expression, Kind], str] = {}
        self._volatile: set[str] = set()

    def put(self, line: str) -> None:
        self.lines.append("    " * self.indent + line)

    def within(self, finding: str, severity: str) -> None:
        """From here on `finding` and `severity` stand for these; what was computed from them before is forgotten."""
        self.finding, self.severity = finding, severity
        self.at_hand -= self._volatile

    def value(self, expression: Expression, kind: Kind) -> str:
        """A literal, or a local variable that the statements before have filled."""
        name, content = self._operand(expression, kind)
        if content is not None and name not in self.at_hand:
            self.put(f"{name} = {content}")
            self.at_hand.add(name)
        return name

    def test(self, form: Form) -> Test:
        """The form as a Python expression."""
        return self._test(form, set(), set())

    def _operand(self, expression: Expression, kind: Kind) -> tuple[str, str | None]:
        """A literal or a variable, and what fills the variable (None: nothing has to)."""
        match expression:
            case Constant(value):
                return repr(finite(value)), None
            case Fact("severity"):
                return self.severity, None
            case Fact("finding"):
                return self.finding, None
        if kind not in ("any", "raw") and self.truth.kind(expression) not in (kind, "any"):
            return "None", None
        name = self._name(expression, kind)
        if name in self.at_hand:
            return name, None
        match expression:
            case Answer(question):
                return name, f"g({question!r})"
            case PlaceAttribute(attribute):
                read = f"h({f'place.{attribute}'!r})"
                return name, f"{_COERCED[kind]}({read})" if kind in _COERCED else read
            case Fact(fact):
                return name, f"h({fact!r})"
            case History(what, days):
                return name, f"h({f'{what}.{days}'!r})"
        let = self.truth.let(expression.name) if isinstance(expression, Derived) else expression
        self.put(f"{name} = {'None' if let is None else self._computed(let, kind)}")
        self.at_hand.add(name)
        return name, None

    def _name(self, expression: Expression, kind: Kind) -> str:
        is_read = isinstance(expression, _READ)
        # Constants that are equal may be of different kinds; what is only read holds none.
        key = (expression, kind) if is_read else f"{expression!r} {kind}"
        if key not in self._names:
            readable = (
                expression.question if isinstance(expression, Answer) else getattr(expression, "name", "")
            )
            plain = f"_{readable}" if _PLAIN.fullmatch(readable) else ""
            self._names[key] = f"{'v' if is_read else 'x'}{len(self._names)}{plain}"
            if not _VOLATILE.isdisjoint(self.truth.leaves(expression)):
                self._volatile.add(self._names[key])
        return self._names[key]

    def _computed(self, expression: Expression, kind: Kind) -> str:
        match expression:
            case Arithmetic(operator, left, right):
                return f"{_ARITHMETIC[operator]}({self.value(left, 'number')}, {self.value(right, 'number')})"
            case Negate(operand):
                return f"negate({self.value(operand, 'number')})"
        if isinstance(expression, CONDITIONS):
            true = self.test(self.truth.certainly_true(expression)).text
            return f"True if {true} else False if {self.test(self.truth.certainly_false(expression)).text} else None"
        return self.value(expression, kind)

    def _test(self, form: Form, here: set[str], known: set[str]) -> Test:
        """`here` are the variables filled within this condition so far, `known` those that are not blank."""
        match form:
            case All(parts):
                return self._all(parts, here, known)
            case Some(parts):
                return self._some(parts, here, known)
            case Blank(value, kind) | Answered(value, kind):
                return self._blank(value, kind, isinstance(form, Blank), here, known)
            case Member(value, options, present, kind):
                among = "(" + "".join(f"{finite(option.value)!r}, " for option in options) + ")"
                return self._leaf(
                    [(value, kind)], "{} " + f"{'in' if present else 'not in'} {_raw(among)}", here, known
                )
            case Contains(value, option, present):
                test = f"{_raw(repr(option.value))} {'in' if present else 'not in'} " + "{}"
                return self._leaf([(value, "list")], test, here, known)
            case Comparison(operator, left, right, kind):
                test = f"{{}} {_SIGNS[operator]} {{}}"
                return self._leaf([(left, kind), (right, kind)], test, here, known, equal=operator == "=")

    def _all(self, parts: tuple[Form, ...], here: set[str], known: set[str]) -> Test:
        tests: list[Test] = []
        filled = set(here)
        for part in parts:
            tests.append(self._test(part, filled, known))
            filled |= tests[-1].true
        always = tests[0].always if tests else set()
        return Test(_joined(" and ", tests) or "True", always, filled - here, always)

    def _some(self, parts: tuple[Form, ...], here: set[str], known: set[str]) -> Test:
        tests: list[Test] = []
        filled = set(here)
        for part in parts:
            tests.append(self._test(part, filled, set(known)))
            filled |= tests[-1].false
        always = tests[0].always if tests else set()
        return Test(_joined(" or ", tests) or "False", always, always, filled - here)

    def _blank(self, value: Expression, kind: Kind, blank: bool, here: set[str], known: set[str]) -> Test:
        name, content = self._operand(value, kind)
        if not _is_variable(name):
            return Test(str((name == "None") is blank))
        first = f"({name} := {content})" if content is not None and name not in here else name
        if not blank:
            known.add(name)
        return Test(f"({first} {'is' if blank else 'is not'} None)", {name}, {name}, {name})

    def _leaf(
        self,
        values: list[tuple[Expression, Kind]],
        test: str,
        here: set[str],
        known: set[str],
        *,
        equal: bool = False,
    ) -> Test:
        """`test` of the values, wherever none of them is blank; a blank equals no literal, so that needs no guard."""
        operands = [self._operand(value, kind) for value, kind in values]
        names = [name for name, _ in operands]
        if "None" in names:
            return Test("False")
        variables = {name: content for name, content in operands if _is_variable(name)}
        unguarded = equal and len(names) > 1 and sum(map(_is_variable, names)) == 1
        guards, filled = list[str](), set[str]()
        shown = {name: name for name in names}
        for name, content in variables.items():
            fresh = content is not None and name not in here
            read = f"({name} := {content})" if fresh else name
            if name not in known and not unguarded:
                guards.append(f"{read} is not None")
            elif fresh:
                shown[name] = read
            filled.add(name)
            known.add(name)
        text = " and ".join([*guards, test.format(*(shown[name] for name in names))])
        always = set(list(variables)[:1])
        return Test(f"({text})", always, filled, always)


def _joined(word: str, tests: list[Test]) -> str:
    return f"({word.join(test.text for test in tests)})" if tests else ""


def _raw(literal: str) -> str:
    """A literal within a format string."""
    return literal.replace("{", "{{").replace("}", "}}")


def _is_variable(operand: str) -> bool:
    return operand.isidentifier() and operand not in ("None", "True", "False")
