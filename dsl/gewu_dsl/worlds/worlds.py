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

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, NamedTuple

from gewu_dsl import model
from gewu_dsl.answers import check_answers
from gewu_dsl.decision import Decision
from gewu_dsl.rules import Rules, compile_rules, normalise_context
from gewu_dsl.rules.source import condition_of
from gewu_dsl.worlds.evaluation import Evaluation
from gewu_dsl.worlds.samples import Values
from gewu_dsl.worlds.search import TRUE, Box, Budget, Constraint, Every, Exhausted, Search, state_in
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


@dataclass(slots=True)
class _Reports:
    """The reports with a finding, or all of them: `ground` is a search that holds the premises (or as little as could be
    worked out of too many), None where there is no report; `first` is a box full of such reports, if one was found."""

    premises: Constraint
    ground: Search | None
    first: Box | None = None


class Walk:
    """Reports of which more is claimed step by step, each step on top of what the ones before have narrowed."""

    def __init__(self, worlds: Worlds, finding: str | None, submitted: bool) -> None:
        self._worlds, self._finding, self._edition = worlds, finding, worlds.space.edition
        self._search = worlds.reports(finding, submitted).ground
        self._budget = Budget(ALL_STEPS)

    def assume(self, *claims: Claim) -> None:
        """From here on these are true; what takes too long to work out is left out."""
        goal = self._worlds.goal(claims, self._finding)
        if self._search is not None:
            further = self._search.copy(self._budget)
            with suppress(Exhausted):
                self._search = further if further.hold(goal) else None

    def is_impossible(self, *claims: Claim) -> bool:
        """Whether there certainly is no report of which these are true, too."""
        goal = self._worlds.goal(claims, self._finding)
        if self._search is None:
            return True
        known = self._edition == self._worlds.space.edition
        return known and self._worlds.first_box(self._search, goal) is None


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
        self._known: dict[tuple[int, str | None, bool], _Reports] = {}

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
        goal = self.goal(claims, finding, severity)
        ground = self.reports(finding, submitted).ground
        return ground is None or self.first_box(ground, goal) is None

    def walk(self, finding: str | None = None, *, submitted: bool = True) -> Walk:
        """All reports, or those with a finding, to narrow down step by step; the claims are conditions of the item."""
        return Walk(self, finding, submitted)

    def first(self, finding: str) -> Box | None:
        """Where the first reports with a finding are found; None where there certainly are none."""
        known = self.reports(finding, submitted=True)
        if known.first is None and known.ground is not None:
            known.first = self.first_box(known.ground, TRUE)
        return known.first

    def lacks(self, finding: str, condition: model.Expression) -> bool:
        """Whether a condition is open in the first reports with a finding; False tells nothing."""
        self.space.learn((condition,))
        first = self.first(finding)
        return first is not None and state_in(first, self.space.holds(condition)) is False

    def reports(self, finding: str | None, submitted: bool) -> _Reports:
        """What is known of all reports, or of those with a finding."""
        key = self.space.edition, finding, submitted
        known = self._known.get(key)
        if known is None:
            premises = Every(tuple(self._in_common(finding, submitted)))
            ground = Search(self.space.define, Budget(ALL_STEPS))
            try:
                known = _Reports(premises, ground if ground.hold(premises) else None)
            except Exhausted:
                known = _Reports(premises, Search(self.space.define, Budget(0)))
            self._known[key] = known
        return known

    def goal(
        self, claims: Iterable[Claim], finding: str | None, severity: model.Severity | None = None
    ) -> Constraint:
        """What is claimed."""
        claims = tuple(claims)
        self.space.learn([claim.condition for claim in claims])
        goal = [self._claimed(claim, finding) for claim in claims]
        if severity is not None and finding is not None:
            goal.append(self.space.severity(finding, severity))
        return Every(tuple(goal))

    def first_box(self, start: Search, goal: Constraint) -> Box | None:
        """A box in which there are values, or may be; empty where that could not be looked at, None where there is none."""
        return next((box or {} for box in self._counted(start, goal) if self._may_be(box)), None)

    def _boxes(self, asked: _Asked) -> Iterator[Box | None]:
        """Where the claims are true; the boxes leave nothing out, and None stands for what could not be looked at."""
        goal = self.goal(asked.claims, asked.finding, asked.severity)
        premises = self.reports(asked.finding, asked.submitted).premises
        return self._counted(Search(self.space.define, Budget(0)), Every((goal, premises)))

    def _counted(self, start: Search, goal: Constraint) -> Iterator[Box | None]:
        allowed = min(STEPS, self._steps)
        budget = Budget(allowed)
        try:
            for box in start.copy(budget).solve(goal):
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

    def _in_common(self, finding: str | None, submitted: bool) -> Iterator[Constraint]:
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
