"""Numbers that stand to each other as wanted, from z3.

z3 computes with reals, the runtime with doubles. So values are only proposed here: whoever asks computes with them as
the runtime does. And that there are none is only claimed where the reals say so for results off by as much as rounding
can do (`bounds`); whole numbers below 2^53 are exact. What is spent is counted by z3 itself (`rlimit`), never timed:
the same question has the same answer on every machine.
"""

from __future__ import annotations

from fractions import Fraction
from math import inf, nextafter
from typing import TYPE_CHECKING, Any

from gewu_dsl import model
from gewu_dsl.truth import operands
from gewu_dsl.worlds.domains import Named, Range
from gewu_dsl.worlds.samples import Values, scaled
from gewu_dsl.worlds.search import Box
from gewu_dsl.worlds.space import Space
from gewu_dsl.worlds.vocabulary import Order, looks_back

if TYPE_CHECKING:
    import z3

EFFORT = 400_000
"""z3's own units; a few hundredths of a second."""

FRESH = 1_000_000
"""From here on numbers stand for texts that no condition mentions."""

_PLAIN = (model.Constant, model.Answer, model.PlaceAttribute, model.Fact, model.History)


def solve(space: Space, box: Box, related: list[int], free: list[model.Expression]) -> Values | None:
    """Values for `free` with which the `related` variables are in their parts; None where there certainly are none.

    Empty where neither values nor a proof were found.
    """
    import z3

    problem = _Problem(space, box, free)
    result = problem.run(related, slack=False)
    if result == z3.sat:
        return problem.values()
    if result == z3.unsat and all(space.vocabulary.is_total(space.meanings[each]) for each in related):
        if not any(problem.error(each) for each in related):
            return None
        if _Problem(space, box, free).run(related, slack=True) == z3.unsat:
            return None
    return {}


class _Problem:
    def __init__(self, space: Space, box: Box, free: list[model.Expression]) -> None:
        import z3

        self.z3 = z3
        self.space, self.box = space, box
        self.context = z3.Context()  # one of its own: what was asked before leaves no traces
        self.solver = z3.SolverFor("QF_NIRA", ctx=self.context)
        self.solver.set("rlimit", EFFORT)
        self.texts: list[str] = []
        self.unknowns: dict[model.Expression, Any] = {}
        for index, leaf in enumerate(free):
            variable = space.variable(leaf)
            domain = space.domains[variable]
            kind = z3.Real if domain.scale == "decimal" else z3.Int
            self.unknowns[leaf] = kind(f"v{index}", self.context)
            ways = [self._within(self.unknowns[leaf], part) for part in domain.chosen(box[variable])]
            self.solver.add(z3.Or(ways))
        for less, more in looks_back(self.unknowns):
            self.solver.add(self.unknowns[less] <= self.unknowns[more])

    def run(self, related: list[int], *, slack: bool) -> z3.CheckSatResult:
        """Whether there are such numbers; with `slack`, whether there could be for all that rounding does."""
        for each in related:
            meaning = self.space.meanings[each]
            slack_of = self._number(Fraction(self.error(each)) if slack else 0)
            parts = self.space.domains[each].chosen(self.box[each])
            if isinstance(meaning, Order):
                gap = self._term(meaning.left) - self._term(meaning.right)
                ways = [self._ordered(gap, part.value, slack_of) for part in parts if isinstance(part, Named)]
            else:
                ends = [self._ends(meaning, part, slack) for part in parts if isinstance(part, Range)]
                term = self._term(meaning)
                ways = [self.z3.And(term >= low, term <= high) for low, high in ends]
            self.solver.add(self.z3.Or(ways))
        return self.solver.check()

    def values(self) -> Values:
        found: Values = {}
        solution = self.solver.model()
        for leaf, unknown in self.unknowns.items():
            scale = self.space.domains[self.space.variable(leaf)].scale
            number = solution.eval(unknown, model_completion=True)
            if scale is None:
                at = number.as_long()
                found[leaf] = self.texts[at] if at < len(self.texts) else f"{at}"
            elif scale == "decimal":
                found[leaf] = _double(number)
            else:
                found[leaf] = scaled(number.as_long(), scale)
        return found

    def error(self, variable: int) -> float:
        """By how much rounding may move what a variable stands for."""
        meaning = self.space.meanings[variable]
        if isinstance(meaning, Order):
            return sum(self.space.vocabulary.bounds(term).error for term in (meaning.left, meaning.right))
        assert isinstance(meaning, model.Arithmetic | model.Negate)
        return self.space.vocabulary.bounds(meaning).error

    def _ends(self, term: Any, part: Range, slack: bool) -> tuple[Any, Any]:
        """Between what the exact result lies where the double lies in a part.

        One operation rounds to the nearest double, so its result is nearer to the part than to what lies beside it.
        """
        low, high = Fraction(part.low), Fraction(part.high)
        if slack and self.space.vocabulary.bounds(term).error:
            if all(isinstance(operand, _PLAIN) for operand in operands(term)):
                low = (low + Fraction(nextafter(part.low, -inf))) / 2
                high = (high + Fraction(nextafter(part.high, inf))) / 2
            else:
                error = Fraction(self.space.vocabulary.bounds(term).error)
                low, high = low - error, high + error
        return self._number(low), self._number(high)

    def _within(self, unknown: Any, part: Any) -> Any:
        if isinstance(part, Range):
            return self.z3.And(unknown >= self._number(part.low), unknown <= self._number(part.high))
        return unknown == self._text(part.value) if isinstance(part, Named) else unknown >= FRESH

    def _ordered(self, gap: Any, order: str, slack: Any) -> Any:
        if order == "=":
            return self.z3.And(gap <= slack, gap >= -slack)
        return gap < slack if order == "<" else gap > -slack

    def _term(self, term: Any) -> Any:
        match term:
            case model.Constant(str(value)):
                return self.z3.IntVal(self._text(value), self.context)
            case model.Constant(int() | float() as value):
                return self._number(value)
            case model.Negate(operand):
                return -self._term(operand)
            case model.Arithmetic(operator, left, right):
                one, other = self._term(left), self._term(right)
                match operator:
                    case "+":
                        return one + other
                    case "-":
                        return one - other
                    case "*":
                        return one * other
                return self.z3.ToReal(one) / other if self.z3.is_int(one) else one / other
        return self.unknowns[term]

    def _number(self, value: float | Fraction) -> Any:
        if value == int(value):
            return self.z3.IntVal(int(value), self.context)
        return self.z3.Q(*value.as_integer_ratio(), ctx=self.context)

    def _text(self, value: str) -> int:
        if value not in self.texts:
            self.texts.append(value)
        return self.texts.index(value)


def _double(number: Any) -> float:
    if hasattr(number, "as_fraction"):
        return float(number.as_fraction())
    return float(number.approx(20).as_fraction())
