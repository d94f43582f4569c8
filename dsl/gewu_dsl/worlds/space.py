"""Conditions of one item as constraints on variables: what is read, with its parts, and what ties it to the rest.

A condition is turned into constraints by way of `truth`, the translation that every executor is printed from: a form's
leaf is satisfied or is not, whatever is blank, so what is left is two-valued. A variable stands for something that is
read, for one choice of an any-of answer, for a computed number, or for how two values stand to each other. The last two
are tied to what they are made of by `Space` only as far as blanks go; whether there are numbers to match is a question
for `settling`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from gewu_dsl import model
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
)  # fmt: skip
from gewu_dsl.worlds.domains import ANSWERED, BLANK, Domain, ordered
from gewu_dsl.worlds.search import FALSE, TRUE, Constraint, Either, Every, Literal, negate
from gewu_dsl.worlds.unfolding import Unfolding, collect_constants, expressions_of
from gewu_dsl.worlds.vocabulary import KIND, Chosen, Meaning, Order, SeverityOf, Vocabulary, operands_of

_ORDERS: dict[Operator, str] = {"=": "=", "!=": "<>", "<": "<", "<=": "<=", ">": ">", ">=": ">="}
_MIRRORED: dict[Operator, Operator] = {"=": "=", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}

_INVOLVED = (Chosen, Order, model.History, model.Arithmetic, model.Negate)
"""What a search leaves to be settled."""


class Space:
    """The variables of one item. `finding` in a method is the one being decided, None outside of any.

    `plain` are the variables of which anything may be chosen that a search leaves. Constraints made in another `edition`
    are void.
    """

    def __init__(self, item: model.Item, registers: Mapping[str, model.PlaceKind]) -> None:
        self.item = item
        self.unfold = Unfolding({let.name: let.value for let in item.lets})
        self.vocabulary = Vocabulary(item, registers, {})
        self.edition = 0
        self.meanings: list[Meaning] = []
        self.domains: list[Domain] = []
        self.plain: list[bool] = []
        self._truth = Truth(item)
        self._numbers: dict[Meaning, int] = {}
        self._definitions: dict[int, tuple[int, Constraint]] = {}
        self._known: dict[tuple[int, bool, str | None], tuple[model.Expression, Constraint]] = {}
        own = list(expressions_of(item))
        self._learned = {id(expression): expression for expression in own}
        collect_constants(map(self.unfold, own), self.vocabulary.constants)

    def learn(self, expressions: Iterable[model.Expression]) -> None:
        """Make room for what these expressions compare with, if the item's own never do."""
        new = [each for each in expressions if id(each) not in self._learned]
        self._learned |= {id(each): each for each in new}
        if new and collect_constants(map(self.unfold, new), self.vocabulary.constants):
            variables = (self.meanings, self.domains, self.plain, self._numbers, self._definitions)
            for table in (*variables, self._known):
                table.clear()
            self.edition += 1

    def holds(self, condition: model.Expression, finding: str | None = None) -> Constraint:
        """That a condition is certainly true."""
        return self._translated(condition, True, finding)

    def fails(self, condition: model.Expression, finding: str | None = None) -> Constraint:
        """That a condition is certainly false."""
        return self._translated(condition, False, finding)

    def open(self, condition: model.Expression, finding: str | None = None) -> Constraint:
        """That a condition is not certainly true."""
        return negate(self._translated(condition, True, finding))

    def may_hold(self, condition: model.Expression) -> bool:
        """Whether a comparison is true of anything that may be answered, all else aside."""
        return self._is_left(self.holds(condition))

    def may_fail(self, condition: model.Expression) -> bool:
        """Whether a comparison is false of anything that may be answered, all else aside."""
        return self._is_left(self.fails(condition))

    def _is_left(self, constraint: Constraint) -> bool:
        if isinstance(constraint, Literal):
            return bool(constraint.parts & self.domains[constraint.variable].full)
        if isinstance(constraint, Either):
            return any(map(self._is_left, constraint.operands))
        left: dict[int, int] = {}
        for operand in constraint.operands:
            if not isinstance(operand, Literal):
                return True
            left[operand.variable] = left.get(operand.variable, -1) & operand.parts
        return all(parts & self.domains[variable].full for variable, parts in left.items())

    def passes(self, condition: model.Expression) -> Constraint:
        """That a condition is not certainly false, as a `must` asks."""
        return negate(self._translated(condition, False, None))

    def decides(self, branches: Sequence[Any], index: int, finding: str | None = None) -> Constraint:
        """That the branch of this index decides; for the number of branches, that none does."""
        before = [self.open(branch.when, finding) for branch in branches[:index] if branch.when is not None]
        if index < len(branches) and branches[index].when is not None:
            before.append(self.holds(branches[index].when, finding))
        return Every(tuple(before))

    def severity(self, finding: str, level: str) -> Constraint:
        """That a finding is decided to be of this severity."""
        return self._value(SeverityOf(finding), "=", level)

    def _translated(self, condition: model.Expression, wanted: bool, finding: str | None) -> Constraint:
        key = id(condition), wanted, finding
        known = self._known.get(key)
        if known is None:
            plain = self.unfold(condition)
            form = self._truth.certainly_true(plain) if wanted else self._truth.certainly_false(plain)
            known = self._known[key] = (condition, self._form(form, finding))
        return known[1]

    def _form(self, form: Form, finding: str | None) -> Constraint:
        match form:
            case All(parts):
                return Every(tuple([self._form(part, finding) for part in parts]))
            case Some(parts):
                return Either(tuple([self._form(part, finding) for part in parts]))
            case Comparison(operator, left, right, _):
                return self._comparison(operator, left, right, finding)
            case Member(value, options, present, _):
                return self._member(value, [option.value for option in options], present, finding)
            case Contains(value, option, present):
                return self._contains(value, str(option.value), present)
            case Blank(value, kind):
                return negate(self._answered(value, kind, finding))
            case Answered(value, kind):
                return self._answered(value, kind, finding)

    def _comparison(
        self, operator: Operator, left: model.Expression, right: model.Expression, finding: str | None
    ) -> Constraint:
        one, other = self._fact(left, finding), self._fact(right, finding)
        if isinstance(one, model.Constant) and isinstance(other, model.Constant):
            return TRUE if _is_so(operator, one.value, other.value) else FALSE
        if isinstance(other, model.Constant):
            return self._value(one, operator, other.value)
        if isinstance(one, model.Constant):
            return self._value(other, _MIRRORED[operator], one.value)
        if one is None or other is None:
            return FALSE
        variable = self.variable(Order(left, right))
        return Literal(variable, sum(self.domains[variable].where("=", sign) for sign in _ORDERS[operator]))

    def _value(self, meaning: Meaning | None, operator: Operator, constant: object) -> Constraint:
        if meaning is None:
            return FALSE
        variable = self.variable(meaning)
        return Literal(variable, self.domains[variable].where(operator, constant))

    def _member(
        self, value: model.Expression, options: list[object], present: bool, finding: str | None
    ) -> Constraint:
        meaning = self._fact(value, finding)
        if isinstance(meaning, model.Constant):
            return TRUE if (meaning.value in options) is present else FALSE
        if meaning is None:
            return FALSE
        variable = self.variable(meaning)
        among = 0
        for option in options:
            among |= self.domains[variable].where("=", option)
        return Literal(variable, among if present else ~among & ANSWERED)

    def _contains(self, value: model.Expression, choice: str, present: bool) -> Constraint:
        if not isinstance(value, model.Answer | model.PlaceAttribute):
            return FALSE
        chosen = Literal(self.variable(Chosen(value, choice)), ANSWERED)
        if present:
            return chosen
        return Every((Literal(self.variable(value), ANSWERED), negate(chosen)))

    def _answered(self, value: model.Expression, kind: Kind, finding: str | None) -> Constraint:
        if isinstance(value, CONDITIONS):
            return Either((self.holds(value, finding), self.fails(value, finding)))
        meaning = self._fact(value, finding)
        if isinstance(meaning, model.Constant):
            return FALSE if finite(meaning.value) is None else TRUE
        return FALSE if meaning is None else Literal(self.variable(meaning), ANSWERED)

    def _fact(self, value: model.Expression, finding: str | None) -> Meaning | None:
        """What a value stands for; None for one that is always blank."""
        match value:
            case model.Fact("finding"):
                return None if finding is None else model.Constant(finding)
            case model.Fact("severity"):
                return None if finding is None else SeverityOf(finding)
            case model.Constant(constant) if not isinstance(constant, str | bool):
                double = finite(constant)
                return None if double is None else model.Constant(double)
        return value

    def variable(self, meaning: Meaning) -> int:
        """The number of the variable that stands for `meaning`."""
        number = self._numbers.get(meaning)
        if number is None:
            domain = self.vocabulary.domain(meaning)
            number = self._numbers[meaning] = len(self.meanings)
            self.meanings.append(meaning)
            self.plain.append(not isinstance(meaning, _INVOLVED))
            self.domains.append(domain)
        return number

    def define(self, variable: int) -> tuple[int, Constraint]:
        """All the parts of a variable, and what ties it to others."""
        if variable not in self._definitions:
            meaning = self.meanings[variable]
            parts = self.domains[variable].full
            tie: Constraint = TRUE
            match meaning:
                case model.Answer(name):
                    parts, tie = self._asked(variable, self.vocabulary.questions[name])
                case model.PlaceAttribute("kind"):
                    parts &= ANSWERED if self.item.kinds else parts
                case model.PlaceAttribute(name):
                    tie = self._registered(variable, name)
                case model.Fact("open_cases") | model.History() if self.item.kinds:
                    tie = _same(Literal(variable, ANSWERED), Literal(self.variable(KIND), ANSWERED))
                case model.Fact(
                    "open_cases"
                ):  # what is for no register may yet happen at a place of another pack's
                    tie = Either((Literal(self.variable(KIND), BLANK), Literal(variable, ANSWERED)))
                case model.History():
                    cases = self.variable(model.Fact("open_cases"))
                    tie = _same(Literal(variable, ANSWERED), Literal(cases, ANSWERED))
                case model.Fact(name) if name != "area.class":
                    parts &= ANSWERED
                case Chosen(value, _):
                    answer = self.variable(value)
                    chosen = Either((Literal(variable, BLANK), Literal(answer, ANSWERED)))
                    tie = Every((Literal(answer, BLANK | ANSWERED), chosen))
                case Order(left, right):
                    tie = _same(Literal(variable, ANSWERED), self._all_answered((left, right)))
                case SeverityOf(finding):
                    tie = self._decided(variable, finding)
                case model.Arithmetic() | model.Negate():
                    tie = self._computed(variable, meaning)
            self._definitions[variable] = (parts, tie)
        return self._definitions[variable]

    def _asked(self, variable: int, question: model.Question) -> tuple[int, Constraint]:
        parts = self.domains[variable].full
        if question.when is None:
            return (parts if question.optional else parts & ANSWERED), TRUE
        shown = self.holds(question.when)
        answered = Literal(variable, ANSWERED)
        return parts, (Either((shown, negate(answered))) if question.optional else _same(answered, shown))

    def _registered(self, variable: int, name: str) -> Constraint:
        """Each kind of place has the parts its register allows; what is in no register has no attributes."""
        kind, domain = self.variable(KIND), self.domains[variable]
        ways: list[Constraint] = []
        for each in self.vocabulary.kinds:
            known = Literal(variable, self.vocabulary.allowed(each, name, domain))
            ways.append(Every((self._value(KIND, "=", each), known)))
        ways.append(Every((Literal(kind, BLANK), Literal(variable, BLANK))))
        return Either(tuple(ways))

    def _decided(self, variable: int, finding: str) -> Constraint:
        branches = self.item.finding(finding).severity
        ways: list[Constraint] = [
            Every((self.severity(finding, branch.value), self.decides(branches, index, finding)))
            for index, branch in enumerate(branches)
        ]
        if not branches or branches[-1].when is not None:
            ways.append(Every((Literal(variable, BLANK), self.decides(branches, len(branches), finding))))
        return Either(tuple(ways))

    def _computed(self, variable: int, term: model.Expression) -> Constraint:
        """A computed number is blank where anything it is made of is, and may be where it divides by zero."""
        operands = self._all_answered(operands_of(term))
        answered = Literal(variable, ANSWERED)
        if self.vocabulary.is_total(term):
            return _same(answered, operands)
        return Either((negate(answered), operands))

    def _all_answered(self, values: Iterable[model.Expression]) -> Constraint:
        return Every(tuple(self._answered(value, "raw", None) for value in values))


def _same(one: Constraint, other: Constraint) -> Constraint:
    return Either((Every((one, other)), Every((negate(one), negate(other)))))


def _is_so(operator: Operator, left: Any, right: Any) -> bool:
    comparable = operator in ("=", "!=") or isinstance(left, str) is isinstance(right, str)
    return comparable and ordered(operator, left, right)
