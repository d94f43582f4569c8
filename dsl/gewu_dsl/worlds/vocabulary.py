"""What conditions of an item read, and which values each may have: from its form, its registers and what every report
brings with it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from gewu_dsl import model
from gewu_dsl.rules.sheet import LARGEST
from gewu_dsl.validity import choice_names, value_refusals
from gewu_dsl.worlds import domains
from gewu_dsl.worlds.bounds import Bounds, bounds_of_term
from gewu_dsl.worlds.domains import ANSWERED, BLANK, Domain, Named, Range, Unnamed
from gewu_dsl.worlds.unfolding import Constants

ORDER = Domain((Named("<"), Named("="), Named(">")))
TOKEN = Domain((Unnamed(frozenset()),))
"""Of what is only ever answered or not."""
KIND = model.PlaceAttribute("kind")

_COUNTED: dict[str, tuple[int, int]] = {
    "reported.weekday": (1, 7), "reported.hour": (0, 23), "open_cases": (0, LARGEST),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Chosen:
    """That an any-of answer, or attribute, includes a choice: blank where it does not."""

    value: model.Expression
    choice: str


@dataclass(frozen=True, slots=True)
class Order:
    """How two values stand to each other: `<`, `=`, `>`; texts that differ are `<` or `>` alike."""

    left: model.Expression
    right: model.Expression


@dataclass(frozen=True, slots=True)
class SeverityOf:
    """The severity decided for a finding."""

    finding: str


Meaning = model.Expression | Chosen | Order | SeverityOf
"""What a variable stands for: something that is read, a number computed from it, or one of these three."""


class Vocabulary:
    """`constants` are what the item compares things with."""

    def __init__(
        self, item: model.Item, registers: Mapping[str, model.PlaceKind], constants: Constants
    ) -> None:
        self.constants = constants
        self.questions = {question.name: question for question in item.questions}
        self.kinds = item.kinds or tuple(registers)
        self._registers = registers
        self._months = _months_in_force(item)

    def question(self, leaf: Meaning) -> model.Question | None:
        """The question, or the first register's attribute, that is read there."""
        match leaf:
            case model.Answer(name):
                return self.questions[name]
            case model.PlaceAttribute(name):
                return next(iter(self._asked(name)), None)
        return None

    def domain(self, meaning: Meaning) -> Domain:
        """The parts of all the values that there may be."""
        match meaning:
            case Chosen(_, choice):
                return domains.named((choice,))
            case Order():
                return ORDER
            case SeverityOf():
                return domains.named(model.SEVERITIES)
        constants = self.constants.get(meaning, ())
        match meaning:
            case model.Answer(name):
                return _domain_of(self.questions[name], constants)
            case model.PlaceAttribute("kind"):
                return domains.named(self.kinds)
            case model.PlaceAttribute(name):
                return self._attributes(name, constants)
            case model.Fact("area.class"):
                return domains.named("ABC")
            case model.Fact("reported.on_workday"):
                return domains.named(("yes", "no"))
            case model.Fact("reported.month"):
                runs = (domains.ranged("integer", *run, constants).parts for run in self._months)
                return Domain(tuple(part for parts in runs for part in parts), "integer")
            case model.Fact(name) if name in _COUNTED:
                return domains.ranged("integer", *_COUNTED[name], constants)
            case model.History():
                return domains.ranged("integer", 0, LARGEST, constants)
            case model.Arithmetic() | model.Negate():
                bounds = self.bounds(meaning)
                return domains.ranged("decimal", bounds.low, bounds.high, constants)
        return domains.written(constants)

    def allowed(self, kind: str, name: str, domain: Domain) -> int:
        """The parts of an attribute's domain that one register knows."""
        attribute = self._attribute(kind, name)
        if attribute is None:
            return BLANK
        blank = BLANK if attribute.optional or attribute.when is not None else 0
        if domain.scale is not None:
            low, high = domains.bounds_of(attribute)
            return blank | domain.select(
                lambda part: isinstance(part, Range) and low <= part.low <= part.high <= high
            )
        names = choice_names(attribute)
        if not names or attribute.type == "any_of":
            return blank | domain.full & ANSWERED
        return blank | domain.select(lambda part: isinstance(part, Named) and part.value in names)

    def bounds(self, term: model.Expression) -> Bounds:
        """Between which numbers a computed one lies."""
        return bounds_of_term(term, self._range)

    def is_total(self, meaning: Meaning) -> bool:
        """Whether what is computed is a number wherever its operands are."""
        if isinstance(meaning, Order):
            return self.is_total(meaning.left) and self.is_total(meaning.right)
        return not isinstance(meaning, model.Arithmetic | model.Negate) or self.bounds(meaning).total

    def _range(self, leaf: model.Expression) -> tuple[float, float]:
        ranges = [part for part in self.domain(leaf).parts if isinstance(part, Range)]
        return (ranges[0].low, ranges[-1].high) if ranges else (0, 0)

    def _attribute(self, kind: str, name: str) -> model.Question | None:
        register = self._registers.get(kind)
        return next((each for each in register.attributes if each.name == name), None) if register else None

    def _asked(self, name: str) -> list[model.Question]:
        found = (self._attribute(kind, name) for kind in self.kinds)
        return [each for each in found if each is not None]

    def _attributes(self, name: str, constants: Iterable[object]) -> Domain:
        """The parts of an attribute in all the registers at hand, cut where any of them begins or ends."""
        asked = self._asked(name)
        scales = [scale for each in asked if (scale := domains.scale_of(each))]
        if scales:
            scale = "decimal" if "decimal" in scales else scales[0]
            ends = [domains.bounds_of(each) for each in asked if domains.scale_of(each)]
            cuts = [domains.position(each, scale) for each in constants]
            return domains.cut(
                scale,
                min(low for low, _ in ends),
                max(high for _, high in ends),
                (*cuts, *(end for pair in ends for end in pair)),
            )
        if not asked or any(each.type == "any_of" for each in asked):
            return TOKEN
        if not all(map(choice_names, asked)):
            return _domain_of(asked[0], constants)
        return domains.named(dict.fromkeys(choice for each in asked for choice in choice_names(each)))


def _months_in_force(item: model.Item) -> list[tuple[int, int]]:
    """From which month to which there may be reports; two stretches of the year around New Year."""
    if item.since is None or item.until is None:
        return [(1, 12)]
    first, last = item.since, item.until
    count = (last.year - first.year) * 12 + last.month - first.month
    if count >= 11:
        return [(1, 12)]
    return [(first.month, last.month)] if first.month <= last.month else [(1, last.month), (first.month, 12)]


def operands_of(term: Meaning) -> tuple[model.Expression, ...]:
    """What a computed number, or an order, is made of."""
    match term:
        case Order(left, right) | model.Arithmetic(_, left, right):
            return (*operands_of(left), *operands_of(right))
        case model.Negate(operand):
            return operands_of(operand)
        case model.Constant() | Chosen() | SeverityOf():
            return ()
    return (term,)


def looks_back(values: Mapping[model.Expression, Any]) -> Iterator[tuple[model.History, model.History]]:
    """Pairs of looks back that are answered, of which the second goes further, and so counts no less."""
    looks = [each for each in values if isinstance(each, model.History) and values[each] is not None]
    for less, more in pairwise(sorted(looks, key=lambda each: (each.name, each.days))):
        if less.name == more.name:
            yield less, more


def _domain_of(question: model.Question, constants: Iterable[object]) -> Domain:
    scale = domains.scale_of(question)
    if scale is not None:
        return domains.ranged(scale, *domains.bounds_of(question), constants)
    if question.type in ("any_of", "location"):
        return TOKEN
    names = choice_names(question)
    if names:
        return domains.named(names)
    return domains.written(constants, lambda text: not value_refusals(question, text))
