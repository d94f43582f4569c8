"""Filled-in forms that show a claim about an item, or the proof that there are none.

A world is a report that could really be submitted: every required question that is shown is answered, every answer is
valid, no `must` is broken, the place is one the item is for. `find` looks for one of which its claims are true. What it
finds it has written down as a whole sheet, run through the runtime and seen to do what was claimed. What it cannot find
is impossible (None), or it could not tell (`Undecided`).

What the proofs rest on: `truth`, the translation all executors share; registers that hold what they declare; history
that counts no less the longer it looks back. They hold for reports as they are kept, when answers to questions that are
not shown have been dropped.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from gewu_dsl import model
from gewu_dsl.answers import check_answers
from gewu_dsl.decision import Decision
from gewu_dsl.rules import Rules, compile_rules, normalise_context
from gewu_dsl.rules.source import condition_of
from gewu_dsl.worlds.evaluation import Evaluation
from gewu_dsl.worlds.samples import Values
from gewu_dsl.worlds.search import Box, Budget, Constraint, Every, Exhausted, Search
from gewu_dsl.worlds.settling import Unsettled, settle
from gewu_dsl.worlds.sheets import Sheet, write_sheet
from gewu_dsl.worlds.space import Space

STEPS = 3_000
"""Of one search; a step takes a few millionths of a second."""
ALL_STEPS = 40_000
"""Of all searches in one item."""
ARITHMETIC = 30
"""How often z3 is asked about one item."""
SETTLING = 20
"""What settling one box counts for."""


@dataclass(frozen=True, slots=True)
class Holds:
    """A condition is certainly true."""

    condition: model.Expression


@dataclass(frozen=True, slots=True)
class Fails:
    """A condition is certainly false."""

    condition: model.Expression


@dataclass(frozen=True, slots=True)
class Open:
    """A condition is not certainly true: it is false, or a blank leaves it unknown."""

    condition: model.Expression


Claim = Holds | Fails | Open


@dataclass(frozen=True, slots=True)
class World:
    """A filled-in form with what the runtime decided about it.

    `sheet` is `{"answers": …, "context": …}`; `blanks` are the questions among those the claims depend on that are shown
    in it and left blank, which they are only where they must be.
    """

    sheet: Sheet
    decision: Decision
    blanks: tuple[str, ...]

    @property
    def answers(self) -> Mapping[str, Any]:
        return self.sheet["answers"]

    @property
    def context(self) -> Mapping[str, Any]:
        return self.sheet["context"]


@dataclass(frozen=True, slots=True)
class Undecided:
    """Neither a world nor the proof that there is none."""


class _Asked(NamedTuple):
    """What `find` is asked."""

    claims: tuple[Claim, ...]
    finding: str | None = None
    severity: model.Severity | None = None
    submitted: bool = True


class Worlds:
    """The reports there can be about one item. `rules` are its compiled rules, where they are at hand."""

    def __init__(
        self, item: model.Item, registers: Mapping[str, model.PlaceKind], rules: Rules | None = None
    ) -> None:
        self.item = item
        self.space = Space(item, registers)
        self._rules = rules
        self._steps = ALL_STEPS
        self._arithmetic = Budget(ARITHMETIC)
        self._known: dict[tuple[int, str | None, bool], Constraint] = {}
        self._first: dict[tuple[int, str], Box | None] = {}

    @property
    def rules(self) -> Rules:
        if self._rules is None:
            self._rules = compile_rules(self.item)
        return self._rules

    def find(
        self,
        *claims: Claim,
        finding: str | None = None,
        severity: model.Severity | None = None,
        submitted: bool = True,
    ) -> World | Undecided | None:
        """A world of which the claims are true; None where there is none.

        With `finding` one in which that finding is decided, and is of this `severity`: then nothing is excluded, and the
        claims may read `severity` and `finding`. Not `submitted`: the musts may be broken.
        """
        asked = _Asked(claims, finding, severity, submitted)
        certain = True
        for box in self._boxes(asked):
            world = self._show(box, asked)
            if isinstance(world, World):
                return world
            certain &= world is None
        return None if certain else Undecided()

    def is_impossible(
        self,
        *claims: Claim,
        finding: str | None = None,
        severity: model.Severity | None = None,
        submitted: bool = True,
    ) -> bool:
        """Whether `find` would prove that there is none; nothing is written down or run, so this costs less."""
        return not any(map(self._may_be, self._boxes(_Asked(claims, finding, severity, submitted))))

    def lacks(self, finding: str, condition: model.Expression) -> bool | None:
        """Whether a condition is open in the first reports with a finding that are found.

        None where no report has the finding. False tells nothing: it may be open in others.
        """
        self.space.learn((condition,))
        key = self.space.edition, finding
        if key not in self._first:
            boxes = filter(self._may_be, self._boxes(_Asked((), finding)))
            self._first[key] = next((box or {} for box in boxes), None)
        box = self._first[key]
        if box is None:
            return None
        return Search(self.space.define, Budget(0), box).state(self.space.holds(condition)) is False

    def _boxes(self, asked: _Asked) -> Iterator[Box | None]:
        """Where the claims are true; the boxes leave nothing out, and None stands for what could not be looked at."""
        self.space.learn(claim.condition for claim in asked.claims)
        goal = [self._claimed(claim, asked.finding) for claim in asked.claims]
        if asked.severity is not None and asked.finding is not None:
            goal.append(self.space.severity(asked.finding, asked.severity))
        goal.append(self._premises(asked.finding, asked.submitted))
        allowed = min(STEPS, self._steps)
        budget = Budget(allowed)
        try:
            for box in Search(self.space.define, budget).solve(Every(tuple(goal))):
                yield box
                budget.spend(SETTLING)
        except Exhausted:
            yield None
        finally:
            self._steps -= allowed - max(budget.steps, 0)

    def _may_be(self, box: Box | None) -> bool:
        """Whether there are values in the box, or may be."""
        if box is None or all(self.space.plain[variable] for variable in box):
            return True
        try:
            return settle(self.space, box, self._arithmetic) is not None
        except Unsettled:
            return True

    def _show(self, box: Box | None, asked: _Asked) -> World | Undecided | None:
        """A world in the box, None where it proves empty."""
        try:
            values = None if box is None else settle(self.space, box, self._arithmetic)
        except Unsettled:
            return Undecided()
        if values is None:
            return Undecided() if box is None else None
        world = self._world(values, asked.submitted)
        return world if world is not None and self._shows(world, asked) else Undecided()

    def _claimed(self, claim: Claim, finding: str | None) -> Constraint:
        match claim:
            case Holds(condition):
                return self.space.holds(condition, finding)
            case Fails(condition):
                return self.space.fails(condition, finding)
            case Open(condition):
                return self.space.open(condition, finding)

    def _premises(self, finding: str | None, submitted: bool) -> Constraint:
        key = self.space.edition, finding, submitted
        if key not in self._known:
            self._known[key] = Every(tuple(self._reported(finding, submitted)))
        return self._known[key]

    def _reported(self, finding: str | None, submitted: bool) -> Iterator[Constraint]:
        """What every report has in common, or every one in which a finding is decided."""
        space, item = self.space, self.item
        if finding is not None:
            condition = condition_of(item.finding(finding))
            if condition is not None:
                yield space.holds(condition)
            yield from (space.open(exclude.condition) for exclude in item.excludes)
        if submitted:
            yield from (space.passes(must.condition) for must in item.musts)
        if item.applies is not None:
            yield space.holds(item.applies)

    def _world(self, values: Values, submitted: bool) -> World | None:
        """The values as a sheet that may be submitted; None where something else is wrong with it."""
        sheet = write_sheet(self.rules, values)
        answers, context = sheet["answers"], sheet["context"]
        refused = check_answers(self.rules, answers, context)
        if any(submitted or each.code != "must" for each in refused):
            return None
        facts = normalise_context(context)
        read = self.rules.read(answers, facts)
        shown = self.rules.shown(read, facts)
        asked = {leaf.question for leaf in values if isinstance(leaf, model.Answer)}
        blanks = tuple(name for name in shown if name in asked and name not in read)
        return World(sheet, self.rules.decide(answers, context), blanks)

    def _shows(self, world: World, asked: _Asked) -> bool:
        """Whether the runtime says of the world what was claimed of it."""
        facts: dict[str, Any] = {}
        if asked.finding is not None:
            decided = next((each for each in world.decision.findings if each.name == asked.finding), None)
            if decided is None or asked.severity not in (None, decided.severity):
                return False
            facts = {"finding": asked.finding, "severity": decided.severity}
        context = normalise_context(world.context)
        seen = Evaluation(self.item, self.rules.read(world.answers, context), context, facts)
        return all(_is_true(claim, seen) for claim in asked.claims)


def _is_true(claim: Claim, seen: Evaluation) -> bool:
    match claim:
        case Holds(condition):
            return seen.is_true(condition)
        case Fails(condition):
            return seen.is_false(condition)
        case Open(condition):
            return not seen.is_true(condition)
