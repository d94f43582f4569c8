"""The fewest answers that would have changed what was decided about a report, found by deciding it again and again.

Nothing is reasoned about the rules: a change is told only after the changed sheet was decided, and only where the form
would have taken it. Single answers are tried first, then pairs; equal reports give equal results.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations
from typing import Any

from gewu_dsl.answers import check_answers
from gewu_dsl.decision import Decision
from gewu_dsl.model import Question
from gewu_dsl.rules import Rules
from gewu_dsl.rules.sheet import LARGEST
from gewu_item_catalog.alternatives import alternatives, from_scale, on_scale, read_questions, step_of

MOST_TRIED = 4000
"""Sheets decided before the search gives up, a fraction of a second."""

MOST_CHANGED = 2
"""Answers changed together at most: what takes more explains nothing any more."""

_DECADE = Decimal(3653)
"""Days of ten years: no rule reaches further."""

Outcomes = Mapping[str, Hashable]
"""What came out of a decision, by the name of what is asked after."""


@dataclass(frozen=True, slots=True)
class OtherAnswer:
    """`question` answered with `new` instead of `old`; None is a blank."""

    question: str
    old: Any
    new: Any


@dataclass(frozen=True, slots=True)
class SmallestChange:
    """The fewest other answers that make `of` come out as `outcome`, and all the outcomes then."""

    of: str
    answers: tuple[OtherAnswer, ...]
    outcomes: Outcomes


@dataclass(frozen=True, slots=True)
class Search:
    """`found` by what is asked after; what is not in it no change of up to `MOST_CHANGED` answers tried would change.

    `whole` is False where the bound was reached first, and so nothing is certain about what was not found.
    """

    found: Mapping[str, SmallestChange]
    tried: int
    whole: bool


def find_smallest_changes(
    rules: Rules,
    answers: Mapping[str, Any],
    context: Mapping[str, Any],
    outcomes_of: Callable[[Decision], Outcomes | None],
    *,
    untouched: frozenset[str] = frozenset(),
    most: int = MOST_TRIED,
) -> Search:
    """For every name that `outcomes_of` gives for the report as it was, the fewest answers that change it.

    `answers` are as they were kept. `outcomes_of` gives None for a decision that there is nothing to compare with, such as
    one without the finding; those are no change. Answers to `untouched` questions stay as they are.
    """
    search = _Searching(rules, answers, context, outcomes_of, most)
    questions = [q for q in read_questions(rules.item) if q.name not in untouched]
    others = {question.name: search.others(question) for question in questions}
    for size in range(1, MOST_CHANGED + 1):
        for names in combinations(others, size):
            search.try_all([(name, others[name]) for name in names], {})
        if search.exhausted or not search.missing:
            break
    return Search(search.found, search.tried, not search.exhausted)


class _Searching:
    """One search: how much was tried, and what was found by then."""

    def __init__(
        self, rules: Rules, answers: Mapping[str, Any], context: Mapping[str, Any],
        outcomes_of: Callable[[Decision], Outcomes | None], most: int,
    ) -> None:  # fmt: skip
        self._rules, self._answers, self._context = rules, answers, context
        self._outcomes_of, self._most = outcomes_of, most
        self._before = outcomes_of(rules.decide(answers, context, traced=False)) or {}
        self.missing = set(self._before)
        self.found: dict[str, SmallestChange] = {}
        self.tried = 0
        self.exhausted = False

    def others(self, question: Question) -> list[Any]:
        """The answers worth trying instead of the one given, the nearest first."""
        answer = self._answers.get(question.name)
        known = alternatives(self._rules.item, question, answer)
        here = on_scale(question, answer)
        if here is None or answer is None:
            return list(known)
        turns = [value for value in self._turns(question, here) if value not in known]
        written = [value for value in (*known, *turns) if value is not None]
        written.sort(key=lambda value: abs((on_scale(question, value) or 0) - here))
        return [*written, *(value for value in known if value is None)]

    def try_all(self, choices: list[tuple[str, list[Any]]], changed: dict[str, Any]) -> None:
        """Every combination of one other answer for each of the questions."""
        if not choices:
            self._try(changed)
            return
        name, values = choices[0]
        for value in values:
            if self.exhausted or not self.missing:
                return
            self.try_all(choices[1:], {**changed, name: value})

    def _try(self, changed: Mapping[str, Any]) -> None:
        sheet = self._sheet(changed)
        outcomes = self._decided(sheet)
        turned = [name for name in self._before if name in self.missing and outcomes is not None
                  and outcomes[name] != self._before[name]]  # fmt: skip
        if outcomes is None or not turned or check_answers(self._rules, sheet, self._context):
            return
        answers = tuple(OtherAnswer(name, self._answers.get(name), changed[name]) for name in changed)
        for name in turned:
            self.found[name] = SmallestChange(name, answers, outcomes)
            self.missing.discard(name)

    def _decided(self, sheet: Mapping[str, Any]) -> Outcomes | None:
        if self.tried >= self._most:
            self.exhausted = True
            return None
        self.tried += 1
        return self._outcomes_of(self._rules.decide(sheet, self._context, traced=False))

    def _sheet(self, changed: Mapping[str, Any]) -> dict[str, Any]:
        return {name: value for name, value in {**self._answers, **changed}.items() if value is not None}

    def _turns(self, question: Question, here: Decimal) -> Iterator[Any]:
        """Where, on the way from the answer to the ends of its scale, the outcome is another for the first time.

        What is computed from several answers turns at numbers that stand nowhere in the rules.
        """
        step = step_of(question)
        for direction in (1, -1):
            end = self._end(question, here, direction)
            low, high = 0, int((end - here) * direction / step)
            far = self._outcomes_at(question, here + high * step * direction)
            if high <= 0 or far is None or far == self._before:
                continue
            while high - low > 1:
                middle = (low + high) // 2
                same = self._outcomes_at(question, here + middle * step * direction) == self._before
                low, high = (middle, high) if same else (low, middle)
            yield from_scale(question, here + high * step * direction)

    def _outcomes_at(self, question: Question, point: Decimal) -> Outcomes | None:
        try:
            value = from_scale(question, point)
        except (ValueError, OverflowError):
            return None
        return self._decided(self._sheet({question.name: value}))

    def _end(self, question: Question, here: Decimal, direction: int) -> Decimal:
        """The last answer worth a look in a direction: the question's own bound, else far away."""
        bound = question.maximum if direction > 0 else question.minimum
        if question.type == "time":
            return Decimal(24 * 60 - 1 if direction > 0 else 0)
        if bound is not None:
            return Decimal(str(bound))
        reach = (
            _DECADE if question.type == "date" else min(max(abs(here) * 10, Decimal(1000)), Decimal(LARGEST))
        )
        return here + reach * direction
