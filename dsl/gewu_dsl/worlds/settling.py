"""From what a search has left to values that can be written down, or to the proof that there are none.

What the search does not know is settled here: how many choices of an any-of answer there may be, that a longer look back
never counts less, and whether numbers exist that are computed or compared as the search left it.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice, product
from math import prod
from typing import Any

from gewu_dsl import model
from gewu_dsl.rules import values as computing
from gewu_dsl.worlds import arithmetic
from gewu_dsl.worlds.domains import ANSWERED, BLANK, Named, Part, Range, Unnamed
from gewu_dsl.worlds.samples import Values, sample_text, scaled, tame
from gewu_dsl.worlds.search import Box, Budget, Exhausted
from gewu_dsl.worlds.space import Space
from gewu_dsl.worlds.vocabulary import Chosen, Order, SeverityOf, looks_back, operands_of

TRIALS = 512
FEW_TRIALS = 32
"""Once z3 is no longer asked: nothing is proved any more by trying."""
MOST_VALUES = 64
"""Ranges of no more values than this are tried in full."""


class Unsettled(Exception):
    """Neither values nor a proof were found."""


def settle(space: Space, box: Box, arithmetic_left: Budget) -> Values | None:
    """Values for all that the box reads; None where there are none. Raises `Unsettled`."""
    values: Values = {}
    for variable, parts in box.items():
        meaning = space.meanings[variable]
        if isinstance(meaning, Chosen | Order | SeverityOf | model.Arithmetic | model.Negate):
            continue
        if parts & ANSWERED and not (parts & BLANK and meaning == model.Answer("finding")):
            values[meaning] = _sample(space, meaning, space.domains[variable].chosen(parts)[0])
        else:
            values[meaning] = None
    if not _choose(space, box, values) or not _order_history(space, box, values):
        return None
    related = [each for each in box if _is_related(space, box, each)]
    if not related or _fits(space, box, related, values):
        return values
    return _relate(space, box, related, values, arithmetic_left)


def _choose(space: Space, box: Box, values: Values) -> bool:
    """Fill in the any-of answers; False where one must have more choices, or fewer, than it may."""
    chosen: dict[model.Expression, dict[str, int]] = {}
    for variable, parts in box.items():
        meaning = space.meanings[variable]
        if isinstance(meaning, Chosen):
            chosen.setdefault(meaning.value, {})[meaning.choice] = parts
    for value, known in values.items():
        question = space.vocabulary.question(value)
        if question is None or question.type != "any_of" or not (known or value in chosen):
            continue
        states = chosen.get(value, {})
        must = [choice for choice, parts in states.items() if not parts & BLANK]
        if known is None and not must:
            continue
        may = [each.name for each in question.choices if states.get(each.name, BLANK | ANSWERED) & ANSWERED]
        least = max(question.at_least or 1, 1)
        picked = [*must, *(name for name in may if name not in must)][: max(least, len(must))]
        if len(picked) < least or (question.at_most is not None and len(picked) > question.at_most):
            if must or not box[space.variable(value)] & BLANK:
                return False
            picked = []
        values[value] = tuple(each.name for each in question.choices if each.name in picked) or None
    return True


def _order_history(space: Space, box: Box, values: Values) -> bool:
    """Let longer looks back count at least as much as shorter ones; False where they cannot."""
    for name in ("cases_in", "visits_in"):
        read = [each for each in values if isinstance(each, model.History) and each.name == name]
        least = 0
        for look in sorted(read, key=lambda each: each.days):
            if values[look] is None:
                continue
            variable = space.variable(look)
            fitting = [
                max(least, part.low)
                for part in space.domains[variable].chosen(box[variable])
                if isinstance(part, Range) and part.high >= least
            ]
            if not fitting:
                return False
            least = values[look] = int(min(fitting))
    return True


def _is_related(space: Space, box: Box, variable: int) -> bool:
    """Whether values have to be found for a computed number or an order that is not left free."""
    meaning = space.meanings[variable]
    if not isinstance(meaning, Order | model.Arithmetic | model.Negate):
        return False
    full = space.domains[variable].full
    return (box[variable] != BLANK and box[variable] | BLANK != full) or not space.vocabulary.is_total(
        meaning
    )


def _fits(space: Space, box: Box, related: list[int], values: Values) -> bool:
    if any(values[less] > values[more] for less, more in looks_back(values)):
        return False
    return all(box[each] >> _part(space, each, values) & 1 for each in related)


def _part(space: Space, variable: int, values: Values) -> int:
    """The part of a computed number or an order that the values give it."""
    meaning = space.meanings[variable]
    if isinstance(meaning, Order):
        left, right = compute(meaning.left, values), compute(meaning.right, values)
        if left is None or right is None:
            return 0
        return 2 if left == right else 1 if left < right else 3
    number = compute(meaning, values)
    if number is None:
        return 0
    for index, part in enumerate(space.domains[variable].parts):
        if isinstance(part, Range) and part.low <= number <= part.high:
            return index + 1
    return 0


def compute(term: Any, values: Values) -> Any:
    """A value as the runtime computes it."""
    match term:
        case model.Constant(value):
            return value
        case model.Negate(operand):
            return computing.negate(compute(operand, values))
        case model.Arithmetic(operator, left, right):
            function = {
                "+": computing.add, "-": computing.subtract, "*": computing.multiply, "/": computing.divide
            }[operator]  # fmt: skip
            return function(compute(left, values), compute(right, values))
    return values.get(term)


def _relate(
    space: Space, box: Box, related: list[int], values: Values, arithmetic_left: Budget
) -> Values | None:
    """The values with those that are computed with changed until everything fits."""
    read = list(dict.fromkeys(leaf for each in related for leaf in operands_of(space.meanings[each])))
    if any(leaf not in values for leaf in read):
        raise Unsettled
    if any(isinstance(leaf, model.History) for leaf in read):
        read = list(dict.fromkeys([*read, *(leaf for leaf in values if isinstance(leaf, model.History))]))
    free = [leaf for leaf in read if values.get(leaf) is not None]
    lists = [list(_candidates(space, box, leaf)) for leaf in free]
    listed = prod(map(len, lists)) <= TRIALS and all(_is_listed(space, box, leaf) for leaf in free)
    trials = TRIALS if listed or arithmetic_left.steps > 0 else FEW_TRIALS
    for trial in islice(product(*lists), trials):
        changed = {**values, **dict(zip(free, trial, strict=True))}
        if _fits(space, box, related, changed):
            return changed
    if listed:
        return None
    try:
        arithmetic_left.spend()
    except Exhausted:
        raise Unsettled from None
    found = arithmetic.solve(space, box, related, free)
    if found is None:
        return None
    changed = {**values, **found}
    if found and _fits(space, box, related, changed):
        return changed
    raise Unsettled


def _parts(space: Space, box: Box, leaf: model.Expression) -> list[Part]:
    variable = space.variable(leaf)
    return space.domains[variable].chosen(box[variable])


def _is_listed(space: Space, box: Box, leaf: model.Expression) -> bool:
    """Whether `_candidates` are all the values there are."""
    scale = space.domains[space.variable(leaf)].scale
    parts = _parts(space, box, leaf)
    if scale == "decimal":
        return all(isinstance(part, Range) and part.low == part.high for part in parts)
    if any(isinstance(part, Unnamed) for part in parts):
        return False
    return sum(part.high - part.low + 1 for part in parts if isinstance(part, Range)) <= MOST_VALUES


def _candidates(space: Space, box: Box, leaf: model.Expression) -> Iterator[Any]:
    scale = space.domains[space.variable(leaf)].scale
    whole = scale != "decimal"
    listed = _is_listed(space, box, leaf)
    for part in _parts(space, box, leaf):
        if isinstance(part, Named):
            yield part.value
        elif isinstance(part, Unnamed):
            yield from (sample_text(space.vocabulary.question(leaf), part, turn) for turn in range(2))
        elif listed and whole:
            yield from (scaled(number, scale) for number in range(int(part.low), int(part.high) + 1))
        else:
            middle = (part.low + part.high) / 2
            numbers = [tame(part, None), part.low, part.high, int(middle) if whole else middle]
            yield from (
                scaled(number, scale) for number in dict.fromkeys(numbers) if part.low <= number <= part.high
            )


def _sample(space: Space, leaf: model.Expression, part: Part) -> Any:
    """An ordinary value out of a part; of an any-of answer, and of a position, only that there is one."""
    question = space.vocabulary.question(leaf)
    if question is not None and question.type in ("any_of", "location"):
        return True
    match part:
        case Named(value):
            return value
        case Unnamed():
            return sample_text(question, part, 0)
        case Range():
            scale = space.domains[space.variable(leaf)].scale
            return scaled(tame(part, scale), scale)
