"""Whether a list of branches covers every answer sheet, where it reads finitely many answers.

The answers to choice questions, yes-no questions and checks, the kind and the choices of a place, the finding and its
severity are enumerated. A list that reads anything else is left unproved.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from math import prod

from gewu_dsl import model
from gewu_dsl.truth import leaves

MOST_CELLS = 4096

Cell = dict[model.Expression, str | None]
"""What is read, with its value; None is a blank."""


@dataclass(frozen=True, slots=True)
class Gap:
    """A cell that no branch covers."""

    cell: Cell


@dataclass(frozen=True, slots=True)
class Unproved:
    """The list reads something that cannot be enumerated, or too much of it."""


@dataclass(slots=True)
class Space:
    """The cells in which a list of branches is asked.

    `premises` hold in each of them; `impossible` are conditions none of which is certainly true in them. `severity` are
    the branches that decided the severity before.
    """

    item: model.Item
    registers: Mapping[str, model.PlaceKind]
    finding: str | None = None
    premises: Sequence[model.Expression] = ()
    impossible: Sequence[model.Expression] = ()
    severity: model.Branches[model.Severity] = ()
    domains: dict[model.Expression, tuple[str | None, ...]] = field(default_factory=dict)
    exact: bool = True

    def find_gap(self, conditions: Sequence[model.Expression]) -> Gap | Unproved | None:
        """A cell in which none of the conditions is certainly true; None where there is none."""
        if not self._enumerate(conditions):
            return Unproved()
        premises = [each for each in self.premises if self._enumerate([each])]
        self.exact &= len(premises) == len(self.premises)
        known = [each for each in self.impossible if self._reads_only_known(each)]
        self.exact &= not any(self._shares(each) for each in self.impossible if each not in known)
        if prod(map(len, self.domains.values())) > MOST_CELLS:
            return Unproved()
        for cell in self._cells():
            holds = any(self.evaluate(condition, cell) is True for condition in conditions)
            if holds or any(self.evaluate(premise, cell) is not True for premise in premises):
                continue
            if not any(self.evaluate(each, cell) is True for each in known):
                return Gap(cell) if self.exact else Unproved()
        return None

    def evaluate(self, condition: model.Expression, cell: Cell) -> bool | None:
        """The condition in Kleene's three values; None is unknown."""
        match condition:
            case model.Not(operand):
                value = self.evaluate(operand, cell)
                return None if value is None else not value
            case model.And(operands):
                return _joined([self.evaluate(operand, cell) for operand in operands], False)
            case model.Or(operands):
                return _joined([self.evaluate(operand, cell) for operand in operands], True)
            case model.Compare(operator, left, right):
                return _compared(operator, self._value(left, cell), self._value(right, cell))
            case model.Among(value, options):
                found = self._value(value, cell)
                return None if found is None else found in {option.value for option in options}
            case model.IsBlank(value):
                return self._value(value, cell) is None
            case model.IsHazard(question):
                answer = cell[model.Answer(question)]
                return None if answer is None else answer == self.item.question(question).hazard
            case model.Derived(name):
                return self.evaluate(self._let(name), cell)
        return None

    def _value(self, node: model.Expression, cell: Cell) -> object:
        if isinstance(node, model.Constant):
            return node.value
        if isinstance(node, model.Derived):
            return self._value(self._let(node.name), cell)
        if node in cell:
            return cell[node]
        truth = self.evaluate(node, cell)
        return None if truth is None else "yes" if truth else "no"

    def _let(self, name: str) -> model.Expression:
        return next(let.value for let in self.item.lets if let.name == name)

    def _leaves(self, condition: model.Expression) -> Iterator[model.Expression]:
        for leaf in leaves(condition):
            if isinstance(leaf, model.Derived):
                yield from self._leaves(self._let(leaf.name))
            else:
                yield leaf

    def _reads_only_known(self, condition: model.Expression) -> bool:
        return all(leaf in self.domains for leaf in self._leaves(condition))

    def _shares(self, condition: model.Expression) -> bool:
        return any(leaf in self.domains for leaf in self._leaves(condition))

    def _enumerate(self, conditions: Sequence[model.Expression]) -> bool:
        """Add what the conditions read to the domains; False, and nothing added, where it is not finite."""
        added: dict[model.Expression, tuple[str | None, ...]] = {}
        for condition in conditions:
            for leaf in self._leaves(condition):
                if leaf not in self.domains and leaf not in added:
                    values = self._domain(leaf)
                    if not values:
                        return False
                    added[leaf] = values
        self.domains |= added
        return True

    def _domain(self, leaf: model.Expression) -> tuple[str | None, ...]:
        match leaf:
            case model.Answer(name):
                return self._answers(self.item.question(name))
            case model.PlaceAttribute("kind"):
                return self.item.kinds
            case model.PlaceAttribute(name):
                return self._attributes(name)
            case model.Fact("finding") if self.finding:
                return (self.finding,)
            case model.Fact("severity") if self.severity:
                self.exact = False
                levels: dict[str | None, None] = dict.fromkeys(branch.value for branch in self.severity)
                return tuple(levels) if self.severity[-1].when is None else (*levels, None)
        return ()

    def _answers(self, question: model.Question) -> tuple[str | None, ...]:
        values = _values(question)
        if not values or question.when is None:
            return (*values, None) if values and question.optional else values
        self.exact = False
        return (*values, None)

    def _attributes(self, name: str) -> tuple[str | None, ...]:
        values: dict[str | None, None] = {}
        for kind in self.item.kinds:
            register = self.registers.get(kind)
            attribute = (
                next((each for each in register.attributes if each.name == name), None) if register else None
            )
            if attribute is None:
                values[None] = None
                self.exact &= len(self.item.kinds) == 1
                continue
            found = _values(attribute)
            if not found:
                return ()
            values |= dict.fromkeys(found)
            if attribute.optional or attribute.when is not None:
                values[None] = None
        return tuple(values)

    def _cells(self) -> Iterator[Cell]:
        for values in product(*self.domains.values()):
            yield dict(zip(self.domains, values, strict=True))


def _values(question: model.Question) -> tuple[str | None, ...]:
    if question.type == "one_of":
        return tuple(choice.name for choice in question.choices)
    return {"yes_no": ("yes", "no"), "check": ("yes", "no", "na")}.get(question.type, ())


def _joined(values: list[bool | None], decisive: bool) -> bool | None:
    if decisive in values:
        return decisive
    return None if None in values else not decisive


def _compared(operator: str, left: object, right: object) -> bool | None:
    if left is None or right is None:
        return None
    if operator in ("=", "!="):
        return (left == right) is (operator == "=")
    if left not in model.SEVERITIES or right not in model.SEVERITIES:
        return None
    one, other = model.SEVERITIES.index(left), model.SEVERITIES.index(right)
    return {"<": one < other, "<=": one <= other, ">": one > other, ">=": one >= other}[operator]
