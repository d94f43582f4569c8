"""Random items with one finding and a list of branches, and two readings of them that share no code with the checker."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from itertools import product
from typing import Any

import z3

from gewu_dsl.model import (
    Among,
    And,
    Answer,
    Arithmetic,
    Between,
    Branch,
    Choice,
    Compare,
    Constant,
    Derived,
    Duration,
    Exclude,
    Expression,
    Finding,
    Includes,
    IsBlank,
    Item,
    Let,
    Must,
    Negate,
    Not,
    Or,
    Question,
    Route,
)  # fmt: skip
from gewu_dsl.render import expression_words

CHOICES = ("a", "b", "c")
INTEGERS = range(6)
DECIMALS = tuple(step / 4 for step in range(9))
NUMBERS = {"integer": INTEGERS, "decimal": DECIMALS}


def random_table(seed: int, *, arithmetic: bool = True) -> Item:
    """An item `x.y` with the finding `f`, whose severity is decided by up to four branches.

    Without `arithmetic` every number is compared with constants only, so that a quarter's steps tell all cases.
    """
    pick = random.Random(seed)
    questions: list[Question] = []
    lets: list[Let] = []
    for index in range(pick.randint(1, 3)):
        kind = pick.choice(["one_of", "yes_no", "integer", "decimal", "any_of", "integer"])
        when = _condition(pick, questions, lets, 1, False) if questions and pick.random() < 0.3 else None
        questions.append(_question(f"q{index}", kind, when, pick.random() < 0.3))
    for index in range(pick.randint(0, 2)):
        lets.append(Let(f"let{index}", _condition(pick, questions, lets, 1, arithmetic)))
    conditions = [_condition(pick, questions, lets, 2, arithmetic) for _ in range(pick.randint(1, 4))]
    if pick.random() < 0.4:  # many complete lists
        conditions.append(Not(pick.choice([Or(tuple(conditions)), conditions[-1]])))
    branches = tuple(
        Branch(pick.choice(["minor", "major", "critical"]), condition) for condition in conditions
    )
    when = _condition(pick, questions, lets, 1, arithmetic) if pick.random() < 0.5 else Constant(True)
    musts = (
        (Must(_condition(pick, questions, lets, 1, arithmetic), "no", ("q0",)),)
        if pick.random() < 0.2
        else ()
    )
    excludes = (Exclude(_condition(pick, questions, lets, 1, False), "no"),) if pick.random() < 0.2 else ()
    finding = Finding(
        "f", "F", when, False, branches, (Branch(Route(("owner",))),), {"handle": (Branch(Duration("days", 1)),)}
    )  # fmt: skip
    return Item(
        "x.y", "x", "Y", questions=tuple(questions), lets=tuple(lets), musts=musts, excludes=excludes,
        findings=(finding,),
    )  # fmt: skip


def _question(name: str, kind: Any, when: Expression | None, optional: bool) -> Question:
    choices = tuple(Choice(choice, choice) for choice in CHOICES) if kind in ("one_of", "any_of") else ()
    low, high = (NUMBERS[kind][0], NUMBERS[kind][-1]) if kind in NUMBERS else (None, None)
    return Question(name, kind, name, choices, minimum=low, maximum=high, optional=optional, when=when)


def _condition(
    pick: random.Random, questions: list[Question], lets: list[Let], depth: int, arithmetic: bool
) -> Expression:
    kind = pick.random()
    if depth and kind < 0.45:
        parts = tuple(
            _condition(pick, questions, lets, depth - 1, arithmetic) for _ in range(pick.randint(2, 3))
        )
        return And(parts) if pick.random() < 0.5 else Or(parts)
    if depth and kind < 0.6:
        return Not(_condition(pick, questions, lets, depth - 1, arithmetic))
    if lets and kind < 0.7:
        return Derived(pick.choice(lets).name)
    asked = pick.choice(questions)
    answer = Answer(asked.name)
    if pick.random() < 0.1:
        return IsBlank(answer)
    if asked.type in NUMBERS:
        return _about_number(pick, asked, questions, arithmetic)
    if asked.type == "any_of":
        return Includes(answer, Constant(pick.choice(CHOICES)))
    values = CHOICES if asked.type == "one_of" else ("yes", "no")
    if pick.random() < 0.3:
        return Among(answer, tuple(map(Constant, pick.sample(values, 2))))
    return Compare(pick.choice(["=", "!="]), answer, Constant(pick.choice(values)))


def _about_number(
    pick: random.Random, asked: Question, questions: list[Question], arithmetic: bool
) -> Expression:
    answer: Expression = Answer(asked.name)
    constants = [value for value in (0, 0.5, 1, 1.5, 2, 3) if asked.type == "decimal" or value == int(value)]
    others = [Answer(each.name) for each in questions if each.type in NUMBERS and each is not asked]
    if arithmetic and pick.random() < 0.35:
        other: Expression = pick.choice([*others, Constant(pick.choice([1, 2, 3]))])
        operator = pick.choice(["+", "-", "*"])
        if isinstance(other, Answer) and (operator == "*" or pick.random() < 0.5):
            return Compare(pick.choice(["<", "<=", ">", ">=", "=", "!="]), answer, other)
        answer = pick.choice([Arithmetic(operator, answer, other), Negate(answer)])
    if pick.random() < 0.25:
        low, high = sorted(pick.choice(constants) for _ in range(2))
        return Between(answer, Constant(low), Constant(high))
    operator = pick.choice(["<", "<=", ">", ">=", "=", "!="])
    return Compare(operator, answer, Constant(pick.choice(constants)))


def all_sheets(item: Item) -> Iterator[dict[str, Any]]:
    """Every way of filling in the form, in steps of a quarter where a number is no whole one."""
    lists: list[list[Any]] = []
    for question in item.questions:
        match question.type:
            case "one_of":
                values: list[Any] = list(CHOICES)
            case "yes_no":
                values = ["yes", "no"]
            case "any_of":
                values = [
                    [name for name, taken in zip(CHOICES, chosen, strict=True) if taken]
                    for chosen in product([True, False], repeat=3)
                    if any(chosen)
                ]
            case _:
                values = list(NUMBERS[question.type])
        lists.append([None, *values])
    for answers in product(*lists):
        yield {
            question.name: value
            for question, value in zip(item.questions, answers, strict=True)
            if value is not None
        }


class Oracle:
    """An item in z3, read by Kleene's tables: for every condition when it is true and when it is false."""

    def __init__(self, item: Item) -> None:
        self.item = item
        self.lets = {let.name: let.value for let in item.lets}
        self.blank = {q.name: z3.Bool(f"blank {q.name}") for q in item.questions}
        self.values: dict[str, Any] = {}
        self.solver = z3.Solver()
        for question in item.questions:
            self._declare(question)
        for question in item.questions:
            shown = z3.BoolVal(True) if question.when is None else self.truth(question.when)[0]
            answered = z3.Not(self.blank[question.name])
            self.solver.add(z3.Implies(answered, shown) if question.optional else answered == shown)
        for must in item.musts:
            self.solver.add(z3.Not(self.truth(must.condition)[1]))
        for exclude in item.excludes:
            self.solver.add(z3.Not(self.truth(exclude.condition)[0]))
        when = item.findings[0].when
        assert when is not None
        self.solver.add(self.truth(when)[0])

    def can_be(self, *constraints: Any) -> bool:
        result = self.solver.check(*[z3.And(constraint) for constraint in constraints])
        assert result != z3.unknown
        return bool(result == z3.sat)

    def reaches(self, index: int) -> bool:
        """Whether some report is decided by this branch; for the number of branches, by none."""
        branches = self.item.findings[0].severity
        passed = [
            z3.Not(self.truth(branch.when)[0]) for branch in branches[:index] if branch.when is not None
        ]
        here = branches[index].when if index < len(branches) else None
        return self.can_be(*passed, *([] if here is None else [self.truth(here)[0]]))

    def _declare(self, question: Question) -> None:
        name = question.name
        if question.type == "any_of":
            chosen = {choice.name: z3.Bool(f"{name} {choice.name}") for choice in question.choices}
            self.values[name] = chosen
            self.solver.add(z3.Or(self.blank[name], *chosen.values()))
            return
        value = z3.Real(name) if question.type == "decimal" else z3.Int(name)
        self.values[name] = value
        if question.type in NUMBERS:
            self.solver.add(value >= question.minimum, value <= question.maximum)
        else:
            self.solver.add(value >= 0, value < len(_names(question)))

    def truth(self, condition: Expression) -> tuple[Any, Any]:
        match condition:
            case Constant(value):
                return z3.BoolVal(value is True), z3.BoolVal(value is not True)
            case Not(operand):
                true, false = self.truth(operand)
                return false, true
            case And(operands):
                pairs = [self.truth(operand) for operand in operands]
                return z3.And([pair[0] for pair in pairs]), z3.Or([pair[1] for pair in pairs])
            case Or(operands):
                pairs = [self.truth(operand) for operand in operands]
                return z3.Or([pair[0] for pair in pairs]), z3.And([pair[1] for pair in pairs])
            case Derived(name):
                return self.truth(self.lets[name])
            case IsBlank(Answer(name)):
                return self.blank[name], z3.Not(self.blank[name])
            case Includes(Answer(name), Constant(choice)):
                return self._known([name], self.values[name][choice])
            case Among(Answer(name), options):
                question = self.item.question(name)
                at = [_names(question).index(option.value) for option in options]
                return self._known([name], z3.Or([self.values[name] == index for index in at]))
            case Between(value, low, high):
                return self.truth(And((Compare(">=", value, low), Compare("<=", value, high))))
            case Compare(operator, left, right):
                one, first = self._number(left, right)
                other, second = self._number(right, left)
                return self._known([*first, *second], _OPERATORS[operator](one, other))
        raise TypeError(condition)

    def _known(self, names: list[str], test: Any) -> tuple[Any, Any]:
        known = z3.And([z3.Not(self.blank[name]) for name in names])
        return z3.And(known, test), z3.And(known, z3.Not(test))

    def _number(self, term: Expression, beside: Expression) -> tuple[Any, list[str]]:
        match term:
            case Answer(name):
                return self.values[name], [name]
            case Constant(str(value)):
                assert isinstance(beside, Answer)
                return _names(self.item.question(beside.question)).index(value), []
            case Constant(value):
                return z3.Q(*float(value).as_integer_ratio()), []
            case Negate(operand):
                value, names = self._number(operand, operand)
                return -value, names
            case Arithmetic(operator, left, right):
                one, first = self._number(left, right)
                other, second = self._number(right, left)
                value = {"+": one + other, "-": one - other, "*": one * other}[operator]
                return value, [*first, *second]
        raise TypeError(term)


_OPERATORS: Mapping[str, Any] = {
    "=": lambda a, b: a == b, "!=": lambda a, b: a != b, "<": lambda a, b: a < b, "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b, ">=": lambda a, b: a >= b,
}  # fmt: skip


def _names(question: Question) -> tuple[str, ...]:
    return CHOICES if question.type == "one_of" else ("yes", "no")


def random_program(seed: int) -> str:
    """The text of an item with two findings, each of its clauses a list; no arithmetic, so that `all_sheets` are all there are."""
    pick = random.Random(seed)
    item = random_table(seed, arithmetic=False)
    questions, lets = list(item.questions), list(item.lets)

    def words(condition: Expression) -> str:
        return expression_words(condition, item, "en")

    def condition() -> str:
        return words(_condition(pick, questions, lets, pick.randint(0, 2), False))

    def branches(values: list[str]) -> str:
        lines = [f"{pick.choice(values)} when {condition()}" for _ in range(pick.randint(1, 3))]
        if pick.random() < 0.2:
            lines.append(f"{pick.choice(values)} when not ({condition()})")
        return "  ".join([*lines, f"{pick.choice(values)} otherwise"] if pick.random() < 0.6 else lines)

    severities = "  ".join(
        f"{each.value} when {words(each.when)}" for each in item.findings[0].severity if each.when
    )
    lines = ['department x "X"', 'item x.y "Y"', *(_question_text(each, words) for each in questions)]
    lines += [f"  let {each.name} = {words(each.value)}" for each in lets]
    lines += [f'  must {words(each.condition)} "No"' for each in item.musts]
    lines += [f'  exclude {words(each.condition)} "No"' for each in item.excludes]
    lines += ["  route community", f"  handle {branches(['1 hour', '1 day'])}"]
    lines += [f'  finding f "F" when {condition()}', f"    severity {severities}"]
    lines += [f'  finding g "G" when {condition()}', f"    severity {branches(['minor', 'major'])}"]
    if pick.random() < 0.5:
        lines.append("    handle 2 hours when severity = minor  3 hours otherwise")
    return "\n".join(lines) + "\n"


def _question_text(question: Question, words: Any) -> str:
    kind = {
        "one_of": f"one of ({', '.join(CHOICES)})",
        "any_of": f"any of ({', '.join(CHOICES)})",
        "yes_no": "yes-no",
    }
    bounds = f" from {question.minimum} to {question.maximum}" if question.type in NUMBERS else ""
    optional = " optional" if question.optional else ""
    shown = f" when {words(question.when)}" if question.when is not None else ""
    return f'  ask {question.name} {kind.get(question.type, question.type)} "{question.name}"{bounds}{optional}{shown}'
