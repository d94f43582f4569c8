"""Finding values that satisfy constraints: sets of parts narrowed until nothing is left to decide.

Two-valued throughout: that something is blank is one of its parts, so a literal is satisfied or is not. What the search
does is counted in steps, never timed: the same item has the same answer on every machine.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple


class Literal(NamedTuple):
    """`variable` is in the set `parts`."""

    variable: int
    parts: int


class Every(NamedTuple):
    operands: tuple[Constraint, ...]


class Either(NamedTuple):
    operands: tuple[Constraint, ...]


Constraint = Literal | Every | Either

TRUE = Every(())
FALSE = Either(())

Box = dict[int, int]
"""What is left of every variable that matters: any choice out of it satisfies the constraints."""


class Exhausted(Exception):
    """The steps are used up."""


def negate(constraint: Constraint) -> Constraint:
    """What is satisfied exactly where `constraint` is not."""
    if isinstance(constraint, Literal):
        return Literal(constraint.variable, ~constraint.parts)
    operands = tuple(negate(operand) for operand in constraint.operands)
    return Either(operands) if isinstance(constraint, Every) else Every(operands)


@dataclass(slots=True)
class Budget:
    """How many steps are left, of one search and of all searches in an item."""

    steps: int

    def spend(self, steps: int = 1) -> None:
        self.steps -= steps
        if self.steps < 0:
            raise Exhausted


@dataclass(slots=True)
class Search:
    """`define(variable)` gives all the parts a variable has and what ties it to others; both are asked for once the
    variable matters."""

    define: Callable[[int], tuple[int, Constraint]]
    budget: Budget
    box: Box = field(default_factory=dict)
    open: list[Either] = field(default_factory=list)

    def copy(self, budget: Budget) -> Search:
        """A search that goes on from here."""
        return Search(self.define, budget, dict(self.box), list(self.open))

    def hold(self, constraint: Constraint) -> bool:
        """Take a constraint in; False where nothing is left. Raises `Exhausted`."""
        return self._add(constraint) and self._propagate()

    def solve(self, constraint: Constraint) -> Iterator[Box]:
        """Boxes that between them hold every way to satisfy `constraint` along with what the search holds already.

        Raises `Exhausted`.
        """
        self.budget.spend()
        if not self.hold(constraint):
            return
        if not self.open:
            yield self.box
            return
        choice = self.open.pop(min(range(len(self.open)), key=lambda at: len(self.open[at].operands)))
        for operand in choice.operands:
            yield from self.copy(self.budget).solve(operand)
            if isinstance(operand, Literal) and not self._add(negate(operand)):
                return

    def _add(self, constraint: Constraint) -> bool:
        """Narrow the box; what is a choice is kept for later. False where nothing is left."""
        waiting = [constraint]
        while waiting:
            each = waiting.pop()
            if isinstance(each, Every):
                waiting.extend(reversed(each.operands))
            elif isinstance(each, Either):
                self.open.append(each)
            else:
                known = self.box.get(each.variable)
                if known is None:
                    known, definition = self.define(each.variable)
                    waiting.append(definition)
                left = known & each.parts
                self.box[each.variable] = left
                if not left:
                    return False
        return True

    def _propagate(self) -> bool:
        """Leave out what is satisfied or cannot be; add what is the only way left."""
        changed = True
        while changed:
            changed = False
            choices, self.open = self.open, []
            self.budget.spend(len(choices) >> 3)
            for choice in choices:
                left: list[Constraint] = []
                for operand in choice.operands:
                    state = state_in(self.box, operand)
                    if state:
                        break
                    if state is None:
                        left.append(operand)
                else:
                    if len(left) > 1:
                        self.open.append(Either(tuple(left)))
                    elif not left or not self._add(left[0]):
                        return False
                    else:
                        changed = True
        return True


def state_in(box: Box, constraint: Constraint) -> bool | None:
    """Whether a constraint is satisfied whatever is chosen out of a box, or never; None where that depends."""
    if isinstance(constraint, Literal):
        known = box.get(constraint.variable)
        if known is None:
            return None
        if not known & constraint.parts:
            return False
        return True if not known & ~constraint.parts else None
    decisive = isinstance(constraint, Either)
    settled = True
    for operand in constraint.operands:
        state = state_in(box, operand)
        if state is decisive:
            return decisive
        settled &= state is not None
    return (not decisive) if settled else None
