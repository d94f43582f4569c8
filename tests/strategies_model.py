"""Random items, answer sheets and contexts, and a naive reading of conditions to hold the compiled rules against."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st

from gewu_dsl.model import (
    ATTACHED,
    SEVERITIES,
    STEPS,
    Among,
    And,
    Answer,
    Arithmetic,
    Between,
    Branch,
    Choice,
    Closing,
    Compare,
    Constant,
    Derived,
    Duration,
    Evidence,
    Exclude,
    Expression,
    Fact,
    Finding,
    History,
    Includes,
    IsBlank,
    IsHazard,
    Item,
    Let,
    Must,
    Negate,
    Not,
    Or,
    PlaceAttribute,
    Question,
    Route,
    Stage,
)
from gewu_dsl.truth import CONDITIONS


def quick(examples: int) -> settings:
    """Settings for claims about whole items, which take minutes to shrink."""
    phases = (Phase.explicit, Phase.reuse, Phase.generate)
    return settings(
        max_examples=examples, deadline=None, phases=phases, suppress_health_check=list(HealthCheck)
    )


TYPES = (
    "yes_no", "check", "one_of", "any_of", "integer", "decimal", "text", "date", "time", "photo", "signature",
    "location",
)  # fmt: skip
CHOICES = (Choice("clear", "畅通"), Choice("blocked", "堵塞"), Choice("locked", "上锁"))
NAMES = ("exit", "数量", "toString", "__proto__", "shot", "lamp", "q7", "class", "naïve")
DATES = ("2026-01-31", "2026-02-01", "2025-12-31")
TIMES = ("08:00", "18:30", "00:00")
TEXTS = ("a", "甲", 'say "x" {y} \\', "yes")
NUMBERS = st.one_of(
    st.integers(-3, 5),
    st.sampled_from([0.1, 0.2, 0.3, 0.30000000000000004, -0.0, 1e308, 2.5, 2**53 - 1, 2**53]),
)
DURATIONS = st.builds(
    Duration, st.sampled_from(["minutes", "hours", "work_hours", "workdays", "days"]), st.integers(1, 9)
)


def questions_of(type_: str, name: str, when: Expression | None, optional: bool) -> Question:
    choices = CHOICES if type_ in ("one_of", "any_of") else ()
    return Question(
        name,
        type_,
        f"问{name}",
        choices,
        when=when,
        optional=optional,
        hazard="no" if type_ == "check" else None,
    )


@st.composite
def items(draw: st.DrawFn) -> Item:
    """An item whose conditions are of the right types, as the compiler leaves them."""
    names = draw(st.lists(st.sampled_from(NAMES), min_size=2, max_size=7, unique=True))
    questions: list[Question] = []
    for name in names:
        when = draw(conditions(tuple(questions), ())) if questions and draw(st.integers(0, 2)) == 0 else None
        questions.append(questions_of(draw(st.sampled_from(TYPES)), name, when, draw(st.booleans())))
    picked = draw(st.booleans())
    if picked:
        questions.append(
            Question(
                "finding", "any_of", "情形", (Choice("f0", "情形0"), Choice("f1", "情形1")), optional=True
            )
        )
    asked = tuple(questions)
    lets: list[Let] = []
    for index in range(draw(st.integers(0, 3))):
        value = draw(st.one_of(numbers(asked, tuple(lets)), conditions(asked, tuple(lets))))
        lets.append(Let(f"let{index}", value))
    known = tuple(lets)
    condition = conditions(asked, known)
    musts = draw(st.lists(st.builds(Must, condition, st.just("请核对"), st.just((names[0],))), max_size=2))
    excludes = draw(st.lists(st.builds(Exclude, condition, st.just("不采集")), max_size=1))
    findings = [draw(_findings(f"f{index}", condition, picked)) for index in range(draw(st.integers(1, 3)))]
    return Item(
        "fire.exit", "fire", "疏散通道", questions=asked, lets=known, musts=tuple(musts), excludes=tuple(excludes),
        findings=tuple(findings),
    )  # fmt: skip


@st.composite
def _findings(draw: st.DrawFn, name: str, condition: st.SearchStrategy[Expression], picked: bool) -> Finding:
    when = None if picked and name != "f2" else draw(condition)

    def branches(values: st.SearchStrategy[Any], *, may_be_absent: bool = True) -> tuple[Branch[Any], ...]:
        chosen = draw(st.lists(st.builds(Branch, values, condition), max_size=3))
        otherwise = draw(st.booleans()) or not may_be_absent
        return (*chosen, Branch(draw(values))) if otherwise else tuple(chosen)

    return Finding(
        name,
        f"情形{name}",
        when,
        when is None,
        branches(st.sampled_from(SEVERITIES)),
        branches(st.builds(Route, st.sampled_from([("fire.a",), ("fire.b", "owner")]))),
        {step: branches(DURATIONS) for step in draw(st.sets(st.sampled_from(STEPS), max_size=3))},
        assisting=draw(st.sampled_from([(), ("community",)])),
        stages=draw(st.sampled_from([(), (Stage("prop", "支护", Duration("hours", 2)),)])),
        closing=draw(st.sampled_from([None, Closing("整改到位", (Evidence("photo", 2),))])),
    )


def numbers(questions: tuple[Question, ...], lets: tuple[Let, ...]) -> st.SearchStrategy[Expression]:
    """Expressions that are numbers."""
    leaves: list[Expression] = [
        Fact("open_cases"),
        Fact("reported.month"),
        History("cases_in", 30),
        PlaceAttribute("rooms"),
    ]
    leaves += [Answer(q.name) for q in questions if q.type in ("integer", "decimal") or q.type in ATTACHED]
    leaves += [
        Derived(let.name) for let in lets if not isinstance(let.value, (*CONDITIONS, Constant, Derived))
    ]
    leaf = st.one_of(st.sampled_from(leaves), st.builds(Constant, NUMBERS))
    computed = st.builds(Arithmetic, st.sampled_from(["+", "-", "*", "/"]), leaf, leaf)
    return st.one_of(
        leaf, leaf, computed, st.builds(Negate, leaf), st.builds(Arithmetic, st.just("+"), computed, leaf)
    )


def conditions(questions: tuple[Question, ...], lets: tuple[Let, ...]) -> st.SearchStrategy[Expression]:
    """Expressions that are true, false or unknown."""
    number = numbers(questions, lets)
    order = st.sampled_from(["=", "!=", "<", "<=", ">", ">="])
    sameness = st.sampled_from(["=", "!="])
    severity = st.builds(Constant, st.sampled_from(SEVERITIES))
    tests: list[st.SearchStrategy[Expression]] = [
        st.builds(Compare, order, number, number),
        st.builds(Between, number, number, number),
        st.builds(Compare, order, st.just(Fact("severity")), severity),
        st.builds(Compare, sameness, st.just(Fact("finding")), st.just(Constant("f0"))),
        st.builds(
            Compare,
            sameness,
            st.just(PlaceAttribute("grade")),
            st.sampled_from([Constant("strict"), Constant(3)]),
        ),
        st.builds(Compare, sameness, st.just(Fact("area.class")), st.just(Constant("A"))),
        st.builds(
            Includes, st.just(PlaceAttribute("uses")), st.builds(Constant, st.sampled_from(["shop", "home"]))
        ),
        st.builds(
            IsBlank, st.sampled_from([PlaceAttribute("uses"), PlaceAttribute("grade"), Fact("area.class")])
        ),
        st.just(Constant(True)),
    ]
    tests += [_about(question) for question in questions]
    tests += [st.just(Derived(let.name)) for let in lets if isinstance(let.value, CONDITIONS)]
    return st.recursive(
        st.one_of(tests),
        lambda inner: st.one_of(
            st.builds(Not, inner),
            st.builds(And, st.lists(inner, min_size=2, max_size=3).map(tuple)),
            st.builds(Or, st.lists(inner, min_size=2, max_size=3).map(tuple)),
            st.builds(IsBlank, inner),
        ),
        max_leaves=6,
    )


def _about(question: Question) -> st.SearchStrategy[Expression]:
    answer = Answer(question.name)
    blank = st.just(IsBlank(answer))
    constants = {
        "yes_no": ("yes", "no"), "check": ("yes", "no", "na"), "one_of": tuple(c.name for c in CHOICES),
        "date": DATES, "time": TIMES, "text": TEXTS,
    }.get(question.type, ())  # fmt: skip
    if question.type == "any_of":
        return st.one_of(
            blank, st.builds(Includes, st.just(answer), st.sampled_from([Constant(c.name) for c in CHOICES]))
        )
    if not constants:
        return blank
    constant = st.builds(Constant, st.sampled_from(constants))
    operators = ["=", "!=", "<", "<=", ">", ">="] if question.type in ("date", "time") else ["=", "!="]
    options = [
        blank,
        st.builds(Compare, st.sampled_from(operators), st.just(answer), constant),
        st.builds(Compare, st.sampled_from(operators), constant, st.just(answer)),
        st.builds(Among, st.just(answer), st.lists(constant, min_size=1, max_size=2).map(tuple)),
    ]
    if question.type == "check":
        options.append(st.just(IsHazard(question.name)))
    return st.one_of(options)


def good_value(question: Question) -> st.SearchStrategy[Any]:
    """An answer of the right type."""
    simple: dict[str, st.SearchStrategy[Any]] = {
        "yes_no": st.sampled_from(["yes", "no"]),
        "check": st.sampled_from(["yes", "no", "na"]),
        "one_of": st.sampled_from([choice.name for choice in question.choices or CHOICES]),
        "any_of": st.lists(
            st.sampled_from([c.name for c in question.choices or CHOICES]), min_size=1, unique=True
        ),
        "integer": st.integers(-3, 5),
        "decimal": NUMBERS.filter(lambda number: abs(number) < 2**53),
        "date": st.sampled_from(DATES),
        "time": st.sampled_from(TIMES),
        "location": st.just({"lat": 30.5, "lng": 114.25}),
    }
    if question.type in ATTACHED:
        return st.one_of(
            st.integers(1, 5), st.lists(st.sampled_from(["a.jpg", "b.jpg"]), min_size=1, max_size=4)
        )
    return simple.get(question.type, st.sampled_from(TEXTS))


BAD = st.one_of(
    st.none(), st.booleans(), st.just(""), st.just([]), st.integers(-(2**60), 2**60), st.floats(), st.text(max_size=3),
    st.lists(st.one_of(st.none(), st.text(max_size=2), st.integers()), max_size=3), st.just({}), st.just({"a": 1}),
)  # fmt: skip


def sheets(item: Item, *, wrong: bool = False) -> st.SearchStrategy[dict[str, Any]]:
    """Answers to some of the item's questions; with `wrong`, some of them of any type whatever."""
    entries = {
        q.name: st.one_of(good_value(q), good_value(q), BAD) if wrong else good_value(q)
        for q in item.questions
    }
    return st.fixed_dictionaries({}, optional=entries)


def contexts() -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(
        {},
        optional={
            "place": st.fixed_dictionaries(
                {},
                optional={
                    "kind": st.just("rental"),
                    "grade": st.sampled_from(["strict", "lenient", 3]),
                    "rooms": st.sampled_from([0, 2, 2.5, "many", ["x"]]),
                    "uses": st.sampled_from([["shop"], ["shop", "home"], [], "shop"]),
                },
            ),
            "area": st.fixed_dictionaries({}, optional={"class": st.sampled_from(["A", "B"])}),
            "reported": st.just({"at": "2026-02-13T16:00"}),
            "open_cases": st.integers(0, 3),
            "cases_in": st.fixed_dictionaries({}, optional={"30": st.integers(0, 3)}),
        },
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
